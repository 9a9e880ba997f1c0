#include "fifo.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int fifo_open(const char *path) {
  if (mkfifo(path, 0600) < 0 && errno != EEXIST) err(1, "%s", path);
  // For writing, too: it has no end while no job has it open.
  int fifo = open(path, O_RDWR | O_CLOEXEC);
  if (fifo < 0) err(1, "%s", path);
  return fifo;
}

pid_t fifo_await(int fifo) {
  pid_t pid;
  // It is written at once, being shorter than PIPE_BUF.
  if (read(fifo, &pid, sizeof pid) != sizeof pid) err(1, "fifo");
  return pid;
}
