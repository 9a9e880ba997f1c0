#pragma once

#include "clinux_process_tree.h"
#include "process_stat.h"

/// A process, as it was when it was looked at.
struct process_entry {
  struct process_stat stat;
  bool is_within;
};

/// The descendants of a process, ordered by pid. To begin with all zero; its memory is kept from one
/// look to the next.
struct process_tree {
  struct process_entry *entries;
  size_t count;
  size_t capacity;
};

/// Looks who descends from `root`. 0 or -errno.
int process_tree_look(struct process_tree *tree, pid_t root);

/// Sends a signal to a process of the tree, if that is still who was seen. `now`, where given, is
/// what it is after that: all zero for one that has gone.
void process_tree_signal(const struct process_tree *tree, pid_t root,
                         const struct process_entry *process, int signal,
                         struct process_stat *now);

/// Frees the memory.
void process_tree_free(struct process_tree *tree);
