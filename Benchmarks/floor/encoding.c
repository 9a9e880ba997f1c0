#include "encoding.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
  CHARACTER_MAX = 4,
  // A control character is six bytes when escaped.
  REPLY_MAX = 6 * (PIECE_MAX + CHARACTER_MAX) + 128,
};

static const uint64_t ONES = 0x0101010101010101, TOPS = 0x8080808080808080;

static uint64_t load(const char *bytes) {
  uint64_t eight;
  memcpy(&eight, bytes, sizeof eight);
  return eight;
}

// How long a character is by its first byte, 0 if it can't begin one. RFC 3629
static size_t character_length(unsigned char first) {
  if (first < 0x80) return 1;
  if (first < 0xc2) return 0;
  if (first < 0xe0) return 2;
  if (first < 0xf0) return 3;
  return first < 0xf5 ? 4 : 0;
}

// The second byte of a character has narrower bounds behind some first ones. RFC 3629
static bool is_character(const char *bytes, size_t length) {
  unsigned char first = (unsigned char)bytes[0], second = (unsigned char)bytes[1];
  unsigned char least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  unsigned char most = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return false;
  for (size_t index = 2; index < length; index++)
    if ((bytes[index] & 0xc0) != 0x80) return false;
  return true;
}

// How much of it is whole characters, SIZE_MAX if it isn't text.
static size_t text_length(const char *bytes, size_t length) {
  size_t at = 0;
  while (at < length) {
    while (at + 8 <= length && !(load(bytes + at) & TOPS)) at += 8;
    if (at == length) break;
    size_t character = character_length((unsigned char)bytes[at]);
    if (character == 0) return SIZE_MAX;
    if (at + character > length) return at;
    if (character > 1 && !is_character(bytes + at, character)) return SIZE_MAX;
    at += character;
  }
  return at;
}

static bool is_reserved(unsigned char byte) {
  return byte < 0x20 || byte == '"' || byte == '\\';
}

// Whether any of eight bytes is, or an earlier one of them.
static bool have_reserved(uint64_t eight) {
  uint64_t quotes = eight ^ ONES * '"', backslashes = eight ^ ONES * '\\';
  uint64_t found = ((eight - ONES * 0x20) & ~eight) | ((quotes - ONES) & ~quotes) |
                   ((backslashes - ONES) & ~backslashes);
  return found & TOPS;
}

static char *put(char *to, const char *text) {
  size_t length = strlen(text);
  memcpy(to, text, length);
  return to + length;
}

static char *put_escape(char *to, unsigned char byte) {
  static const char letters[0x20] = {
      ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
  static const char digits[] = "0123456789abcdef";
  *to++ = '\\';
  if (byte >= 0x20 || letters[byte]) {
    *to++ = byte < 0x20 ? letters[byte] : (char)byte;
    return to;
  }
  to = put(to, "u00");
  *to++ = digits[byte >> 4];
  *to++ = digits[byte & 0xf];
  return to;
}

static char *put_escaped(char *to, const char *bytes, size_t length) {
  for (size_t at = 0; at < length; at++) {
    size_t start = at;
    while (at + 8 <= length && !have_reserved(load(bytes + at))) at += 8;
    while (at < length && !is_reserved((unsigned char)bytes[at])) at++;
    memcpy(to, bytes + start, at - start);
    to += at - start;
    if (at < length) to = put_escape(to, (unsigned char)bytes[at]);
  }
  return to;
}

static char *put_base64(char *to, const char *text, size_t length) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  // Two digits at a time.
  static char pairs[1 << 12][2];
  if (!pairs[0][0])
    for (size_t bits = 0; bits < 1 << 12; bits++) {
      pairs[bits][0] = digits[bits >> 6];
      pairs[bits][1] = digits[bits & 0x3f];
    }
  const unsigned char *bytes = (const unsigned char *)text;
  for (; length >= 3; bytes += 3, length -= 3, to += 4) {
    uint32_t bits = (uint32_t)bytes[0] << 16 | (uint32_t)bytes[1] << 8 | bytes[2];
    memcpy(to, pairs[bits >> 12], 2);
    memcpy(to + 2, pairs[bits & 0xfff], 2);
  }
  if (length == 0) return to;
  uint32_t bits = (uint32_t)bytes[0] << 16 | (length > 1 ? (uint32_t)bytes[1] << 8 : 0);
  memcpy(to, pairs[bits >> 12], 2);
  to[2] = length > 1 ? digits[bits >> 6 & 0x3f] : '=';
  to[3] = '=';
  return to + 4;
}

size_t encode_output(const char *bytes, size_t length, const char **reply) {
  static char whole[CHARACTER_MAX + PIECE_MAX], replied[REPLY_MAX];
  static size_t held;
  memcpy(whole + held, bytes, length);
  length += held;
  size_t text = text_length(whole, length);
  char *to = put(replied,
                 "{\"continues\":true,\"parameters\":{\"output\":{\"stream\":\"standard_output\",");
  if (text == SIZE_MAX) {
    to = put_base64(put(to, "\"base64\":\""), whole, length);
    held = 0;
  } else {
    to = put_escaped(put(to, "\"text\":\""), whole, text);
    held = length - text;
    memmove(whole, whole + text, held);
  }
  to = put(to, "\"}}}") + 1;
  to[-1] = 0;
  *reply = replied;
  return text == 0 ? 0 : (size_t)(to - replied);
}
