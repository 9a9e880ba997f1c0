#pragma once
// Removing cgroups. Errors are -errno. Safe in a child of fork(2): system calls only.

/// Removes every cgroup in an open cgroup's directory, however deep, but not itself.
/// Answers the error of the first that is refused: -EBUSY while a process is in it.
int clinux_remove_nested_cgroups(int directory);

/// Removes a cgroup with all that are in it. One that isn't there is no error.
int clinux_remove_cgroup(int parent, const char *_Nonnull name);
