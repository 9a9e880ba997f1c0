#pragma once
// Looking at files without waiting for a disk or a server: what isn't in memory is refused with EAGAIN. Errors
// are -errno.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// openat2(2) with RESOLVE_CACHED, CLOEXEC. Linux 5.12, ENOSYS before.
int clinux_open_cached(int directory, const char *_Nonnull path, int flags);

/// Looks up what something is, for clinux_look_at(): neither opened nor asked for permission. O_PATH, open(2)
int clinux_lookup_flags(void);

/// What is open: on which device, as which file, changed when, and of which kind.
struct clinux_file {
  uint32_t major, minor;
  uint64_t inode;
  int64_t changed_nsec;
  bool is_directory, is_regular;
};

/// statx(2) with AT_STATX_DONT_SYNC: no server is asked.
int clinux_look_at(int fd, struct clinux_file *_Nonnull file);

/// Whether we may execute what is open, here: also its mount is asked, and who else has rights to it (acl(5)).
/// faccessat2(2), Linux 5.8
bool clinux_may_execute(int fd);

/// The beginning of a file. preadv2(2) with RWF_NOWAIT
ssize_t clinux_read_cached(int fd, void *_Nonnull bytes, size_t size);

/// Whether the kernel has notified of a change (POLLPRI) since it was asked before: of a mountinfo, proc(5).
bool clinux_has_changed(int fd);
