public import Logging

/// What the administrator decides.
public nonisolated struct Configuration: Hashable, Sendable {
  /// The socket to listen on, where the service manager passes none; `nil` for the usual one.
  public var socket: String?
  /// `auto`, or the path of a control group: where jobs get theirs. `none`: they do without.
  public var controlGroup: String
  /// Most jobs that run at one time; `nil` for the default.
  public var runningMax: Int?
  /// Most jobs that wait; `nil` for the default.
  public var queuedMax: Int?
  /// Longest grace period of a job once the service itself has to stop, in microseconds; `nil` for the default.
  public var shutdownGracePeriodMax: Int?
  public var logLevel: Logger.Level

  public init(
    socket: String? = nil, controlGroup: String = "auto", runningMax: Int? = nil,
    queuedMax: Int? = nil, shutdownGracePeriodMax: Int? = nil, logLevel: Logger.Level = .notice
  ) {
    self.socket = socket
    self.controlGroup = controlGroup
    self.runningMax = runningMax
    self.queuedMax = queuedMax
    self.shutdownGracePeriodMax = shutdownGracePeriodMax
    self.logLevel = logLevel
  }
}
