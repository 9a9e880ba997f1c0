#include "clinux_epoll.h"

#include <errno.h>
#include <sys/epoll.h>

int clinux_epoll(void) {
  int fd = epoll_create1(EPOLL_CLOEXEC);
  return fd < 0 ? -errno : fd;
}

static int control(int epoll, int operation, int fd, uint32_t events, uint64_t token) {
  struct epoll_event event = {.events = events, .data.u64 = token};
  return epoll_ctl(epoll, operation, fd, &event) < 0 ? -errno : 0;
}

int clinux_epoll_add(int epoll, int fd, uint32_t events, uint64_t token) {
  return control(epoll, EPOLL_CTL_ADD, fd, events, token);
}

int clinux_epoll_change(int epoll, int fd, uint32_t events, uint64_t token) {
  return control(epoll, EPOLL_CTL_MOD, fd, events, token);
}

int clinux_epoll_remove(int epoll, int fd) {
  return control(epoll, EPOLL_CTL_DEL, fd, 0, 0);
}

int clinux_epoll_take(int epoll, struct clinux_ready *ready) {
  struct epoll_event events[CLINUX_READY_MAX];
  int count = epoll_wait(epoll, events, CLINUX_READY_MAX, 0);
  if (count < 0) return -errno;
  for (int i = 0; i < count; i++) {
    ready[i] = (struct clinux_ready){.token = events[i].data.u64, .events = events[i].events};
  }
  return count;
}
