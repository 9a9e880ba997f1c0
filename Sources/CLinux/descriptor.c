#define _GNU_SOURCE
#include "clinux_descriptor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#ifndef MFD_NOEXEC_SEAL  // Linux 6.3
#define MFD_NOEXEC_SEAL 0x0008U
#endif

int clinux_openat(int directory, const char *path, int flags, uint32_t mode) {
  int fd;
  do fd = openat(directory, path, flags | O_CLOEXEC, (mode_t)mode);
  while (fd < 0 && errno == EINTR);
  return fd < 0 ? -errno : fd;
}

int clinux_at_fdcwd(void) { return AT_FDCWD; }

enum { LISTING = 16 * 1024 };

// Its own descriptor is among them.
static int64_t count_names(int directory) {
  _Alignas(struct dirent64) char buffer[LISTING];
  int64_t count = 0;
  long filled;
  while ((filled = syscall(SYS_getdents64, directory, buffer, sizeof buffer)) > 0)
    for (long at = 0; at < filled; at += ((const struct dirent64 *)(buffer + at))->d_reclen) count++;
  // "." and ".." are none.
  return filled < 0 ? -errno : count - 3;
}

int64_t clinux_open_descriptors(void) {
  struct stat found;
  // The directory's size, from Linux 6.2 on.
  if (stat("/proc/self/fd", &found) == 0 && found.st_size > 0) return found.st_size;
  int directory = clinux_openat(AT_FDCWD, "/proc/self/fd", O_RDONLY | O_DIRECTORY, 0);
  if (directory < 0) return directory;
  int64_t count = count_names(directory);
  close(directory);
  return count;
}

int clinux_pipe(int ends[2], int flags) { return pipe2(ends, O_CLOEXEC | flags) ? -errno : 0; }

int clinux_set_nonblocking(int fd) {
  int flags = fcntl(fd, F_GETFL);
  return flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) ? -errno : 0;
}

ssize_t clinux_unread_bytes(int fd) {
  int count;
  return ioctl(fd, FIONREAD, &count) ? -errno : count;
}

bool clinux_pipe_is_at_end(int fd) {
  struct pollfd pipe = {.fd = fd, .events = POLLIN};
  return poll(&pipe, 1, 0) > 0 && pipe.revents == POLLHUP;
}

int clinux_memory_file(const char *name) {
  int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
  // Kernels before 6.3 don't know the flag; later ones warn in the log of who doesn't use it.
  if (fd < 0 && errno == EINVAL) fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  return fd < 0 ? -errno : fd;
}

int clinux_seal(int fd) {
  return fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) ? -errno
                                                                                         : 0;
}

int clinux_mkdir(int directory, const char *name) {
  return mkdirat(directory, name, 0755) ? -errno : 0;
}

int clinux_rmdir(int directory, const char *name) {
  return unlinkat(directory, name, AT_REMOVEDIR) ? -errno : 0;
}

ssize_t clinux_subdirectories(int directory, char *buffer, size_t size, size_t *used) {
  ssize_t filled = syscall(SYS_getdents64, directory, buffer, size);
  if (filled < 0) return -errno;
  // The names are moved to the front of the buffer that the entries came in: a name never
  // starts before its entry's fixed part, so what is written was read already.
  *used = 0;
  for (ssize_t at = 0; at < filled;) {
    const struct dirent64 *entry = (const struct dirent64 *)(buffer + at);
    const char *name = entry->d_name;
    at += entry->d_reclen;
    if (entry->d_type != DT_DIR || !strcmp(name, ".") || !strcmp(name, "..")) continue;
    size_t length = strlen(name) + 1;
    memmove(buffer + *used, name, length);
    *used += length;
  }
  return filled;
}

ssize_t clinux_xattr(int fd, const char *name, void *value, size_t size) {
  ssize_t length = fgetxattr(fd, name, value, size);
  return length < 0 ? -errno : length;
}

int64_t clinux_filesystem_type(int fd) {
  struct statfs status;
  return fstatfs(fd, &status) ? -errno : (int64_t)status.f_type;
}

enum {
  // Documentation/admin-guide/devices.txt
  MEMORY_DEVICES = 1,
  TERMINAL_DEVICES = 5,
  FIRST_PSEUDOTERMINALS = 136,
  LAST_PSEUDOTERMINALS = 143,
};

static enum clinux_closing closing_of_device(unsigned major) {
  if (major == MEMORY_DEVICES) return CLINUX_CLOSES_AT_ONCE;
  if (major == TERMINAL_DEVICES) return CLINUX_LAST_CLOSE_WAITS;
  return major >= FIRST_PSEUDOTERMINALS && major <= LAST_PSEUDOTERMINALS ? CLINUX_LAST_CLOSE_WAITS
                                                                         : CLINUX_EACH_CLOSE_WAITS;
}

// Only files that have a `flush` of their own are waited for whenever a descriptor is closed (filp_close, fs/open.c); of
// the last close it is never known. pipe_release (fs/pipe.c) takes the pipe's mutex, which a process holds that moves
// something into the pipe, from a file that nobody answers for, say. Of a pseudoterminal's first end it waits for those that
// write to the other (tty_vhangup). A Unix socket's closes the descriptors in its queue.
enum clinux_closing clinux_closing_of(int fd) {
  struct statx found;
  // Nobody is asked.
  if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE, &found) < 0)
    return CLINUX_EACH_CLOSE_WAITS;
  switch (found.stx_mode & S_IFMT) {
    case S_IFIFO:
    case S_IFSOCK: return CLINUX_LAST_CLOSE_WAITS;
    case S_IFCHR: return closing_of_device(found.stx_rdev_major);
    default: return CLINUX_EACH_CLOSE_WAITS;
  }
}
