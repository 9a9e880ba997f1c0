#pragma once

#include "clinux_spawn.h"

/// What the child is told, and where it answers.
struct spawn_child {
  const struct clinux_program *spec;
  /// In memory common to both, whatever else is copied.
  struct clinux_spawned *report;
  /// Sleep, instead of executing anything.
  bool paused;
};

/// The child's whole life until it executes. Returns the exit status of one that failed.
int spawn_child_main(void *child);
