#pragma once
// Files by path, and locks on them. Errors are -errno.

#include <stdbool.h>
#include <stddef.h>

/// flock(2) with LOCK_EX and LOCK_NB.
int clinux_try_lock(int fd);

/// 1 if `path` leads to the file that is open as `fd`, 0 if it leads elsewhere or nowhere.
int clinux_is_file(int fd, const char *_Nonnull path);

/// 1 if a socket is at `path`, 0 if something else; a symbolic link is that, unless it is followed. stat(2)
int clinux_is_socket(const char *_Nonnull path, bool follow);

/// unlink(2)
int clinux_unlink(const char *_Nonnull path);

/// fcntl(2) with F_DUPFD_CLOEXEC: the lowest number that is free from `first` on.
int clinux_duplicate(int fd, int first);

/// mkdir(2) with a mode, whatever the umask. One that is there is no error, and stays as it is.
int clinux_make_directory(const char *_Nonnull path, unsigned mode);

/// nanosleep(2)
void clinux_sleep(int milliseconds);

/// The path that a Unix socket is bound to, without a NUL: its length, 0 where it has none.
/// getsockname(2)
int clinux_socket_path(int fd, char *_Nonnull path, size_t size);
