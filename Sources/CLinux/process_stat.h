#pragma once

#include <stdbool.h>
#include <sys/types.h>

/// What /proc/PID/stat says of a process. proc(5)
struct process_stat {
  pid_t pid;
  pid_t parent;
  pid_t group;
  /// `Z` is a zombie.
  char state;
  /// It has executed a program since it was forked.
  bool was_executed;
};

/// Looks at a process. False for one that has gone.
bool process_stat_read(pid_t pid, struct process_stat *process);
