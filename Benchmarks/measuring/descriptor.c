// How fast a job writes to a pipe of ours: one that was passed to a daemon with the call, and the
// same program started without any daemon, in a session of its own, too.
//
//   descriptor ROUNDS MEBIBYTES TARGET NAME COMMAND...
//
// MEBIBYTES is what the command writes. Prints "NAME BYTES_PER_SECOND" for each job.
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "target.h"

extern char **environ;

static void send_with(const struct target *target, int line, int descriptor) {
  struct iovec message = {(char *)target->message, strlen(target->message) + 1};
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control;
  struct msghdr call = {.msg_iov = &message,
                        .msg_iovlen = 1,
                        .msg_control = &control,
                        .msg_controllen = sizeof control};
  control.header = (struct cmsghdr){
      .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
  memcpy(CMSG_DATA(&control.header), &descriptor, sizeof descriptor);
  if (sendmsg(line, &call, MSG_NOSIGNAL) != (ssize_t)message.iov_len) err(1, "sendmsg");
}

static size_t read_to_end(int descriptor) {
  static char piece[64 * 1024];
  size_t total = 0;
  ssize_t count;
  while ((count = read(descriptor, piece, sizeof piece)) > 0) total += (size_t)count;
  return total;
}

static double rate(const char *name, size_t received, size_t written, int64_t start) {
  if (received != written) errx(1, "%s: wrote %zu bytes", name, received);
  return (double)written * 1e9 / (double)(now() - start);
}

static double run_as_job(const struct target *target, size_t written) {
  int line = target_connect(target), output[2];
  if (pipe2(output, O_CLOEXEC) < 0) err(1, "pipe2");
  int64_t start = now();
  send_with(target, line, output[1]);
  close(output[1]);
  size_t received = read_to_end(output[0]);
  double result = rate(target->name, received, written, start);
  target_await(target, line);
  close(output[0]);
  close(line);
  return result;
}

static double run_directly(char **words, size_t written) {
  int output[2];
  if (pipe2(output, O_CLOEXEC) < 0) err(1, "pipe2");
  posix_spawn_file_actions_t streams;
  posix_spawn_file_actions_init(&streams);
  posix_spawn_file_actions_adddup2(&streams, output[1], STDOUT_FILENO);
  // In a session of its own, as a job is: the kernel shares out the processor between sessions first, and
  // who reads and who writes then take turns less often. sched(7), autogroups
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  int64_t start = now();
  pid_t pid;
  int error = posix_spawn(&pid, words[1], &streams, &attributes, words + 1, environ);
  if (error) errx(1, "%s: %s", words[1], strerror(error));
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&streams);
  close(output[1]);
  size_t received = read_to_end(output[0]);
  double result = rate(words[0], received, written, start);
  waitpid(pid, NULL, 0);
  close(output[0]);
  return result;
}

int main(int count, char **arguments) {
  if (count < 5 + TARGET_WORDS)
    errx(2, "usage: descriptor ROUNDS MEBIBYTES TARGET NAME COMMAND...");
  long rounds = atol(arguments[1]);
  size_t written = (size_t)atol(arguments[2]) << 20;
  char **target_words = arguments + 3, **direct = target_words + TARGET_WORDS;
  struct target target = {target_words[0], target_words[1], target_words[2], target_words[3]};
  for (long round = 0; round < rounds; round++) {
    if (round % 2) printf("%s %.0f\n", target.name, run_as_job(&target, written));
    printf("%s %.0f\n", direct[0], run_directly(direct, written));
    if (round % 2 == 0) printf("%s %.0f\n", target.name, run_as_job(&target, written));
  }
}
