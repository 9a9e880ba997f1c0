internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// The beginning of a program: what the kernel reads to load it.
///
/// elf(5)
struct ProgramHead {
  private let bytes: [UInt8]

  /// More than any linker writes before the interpreter's name.
  private static let size = 4096
  /// Class, byte order, version.
  private static let identity = 0..<16
  private static let machine = 18..<20

  /// `nil` where it isn't in memory.
  init?(of file: borrowing OwnedDescriptor) {
    let file = file.raw.rawValue
    bytes = unsafe [UInt8](unsafeUninitializedCapacity: Self.size) { buffer, count in
      count = max(0, unsafe clinux_read_cached(file, buffer.baseAddress!, buffer.count))
    }
    if bytes.count < Self.machine.upperBound { return nil }
  }

  /// A program for the same machine that needs no interpreter but the other's. No script: its
  /// interpreter has another.
  func isLoaded(like other: ProgramHead) -> Bool {
    guard bytes[Self.identity].elementsEqual(other.bytes[Self.identity]),
      bytes[Self.machine].elementsEqual(other.bytes[Self.machine])
    else { return false }
    let interpreter = ELFInterpreter(in: bytes)
    return interpreter == .none
      || interpreter != .unknown && interpreter == ELFInterpreter(in: other.bytes)
  }
}
