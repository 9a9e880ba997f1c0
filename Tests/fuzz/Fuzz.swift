import Glibc

/// libFuzzer calls this for each input that it makes up. A claim that doesn't hold, as any crash, ends it,
/// and it leaves the input in a file. https://llvm.org/docs/LibFuzzer.html
@_cdecl("LLVMFuzzerTestOneInput")
public func check(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  Target.chosen.check(unsafe Array(UnsafeBufferPointer(start: bytes, count: count)))
  return 0
}

/// What an input is read by. Each checks what must hold whatever the input is.
enum Target: String, CaseIterable {
  case calls, files, framing, interface, jobs, json, output, replies

  static let chosen: Target = {
    guard let name = unsafe getenv("FUZZ_TARGET"),
      let target = unsafe Target(rawValue: String(cString: name))
    else {
      preconditionFailure("FUZZ_TARGET is none of \(allCases)")
    }
    return target
  }()

  func check(_ bytes: [UInt8]) {
    switch self {
    case .calls: checkCalls(bytes)
    case .files: checkFile(bytes)
    case .framing: checkFraming(bytes)
    case .interface: checkInterface(bytes)
    case .jobs: checkJob(bytes)
    case .json: checkJSON(bytes)
    case .output: checkOutput(bytes)
    case .replies: checkReply(bytes)
    }
  }
}
