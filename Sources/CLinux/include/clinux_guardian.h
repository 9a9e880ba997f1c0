#pragma once
// The process that cleans up after a daemon that could not.

#include <sys/types.h>

/// What the guardian needs. Errors are -errno.
struct clinux_guardian_duties {
  /// The read end of a pipe whose only write end is the daemon's.
  int lifeline;
  /// The directory of the cgroup that all jobs are in.
  int jobs;
  /// The cgroup to remove in the end, by its parent's directory and its name; -1 and NULL when
  /// the daemon's own cgroup belongs to somebody else and only what is in `jobs` is to go.
  int parent;
  const char *_Nullable name;
  /// The daemon's lock file, held by flock(2) through this same open file; -1 without.
  int lock;
  /// Files to remove, as long as `lock` is the file at `lock_path`.
  const char *_Nullable lock_path;
  const char *_Nullable socket_path;
  /// A pidfd of the daemon by which the guardian fetches its descriptors, so that it has no copies of the others, which
  /// it would have to close, however long that takes; -1 where it has copies of all. pidfd_getfd(2)
  int own_process;
  /// How long to go on killing what doesn't die.
  unsigned patience_seconds;
  /// How long to go on removing cgroups in which nobody lives.
  unsigned removal_seconds;
};

/// Exits with this where it could not fetch its descriptors.
static const int CLINUX_GUARDIAN_FETCH_FAILED = 1;

/// Forks the guardian and answers its pid.
///
/// It sleeps on the lifeline and the daemon's pidfd: a byte means that it isn't needed any more; the end of
/// either, or of a thread of the daemon's that is there for nothing else (the calling one, where there can't be such a
/// thread), that the daemon died, and it kills the jobs, removes their cgroups and the files. It is in a session of its
/// own and deaf to every signal that can be blocked. The child makes system calls only, so that it may be forked at any
/// time.
pid_t clinux_guardian(const struct clinux_guardian_duties *_Nonnull spec);
