import CSystemd
import LinuxSystem
import SystemPackage

/// The bus of the user's service manager, as far as ``UserScope`` needs it.
///
/// sd-bus(3)
@safe final class UserBus {
  private static let service = "org.freedesktop.systemd1"
  private static let path = "/org/freedesktop/systemd1"
  private static let manager = "org.freedesktop.systemd1.Manager"

  private var bus: OpaquePointer?

  init() throws(SystemError) {
    try checkedEvent(unsafe sd_bus_open_user(&bus), "connect to the user's bus")
  }

  isolated deinit {
    unsafe sd_bus_flush_close_unref(bus)
  }

  /// From now on the ends of the service manager's jobs are heard.
  func watchJobs() throws(SystemError) {
    let rule =
      "type='signal',sender='\(Self.service)',interface='\(Self.manager)',member='JobRemoved'"
    try checkedEvent(unsafe sd_bus_add_match(bus, nil, rule, nil, nil), "sd_bus_add_match")
    // Without this it sends them to nobody.
    let subscribe = unsafe try call("Subscribe")
    defer { unsafe sd_bus_message_unref(subscribe) }
    unsafe sd_bus_message_unref(try answer(to: subscribe, "Subscribe"))
  }

  /// - Returns: The path of the service manager's job.
  func startScope(_ name: String, pid: UInt32) throws(SystemError) -> String {
    let message = unsafe try call("StartTransientUnit")
    defer { unsafe sd_bus_message_unref(message) }
    let writer = unsafe BusWriter(message)
    try writer.string(name)
    try writer.string("fail")
    try writer.array("(sv)") { () throws(SystemError) in
      try writer.property("Delegate", "b") { () throws(SystemError) in try writer.bool(true) }
      try writer.property("PIDs", "au") { () throws(SystemError) in
        try writer.array("u") { () throws(SystemError) in try writer.unsigned(pid) }
      }
    }
    try writer.array("(sa(sv))") { () throws(SystemError) in }

    let answer = unsafe try answer(to: message, "StartTransientUnit")
    defer { unsafe sd_bus_message_unref(answer) }
    return unsafe try string(answer, "o")
  }

  /// Waits for the service manager to have done it.
  func waitForJob(_ job: String, patience: UInt64) throws(SystemError) {
    let end = SystemClock.monotonicUSec() + Int(patience)
    while true {
      var message: OpaquePointer?
      let processed = unsafe sd_bus_process(bus, &message)
      try checkedEvent(processed, "sd_bus_process")
      defer { unsafe sd_bus_message_unref(message) }
      if unsafe message != nil,
        unsafe sd_bus_message_is_signal(message, Self.manager, "JobRemoved") > 0,
        let result = unsafe try result(of: job, message)
      {
        guard result == "done" else {
          throw SystemError("start a scope", result, errno: .canceled)
        }
        return
      }
      guard processed == 0 else { continue }
      let left = end - SystemClock.monotonicUSec()
      guard left > 0 else { throw SystemError("start a scope", job, errno: .timedOut) }
      try checkedEvent(unsafe sd_bus_wait(bus, UInt64(left)), "sd_bus_wait")
    }
  }

  private func call(_ method: String) throws(SystemError) -> OpaquePointer? {
    var message: OpaquePointer?
    let made = unsafe sd_bus_message_new_method_call(
      bus, &message, Self.service, Self.path, Self.manager, method)
    try checkedEvent(made, "sd_bus_message_new_method_call")
    return unsafe message
  }

  private func answer(to message: OpaquePointer?, _ method: String) throws(SystemError)
    -> OpaquePointer?
  {
    var answer: OpaquePointer?
    try checkedEvent(unsafe sd_bus_call(bus, message, 0, nil, &answer), method)
    return unsafe answer
  }

  /// `nil` for another job's.
  private func result(of job: String, _ message: OpaquePointer?) throws(SystemError) -> String? {
    var id: UInt32 = 0
    try checkedEvent(unsafe sd_bus_message_read_basic(message, BusType.unsigned, &id), "JobRemoved")
    let path = unsafe try string(message, "o")
    _ = unsafe try string(message, "s")
    let result = unsafe try string(message, "s")
    return path == job ? result : nil
  }

  private func string(_ message: OpaquePointer?, _ type: Character) throws(SystemError) -> String {
    var text: UnsafePointer<CChar>?
    let code = CChar(type.asciiValue ?? 0)
    try checkedEvent(unsafe sd_bus_message_read_basic(message, code, &text), "read from the bus")
    return unsafe text.map { unsafe String(cString: $0) } ?? ""
  }
}

/// Types of D-Bus by their codes.
enum BusType {
  static let array = CChar(UInt8(ascii: "a"))
  static let structure = CChar(UInt8(ascii: "r"))
  static let variant = CChar(UInt8(ascii: "v"))
  static let string = CChar(UInt8(ascii: "s"))
  static let bool = CChar(UInt8(ascii: "b"))
  static let unsigned = CChar(UInt8(ascii: "u"))
}

/// Appends to a message: `sd_bus_message_append`, which is variadic, isn't for Swift.
@safe struct BusWriter {
  private let message: OpaquePointer?

  init(_ message: OpaquePointer?) {
    unsafe self.message = message
  }

  func string(_ text: String) throws(SystemError) {
    let answer = unsafe text.withCString {
      unsafe sd_bus_message_append_basic(message, BusType.string, $0)
    }
    try checkedEvent(answer, "append to a message")
  }

  func bool(_ value: Bool) throws(SystemError) {
    var number: Int32 = value ? 1 : 0
    try checkedEvent(
      unsafe sd_bus_message_append_basic(message, BusType.bool, &number), "append to a message")
  }

  func unsigned(_ value: UInt32) throws(SystemError) {
    var value = value
    try checkedEvent(
      unsafe sd_bus_message_append_basic(message, BusType.unsigned, &value), "append to a message")
  }

  func array(_ contents: String, _ body: () throws(SystemError) -> Void) throws(SystemError) {
    try container(BusType.array, contents, body)
  }

  /// One of a unit's properties: `(sv)`.
  func property(
    _ name: String, _ contents: String, _ body: () throws(SystemError) -> Void
  ) throws(SystemError) {
    try container(BusType.structure, "sv") { () throws(SystemError) in
      try string(name)
      try container(BusType.variant, contents, body)
    }
  }

  private func container(
    _ type: CChar, _ contents: String, _ body: () throws(SystemError) -> Void
  ) throws(SystemError) {
    try checkedEvent(
      unsafe sd_bus_message_open_container(message, type, contents), "append to a message")
    try body()
    try checkedEvent(unsafe sd_bus_message_close_container(message), "append to a message")
  }
}
