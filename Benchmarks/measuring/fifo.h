#pragma once
// Jobs of `tree` say by a FIFO that all of their processes are there.

#include <sys/types.h>

// Makes it if it isn't there. Exits where that fails, as all of these do.
int fifo_open(const char *path);
// The process id of the job's first process.
pid_t fifo_await(int fifo);
