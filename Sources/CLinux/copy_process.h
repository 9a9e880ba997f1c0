#pragma once
// A process on a copy of this one's memory. Not fork(3), which waits for locks that a thread may hold, nor
// clone(3), which ThreadSanitizer takes for it. clone(2)

#if defined(CLINUX_IS_IN_SANITIZED)
#include <sanitizer/linux_syscall_hooks.h>
#endif
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

// The first three arguments are in the same order wherever we run.
static inline pid_t copy_process(unsigned long flags, int *pidfd) {
  return (pid_t)syscall(SYS_clone, flags, 0UL, pidfd, 0UL, 0UL);
}

// The same for one that goes on, and executes nothing: it uses functions of the C library's, which ThreadSanitizer takes,
// and which would wait for a lock that a thread held when the memory was copied, were it not told.
static inline pid_t copy_process_for_good(unsigned long flags, int *pidfd) {
#if defined(CLINUX_IS_IN_SANITIZED)
  __sanitizer_syscall_pre_fork();
  pid_t pid = copy_process(flags, pidfd);
  __sanitizer_syscall_post_fork(pid);
  return pid;
#else
  return copy_process(flags, pidfd);
#endif
}

// Ends it. Not _exit(2), which ThreadSanitizer takes, too: it would wait for a lock that a thread has held.
static inline _Noreturn void exit_copy(int status) {
  for (;;) syscall(SYS_exit_group, status);
}
