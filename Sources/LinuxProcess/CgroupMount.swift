/// A mount of the cgroup v2 hierarchy, as a line of `/proc/self/mountinfo` tells it.
///
/// proc(5)
struct CgroupMount: Hashable, Sendable {
  /// The cgroup that is seen at the mount point: `/`, or a container's own.
  var root: [UInt8]
  var mountPoint: [UInt8]
  var isReadOnly: Bool

  /// Every cgroup v2 mount in a mountinfo, in its order. Paths there are any bytes.
  static func all(in mountInfo: [UInt8]) -> [CgroupMount] {
    MountInfoLine.all(in: mountInfo).compactMap(CgroupMount.init)
  }

  private init?(_ line: MountInfoLine) {
    guard line.type.elementsEqual("cgroup2".utf8) else { return nil }
    let fields = line.fields
    root = Self.unescaped(fields[3])
    mountPoint = Self.unescaped(fields[4])
    let options = fields[5].split(separator: UInt8(ascii: ","))
    isReadOnly = options.contains { $0.elementsEqual("ro".utf8) }
  }

  /// Space, tab, newline and backslash are written as a backslash and three octal digits.
  private static func unescaped(_ field: ArraySlice<UInt8>) -> [UInt8] {
    var plain: [UInt8] = []
    var rest = field
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\\"),
        let code = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8)
      {
        plain.append(code)
        rest = rest.dropFirst(3)
      } else {
        plain.append(byte)
      }
    }
    return plain
  }

  /// Where a cgroup, given by its path in the hierarchy, is below the mount point; `nil` when this
  /// mount doesn't show it.
  func relativePath(of cgroup: [UInt8]) -> [UInt8]? {
    let slash = UInt8(ascii: "/")
    let prefix = root == [slash] ? [] : root
    guard cgroup.starts(with: prefix) else { return nil }
    let rest = cgroup.dropFirst(prefix.count)
    guard rest.isEmpty || rest.first == slash else { return nil }
    // A process outside of its cgroup namespace has a path that begins with "/..": what that means
    // above the mount point is no cgroup.
    guard !rest.split(separator: slash).contains(where: { $0.elementsEqual("..".utf8) }) else {
      return nil
    }
    return Array(rest.drop { $0 == slash })
  }
}
