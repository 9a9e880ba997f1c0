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
    for line in MountInfoLine.all(in: mountInfo) {
      guard let device = Device(line.fields[2]) else { continue }
      let isLocal = types.contains(String(decoding: line.type, as: UTF8.self))
      if isLocal { local.insert(device) } else { others.insert(device) }
    }
    return local.subtracting(others)
  }
}

extension LocalMounts.Device {
  /// `254:0`
  fileprivate init?(_ text: ArraySlice<UInt8>) {
    let numbers = String(decoding: text, as: UTF8.self).split(separator: ":")
    guard numbers.count == 2, let major = UInt32(numbers[0]), let minor = UInt32(numbers[1]) else {
      return nil
    }
    self.init(major: major, minor: minor)
  }
}
