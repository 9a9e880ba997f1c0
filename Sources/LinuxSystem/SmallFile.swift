public import SystemPackage

/// The kernel's little files, in /proc and in cgroups: each is one answer, read or written whole.
public enum SmallFile {
  /// What is read at most: the pids of a very large job fit.
  public static let limitBytes = 16 << 20

  private static let firstReadBytes = 4096

  /// The whole contents of a file.
  public static func read(
    _ name: String, in directory: FileDescriptor? = nil
  ) throws(SystemError) -> [UInt8] {
    let file = try OwnedDescriptor.open(name, in: directory)
    return try readAll(of: file.raw, named: name)
  }

  /// The whole contents of a file, as text.
  public static func readText(
    _ name: String, in directory: FileDescriptor? = nil
  ) throws(SystemError) -> String {
    String(decoding: try read(name, in: directory), as: UTF8.self)
  }

  /// The contents of a file that the kernel makes as a whole when it is read, with one read(2) where they
  /// are as small as usual: less than was asked for is all that there is.
  ///
  /// Not so of a file that is made record by record, like `cgroup.procs`. seq_read_iter, fs/seq_file.c
  public static func readRecord(
    _ name: String, in directory: FileDescriptor? = nil
  ) throws(SystemError) -> [UInt8] {
    let file = try OwnedDescriptor.open(name, in: directory)
    let first = try readPart(of: file.raw, named: name, room: firstReadBytes)
    if first.count < firstReadBytes { return first }
    return try readAll(of: file.raw, named: name, after: first)
  }

  /// The beginning of a file, with one read(2): fewer bytes than were asked for are the whole of it.
  ///
  /// - Parameter bytes: Less than a page.
  public static func beginning(
    _ name: String, in directory: FileDescriptor? = nil, bytes: Int
  ) throws(SystemError) -> [UInt8] {
    let file = try OwnedDescriptor.open(name, in: directory)
    return try readPart(of: file.raw, named: name, room: bytes)
  }

  /// Writes a text by a single write(2), which is what the kernel's files want.
  public static func write(
    _ text: String, to name: String, in directory: FileDescriptor? = nil
  ) throws(SystemError) {
    let file = try OwnedDescriptor.open(name, in: directory, .writeOnly)
    _ = try systemCall("write \"\(text)\" to", name) {
      var text = text
      return try text.withUTF8 { bytes in
        try unsafe file.raw.write(UnsafeRawBufferPointer(bytes))
      }
    }
  }

  private static func readAll(
    of file: FileDescriptor, named name: String, after start: [UInt8] = []
  ) throws(SystemError) -> [UInt8] {
    var contents = start
    var room = max(firstReadBytes, start.count)
    while contents.count < limitBytes {
      let part = try readPart(of: file, named: name, room: room)
      if part.isEmpty { return contents }
      // The usual case: one read for the contents, one for the end of them.
      if contents.isEmpty { contents = part } else { contents += part }
      room = max(firstReadBytes, contents.count)
    }
    throw SystemError("read", name, errno: .fileTooLarge)
  }

  private static func readPart(
    of file: FileDescriptor, named name: String, room: Int
  ) throws(SystemError) -> [UInt8] {
    try systemCall("read", name) {
      try unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
        count = try unsafe file.read(into: UnsafeMutableRawBufferPointer(buffer))
      }
    }
  }
}
