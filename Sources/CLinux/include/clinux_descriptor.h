#pragma once
// Descriptors, and files named relative to one. Errors are -errno.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// openat(2), always with O_CLOEXEC. `directory` may be AT_FDCWD.
int clinux_openat(int directory, const char *_Nonnull path, int flags, uint32_t mode);

/// The directory that descriptors and paths are relative to when there is none: AT_FDCWD.
int clinux_at_fdcwd(void);

/// How many descriptors this process has open. proc(5), `/proc/self/fd`
int64_t clinux_open_descriptors(void);

/// A pipe, both ends O_CLOEXEC and with `flags` (O_NONBLOCK is for both). pipe2(2)
int clinux_pipe(int ends[_Nonnull 2], int flags);

/// Adds O_NONBLOCK to an open file description. fcntl(2) F_SETFL
int clinux_set_nonblocking(int fd);

/// How many bytes are in a pipe. pipe(7) FIONREAD
ssize_t clinux_unread_bytes(int fd);

/// Whether nothing is in the pipe of which this is the reading end, and nobody has it open for writing. Waits for nobody.
/// poll(2), POLLHUP
bool clinux_pipe_is_at_end(int fd);

/// An anonymous file, CLOEXEC, not executable, to be filled and then sealed. memfd_create(2)
int clinux_memory_file(const char *_Nonnull name);

/// Makes what was written to a memory file final: no write, no change of size, no other seal.
int clinux_seal(int fd);

/// mkdirat(2) with mode 0755.
int clinux_mkdir(int directory, const char *_Nonnull name);

/// unlinkat(2) with AT_REMOVEDIR.
int clinux_rmdir(int directory, const char *_Nonnull name);

/// Names of subdirectories of an open directory, each ended by NUL, `used` bytes in all, as many as
/// one call of getdents64(2) found. Answers 0 at the end of the directory, else more than 0. The
/// position of the descriptor moves; `buffer` should have at least 1 KiB.
ssize_t clinux_subdirectories(
    int directory, char *_Nonnull buffer, size_t size, size_t *_Nonnull used);

/// The value of an extended attribute of an open file. fgetxattr(2)
ssize_t clinux_xattr(int fd, const char *_Nonnull name, void *_Nonnull value, size_t size);

/// What close(2) may have to wait for.
enum clinux_closing {
  /// Nothing: /dev/null and its like.
  CLINUX_CLOSES_AT_ONCE,
  /// Those who use a pipe, a terminal or a socket, when it is the last descriptor of it.
  CLINUX_LAST_CLOSE_WAITS,
  /// Whoever keeps the file, when any descriptor of it is closed. Where it can't be told, it is this.
  CLINUX_EACH_CLOSE_WAITS,
};

enum clinux_closing clinux_closing_of(int fd);

/// The magic number of an open file's file system. fstatfs(2)
int64_t clinux_filesystem_type(int fd);
