/// Strings as execve(2) takes them, laid out once and ready to be pointed at.
struct CStringArray: Sendable {
  private var bytes: [CChar] = []
  private var starts: [Int] = []

  /// - Precondition: No string has a NUL in it.
  init(_ strings: [[UInt8]]) {
    bytes.reserveCapacity(strings.reduce(0) { $0 + $1.count + 1 })
    for string in strings {
      starts.append(bytes.count)
      bytes += string.lazy.map { CChar(bitPattern: $0) }
      bytes.append(0)
    }
  }

  /// What the kernel has to copy, in bytes, the pointers included.
  var size: Int { bytes.count + (starts.count + 1) * MemoryLayout<UInt>.size }

  /// Lends the strings as an array of pointers that a null pointer ends.
  func withPointers<Result>(
    _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    unsafe bytes.withUnsafeBufferPointer { storage in
      let base = unsafe UnsafeMutablePointer(mutating: storage.baseAddress)
      var pointers = unsafe starts.map { start in unsafe base.map { unsafe $0 + start } }
      unsafe pointers.append(nil)
      return unsafe pointers.withUnsafeBufferPointer { unsafe body($0.baseAddress!) }
    }
  }
}
