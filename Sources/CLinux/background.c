#define _GNU_SOURCE
#include "background.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "clinux_descriptor.h"
#include "clinux_signal.h"

enum { FAILURE_NANOSECONDS = 5000000 };

void background_detach(const char *name) {
  setsid();
  prctl(PR_SET_NAME, name, 0, 0, 0);
  // That it outlives the daemon, should that be chosen, is what it is for. Not permitted to
  // everybody.
  int score = clinux_openat(clinux_at_fdcwd(), "/proc/self/oom_score_adj", O_WRONLY, 0);
  if (score < 0) return;
  (void)!write(score, "-1000", 5);
  close(score);
}

void background_let_go(void) {
  (void)!chdir("/");
  int null = clinux_openat(clinux_at_fdcwd(), "/dev/null", O_RDWR, 0);
  for (int fd = 0; null >= 0 && fd < 3; fd++) dup2(null, fd);
  if (null > 2) close(null);
}

// Where close_range(2) is forbidden it is done the long way.
static void close_all(unsigned first, unsigned last) {
  if (first > last || syscall(SYS_close_range, first, last, 0) == 0) return;
  struct rlimit limit;
  unsigned end = getrlimit(RLIMIT_NOFILE, &limit) ? 1024 : (unsigned)limit.rlim_cur;
  for (unsigned fd = first; fd <= last && fd < end; fd++) close((int)fd);
}

void background_keep_only(const int *kept, size_t count) {
  for (unsigned first = 3;;) {
    unsigned next = ~0U;
    for (size_t index = 0; index < count; index++)
      if (kept[index] >= (int)first && (unsigned)kept[index] < next) next = (unsigned)kept[index];
    if (next == ~0U) return close_all(first, next);
    if (next > first) close_all(first, next - 1);
    first = next + 1;
  }
}

time_t background_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec;
}

int background_poll(struct pollfd *sources, nfds_t count, int timeout) {
  int answer = poll(sources, count, timeout);
  if (answer < 0 && errno != EINTR)
    nanosleep(&(struct timespec){.tv_nsec = FAILURE_NANOSECONDS}, NULL);
  return answer;
}

int background_signals(uint64_t signals) {
  const struct sigaction action = {.sa_handler = SIG_DFL};
  sigaction(SIGCONT, &action, NULL);
  int fd = clinux_signal_descriptor(signals | UINT64_C(1) << (SIGCONT - 1));
  if (fd >= 0) prctl(PR_SET_PDEATHSIG, SIGCONT, 0, 0, 0);
  return fd;
}

bool background_daemon_died(int signals, pid_t daemon) {
  struct signalfd_siginfo info;
  bool died = false;
  while (read(signals, &info, sizeof info) == (ssize_t)sizeof info)
    if (info.ssi_signo == SIGCONT && info.ssi_code == SI_USER && (pid_t)info.ssi_pid == daemon)
      died = true;
  // One that was sent for another reason may stand for both.
  return died || getppid() != daemon;
}
