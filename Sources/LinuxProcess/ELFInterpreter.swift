/// The dynamic loader that a program names in its headers.
///
/// elf(5): the program header of type PT_INTERP. 64-bit and of this machine's byte order only.
enum ELFInterpreter {
  private static let programHeaderInterpreter: UInt32 = 3

  static func named(in head: [UInt8]) -> [UInt8]? {
    guard head.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2]) else { return nil }
    guard let table: UInt64 = value(head, at: 32), let size: UInt16 = value(head, at: 54),
      let count: UInt16 = value(head, at: 56)
    else { return nil }
    for index in 0..<UInt64(count) {
      let (header, overflow) = table.addingReportingOverflow(index * UInt64(size))
      guard !overflow, let type: UInt32 = value(head, at: header) else { return nil }
      guard type == programHeaderInterpreter else { continue }
      guard let offset: UInt64 = value(head, at: header &+ 8), offset < UInt64(head.count) else {
        return nil
      }
      return Array(head[Int(offset)...].prefix { $0 != 0 })
    }
    return nil
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
