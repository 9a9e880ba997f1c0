// A job of many processes: `tree COUNT FIFO`. Every other one has been forked twice and is in a
// session of its own. When all are there the first one writes its process id to the FIFO; none ever
// ends by itself.
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void stay(void) {
  for (;;) pause();
}

static pid_t checked_fork(void) {
  pid_t pid = fork();
  if (pid < 0) err(1, "fork");
  return pid;
}

static void fork_child(void) {
  if (checked_fork() == 0) stay();
}

static void fork_stranger(void) {
  pid_t between = checked_fork();
  if (between == 0) {
    setsid();
    if (checked_fork() == 0) stay();
    _exit(0);
  }
  waitpid(between, NULL, 0);
}

int main(int count, char **arguments) {
  if (count != 3) errx(2, "usage: tree COUNT FIFO");
  for (long process = atol(arguments[1]) - 1; process > 0; process--)
    process % 2 ? fork_child() : fork_stranger();
  pid_t pid = getpid();
  int fifo = open(arguments[2], O_WRONLY | O_CLOEXEC);
  if (fifo < 0 || write(fifo, &pid, sizeof pid) != sizeof pid) err(1, "%s", arguments[2]);
  close(fifo);
  stay();
}
