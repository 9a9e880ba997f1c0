#pragma once
// What a process was started with.

#include <stddef.h>

/// One of the arguments, the program's name being the first; NULL behind the last. Nothing has to be opened for it.
const char *_Nullable clinux_argument(size_t index);

/// The variables of this process's environment, ended by NULL. environ(7)
char *_Nullable *_Nonnull clinux_environment(void);
