import Glibc
import SystemPackage

func makeDirectory(_ path: FilePath) throws {
  let answer = unsafe path.withPlatformString { unsafe mkdir($0, 0o755) }
  if answer != 0 { throw Errno(rawValue: errno) }
}

/// Waits for a descriptor to report something; `false` when nothing comes.
func poll(_ file: FileDescriptor, for events: Int32) throws -> Bool {
  var watched = pollfd(fd: file.rawValue, events: Int16(events), revents: 0)
  let answer = unsafe Glibc.poll(&watched, 1, Int32(hangGuardSeconds * 1000))
  if answer < 0 { throw Errno(rawValue: errno) }
  return answer > 0
}

/// The names in a directory, but for the two of every directory.
func fileNames(in path: String) throws -> [String] {
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

/// A directory for the files of one test, removed with them.
struct ScratchDirectory: ~Copyable {
  let path: String

  init(in parent: String = "/tmp") throws {
    var template = Array("\(parent)/jobd-test-XXXXXX".utf8CString)
    path = try unsafe template.withUnsafeMutableBufferPointer { buffer in
      guard let made = unsafe mkdtemp(buffer.baseAddress!) else { throw Errno(rawValue: errno) }
      return unsafe String(cString: made)
    }
  }

  deinit {
    for name in (try? fileNames(in: path)) ?? [] { _ = unsafe unlink("\(path)/\(name)") }
    _ = unsafe rmdir(path)
  }

  func file(_ name: String, _ contents: String, mode: UInt32 = 0o755) throws -> String {
    try file(name, Array(contents.utf8), mode: mode)
  }

  func file(_ name: String, _ contents: [UInt8], mode: UInt32 = 0o755) throws -> String {
    let path = "\(path)/\(name)"
    let file = try FileDescriptor.open(
      FilePath(path), .writeOnly, options: [.create, .exclusiveCreate],
      permissions: FilePermissions(rawValue: mode))
    try file.closeAfter { _ = try file.writeAll(contents) }
    try waitForNoWriter(of: path)
    return path
  }
}

/// Until then the file can't be executed: ETXTBSY. A process that another test is making has copies of all
/// descriptors until it executes its program.
///
/// Only a file that nobody has open for writing can be leased for reading. fcntl(2)
private func waitForNoWriter(of path: String) throws {
  let setLease: Int32 = 1_024
  let file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
  defer { try? file.close() }
  while fcntl(file.rawValue, setLease, F_RDLCK) != 0 {
    guard errno == EAGAIN else { throw Errno(rawValue: errno) }
    _ = Glibc.poll(nil, 0, 1)
  }
}
