import Glibc

/// A thread of its own, for what blocks: the tests share a few threads, which must not.
struct TestThread: ~Copyable {
  private final class Body {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) {
      self.run = run
    }
  }

  private var thread = pthread_t()

  init(_ run: @escaping @Sendable () -> Void) {
    let body = unsafe Unmanaged.passRetained(Body(run)).toOpaque()
    let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { body in
      if let body = unsafe body {
        unsafe Unmanaged<Body>.fromOpaque(body).takeRetainedValue().run()
      }
      return nil
    }
    let error = unsafe pthread_create(&thread, nil, main, body)
    precondition(error == 0, "no thread")
  }

  consuming func join() {
    _ = pthread_join(thread, nil)
  }
}
