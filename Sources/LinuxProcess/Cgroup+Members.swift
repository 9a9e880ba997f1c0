internal import LinuxSystem
internal import SystemPackage

extension Cgroup {
  /// Bytes of pids, a line each: of ten processes, with five digits.
  private static let fewPids = 64

  /// Whether no more than some processes are in it, and no cgroup: what is done to all of them is done at
  /// once. Processes may come meanwhile.
  borrowing func isSmall() -> Bool {
    guard !hasNested() else { return false }
    // The kernel writes no more than is asked for, however many there are.
    let pids = try? SmallFile.beginning("cgroup.procs", in: directory.raw, bytes: Self.fewPids)
    return pids.map { $0.count < Self.fewPids } ?? false
  }

  /// The processes in this cgroup and those below it, by pid, each once.
  borrowing func treeMembers() -> [Int32] {
    var seen: Set<Int32> = []
    var members: [Int32] = []
    forEach { cgroup in
      for pid in cgroup.members() where seen.insert(pid).inserted { members.append(pid) }
    }
    return members
  }

  /// The processes directly in this cgroup; none of one that is gone.
  borrowing func members() -> [Int32] {
    do {
      return try numbers(in: "cgroup.procs")
    } catch let error where error.errno == .notSupported {
      // A threaded cgroup says only which threads it has.
      let threads = (try? numbers(in: "cgroup.threads")) ?? []
      return threads.compactMap(ProcessStatus.process(ofThread:))
    } catch {
      return []
    }
  }

  private borrowing func numbers(in file: String) throws(SystemError) -> [Int32] {
    try read(file).split(separator: "\n").compactMap { Int32($0) }
  }

  /// A process by pid, if it is in this cgroup or below it.
  ///
  /// Between the reading of a pid and now, the process may have ended and its number been given to
  /// somebody else's. Hence first the descriptor, and then the look where the number's owner is: if
  /// that is here, it is either the process behind the descriptor, or one that got the number
  /// after it, and then the descriptor's is gone and nobody gets the signal.
  borrowing func open(member pid: Int32) -> Pidfd? {
    guard let pidfd = try? Pidfd.open(pid), let place = ProcessStatus.cgroup(of: pid),
      contains(place)
    else { return nil }
    return pidfd
  }

  borrowing func contains(_ place: String) -> Bool {
    place == path || place.hasPrefix(path == "/" ? "/" : path + "/")
  }
}
