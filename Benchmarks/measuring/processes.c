// Whole processes, from before they are made to their exit.
//
//   processes BLOCKS BLOCK NAME COMMAND... \; NAME COMMAND...
//
// The commands take turns, BLOCK times each, with /dev/null for input and output. Prints
// "NAME NANOSECONDS" for each process.
#include <err.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"

enum { COMMANDS_MAX = 16, WARM_UP = 3 };

struct command {
  const char *name;
  char **words;
};

extern char **environ;
static posix_spawn_file_actions_t streams;

static int64_t run(const struct command *command) {
  int64_t start = now();
  pid_t pid;
  int error = posix_spawnp(&pid, command->words[0], &streams, NULL, command->words, environ);
  if (error) errx(1, "%s: %s", command->words[0], strerror(error));
  int status;
  waitpid(pid, &status, 0);
  int64_t end = now();
  if (status != 0) errx(1, "%s: ended with status %#x", command->name, (unsigned)status);
  return end - start;
}

// Each is ended by ";" as a word of its own.
static size_t parse(char **words, struct command *commands) {
  size_t count = 0;
  while (*words) {
    if (count == COMMANDS_MAX) errx(2, "too many commands");
    commands[count++] = (struct command){words[0], words + 1};
    while (*words && strcmp(*words, ";") != 0) words++;
    if (*words) *words++ = NULL;
  }
  return count;
}

int main(int count, char **arguments) {
  if (count < 5) errx(2, "usage: processes BLOCKS BLOCK NAME COMMAND... \\; ...");
  long blocks = atol(arguments[1]), block_length = atol(arguments[2]);
  struct command commands[COMMANDS_MAX];
  size_t command_count = parse(arguments + 3, commands);
  posix_spawn_file_actions_init(&streams);
  posix_spawn_file_actions_addopen(&streams, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&streams, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);

  for (size_t index = 0; index < command_count; index++)
    for (int time = 0; time < WARM_UP; time++) run(&commands[index]);
  for (long block = 0; block < blocks; block++) {
    for (size_t turn = 0; turn < command_count; turn++) {
      const struct command *command = &commands[(turn + (size_t)block) % command_count];
      for (long time = 0; time < block_length; time++)
        printf("%s %lld\n", command->name, (long long)run(command));
    }
  }
}
