import JobProtocol
import LinuxProcess
import LinuxSystem
import Synchronization
import SystemPackage

/// A job's first process about to be started: all that takes, to be done on whichever thread.
nonisolated final class StartAttempt: Sendable {
  private enum Phase {
    case waiting, begun, abandoned
  }

  struct Outcome: Sendable {
    /// The process, by its pid.
    let result: Result<Int32, SpawnFailure>
    /// When it was executed, or failed to be.
    let at: Timestamp
    /// How long that took. Microseconds.
    let period: Int

    /// The leaf takes no process.
    var isRefusedByLeaf: Bool {
      if case .failure(let failure) = result { failure.step == .controlGroup } else { false }
    }
  }

  let tree: any JobTree
  let specification: SpawnSpecification
  private let phase = Mutex(Phase.waiting)
  /// Lent, until the attempt is over.
  private let input, output, error: FileDescriptor

  @MainActor init(
    _ specification: SpawnSpecification, _ tree: any JobTree, _ streams: JobStreams
  ) {
    self.tree = tree
    self.specification = specification
    (input, output, error) = (streams.input.raw, streams.output.raw, streams.error.raw)
  }

  /// It is not to be made, if it wasn't begun.
  ///
  /// - Returns: It won't be.
  func abandon() -> Bool {
    phase.withLock { phase in
      if phase == .waiting { phase = .abandoned }
      return phase == .abandoned
    }
  }

  private func begin() -> Bool {
    phase.withLock { phase in
      if phase == .waiting { phase = .begun }
      return phase == .begun
    }
  }

  /// Returns when the program was executed, `nil` where that was abandoned. May take long.
  func make(by spawner: Spawner) -> Outcome? {
    guard begin() else { return nil }
    let began = Moment.monotonic
    let result: Result<Int32, SpawnFailure>
    do throws(SpawnFailure) {
      let pid = try tree.start(
        specification, by: spawner, input: input, output: output, error: error)
      result = .success(pid)
    } catch {
      result = .failure(error)
    }
    // Here, and not when the loop comes to it.
    let now = Moment.now
    return Outcome(result: result, at: now, period: now.monotonic - began)
  }
}
