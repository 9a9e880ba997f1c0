import LinuxProcess
import LinuxSystem
import Logging
import SystemPackage

/// The right to a socket's path: a locked file beside it. Whoever holds it removes both files.
///
/// The lock is of the open file, so that the guardian, which is forked with it, goes on holding it when the
/// daemon dies, until it has cleaned up. flock(2) In the file is the daemon's pid: whoever comes next knows for whom
/// it waits.
final class SocketLock {
  /// How long a guardian may take to clean up after an earlier daemon, in microseconds: longer than
  /// it is patient itself.
  private static let patience = (Guardian.patienceSeconds + 5) * 1_000_000
  /// Milliseconds between two attempts: flock can't wait with an end to it.
  private static let retryDelay: Int32 = 10

  let descriptor: OwnedDescriptor
  let path: String

  private init(_ descriptor: consuming OwnedDescriptor, _ path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  /// Takes the lock of a socket; waits for a daemon that is stopping, as long as that takes, and for whoever still ends
  /// the jobs of one that is gone.
  static func take(socket: String, log: Logger) throws(DaemonError) -> SocketLock {
    let path = socket + ".lock"
    var end = Moment.monotonic + patience
    var said: Holder?
    do throws(SystemError) {
      while true {
        let file = try OwnedDescriptor.open(path, .readWrite, options: .create)
        if try FileLock.tryLock(file.raw) {
          // Whoever had it may have removed the file with it.
          guard try FileLock.isFile(file.raw, at: path) else { continue }
          // Where the disk is full it is nobody's.
          _ = try? file.raw.writeAll(toAbsoluteOffset: 0, "\(ProcessContext.processID)\n".utf8)
          return SocketLock(file, path)
        }
        if isAlive(socket) { throw SystemError("lock", path, errno: .addressInUse) }
        let holder = Holder(KeptFile(file))
        if case .daemon = holder { end = Moment.monotonic + patience }
        if Moment.monotonic > end { throw SystemError("lock", path, errno: .timedOut) }
        if said != holder {
          holder.tell(log, path)
          said = holder
        }
        FileLock.sleep(milliseconds: retryDelay)
      }
    } catch {
      switch error.errno {
      case .addressInUse:
        throw DaemonError(
          "another jobd listens on \(socket): use that one, or give this one a path of its own "
            + "with --socket")
      case .timedOut:
        throw DaemonError(
          "an earlier jobd on \(socket) is gone, and what it left can't be killed; "
            + "its guardian still holds \(path)")
      default:
        throw DaemonError("cannot lock the socket's path: \(error)")
      }
    }
  }

  /// Who has the lock of another daemon.
  private enum Holder: Hashable {
    /// Takes no connections any more, and ends its jobs, each in its time.
    case daemon(pid: Int32)
    case guardian

    init(_ file: borrowing KeptFile) {
      let text = (try? file.read()).map { String(decoding: $0, as: UTF8.self) } ?? ""
      guard let pid = text.split(separator: "\n").first.flatMap({ Int32($0) }),
        // Empty for a zombie. proc(5)
        let words = try? SmallFile.read("/proc/\(pid)/cmdline"), !words.isEmpty
      else {
        self = .guardian
        return
      }
      self = .daemon(pid: pid)
    }

    func tell(_ log: Logger, _ path: String) {
      switch self {
      case .daemon(let pid):
        log.notice(
          "waiting for an earlier jobd, which is stopping its jobs",
          metadata: ["pid": "\(pid)", "lock": "\(path)"])
      case .guardian:
        log.notice(
          "waiting for the guardian of an earlier jobd, which is still killing what that one left",
          metadata: ["lock": "\(path)", "secondsMax": "\(patience / 1_000_000)"])
      }
    }
  }

  /// Whoever comes next takes another one, or takes this one over where it can't be removed.
  func remove() throws(SystemError) { try FileSystem.remove(path) }

  /// Somebody takes connections there.
  static func isAlive(_ socket: String) -> Bool {
    do {
      _ = try UnixSocket.connect(to: .path(FilePath(socket)))
      return true
    } catch {
      return false
    }
  }
}
