// Holds connections until its own standard input ends.
//
//   hold idle COUNT TARGET       the target's message has been answered, and nothing follows
//   hold stalled COUNT TARGET    the answers have begun, and are not read
//   hold FIFO COUNT TARGET       the message has had a job of `tree` run
//
// Prints "ready" when all are there.
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fifo.h"
#include "target.h"

static void read_one_byte(int line) {
  char first;
  if (read(line, &first, 1) != 1) err(1, "read");
}

int main(int count, char **arguments) {
  if (count != 3 + TARGET_WORDS) errx(2, "usage: hold idle|stalled|FIFO COUNT TARGET");
  bool idle = strcmp(arguments[1], "idle") == 0, stalled = strcmp(arguments[1], "stalled") == 0;
  int fifo = idle || stalled ? -1 : fifo_open(arguments[1]);
  struct target target;
  targets_parse(arguments + 3, &target, 1);
  for (long held = atol(arguments[2]); held > 0; held--) {
    int line = target_connect(&target);
    target_send(&target, line);
    if (idle)
      target_await(&target, line);
    else if (stalled)
      read_one_byte(line);
    else
      fifo_await(fifo);
  }
  puts("ready");
  fflush(stdout);
  char ignored;
  while (read(STDIN_FILENO, &ignored, 1) > 0) continue;
}
