#pragma once
// A cgroup for each job, in one directory for all of them.

#include <stdbool.h>

enum { LEAF_NAME_MAX = 16 };

struct leaf {
  char name[LEAF_NAME_MAX];
  int directory;
};

// Makes the directory of all leaves at the top of the cgroup v2 hierarchy. Exits where it can't.
void leaves_open(const char *name);

// 0 or an errno.
int leaf_make(struct leaf *leaf);
void leaf_kill(const struct leaf *leaf);
bool leaf_is_empty(const struct leaf *leaf);
// False where the kernel calls it busy: a killed process may not be all gone.
bool leaf_remove(struct leaf *leaf);
