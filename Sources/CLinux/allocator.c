#include "clinux_allocator.h"

#include <malloc.h>

void clinux_keep_free(int bytes) { mallopt(M_TRIM_THRESHOLD, bytes); }
