// A job that forks without end: `forks stay|go COUNT FIFO`. At most COUNT processes live at one
// time, all of them busy with forking. Where they go, one that finds no room may end, and so makes
// some and orphans its children. The first one stays. When there are COUNT for the first time it
// writes its process id to the FIFO.
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static atomic_long *alive;
static long alive_max;

static bool take_place(void) {
  if (atomic_fetch_add(alive, 1) < alive_max) return true;
  atomic_fetch_sub(alive, 1);
  return false;
}

static bool draw_end(void) {
  static uint32_t state;
  if (!state) state = (uint32_t)getpid();
  state = state * 1664525 + 1013904223;
  return state >> 29 == 0;
}

static void tell(const char *path) {
  pid_t pid = getpid();
  int fifo = open(path, O_WRONLY | O_CLOEXEC);
  if (fifo < 0 || write(fifo, &pid, sizeof pid) != sizeof pid) err(1, "%s", path);
  close(fifo);
}

int main(int count, char **arguments) {
  if (count != 4) errx(2, "usage: forks stay|go COUNT FIFO");
  bool may_go = strcmp(arguments[1], "go") == 0;
  alive_max = atol(arguments[2]);
  alive = mmap(NULL, sizeof *alive, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (alive == MAP_FAILED) err(1, "mmap");
  atomic_store(alive, 1);
  // Nobody has to reap.
  signal(SIGCHLD, SIG_IGN);
  bool is_first = true, has_told = false;
  for (;;) {
    if (take_place()) {
      pid_t pid = fork();
      if (pid < 0) atomic_fetch_sub(alive, 1);
      if (pid == 0) is_first = false;
    } else if (!is_first) {
      if (may_go && draw_end()) {
        atomic_fetch_sub(alive, 1);
        _exit(0);
      }
    } else if (!has_told) {
      tell(arguments[3]);
      has_told = true;
    }
  }
}
