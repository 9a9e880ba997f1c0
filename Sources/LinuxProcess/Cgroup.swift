internal import CLinux
public import LinuxSystem
internal import SystemPackage

/// An open cgroup: it means the same one whatever becomes of its path.
///
/// https://docs.kernel.org/admin-guide/cgroup-v2.html
public struct Cgroup: ~Copyable, Sendable {
  /// Its directory, open for reading.
  public let directory: OwnedDescriptor
  /// Where it is below the root of the hierarchy, as `/proc/PID/cgroup` shows it: for people, and
  /// to compare with that file.
  public let path: String

  init(directory: consuming OwnedDescriptor, path: String) {
    self.directory = directory
    self.path = path
  }

  /// Whether a process lives in it or in a cgroup below it.
  public borrowing func isPopulated() throws(SystemError) -> Bool {
    guard let populated = FlatKeyed(try readRecord("cgroup.events"))["populated"] else {
      // No answer is none.
      throw SystemError("read", child(named: "cgroup.events"), errno: .badMessage)
    }
    return populated != 0
  }

  /// Opens `cgroup.events`: EPOLLPRI tells that it may have changed since it was last read.
  ///
  /// The kernel notifies at most once in 10 ms: a process that lives shorter than that is reported
  /// late. So read ``isPopulated()`` too, when a process is known to have ended.
  public borrowing func openEvents() throws(SystemError) -> OwnedDescriptor {
    try OwnedDescriptor.open("cgroup.events", in: directory.raw)
  }

  /// Lets frozen processes run, here and in the cgroups below: both can be frozen.
  public borrowing func thaw() {
    forEach { cgroup in
      // What doesn't permit it, or is just being removed, is as good as thawed.
      try? cgroup.write("0", to: "cgroup.freeze")
    }
  }

  borrowing func read(_ file: String) throws(SystemError) -> String {
    do {
      return try SmallFile.readText(file, in: directory.raw)
    } catch {
      throw located(error)
    }
  }

  /// The same for a file that the kernel writes at once.
  borrowing func readRecord(_ file: String) throws(SystemError) -> [UInt8] {
    do {
      return try SmallFile.readRecord(file, in: directory.raw)
    } catch {
      throw located(error)
    }
  }

  /// Whether there is such a file. Throws where it is there and we may not write to it.
  borrowing func has(_ file: String) throws(SystemError) -> Bool {
    do {
      _ = try OwnedDescriptor.open(file, in: directory.raw, .writeOnly)
      return true
    } catch let error where error.errno == .noSuchFileOrDirectory {
      return false
    } catch {
      throw located(error)
    }
  }

  borrowing func write(_ text: String, to file: String) throws(SystemError) {
    do {
      try SmallFile.write(text, to: file, in: directory.raw)
    } catch {
      throw located(error)
    }
  }

  /// Makes a cgroup in this one, or opens the one that is there. One that can't be opened isn't left.
  borrowing func child(_ name: String, exclusive: Bool = false) throws(SystemError) -> Cgroup {
    let answer = unsafe clinux_mkdir(directory.raw.rawValue, name)
    if exclusive || answer != -Errno.fileExists.rawValue {
      _ = try checked(answer, "mkdir", child(named: name))
    }
    do {
      return try open(name)
    } catch {
      if answer == 0 { _ = unsafe clinux_rmdir(directory.raw.rawValue, name) }
      throw error
    }
  }

  borrowing func open(_ name: String) throws(SystemError) -> Cgroup {
    let opened = try OwnedDescriptor.open(name, in: directory.raw, options: .directory)
    return Cgroup(directory: opened, path: child(named: name))
  }

  borrowing func child(named name: String) -> String {
    path == "/" ? "/\(name)" : "\(path)/\(name)"
  }

  /// The same error, on the file of this cgroup.
  private borrowing func located(_ error: SystemError) -> SystemError {
    SystemError(error.operation, error.subject.map { "\(path)/\($0)" }, errno: error.errno)
  }
}
