internal import Glibc
public import SystemPackage

/// A directory for the files of one test, removed with everything in it.
public final class ScratchDirectory {
  public let path: String

  public init() throws {
    // Short: the path of a socket in it has 107 bytes.
    var template = Array("/tmp/jobd-test-XXXXXX".utf8CString)
    path = try unsafe template.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress, let made = unsafe mkdtemp(start) else {
        throw Errno(rawValue: errno)
      }
      return unsafe String(cString: made)
    }
  }

  deinit {
    unsafe removeTree(path)
  }

  /// The path of a file in it, whether or not it is there.
  public func path(_ name: String) -> String { "\(path)/\(name)" }

  /// Makes a file with these contents.
  public func file(
    _ name: String, _ contents: String, permissions: FilePermissions = [.ownerReadWriteExecute]
  ) throws -> String {
    // A file of which a process in the making has a copy that can be written can't be executed: ETXTBSY.
    try Forking.inTurn {
      let file = try FileDescriptor.open(
        FilePath(path(name)), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
        permissions: permissions)
      try file.closeAfter { _ = try file.writeAll(contents.utf8) }
    }
    return path(name)
  }

  /// Makes a directory.
  @discardableResult
  public func directory(_ name: String, permissions: UInt32 = 0o755) throws -> String {
    guard unsafe mkdir(path(name), permissions) == 0 else { throw Errno(rawValue: errno) }
    return path(name)
  }

  /// Makes a symbolic link.
  public func link(_ name: String, to target: String) throws {
    guard unsafe symlink(target, path(name)) == 0 else { throw Errno(rawValue: errno) }
  }
}

/// Names need not be UTF-8.
private func removeTree(_ name: UnsafePointer<CChar>, in parent: CInt = AT_FDCWD) {
  if unsafe unlinkat(parent, name, 0) == 0 { return }
  try? unsafe forEachName(in: openat(parent, name, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) {
    unsafe removeTree($0, in: $1)
  }
  _ = unsafe unlinkat(parent, name, AT_REMOVEDIR)
}

/// The names in a directory, but for the two that every directory has.
public func fileNames(in path: String) throws -> [String] {
  var names: [String] = []
  try unsafe forEachName(in: open(path, O_DIRECTORY | O_CLOEXEC)) { name, _ in
    unsafe names.append(String(cString: name))
  }
  return names
}

/// Closes the directory.
private func forEachName(in directory: CInt, _ body: (UnsafePointer<CChar>, CInt) -> Void) throws {
  guard let stream = unsafe fdopendir(directory) else { throw Errno(rawValue: errno) }
  defer { unsafe closedir(stream) }
  while let entry = unsafe readdir(stream) {
    unsafe withUnsafePointer(to: &entry.pointee.d_name) {
      unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { name in
        let isOwn = unsafe strcmp(name, ".") == 0 || strcmp(name, "..") == 0
        if !isOwn { unsafe body(name, directory) }
      }
    }
  }
}

/// Whether something is at a path.
public func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

/// The contents of a file as text.
public func contents(of path: String) throws -> String {
  let file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
  return try file.closeAfter { String(decoding: try readToEnd(file), as: UTF8.self) }
}

/// Writes to a file that is there, in one go.
public func write(_ text: String, to path: String) throws {
  let file = try FileDescriptor.open(FilePath(path), .writeOnly, options: .closeOnExec)
  try file.closeAfter { _ = try file.writeAll(text.utf8) }
}

/// Reads up to the end of a line, a byte at a time so as to take nothing of what follows; what there is
/// at the end of the file.
public func readLine(_ file: FileDescriptor) throws -> String {
  var line: [UInt8] = []
  while true {
    try waitToRead(file, "a line")
    var byte: UInt8 = 0
    let count = try unsafe withUnsafeMutableBytes(of: &byte) { try unsafe file.read(into: $0) }
    if count == 0 || byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
    line.append(byte)
  }
}

/// Reads until the end, with a guard against there being none.
public func readToEnd(_ file: FileDescriptor) throws -> [UInt8] {
  var bytes: [UInt8] = []
  while true {
    try waitToRead(file, "the end of a file")
    let part = try unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
      count = try unsafe file.read(into: UnsafeMutableRawBufferPointer(buffer))
    }
    if part.isEmpty { return bytes }
    bytes += part
  }
}
