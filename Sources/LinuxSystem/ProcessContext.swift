internal import CLinux
internal import Glibc
internal import SystemPackage

/// What a program that starts others on its user's behalf passes on of its own process.
public enum ProcessContext {
  /// The arguments behind the program's name, as they were given, byte for byte.
  ///
  /// Those of `CommandLine` are read from /proc: without it, or a descriptor to read it by, there are none.
  public static var arguments: [[UInt8]] {
    var arguments: [[UInt8]] = []
    while let argument = unsafe clinux_argument(arguments.count + 1) {
      arguments.append(unsafe bytes(of: argument))
    }
    return arguments
  }

  /// The environment's entries as they are: any bytes, as a rule `NAME=value`. environ(7)
  public static var environment: [[UInt8]] {
    var entries: [[UInt8]] = []
    var entry = unsafe clinux_environment()
    while let start = unsafe entry.pointee {
      entries.append(unsafe bytes(of: start))
      unsafe entry += 1
    }
    return entries
  }

  /// The value of a variable, any bytes. getenv(3)
  public static func variable(_ name: String) -> [UInt8]? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe bytes(of: value)
  }

  /// The absolute path of the working directory. ENOENT if it was removed. getcwd(3)
  public static func workingDirectory() throws(SystemError) -> [UInt8] {
    guard let path = unsafe getcwd(nil, 0) else {
      throw SystemError("getcwd", errno: Errno(rawValue: errno))
    }
    defer { unsafe free(path) }
    return unsafe bytes(of: path)
  }

  /// The file mode creation mask. The only way to read it is to set it: for one thread. umask(2)
  public static var fileModeMask: UInt32 {
    let mask = umask(0o077)
    _ = umask(mask)
    return mask
  }

  /// geteuid(2)
  public static var userID: UInt32 { geteuid() }

  /// getpid(2)
  public static var processID: Int32 { getpid() }

  private static func bytes(of string: UnsafePointer<CChar>) -> [UInt8] {
    let count = unsafe strlen(string)
    return unsafe Array(UnsafeRawBufferPointer(start: string, count: count))
  }
}
