import JobProtocol
import Testing

@testable import JobEngine

@Suite("Stopping is one sequence: ask, wait, kill, look")
struct CancelSequenceTests {
  let story = Scenario()

  @Test("Processes are asked as the job's plan says, and killed when the grace period is over")
  func asksThenKills() throws {
    let plan = StopPlan(signal: 2, scope: .main, closesInput: true, gracePeriod: .seconds(3))
    let job = try story.started(by: 1, .sample(plan))
    story.closes(1)
    #expect(story.actions.last == "ask 1 (2 to main, close input)")
    #expect(story.passes(.seconds(3) - 1).isEmpty)
    #expect(story.passes(1) == [.kill(job)])
  }

  @Test("A grace period of 0 kills without asking")
  func noGrace() throws {
    try story.started(by: 1, .sample(.now))
    story.closes(1)
    #expect(story.actions == ["discard output of 1", "kill 1"])
  }

  @Test("A tree that ends when asked is not killed")
  func obeys() throws {
    let job = try story.started(by: 1)
    story.halfCloses(1)
    story.ends(job)
    #expect(!story.actions.contains("kill 1"))
    story.settled(job)
    #expect(try story.finished().runtime.result?.killed == false)
  }

  @Test("When the main process obeys and a grandchild doesn't, the grandchild is killed")
  func grandchildIgnores() throws {
    let job = try story.started(by: 1)
    story.halfCloses(1)
    story.mainExits(job)
    story.inspected(job, populated: true)
    _ = story.full()
    let done = story.passes(.seconds(5), populated: true)
    #expect(done.contains(.kill(job)))
    story.inspected(job, populated: false)
    _ = story.full()
    story.settled(job)
    #expect(try story.finished().runtime.result?.killed == true)
  }

  @Test(
    "What the main process leaves behind is asked, and its end noticed before its grace is over")
  func leftBehind() throws {
    let job = try story.started(by: 1)
    story.mainExits(job)
    story.inspected(job, populated: true)
    #expect(
      story.actions == [
        "inspect 1", "client 1: stopping 1 (exited)", "ask 1 (15 to tree)", "inspect 1",
      ])
    story.inspected(job, populated: true)
    #expect(story.actions == ["watch 1", "inspect 1"])
    let looks = story.passes(.milliseconds(10), populated: true)
    #expect(looks.contains(.inspect(job)) && !looks.contains(.kill(job)))
    story.inspected(job, populated: false)
    _ = story.full()
    story.settled(job)
    let result = try #require(story.finished().runtime.result)
    #expect(result.cause == .exited && !result.killed)
  }

  @Test("A tree that ends while its killing is under way is noticed before that returns")
  func slowKill() throws {
    let job = try story.started(by: 1, .sample(.now))
    story.mainExits(job)
    story.inspected(job, populated: true)
    story.inspected(job, populated: true)
    #expect(story.actions.suffix(4) == ["kill 1", "inspect 1", "watch 1", "inspect 1"])
    story.treeChanged(job)
    story.inspected(job, populated: false)
    #expect(story.actions.contains("read usage of 1"))
  }

  @Test("Asking the main process only, the rest of the tree is asked once it is gone")
  func scopeMain() throws {
    let plan = StopPlan(signal: 15, scope: .main, closesInput: false, gracePeriod: .seconds(5))
    let job = try story.started(by: 1, .sample(plan))
    story.closes(1)
    #expect(story.actions.last == "ask 1 (15 to main)")
    story.mainExits(job)
    #expect(story.actions == ["ask 1 (15 to tree)", "inspect 1"])
  }

  @Test("A job that lingers is watched from its main process's exit, and once")
  func watchedOnce() throws {
    let job = try story.started(by: 1, .sample(waitsFor: .tree))
    story.mainExits(job)
    story.inspected(job, populated: true)
    #expect(
      story.actions == ["inspect 1", "watch 1", "inspect 1"],
      "what changed before the watch began isn't notified")
    story.inspected(job, populated: true)
    story.closes(1)
    story.inspected(job, populated: true)
    #expect(!story.actions.contains("watch 1"))
  }

  @Test("A job that lingers and can't be watched is looked at from time to time until it can")
  func unwatchable() throws {
    let job = try story.started(by: 1, .sample(waitsFor: .tree))
    story.mainExits(job)
    story.inspected(job, populated: true)
    story.lookFailed(job)
    _ = story.actions
    story.inspected(job, populated: true)
    for _ in 0..<2 {
      #expect(story.actions.isEmpty)
      try story.nextDeadlinePasses()
      #expect(story.actions == ["watch 1", "inspect 1"])
      story.lookFailed(job)
    }
    try story.nextDeadlinePasses()
    story.inspected(job, populated: true)
    #expect(story.nextDeadline == nil, "it is watched")
    story.treeChanged(job)
    story.inspected(job, populated: false)
    #expect(story.actions.contains("read usage of 1"))
  }

  @Test("A watch that is lost when the job has just been found over changes nothing")
  func lostWatch() throws {
    let job = try story.started(by: 1, .sample(waitsFor: .tree))
    story.mainExits(job)
    story.inspected(job, populated: true)
    story.treeChanged(job)
    story.inspected(job, populated: false)
    story.settled(job)
    _ = story.actions
    story.lookFailed(job)
    #expect(story.actions.isEmpty)
    #expect(story.nextDeadline == nil)
  }

  @Test("A tree that can't be looked at while its kill hangs is looked at again before long")
  func unseen() throws {
    let job = try story.started(by: 1, .sample(.now))
    story.closes(1)
    story.mainExits(job)
    for _ in 0..<3 { story.lookFailed(job) }
    let (failed, _) = (story.now, story.actions)
    try story.nextDeadlinePasses()
    #expect(story.actions.contains("inspect 1"))
    #expect(story.now - failed <= Limits().recheckMax)
  }

  @Test("A notification that means nothing changes nothing")
  func spuriousChange() throws {
    let job = try story.started(by: 1)
    story.treeChanged(job)
    story.inspected(job, populated: true)
    story.treeChanged(job)
    story.inspected(job, populated: false)
    #expect(
      story.actions == ["inspect 1", "inspect 1"], "the main process's exit is still to come")
    #expect(story.engine.live[job]?.phase == .running)
  }

  @Test("Cancel can hurry a job that is stopping, never slow it down")
  func cancelHurries() throws {
    let job = try story.started(by: 1)
    story.closes(1)
    _ = story.full()
    try story.cancel(job, by: 2, gracePeriod: .seconds(60))
    #expect(story.actions == [])
    #expect(story.passes(.seconds(4)).isEmpty)
    try story.cancel(job, by: 3, gracePeriod: .milliseconds(10))
    #expect(story.passes(.milliseconds(10)).first == .kill(job))
  }

  @Test("Cancel with a signal asks again with that signal")
  func cancelWithSignal() throws {
    let job = try story.started(by: 1)
    story.closes(1)
    _ = story.full()
    try story.cancel(job, by: 2, signal: .signal(3))
    #expect(story.actions == ["ask 1 (3 to tree)"])
  }

  @Test("Cancel may ask without a signal, whatever the job's own is")
  func cancelWithoutSignal() throws {
    let job = try story.started(by: 1)
    try story.cancel(job, by: 2, signal: .noSignal)
    #expect(story.actions.last == "ask 1 (nothing)")
  }

  @Test("Cancel with no grace kills at once, whatever the job is doing")
  func cancelAtOnce() throws {
    let running = try story.started(by: 1)
    try story.cancel(running, by: 2, gracePeriod: 0)
    #expect(story.actions.last == "kill 1")
    let starting = try story.run(by: 3)
    try story.cancel(starting, by: 4, gracePeriod: 0)
    #expect(story.actions.last == "kill 2")
  }

  @Test("Cancel by three clients ends the job once and answers each")
  func threeCancelers() throws {
    let job = try story.started(by: 1)
    for client in 2...4 { try story.cancel(job, by: ClientID(rawValue: client)) }
    #expect(story.actions.count { $0.hasPrefix("ask") } == 1)
    story.ends(job)
    _ = story.full()
    story.settled(job)
    #expect(
      story.actions == [
        "client 1: finished 1 (requested)", "client 2: canceled 1 (requested)",
        "client 3: canceled 1 (requested)", "client 4: canceled 1 (requested)", "forget 1",
      ])
    #expect(story.engine.jobOfClient.isEmpty, "their connections are free again")
  }

  @Test("A canceler that goes away is not answered, and the job is stopped all the same")
  func cancelerLeaves() throws {
    let job = try story.started(by: 1)
    try story.cancel(job, by: 2)
    story.closes(2)
    _ = story.full()
    story.ends(job)
    _ = story.full()
    story.settled(job)
    #expect(story.actions == ["client 1: finished 1 (requested)", "forget 1"])
  }

  @Test("A killed tree isn't looked at while its main process is there")
  func looksNot() throws {
    let job = try story.started(by: 1, .sample(.now))
    story.closes(1)
    _ = story.full()
    story.killed(job)
    #expect(story.actions.isEmpty, "its exit tells when it is time")
    #expect(story.passes(story.engine.limits.recheckMax - 1).isEmpty)
    story.mainExits(job, .signaled(9, "SIGKILL"))
    #expect(story.actions == ["inspect 1"])
  }

  @Test("A tree that was killed when its main process had gone is looked at once more")
  func looksAfterKill() throws {
    let job = try story.started(by: 1)
    story.closes(1)
    story.mainExits(job, .exited(0))
    story.inspected(job, populated: true)
    _ = story.full()
    #expect(story.passes(.seconds(5)).contains(.kill(job)))
    story.killed(job)
    #expect(story.actions == ["inspect 1"])
  }

  @Test("A killed tree is looked at soon, then less and less often, and never in the past")
  func looks() throws {
    let job = try story.started(by: 1, .sample(.now))
    story.closes(1)
    story.killed(job)
    story.mainExits(job, .signaled(9, "SIGKILL"))
    story.inspected(job, populated: true)
    _ = story.full()
    var waits: [Int] = []
    for _ in 1...8 {
      let next = try #require(story.nextDeadline)
      waits.append(next - story.now)
      try story.nextDeadlinePasses()
      story.inspected(job, populated: true)
      _ = story.full()
    }
    #expect(waits.first == story.engine.limits.recheckFirst)
    #expect(zip(waits, waits.dropFirst()).allSatisfy { $1 == 2 * $0 })
  }

  @Test("One SIGKILL is not always enough: a tree that stays is killed again")
  func killsAgain() throws {
    let job = try story.started(by: 1, .sample(.now))
    story.closes(1)
    story.killed(job)
    _ = story.full()
    #expect(story.passes(.seconds(5), populated: true).contains(.kill(job)))
  }

  @Test("A daemon that is held up past several deadlines does what is due once")
  func heldUp() throws {
    let job = try story.started(by: 1)
    story.closes(1)
    _ = story.full()
    story.sleeps(.seconds(3_600))
    try story.nextDeadlinePasses()
    #expect(story.actions == ["kill 1"])
    story.killed(job)
    #expect(try #require(story.nextDeadline) > story.now)
  }

  @Test("An event about a job that is forgotten, or that was never born, changes nothing")
  func eventsAboutNothing() throws {
    let job = try story.finishedJob(by: 1)
    for id in [job, JobID(rawValue: 77)] {
      story.spawned(id)
      story.spawnFailed(id)
      story.spawnKilled(id)
      story.ends(id)
      story.killed(id)
      story.treeChanged(id)
      story.survivors(id)
      story.settled(id)
      story.leafBusy(id)
    }
    #expect(story.actions == [])
    #expect(story.nextDeadline == nil)
  }

  @Test("Asking again and again leaves no trail of deadlines behind")
  func deadlinesBounded() throws {
    let job = try story.started(by: 1)
    story.closes(1)
    for client in 2...2_000 {
      try story.cancel(job, by: ClientID(rawValue: client), gracePeriod: .seconds(60))
      story.closes(ClientID(rawValue: client))
    }
    #expect(story.engine.deadlines.count <= 66)
  }
}
