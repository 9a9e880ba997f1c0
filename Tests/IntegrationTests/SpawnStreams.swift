import Glibc
import LinuxSystem
import SystemPackage
import TestSupport

/// What becomes the first descriptors of a process. posix_spawn(3)
@safe struct SpawnStreams: ~Copyable {
  private var actions = unsafe posix_spawn_file_actions_t()

  init() {
    _ = unsafe posix_spawn_file_actions_init(&actions)
  }

  deinit {
    // glibc's takes what init allocated, and nothing else.
    var actions = unsafe actions
    _ = unsafe posix_spawn_file_actions_destroy(&actions)
  }

  mutating func set(_ number: Int32, _ descriptor: FileDescriptor) {
    _ = unsafe posix_spawn_file_actions_adddup2(&actions, descriptor.rawValue, number)
  }

  mutating func open(_ number: Int32, _ path: String) {
    _ = unsafe posix_spawn_file_actions_addopen(&actions, number, path, O_RDONLY, 0)
  }

  mutating func close(_ number: Int32) {
    _ = unsafe posix_spawn_file_actions_addclose(&actions, number)
  }

  mutating func spawn(
    _ path: String, _ arguments: [String], _ environment: [String]
  ) throws -> pid_t {
    let own = ProcessContext.environment.map { String(decoding: $0, as: UTF8.self) }
    let names = Set(environment.map { $0.prefix { $0 != "=" } })
    let kept = own.filter { !names.contains($0.prefix { $0 != "=" }) }
    var attributes = Self.cleanSignals()
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var pid: pid_t = 0
    let error = unsafe CStrings([path] + arguments).lend { arguments in
      unsafe CStrings(kept + environment).lend { environment in
        Forking.inTurn {
          unsafe posix_spawn(&pid, path, &actions, &attributes, arguments, environment)
        }
      }
    }
    guard error == 0 else { throw Errno(rawValue: error) }
    return pid
  }

  /// No signal blocked or ignored: tests run on threads of a library that blocks nearly all.
  private static func cleanSignals() -> posix_spawnattr_t {
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe posix_spawnattr_setsigmask(&attributes, &signals)
    unsafe sigfillset(&signals)
    unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
    let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
    return attributes
  }
}

/// Strings as exec takes them.
@safe private struct CStrings: ~Copyable {
  private var pointers: [UnsafeMutablePointer<CChar>?]

  init(_ strings: [String]) {
    unsafe pointers = strings.map { unsafe strdup($0) } + [nil]
  }

  deinit {
    unsafe pointers.forEach { unsafe free($0) }
  }

  func lend<Result>(
    _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    unsafe pointers.withUnsafeBufferPointer { unsafe body($0.baseAddress!) }
  }
}
