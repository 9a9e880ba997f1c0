#define _GNU_SOURCE
#include "clinux.h"

#include <signal.h>
#include <string.h>

const char *clinux_errno_name(int number) { return strerrorname_np(number); }

const char *clinux_signal_name(int number) { return sigabbrev_np(number); }

int clinux_signal_rtmin(void) { return SIGRTMIN; }

int clinux_signal_rtmax(void) { return SIGRTMAX; }
