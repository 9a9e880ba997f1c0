#define _GNU_SOURCE
#include "clinux.h"

#include <string.h>

const char *clinux_errno_name(int number) { return strerrorname_np(number); }
