import JobEngine

/// What somebody outside does. A script of deeds is all that a simulation is made of: any part of it
/// is a script, too, which is what makes shrinking possible.
///
/// To add one: a case here, what it does in ``Simulation``, its chance in ``Casting`` or ``Script``.
enum Deed {
  case runs(Program)
  case cancels(jobOf: Int, signal: SignalOverride?, gracePeriod: Int?)
  case lists(jobOf: Int?, goesOn: Bool)
  case halfCloses
  case closes
  /// It leaves what it is sent in the socket.
  case stopsReading
  case readsAgain
  /// Not a client but the service manager, or somebody at a terminal.
  case shutsDown(hurry: Bool)
  /// The machine is short of something for a time, microseconds.
  case shortens(Shortage, period: Int)
  /// The daemon gets no processor for a time, while the world goes on: SIGSTOP, or a machine asleep.
  case stopsDaemon(period: Int)

  var isShutdown: Bool {
    if case .shutsDown = self { true } else { false }
  }
}

/// What all jobs need.
enum Shortage {
  /// Nothing can be opened: no process made, no tree looked at, watched or killed, no leaf removed.
  case descriptors
  /// No leaf can be made.
  case disk
}

/// A deed, its moment in microseconds, and the client that does it.
struct Act {
  let at: Int
  let client: Int
  let deed: Deed
}

extension Act: CustomStringConvertible {
  var description: String { "\(at) µs: \(subject) \(deed)" }

  private var subject: String {
    switch deed {
    case .shutsDown, .shortens, .stopsDaemon: "somebody"
    default: "client \(client)"
    }
  }
}
