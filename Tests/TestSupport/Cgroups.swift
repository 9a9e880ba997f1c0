internal import Glibc
internal import SystemPackage

/// Control groups as files.
public enum Cgroups {
  /// Where the version 2 hierarchy is mounted; `nil` where it isn't. proc_pid_mountinfo(5)
  public static let mountPoint: String? = {
    mounts.first { $0.contains(" - cgroup2 ") }.map(mountPoint(ofMount:))
  }()

  /// Where the version 1 hierarchy of a controller is mounted; `nil` where there is none.
  public static func mountPoint(ofController name: String) -> String? {
    let mount = mounts.first { mount in
      guard mount.contains(" - cgroup "), let options = mount.split(separator: " ").last else {
        return false
      }
      return options.split(separator: ",").contains(name[...])
    }
    return mount.map(mountPoint(ofMount:))
  }

  private static var mounts: [Substring] {
    (try? contents(of: "/proc/self/mountinfo"))?.split(separator: "\n") ?? []
  }

  private static func mountPoint(ofMount line: Substring) -> String {
    String(line.split(separator: " ")[4])
  }

  /// Whether a jobd of ours can make itself a place: it takes root here.
  public static let areThere = mountPoint != nil && geteuid() == 0

  /// The directory of a control group, by its path in the hierarchy.
  public static func directory(_ path: String) -> String { (mountPoint ?? "") + path }

  /// Removes a control group that is empty.
  public static func remove(_ directory: String) throws {
    guard unsafe rmdir(directory) == 0 else { throw Errno(rawValue: errno) }
  }

  /// Makes a control group.
  public static func make(_ directory: String) throws {
    guard unsafe mkdir(directory, 0o755) == 0 else { throw Errno(rawValue: errno) }
  }

  /// The control groups right below one.
  public static func children(of directory: String) -> [String] {
    ((try? fileNames(in: directory)) ?? []).filter { exists("\(directory)/\($0)/cgroup.procs") }
  }

  /// Every process in a control group and those below.
  public static func processes(in directory: String) -> [Int32] {
    let own = (try? contents(of: "\(directory)/cgroup.procs"))?.split(separator: "\n") ?? []
    return own.compactMap { Int32($0) }
      + children(of: directory).flatMap { processes(in: "\(directory)/\($0)") }
  }

  /// A number of a file like cgroup.events.
  public static func value(_ name: String, in file: String, of directory: String) throws -> Int? {
    for line in try contents(of: "\(directory)/\(file)").split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count == 2, words[0] == name { return Int(words[1]) }
    }
    return nil
  }
}
