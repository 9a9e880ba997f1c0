#pragma once

/// Blocks every signal but those that a thread causes itself (SIGSEGV and the like), for this thread and
/// for those that it starts. sigprocmask(2)
void clinux_block_signals(void);
