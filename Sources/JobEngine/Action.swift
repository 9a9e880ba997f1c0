public import JobProtocol

/// What the engine wants done. Whoever carries it out answers with the event named behind it.
///
/// What takes a kilobyte is apart, so that the others, ten for each job, are of a few words.
public enum Action: Hashable, Sendable {
  // MARK: the job's processes

  /// Make the job's leaf and its first process in it: ``JobEngine/spawned(_:pid:controlGroup:at:)``
  /// or ``JobEngine/spawnFailed(_:_:at:)``.
  case spawn(JobID)
  /// Thaw the tree, then ask it to end, as the plan says. No answer.
  case ask(JobID, StopPlan)
  /// Kill every process of the job: ``JobEngine/killed(_:at:)``, also where that failed.
  case kill(JobID)
  /// Look whether the job has processes: ``JobEngine/inspected(_:populated:at:)``.
  case inspect(JobID)
  /// From now on say ``JobEngine/treeChanged(_:at:)`` when the kernel notifies that the job's tree
  /// may be empty.
  case watch(JobID)
  /// Find what survived SIGKILL: ``JobEngine/survivorsFound(_:_:at:)``.
  case findSurvivors(JobID)

  // MARK: what is left of the job

  /// Read what the job used: ``JobEngine/usageRead(_:_:at:)``.
  case readUsage(JobID)
  /// Pass on what is still in the pipes of captured output: ``JobEngine/outputDrained(_:at:)``.
  case drainOutput(JobID)
  /// The same without the pipes, which a process that can't be killed may have locked for as long as it lives:
  /// ``JobEngine/outputDrained(_:at:)``.
  case dropOutput(JobID)
  /// Nobody hears the job's output, or its reader doesn't take it: throw it away from now on. No
  /// answer of its own; what ``drainOutput(_:)`` waits for is then soon done.
  case discardOutput(JobID)
  /// Remove the leaf, with the cgroups that the job made in it: ``JobEngine/leafRemoved(_:at:)`` or
  /// ``JobEngine/leafBusy(_:at:)``.
  case removeLeaf(JobID)

  /// The job is told: let go of everything that was held for it, but its leaf if that remains.
  case forget(JobID, leafRemains: Bool)

  // MARK: clients

  /// Reply to the client's `Run`; to one that is finished this is the final reply.
  indirect case replyToRun(ClientID, RunReply)
  /// The only, or with `continues` one more, reply to the client's `List`. With `continues`:
  /// ``JobEngine/observerReady(_:)`` once the client has room for another.
  indirect case replyToList(ClientID, ListReply, continues: Bool)
  /// The reply to the client's `Cancel`.
  indirect case replyToCancel(ClientID, CancelReply)
  /// Close the connection of a client that reads too slowly.
  case drop(ClientID)

  // MARK: the service

  /// All jobs are over and told: end.
  case exit
}
