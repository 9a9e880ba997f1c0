import JobEngine
import LinuxProcess
import LinuxSystem
import SystemPackage

/// What the daemon holds for one job, each thing from when it is made until it isn't needed any longer.
///
/// What a thread may still be working on when the loop lets go of it is shared: the last of the two
/// closes it. A descriptor's number must not mean something else under a thread's hands.
final class JobResources {
  let id: JobID
  /// What is to be started with which streams, until it was.
  var start: Start?
  var leaf: SharedLeaf?
  var main: SharedProcess?
  /// Until the main process was reaped.
  var mainSource: IOSource?
  /// Says when the tree may be empty.
  var treeWatch: TreeWatch?
  /// Held open until the job is asked to end.
  var keepalive: OwnedDescriptor?
  var relays: [OutputRelay] = []
  /// The job was told; only its leaf is still to be removed.
  var isForgotten = false
  /// The engine waits to hear that the output was passed on.
  var isDraining = false

  init(
    _ id: JobID, _ specification: SpawnSpecification, _ streams: JobStreams,
    keepalive: consuming OwnedDescriptor?
  ) {
    self.id = id
    self.start = Start(specification: specification, streams: streams)
    self.keepalive = keepalive
  }

  // Before the descriptor that it watches is closed.
  isolated deinit {
    mainSource = nil
  }

  struct Start {
    let specification: SpawnSpecification
    let streams: JobStreams
  }
}

/// A leaf that threads work on, too.
nonisolated final class SharedLeaf: Sendable {
  let leaf: JobLeaf

  init(_ leaf: consuming JobLeaf) {
    self.leaf = leaf
  }
}

/// A process that threads signal, too.
nonisolated final class SharedProcess: Sendable {
  let process: ChildProcess

  init(_ process: consuming ChildProcess) {
    self.process = process
  }
}
