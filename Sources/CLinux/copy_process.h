#pragma once
// A process on a copy of this one's memory. Not fork(3), which waits for locks that a thread may hold, nor
// clone(3), which ThreadSanitizer takes for it. clone(2)

#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

// The first three arguments are in the same order wherever we run.
static inline pid_t copy_process(unsigned long flags, int *pidfd) {
  return (pid_t)syscall(SYS_clone, flags, 0UL, pidfd, 0UL, 0UL);
}

// Ends it. Not _exit(2), which ThreadSanitizer takes, too: it would wait for a lock that a thread has held.
static inline _Noreturn void exit_copy(int status) {
  for (;;) syscall(SYS_exit_group, status);
}
