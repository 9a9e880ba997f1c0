// A job may nest cgroups as deep as it likes, deeper than descriptors or stack would reach: so
// the tree is walked with one descriptor, down by name and up by "..".
#define _GNU_SOURCE
#include "clinux_cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clinux_descriptor.h"

enum { LISTING = 2048 };

// A directory has a link for its name, one for its ".", and one for the ".." of each that is in it.
bool clinux_has_nested_cgroup(int directory) {
  struct stat found;
  return fstat(directory, &found) < 0 || found.st_nlink != 2;
}

// Removes the children of `directory` up to the first that is refused, which it opens.
static int remove_children(int directory, bool *progress, int *refused) {
  _Alignas(8) char names[LISTING];
  size_t used;
  ssize_t more;
  *refused = -1;
  if (lseek(directory, 0, SEEK_SET) < 0) return -errno;
  while ((more = clinux_subdirectories(directory, names, sizeof names, &used)) > 0) {
    for (const char *name = names; name < names + used; name += strlen(name) + 1) {
      int answer = clinux_rmdir(directory, name);
      if (answer == 0) *progress = true;
      if (answer == 0 || answer == -ENOENT) continue;
      if (answer != -EBUSY) return answer;
      *refused = clinux_openat(directory, name, O_RDONLY | O_DIRECTORY, 0);
      if (*refused == -ENOENT) continue;
      return *refused < 0 ? *refused : 0;
    }
  }
  // getdents64 says ENOENT in a directory that somebody else removed meanwhile.
  return more == -ENOENT ? 0 : (int)more;
}

int clinux_remove_nested_cgroups(int directory) {
  // A position of our own: the caller's may be shared with another thread or process.
  int current = clinux_openat(directory, ".", O_RDONLY | O_DIRECTORY, 0);
  if (current < 0) return current;
  int depth = 0, answer, refused;
  bool progress = true;
  for (;;) {
    answer = remove_children(current, &progress, &refused);
    if (answer < 0) break;
    int next = refused;
    if (refused >= 0) {
      depth++;
    } else {
      if (depth == 0) break;
      // Nothing is in the way here any more, so the next look from above should remove it. If
      // nothing went since the last time we came up, it holds a process.
      answer = progress ? 0 : -EBUSY;
      if (answer < 0) break;
      progress = false;
      depth--;
      next = clinux_openat(current, "..", O_RDONLY | O_DIRECTORY, 0);
      if (next < 0) {
        answer = next;
        break;
      }
    }
    close(current);
    current = next;
  }
  close(current);
  return answer;
}

int clinux_remove_cgroup(int parent, const char *name) {
  int answer = clinux_rmdir(parent, name);
  if (answer == -EBUSY) {
    int directory = clinux_openat(parent, name, O_RDONLY | O_DIRECTORY, 0);
    if (directory < 0) return directory == -ENOENT ? 0 : directory;
    answer = clinux_remove_nested_cgroups(directory);
    close(directory);
    if (answer == 0) answer = clinux_rmdir(parent, name);
  }
  return answer == -ENOENT ? 0 : answer;
}
