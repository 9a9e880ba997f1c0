internal import CLinux

extension SpawnSpecification {
  /// Lends all of it as the C that starts it takes it: but for what the spawner knows.
  func withProgram<Result>(_ body: (inout clinux_program) -> Result) -> Result {
    let directory = CStringArray([workingDirectory])
    let candidates = CStringArray(candidates)
    return unsafe arguments.withPointers { arguments in
      unsafe environment.withPointers { environment in
        unsafe candidates.withPointers { candidates in
          unsafe directory.withPointers { directory in
            var program = unsafe clinux_program(
              flags: 0, cgroup: -1, streams: (-1, -1, -1), umask: umask, default_signals: 0,
              limits: nil, limit_count: 0, directory: UnsafePointer(directory.pointee!),
              candidates: UnsafeRawPointer(candidates).assumingMemoryBound(
                to: UnsafePointer<CChar>?.self),
              arguments: arguments, environment: environment)
            return unsafe body(&program)
          }
        }
      }
    }
  }
}
