import JobEngine
import LinuxProcess
import LinuxSystem

/// The control group of the job that comes next, made while nobody waits for it: that takes a tenth of what the
/// kernel takes for a whole job, and more with every controller.
///
/// It is new, and for one job: nothing of another's settings or statistics is in it. It is named for its job
/// before there is one, so it is of no use to any other. There is one only while a client is there that has asked
/// for more than one job: who comes for a single one is served before it could be made.
final class Spares {
  private let place: JobPlace
  private let name: (JobID) -> String
  private let next: () -> JobID
  private var source: IdleSource?
  private var spare: SpareLeaf?
  /// Whose it is.
  private var job: JobID?
  /// For whom there is to be one.
  private var clients: Set<ClientID> = []

  /// - Parameters:
  ///   - name: Of a job's control group.
  ///   - next: The job that comes next.
  init(
    _ loop: EventLoop, in place: JobPlace, name: @escaping (JobID) -> String,
    next: @escaping () -> JobID
  ) throws(SystemError) {
    self.place = place
    self.name = name
    self.next = next
    source = try IdleSource(loop) { [unowned self] in make() }
  }

  /// The client has asked for a job before.
  func keep(for client: ClientID) {
    clients.insert(client)
  }

  /// The client has gone.
  func left(_ client: ClientID) {
    if clients.remove(client) != nil, clients.isEmpty { drop() }
  }

  /// The next job is to find one, as soon as there is nothing else to do.
  func want() {
    if !clients.isEmpty { source?.ask() }
  }

  /// That of the job, if there is one.
  func take(for job: JobID) -> SpareLeaf? {
    guard self.job == job else { return nil }
    self.job = nil
    return spare.take()
  }

  /// From now on no job comes.
  func end() {
    source = nil
    drop()
  }

  private func make() {
    let next = next()
    guard job != next, !clients.isEmpty else { return }
    drop()
    // Without one the job makes its own, and is told why that fails.
    spare = place.makeSpare(named: name(next))
    if spare != nil { job = next }
  }

  /// One whose job was never started, or started without it. Should the kernel refuse, what ends the service
  /// removes it.
  private func drop() {
    job = nil
    guard let spare = spare.take() else { return }
    _ = spare.tree.removeQuickly()
  }
}
