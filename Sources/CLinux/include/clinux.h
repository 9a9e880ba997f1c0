#pragma once
// The C that Swift can't say. Every function answers as the system call does, errors as -errno.

/// The symbolic name of an errno, or NULL. strerrorname_np(3)
const char *_Nullable clinux_errno_name(int number);

/// The name of a standard signal without its "SIG" ("TERM"), or NULL. sigabbrev_np(3)
const char *_Nullable clinux_signal_name(int number);

/// The first and the last real-time signal that the C library leaves to programs. signal(7)
int clinux_signal_rtmin(void);
int clinux_signal_rtmax(void);
