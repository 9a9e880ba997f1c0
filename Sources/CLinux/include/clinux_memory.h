#pragma once

/// Has each block of so many bytes and more mapped by itself, and unmapped when it is freed, whatever was
/// freed before. -ENOSYS where the C library has no such choice. mallopt(3)
int clinux_map_blocks_from(int bytes);
