// It may run in a process forked from one with threads: system calls and memory of its own only.
#define _GNU_SOURCE
#include "process_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clinux_descriptor.h"
#include "clinux_process.h"

enum {
  LISTING = 8192,
  // More than comes before the fields that are read: the name has up to 64 bytes.
  STAT_HEAD = 256,
  FIRST_CAPACITY = 1024,
};

static pid_t pid_of(const char **text) {
  pid_t number = 0;
  for (; **text >= '0' && **text <= '9'; ++*text) number = number * 10 + (**text - '0');
  return number;
}

static pid_t next_number(const char **text) {
  while (**text == ' ') ++*text;
  return pid_of(text);
}

static char *write_number(char *end, pid_t number) {
  do *--end = (char)('0' + number % 10);
  while ((number /= 10) > 0);
  return end;
}

// What the file says behind the name, which is in parentheses and may have any in it.
static bool parse(const char *stat, struct process_entry *entry) {
  const char *field = strrchr(stat, ')');
  if (!field || field[1] != ' ' || !field[2]) return false;
  entry->state = field[2];
  field += 3;
  entry->parent = next_number(&field);
  entry->group = next_number(&field);
  return true;
}

// False for a process that has gone.
static bool read_entry(pid_t pid, struct process_entry *entry) {
  static const char before[] = "/proc/", after[] = "/stat";
  char path[32], *start = path + sizeof path - sizeof after;
  memcpy(start, after, sizeof after);
  start = write_number(start, pid);
  start -= sizeof before - 1;
  memcpy(start, before, sizeof before - 1);

  int fd = clinux_openat(clinux_at_fdcwd(), start, O_RDONLY, 0);
  if (fd < 0) return false;
  char stat[STAT_HEAD];
  ssize_t length = read(fd, stat, sizeof stat - 1);
  close(fd);
  if (length <= 0) return false;
  stat[length] = 0;
  *entry = (struct process_entry){.pid = pid};
  return parse(stat, entry);
}

static bool is_dead(const struct process_entry *entry) {
  return entry->state == 'Z' || entry->state == 'X' || entry->state == 0;
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
      const char *name = entry->d_name;
      pid_t pid = pid_of(&name);
      struct process_entry process;
      if (pid && !*name && read_entry(pid, &process)) answer = append(tree, &process);
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
    if (tree->entries[middle].pid == pid) return &tree->entries[middle];
    if (tree->entries[middle].pid < pid) low = middle + 1;
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
      if (entry->is_within || !is_within(tree, root, entry->parent)) continue;
      entry->is_within = true;
      found = true;
    }
  }
  size_t kept = 0;
  for (size_t index = 0; index < tree->count; index++)
    if (tree->entries[index].is_within && tree->entries[index].pid != root)
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
                         struct process_entry *now) {
  struct process_entry current = {0};
  int pidfd = clinux_pidfd_open(process->pid);
  if (pidfd >= 0) {
    if (read_entry(process->pid, &current) && is_within(tree, root, current.parent))
      clinux_pidfd_send_signal(pidfd, signal);
    else
      current = (struct process_entry){0};
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
      if ((size_t)answer < capacity) found[answer] = tree.entries[index].pid;
      answer++;
    }
  }
  process_tree_free(&tree);
  return answer;
}
