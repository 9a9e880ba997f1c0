internal import LinuxSystem
internal import JobProtocol
public import Varlink

/// Runs commands as jobs of jobd, and looks after the jobs that there are.
///
/// ```swift
/// let client = try JobClient()
/// let build = JobConfiguration(.name("swift"), arguments: ["build"], workingDirectory: "/src")
///
/// for try await event in try await client.run(build) {
///   switch event {
///   case .output(let output): print(String(decoding: output.bytes, as: UTF8.self), terminator: "")
///   case .finished(let job): print("done:", job.runtime.result?.terminationStatus as Any)
///   default: break
///   }
/// }
/// ```
///
/// A job lives no longer than somebody is interested in it: when the loop is left, or the task that
/// runs it is cancelled, or this program ends in whatever way, then jobd ends the job and every
/// process that came of it.
///
/// A client is a mere address. Each call has a connection of its own, and none holds a thread while
/// it waits.
public struct JobClient: Sendable {
  /// Where jobd listens.
  public let address: ServiceAddress

  /// A client of the jobd at an address.
  public init(address: ServiceAddress) {
    self.address = address
  }

  /// A client of the jobd that a path or Varlink address names; without one, of the jobd that
  /// `jobctl` would talk to: `$JOBD_SOCKET`, then `/run/jobd/jobd.sock` for root and
  /// `$XDG_RUNTIME_DIR/jobd/jobd.sock` for other users. Nothing is connected to yet.
  ///
  /// - Throws: ``JobClientError/noSocket(_:)``
  public init(socket: String? = nil) throws(JobClientError) {
    do throws(JobdSocket.Missing) {
      address = try JobdSocket(
        argument: socket.map { Array($0.utf8) }, uid: ProcessContext.userID,
        environment: ProcessContext.variable
      ).address
    } catch {
      throw .noSocket(error)
    }
  }
}
