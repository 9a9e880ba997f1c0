#define _GNU_SOURCE
#include "clinux_process.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process_stat.h"

_Static_assert(CLINUX_LIMITS == RLIM_NLIMITS, "resource limits of the kernel");

int clinux_pidfd_open(pid_t pid) {
  long fd = syscall(SYS_pidfd_open, pid, 0);
  return fd < 0 ? -errno : (int)fd;
}

int clinux_pidfd_send_signal(int pidfd, int signal) {
  return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) ? -errno : 0;
}

static uint64_t microseconds(struct timeval time) {
  return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_usec;
}

static int wait_for(idtype_t type, id_t id, int options, struct clinux_exit *exit) {
  siginfo_t info = {0};
  struct rusage usage = {0};
  long answer;
  do answer = syscall(SYS_waitid, type, id, &info, options, &usage);
  while (answer < 0 && errno == EINTR);
  if (answer < 0) return -errno;
  if (info.si_pid == 0) return 0;
  *exit = (struct clinux_exit){
      .pid = info.si_pid,
      .code = info.si_code,
      .status = info.si_status,
      .user_usec = microseconds(usage.ru_utime),
      .system_usec = microseconds(usage.ru_stime),
      .max_resident_bytes = (uint64_t)usage.ru_maxrss * 1024,
  };
  return 1;
}

int clinux_reap(int pidfd, bool wait, struct clinux_exit *exit) {
  // __WALL: until a spawned child has executed its program it has no exit signal, and without
  // the flag waitid doesn't see such children (clinux_spawn.h says why it has none).
  return wait_for(P_PIDFD, (id_t)pidfd, WEXITED | __WALL | (wait ? 0 : WNOHANG), exit);
}

pid_t clinux_exited_child(void) {
  struct clinux_exit exit;
  int answer = wait_for(P_ALL, 0, WEXITED | WNOHANG | WNOWAIT, &exit);
  if (answer == -ECHILD) return 0;
  return answer > 0 ? exit.pid : answer;
}

int clinux_reap_exited(pid_t pid, struct clinux_exit *exit) {
  return wait_for(P_PID, (id_t)pid, WEXITED | WNOHANG, exit);
}

int clinux_wait_and_reap(pid_t pid, struct clinux_exit *exit) {
  return wait_for(P_PID, (id_t)pid, WEXITED | __WALL, exit);
}

int clinux_reap_any(struct clinux_exit *exit) {
  return wait_for(P_ALL, 0, WEXITED | __WALL | WNOHANG, exit);
}

int clinux_was_executed(pid_t pid) {
  struct process_stat now;
  return process_stat_read(pid, &now) ? now.was_executed : -ESRCH;
}

// Without __WALL children without an exit signal aren't there.
static bool is_child(pid_t pid, int options) {
  struct clinux_exit exit;
  return wait_for(P_PID, (id_t)pid, WEXITED | WNOHANG | WNOWAIT | options, &exit) != -ECHILD;
}

bool clinux_child_executed(pid_t pid) { return is_child(pid, 0); }

bool clinux_is_newborn(pid_t pid) { return is_child(pid, __WALL) && !is_child(pid, 0); }

int clinux_become_subreaper(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) ? -errno : 0; }

int clinux_get_limit(int resource, struct clinux_limit *limit) {
  struct rlimit64 value;
  if (prlimit64(0, (__rlimit_resource_t)resource, NULL, &value)) return -errno;
  *limit = (struct clinux_limit){resource, value.rlim_cur, value.rlim_max};
  return 0;
}

int clinux_set_limit(const struct clinux_limit *limit) {
  struct rlimit64 value = {limit->soft, limit->hard};
  return prlimit64(0, (__rlimit_resource_t)limit->resource, &value, NULL) ? -errno : 0;
}

int clinux_permitted_processors(void) {
  cpu_set_t permitted;
  return sched_getaffinity(0, sizeof permitted, &permitted) ? 0 : CPU_COUNT(&permitted);
}
