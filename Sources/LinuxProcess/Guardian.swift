internal import CLinux
public import LinuxSystem
public import SystemPackage

/// The daemon's own lifeline: a small process that holds the other end of a pipe, and that kills
/// all jobs, removes their cgroups and the daemon's files when the daemon dies without having
/// done so itself, by `kill -9` for one.
///
/// Dropping this value is dying, to the guardian. ``standDown()`` is the other way.
public struct Guardian: ~Copyable, Sendable {
  /// How long the guardian goes on killing what doesn't die. Where nobody lives any more it is done after
  /// ``JobRoot/removalSeconds``.
  public static let patienceSeconds = 60

  /// The exit code of one that couldn't fetch its descriptors.
  public static let fetchFailedCode = CLINUX_GUARDIAN_FETCH_FAILED

  /// The files that are the daemon's as long as it holds its lock.
  public struct Files: Sendable {
    /// The lock file, open and locked by flock(2): the guardian holds on to the lock until it is
    /// done, so that the next daemon doesn't begin before.
    public var lock: FileDescriptor
    /// Where the lock file is, to be removed.
    public var lockPath: String
    /// Where the daemon's socket is, to be removed.
    public var socketPath: String?

    /// The lock is lent; it must be open when the guardian is started.
    public init(lock: FileDescriptor, lockPath: String, socketPath: String?) {
      self.lock = lock
      self.lockPath = lockPath
      self.socketPath = socketPath
    }
  }

  /// For people, and to tell it from orphans.
  public let pid: Int32
  /// Readable when the guardian is gone: then nothing guards the jobs any more.
  public let pidfd: Pidfd
  /// Our end is the lifeline. The other one, and a directory, it may fetch from us, some time after it was made.
  private let pipe: LinuxSystem.Pipe
  private let parent: OwnedDescriptor

  /// Forks the guardian of a root's jobs.
  ///
  /// Descriptors 0, 1 and 2 must be open, to whatever.
  ///
  /// - Parameter spawner: Where there may be descriptors that it takes long to close, of which it is to have no copies.
  public static func start(
    for root: borrowing JobRoot, files: Files? = nil, by spawner: Spawner? = nil
  ) throws(SystemError) -> Guardian {
    let pipe = try LinuxSystem.Pipe()
    let parent = try root.base.openParent()
    let pid = try checked(
      fork(lifeline: pipe.reader.raw, root, parent: parent.raw, files, spawner?.ownFiles), "fork")
    do {
      return Guardian(pid, try Pidfd.open(pid), pipe, parent)
    } catch {
      // To close the lifeline would be to die: it would kill the jobs that there are.
      _ = try? pipe.writer.raw.writeAll([1])
      throw error
    }
  }

  private init(
    _ pid: Int32, _ pidfd: consuming Pidfd, _ pipe: consuming LinuxSystem.Pipe,
    _ parent: consuming OwnedDescriptor
  ) {
    self.pid = pid
    self.pidfd = pidfd
    self.pipe = pipe
    self.parent = parent
  }

  /// Tells the guardian that all is well and waits for its exit, and thereby for its letting go
  /// of the lock. SIGPIPE must be ignored, for the case that it is gone already.
  public consuming func standDown() throws(SystemError) {
    do {
      _ = try systemCall("write", "guardian") { try pipe.writer.raw.writeAll([1]) }
    } catch let error where error.errno == .brokenPipe {
      // It is gone already.
    }
    _ = try pidfd.waitAndReap()
  }

  private static func fork(
    lifeline: FileDescriptor, _ root: borrowing JobRoot, parent: FileDescriptor, _ files: Files?,
    _ ownFiles: OwnFiles?
  ) -> Int32 {
    var duties = unsafe clinux_guardian_duties()
    unsafe duties.lifeline = lifeline.rawValue
    unsafe duties.jobs = root.jobs.directory.raw.rawValue
    unsafe duties.parent = parent.rawValue
    unsafe duties.lock = files?.lock.rawValue ?? -1
    unsafe duties.own_process = ownFiles?.pidfd ?? -1
    unsafe duties.patience_seconds = UInt32(patienceSeconds)
    unsafe duties.removal_seconds = UInt32(JobRoot.removalSeconds)
    return unsafe withOptionalCString(root.madeName) { name in
      unsafe withOptionalCString(files?.lockPath) { lockPath in
        unsafe withOptionalCString(files?.socketPath) { socketPath in
          unsafe duties.name = name
          unsafe duties.lock_path = lockPath
          unsafe duties.socket_path = socketPath
          return unsafe clinux_guardian(&duties)
        }
      }
    }
  }
}

private func withOptionalCString<Result>(
  _ text: String?, _ body: (UnsafePointer<CChar>?) -> Result
) -> Result {
  guard let text else { return body(nil) }
  return unsafe text.withCString { unsafe body($0) }
}
