internal import LinuxSystem
internal import SystemPackage

/// The cgroup v2 hierarchy as this process sees it: where it is mounted, and where we are in it.
///
/// It may be alone at /sys/fs/cgroup, or beside the controllers of version 1 (the hybrid layout,
/// without controllers of its own then), or a container's part of it.
public struct CgroupHierarchy: Sendable {
  let mount: CgroupMount
  /// The cgroup of this process, as `/proc/self/cgroup` shows it.
  public let own: String

  /// Finds the hierarchy; asked again it notices that we have been moved.
  public static func discover() throws(JobRootError) -> CgroupHierarchy {
    do {
      let mounts = CgroupMount.all(in: try SmallFile.read("/proc/self/mountinfo"))
      let cgroups = try SmallFile.readText("/proc/self/cgroup")
      return try CgroupHierarchy(mounts: mounts, processCgroups: cgroups)
    } catch let error as SystemError {
      throw JobRootError.noHierarchy("\(error)")
    } catch let error as JobRootError {
      throw error
    } catch {
      throw JobRootError.noHierarchy("\(error)")
    }
  }

  /// Chooses among mounts: one that shows our cgroup, and one that can be written if there is.
  init(mounts: [CgroupMount], processCgroups: String) throws(JobRootError) {
    guard !mounts.isEmpty else {
      throw .noHierarchy("/proc/self/mountinfo has no mount of type cgroup2")
    }
    guard let own = ProcessStatus.unifiedCgroup(in: processCgroups) else {
      throw .noHierarchy("/proc/self/cgroup has no line that begins with 0::")
    }
    let visible = mounts.filter { $0.relativePath(of: Array(own.utf8)) != nil }
    guard let mount = visible.first(where: { !$0.isReadOnly }) ?? visible.first else {
      throw .noHierarchy("no cgroup2 mount shows this process's own cgroup \(own)")
    }
    self.mount = mount
    self.own = own
  }

  /// The path at the mount point: the highest cgroup that can be reached.
  public var top: String { String(decoding: mount.root, as: UTF8.self) }

  /// Opens a cgroup by its path in the hierarchy.
  func open(_ path: String) throws(SystemError) -> Cgroup {
    guard let relative = mount.relativePath(of: Array(path.utf8)) else {
      throw SystemError("open", path, errno: .noSuchFileOrDirectory)
    }
    let bytes = mount.mountPoint + [UInt8(ascii: "/")] + relative
    let file = FilePath(bytes: bytes)
    return Cgroup(
      directory: try OwnedDescriptor.open(path: file, options: .directory), path: path)
  }

  /// The path in the hierarchy of what a user names: a path in it, or in the file system.
  func path(named text: String) -> String {
    let mountPoint = String(decoding: mount.mountPoint, as: UTF8.self)
    guard text == mountPoint || text.hasPrefix(mountPoint + "/") else { return text.normalized }
    let below = text.dropFirst(mountPoint.count)
    return (top == "/" ? String(below) : top + below).normalized
  }
}

extension FilePath {
  init(bytes: [UInt8]) {
    let terminated = bytes.map { CChar(bitPattern: $0) } + [0]
    self = unsafe terminated.withUnsafeBufferPointer {
      unsafe FilePath(platformString: $0.baseAddress!)
    }
  }
}

extension String {
  /// With a slash at the start, and none twice or at the end.
  fileprivate var normalized: String {
    "/" + split(separator: "/").joined(separator: "/")
  }

  /// The path of the cgroup that this one is in; `nil` for the root.
  var parentCgroup: String? {
    guard self != "/", let slash = lastIndex(of: "/") else { return nil }
    return slash == startIndex ? "/" : String(self[..<slash])
  }

  var lastCgroupName: Substring { self[(lastIndex(of: "/").map(index(after:)) ?? startIndex)...] }
}
