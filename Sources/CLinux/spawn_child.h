#pragma once

#include "clinux_spawn.h"

/// What the child is told, and where it answers.
struct spawn_child {
  const struct clinux_program *spec;
  /// In memory common to both, whatever else is copied.
  struct clinux_spawned *report;
  /// Sleep, instead of executing anything.
  bool paused;
  /// Without a cgroup: the process that starts it, and with which it dies; else 0.
  pid_t warden;
  /// Kept open for the warden until the program is executed or the child ends. With a warden only.
  int birth;
};

/// From now on the calling process has a table of its own, of the descriptors up to `last`. 0 or an errno.
int keep_descriptors(int last);

/// A descriptor of the process behind a pidfd. pidfd_getfd(2): -1 where that fails.
int fetch_descriptor(int pidfd, int fd);

/// The child's whole life until it executes. Returns the exit status of one that failed.
int spawn_child_main(void *child);
