import JobProtocol
import Varlink

@testable import JobDaemon

/// What a job writes, in any pieces, arrives byte for byte, and text is never cut inside of a code point.
///
/// The first byte of an input says how long the pieces are.
func checkOutput(_ input: [UInt8]) {
  let length = Int(input.first ?? 0) + 1
  let written = input.dropFirst()
  let replies = MainActor.assumeIsolated { encode(written, piece: length) }
  var read: [UInt8] = []
  for reply in replies {
    precondition(reply.last == 0, "a reply without an end")
    guard let parsed = try? Reply(parsing: Array(reply.dropLast())),
      case .object(let output)? = parsed.parameters["output"]
    else { preconditionFailure("a reply that no client can read") }
    switch (output["text"], output["base64"]) {
    case (.string(let text)?, nil): read += Array(text.utf8)
    case (nil, .string(let text)?): read += checkedBase64(text)
    default: preconditionFailure("neither text nor bytes, or both")
    }
  }
  precondition(read == Array(written), "what arrives isn't what was written")
  checkBase64(String(decoding: written, as: UTF8.self))
}

@MainActor
private func encode(_ bytes: ArraySlice<UInt8>, piece length: Int) -> [[UInt8]] {
  var encoder = OutputEncoder(.standardOutput)
  var replies: [[UInt8]] = []
  var rest = bytes
  while !rest.isEmpty {
    if let reply = encoder.encode(Array(rest.prefix(length))) { replies.append(reply) }
    rest = rest.dropFirst(length)
  }
  if let reply = encoder.flush() { replies.append(reply) }
  return replies
}

private func checkedBase64(_ text: String) -> [UInt8] {
  guard let bytes = Base64.decode(text) else { preconditionFailure("\(text) is no base64") }
  return bytes
}

/// What others call base64 is what we would have made of it, or is refused.
private func checkBase64(_ text: String) {
  guard let bytes = Base64.decode(text) else { return }
  precondition(Base64.encode(bytes) == text, "two texts mean the same bytes")
}
