internal import CLinux
internal import Glibc
internal import SystemPackage

/// A thread that nobody joins.
public enum DetachedThread {
  /// Starts one that does `body`.
  ///
  /// - Parameter rank: What it has from its first moment on, even if the calling thread hands down none: one that begins
  ///   as an ordinary thread, to take it then, waits for the processor among all others before it gets that far. Where that
  ///   isn't permitted, or the rank is not in real time, it begins as an ordinary one, and has to take its nice value itself.
  /// - Parameter stackBytes: What is set aside for its stack, of which only what it touches costs memory; `nil` for as much as
  ///   a process's main thread may have.
  /// - Throws: EAGAIN where there can't be another thread. pthread_create(3)
  public static func start(
    _ rank: Scheduling.Rank?, stackBytes: Int? = nil, _ body: @escaping @Sendable () -> Void
  ) throws(SystemError) {
    let begun = unsafe Unmanaged.passRetained(Body(body))
    if let rank, rank.isRealTime, unsafe start(rank, stackBytes, begun) == 0 { return }
    let error = unsafe start(nil, stackBytes, begun)
    guard error == 0 else {
      unsafe begun.release()
      throw SystemError("pthread_create", errno: Errno(rawValue: error))
    }
  }

  private static func start(
    _ rank: Scheduling.Rank?, _ stackBytes: Int?, _ body: Unmanaged<Body>
  ) -> Int32 {
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    defer { unsafe pthread_attr_destroy(&attributes) }
    unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    if let stackBytes { unsafe pthread_attr_setstacksize(&attributes, stackBytes) }
    if let rank { rank.begin(&attributes) }
    var thread = pthread_t()
    return unsafe pthread_create(&thread, &attributes, main, body.toOpaque())
  }

  private static let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
    let body = unsafe Unmanaged<Body>.fromOpaque($0!).takeRetainedValue()
    body.perform()
    return nil
  }

  private final class Body: Sendable {
    let perform: @Sendable () -> Void

    init(_ perform: @escaping @Sendable () -> Void) { self.perform = perform }
  }
}

extension Scheduling.Rank {
  /// A thread with these attributes begins in real time, which this rank is.
  fileprivate func begin(_ attributes: inout pthread_attr_t) {
    var parameters = sched_param()
    parameters.sched_priority = priority
    unsafe pthread_attr_setinheritsched(&attributes, Int32(PTHREAD_EXPLICIT_SCHED))
    unsafe pthread_attr_setschedpolicy(&attributes, policy)
    unsafe pthread_attr_setschedparam(&attributes, &parameters)
  }
}
