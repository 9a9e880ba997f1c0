public import SystemPackage
public import Varlink

/// One call on its way out.
public struct OutgoingCall: ~Copyable {
  let mode: Call.Mode
  var message: OutgoingMessage

  /// Descriptors are lent until all is sent, and referred to in the parameters by their index.
  ///
  /// - Throws: ``VarlinkClientError/tooLong(bytes:limit:)``, ``VarlinkClientError/tooManyValues(count:limit:)``.
  ///   Services close the connection on such a call, and say nothing.
  public init(_ call: Call, descriptors: [FileDescriptor] = []) throws(VarlinkClientError) {
    let bytes = call.encoded()
    guard bytes.count <= VarlinkLimits.messageBytes else {
      throw .tooLong(bytes: bytes.count, limit: VarlinkLimits.messageBytes)
    }
    // Each takes a byte at least: of a short call they need not be counted.
    if bytes.count > VarlinkLimits.valuesPerDocument {
      let count = call.valueCount
      guard count <= VarlinkLimits.valuesPerDocument else {
        throw .tooManyValues(count: count, limit: VarlinkLimits.valuesPerDocument)
      }
    }
    mode = call.mode
    message = OutgoingMessage(bytes, descriptors: descriptors)
  }
}
