internal import CLinux
public import SystemPackage

/// The directories in a directory, by names of any bytes.
public enum Subdirectories {
  /// A name as system calls take it: any bytes, ended by NUL.
  public typealias Name = [CChar]

  private static let bufferBytes = 4096

  /// The names of the directories in an open directory.
  public static func names(in directory: FileDescriptor) throws(SystemError) -> [Name] {
    // A position of our own: that of the descriptor may be shared.
    let listing = try OwnedDescriptor.open(".", in: directory, options: .directory)
    var names: [Name] = []
    var buffer = [CChar](repeating: 0, count: bufferBytes)
    while true {
      var used = 0
      let answer = unsafe clinux_subdirectories(
        listing.raw.rawValue, &buffer, bufferBytes, &used)
      guard try checked(answer, "getdents64") > 0 else { return names }
      names += buffer[..<used].split(separator: 0).map { Name($0) + [0] }
    }
  }

  /// Opens one of them.
  public static func open(
    _ name: Name, in directory: FileDescriptor
  ) throws(SystemError) -> OwnedDescriptor {
    let flags = FileDescriptor.OpenOptions.directory.rawValue
    let answer = unsafe clinux_openat(directory.rawValue, name, flags, 0)
    return OwnedDescriptor(adopting: try descriptor(answer, "open", text(name)))
  }

  /// A name for people: what is not UTF-8 shows as U+FFFD.
  public static func text(_ name: Name) -> String {
    String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
