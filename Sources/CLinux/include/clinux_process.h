#pragma once
// Processes by descriptor. Errors are -errno.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// How a child ended and what it used, itself and the children that it waited for.
struct clinux_exit {
  pid_t pid;
  /// CLD_EXITED, CLD_KILLED or CLD_DUMPED.
  int code;
  /// The exit code, or the signal.
  int status;
  uint64_t user_usec;
  uint64_t system_usec;
  uint64_t max_resident_bytes;
};

/// pidfd_open(2)
int clinux_pidfd_open(pid_t pid);

/// pidfd_send_signal(2)
int clinux_pidfd_send_signal(int pidfd, int signal);

/// Reaps the child behind a pidfd: 1 when done, 0 while it runs (only if not told to `wait`).
/// waitid(2); the C library hides the system call's fifth argument, the child's resource usage.
int clinux_reap(int pidfd, bool wait, struct clinux_exit *_Nonnull exit);

/// The pid of a child that has exited and waits to be reaped, left as it is; 0 when there is none.
pid_t clinux_exited_child(void);

/// Reaps an exited child by pid: safe, since the number belongs to it until then.
int clinux_reap_exited(pid_t pid, struct clinux_exit *_Nonnull exit);

/// Waits for a child to end, and reaps it.
int clinux_wait_and_reap(pid_t pid, struct clinux_exit *_Nonnull exit);

/// Reaps some child that has exited: 1 when done, 0 while all run, -ECHILD when there is no child.
int clinux_reap_any(struct clinux_exit *_Nonnull exit);

/// Whether a child that was made without an exit signal, and isn't reaped, has executed a program: it has one since.
/// de_thread, fs/exec.c
bool clinux_child_executed(pid_t pid);

/// Whether a process is a child of ours that was made so, and has executed nothing. No process of a job is: those are
/// no children, or orphans, which have an exit signal.
bool clinux_is_newborn(pid_t pid);

/// 1 if a process, dead or alive, has executed a program since it was forked; 0 if not, -ESRCH for one that has gone.
/// proc(5)
int clinux_was_executed(pid_t pid);

/// Orphaned descendants become children of the caller. prctl(2) PR_SET_CHILD_SUBREAPER
int clinux_become_subreaper(void);

/// One resource limit, in the layout of prlimit(2).
struct clinux_limit {
  int resource;
  uint64_t soft;
  uint64_t hard;
};

/// The number of resource limits that the kernel has: RLIM_NLIMITS.
enum { CLINUX_LIMITS = 16 };

/// getrlimit(2), setrlimit(2)
int clinux_get_limit(int resource, struct clinux_limit *_Nonnull limit);
int clinux_set_limit(const struct clinux_limit *_Nonnull limit);

/// How many processors this thread may use, or 0 where that isn't told. sched_getaffinity(2)
int clinux_permitted_processors(void);
