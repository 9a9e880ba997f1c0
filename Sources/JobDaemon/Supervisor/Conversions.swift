import JobEngine
import JobProtocol
import LinuxProcess
import LinuxSystem
import SystemPackage

// From what the kernel says to what the protocol says.

extension MainExit {
  init(_ exit: ProcessExit, own: inout OwnUsage) {
    let status: Status =
      switch exit.status {
      case .exited(let code): .exited(Int(code))
      case .signaled(let signal, let coreDumped):
        .signaled(signal.rawValue, name: signal.name, coreDumped: coreDumped)
      }
    // A process begins with the memory of the one that made it, and the kernel's figure goes on from
    // there: up to our own size it says nothing of what the job used. (setmax_mm_hiwater_rss, exec.c)
    let peak = Int(exit.maxResidentBytes)
    self.init(
      status: status, userUSec: Int(exit.userUSec), systemUSec: Int(exit.systemUSec),
      peakResidentBytes: own.hasReached(peak) ? nil : peak)
  }
}

extension Usage {
  init(_ usage: TreeUsage) {
    self.init()
    cpuUSec = usage.cpuUSec
    cpuUserUSec = usage.cpuUserUSec
    cpuSystemUSec = usage.cpuSystemUSec
    memoryPeakBytes = usage.memoryPeakBytes
    oomKills = usage.oomKills
    tasksPeak = usage.tasksPeak
    ioReadBytes = usage.ioReadBytes
    ioWriteBytes = usage.ioWriteBytes
  }
}

extension Survivor {
  init(_ process: LeafProcess) {
    self.init(
      pid: Int(process.pid), command: process.command, state: process.state,
      waitChannel: process.waitChannel)
  }
}

extension StartFailure {
  /// It was never tried.
  static var abandoned: StartFailure {
    StartFailure(
      step: .process, path: nil, errno: Int(Errno.canceled.rawValue),
      errnoName: Errno.canceled.name, message: "the start was given up before it was begun")
  }

  init(makingLeaf error: SystemError) {
    self.init(
      step: .controlGroup, path: error.subject, errno: Int(error.errno.rawValue),
      errnoName: error.errno.name, message: "cannot make a control group: \(error)")
  }

  init(makingStreams error: SystemError) {
    self.init(
      step: .preparation, path: error.subject, errno: Int(error.errno.rawValue),
      errnoName: error.errno.name, message: "cannot make the job's streams: \(error)")
  }

  init(_ failure: SpawnFailure) {
    let step: StartStep =
      switch failure.step {
      case .controlGroup: .controlGroup
      case .process, .killed: .process
      case .session, .standardStreams, .descriptors: .preparation
      case .workingDirectory: .workingDirectory
      case .executable: .executable
      case .interpreter: .interpreter
      }
    self.init(
      step: step, path: failure.path.map { String(decoding: $0, as: UTF8.self) },
      errno: Int(failure.errno.rawValue), errnoName: failure.errno.name, message: failure.message)
  }
}
