#define _GNU_SOURCE
#include "clinux_signal.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <unistd.h>

int clinux_signal_descriptor(uint64_t signals) {
  sigset_t set;
  sigemptyset(&set);
  for (int number = 1; number <= 64; number++) {
    if (!(signals >> (number - 1) & 1)) continue;
    struct sigaction action;
    if (sigaction(number, NULL, &action) < 0) return -errno;
    // A signal that is both ignored and blocked would be queued, and read: what nohup(1) made deaf
    // would hear again.
    if (action.sa_handler != SIG_IGN) sigaddset(&set, number);
  }
  if (sigprocmask(SIG_BLOCK, &set, NULL) < 0) return -errno;
  int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  return fd < 0 ? -errno : fd;
}

int clinux_read_signal(int fd) {
  struct signalfd_siginfo info;
  ssize_t count;
  do count = read(fd, &info, sizeof info); while (count < 0 && errno == EINTR);
  if (count == (ssize_t)sizeof info) return (int)info.ssi_signo;
  return count < 0 && errno != EAGAIN ? -errno : 0;
}
