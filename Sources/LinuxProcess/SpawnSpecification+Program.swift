internal import CLinux

extension SpawnSpecification {
  /// Lends all of it as the C that starts it takes it: but for what the spawner knows.
  func withProgram<Result>(_ body: (inout clinux_program) -> Result) -> Result {
    unsafe withPaths { directory, candidates in
      unsafe arguments.withPointers { arguments in
        unsafe environment.withPointers { environment in
          var program = unsafe clinux_program(
            flags: 0, cgroup: -1, streams: (-1, -1, -1), own_process: -1, umask: umask,
            default_signals: 0,
            limits: nil, limit_count: 0, directory: directory, candidates: candidates,
            arguments: arguments, environment: environment)
          return unsafe body(&program)
        }
      }
    }
  }

  /// Lends the working directory, and the paths to try for the command, which a null pointer ends.
  func withPaths<Result>(
    _ body: (UnsafePointer<CChar>, UnsafePointer<UnsafePointer<CChar>?>) -> Result
  ) -> Result {
    unsafe paths.withPointers { paths in
      let candidates = unsafe UnsafeRawPointer(paths + 1).assumingMemoryBound(
        to: UnsafePointer<CChar>?.self)
      return unsafe body(UnsafePointer(paths.pointee!), candidates)
    }
  }
}
