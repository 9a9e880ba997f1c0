internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

extension JobRoot {
  private static let probePatienceSeconds = 5

  /// How processes are made here: as it was found when the place was chosen, or as a trial shows now.
  public borrowing func spawnMethod() throws(ProbeFailure) -> SpawnMethod {
    if let triedMethod { return triedMethod }
    return try probe()
  }

  /// Makes a process in a leaf, looks where it really is, and kills it: what every promise of the
  /// daemon rests on. Answers how processes are to be made here.
  public borrowing func probe() throws(ProbeFailure) -> SpawnMethod {
    let leaf: JobLeaf
    do {
      // Unlike any that was left: pids repeat themselves where a container is started again.
      let name = "probe-\(getpid())-\(SystemClock.monotonicUSec())"
      leaf = try JobLeaf.create(in: self, name: name)
    } catch {
      throw .system(error)
    }
    let outcome: Result<SpawnMethod, ProbeFailure>
    do {
      outcome = .success(try Self.probe(leaf))
    } catch {
      outcome = .failure(error)
    }
    var patience = Patience(seconds: Self.probePatienceSeconds)
    while leaf.remove() != .removed, patience.wait(for: nil, events: 0) {}
    return try outcome.get()
  }

  private static func probe(_ leaf: borrowing JobLeaf) throws(ProbeFailure) -> SpawnMethod {
    do {
      guard try leaf.cgroup.has("cgroup.kill") else { throw ProbeFailure.noKill }
    } catch let error as SystemError {
      throw .system(error)
    } catch {
      throw .noKill
    }
    let hasCloseRange = clinux_has_close_range()
    for entry in [SpawnMethod.Entry.birth, .migration] {
      let method = SpawnMethod(entry: entry, hasCloseRange: hasCloseRange)
      guard let child = try sleeper(in: leaf, method) else { continue }
      try check(child, in: leaf)
      return method
    }
    throw .refused(SystemError("clone", leaf.path, errno: .notPermitted))
  }

  /// A child that sleeps; `nil` when the kernel doesn't know, or a filter forbids, this way.
  private static func sleeper(
    in leaf: borrowing JobLeaf, _ method: SpawnMethod
  ) throws(ProbeFailure) -> ChildProcess? {
    var report = clinux_spawned()
    unsafe clinux_spawn_paused(method.flags, leaf.cgroup.directory.raw.rawValue, &report)
    if report.step == CLINUX_SPAWN_DONE {
      let pidfd = OwnedDescriptor(adopting: FileDescriptor(rawValue: report.pidfd))
      return ChildProcess(pid: report.pid, pidfd: Pidfd(adopting: pidfd))
    }
    let errno = Errno(rawValue: report.error)
    // ENOSYS: an old kernel or a filter. EPERM: another filter. E2BIG and EINVAL: a kernel that
    // doesn't know all of the arguments or flags.
    let unknown: [Errno] = [.noFunction, .notPermitted, .argListTooLong, .invalidArgument]
    if method.entry == .birth && unknown.contains(errno) { return nil }
    let call = method.entry == .birth ? "clone3" : "clone"
    throw .refused(SystemError(call, leaf.path, errno: errno))
  }

  private static func check(
    _ child: consuming ChildProcess, in leaf: borrowing JobLeaf
  ) throws(ProbeFailure) {
    let place = waitForPlace(of: child, in: leaf)
    let end = endByKill(child, in: leaf)
    guard place == leaf.path else { throw .misplaced(expected: leaf.path, found: place) }
    if let failure = end { throw failure }
  }

  /// A child that is born in the leaf is there at once; one that migrates needs its time.
  private static func waitForPlace(
    of child: borrowing ChildProcess, in leaf: borrowing JobLeaf
  ) -> String? {
    var patience = Patience(seconds: probePatienceSeconds)
    var place: String?
    repeat {
      place = ProcessStatus.cgroup(of: child.pid)
      if place == leaf.path { break }
    } while patience.wait(for: child.pidfd.descriptor.raw, events: Int32(POLLIN))
    return place
  }

  /// - Returns: Why it had to be ended otherwise.
  private static func endByKill(
    _ child: borrowing ChildProcess, in leaf: borrowing JobLeaf
  ) -> ProbeFailure? {
    var failure = ProbeFailure.survivedKill
    do {
      try leaf.kill()
      var patience = Patience(seconds: probePatienceSeconds)
      repeat {
        if (try? child.reap()) != nil { return nil }
      } while patience.wait(for: child.pidfd.descriptor.raw, events: Int32(POLLIN))
    } catch {
      failure = .system(error)
    }
    try? child.pidfd.send(.kill)
    _ = try? child.pidfd.waitAndReap()
    return failure
  }
}
