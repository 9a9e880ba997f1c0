#pragma once
// Which processes descend from which, by what /proc says. Errors are -errno. proc(5)

#include <sys/types.h>

/// The processes that descend from `root` and live, itself not among them: up to `capacity` of them.
/// Answers how many there are. Zombies are left out: nothing of them runs.
///
/// A process whose ancestors /proc hides (mounted with hidepid=) isn't found.
ssize_t clinux_descendants(pid_t root, pid_t *_Nullable found, size_t capacity);
