/// The dynamic loader that a program names in its headers.
///
/// elf(5): the program header of type PT_INTERP. 64-bit and of this machine's byte order only.
enum ELFInterpreter: Hashable {
  case named([UInt8])
  /// The program is loaded by the kernel alone.
  case none
  /// It is no such program, or what tells is not in its beginning.
  case unknown

  private static let programHeaderInterpreter: UInt32 = 3

  /// - Parameter head: The beginning of a file.
  init(in head: [UInt8]) {
    self = .unknown
    guard head.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2]) else { return }
    guard let table: UInt64 = Self.value(head, at: 32), let size: UInt16 = Self.value(head, at: 54),
      let count: UInt16 = Self.value(head, at: 56)
    else { return }
    for index in 0..<UInt64(count) {
      let (header, overflow) = table.addingReportingOverflow(index * UInt64(size))
      guard !overflow, let type: UInt32 = Self.value(head, at: header) else { return }
      guard type == Self.programHeaderInterpreter else { continue }
      guard let offset: UInt64 = Self.value(head, at: header &+ 8), offset < UInt64(head.count),
        let end = head[Int(offset)...].firstIndex(of: 0)
      else { return }
      self = .named(Array(head[Int(offset)..<end]))
      return
    }
    self = .none
  }

  private static func value<Number: FixedWidthInteger>(
    _ bytes: [UInt8], at offset: UInt64
  ) -> Number? {
    let size = UInt64(MemoryLayout<Number>.size)
    guard offset < UInt64(bytes.count), offset + size <= UInt64(bytes.count) else { return nil }
    return unsafe bytes.withUnsafeBytes {
      unsafe $0.loadUnaligned(fromByteOffset: Int(offset), as: Number.self)
    }
  }
}
