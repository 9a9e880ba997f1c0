internal import JobProtocol
internal import LinuxSystem
internal import SystemPackage
internal import Varlink
internal import VarlinkSocket

/// Why there is no connection to jobd: where it was looked for, why there, and how to start it.
struct Unreachable {
  private let socket: JobdSocket
  private let error: VarlinkClientError

  init(_ socket: JobdSocket, _ error: VarlinkClientError) {
    self.socket = socket
    self.error = error
  }

  var failure: Failure {
    guard case .system(let error) = error else { return Failure("\(error)") }
    switch error.errno {
    case .noSuchFileOrDirectory, .notDirectory:
      return Failure("\(place): no jobd runs there\n\(advice)")
    case .connectionRefused where isSocket == false:
      return Failure("\(place): is no socket")
    case .connectionRefused:
      return Failure(
        "\(place): nobody listens; the jobd that made this socket is gone, or is stopping\n\(advice)"
      )
    case .permissionDenied, .notPermitted:
      return Failure("\(place): you may not connect to this jobd (\(error.errno))")
    case .wouldBlock:
      return Failure("\(place): too many wait for this jobd already")
    default:
      return Failure("\(place): \(error)")
    }
  }

  /// No address to look at.
  static func failure(_ missing: JobdSocket.Missing) -> Failure {
    switch missing {
    case .noRuntimeDirectory:
      Failure(
        """
        there is no telling where your jobd is: $XDG_RUNTIME_DIR is not set. \
        Give --socket PATH or set $\(JobdSocket.variable).
        """)
    case .notAnAddress(let text, let origin):
      Failure("'\(text)'\(reason(origin)) is not a path and not a unix: address")
    case .notText(let text, let origin):
      Failure(
        "\(origin.variableName ?? "--socket"): '\(text)' is not UTF-8, which the path of a jobd has to be"
      )
    }
  }

  /// `/run/jobd/jobd.sock (from $JOBD_SOCKET)`
  private var place: String { "\(path)\(Self.reason(socket.origin))" }

  private var path: String {
    switch socket.address {
    case .path(let path): path
    case .abstract: "\(socket.address)"
    }
  }

  /// `nil` where that can't be told.
  private var isSocket: Bool? {
    guard case .path(let path) = socket.address else { return nil }
    return (try? FileSystem.isSocket(path, following: true)) ?? nil
  }

  private static func reason(_ origin: JobdSocket.Origin) -> String {
    switch origin {
    case .argument: " (from --socket)"
    case .variable: " (from $\(JobdSocket.variable))"
    case .runtimeDirectory:
      " (in $XDG_RUNTIME_DIR, as neither --socket nor $\(JobdSocket.variable) is given)"
    case .system: " (the system's, as neither --socket nor $\(JobdSocket.variable) is given)"
    }
  }

  private var advice: String {
    switch socket.origin {
    case .system: "Start it with 'systemctl start jobd', or without systemd with 'jobd &'."
    case .runtimeDirectory:
      "Start it with 'systemctl --user start jobd.socket', or without systemd with 'jobd &'."
    case .argument, .variable: "Start one there with 'jobd --socket \(path) &'."
    }
  }
}
