internal import CLinux
internal import SystemPackage

/// Data in a descriptor: an anonymous file that nobody can change any more.
///
/// A job's standard input, for one: read from the start, to a true end of file, without a
/// pipe that somebody has to keep filling. memfd_create(2)
public enum SealedMemory {
  /// A file with these contents, sealed, and positioned at its start.
  ///
  /// - Parameter name: What `/proc/PID/fd` shows.
  public static func make(
    _ contents: [UInt8], name: String
  ) throws(SystemError) -> OwnedDescriptor {
    let file = OwnedDescriptor(
      adopting: try descriptor(unsafe clinux_memory_file(name), "memfd_create", name))
    _ = try systemCall("write", name) {
      try file.raw.writeAll(contents)
      try file.raw.seek(offset: 0, from: .start)
    }
    _ = try checked(clinux_seal(file.raw.rawValue), "seal", name)
    return file
  }
}
