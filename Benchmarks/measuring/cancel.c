// From the end of the line to the reply that says that nothing is left of the job.
//
//   cancel ROUNDS AGE FIFO TARGET...
//
// Each job is one of `tree`, and AGE µs old, counted from when all of its processes were there.
// Prints "NAME NANOSECONDS" for each.
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "fifo.h"
#include "target.h"

enum { TARGETS_MAX = 8, WARM_UP = 2 };

// Sleeping would be the time of a timer more, and of a processor that has to wake up.
static void wait_busily(int64_t until) {
  while (now() < until) continue;
}

static int64_t run(const struct target *target, int fifo, int64_t age) {
  int line = target_connect(target);
  target_send(target, line);
  pid_t pid = fifo_await(fifo);
  wait_busily(now() + age);

  int64_t ended = now();
  target_half_close(line);
  target_await(target, line);
  int64_t told = now();

  if (kill(pid, 0) == 0 || errno != ESRCH) errx(1, "%s: process %d is left", target->name, pid);
  close(line);
  return told - ended;
}

int main(int count, char **arguments) {
  if (count < 4 + TARGET_WORDS) errx(2, "usage: cancel ROUNDS AGE FIFO TARGET...");
  long rounds = atol(arguments[1]);
  int64_t age = atol(arguments[2]) * 1000;
  int fifo = fifo_open(arguments[3]);
  struct target targets[TARGETS_MAX];
  size_t target_count = targets_parse(arguments + 4, targets, TARGETS_MAX);
  for (long round = -WARM_UP; round < rounds; round++) {
    for (size_t turn = 0; turn < target_count; turn++) {
      const struct target *target = &targets[(turn + (size_t)(round + WARM_UP)) % target_count];
      int64_t sample = run(target, fifo, age);
      if (round >= 0) printf("%s %lld\n", target->name, (long long)sample);
    }
  }
}
