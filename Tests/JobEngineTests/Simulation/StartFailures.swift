import Glibc
import JobProtocol

/// What the kernel may answer to each step of a start, as the manual says: mkdir(2) of a control group, clone3(2),
/// setsid(2) with dup2(2) and prlimit(2), chdir(2), execve(2) twice.
extension StartFailure {
  static let possible: [(StartStep, Int32)] = [
    (
      .controlGroup,
      [
        EACCES, EAGAIN, EBUSY, EDQUOT, EEXIST, EMFILE, ENFILE, ENODEV, ENOENT, ENOMEM, ENOSPC,
        EOPNOTSUPP, EPERM, EROFS,
      ]
    ),
    (.process, [EAGAIN, EINVAL, EMFILE, ENFILE, ENOMEM, ENOSPC, ENOSYS, EPERM]),
    (.preparation, [EBADF, EBUSY, EINVAL, EMFILE, EPERM]),
    (
      .workingDirectory,
      [
        EACCES, EIO, ELOOP, ENAMETOOLONG, ENOENT, ENOMEM, ENOTDIR, ESTALE,
      ]
    ),
    (
      .executable,
      [
        E2BIG, EACCES, EAGAIN, EINVAL, EIO, EISDIR, ELIBBAD, ELOOP, EMFILE, ENAMETOOLONG, ENFILE,
        ENOENT, ENOEXEC, ENOMEM, ENOTDIR, EPERM, ESTALE, ETIMEDOUT, ETXTBSY,
      ]
    ),
    (.interpreter, [EACCES, EISDIR, ELIBBAD, ELOOP, ENOENT, ENOEXEC]),
  ].flatMap { step, numbers in numbers.map { (step, $0) } }

  static func madeUp(_ step: StartStep, _ number: Int32) -> StartFailure {
    StartFailure(step: step, errno: Int(number), errnoName: "E\(number)", message: "made up")
  }
}
