#define _GNU_SOURCE
#include "clinux_guardian.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "background.h"
#include "clinux_cgroup.h"
#include "clinux_descriptor.h"
#include "clinux_process.h"
#include "copy_process.h"
#include "spawn_child.h"

enum {
  FIRST_DELAY_MILLISECONDS = 1,
  LAST_DELAY_MILLISECONDS = 1000,
};

static void write_text(int directory, const char *path, const char *text) {
  int fd = clinux_openat(directory, path, O_WRONLY, 0);
  if (fd < 0) return;
  // An answer would change nothing: what wasn't done is tried again, or isn't permitted.
  (void)!write(fd, text, strlen(text));
  close(fd);
}

// What tells of the daemon.
struct signs {
  int lifeline;
  // Negative on kernels before 5.3, and no descriptor.
  int pidfd;
  // Negative where the kernel has no memory for it.
  int signals;
};

// From a table that is the daemon's, too. False where that isn't permitted any more.
static bool fetch(struct clinux_guardian_duties *spec) {
  int *needed[] = {&spec->lifeline, &spec->jobs, &spec->parent, &spec->lock};
  if (keep_descriptors(spec->own_process)) return false;
  for (size_t index = 0; index < sizeof needed / sizeof *needed; index++)
    if (*needed[index] > spec->own_process &&
        (*needed[index] = fetch_descriptor(spec->own_process, *needed[index])) < 0)
      return false;
  return true;
}

static struct signs detach(const struct clinux_guardian_duties *spec, pid_t daemon) {
  struct signs signs = {spec->lifeline, clinux_pidfd_open(daemon), background_signals(0)};
  background_detach("jobd-guardian");
  // The lifeline's other end is among what is closed: an open one would keep the guardian from
  // ever seeing the end of the file.
  background_let_go();
  background_keep_only((const int[]){spec->lifeline, spec->jobs, spec->parent, spec->lock,
                                     signs.pidfd, signs.signals},
                       6);
  return signs;
}

static bool has_told(const struct signs *signs, const struct pollfd *sources, pid_t daemon) {
  return sources[0].revents || sources[1].revents ||
         (sources[2].revents && background_daemon_died(signs->signals, daemon));
}

// Whether the daemon said that all is well: a byte, rather than its end, which is that of the file, its pidfd's, or
// that of the thread that forked us. A process that is just being started has a copy of the lifeline's other end, and
// keeps it for as long as it is frozen, or waits for its execve; and so has a thread that waits in the kernel, of
// which the pidfd's end waits, too.
static bool was_told_to_stand_down(const struct signs *signs, pid_t daemon) {
  struct pollfd sources[] = {
      {.fd = signs->lifeline, .events = POLLIN},
      {.fd = signs->pidfd, .events = POLLIN},
      {.fd = signs->signals, .events = POLLIN},
  };
  while (background_poll(sources, 3, -1) < 0 || !has_told(signs, sources, daemon)) continue;
  // It may have said so after the one was looked at, and have ended before the other was.
  if (!sources[0].revents && poll(sources, 1, 0) <= 0) return false;
  char byte;
  ssize_t count;
  do count = read(signs->lifeline, &byte, 1);
  while (count < 0 && errno == EINTR);
  return count != 0;
}

static int remove_all(const struct clinux_guardian_duties *spec) {
  int answer = clinux_remove_nested_cgroups(spec->jobs);
  return answer || !spec->name ? answer : clinux_remove_cgroup(spec->parent, spec->name);
}

// What cgroup.events says; nothing where it can't be read.
struct events {
  bool is_readable;
  bool is_populated;
};

static struct events read_events(int fd) {
  char text[128];
  ssize_t count = pread(fd, text, sizeof text - 1, 0);
  if (count < 0) return (struct events){.is_readable = false, .is_populated = true};
  text[count] = 0;
  return (struct events){.is_readable = true, .is_populated = !strstr(text, "populated 0")};
}

static void end_jobs(const struct clinux_guardian_duties *spec) {
  int fd = clinux_openat(spec->jobs, "cgroup.events", O_RDONLY, 0);
  time_t end = background_seconds() + spec->patience_seconds;
  // Since when nobody lives there; 0 while somebody does.
  time_t empty_since = 0;
  int delay = FIRST_DELAY_MILLISECONDS;
  for (;;) {
    // Removing is the test for emptiness. Killing is repeated, though the kernel kills whatever
    // is forked meanwhile: a threaded cgroup in the tree or a process that comes in from
    // elsewhere would be missed by a single one.
    write_text(spec->jobs, "cgroup.kill", "1");
    if (remove_all(spec) == 0 || background_seconds() > end) break;
    struct events events = read_events(fd);
    // What has no process waits for nothing but the kernel, or for somebody who keeps the directory
    // busy: the next daemon may as well begin, and removes it when it can be.
    if (events.is_populated) empty_since = 0;
    else if (!empty_since) empty_since = background_seconds();
    else if (background_seconds() - empty_since > spec->removal_seconds) break;
    // The kernel may withhold a notification for ten milliseconds, so it only shortens the wait.
    struct pollfd change = {.fd = fd, .events = POLLPRI};
    if (events.is_readable) poll(&change, 1, delay);
    else poll(NULL, 0, delay);
    if (delay < LAST_DELAY_MILLISECONDS) delay *= 2;
  }
}

static void remove_files(const struct clinux_guardian_duties *spec) {
  struct stat held, named;
  if (spec->lock < 0 || !spec->lock_path) return;
  // Somebody may have removed the file and a new daemon have locked another one of that name.
  if (fstat(spec->lock, &held) || stat(spec->lock_path, &named)) return;
  if (held.st_dev != named.st_dev || held.st_ino != named.st_ino) return;
  if (spec->socket_path) unlink(spec->socket_path);
  unlink(spec->lock_path);
}

static _Noreturn void guard(struct clinux_guardian_duties spec, pid_t daemon) {
  if (spec.own_process >= 0 && !fetch(&spec)) exit_copy(CLINUX_GUARDIAN_FETCH_FAILED);
  struct signs signs = detach(&spec, daemon);
  if (!was_told_to_stand_down(&signs, daemon)) {
    end_jobs(&spec);
    remove_files(&spec);
  }
  exit_copy(0);
}

static pid_t fork_guardian(const struct clinux_guardian_duties *spec) {
  pid_t daemon = getpid();
  pid_t pid = spec->own_process < 0 ? fork() : copy_process_for_good(CLONE_FILES | SIGCHLD, NULL);
  if (pid == 0) guard(*spec, daemon);
  return pid < 0 ? -errno : pid;
}

// Forks a guardian, which hears of its death.
struct keeper {
  const struct clinux_guardian_duties *spec;
  // Or -errno.
  pid_t guardian;
  sem_t is_done;
};

// No file is open in it: a thread that is killed lets go of those first, and may have to wait for whoever has locked a pipe
// before its death is told. The last one of the daemon's does, whichever that is.
static void *keep(void *argument) {
  struct keeper *keeper = argument;
  pid_t pid = keeper->guardian = fork_guardian(keeper->spec);
  // From now on it is gone.
  sem_post(&keeper->is_done);
  // Where that is forbidden it may be the last one.
  if (pid > 0) syscall(SYS_close_range, 0, ~0U, CLOSE_RANGE_UNSHARE);
  siginfo_t end;
  while (pid > 0 && waitid(P_PID, pid, &end, WEXITED | WNOWAIT) < 0 && errno == EINTR) continue;
  return NULL;
}

// False where there can't be another thread.
static bool start_keeper(struct keeper *keeper) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  // Set aside; it costs what is touched.
  pthread_attr_setstacksize(&attributes, 1 << 20);
  pthread_t thread;
  int error = pthread_create(&thread, &attributes, keep, keeper);
  pthread_attr_destroy(&attributes);
  return error == 0;
}

pid_t clinux_guardian(const struct clinux_guardian_duties *spec) {
  struct keeper keeper = {.spec = spec};
  sem_init(&keeper.is_done, 0, 0);
  // Blocked in the thread, and before the fork, so that there is no moment in which the child could be ended.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  if (start_keeper(&keeper))
    while (sem_wait(&keeper.is_done) < 0) continue;
  else
    keeper.guardian = fork_guardian(spec);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  sem_destroy(&keeper.is_done);
  return keeper.guardian;
}
