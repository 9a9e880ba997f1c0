// A job that writes: `writer text|binary MEBIBYTES`, to its standard output. The text is what a
// compiler says, quotation marks outside of ASCII included.
#include <err.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PIECE = 64 * 1024, MEBIBYTE = 1 << 20 };

static const char warning[] =
    "src/engine/main.c:1234:17: warning: unused variable ‘count’ [-Wunused-variable]\n"
    " 1234 |   unsigned count = strlen(\"a\\tb\");\n"
    "      |            ^~~~~\n";

// Whole lines, so that no piece ends within a character.
static void fill_with_text(char *piece) {
  size_t length = sizeof warning - 1, at = 0;
  for (; at + length <= PIECE; at += length) memcpy(piece + at, warning, length);
  memset(piece + at, '\n', PIECE - at);
}

static void fill_with_noise(char *piece) {
  uint64_t state = 88172645463325252;
  for (size_t at = 0; at < PIECE; at += sizeof state) {
    // https://www.jstatsoft.org/article/view/v008i14
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    memcpy(piece + at, &state, sizeof state);
  }
}

int main(int count, char **arguments) {
  if (count != 3) errx(2, "usage: writer text|binary MEBIBYTES");
  static char piece[PIECE];
  if (strcmp(arguments[1], "text") == 0)
    fill_with_text(piece);
  else
    fill_with_noise(piece);
  for (long left = atol(arguments[2]) * (MEBIBYTE / PIECE); left > 0; left--)
    for (size_t written = 0; written < PIECE;) {
      ssize_t count = write(STDOUT_FILENO, piece + written, PIECE - written);
      if (count < 0) err(1, "write");
      written += (size_t)count;
    }
}
