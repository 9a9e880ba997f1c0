public import JobProtocol
public import LinuxSystem
public import Varlink

/// Why a client did not get what it asked for. How a job ended is no error: see its result.
public enum JobClientError: Error, Hashable, Sendable {
  /// Nothing says where jobd is.
  case noSocket(JobdSocket.Missing)
  /// jobd can't be connected to: ENOENT and ECONNREFUSED say that it doesn't run.
  case unreachable(ServiceAddress, SystemError)
  /// jobd said no, by an error of `io.jobd`.
  case refused(JobdError)
  /// jobd said no, by another error: `org.varlink.service.PermissionDenied`, for one.
  case varlink(VarlinkError)
  /// The connection ended before all was said. A job that ran on it is being ended by jobd, or by
  /// the jobd that comes next.
  case disconnected
  /// What came is not what `io.jobd` promises.
  case notUnderstood(String)
  /// What was asked is longer than jobd takes: arguments, environment and standard input. jobd has not heard of it.
  case tooLong(bytes: Int, limit: Int)
  /// What was asked has more values in it than jobd takes: arguments and variables, each of them one. jobd has
  /// not heard of it.
  case tooManyValues(count: Int, limit: Int)
  /// A job wrote more than was to be collected, bytes. It is being ended.
  case outputLimitExceeded(limit: Int)
  /// Something of this process could not be prepared for the job.
  case system(SystemError)
  /// The task was cancelled, and the job with it.
  case cancelled
}

extension JobClientError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noSocket(.noRuntimeDirectory):
      "there is no telling where jobd is: neither $JOBD_SOCKET nor $XDG_RUNTIME_DIR is set"
    case .noSocket(.notAnAddress(let text, _)): "'\(text)' is not the address of a Unix socket"
    case .noSocket(.notText(let text, let origin)):
      "\(origin.variableName ?? "the socket's path"): '\(text)' is not UTF-8"
    case .unreachable(let address, let error): "no jobd at \(address): \(error)"
    case .refused(let error): "\(error)"
    case .varlink(let error): "jobd answers \(error)"
    case .disconnected: "jobd closed the connection"
    case .notUnderstood(let problem): "jobd can't be understood: \(problem)"
    case .tooLong(let bytes, let limit):
      "the call takes \(bytes) bytes, and \(limit) is the most that jobd takes"
    case .tooManyValues(let count, let limit):
      "the call takes \(count) values, and \(limit) is the most that jobd takes"
    case .outputLimitExceeded(let limit): "the job wrote more than \(limit) bytes"
    case .system(let error): "\(error)"
    case .cancelled: "the task was cancelled"
    }
  }
}
