#pragma once

#include <stdbool.h>

/// Blocks every signal but those that a thread causes itself (SIGSEGV and the like), or that can't be blocked, for this
/// thread and for those that it starts. sigprocmask(2)
void clinux_block_signals(void);

/// Whether this thread blocks all of these.
bool clinux_blocks_signals(void);
