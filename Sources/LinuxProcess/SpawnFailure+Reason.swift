internal import CLinux
internal import LinuxSystem
internal import SystemPackage

extension SpawnFailure {
  /// Explains what the kernel reported of an attempt, in a cgroup or without one.
  init(_ report: clinux_spawned, of specification: SpawnSpecification, in leaf: String?) {
    let place = leaf.map { " in control group \($0)" } ?? ""
    let errno = Errno(rawValue: report.error)
    switch report.step {
    case CLINUX_SPAWN_CGROUP:
      self.init(.controlGroup, errno, "cannot enter control group \(leaf ?? "")")
    case CLINUX_SPAWN_PROCESS:
      self.init(.process, errno, "cannot make a process\(place)")
    case CLINUX_SPAWN_SESSION:
      self.init(.session, errno, "cannot make a session")
    case CLINUX_SPAWN_STREAMS:
      self.init(.standardStreams, errno, "cannot place the standard streams")
    case CLINUX_SPAWN_DESCRIPTORS:
      self.init(.descriptors, errno, "cannot close the service's descriptors")
    case CLINUX_SPAWN_DIRECTORY:
      let path = specification.workingDirectory
      self.init(.workingDirectory, errno, "cannot change to directory \(quoted(path))", path)
    case CLINUX_SPAWN_KILLED:
      self.init(killedBy: Signal(rawValue: report.error))
    default:
      self.init(executing: specification, candidate: Int(report.candidate), errno)
    }
  }

  private init(killedBy signal: Signal) {
    self.init(
      step: .killed, path: nil, errno: .canceled,
      message: "the process was killed by \(signal) before it had executed the command")
  }

  private init(_ step: Step, _ errno: Errno, _ what: String, _ path: [UInt8]? = nil) {
    self.init(step: step, path: path, errno: errno, message: "\(what): \(errno.description)")
  }

  private init(executing specification: SpawnSpecification, candidate: Int, _ errno: Errno) {
    let candidates = specification.candidates
    let isKnown = candidates.indices.contains(candidate)
    let path = isKnown ? candidates[candidate] : specification.command
    switch errno {
    case .argListTooLong:
      let size = specification.arguments.size + specification.environment.size
      self.init(
        step: .executable, path: path, errno: errno,
        message: "cannot execute \(quoted(path)): "
          + "arguments and environment are too long, \(size) bytes")
    case .noSuchFileOrDirectory, .notDirectory:
      self.init(notFinding: specification, errno)
    default:
      self.init(.executable, errno, "cannot execute \(quoted(path))", path)
    }
  }

  /// ENOENT is also the kernel's answer for a file that is there and whose interpreter isn't.
  private init(notFinding specification: SpawnSpecification, _ errno: Errno) {
    for candidate in specification.candidates {
      let missing = MissingInterpreter.named(
        by: candidate, workingDirectory: specification.workingDirectory)
      guard let missing else { continue }
      let what = "cannot execute \(quoted(candidate)): its interpreter \(quoted(missing))"
      self.init(.interpreter, errno, what, missing)
      return
    }
    let command = specification.command
    guard let searchPath = specification.searchPath, !command.isEmpty else {
      self.init(.executable, errno, "cannot execute \(quoted(command))", command)
      return
    }
    self.init(
      step: .executable, path: command, errno: errno,
      message: "command \(quoted(command)) not found in \(quoted(searchPath))")
  }
}

/// Bytes for people, so that an invisible character (the carriage return of a script written on
/// Windows, say) can be seen.
private func quoted(_ bytes: [UInt8]) -> String {
  String(decoding: bytes, as: UTF8.self).debugDescription
}
