internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// Programs that were executed not long ago, so that all that execve(2) reads is in memory, and it waits for nothing.
///
/// They are found by lookups that refuse (EAGAIN) where others would wait, so that a dead network mount is never asked,
/// and that open nothing: to open a file is for others to permit, who may take their time (FAN_OPEN_PERM, fanotify(7)).
/// What has to be read of a program is read once, on a thread, when it was started there: ``Lesson``. Where
/// something can't be told, a program is none of them.
struct WarmPrograms: ~Copyable {
  /// What is known of a program.
  enum Knowledge: Hashable {
    /// It is one of them.
    case warm(ProgramFile)
    /// It may be one, but for what has to be read of it, or is to be found out anew.
    case unknown
    /// It is none.
    case other
  }

  private struct Fact {
    var isLoadedLikeOurs: Bool
    /// Monotonic microseconds.
    var executed: Int
  }

  /// For so long a program stays in memory, as a rule. Microseconds.
  private static let warmth = 60_000_000
  private static let factsMax = 256
  /// More paths are looked for on a thread, by execve(2) itself.
  private static let candidatesMax = 64

  private var mounts: LocalMounts
  private let own: ProgramHead
  private var facts: [ProgramFile: Fact] = [:]

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

  /// What is known of this one, from its working directory on, at a moment in monotonic microseconds.
  ///
  /// - Parameter files: Open files that it is to have, which are to be local ones, too.
  mutating func know(
    _ specification: SpawnSpecification, _ files: [FileDescriptor] = [], at now: Int
  ) -> Knowledge {
    guard specification.candidates.count <= Self.candidatesMax else { return .other }
    mounts.refresh()
    for file in files {
      guard let found = clinux_file(file), found.is_regular,
        mounts.contain(LocalMounts.Device(found))
      else { return .other }
    }
    guard let file = unsafe specification.withPaths({ unsafe find($0, $1) }) else { return .other }
    guard let fact = facts[file], now - fact.executed < Self.warmth else { return .unknown }
    return fact.isLoadedLikeOurs ? .warm(file) : .other
  }

  /// It was executed without delay, at a moment.
  mutating func executed(_ file: ProgramFile, at now: Int) {
    facts[file]?.executed = now
  }

  /// It wasn't.
  mutating func forget(_ file: ProgramFile) {
    facts[file] = nil
  }

  // MARK: looking

  /// The file that execve(2) would be of, where nothing has to be waited for to find it.
  private borrowing func find(
    _ directory: UnsafePointer<CChar>, _ candidates: UnsafePointer<UnsafePointer<CChar>?>
  ) -> ProgramFile? {
    guard case .found(let directory) = unsafe lookUp(directory, in: clinux_at_fdcwd()),
      let found = clinux_file(directory.raw), found.is_directory,
      mounts.contain(LocalMounts.Device(found))
    else { return nil }
    var next = unsafe candidates
    while let candidate = unsafe next.pointee {
      switch unsafe lookUp(candidate, in: directory.raw.rawValue) {
      case .found(let descriptor):
        guard let file = clinux_file(descriptor.raw).flatMap(ProgramFile.init),
          mounts.contain(file.device)
        else { return nil }
        if clinux_may_execute(descriptor.raw.rawValue) { return file }
        // As execve(2) would be refused, and the next one tried.
        unsafe next += 1
      case .absent:
        unsafe next += 1
      case .unknown:
        return nil
      }
    }
    return nil
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

  // MARK: learning

  /// What there is to be read of a program that was just executed.
  struct Lesson: Sendable {
    let specification: SpawnSpecification
    let own: ProgramHead

    /// May take long.
    func learn() -> (file: ProgramFile, isLoadedLikeOurs: Bool)? {
      unsafe specification.withPaths { directory, candidates in
        guard let directory = unsafe open(directory, in: clinux_at_fdcwd(), clinux_lookup_flags())
        else { return nil }
        var next = unsafe candidates
        while let candidate = unsafe next.pointee {
          // Nonblocking: a fifo would wait for a writer.
          let flags = FileDescriptor.OpenOptions.nonBlocking.rawValue
          if let file = unsafe open(candidate, in: directory.raw.rawValue, flags),
            clinux_may_execute(file.raw.rawValue)
          {
            guard let program = clinux_file(file.raw).flatMap(ProgramFile.init) else { return nil }
            return (program, ProgramHead(of: file)?.isLoaded(like: own) ?? false)
          }
          unsafe next += 1
        }
        return nil
      }
    }

    private func open(
      _ path: UnsafePointer<CChar>, in directory: CInt, _ flags: CInt
    ) -> OwnedDescriptor? {
      let answer = unsafe clinux_openat(directory, path, flags, 0)
      return answer < 0 ? nil : OwnedDescriptor(adopting: FileDescriptor(rawValue: answer))
    }
  }

  func lesson(of specification: SpawnSpecification) -> Lesson {
    Lesson(specification: specification, own: own)
  }

  /// What a lesson has told, of a program that was executed at a moment.
  mutating func learned(_ file: ProgramFile, isLoadedLikeOurs: Bool, executed now: Int) {
    if facts.count >= Self.factsMax {
      facts = facts.filter { now - $0.value.executed < Self.warmth }
      if facts.count >= Self.factsMax { facts = [:] }
    }
    facts[file] = Fact(isLoadedLikeOurs: isLoadedLikeOurs, executed: now)
  }
}
