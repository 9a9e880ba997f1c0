#pragma once
// The C library's allocator. mallopt(3)

/// So many bytes that are free at the end of the heap aren't given back to the kernel.
void clinux_keep_free(int bytes);

/// Threads have no heaps of their own.
void clinux_use_one_heap(void);

/// Each block of so many bytes and more is mapped by itself, and unmapped when it is freed, whatever was freed
/// before.
void clinux_map_blocks_from(int bytes);
