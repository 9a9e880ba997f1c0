internal import Glibc
internal import SystemPackage

/// What /proc says of a process. proc(5)
public struct ProcessFiles {
  public let pid: Int32

  public init(_ pid: Int32) { self.pid = pid }

  /// What the process has open, by number.
  public func descriptors() throws -> [Int32: String] {
    var targets: [Int32: String] = [:]
    for name in try fileNames(in: "/proc/\(pid)/fd") {
      // One that was closed in the meantime has no target.
      if let number = Int32(name), let target = linkTarget("/proc/\(pid)/fd/\(name)") {
        targets[number] = target
      }
    }
    return targets
  }

  /// Whether a program that the process executes doesn't get this descriptor. proc_pid_fdinfo(5)
  public func isClosedOnExec(_ number: Int32) throws -> Bool {
    for line in try contents(of: "/proc/\(pid)/fdinfo/\(number)").split(separator: "\n") {
      guard line.hasPrefix("flags:"), let octal = line.split(separator: "\t").last else { continue }
      return (Int32(octal, radix: 8) ?? 0) & O_CLOEXEC != 0
    }
    return false
  }

  /// Whether none of its timerfds is going to expire. proc_pid_fdinfo(5)
  public func areTimersOff() throws -> Bool {
    for (number, target) in try descriptors() where target == "anon_inode:[timerfd]" {
      let information = try contents(of: "/proc/\(pid)/fdinfo/\(number)")
      guard information.contains("it_value: (0, 0)") else { return false }
    }
    return true
  }

  /// A figure of /proc/PID/status, in the unit of its line: VmRSS in KiB.
  public func status(_ name: String) throws -> Int {
    let text = try statusText(name)
    guard let value = Int(text) else { throw TestFailure("\(name) of \(pid) is \(text)") }
    return value
  }

  /// The first word of a line of /proc/PID/status.
  public func statusText(_ name: String) throws -> String {
    for line in try contents(of: "/proc/\(pid)/status").split(separator: "\n") {
      let words = line.split(whereSeparator: \.isWhitespace)
      if words.count > 1, words[0] == "\(name):" { return String(words[1]) }
    }
    throw TestFailure("/proc/\(pid)/status has no \(name)")
  }

  /// The name that it gave itself, or that of its program.
  public func name() throws -> String { String(try contents(of: "/proc/\(pid)/comm").dropLast()) }

  /// The letter of the state: R, S, D, T, Z.
  public func state() throws -> String { try fields()[0] }

  /// The place of the scheduling policy in /proc/PID/stat. proc_pid_stat(5)
  public static let schedulingPolicy = 41

  /// A number of /proc/PID/stat, by its place in proc_pid_stat(5): 4 or more.
  public func stat(_ place: Int) throws -> Int {
    let text = try fields()[place - 3]
    guard let value = Int(text) else { throw TestFailure("field \(place) of \(pid) is \(text)") }
    return value
  }

  /// CPU time of all its threads, in clock ticks of 10 ms.
  public func cpuTicks() throws -> Int {
    let fields = try fields()
    return (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0)
  }

  /// Its children, those included that have exited and wait to be reaped.
  public func children() throws -> [Int32] {
    // Each is that of the thread that made it. One that has ended in the meantime has none.
    try fileNames(in: "/proc/\(pid)/task").flatMap { thread in
      let children = try? contents(of: "/proc/\(pid)/task/\(thread)/children")
      return (children ?? "").split(separator: " ").compactMap { Int32($0) }
    }
  }

  /// Those of its children that have exited and wait to be reaped.
  public func zombies() throws -> [Int32] {
    try children().filter { (try? ProcessFiles($0).state()) == "Z" }
  }

  /// The fields of /proc/PID/stat from the state on.
  private func fields() throws -> [String] {
    let text = try contents(of: "/proc/\(pid)/stat")
    // The command stands in parentheses, and may have some of its own.
    guard let end = text.lastIndex(of: ")") else { throw TestFailure("no stat of \(pid)") }
    return text[text.index(after: end)...].split(separator: " ").map(String.init)
  }
}

/// Where a symbolic link leads; `nil` where there is none. readlink(2)
public func linkTarget(_ path: String) -> String? {
  let target = unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
    count = unsafe buffer.withMemoryRebound(to: CChar.self) {
      unsafe max(0, readlink(path, $0.baseAddress!, $0.count))
    }
  }
  return target.isEmpty ? nil : String(decoding: target, as: UTF8.self)
}
