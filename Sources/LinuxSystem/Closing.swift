internal import CLinux
internal import SystemPackage

/// What close(2) of a descriptor may have to wait for.
enum Closing {
  /// Nothing.
  case atOnce
  /// Those who use the same thing, when it is the last descriptor of it. A copy of it is closed at once.
  case lastWaits
  /// Whoever keeps the file, when any descriptor of it is closed.
  case eachWaits

  init(_ descriptor: FileDescriptor) {
    switch clinux_closing_of(descriptor.rawValue) {
    case CLINUX_CLOSES_AT_ONCE: self = .atOnce
    case CLINUX_LAST_CLOSE_WAITS: self = .lastWaits
    default: self = .eachWaits
    }
  }
}
