// Which fault this process has: what is written in a file, the same for all programs of one build. Not in
// the environment, which a daemon doesn't pass on. It is read before anything runs, so that what a process
// does between its fork and its exec needs no more than memory.
#include "faults.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static int chosen;

__attribute__((constructor)) static void choose(void) {
  char text[16] = {0};
  int file = open(CHOSEN, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  if (read(file, text, sizeof text - 1) > 0) chosen = atoi(text);
  close(file);
}

bool faulty(int number) { return chosen == number; }
