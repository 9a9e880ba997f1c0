#define _GNU_SOURCE
#include "target.h"

#include <err.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { REPLY_MAX = 64 * 1024 };

size_t targets_parse(char **words, struct target *targets, size_t max) {
  size_t count = 0;
  for (; *words; words += TARGET_WORDS, count++) {
    for (int word = 1; word < TARGET_WORDS; word++)
      if (!words[word]) errx(2, "a target is NAME SOCKET MESSAGE EXPECTED");
    if (count == max) errx(2, "too many targets");
    targets[count] = (struct target){words[0], words[1], words[2], words[3]};
  }
  if (!count) errx(2, "no target");
  return count;
}

int target_connect(const struct target *target) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(target->socket) >= sizeof address.sun_path) errx(2, "%s: too long", target->socket);
  strcpy(address.sun_path, target->socket);
  int line = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (line < 0) err(1, "socket");
  if (connect(line, (struct sockaddr *)&address, sizeof address) < 0) err(1, "%s", target->socket);
  return line;
}

void target_send(const struct target *target, int line) {
  size_t length = strlen(target->message) + 1;
  if (send(line, target->message, length, MSG_NOSIGNAL) != (ssize_t)length)
    err(1, "%s: send", target->name);
}

// NULL where the end of it has not arrived.
static const char *last_message(const char *bytes, size_t length) {
  if (length == 0 || bytes[length - 1] != 0) return NULL;
  const char *end_of_previous = memrchr(bytes, 0, length - 1);
  return end_of_previous ? end_of_previous + 1 : bytes;
}

void target_await(const struct target *target, int line) {
  static char reply[REPLY_MAX];
  size_t length = 0;
  const char *last;
  do {
    ssize_t count = read(line, reply + length, sizeof reply - length);
    if (count < 0) err(1, "%s: read", target->name);
    if (count == 0) errx(1, "%s: closed the connection", target->name);
    length += (size_t)count;
  } while (!(last = last_message(reply, length)) || strstr(last, "\"continues\":true"));
  if (!strstr(last, target->expected)) errx(1, "%s: replied %s", target->name, last);
}

void target_half_close(int line) {
  if (shutdown(line, SHUT_WR) < 0) err(1, "shutdown");
}
