// The child's half of a spawn. It may run on the parent's memory while the parent's other threads
// hold any lock, so it makes system calls and nothing else: nothing that allocates, locks, or
// is cancelled. errno is the standing-still thread's own and may be written.
#define _GNU_SOURCE
#include "spawn_child.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/ioprio.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
  FIRST_NOT_STANDARD = 3,
  LAST_SIGNAL = 64,
  KERNEL_SIGNAL_SET = 8,
  // The kernel's default, as a program started from a shell has it.
  TIMER_SLACK_NANOSECONDS = 50000,
  FAILED = 127,
};

static int fail(struct spawn_child *child, enum clinux_spawn_step step, int error) {
  child->report->error = error;
  child->report->step = step;
  return FAILED;
}

// Writes all of a short text to a file, by one call of write(2): 0 or an errno.
static int write_file(int directory, const char *path, const char *text, size_t length) {
  long fd = syscall(SYS_openat, directory, path, O_WRONLY | O_CLOEXEC, 0);
  if (fd < 0) return errno;
  int error = syscall(SYS_write, fd, text, length) == (long)length ? 0 : errno;
  syscall(SYS_close, fd);
  return error;
}

// Handlers were reset by CLONE_CLEAR_SIGHAND, or would be by execve; what is ignored would stay.
static void reset_dispositions(const struct clinux_program *spec) {
  // clone(2) can't clear handlers, and unblocking with them set would run the daemon's.
  uint64_t signals = spec->flags & CLINUX_SPAWN_MIGRATE ? ~UINT64_C(0) : spec->default_signals;
  // Longer than any processor's struct sigaction, all of it zero: SIG_DFL, no flag, no mask.
  const unsigned long zero[8] = {0};
  for (int signal = 1; signal <= LAST_SIGNAL; signal++)
    if (signals >> (signal - 1) & 1)
      syscall(SYS_rt_sigaction, signal, zero, NULL, KERNEL_SIGNAL_SET);
}

int keep_descriptors(int last) {
  return syscall(SYS_close_range, last + 1, ~0U, CLOSE_RANGE_UNSHARE) == 0 ? 0 : errno;
}

int fetch_descriptor(int pidfd, int fd) { return (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0); }

// Several streams may be the same descriptor.
static int fetch_streams(const struct clinux_program *spec, int streams[3]) {
  int error = keep_descriptors(spec->own_process);
  for (int number = 0; !error && number < 3; number++) {
    int given = spec->streams[number];
    streams[number] = given;
    // It has a copy of those.
    if (given <= spec->own_process) continue;
    int same = 0;
    while (spec->streams[same] != given) same++;
    if (same < number)
      streams[number] = streams[same];
    else if ((streams[number] = fetch_descriptor(spec->own_process, given)) < 0)
      error = errno;
  }
  return error;
}

// Any of the three given descriptors may be the number that another one has to become. Such a
// one is first copied out of the way; one that is in its place already is never written over.
static int place_streams(const int given[3]) {
  int from[3];
  for (int number = 0; number < 3; number++) {
    from[number] = given[number];
    if (given[number] >= FIRST_NOT_STANDARD || given[number] == number) continue;
    from[number] =
        (int)syscall(SYS_fcntl, given[number], F_DUPFD_CLOEXEC, FIRST_NOT_STANDARD);
    if (from[number] < 0) return errno;
  }
  for (int number = 0; number < 3; number++) {
    long answer = from[number] == number ? syscall(SYS_fcntl, number, F_SETFD, 0)
                                         : syscall(SYS_dup3, from[number], number, 0);
    if (answer < 0) return errno;
  }
  return 0;
}

static int number_of(const char *name) {
  int number = 0;
  for (; *name; name++) {
    if (*name < '0' || *name > '9') return -1;
    number = number * 10 + (*name - '0');
  }
  return number;
}

// The listing's position is a descriptor's number, so closing while it goes on skips nothing.
static int close_one_by_one(int first) {
  _Alignas(struct dirent64) char buffer[2048];
  long list = syscall(SYS_openat, AT_FDCWD, "/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (list < 0) return errno;
  long filled;
  while ((filled = syscall(SYS_getdents64, list, buffer, sizeof buffer)) > 0) {
    for (long at = 0; at < filled;) {
      const struct dirent64 *entry = (const struct dirent64 *)(buffer + at);
      at += entry->d_reclen;
      int fd = number_of(entry->d_name);
      if (fd >= first && fd != list) syscall(SYS_close, fd);
    }
  }
  int error = filled < 0 ? errno : 0;
  syscall(SYS_close, list);
  return error;
}

static int close_the_rest(const struct spawn_child *child) {
  int first = FIRST_NOT_STANDARD;
  if (child->warden) {
    // Next to the standard ones, so that there is one range to be closed. It goes with execve.
    if (child->birth != first && syscall(SYS_dup3, child->birth, first, O_CLOEXEC) < 0)
      return errno;
    first++;
  }
  if (!(child->spec->flags & CLINUX_SPAWN_NO_CLOSE_RANGE) &&
      syscall(SYS_close_range, first, ~0U, 0) == 0)
    return 0;
  return close_one_by_one(first);
}

// What a daemon has set for itself and a job must not inherit. Where the child isn't permitted to
// undo it (a nice value raised for an unprivileged daemon, say), it is left: no reason to fail.
static void reset_scheduling_and_limits(const struct clinux_program *spec) {
  const struct sched_param normal = {.sched_priority = 0};
  syscall(SYS_sched_setscheduler, 0, SCHED_OTHER, &normal);
  syscall(SYS_setpriority, PRIO_PROCESS, 0, 0);
  syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_NONE, 0));
  // 0 would mean the value that the thread was born with, which is the daemon's.
  syscall(SYS_prctl, PR_SET_TIMERSLACK, TIMER_SLACK_NANOSECONDS, 0, 0, 0);
  if (!(spec->flags & CLINUX_SPAWN_KEEP_OOM_SCORE))
    write_file(AT_FDCWD, "/proc/self/oom_score_adj", "0", 1);
  for (size_t index = 0; index < spec->limit_count; index++) {
    const struct clinux_limit *limit = &spec->limits[index];
    const uint64_t pair[2] = {limit->soft, limit->hard};
    syscall(SYS_prlimit64, 0, limit->resource, pair, NULL);
  }
}

static bool leads_to_the_next(int error) {
  switch (error) {
    case EACCES:
    case ENODEV:
    case ENOENT:
    case ENOTDIR:
    case ESTALE:
    case ETIMEDOUT:
      return true;
    default:
      return false;
  }
}

// As execvp(3) searches, but a file that isn't a program (ENOEXEC) is not given to a shell.
static int execute(struct spawn_child *child) {
  const struct clinux_program *spec = child->spec;
  int told = ENOENT;
  for (int index = 0; spec->candidates[index]; index++) {
    syscall(SYS_execve, spec->candidates[index], spec->arguments, spec->environment);
    int error = errno;
    // "Permission denied" says more than the "no such file" of a later directory.
    if (told != EACCES) {
      told = error;
      child->report->candidate = index;
    }
    if (leads_to_the_next(error)) continue;
    told = error;
    child->report->candidate = index;
    break;
  }
  return fail(child, CLINUX_SPAWN_EXECUTABLE, told);
}

// The parent-death signal stays with the process, unless it executes a program that takes on other
// credentials. prctl(2)
static bool die_with(pid_t warden) {
  syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  return syscall(SYS_getppid) == warden;
}

static void sleep_until_killed(void) {
  for (;;) syscall(SYS_ppoll, NULL, 0, NULL, NULL, 0);
}

int spawn_child_main(void *argument) {
  struct spawn_child *child = argument;
  const struct clinux_program *spec = child->spec;
  int error;

  // First of all, while every descriptor of the daemon is still open here: should the daemon be
  // killed in this moment, its guardian sees the end of its pipe only after this child, which
  // holds a copy, is in the leaf, where it is killed with all others.
  if (spec->flags & CLINUX_SPAWN_MIGRATE &&
      (error = write_file(spec->cgroup, "cgroup.procs", "0", 1)))
    return fail(child, CLINUX_SPAWN_CGROUP, error);
  if (child->warden && !die_with(child->warden)) return FAILED;
  if (child->paused) {
    close_the_rest(child);
    sleep_until_killed();
  }

  int fetched[3];
  const int *streams = spec->streams;
  if (spec->flags & CLINUX_SPAWN_FETCH_STREAMS) {
    if ((error = fetch_streams(spec, fetched))) return fail(child, CLINUX_SPAWN_STREAMS, error);
    streams = fetched;
  }
  if (syscall(SYS_setsid) < 0) return fail(child, CLINUX_SPAWN_SESSION, errno);
  reset_dispositions(spec);
  if ((error = place_streams(streams))) return fail(child, CLINUX_SPAWN_STREAMS, error);
  if ((error = close_the_rest(child))) return fail(child, CLINUX_SPAWN_DESCRIPTORS, error);
  syscall(SYS_umask, spec->umask);
  reset_scheduling_and_limits(spec);
  if (syscall(SYS_chdir, spec->directory) < 0)
    return fail(child, CLINUX_SPAWN_DIRECTORY, errno);
  const uint64_t none = 0;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, KERNEL_SIGNAL_SET);
  return execute(child);
}
