// The parent's half of a spawn. The child's is spawn_child.c.
//
// The child shares the parent's memory until it executes (CLONE_VM) while the calling thread
// stands still (CLONE_VFORK). Sharing, because copying the page tables costs 1.5 ms for a parent
// of 50 MB. Standing still, not only because child and parent would run in the same frames
// otherwise, but because the kernel tells a vfork child from the other users of a memory:
//   - a write to oom_score_adj is applied to every process that shares the memory, except when
//     one of the two is a vfork child (fs/proc/base.c, __set_oom_adj): without CLONE_VFORK the
//     child's "0" would become the daemon's score;
//   - the OOM killer kills all users of its victim's memory, and passes over vfork children when
//     it looks for a victim (mm/oom_kill.c, oom_badness): without CLONE_VFORK a daemon that is
//     exempt could die for its child.
// It stays true that memory must not be shared with a child that runs under another user's
// credentials: that user could trace or signal it. For that there is CLINUX_SPAWN_COPY_MEMORY.
#define _GNU_SOURCE
#include "clinux_spawn.h"

#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clone3.h"
#include "copy_process.h"
#include "spawn_child.h"

enum {
  // The child's frames are few and small, its handlers are gone and its signals are blocked:
  // about 3 KiB are used, most of them by the buffer that descriptors are listed into.
  CHILD_STACK = 16 * 1024,
  ALL_SIGNALS_SIZE = 8,  // sizeof(sigset_t) to the kernel, not to the C library
};

struct stack {
  _Alignas(16) char bytes[CHILD_STACK];
};

// A sanitizer keeps books about threads and frames in memory: a child that shares that falsifies them. Of the
// program, even where this file is built without (`make check-sanitizers`).
#if defined(CLINUX_IS_IN_SANITIZED)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_SANITIZED 1
#endif
#endif

#if CLINUX_HAS_CLONE3_ON_STACK && !IS_SANITIZED
static const unsigned always = 0;
#else
static const unsigned always = CLINUX_SPAWN_COPY_MEMORY;
#endif

// What a call that copies the memory returns in both: the pid, or a negative errno.
static int in_copy(long pid, struct spawn_child *child) {
  if (pid == 0) exit_copy(spawn_child_main(child));
  return pid < 0 ? -errno : (int)pid;
}

static int start_in_cgroup(struct spawn_child *child, struct stack *stack, uint64_t flags,
                           int *pidfd) {
  struct clone_args args = {
      .flags = flags | CLONE_PIDFD | CLONE_INTO_CGROUP | CLONE_CLEAR_SIGHAND,
      .pidfd = (uintptr_t)pidfd,
      .cgroup = (uint64_t)child->spec->cgroup,
  };
#if CLINUX_HAS_CLONE3_ON_STACK
  if (flags & CLONE_VM) {
    args.stack = (uintptr_t)stack->bytes;
    args.stack_size = sizeof stack->bytes;
    return clone3_on_stack(&args, sizeof args, spawn_child_main, child);
  }
#else
  (void)stack;
#endif
  // Not fork(3): the child makes system calls only, whatever its memory is a copy of.
  return in_copy(syscall(SYS_clone3, &args, sizeof args), child);
}

static int start_and_migrate(struct spawn_child *child, struct stack *stack, uint64_t flags,
                             int *pidfd) {
  flags |= CLONE_PIDFD;
  if (flags & CLONE_VM) {
    char *top = stack->bytes + sizeof stack->bytes;
    int pid = clone(spawn_child_main, top, (int)flags, child, pidfd);
    return pid < 0 ? -errno : pid;
  }
  return in_copy(copy_process(flags, pidfd), child);
}

static int start_unmasked(struct spawn_child *child, uint64_t flags, int *pidfd) {
  struct stack stack;
  if (child->spec->flags & CLINUX_SPAWN_MIGRATE) return start_and_migrate(child, &stack, flags, pidfd);
  return start_in_cgroup(child, &stack, flags, pidfd);
}

// Nothing may interrupt parent or child between the clone and the child's own reset: a handler of the daemon would
// run in the child on shared memory. Those that a blocking thread leaves unblocked have none in a child that is born
// without handlers.
static int start(struct spawn_child *child, uint64_t flags, int *pidfd) {
  const unsigned is_safe = CLINUX_SPAWN_SIGNALS_BLOCKED;
  if ((child->spec->flags & (is_safe | CLINUX_SPAWN_MIGRATE)) == is_safe)
    return start_unmasked(child, flags, pidfd);
  uint64_t all = ~UINT64_C(0), before;
  syscall(SYS_rt_sigprocmask, SIG_BLOCK, &all, &before, ALL_SIGNALS_SIZE);
  int pid = start_unmasked(child, flags, pidfd);
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, ALL_SIGNALS_SIZE);
  return pid;
}

// clone3 says with the same errno that a cgroup refuses a process and that there can't be one:
// by the numbers alone, these are the cgroup's.
static enum clinux_spawn_step step_of_clone(unsigned flags, int error) {
  if (flags & CLINUX_SPAWN_MIGRATE) return CLINUX_SPAWN_PROCESS;
  switch (error) {
    case EACCES:
    case EBADF:
    case EBUSY:
    case ENODEV:
    case ENOENT:
    case EOPNOTSUPP:
      return CLINUX_SPAWN_CGROUP;
    default:
      return CLINUX_SPAWN_PROCESS;
  }
}

static void run(struct spawn_child *child, struct clinux_spawned *result) {
  const struct clinux_program *spec = child->spec;
  bool copy = (spec->flags | always) & CLINUX_SPAWN_COPY_MEMORY;
  int pidfd = -1;
  uint64_t shared = spec->flags & CLINUX_SPAWN_FETCH_STREAMS ? CLONE_FILES : 0;
  int pid = start(child, CLONE_VFORK | shared | (copy ? 0 : CLONE_VM), &pidfd);
  if (pid < 0) {
    *result = (struct clinux_spawned){0, -1, step_of_clone(spec->flags, -pid), -pid, 0};
    return;
  }
  *result = *child->report;
  result->pid = pid;
  result->pidfd = pidfd;
  // The wait ends when the child executes, and when it dies: one that has told nothing may have done either.
  if (result->step == CLINUX_SPAWN_DONE && clinux_child_executed(pid)) return;
  struct clinux_exit exit = {0};
  clinux_reap(pidfd, true, &exit);
  if (result->step == CLINUX_SPAWN_DONE) {
    result->step = CLINUX_SPAWN_KILLED;
    result->error = exit.status;
  }
  close(pidfd);
  result->pidfd = -1;
}

void clinux_spawn(const struct clinux_program *spec, struct clinux_spawned *result) {
  struct clinux_spawned report = {0};
  struct spawn_child child = {.spec = spec, .report = &report};
  if (!((spec->flags | always) & CLINUX_SPAWN_COPY_MEMORY)) {
    run(&child, result);
    return;
  }
  // Without common memory the report needs a page that is.
  child.report =
      mmap(NULL, sizeof report, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (child.report == MAP_FAILED) {
    *result = (struct clinux_spawned){0, -1, CLINUX_SPAWN_PROCESS, errno, 0};
    return;
  }
  run(&child, result);
  munmap(child.report, sizeof report);
}

void clinux_spawn_paused(unsigned flags, int cgroup, struct clinux_spawned *result) {
  struct clinux_spawned unread;
  struct clinux_program spec = {.flags = flags, .cgroup = cgroup};
  struct spawn_child child = {.spec = &spec, .report = &unread, .paused = true};
  int pidfd = -1;
  int pid = start(&child, 0, &pidfd);
  *result = pid < 0
                ? (struct clinux_spawned){0, -1, step_of_clone(flags, -pid), -pid, 0}
                : (struct clinux_spawned){.pid = pid, .pidfd = pidfd, .step = CLINUX_SPAWN_DONE};
}

bool clinux_has_close_range(void) {
  return syscall(SYS_close_range, ~0U, ~0U, 0) == 0;
}

bool clinux_can_fetch_descriptors(int self) {
  pid_t pid = copy_process(CLONE_VFORK | CLONE_FILES, NULL);
  if (pid == 0) exit_copy(keep_descriptors(self) || fetch_descriptor(self, self) < 0);
  struct clinux_exit exit;
  return pid > 0 && clinux_wait_and_reap(pid, &exit) > 0 && exit.code == CLD_EXITED &&
         exit.status == 0;
}
