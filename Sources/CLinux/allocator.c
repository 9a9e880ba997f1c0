#include "clinux_allocator.h"

#include <malloc.h>

void clinux_keep_free(int bytes) { mallopt(M_TRIM_THRESHOLD, bytes); }

void clinux_map_blocks_from(int bytes) { mallopt(M_MMAP_THRESHOLD, bytes); }
