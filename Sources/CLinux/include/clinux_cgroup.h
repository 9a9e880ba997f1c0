#pragma once
// Cgroups by their directories. Errors are -errno. Safe in a child of fork(2): system calls only.

#include <stdbool.h>

/// Whether there is a cgroup in an open cgroup's directory. Also where that can't be told.
bool clinux_has_nested_cgroup(int directory);

/// Removes every cgroup in an open cgroup's directory, however deep, but not itself.
/// Answers the error of the first that is refused: -EBUSY while a process is in it.
int clinux_remove_nested_cgroups(int directory);

/// Removes a cgroup with all that are in it. One that isn't there is no error.
int clinux_remove_cgroup(int parent, const char *_Nonnull name);
