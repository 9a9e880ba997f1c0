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
    removeTree(path)
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

private func removeTree(_ path: String) {
  if unsafe unlink(path) == 0 { return }
  for name in (try? fileNames(in: path)) ?? [] { removeTree("\(path)/\(name)") }
  _ = unsafe rmdir(path)
}

/// The names in a directory, but for the two that every directory has.
public func fileNames(in path: String) throws -> [String] {
  guard let directory = unsafe opendir(path) else { throw Errno(rawValue: errno) }
  defer { unsafe closedir(directory) }
  var names: [String] = []
  while let entry = unsafe readdir(directory) {
    let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
      unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
    }
    if name != "." && name != ".." { names.append(name) }
  }
  return names
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
