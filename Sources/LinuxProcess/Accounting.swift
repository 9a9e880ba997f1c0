internal import LinuxSystem
internal import Synchronization
internal import SystemPackage

/// Reads what the kernel accounts for leaves, each controller in files of its own.
///
/// Which of them there are is learned from the first leaf: to look for a file that isn't there costs nearly as
/// much as to read one that is, and every job would do so four times.
final class Accounting: Sendable {
  private let missing = Mutex<Set<String>>([])

  /// The contents of a leaf's file; `nil` where there is none.
  func read(_ file: String, of cgroup: borrowing Cgroup) -> [UInt8]? {
    if missing.withLock({ $0.contains(file) }) { return nil }
    do {
      return try cgroup.readRecord(file)
    } catch let error where error.errno == .noSuchFileOrDirectory {
      // Of a leaf that was removed behind our back no file is there.
      if (try? cgroup.readRecord("cgroup.events")) != nil {
        missing.withLock { _ = $0.insert(file) }
      }
      return nil
    } catch {
      return nil
    }
  }
}
