// Holds connections, idle ones or with a running job of `tree` each, until its own standard input ends.
//
//   hold idle COUNT TARGET
//   hold FIFO COUNT TARGET
//
// Idle ones have had the target's message answered. Prints "ready" when all are there.
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fifo.h"
#include "target.h"

int main(int count, char **arguments) {
  if (count != 3 + TARGET_WORDS) errx(2, "usage: hold idle|FIFO COUNT TARGET");
  int fifo = strcmp(arguments[1], "idle") == 0 ? -1 : fifo_open(arguments[1]);
  struct target target;
  targets_parse(arguments + 3, &target, 1);
  for (long held = atol(arguments[2]); held > 0; held--) {
    int line = target_connect(&target);
    target_send(&target, line);
    if (fifo < 0)
      target_await(&target, line);
    else
      fifo_await(fifo);
  }
  puts("ready");
  fflush(stdout);
  char ignored;
  while (read(STDIN_FILENO, &ignored, 1) > 0) continue;
}
