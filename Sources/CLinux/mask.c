#define _GNU_SOURCE
#include "clinux_mask.h"

#include <signal.h>

static void set_of_blocked(sigset_t *set) {
  sigfillset(set);
  const int unblocked[] = {SIGSEGV, SIGBUS,  SIGFPE, SIGILL, SIGTRAP,
                           SIGABRT, SIGSYS, SIGKILL, SIGSTOP};
  for (unsigned i = 0; i < sizeof unblocked / sizeof *unblocked; i++) sigdelset(set, unblocked[i]);
}

void clinux_block_signals(void) {
  sigset_t set;
  set_of_blocked(&set);
  pthread_sigmask(SIG_SETMASK, &set, NULL);
}

bool clinux_blocks_signals(void) {
  sigset_t blocked, set;
  set_of_blocked(&set);
  pthread_sigmask(SIG_SETMASK, NULL, &blocked);
  for (int signal = 1; signal <= SIGRTMAX; signal++)
    if (sigismember(&set, signal) && !sigismember(&blocked, signal)) return false;
  return true;
}
