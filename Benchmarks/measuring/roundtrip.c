// One job at a time on an open connection, from the first byte sent to the last one read.
//
//   roundtrip BLOCKS TARGET...
//
// The targets take turns, each for a block of jobs, so that all of them see the same machine.
// Prints "NAME NANOSECONDS" for each job.
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "target.h"

enum { TARGETS_MAX = 8, BLOCK = 20, WARM_UP = 100 };

static int64_t run(const struct target *target, int line) {
  int64_t sent = now();
  target_send(target, line);
  target_await(target, line);
  return now() - sent;
}

int main(int count, char **arguments) {
  if (count < 2 + TARGET_WORDS) errx(2, "usage: roundtrip BLOCKS TARGET...");
  long blocks = atol(arguments[1]);
  struct target targets[TARGETS_MAX];
  size_t target_count = targets_parse(arguments + 2, targets, TARGETS_MAX);

  int lines[TARGETS_MAX];
  for (size_t index = 0; index < target_count; index++) {
    lines[index] = target_connect(&targets[index]);
    for (int job = 0; job < WARM_UP; job++) run(&targets[index], lines[index]);
  }
  for (long block = 0; block < blocks; block++) {
    for (size_t turn = 0; turn < target_count; turn++) {
      // Whoever is first isn't always so.
      size_t index = (turn + (size_t)block) % target_count;
      int64_t samples[BLOCK];
      for (int job = 0; job < BLOCK; job++) samples[job] = run(&targets[index], lines[index]);
      for (int job = 0; job < BLOCK; job++)
        printf("%s %lld\n", targets[index].name, (long long)samples[job]);
    }
  }
}
