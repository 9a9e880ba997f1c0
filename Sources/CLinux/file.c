#define _GNU_SOURCE
#include "clinux_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

int clinux_try_lock(int fd) {
  int answer;
  do answer = flock(fd, LOCK_EX | LOCK_NB);
  while (answer < 0 && errno == EINTR);
  return answer < 0 ? -errno : 0;
}

int clinux_is_file(int fd, const char *path) {
  struct stat open_file, named;
  if (fstat(fd, &open_file) < 0) return -errno;
  if (stat(path, &named) < 0) return errno == ENOENT ? 0 : -errno;
  return open_file.st_dev == named.st_dev && open_file.st_ino == named.st_ino;
}

int clinux_is_socket(const char *path, bool follow) {
  struct stat named;
  int answer = follow ? stat(path, &named) : lstat(path, &named);
  return answer < 0 ? -errno : S_ISSOCK(named.st_mode);
}

int clinux_unlink(const char *path) { return unlink(path) < 0 ? -errno : 0; }

int clinux_duplicate(int fd, int first) {
  int copy = fcntl(fd, F_DUPFD_CLOEXEC, first);
  return copy < 0 ? -errno : copy;
}

int clinux_make_directory(const char *path, unsigned mode) {
  if (mkdir(path, mode) < 0) return errno == EEXIST ? 0 : -errno;
  return chmod(path, mode) < 0 ? -errno : 0;
}

void clinux_sleep(int milliseconds) {
  struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
  while (nanosleep(&time, &time) < 0 && errno == EINTR) {
  }
}

int clinux_socket_path(int fd, char *path, size_t size) {
  struct sockaddr_un address = {0};
  socklen_t length = sizeof address;
  if (getsockname(fd, (struct sockaddr *)&address, &length) < 0) return -errno;
  if (address.sun_family != AF_UNIX) return -ENOTSOCK;
  size_t used = strnlen(address.sun_path, sizeof address.sun_path);
  if (used > size) return -ENAMETOOLONG;
  memcpy(path, address.sun_path, used);
  return (int)used;
}
