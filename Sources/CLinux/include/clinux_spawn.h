#pragma once
// A process born in a cgroup, with nothing of its parent's but what it is given.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "clinux_process.h"

/// How a child is made. The choice is the caller's, once, after clinux_spawn_paused() succeeded.
enum clinux_spawn_flags {
  /// Not clone3(CLONE_INTO_CGROUP) but clone(2), the child moving itself by writing to
  /// cgroup.procs before it does anything else: for kernels before 5.7 and for seccomp filters that
  /// don't know clone3. Just as free of races, but a migration costs up to tens of milliseconds.
  CLINUX_SPAWN_MIGRATE = 1 << 0,
  /// close_range(2) isn't there: descriptors are closed one by one.
  CLINUX_SPAWN_NO_CLOSE_RANGE = 1 << 1,
  /// The child gets a copy of the memory, as fork(2) does. Always so on processors that spawn.c
  /// has no assembly for. Slower by the size of the parent; see spawn.c for what sharing means.
  CLINUX_SPAWN_COPY_MEMORY = 1 << 2,
  /// The parent's OOM score adjustment is 0, as the child's is to be: to write that in the child takes as long as
  /// ten other system calls, as everything of its own in /proc has to be made first.
  CLINUX_SPAWN_KEEP_OOM_SCORE = 1 << 3,
  /// The calling thread blocks all signals already, but for those that a thread causes itself.
  CLINUX_SPAWN_SIGNALS_BLOCKED = 1 << 4,
  /// The child shares the table of descriptors to begin with, and then has one of its own with nothing of that but
  /// what is up to `own_process`, by which it gets its streams: clinux_can_fetch_descriptors(). It has a copy of all of them
  /// otherwise, and to close a copy can take for ever: a file on a FUSE file system, or on a server, that others
  /// have passed for their jobs.
  CLINUX_SPAWN_FETCH_STREAMS = 1 << 5,
};

/// Where a spawn failed.
enum clinux_spawn_step {
  CLINUX_SPAWN_DONE = 0,
  /// The child could not be put into its cgroup.
  CLINUX_SPAWN_CGROUP,
  /// No process could be made: a limit, memory.
  CLINUX_SPAWN_PROCESS,
  CLINUX_SPAWN_SESSION,
  CLINUX_SPAWN_STREAMS,
  CLINUX_SPAWN_DESCRIPTORS,
  CLINUX_SPAWN_DIRECTORY,
  CLINUX_SPAWN_EXECUTABLE,
  /// The child was killed before it had executed anything.
  CLINUX_SPAWN_KILLED,
};

/// What to start. All memory is the caller's and is read until clinux_spawn() returns.
struct clinux_program {
  /// A set of clinux_spawn_flags.
  unsigned flags;
  /// The directory of the cgroup.
  int cgroup;
  /// What becomes 0, 1 and 2; any numbers, also these three in any order.
  int streams[3];
  /// A pidfd of the parent. With CLINUX_SPAWN_FETCH_STREAMS only.
  int own_process;
  uint32_t umask;
  /// Signals whose disposition is set to the default, signal n as bit n - 1. Handlers are reset
  /// anyway: this is for signals that the parent ignores.
  uint64_t default_signals;
  /// Limits to set; what isn't permitted is left as it is.
  const struct clinux_limit *_Nullable limits;
  size_t limit_count;
  const char *_Nonnull directory;
  /// Paths to try in this order, ended by NULL. Relative ones are relative to `directory`.
  const char *_Nullable const *_Nonnull candidates;
  char *_Nullable const *_Nonnull arguments;
  char *_Nullable const *_Nonnull environment;
};

/// What became of it.
struct clinux_spawned {
  /// The child and its descriptor (CLOEXEC), when the step is CLINUX_SPAWN_DONE.
  pid_t pid;
  int pidfd;
  enum clinux_spawn_step step;
  /// The errno of a failure, and the candidate that it belongs to; of a child that was killed, the signal.
  int error;
  int candidate;
};

/// Starts a program: returns when the child has executed it, or has failed to and is reaped.
///
/// The calling thread is held for as long as the kernel takes for execve, which may be for ever
/// on a dead network mount or in a frozen cgroup; killing the cgroup ends that. Other threads run.
/// Until it executes, the child has no exit signal: a failed start is never seen by a parent that
/// waits for any child.
void clinux_spawn(const struct clinux_program *_Nonnull program,
                  struct clinux_spawned *_Nonnull result);

/// Starts a child by the same system call that does nothing but sleep until it is killed, to see
/// whether the kernel permits it and where it is put. Doesn't wait for anything.
void clinux_spawn_paused(unsigned flags, int cgroup, struct clinux_spawned *_Nonnull result);

/// Whether close_range(2) is there.
bool clinux_has_close_range(void);

/// Whether a child may fetch descriptors by a pidfd of its parent: pidfd_getfd(2), which is refused where a process
/// may not trace its parent, and close_range(2) with CLOSE_RANGE_UNSHARE, Linux 5.9.
bool clinux_can_fetch_descriptors(int self);
