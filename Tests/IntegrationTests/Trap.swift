import Glibc
import LinuxSystem
import SystemPackage
import TestSupport

/// What a process can be held by so that SIGKILL doesn't end it.
enum Trap: String, CaseIterable {
  /// A file system whose server doesn't answer: fuse(4)
  case fileSystem
  /// The freezer of control groups version 1: a task that it has frozen dies when it is thawed.
  case freezer
  /// A tracer that takes no notice. The process has exited, and can't be reaped.
  case tracer

  /// Those that there are on this machine.
  static var available: [Trap] { allCases.filter { $0.isAvailable } }

  var isAvailable: Bool {
    switch self {
    case .fileSystem: BusyDirectory.isPermitted && exists("/dev/fuse")
    case .freezer: Freezer.hierarchy != nil
    case .tracer: true
    }
  }

  /// The state of a process that it holds, when SIGKILL was sent. proc_pid_stat(5)
  var state: String { self == .tracer ? "Z" : "D" }

  /// The leaf of the process can't be removed, unlike one with nothing but zombies. cgroups(7)
  var keepsLeaf: Bool { self != .tracer }

  func set() throws -> any Trapping {
    switch self {
    case .fileSystem: try SilentFileSystem()
    case .freezer: try Freezer()
    case .tracer: IdleTracer()
    }
  }
}

/// A trap that was set.
protocol Trapping: AnyObject {
  /// A shell's command whose process can be caught.
  var command: String { get }
  /// Returns when SIGKILL wouldn't end the process any more.
  func catchProcess(_ pid: Int32) throws
  func release() throws
}

final class SilentFileSystem: Trapping {
  private let served: SlowFile

  init() throws { served = try SlowFile("silent_file_system.py") }

  /// Whoever asks for it gets no answer.
  var file: String { served.path }

  var command: String { "exec stat \(file)" }

  func catchProcess(_ pid: Int32) throws { try catchProcess() }

  /// Returns when a process has asked for the file.
  func catchProcess() throws { try served.says("asked") }

  func release() { served.end() }
}

private final class Freezer: Trapping {
  static let hierarchy = Cgroups.mountPoint(ofController: "freezer")
  private let group: String

  init() throws {
    group = "\(Self.hierarchy ?? "")/jobd-test-\(ProcessContext.processID)"
    try Cgroups.make(group)
  }

  deinit { release() }

  let command = "exec sleep infinity"

  func catchProcess(_ pid: Int32) throws {
    try write("\(pid)", to: "\(group)/tasks")
    try write("FROZEN", to: "\(group)/freezer.state")
    try waitUntil("the process is frozen") {
      try contents(of: "\(group)/freezer.state") == "FROZEN\n"
    }
  }

  func release() {
    try? write("THAWED", to: "\(group)/freezer.state")
    // Busy until the process has died.
    try? waitUntil("the freezer is empty") { unsafe rmdir(group) == 0 || errno == ENOENT }
  }
}

private final class IdleTracer: Trapping {
  private var tracer: Tracer?

  let command = "exec sleep infinity"

  func catchProcess(_ pid: Int32) throws { tracer = try Tracer(of: pid) }

  func release() throws { try tracer?.end() }
}
