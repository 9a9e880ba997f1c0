#pragma once
// What is measured: a daemon's socket, and the message that has it run a job. To the floor and to
// jobd a message is bytes ended by a NUL, and so is a reply: the same client measures both.

#include <stddef.h>

struct target {
  const char *name;
  const char *socket;
  const char *message;
  // Occurs in the reply if the job went as it should.
  const char *expected;
};

enum { TARGET_WORDS = 4 };

// Takes NAME SOCKET MESSAGE EXPECTED from the command line, and so on to its end. Exits where that
// isn't so.
size_t targets_parse(char **words, struct target *targets, size_t max);

// All of these exit where they fail.
int target_connect(const struct target *target);
void target_send(const struct target *target, int line);
// Reads up to the final reply and checks that.
void target_await(const struct target *target, int line);
// Cancels the job, and is still told how it ended.
void target_half_close(int line);
