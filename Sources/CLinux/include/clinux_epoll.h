#pragma once
// epoll(7): descriptors that are watched together. Errors are -errno.

#include <stdint.h>

/// What a descriptor is ready for, and what it was added with.
struct clinux_ready {
  uint64_t token;
  uint32_t events;
};

/// The most that are taken at one time.
enum { CLINUX_READY_MAX = 16 };

/// CLOEXEC.
int clinux_epoll(void);

int clinux_epoll_add(int epoll, int fd, uint32_t events, uint64_t token);
int clinux_epoll_change(int epoll, int fd, uint32_t events, uint64_t token);
int clinux_epoll_remove(int epoll, int fd);

/// Of those that are ready now, the next ones, into room for CLINUX_READY_MAX. Answers how many.
int clinux_epoll_take(int epoll, struct clinux_ready *_Nonnull ready);
