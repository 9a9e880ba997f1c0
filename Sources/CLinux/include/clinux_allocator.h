#pragma once
// The C library's allocator.

/// So many bytes that are free at the end of the heap aren't given back to the kernel. mallopt(3)
void clinux_keep_free(int bytes);
