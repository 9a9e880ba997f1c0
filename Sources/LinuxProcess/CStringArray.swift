/// Strings as execve(2) takes them, laid out once and ready to be pointed at.
struct CStringArray: Sendable {
  private var bytes: [UInt8] = []
  private var starts: [Int] = []

  /// - Precondition: No string has a NUL in it.
  init(_ strings: [[UInt8]]) {
    bytes.reserveCapacity(strings.reduce(0) { $0 + $1.count + 1 })
    for string in strings {
      starts.append(bytes.count)
      bytes += string
      bytes.append(0)
    }
  }

  /// What the kernel has to copy, in bytes, the pointers included.
  var size: Int { bytes.count + (starts.count + 1) * MemoryLayout<UInt>.size }

  /// Lends the strings as an array of pointers that a null pointer ends.
  func withPointers<Result>(
    _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    unsafe bytes.withUnsafeBytes { storage in
      let chars = unsafe storage.bindMemory(to: CChar.self)
      let base = unsafe UnsafeMutablePointer(mutating: chars.baseAddress)
      var pointers = unsafe [UnsafeMutablePointer<CChar>?]()
      unsafe pointers.reserveCapacity(starts.count + 1)
      for start in starts { unsafe pointers.append(unsafe base.map { unsafe $0 + start }) }
      unsafe pointers.append(nil)
      return unsafe pointers.withUnsafeBufferPointer { unsafe body($0.baseAddress!) }
    }
  }
}
