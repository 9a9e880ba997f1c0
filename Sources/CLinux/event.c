#define _GNU_SOURCE
#include "clinux_event.h"

#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
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

int clinux_semaphore_wait_within(sem_t *semaphore, long microseconds) {
  struct timespec end;
  clock_gettime(CLOCK_MONOTONIC, &end);
  microseconds += end.tv_nsec / 1000;
  end.tv_sec += microseconds / 1000000;
  end.tv_nsec = microseconds % 1000000 * 1000;
  return sem_clockwait(semaphore, CLOCK_MONOTONIC, &end);
}

int clinux_alarm(void) {
  int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
  return fd < 0 ? -errno : fd;
}

void clinux_alarm_set(int fd, long microseconds) {
  struct itimerspec when = {.it_value = {.tv_sec = microseconds / 1000000,
                                         .tv_nsec = microseconds % 1000000 * 1000}};
  timerfd_settime(fd, 0, &when, NULL);
}
