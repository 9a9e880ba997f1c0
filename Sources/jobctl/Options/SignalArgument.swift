internal import ArgumentParser
internal import LinuxSystem

/// A signal as kill(1) takes it, or none.
enum SignalArgument: ExpressibleByArgument, Equatable {
  case signal(Signal)
  /// The job gets no signal.
  case none

  init?(argument: String) {
    if argument.lowercased() == "none" {
      self = .none
    } else if let signal = Signal(parsing: argument) {
      self = .signal(signal)
    } else {
      return nil
    }
  }

  /// As the protocol says it.
  var wire: String {
    switch self {
    case .signal(let signal): signal.name
    case .none: "none"
    }
  }
}
