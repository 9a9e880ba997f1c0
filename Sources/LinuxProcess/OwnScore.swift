internal import LinuxSystem

/// This process's own OOM score adjustment, which its children begin with. Whoever started it has set it, and
/// an administrator may set it at any time.
///
/// proc(5), `/proc/PID/oom_score_adj`
final class OwnScore: Sendable {
  private let file: KeptFile

  /// - Throws: Where there is no `/proc`.
  init() throws(SystemError) {
    file = KeptFile(try OwnedDescriptor.open("/proc/self/oom_score_adj"))
  }

  /// Whether it is 0 now.
  var isOrdinary: Bool { (try? file.read())?.elementsEqual("0\n".utf8) ?? false }
}
