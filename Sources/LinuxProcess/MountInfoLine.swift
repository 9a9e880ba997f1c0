/// A line of a mountinfo.
///
/// `41 31 0:38 / /sys/fs/cgroup rw,relatime shared:9 - cgroup2 cgroup2 rw`: proc(5), `/proc/PID/mountinfo`
struct MountInfoLine {
  /// All that stands between spaces; paths there are any bytes, and escaped.
  let fields: [ArraySlice<UInt8>]
  /// The type of the file system.
  let type: ArraySlice<UInt8>

  init?(_ line: ArraySlice<UInt8>) {
    fields = line.split(separator: UInt8(ascii: " "))
    // A varying number of optional fields is ended by a "-".
    guard let dash = fields.dropFirst(6).firstIndex(where: { $0.elementsEqual("-".utf8) }),
      fields.indices.contains(dash + 1)
    else { return nil }
    type = fields[dash + 1]
  }

  /// Every line that is one.
  static func all(in mountInfo: [UInt8]) -> [MountInfoLine] {
    mountInfo.split(separator: UInt8(ascii: "\n")).compactMap(MountInfoLine.init)
  }
}
