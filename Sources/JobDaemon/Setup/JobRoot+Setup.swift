import LinuxProcess
import LinuxSystem
import Logging

extension JobRoot {
  /// Finds the place for jobs that the administrator means.
  ///
  /// - Parameters:
  ///   - wish: `auto`; `delegated`, our own, also where the service manager doesn't mark what it
  ///     delegated, as systemd's user manager (252) doesn't; or the path of a control group.
  ///   - tag: Tells this service from others.
  static func place(_ wish: String, tag: String, log: Logger) throws(DaemonError) -> JobRoot {
    do throws(JobRootError) {
      let hierarchy = try CgroupHierarchy.discover()
      if wish == "delegated" { return try JobRoot.open(.delegated, in: hierarchy) }
      guard wish == "auto" else { return try JobRoot.open(.inside(path: wish), in: hierarchy) }
      do {
        return try JobRoot.open(.automatic(tag: tag), in: hierarchy)
      } catch {
        guard UserScope.isPossible else { throw error }
        return try scope(after: error, log)
      }
    } catch {
      throw DaemonError("\(error)")
    }
  }

  /// Asks the user's service manager for a control group.
  private static func scope(
    after failure: JobRootError, _ log: Logger
  ) throws(JobRootError) -> JobRoot {
    do {
      let name = try UserScope.enter()
      log.info("entered a scope of the user's service manager", metadata: ["unit": "\(name)"])
    } catch {
      var failure = failure
      failure.attempts.append(
        .init(place: "a scope of the user's service manager", reason: "\(error)"))
      throw failure
    }
    return try JobRoot.open(.delegated, in: CgroupHierarchy.discover())
  }

  /// Removes what an earlier daemon left, and finds out how processes are made here.
  borrowing func makeReady(log: Logger) throws(DaemonError) -> SpawnMethod {
    do {
      let leftovers = try sweep()
      if leftovers.leaves > leftovers.remaining {
        log.warning(
          "removed what an earlier jobd left",
          metadata: ["controlGroups": "\(leftovers.leaves - leftovers.remaining)"])
      }
      if leftovers.remaining > 0 {
        log.error(
          "control groups of an earlier jobd can't be removed",
          metadata: ["controlGroups": "\(leftovers.remaining)", "path": "\(path)"])
      }
      for process in leftovers.stuck {
        log.error(
          "a process of an earlier jobd survives SIGKILL",
          metadata: ["pid": "\(process.pid)", "command": "\(process.command)"])
      }
      for missing in enableControllers() {
        log.warning("no \(missing.name) controller: \(missing.error)")
      }
      return try spawnMethod()
    } catch let error as SystemError {
      throw DaemonError("cannot make \(path) ready: \(error)")
    } catch {
      throw DaemonError("jobs can't be held in \(path): \(error)")
    }
  }
}
