internal import Glibc
internal import LinuxSystem

/// Ends this process by a signal that it has blocked. Returns only if that is of no effect.
func raiseBlocked(_ signal: Signal) {
  Glibc.signal(signal.rawValue, SIG_DFL)
  raise(signal.rawValue)
  var set = sigset_t()
  _ = unsafe sigemptyset(&set)
  _ = unsafe sigaddset(&set, signal.rawValue)
  _ = unsafe sigprocmask(SIG_UNBLOCK, &set, nil)
}
