#pragma once
// A process that was forked from the daemon to do something of its own, and executes nothing: it
// makes system calls only, as the memory is a copy of that of a program with threads.

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// In a session of its own, under this name, and the OOM killer's last choice.
void background_detach(const char *name);

/// Makes the standard streams /dev/null and the directory the root, so that no terminal, no pipeline
/// and no file system waits for the process.
void background_let_go(void);

/// Closes everything from 3 on but these descriptors, of which negative ones are none.
void background_keep_only(const int *kept, size_t count);

/// Of the monotonic clock.
time_t background_seconds(void);

/// poll(2). Where the kernel has no memory for that, it returns after some milliseconds, so that who calls it again
/// and again takes no more of what there is.
int background_poll(struct pollfd *sources, nfds_t count, int timeout);

/// A descriptor that reads SIGCONT and these signals, signal n as bit n - 1, or -errno. SIGCONT comes when the thread
/// that has forked the process dies, also while another one of the daemon's waits in the kernel, and can't: until it
/// does, the daemon has no end, and all its files are open. It also wakes a process that was stopped. prctl(2)
int background_signals(uint64_t signals);

/// Reads what has come, and tells whether the daemon has died.
bool background_daemon_died(int signals, pid_t daemon);
