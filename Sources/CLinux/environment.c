#define _GNU_SOURCE
#include "clinux_environment.h"

#include <stddef.h>
#include <unistd.h>

char **clinux_environment(void) {
  static char *none[] = {NULL};
  return environ ? environ : none;
}
