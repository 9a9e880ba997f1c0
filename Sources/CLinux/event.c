#include "clinux_event.h"

#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

int clinux_event_counter(bool takes_one, bool nonblocking) {
  int flags = EFD_CLOEXEC | (takes_one ? EFD_SEMAPHORE : 0) | (nonblocking ? EFD_NONBLOCK : 0);
  int fd = eventfd(0, flags);
  return fd < 0 ? -errno : fd;
}

int clinux_event_counter_add(int fd) {
  uint64_t one = 1;
  ssize_t count;
  do count = write(fd, &one, sizeof one);
  while (count < 0 && errno == EINTR);
  return count == sizeof one ? 0 : -errno;
}

void clinux_event_counter_take(int fd) {
  uint64_t value;
  while (read(fd, &value, sizeof value) < 0 && errno == EINTR) {
  }
}
