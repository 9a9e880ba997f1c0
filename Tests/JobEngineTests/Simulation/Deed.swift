import JobEngine

/// What somebody outside does. A script of deeds is all that a simulation is made of: any part of it
/// is a script, too, which is what makes shrinking possible.
///
/// To add one: a case here, its happening in ``Simulation``, its chance in ``Script``.
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

  var isShutdown: Bool {
    if case .shutsDown = self { true } else { false }
  }
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
    if case .shutsDown = deed { "somebody" } else { "client \(client)" }
  }
}
