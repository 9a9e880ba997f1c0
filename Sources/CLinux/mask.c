#define _GNU_SOURCE
#include "clinux_mask.h"

#include <signal.h>

void clinux_block_signals(void) {
  sigset_t set;
  sigfillset(&set);
  const int own[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS};
  for (unsigned i = 0; i < sizeof own / sizeof *own; i++) sigdelset(&set, own[i]);
  pthread_sigmask(SIG_SETMASK, &set, 0);
}
