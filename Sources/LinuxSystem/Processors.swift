internal import CLinux
internal import Glibc
internal import SystemPackage

/// The machine's processors, and how many threads want one.
///
/// proc(5), `/proc/loadavg`
public struct Processors: ~Copyable, Sendable {
  private static let path = "/proc/loadavg"
  /// PROC_SUPER_MAGIC, statfs(2).
  private static let procMagic: Int64 = 0x9fa0

  private let count: Int
  private let load: KeptFile

  /// - Throws: Where there is no `/proc`, or the file is another's, who may take his time.
  public init() throws(SystemError) {
    try self.init(count: Self.online)
  }

  /// How many this process may use. sched_getaffinity(2)
  public static var permitted: Int {
    let count = Int(clinux_permitted_processors())
    // It isn't told where there are more than a set has room for.
    return count > 0 ? count : online
  }

  private static var online: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// As if there were so many.
  package init(count: Int) throws(SystemError) {
    let file = try OwnedDescriptor.open(Self.path)
    // In a container another file system may stand in for it: to read that is to wait for whoever serves it. lxcfs(1)
    guard clinux_filesystem_type(file.raw.rawValue) == Self.procMagic else {
      throw SystemError("fstatfs", Self.path, errno: .notSupported)
    }
    load = KeptFile(file)
    self.count = count
  }

  /// Whether there is one for each thread that wants one now, the calling thread among them.
  public borrowing func areEnough() -> Bool {
    guard let load = try? load.read(), let wanted = Self.wanted(in: load) else { return false }
    return wanted <= count
  }

  /// `0.20 0.18 0.12 1/80 11206`: the fourth begins with the threads that run or could.
  static func wanted(in load: [UInt8]) -> Int? {
    let fields = load.split(separator: UInt8(ascii: " "))
    guard fields.count > 3 else { return nil }
    return Int(String(decoding: fields[3].prefix { $0 != UInt8(ascii: "/") }, as: UTF8.self))
  }
}
