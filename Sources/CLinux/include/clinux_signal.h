#pragma once
// Signals as something to be read. Errors are -errno.

#include <stdint.h>

/// A descriptor that reads signals, signal n as bit n - 1, CLOEXEC and O_NONBLOCK. Signals that
/// are neither ignored nor blocked yet become blocked for the calling thread; those that are ignored
/// stay so and are left out. signalfd(2)
int clinux_signal_descriptor(uint64_t signals);

/// The next signal to have come, 0 when there is none.
int clinux_read_signal(int fd);
