#define _GNU_SOURCE
#include "leaf.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int leaves = -1;

// The mount point of cgroup v2, wherever it is: `41 31 0:38 / /sys/fs/cgroup rw - cgroup2 …`.
// proc(5)
static int open_hierarchy(void) {
  FILE *mounts = fopen("/proc/self/mountinfo", "re");
  if (!mounts) err(1, "/proc/self/mountinfo");
  char line[4096], place[4096];
  int hierarchy = -1;
  while (hierarchy < 0 && fgets(line, sizeof line, mounts))
    if (strstr(line, " - cgroup2 ") && sscanf(line, "%*s %*s %*s %*s %4095s", place) == 1)
      hierarchy = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  fclose(mounts);
  return hierarchy;
}

void leaves_open(const char *name) {
  int hierarchy = open_hierarchy();
  if (hierarchy < 0) errx(1, "no cgroup v2 hierarchy");
  if (mkdirat(hierarchy, name, 0755) < 0) err(1, "%s", name);
  leaves = openat(hierarchy, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (leaves < 0) err(1, "%s", name);
  close(hierarchy);
}

int leaf_make(struct leaf *leaf) {
  static unsigned made;
  snprintf(leaf->name, sizeof leaf->name, "%u", ++made);
  if (mkdirat(leaves, leaf->name, 0755) < 0) return errno;
  leaf->directory = openat(leaves, leaf->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return leaf->directory < 0 ? errno : 0;
}

void leaf_kill(const struct leaf *leaf) {
  int file = openat(leaf->directory, "cgroup.kill", O_WRONLY | O_CLOEXEC);
  if (file < 0 || write(file, "1", 1) != 1) warn("cgroup.kill");
  close(file);
}

bool leaf_is_empty(const struct leaf *leaf) {
  char events[64];
  int file = openat(leaf->directory, "cgroup.events", O_RDONLY | O_CLOEXEC);
  ssize_t length = read(file, events, sizeof events - 1);
  close(file);
  if (length < 0) return false;
  events[length] = 0;
  return strstr(events, "populated 0");
}

bool leaf_remove(struct leaf *leaf) {
  if (unlinkat(leaves, leaf->name, AT_REMOVEDIR) < 0) return false;
  close(leaf->directory);
  return true;
}
