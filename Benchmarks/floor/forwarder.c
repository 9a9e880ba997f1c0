// The floor of capturing: `forwarder SOCKET` runs a command for each connection, one after the
// other, and passes on what it writes in the encoding of io.jobd. As in floord, a line is words
// between spaces, ended by a NUL.
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "encoding.h"

enum { LINE_MAX_BYTES = 512, WORDS_MAX = 16 };

extern char **environ;

static pid_t start(char *line, int output) {
  char *words[WORDS_MAX + 1] = {NULL};
  for (int count = 0; count < WORDS_MAX && (words[count] = strsep(&line, " ")); count++) continue;
  posix_spawn_file_actions_t streams;
  posix_spawn_file_actions_init(&streams);
  posix_spawn_file_actions_adddup2(&streams, output, STDOUT_FILENO);
  pid_t pid;
  int error = posix_spawn(&pid, words[0], &streams, NULL, words, environ);
  posix_spawn_file_actions_destroy(&streams);
  if (error) errx(1, "%s: %s", words[0], strerror(error));
  return pid;
}

static void tell(int line, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t count = send(line, bytes, length, MSG_NOSIGNAL);
    if (count < 0) err(1, "send");
    bytes += count;
    length -= (size_t)count;
  }
}

static void serve(int line) {
  char command[LINE_MAX_BYTES];
  ssize_t length = read(line, command, sizeof command);
  if (length <= 0 || command[length - 1] != 0) return;
  int output[2];
  if (pipe2(output, O_CLOEXEC) < 0) err(1, "pipe2");
  pid_t pid = start(command, output[1]);
  close(output[1]);

  static char piece[PIECE_MAX];
  while ((length = read(output[0], piece, sizeof piece)) > 0) {
    const char *reply;
    size_t encoded = encode_output(piece, (size_t)length, &reply);
    tell(line, reply, encoded);
  }
  close(output[0]);
  int status;
  waitpid(pid, &status, 0);
  char finished[32];
  int end = snprintf(finished, sizeof finished, "{\"exitStatus\":%d}", WEXITSTATUS(status));
  tell(line, finished, (size_t)end + 1);
}

int main(int count, char **arguments) {
  if (count != 2) errx(2, "usage: forwarder SOCKET");
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(arguments[1]) >= sizeof address.sun_path) errx(1, "%s: too long", arguments[1]);
  strcpy(address.sun_path, arguments[1]);
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) err(1, "%s", arguments[1]);
  if (listen(listener, SOMAXCONN) < 0) err(1, "listen");
  for (;;) {
    int line = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (line < 0) err(1, "accept");
    serve(line);
    close(line);
  }
}
