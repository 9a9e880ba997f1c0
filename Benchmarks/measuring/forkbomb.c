// From the end of the line to cgroup.kill, of a job that keeps every processor busy.
//
//   forkbomb ROUNDS HIERARCHY FIFO TARGET...
//
// Prints for each job when its cgroup.kill is opened, "NAME NANOSECONDS", and when what was written
// there has been done, "NAME, done NANOSECONDS". To see both at once, this process goes before all
// others: it has a realtime priority.
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "clock.h"
#include "fifo.h"
#include "target.h"

enum { TARGETS_MAX = 8, RUN_MICROSECONDS = 20000 };

struct moments {
  int64_t opened, done;
};

// A line of /proc/PID/cgroup begins with "0::" where it is of cgroup v2. cgroups(7)
static void find_leaf(pid_t pid, const char *hierarchy, char path[PATH_MAX]) {
  char name[64], line[PATH_MAX / 2];
  snprintf(name, sizeof name, "/proc/%d/cgroup", pid);
  FILE *file = fopen(name, "re");
  if (!file) err(1, "%s", name);
  *path = 0;
  while (!*path && fgets(line, sizeof line, file)) {
    if (strncmp(line, "0::", 3) != 0) continue;
    line[strcspn(line, "\n")] = 0;
    snprintf(path, PATH_MAX, "%s%s/cgroup.kill", hierarchy, line + 3);
  }
  fclose(file);
}

static struct moments await_kill(int inotify) {
  struct moments moments = {0, 0};
  _Alignas(struct inotify_event) char events[4096];
  while (!moments.done) {
    struct pollfd readable = {.fd = inotify, .events = POLLIN};
    poll(&readable, 1, -1);
    int64_t moment = now();
    ssize_t length = read(inotify, events, sizeof events);
    if (length < 0) err(1, "inotify");
    for (ssize_t at = 0; at < length;) {
      const struct inotify_event *event = (const struct inotify_event *)(events + at);
      if (event->mask & IN_OPEN && !moments.opened) moments.opened = moment;
      if (event->mask & IN_MODIFY && !moments.done) moments.done = moment;
      at += (ssize_t)(sizeof *event + event->len);
    }
  }
  return moments;
}

static void run(const struct target *target, const char *hierarchy, int fifo) {
  int line = target_connect(target);
  target_send(target, line);
  char path[PATH_MAX];
  find_leaf(fifo_await(fifo), hierarchy, path);
  int inotify = inotify_init1(IN_CLOEXEC);
  if (inotify_add_watch(inotify, path, IN_OPEN | IN_MODIFY) < 0) err(1, "%s", path);
  usleep(RUN_MICROSECONDS);

  int64_t ended = now();
  target_half_close(line);
  struct moments moments = await_kill(inotify);
  target_await(target, line);
  close(inotify);
  close(line);
  printf("%s %lld\n", target->name, (long long)(moments.opened - ended));
  printf("%s, done %lld\n", target->name, (long long)(moments.done - ended));
}

int main(int count, char **arguments) {
  if (count < 4 + TARGET_WORDS) errx(2, "usage: forkbomb ROUNDS HIERARCHY FIFO TARGET...");
  long rounds = atol(arguments[1]);
  int fifo = fifo_open(arguments[3]);
  struct target targets[TARGETS_MAX];
  size_t target_count = targets_parse(arguments + 4, targets, TARGETS_MAX);
  struct sched_param realtime = {.sched_priority = 1};
  if (sched_setscheduler(0, SCHED_FIFO, &realtime) < 0) err(1, "sched_setscheduler");
  for (long round = 0; round < rounds; round++)
    for (size_t turn = 0; turn < target_count; turn++)
      run(&targets[(turn + (size_t)round) % target_count], arguments[2], fifo);
}
