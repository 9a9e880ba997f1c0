#pragma once

#include <sys/types.h>

// Starts a program as the first process of a cgroup; its pidfd, or -errno. The program's name is
// the first argument: no search.
int birth(char *const arguments[], int cgroup);
