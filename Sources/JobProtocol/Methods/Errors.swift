public import Varlink

/// The errors of `io.jobd`.
public enum JobdError: Error, Hashable, Sendable {
  case noSuchJob(id: Int)
  case badValue(BadValue)
  case tooManyJobs(limit: Int)
  case shuttingDown
  /// Varlink's own: the answer is too long for one reply, and the call wasn't made with `more`.
  case expectedMore
}

extension JobdError {
  public var name: String {
    switch self {
    case .noSuchJob: "io.jobd.NoSuchJob"
    case .badValue: "io.jobd.BadValue"
    case .tooManyJobs: "io.jobd.TooManyJobs"
    case .shuttingDown: "io.jobd.ShuttingDown"
    case .expectedMore: VarlinkError.expectedMore.name
    }
  }

  public var parameters: JSONObject {
    switch self {
    case .noSuchJob(let id): ["id": .int(Int64(id))]
    case .badValue(let value):
      ["parameter": .string(value.parameter), "message": .string(value.message)]
    case .tooManyJobs(let limit): ["limit": .int(Int64(limit))]
    case .shuttingDown, .expectedMore: [:]
    }
  }

  /// `nil` if the error isn't one of these.
  public init?(name: String, parameters: JSONObject) throws(BadValue) {
    let reader = Reader(object: parameters, path: "")
    switch name {
    case "io.jobd.NoSuchJob": self = .noSuchJob(id: try reader.int("id"))
    case "io.jobd.BadValue":
      self = .badValue(BadValue(try reader.string("parameter"), try reader.string("message")))
    case "io.jobd.TooManyJobs": self = .tooManyJobs(limit: try reader.int("limit"))
    case "io.jobd.ShuttingDown": self = .shuttingDown
    case VarlinkError.expectedMore.name: self = .expectedMore
    default: return nil
    }
  }
}

extension JobdError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noSuchJob(let id): "there is no job \(id)"
    case .badValue(let value): value.description
    case .tooManyJobs(let limit):
      "the service has as many jobs as it takes (\(limit)); wait for one to finish"
    case .shuttingDown: "the service is ending and takes no new job"
    case .expectedMore: "the answer is too long for one reply: call with 'more'"
    }
  }
}
