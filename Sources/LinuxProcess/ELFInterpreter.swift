/// The dynamic loader that a program names in its headers.
///
/// elf(5): the program header of type PT_INTERP. 64-bit and of this machine's byte order only.
enum ELFInterpreter: Hashable {
  case named([UInt8])
  /// The program is loaded by the kernel alone.
  case none
  /// It is no such program, or what tells is not in its beginning.
  case unknown

  private static let magic: [UInt8] = [0x7f, 0x45, 0x4c, 0x46]
  /// PT_INTERP
  private static let programHeaderInterpreter: UInt32 = 3

  /// - Parameter head: The beginning of a file.
  init(in head: [UInt8]) {
    switch head.starts(with: Self.magic) ? head.dropFirst(Self.magic.count).first : nil {
    case 1: self.init(in: head, Layout32.self)
    case 2: self.init(in: head, Layout64.self)
    default: self = .unknown
    }
  }

  private init<Layout: ELFLayout>(in head: [UInt8], _: Layout.Type) {
    self = .unknown
    guard let table: Layout.Offset = Self.value(head, at: Layout.table),
      let size: UInt16 = Self.value(head, at: Layout.entrySize),
      let count: UInt16 = Self.value(head, at: Layout.entryCount)
    else { return }
    for index in 0..<UInt64(count) {
      let (header, overflow) = UInt64(table).addingReportingOverflow(index * UInt64(size))
      guard !overflow, let type: UInt32 = Self.value(head, at: header) else { return }
      guard type == Self.programHeaderInterpreter else { continue }
      guard let start: Layout.Offset = Self.value(head, at: header &+ Layout.start),
        start < Layout.Offset(head.count), let end = head[Int(start)...].firstIndex(of: 0)
      else { return }
      self = .named(Array(head[Int(start)..<end]))
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

/// Where the fields are: in the file's header, and `start` in a program header.
private protocol ELFLayout {
  associatedtype Offset: FixedWidthInteger & UnsignedInteger
  static var table: UInt64 { get }
  static var entrySize: UInt64 { get }
  static var entryCount: UInt64 { get }
  static var start: UInt64 { get }
}

/// Elf32_Ehdr, Elf32_Phdr
private enum Layout32: ELFLayout {
  typealias Offset = UInt32
  static let (table, entrySize, entryCount) = (28 as UInt64, 42 as UInt64, 44 as UInt64)
  static let start: UInt64 = 4
}

/// Elf64_Ehdr, Elf64_Phdr
private enum Layout64: ELFLayout {
  typealias Offset = UInt64
  static let (table, entrySize, entryCount) = (32 as UInt64, 54 as UInt64, 56 as UInt64)
  static let start: UInt64 = 8
}
