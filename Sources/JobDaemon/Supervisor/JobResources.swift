import JobEngine
import JobProtocol
import LinuxProcess
import LinuxSystem
import SystemPackage

/// What the daemon holds for one job, each thing from when it is made until it isn't needed any longer.
///
/// What a thread may still be working on when the loop lets go of it is shared: the last of the two
/// closes it. A descriptor's number must not mean something else under a thread's hands.
final class JobResources {
  let id: JobID
  /// What is to be started with which streams, until it is.
  var start: Start?
  /// While it is being started, whatever becomes of it meanwhile: a thread works with their numbers.
  var streams: JobStreams?
  /// While it is being started on another thread.
  var attempt: StartAttempt?
  var tree: (any JobTree)?
  /// Of the main process, once it was started.
  var mainPid: Int32?
  /// While there is something to be heard of the tree: until the main process was reaped, as a rule.
  var newsSource: IOSource?
  /// Says when the tree may be empty.
  var treeWatch: TreeWatch?
  /// Held open until the job is asked to end.
  var keepalive: PipeEnd?
  var relays: [OutputRelay] = []
  /// The job was told; only its leaf is still to be removed.
  var isForgotten = false
  /// The engine waits to hear that the output was passed on.
  var isDraining = false
  /// SIGKILL is being sent.
  var isBeingKilled = false
  /// It was wanted once more meanwhile, for what came after.
  var isToBeKilledAgain = false
  /// Its processes are being looked for.
  var isSearched = false

  init(
    _ id: JobID, _ specification: SpawnSpecification, marks: [OSString], _ streams: StreamPlan,
    for client: Connection
  ) {
    self.id = id
    self.start = Start(specification, marks: marks, streams, for: client)
  }

  // Before the descriptor that it watches is closed.
  isolated deinit {
    newsSource = nil
  }

  final class Start {
    let specification: SpawnSpecification
    /// Variables of its environment that together no other job's has.
    let marks: [OSString]
    let streams: StreamPlan
    /// Who hears captured output.
    weak let client: Connection?

    init(
      _ specification: SpawnSpecification, marks: [OSString], _ streams: StreamPlan,
      for client: Connection
    ) {
      self.specification = specification
      self.marks = marks
      self.streams = streams
      self.client = client
    }
  }
}
