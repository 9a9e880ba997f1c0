import LinuxSystem
import SystemPackage

/// The reading end of a pipe that a job writes its output to.
///
/// Who has the pipe open can lock it for as long as it likes (``PipeEnd``). Whoever reads the pipe, or asks how much is in
/// it, waits for that lock, nonblocking or not, and no signal ends that wait. So it is done on threads.
nonisolated final class CapturedPipe: Sendable {
  /// What was read at one time.
  struct Batch: Sendable {
    /// As replies, unless it is thrown away.
    var replies: [[UInt8]] = []
    /// As it was left.
    var encoder: OutputEncoder
    /// Bytes that are still to be read.
    var rest: Int?
    var outcome = Outcome.more
  }

  enum Outcome: Sendable {
    /// There was at least as much as was read.
    case more
    /// That was all that there was.
    case nothing
    /// There won't be any more.
    case end
  }

  /// Bytes read by one call: what a pipe holds by default. pipe(7)
  private static let pieceBytes = 65_536
  /// Read before the loop is woken to pass them on.
  private static let piecesMax = 4

  private let reader: PipeEnd

  init(_ reader: consuming PipeEnd) {
    self.reader = reader
  }

  /// Lent, to be watched.
  var descriptor: FileDescriptor { reader.descriptor.raw }

  /// Nothing is in it, and nobody writes to it. Asked on the loop: waits for nobody.
  var isAtEnd: Bool { reader.isAtEnd }

  /// Bytes in it. On a thread.
  func unreadBytes() -> Int { (try? reader.descriptor.unreadBytes()) ?? 0 }

  /// Reads what is there, up to some pieces. On a thread.
  ///
  /// - Parameters:
  ///   - rest: Bytes that are to be read, and no more.
  ///   - isDiscarding: It is thrown away.
  func read(by encoder: OutputEncoder, rest: Int?, isDiscarding: Bool) -> Batch {
    var batch = Batch(encoder: encoder, rest: rest)
    for _ in 0..<Self.piecesMax where batch.outcome == .more {
      read(into: &batch, isDiscarding: isDiscarding)
    }
    return batch
  }

  private func read(into batch: inout Batch, isDiscarding: Bool) {
    let most = min(Self.pieceBytes, batch.rest ?? Self.pieceBytes)
    if most == 0 { return batch.outcome = .end }
    do {
      let bytes = try unsafe [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
        count = try unsafe descriptor.read(into: UnsafeMutableRawBufferPointer(buffer))
      }
      if bytes.isEmpty { return batch.outcome = .end }
      if let rest = batch.rest { batch.rest = rest - bytes.count }
      if !isDiscarding, let reply = batch.encoder.encode(bytes) { batch.replies.append(reply) }
    } catch Errno.resourceTemporarilyUnavailable {
      batch.outcome = batch.rest == nil ? .nothing : .end
    } catch {
      // A pipe knows no other error to be read by; there is no more to come in any case.
      batch.outcome = .end
    }
  }
}
