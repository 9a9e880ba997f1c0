#define _GNU_SOURCE
#include "clinux_environment.h"

#include <stddef.h>
#include <unistd.h>

static size_t argument_count;
static char **arguments;

/// glibc hands a constructor what main gets, in a static program, too.
__attribute__((constructor)) static void keep_arguments(int count, char **vector) {
  argument_count = count > 0 ? (size_t)count : 0;
  arguments = vector;
}

const char *clinux_argument(size_t index) {
  return index < argument_count ? arguments[index] : NULL;
}

char **clinux_environment(void) {
  static char *none[] = {NULL};
  return environ ? environ : none;
}
