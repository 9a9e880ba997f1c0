#pragma once
// Where in the program a system call is made: by its number and the return addresses on the stack.

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

enum { FRAMES_MAX = 64 };

struct site {
  /// Of the number of the call and the place of each frame in its module: the same in each run.
  uint64_t hash;
  size_t count;
  uint64_t frames[FRAMES_MAX];
};

/// Finds where a stopped thread of a program is. `root` is a process that has the program's modules loaded.
struct site site_of(pid_t root, pid_t thread, long call);

/// Writes a line for each frame, the innermost first: the file's name, the symbol.
void site_describe(const struct site *site, FILE *file);
