internal import LinuxSystem
internal import SystemPackage

/// The interpreter that a file needs and that isn't there: its own, or its interpreter's.
///
/// execve(2): a script names it in its first line, a dynamically linked program in a header.
enum MissingInterpreter {
  /// As much as the kernel reads of a first line: BINPRM_BUF_SIZE.
  private static let firstLineBytes = 256
  /// How many the kernel goes through before it refuses with ELOOP, the loader of the last one counted.
  private static let depthMax = 6
  /// More than any linker writes before the interpreter's name.
  private static let headBytes = 4096

  static func named(by file: [UInt8], workingDirectory: [UInt8]) -> [UInt8]? {
    var file = absolute(file, workingDirectory)
    for _ in 0..<depthMax {
      guard let head = head(of: file), let interpreter = script(head) ?? program(head) else {
        return nil
      }
      file = absolute(interpreter, workingDirectory)
      if !exists(file) { return interpreter }
    }
    return nil
  }

  private static func script(_ head: [UInt8]) -> [UInt8]? {
    guard head.starts(with: Array("#!".utf8)) else { return nil }
    let line = head.prefix(firstLineBytes).dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }
    let blanks = Array(" \t".utf8)
    return Array(line.drop(while: blanks.contains).prefix { !blanks.contains($0) })
  }

  private static func program(_ head: [UInt8]) -> [UInt8]? {
    if case .named(let interpreter) = ELFInterpreter(in: head) { interpreter } else { nil }
  }

  private static func head(of file: [UInt8]) -> [UInt8]? {
    // Nonblocking: a fifo would wait for a writer.
    guard let opened = try? OwnedDescriptor.open(path: FilePath(bytes: file), options: .nonBlocking)
    else {
      return nil
    }
    return try? unsafe [UInt8](unsafeUninitializedCapacity: headBytes) { buffer, count in
      count = try unsafe opened.raw.read(into: UnsafeMutableRawBufferPointer(buffer))
    }
  }

  private static func exists(_ file: [UInt8]) -> Bool {
    // O_PATH: being there is what matters, not being readable.
    let oPath = FileDescriptor.OpenOptions(rawValue: 0o10000000)
    return (try? OwnedDescriptor.open(path: FilePath(bytes: file), options: oPath)) != nil
  }

  private static func absolute(_ file: [UInt8], _ directory: [UInt8]) -> [UInt8] {
    file.first == UInt8(ascii: "/") ? file : directory + [UInt8(ascii: "/")] + file
  }
}
