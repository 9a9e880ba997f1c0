internal import JobProtocol
internal import SystemPackage
internal import Varlink

/// A request that a job ends, on a connection of its own: it is busy until the job has finished,
/// and so is the job's lifeline.
final class CancelRequest {
  private var connection: ServiceConnection

  /// - Parameter waiting: For a place in the queue of a jobd that is slow; it is a failure otherwise.
  init(
    _ parameters: CancelParameters, to socket: JobdSocket, waiting: Bool = true
  ) throws(Failure) {
    var connection = try ServiceConnection(to: socket, waiting: waiting)
    try connection.send(Call(JobdInterface.Method.cancel.rawValue, parameters.wire))
    self.connection = connection
  }

  /// To be polled: readable when there is an answer.
  var descriptor: FileDescriptor { connection.descriptor }

  /// The answer if there is one: that the job has finished.
  ///
  /// - Throws: What jobd said instead of ending the job.
  func answer() throws(Failure) -> JSONObject? {
    guard let reply = try connection.receiveIfAvailable() else { return nil }
    return try ServiceConnection.parameters(of: reply)
  }

  /// Waits for the answer.
  func wait() throws(Failure) -> JSONObject {
    try ServiceConnection.parameters(of: connection.receive())
  }
}
