#define _GNU_SOURCE
#include "birth.h"

#include <errno.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clone3.h"

enum {
  CHILD_STACK = 16 * 1024,
  CANNOT_EXECUTE = 127,
  FIRST_NOT_STANDARD = 3,
  // More take longer to copy, and to close, than to do without copies. jobd's own.
  COPIED_MAX = 64,
};

struct program {
  char *const *arguments;
  bool shares_files;
};

extern char **environ;

// On the memory of the parent, which stands still meanwhile: system calls only.
static int child(void *argument) {
  const struct program *program = argument;
  // The daemon has raised itself, as jobd does; a job is ordinary.
  setpriority(PRIO_PROCESS, 0, 0);
  if (program->shares_files) syscall(SYS_close_range, FIRST_NOT_STANDARD, ~0U, CLOSE_RANGE_UNSHARE);
  execve(program->arguments[0], program->arguments, environ);
  return CANNOT_EXECUTE;
}

int birth(char *const arguments[], int cgroup) {
  int pidfd = -1;
  // Whoever opens something gets the lowest number that is free.
  struct program program = {arguments, .shares_files = cgroup >= COPIED_MAX};
  struct clone_args clone = {
      .flags = CLONE_INTO_CGROUP | CLONE_PIDFD | CLONE_VFORK | (program.shares_files ? CLONE_FILES : 0),
      .pidfd = (uintptr_t)&pidfd,
      .cgroup = (uint64_t)cgroup,
  };
#if CLINUX_HAS_CLONE3_ON_STACK
  _Alignas(16) char stack[CHILD_STACK];
  clone.flags |= CLONE_VM;
  clone.stack = (uintptr_t)stack;
  clone.stack_size = sizeof stack;
  int pid = clone3_on_stack(&clone, sizeof clone, child, &program);
#else
  long pid = syscall(SYS_clone3, &clone, sizeof clone);
  if (pid == 0) _exit(child(&program));
  if (pid < 0) pid = -errno;
#endif
  return pid < 0 ? (int)pid : pidfd;
}
