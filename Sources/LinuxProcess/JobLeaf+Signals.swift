internal import CLinux
public import LinuxSystem
internal import SystemPackage

extension JobLeaf {
  /// How often what remains in a threaded leaf is killed: each round can only miss what was forked
  /// during the one before.
  private static let killRounds = 100

  /// Kills every process of the job, also those that are being forked, stopped or frozen.
  ///
  /// Takes long for a large tree: 22 ms for 1,000 processes. They are dead when the leaf is
  /// no longer populated, not when this returns.
  public borrowing func kill() throws(SystemError) {
    do {
      try cgroup.write("1", to: "cgroup.kill")
    } catch let error where error.errno == .notSupported {
      // A job may have made its own leaf threaded; the kernel kills processes, not threads.
      killOneByOne()
    } catch let error
      where error.errno == .noSuchFileOrDirectory || error.errno == .operationNotSupportedByDevice
    {
      // It was removed meanwhile, which the kernel permits only for an empty one.
    } catch {
      // Read-only, or no descriptor to be had: what can be found ends all the same.
      killOneByOne()
      throw error
    }
  }

  /// Kills the process that is being made in it, if that is still to execute its program, of which no instruction is
  /// executed then; the leaf stays frozen. Otherwise lets it be.
  ///
  /// Who is in a frozen cgroup doesn't get out of the kernel any more. So what has executed nothing after that
  /// is as if it never had.
  borrowing func killUnborn() -> Bool {
    // Who has begun isn't to notice anything.
    guard isUnborn(),
      // Open until it is thawed: there may be no other descriptor then.
      let freezer = try? OwnedDescriptor.open(
        "cgroup.freeze", in: cgroup.directory.raw, .writeOnly),
      (try? freezer.raw.writeAll("1".utf8)) != nil
    else { return false }
    if isUnborn(), (try? kill()) != nil { return true }
    _ = try? freezer.raw.writeAll("0".utf8)
    return false
  }

  /// Nobody is in it but a child of ours that has executed nothing. Who is in it besides may be what that has forked.
  private borrowing func isUnborn() -> Bool {
    let members = cgroup.members()
    return members.count == 1 && clinux_is_newborn(members[0])
  }

  private borrowing func killOneByOne() {
    for _ in 0..<Self.killRounds {
      let members = cgroup.treeMembers()
      if members.isEmpty { return }
      for pid in members { try? cgroup.open(member: pid)?.send(.kill) }
    }
  }

  /// How many processes a signal was for.
  public struct Delivery: Hashable, Sendable {
    /// Those that have got it, or were gone by then.
    public var reached = 0
    /// Those that may not be signalled: programs that took on other credentials.
    public var refused = 0
  }

  /// Sends a signal to every process of the job, each once, and SIGCONT after it; then thaws the
  /// tree: so that who is stopped or frozen finds the signal when it wakes up.
  ///
  /// What is forked meanwhile doesn't get it. That is for ``kill()``.
  ///
  /// - Parameter known: A process that has got it already, by pid.
  @discardableResult
  public borrowing func signalTree(_ signal: Signal, but known: Int32? = nil) -> Delivery {
    var delivery = Delivery()
    for pid in cgroup.treeMembers() where pid != known {
      guard let pidfd = cgroup.open(member: pid) else { continue }
      do {
        try pidfd.ask(signal)
        delivery.reached += 1
      } catch {
        delivery.refused += 1
      }
    }
    thaw()
    return delivery
  }
}
