// It may run in a process forked from one with threads: system calls and memory of its own only.
#define _GNU_SOURCE
#include "process_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clinux_descriptor.h"
#include "clinux_process.h"

enum {
  LISTING = 8192,
  FIRST_CAPACITY = 1024,
};

// The number that a name is; 0 for another name.
static pid_t pid_of(const char *name) {
  pid_t number = 0;
  for (; *name >= '0' && *name <= '9'; ++name) number = number * 10 + (*name - '0');
  return *name ? 0 : number;
}

static bool is_dead(const struct process_entry *entry) {
  return entry->stat.state == 'Z' || entry->stat.state == 'X' || entry->stat.state == 0;
}

static int append(struct process_tree *tree, const struct process_entry *entry) {
  if (tree->count == tree->capacity) {
    size_t capacity = tree->capacity ? tree->capacity * 2 : FIRST_CAPACITY;
    size_t size = sizeof *tree->entries;
    void *memory = tree->entries
                       ? mremap(tree->entries, tree->capacity * size, capacity * size, MREMAP_MAYMOVE)
                       : mmap(NULL, capacity * size, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return -errno;
    tree->entries = memory;
    tree->capacity = capacity;
  }
  tree->entries[tree->count++] = *entry;
  return 0;
}

// The kernel lists processes by rising number. proc_pid_readdir, fs/proc/base.c
static int read_all(struct process_tree *tree) {
  _Alignas(struct dirent64) char buffer[LISTING];
  int proc = clinux_openat(clinux_at_fdcwd(), "/proc", O_RDONLY | O_DIRECTORY, 0);
  if (proc < 0) return proc;
  int answer = 0;
  ssize_t filled;
  while (answer == 0 && (filled = syscall(SYS_getdents64, proc, buffer, sizeof buffer)) > 0) {
    for (ssize_t at = 0; answer == 0 && at < filled;) {
      const struct dirent64 *entry = (const struct dirent64 *)(buffer + at);
      at += entry->d_reclen;
      pid_t pid = pid_of(entry->d_name);
      struct process_entry process = {0};
      if (pid && process_stat_read(pid, &process.stat)) answer = append(tree, &process);
    }
  }
  if (answer == 0 && filled < 0) answer = -errno;
  close(proc);
  return answer;
}

static struct process_entry *find(const struct process_tree *tree, pid_t pid) {
  size_t low = 0, high = tree->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (tree->entries[middle].stat.pid == pid) return &tree->entries[middle];
    if (tree->entries[middle].stat.pid < pid) low = middle + 1;
    else high = middle;
  }
  return NULL;
}

static bool is_within(const struct process_tree *tree, pid_t root, pid_t pid) {
  if (pid == root) return true;
  const struct process_entry *entry = find(tree, pid);
  return entry && entry->is_within;
}

int process_tree_look(struct process_tree *tree, pid_t root) {
  tree->count = 0;
  int answer = read_all(tree);
  if (answer < 0) return answer;
  // Children have higher numbers than their parents, as a rule: one pass, and one that finds no more.
  for (bool found = true; found;) {
    found = false;
    for (size_t index = 0; index < tree->count; index++) {
      struct process_entry *entry = &tree->entries[index];
      if (entry->is_within || !is_within(tree, root, entry->stat.parent)) continue;
      entry->is_within = true;
      found = true;
    }
  }
  size_t kept = 0;
  for (size_t index = 0; index < tree->count; index++)
    if (tree->entries[index].is_within && tree->entries[index].stat.pid != root)
      tree->entries[kept++] = tree->entries[index];
  tree->count = kept;
  return 0;
}

// A number may have been given to somebody else's process since it was seen. Hence first the
// descriptor, and then the look whose child the number's owner is: if the parent is of the tree,
// the owner is, too; it is the process behind the descriptor, or got the number after that, and then
// nobody gets the signal. An orphan's parent is the root, or one of the tree that adopts orphans.
void process_tree_signal(const struct process_tree *tree, pid_t root,
                         const struct process_entry *process, int signal,
                         struct process_stat *now) {
  struct process_stat current = {0};
  int pidfd = clinux_pidfd_open(process->stat.pid);
  if (pidfd >= 0) {
    if (process_stat_read(process->stat.pid, &current) && is_within(tree, root, current.parent))
      clinux_pidfd_send_signal(pidfd, signal);
    else
      current = (struct process_stat){0};
    close(pidfd);
  }
  if (now) *now = current;
}

void process_tree_free(struct process_tree *tree) {
  if (tree->entries) munmap(tree->entries, tree->capacity * sizeof *tree->entries);
  *tree = (struct process_tree){0};
}

ssize_t clinux_descendants(pid_t root, pid_t *found, size_t capacity) {
  struct process_tree tree = {0};
  ssize_t answer = process_tree_look(&tree, root);
  if (answer == 0) {
    for (size_t index = 0; index < tree.count; index++) {
      if (is_dead(&tree.entries[index])) continue;
      if ((size_t)answer < capacity) found[answer] = tree.entries[index].stat.pid;
      answer++;
    }
  }
  process_tree_free(&tree);
  return answer;
}
