// From before a service is made to its READY=1, and how long a program takes that does nothing.
//
//   start ROUNDS NOTIFY_SOCKET NAME PROGRAM NAME SERVICE...
//
// Each start is followed by a SIGTERM and the service's exit, which aren't counted. Prints
// "NAME NANOSECONDS" for each. sd_notify(3)
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"

extern char **environ;

static int listen_for_notifications(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) errx(2, "%s: too long", path);
  strcpy(address.sun_path, path);
  int listener = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) err(1, "%s", path);
  setenv("NOTIFY_SOCKET", path, 1);
  return listener;
}

static pid_t spawn(char **words) {
  posix_spawn_file_actions_t streams;
  posix_spawn_file_actions_init(&streams);
  posix_spawn_file_actions_addopen(&streams, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t pid;
  int error = posix_spawn(&pid, words[0], &streams, NULL, words, environ);
  posix_spawn_file_actions_destroy(&streams);
  if (error) errx(1, "%s: %s", words[0], strerror(error));
  return pid;
}

static int64_t run_program(char *program) {
  int64_t start = now();
  waitpid(spawn((char *[]){program, NULL}), NULL, 0);
  return now() - start;
}

static void await_ready(int listener) {
  char state[4096];
  do {
    ssize_t length = recv(listener, state, sizeof state - 1, 0);
    if (length < 0) err(1, "notification");
    state[length] = 0;
  } while (!strstr(state, "READY=1"));
}

static int64_t run_service(char **words, int listener) {
  int64_t start = now();
  pid_t pid = spawn(words);
  await_ready(listener);
  int64_t ready = now();
  kill(pid, SIGTERM);
  int status;
  waitpid(pid, &status, 0);
  if (status != 0) errx(1, "%s: ended with status %#x", words[0], (unsigned)status);
  // What it said of its end, and of its state before.
  char ignored[4096];
  while (recv(listener, ignored, sizeof ignored, MSG_DONTWAIT) > 0) continue;
  return ready - start;
}

int main(int count, char **arguments) {
  if (count < 7) errx(2, "usage: start ROUNDS NOTIFY_SOCKET NAME PROGRAM NAME SERVICE...");
  long rounds = atol(arguments[1]);
  int listener = listen_for_notifications(arguments[2]);
  for (long round = 0; round < rounds; round++) {
    printf("%s %lld\n", arguments[3], (long long)run_program(arguments[4]));
    printf("%s %lld\n", arguments[5], (long long)run_service(arguments + 6, listener));
  }
}
