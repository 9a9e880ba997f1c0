#pragma once
// Captured output as jobd tells it: text where it is UTF-8, base64 where it isn't.

#include <stddef.h>

enum { PIECE_MAX = 64 * 1024 };

// A whole reply for one piece, its NUL included; 0 if there is nothing whole to say yet. The
// beginning of a character at the end of a piece is kept for the next one.
size_t encode_output(const char *bytes, size_t length, const char **reply);
