internal import Glibc
internal import SystemPackage

/// What is asked of a descriptor that may be a terminal.
enum Terminal {
  /// isatty(3)
  static func isTerminal(_ descriptor: FileDescriptor) -> Bool {
    isatty(descriptor.rawValue) == 1
  }

  /// Whether it is the terminal of this session, and another process group is in its foreground. tcgetpgrp(3)
  static func isOfOthers(_ descriptor: FileDescriptor) -> Bool {
    let foreground = tcgetpgrp(descriptor.rawValue)
    return foreground > 0 && foreground != getpgrp()
  }

  /// Columns; `nil` where it isn't a terminal, or one that doesn't know. ioctl_tty(2) TIOCGWINSZ
  static func width(of descriptor: FileDescriptor) -> Int? {
    var size = winsize()
    guard unsafe ioctl(descriptor.rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return nil
    }
    return Int(size.ws_col)
  }
}
