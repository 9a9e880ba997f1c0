internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// Programs of which all that execve(2) reads is in memory already, so that it waits for nothing: their
/// paths, their first page, and their interpreter's.
///
/// That is what a program is that was executed not long ago. Each look is by calls that refuse (EAGAIN) where
/// others would wait, so that a dead network mount is never asked. Where it can't be told, a program is none of
/// them.
struct WarmPrograms: ~Copyable {
  private var mounts: LocalMounts
  private let own: ProgramHead

  /// - Throws: Where there is no `/proc`.
  init() throws(SystemError) {
    let mounts = try LocalMounts()
    let file = try OwnedDescriptor.open("/proc/self/exe")
    guard let head = ProgramHead(of: file) else {
      throw SystemError("read", "/proc/self/exe", errno: .resourceTemporarilyUnavailable)
    }
    self.mounts = mounts
    own = head
  }

  /// Whether this one is, from its working directory on.
  mutating func contain(_ specification: SpawnSpecification) -> Bool {
    mounts.refresh()
    return unsafe specification.withPaths { directory, candidates in
      guard case .found(let directory) = unsafe lookUp(directory, in: clinux_at_fdcwd()),
        isLocal(directory, asDirectory: true)
      else { return false }
      var next = unsafe candidates
      while let candidate = unsafe next.pointee {
        switch unsafe lookUp(candidate, in: directory.raw.rawValue) {
        case .found(let file):
          return unsafe isLocal(file, asDirectory: false) && isWarm(candidate, in: directory)
        case .absent:
          unsafe next += 1
        case .unknown:
          return false
        }
      }
      return false
    }
  }

  private enum Found: ~Copyable {
    case found(OwnedDescriptor)
    /// It is known that nothing is there.
    case absent
    case unknown
  }

  private func lookUp(_ path: UnsafePointer<CChar>, in directory: CInt) -> Found {
    let answer = unsafe clinux_open_cached(directory, path, clinux_lookup_flags())
    if answer >= 0 { return .found(OwnedDescriptor(adopting: FileDescriptor(rawValue: answer))) }
    let isAbsent = [.noSuchFileOrDirectory, .notDirectory].contains(Errno(rawValue: -answer))
    return isAbsent ? .absent : .unknown
  }

  private func isLocal(_ file: borrowing OwnedDescriptor, asDirectory: Bool) -> Bool {
    var found = clinux_file()
    guard unsafe clinux_look_at(file.raw.rawValue, &found) == 0,
      asDirectory ? found.is_directory : found.is_regular
    else { return false }
    return mounts.contain(LocalMounts.Device(major: found.major, minor: found.minor))
  }

  private func isWarm(
    _ path: UnsafePointer<CChar>, in directory: borrowing OwnedDescriptor
  ) -> Bool {
    let flags = FileDescriptor.OpenOptions.nonBlocking.rawValue
    let answer = unsafe clinux_open_cached(directory.raw.rawValue, path, flags)
    guard answer >= 0 else { return false }
    let file = OwnedDescriptor(adopting: FileDescriptor(rawValue: answer))
    return ProgramHead(of: file)?.isLoaded(like: own) ?? false
  }
}
