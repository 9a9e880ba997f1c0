import JobProtocol
import LinuxProcess
import LinuxSystem
import SystemPackage

/// A job's first process about to be started: all that takes, to be done on whichever thread.
nonisolated final class StartAttempt: Sendable {
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
  /// Lent, until the attempt is over.
  private let input, output, error: FileDescriptor

  @MainActor init(
    _ specification: SpawnSpecification, _ tree: any JobTree, _ streams: JobStreams
  ) {
    self.tree = tree
    self.specification = specification
    (input, output, error) = (streams.input.raw, streams.output.raw, streams.error.raw)
  }

  /// Returns when the program was executed. May take long.
  func make(by spawner: Spawner) -> Outcome {
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
