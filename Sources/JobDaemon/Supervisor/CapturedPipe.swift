import LinuxSystem
import SystemPackage

/// The reading end of a pipe that a job writes its output to.
///
/// Who has the pipe open for writing can lock it for as long as it likes: sendfile(2) and splice(2) hold the lock while
/// they read the file that they are to send, of a dead server for one. Whoever reads the pipe, asks what is in it, or
/// closes its last end waits for that lock, nonblocking or not, and no signal ends that wait. So the loop does none of
/// that, unless nobody can write any more.
nonisolated final class CapturedPipe: Sendable {
  enum Piece: Sendable {
    case data([UInt8]), nothing, end
  }

  /// Bytes read at one time: what a pipe holds by default. pipe(7)
  static let pieceBytes = 65_536

  private let reader: ReadingEnd

  init(_ reader: consuming OwnedDescriptor) {
    self.reader = ReadingEnd(reader)
  }

  /// Lent, to be watched.
  var descriptor: FileDescriptor { reader.raw }

  /// Nobody can write to it any more: to read it, or ask it, or close it, waits for nobody.
  var hasNoWriter: Bool { reader.hasNoWriter }

  /// Where it has a writer, on a thread.
  func unreadBytes() -> Int { (try? reader.unreadBytes()) ?? 0 }

  /// Where it has a writer, on a thread.
  func read(most: Int = pieceBytes) -> Piece {
    do {
      let bytes = try unsafe [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
        count = try unsafe reader.raw.read(into: UnsafeMutableRawBufferPointer(buffer))
      }
      return bytes.isEmpty ? .end : .data(bytes)
    } catch Errno.resourceTemporarilyUnavailable {
      return .nothing
    } catch {
      // A pipe knows no other error to be read by; there is no more to come in any case.
      return .end
    }
  }
}
