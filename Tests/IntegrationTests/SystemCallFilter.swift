import SystemPackage
import TestSupport

extension TestDaemon.Options {
  /// A daemon to which a seccomp filter answers this errno for every clone3.
  ///
  /// Container managers older than the system call have such a filter; the C library makes threads
  /// with clone3, too, and gets along without for ENOSYS only. seccomp(2), bpf(2)
  static func withoutClone3(_ errno: Errno = .noFunction) -> Self {
    let script = """
      ($prctl, $clone3, $errno) = splice @ARGV, 0, 3;
      $load = pack "SCCL", 0x20, 0, 0, 0;              # the number of the call
      $test = pack "SCCL", 0x15, 0, 1, $clone3;        # is it clone3?
      $deny = pack "SCCL", 0x06, 0, 0, 0x50000 | $errno;
      $pass = pack "SCCL", 0x06, 0, 0, 0x7fff0000;
      $filter = $load . $test . $deny . $pass;
      syscall($prctl, 22, 2, pack("S x6 P", 4, $filter)) == 0 or die "seccomp: $!";
      exec @ARGV;
      """
    var options = Self()
    options.wrapper = [
      "perl", "-e", script, "\(SystemCallNumber.prctl)", "\(SystemCallNumber.clone3)",
      "\(errno.rawValue)",
    ]
    return options
  }
}

/// Numbers of system calls. syscalls(2)
enum SystemCallNumber {
  static let clone3 = 435
  #if arch(x86_64)
    static let prctl = 157
  #else
    static let prctl = 167
  #endif
}
