#include "clinux_allocator.h"

#include <malloc.h>

void clinux_keep_free(int bytes) { mallopt(M_TRIM_THRESHOLD, bytes); }

void clinux_use_one_heap(void) { mallopt(M_ARENA_MAX, 1); }

void clinux_map_blocks_from(int bytes) { mallopt(M_MMAP_THRESHOLD, bytes); }
