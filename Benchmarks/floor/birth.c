#define _GNU_SOURCE
#include "birth.h"

#include <errno.h>
#include <linux/sched.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clone3.h"

enum { CHILD_STACK = 16 * 1024, CANNOT_EXECUTE = 127 };

extern char **environ;

// On the memory of the parent, which stands still meanwhile: system calls only.
static int child(void *arguments) {
  // The daemon has raised itself, as jobd does; a job is ordinary.
  setpriority(PRIO_PROCESS, 0, 0);
  execve(((char **)arguments)[0], arguments, environ);
  return CANNOT_EXECUTE;
}

int birth(char *const arguments[], int cgroup) {
  int pidfd = -1;
  struct clone_args clone = {
      .flags = CLONE_INTO_CGROUP | CLONE_PIDFD | CLONE_VFORK,
      .pidfd = (uintptr_t)&pidfd,
      .cgroup = (uint64_t)cgroup,
  };
#if CLINUX_HAS_CLONE3_ON_STACK
  _Alignas(16) char stack[CHILD_STACK];
  clone.flags |= CLONE_VM;
  clone.stack = (uintptr_t)stack;
  clone.stack_size = sizeof stack;
  int pid = clone3_on_stack(&clone, sizeof clone, child, (void *)arguments);
#else
  long pid = syscall(SYS_clone3, &clone, sizeof clone);
  if (pid == 0) _exit(child((void *)arguments));
  if (pid < 0) pid = -errno;
#endif
  return pid < 0 ? (int)pid : pidfd;
}
