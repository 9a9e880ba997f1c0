#pragma once
// The C that Swift can't say. Every function answers as the system call does, errors as -errno.

/// The symbolic name of an errno, or NULL. strerrorname_np(3)
const char *_Nullable clinux_errno_name(int number);
