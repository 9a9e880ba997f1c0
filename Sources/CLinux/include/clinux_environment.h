#pragma once
// What a process was started with.

/// The variables of this process's environment, ended by NULL. environ(7)
char *_Nullable *_Nonnull clinux_environment(void);
