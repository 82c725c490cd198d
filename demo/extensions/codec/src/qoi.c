#include "qoi.h"
#include <string.h>

enum { OP_INDEX = 0x00, OP_DIFF = 0x40, OP_LUMA = 0x80, OP_RUN = 0xc0, OP_RGB = 0xfe, OP_RGBA = 0xff, MASK = 0xc0, MAX_RUN = 62 };

typedef struct {
  uint8_t r, g, b, a;
} pixel;

static int same(pixel one, pixel other) { return memcmp(&one, &other, sizeof one) == 0; }
static unsigned hash(pixel p) { return (p.r * 3u + p.g * 5u + p.b * 7u + p.a * 11u) % 64u; }

static uint8_t *put32(uint8_t *at, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) *at++ = (uint8_t)(value >> shift);
  return at;
}

static uint32_t get32(const uint8_t *at) { return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]; }

static uint8_t *put_pixel(uint8_t *at, pixel now, pixel before, qoi_chunks *chunks) {
  if (now.a != before.a) {
    chunks->rgba++;
    *at++ = OP_RGBA;
    memcpy(at, &now, 4);
    return at + 4;
  }
  int8_t red = (int8_t)(now.r - before.r), green = (int8_t)(now.g - before.g), blue = (int8_t)(now.b - before.b);
  int8_t red_green = (int8_t)(red - green), blue_green = (int8_t)(blue - green);
  if (red >= -2 && red <= 1 && green >= -2 && green <= 1 && blue >= -2 && blue <= 1) {
    chunks->difference++;
    *at++ = (uint8_t)(OP_DIFF | (red + 2) << 4 | (green + 2) << 2 | (blue + 2));
  } else if (green >= -32 && green <= 31 && red_green >= -8 && red_green <= 7 && blue_green >= -8 && blue_green <= 7) {
    chunks->luma++;
    *at++ = (uint8_t)(OP_LUMA | (green + 32));
    *at++ = (uint8_t)((red_green + 8) << 4 | (blue_green + 8));
  } else {
    chunks->rgb++;
    *at++ = OP_RGB;
    *at++ = now.r;
    *at++ = now.g;
    *at++ = now.b;
  }
  return at;
}

size_t qoi_encode(const uint8_t *rgba, uint32_t width, uint32_t height, uint8_t *target, qoi_chunks *chunks) {
  pixel seen[64] = {0}, before = {0, 0, 0, 255};
  uint8_t *at = target;
  unsigned run = 0;
  memset(chunks, 0, sizeof *chunks);
  memcpy(at, "qoif", 4);
  at = put32(put32(at + 4, width), height);
  *at++ = 4; /* channels */
  *at++ = 0; /* sRGB */
  for (size_t left = (size_t)width * height; left > 0; left--, rgba += 4) {
    pixel now;
    memcpy(&now, rgba, 4);
    int repeats = same(now, before);
    if (repeats) run++;
    if (run > 0 && (!repeats || run == MAX_RUN || left == 1)) {
      chunks->run++;
      *at++ = (uint8_t)(OP_RUN | (run - 1));
      run = 0;
    }
    if (repeats) continue;
    if (same(seen[hash(now)], now)) {
      chunks->index++;
      *at++ = (uint8_t)(OP_INDEX | hash(now));
    } else {
      seen[hash(now)] = now;
      at = put_pixel(at, now, before, chunks);
    }
    before = now;
  }
  memcpy(at, "\0\0\0\0\0\0\0\1", QOI_END_SIZE);
  return (size_t)(at - target) + QOI_END_SIZE;
}

int qoi_size(const uint8_t *source, size_t length, uint32_t max_pixels, uint32_t *width, uint32_t *height) {
  if (length < QOI_HEADER_SIZE + QOI_END_SIZE || memcmp(source, "qoif", 4) != 0) return 0;
  *width = get32(source + 4);
  *height = get32(source + 8);
  return *width > 0 && *height > 0 && *height <= max_pixels / *width;
}

int qoi_decode(const uint8_t *source, size_t length, uint8_t *rgba, size_t pixels) {
  pixel seen[64] = {0}, now = {0, 0, 0, 255};
  /* Every chunk begins before the end mark, whose 8 bytes are more than any chunk's rest: no read passes the end. */
  size_t end = length - QOI_END_SIZE, at = QOI_HEADER_SIZE;
  unsigned run = 0;
  for (; pixels > 0; pixels--, rgba += 4) {
    if (run > 0) {
      run--;
    } else {
      if (at >= end) return 0;
      uint8_t byte = source[at++];
      if (byte == OP_RGB || byte == OP_RGBA) {
        size_t channels = byte == OP_RGB ? 3 : 4;
        memcpy(&now, source + at, channels);
        at += channels;
      } else if ((byte & MASK) == OP_INDEX) {
        now = seen[byte];
      } else if ((byte & MASK) == OP_DIFF) {
        now.r = (uint8_t)(now.r + (byte >> 4 & 3) - 2);
        now.g = (uint8_t)(now.g + (byte >> 2 & 3) - 2);
        now.b = (uint8_t)(now.b + (byte & 3) - 2);
      } else if ((byte & MASK) == OP_LUMA) {
        int green = (byte & 63) - 32, second = source[at++];
        now.r = (uint8_t)(now.r + green - 8 + (second >> 4));
        now.g = (uint8_t)(now.g + green);
        now.b = (uint8_t)(now.b + green - 8 + (second & 15));
      } else {
        run = byte & 63;
      }
      seen[hash(now)] = now;
    }
    memcpy(rgba, &now, 4);
  }
  return 1;
}
