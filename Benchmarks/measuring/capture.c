// How fast captured output comes: from the call to the final reply.
//
//   capture ROUNDS MEBIBYTES TARGET...
//
// MEBIBYTES is what the job writes. Prints "NAME BYTES_PER_SECOND" for each job.
#define _GNU_SOURCE
#include <err.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "target.h"

enum { TARGETS_MAX = 8, BUFFER = 1 << 20, HEAD_MAX = 64 };

// The beginning of a message, which says whether another one follows.
struct head {
  char bytes[HEAD_MAX];
  size_t length;
};

static void gather(struct head *head, const char *bytes, size_t length) {
  size_t room = sizeof head->bytes - head->length;
  size_t taken = length < room ? length : room;
  memcpy(head->bytes + head->length, bytes, taken);
  head->length += taken;
}

static bool is_final(struct head *head) {
  bool continues = memmem(head->bytes, head->length, "\"continues\":true", 16);
  head->length = 0;
  return !continues;
}

// Whether the final message ends in these bytes.
static bool ends(struct head *head, const char *bytes, size_t length) {
  const char *end = bytes + length;
  while (bytes < end) {
    const char *nul = memchr(bytes, 0, (size_t)(end - bytes));
    if (!nul) {
      gather(head, bytes, (size_t)(end - bytes));
      return false;
    }
    gather(head, bytes, (size_t)(nul - bytes));
    if (is_final(head)) return true;
    bytes = nul + 1;
  }
  return false;
}

static double run(const struct target *target, size_t written) {
  static char buffer[BUFFER];
  struct head head = {.length = 0};
  size_t received = 0;
  ssize_t count;
  int line = target_connect(target);
  int64_t sent = now();
  target_send(target, line);
  do {
    count = read(line, buffer, sizeof buffer);
    if (count <= 0) errx(1, "%s: closed the connection", target->name);
    received += (size_t)count;
  } while (!ends(&head, buffer, (size_t)count));
  int64_t told = now();
  close(line);
  if (received < written) errx(1, "%s: %zu bytes are missing", target->name, written - received);
  return (double)written * 1e9 / (double)(told - sent);
}

int main(int count, char **arguments) {
  if (count < 3 + TARGET_WORDS) errx(2, "usage: capture ROUNDS MEBIBYTES TARGET...");
  long rounds = atol(arguments[1]);
  size_t written = (size_t)atol(arguments[2]) << 20;
  struct target targets[TARGETS_MAX];
  size_t target_count = targets_parse(arguments + 3, targets, TARGETS_MAX);
  for (long round = 0; round < rounds; round++) {
    for (size_t turn = 0; turn < target_count; turn++) {
      const struct target *target = &targets[(turn + (size_t)round) % target_count];
      printf("%s %.0f\n", target->name, run(target, written));
    }
  }
}
