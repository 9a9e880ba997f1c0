#include "clinux_memory.h"

#include <errno.h>
#include <malloc.h>

int clinux_map_blocks_from(int bytes) { return mallopt(M_MMAP_THRESHOLD, bytes) == 1 ? 0 : -ENOSYS; }
