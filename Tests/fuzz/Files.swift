@testable import LinuxProcess

/// Files of the kernel, and of others: read as what they say, or not at all.
///
/// The first byte of an input says what reads the rest.
func checkFile(_ input: [UInt8]) {
  let text = Array(input.dropFirst())
  switch (input.first ?? 0) % 5 {
  case 0: checkFlatKeyed(text)
  case 1: checkMounts(text)
  case 2: checkCgroup(of: String(decoding: text, as: UTF8.self))
  case 3: checkProgram(text)
  default: checkSearchPath(text)
  }
}

/// Numbers of a control group.
private func checkFlatKeyed(_ text: [UInt8]) {
  let file = FlatKeyed(text)
  let keys: [StaticString] = ["populated", "usage_usec", "oom_kill"]
  for number in keys.compactMap({ file[$0] }) {
    precondition(number >= 0, "\(number) is no number of the kernel's")
    precondition(text.split(separator: 10).contains { $0.contains(0x20) }, "a number from nowhere")
  }
}

private func checkMounts(_ text: [UInt8]) {
  let mounts = CgroupMount.all(in: text)
  precondition(mounts.count <= text.split(separator: 10).count, "more mounts than lines")
  let slash = UInt8(ascii: "/")
  for mount in mounts {
    precondition(!mount.mountPoint.isEmpty && !mount.root.isEmpty, "a mount of nothing")
    let inside = mount.root == [slash] ? Array("/a".utf8) : mount.root + Array("/a".utf8)
    guard !mount.root.split(separator: slash).contains(where: { $0.elementsEqual("..".utf8) })
    else { continue }
    precondition(mount.relativePath(of: inside) == Array("a".utf8), "what it shows isn't found")
  }
}

private func checkCgroup(of text: String) {
  guard let path = ProcessStatus.unifiedCgroup(in: text) else { return }
  precondition(!path.contains("\n"), "more than a line")
}

/// The interpreter that a program names, which anybody may have written.
private func checkProgram(_ head: [UInt8]) {
  guard case .named(let interpreter) = ELFInterpreter(in: head) else { return }
  precondition(!interpreter.contains(0), "a name goes on behind its end")
  precondition(
    interpreter.isEmpty || head.firstRange(of: interpreter) != nil, "a name from nowhere")
}

/// A command, and behind it the variables that it is looked for by.
private func checkSearchPath(_ text: [UInt8]) {
  let lines = text.split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
  let command = lines[0]
  for candidate in SearchPath.candidates(for: command, environment: Array(lines.dropFirst())) {
    precondition(candidate.suffix(command.count).elementsEqual(command), "another command is tried")
  }
}
