internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// The devices whose files this machine has by itself: nobody else has to answer for them to be read.
///
/// proc(5), `/proc/PID/mountinfo`
struct LocalMounts: ~Copyable {
  /// As stat(2) tells it.
  struct Device: Hashable {
    var major: UInt32
    var minor: UInt32
  }

  /// File systems on disks and in memory. What another file system lies under (overlay), or a server, or
  /// a process (fuse), is not among them.
  private static let types: Set<String> = [
    "bcachefs", "btrfs", "erofs", "exfat", "ext2", "ext3", "ext4", "f2fs", "iso9660", "ramfs",
    "squashfs",
    "tmpfs", "vfat", "xfs", "zfs",
  ]

  private let mountInfo: OwnedDescriptor
  private var devices: Set<Device>

  init() throws(SystemError) {
    let mountInfo = try OwnedDescriptor.open("/proc/self/mountinfo")
    // The first time it is asked it may answer that there were changes.
    _ = clinux_has_changed(mountInfo.raw.rawValue)
    let devices = Self.local(in: try SmallFile.read("/proc/self/mountinfo"))
    self.mountInfo = mountInfo
    self.devices = devices
  }

  /// Mounts come and go, and their numbers are used again: to be called before each look.
  mutating func refresh() {
    guard clinux_has_changed(mountInfo.raw.rawValue) else { return }
    devices = (try? SmallFile.read("/proc/self/mountinfo")).map(Self.local) ?? []
  }

  /// Whether the device is one of them.
  borrowing func contain(_ device: Device) -> Bool { devices.contains(device) }

  /// Those of which nothing but such file systems are mounted.
  static func local(in mountInfo: [UInt8]) -> Set<Device> {
    var local: Set<Device> = []
    var others: Set<Device> = []
    for line in mountInfo.split(separator: UInt8(ascii: "\n")) {
      guard let (device, type) = parse(line) else { continue }
      if types.contains(type) { local.insert(device) } else { others.insert(device) }
    }
    return local.subtracting(others)
  }

  /// `36 25 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw`
  private static func parse(_ line: ArraySlice<UInt8>) -> (Device, type: String)? {
    let fields = line.split(separator: UInt8(ascii: " "))
    guard let dash = fields.dropFirst(6).firstIndex(where: { $0.elementsEqual("-".utf8) }),
      fields.indices.contains(dash + 1)
    else { return nil }
    let numbers = String(decoding: fields[2], as: UTF8.self).split(separator: ":")
    guard numbers.count == 2, let major = UInt32(numbers[0]), let minor = UInt32(numbers[1]) else {
      return nil
    }
    return (Device(major: major, minor: minor), String(decoding: fields[dash + 1], as: UTF8.self))
  }
}
