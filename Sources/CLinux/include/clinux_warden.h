#pragma once
// A process that holds one job together where there is no cgroup for it. Errors are -errno.

#include <stdbool.h>

#include "clinux_process.h"
#include "clinux_spawn.h"

/// A warden, and the line to it: a socket whose other end only the warden has.
struct clinux_warden {
  pid_t pid;
  int pidfd;
  int line;
};

/// What the daemon tells a warden.
enum clinux_warden_command {
  /// A signal to the job's first process, if it lives, and SIGCONT after it.
  CLINUX_WARDEN_ASK_MAIN = 1,
  /// The same to every process of the job.
  CLINUX_WARDEN_ASK_TREE,
  /// From now on kill what there is, until nothing is left.
  CLINUX_WARDEN_KILL,
};

/// What a warden tells the daemon: that there is a first process, one of the next two, then the others.
enum clinux_warden_news {
  /// It has executed nothing yet.
  CLINUX_WARDEN_FORKED = 1,
  CLINUX_WARDEN_STARTED,
  CLINUX_WARDEN_FAILED,
  CLINUX_WARDEN_EXITED,
  CLINUX_WARDEN_EMPTY,
};

struct clinux_warden_report {
  enum clinux_warden_news news;
  /// Of the job's first process: forked or started (without a pidfd), or not.
  struct clinux_spawned spawned;
  /// How it exited.
  struct clinux_exit exit;
  /// No process of the job is left: always so in the last report, and in one of an exit if the
  /// first process was the last. The warden has ended then.
  bool is_empty;
};

/// Forks a warden, which starts the program.
///
/// All that the job ever starts descends from the warden, however it forks and whatever session it is
/// in: orphans become the warden's children. At the end of the line, or when the daemon dies
/// (the parent-death signal is the second layer), it kills them all and ends, or gives up after
/// `patience_seconds`. `kept` is a descriptor that it holds open until then, or -1. The program's
/// `flags` and `cgroup` are not used. prctl(2), PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER
int clinux_warden_start(const struct clinux_program *_Nonnull program, int kept,
                        unsigned patience_seconds, struct clinux_warden *_Nonnull warden);

/// Tells a warden. 0 or -errno: -EPIPE when it has ended.
int clinux_warden_tell(int line, enum clinux_warden_command command, int signal);

/// Continues a warden that its job has stopped: SIGCONT, but not as one that is sent by kill(2), or by the kernel when the
/// daemon dies.
void clinux_warden_wake(int pidfd);

/// The next report: 1, or 0 at the end of the line; -EAGAIN where there is none yet.
int clinux_warden_hear(int line, struct clinux_warden_report *_Nonnull report);
