// It may run in a process forked from one with threads: system calls and memory of its own only.
#include "process_stat.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "clinux_descriptor.h"

enum {
  // More than comes before the fields that are read: the name has up to 64 bytes.
  STAT_HEAD = 256,
  // PF_FORKNOEXEC, include/linux/sched.h
  FORKED_AND_NOT_EXECUTED = 0x40,
};

static long next_number(const char **text) {
  while (**text == ' ') ++*text;
  bool is_negative = **text == '-';
  if (is_negative) ++*text;
  long number = 0;
  for (; **text >= '0' && **text <= '9'; ++*text) number = number * 10 + (**text - '0');
  return is_negative ? -number : number;
}

static char *write_number(char *end, pid_t number) {
  do *--end = (char)('0' + number % 10);
  while ((number /= 10) > 0);
  return end;
}

// What the file says behind the name, which is in parentheses and may have any in it.
static bool parse(const char *stat, struct process_stat *process) {
  const char *field = strrchr(stat, ')');
  if (!field || field[1] != ' ' || !field[2]) return false;
  process->state = field[2];
  field += 3;
  process->parent = (pid_t)next_number(&field);
  process->group = (pid_t)next_number(&field);
  // Session, terminal, the terminal's group.
  for (int unread = 0; unread < 3; unread++) next_number(&field);
  process->was_executed = !(next_number(&field) & FORKED_AND_NOT_EXECUTED);
  return true;
}

bool process_stat_read(pid_t pid, struct process_stat *process) {
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
  *process = (struct process_stat){.pid = pid};
  return parse(stat, process);
}
