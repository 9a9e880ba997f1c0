#define _GNU_SOURCE
#include "clinux_cached.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

int clinux_open_cached(int directory, const char *path, int flags) {
  struct open_how how = {.flags = (uint64_t)flags | O_CLOEXEC, .resolve = RESOLVE_CACHED};
  long fd = syscall(SYS_openat2, directory, path, &how, sizeof how);
  return fd < 0 ? -errno : (int)fd;
}

int clinux_lookup_flags(void) { return O_PATH; }

int clinux_look_at(int fd, struct clinux_file *file) {
  struct statx found;
  const unsigned wanted = STATX_TYPE | STATX_INO | STATX_CTIME;
  if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, wanted, &found) < 0) return -errno;
  *file = (struct clinux_file){
      .major = found.stx_dev_major,
      .minor = found.stx_dev_minor,
      .inode = found.stx_ino,
      .changed_nsec = found.stx_ctime.tv_sec * 1000000000 + found.stx_ctime.tv_nsec,
      .is_directory = S_ISDIR(found.stx_mode),
      .is_regular = S_ISREG(found.stx_mode),
  };
  return 0;
}

bool clinux_may_execute(int fd) {
  return syscall(SYS_faccessat2, fd, "", X_OK, AT_EMPTY_PATH | AT_EACCESS) == 0;
}

ssize_t clinux_read_cached(int fd, void *bytes, size_t size) {
  struct iovec part = {bytes, size};
  ssize_t count = preadv2(fd, &part, 1, 0, RWF_NOWAIT);
  return count < 0 ? -errno : count;
}

bool clinux_has_changed(int fd) {
  struct pollfd change = {.fd = fd, .events = POLLPRI};
  return poll(&change, 1, 0) != 0;
}
