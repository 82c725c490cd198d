/*
 * A picture codec as a command line:
 *   codec encode WIDTH HEIGHT in.rgba out.qoi
 *   codec decode in.qoi out.rgba
 * Files are those that the caller gave; what was written comes back to it. Prints one JSON line about what it did.
 */
#include "qoi.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PIXELS (16u << 20)

typedef struct {
  uint8_t *bytes;
  size_t length;
} block;

static int fail(int code, const char *what, const char *name) {
  fprintf(stderr, "codec: %s%s%s\n", what, *name ? ": " : "", name);
  return code;
}

static int read_file(const char *name, block *out) {
  FILE *file = fopen(name, "rb");
  if (file == NULL) return 0;
  size_t room = 1 << 16;
  out->bytes = malloc(room);
  out->length = 0;
  while (out->bytes != NULL) {
    size_t got = fread(out->bytes + out->length, 1, room - out->length, file);
    if (got == 0) break;
    out->length += got;
    if (out->length == room) out->bytes = realloc(out->bytes, room *= 2);
  }
  int worked = out->bytes != NULL && !ferror(file);
  fclose(file);
  return worked;
}

static int write_file(const char *name, const uint8_t *bytes, size_t length) {
  FILE *file = fopen(name, "wb");
  if (file == NULL) return 0;
  int worked = fwrite(bytes, 1, length, file) == length;
  return fclose(file) == 0 && worked;
}

static int encode(uint32_t width, uint32_t height, const char *from, const char *to) {
  block rgba;
  if (width == 0 || height == 0 || height > MAX_PIXELS / width) return fail(2, "no such size", "");
  if (!read_file(from, &rgba)) return fail(1, "cannot read", from);
  size_t pixels = (size_t)width * height;
  if (rgba.length != pixels * 4) return fail(2, "not four bytes a pixel", from);
  uint8_t *qoi = malloc(QOI_HEADER_SIZE + QOI_END_SIZE + pixels * QOI_WORST_PIXEL);
  if (qoi == NULL) return fail(1, "out of memory", "");
  qoi_chunks used;
  size_t length = qoi_encode(rgba.bytes, width, height, qoi, &used);
  if (!write_file(to, qoi, length)) return fail(1, "cannot write", to);
  printf("{\"bytes\":%zu,\"run\":%u,\"index\":%u,\"difference\":%u,\"luma\":%u,\"rgb\":%u,\"rgba\":%u}\n", length, used.run, used.index,
         used.difference, used.luma, used.rgb, used.rgba);
  return 0;
}

static int decode(const char *from, const char *to) {
  block qoi;
  uint32_t width, height;
  if (!read_file(from, &qoi)) return fail(1, "cannot read", from);
  if (!qoi_size(qoi.bytes, qoi.length, MAX_PIXELS, &width, &height)) return fail(2, "not a QOI picture", from);
  size_t pixels = (size_t)width * height;
  uint8_t *rgba = malloc(pixels * 4);
  if (rgba == NULL) return fail(1, "out of memory", "");
  if (!qoi_decode(qoi.bytes, qoi.length, rgba, pixels)) return fail(2, "the data ends too early", from);
  if (!write_file(to, rgba, pixels * 4)) return fail(1, "cannot write", to);
  printf("{\"width\":%u,\"height\":%u}\n", width, height);
  return 0;
}

int main(int count, char **args) {
  if (count == 6 && strcmp(args[1], "encode") == 0) {
    return encode((uint32_t)strtoul(args[2], NULL, 10), (uint32_t)strtoul(args[3], NULL, 10), args[4], args[5]);
  }
  if (count == 4 && strcmp(args[1], "decode") == 0) return decode(args[2], args[3]);
  return fail(64, "usage: codec encode WIDTH HEIGHT in.rgba out.qoi | codec decode in.qoi out.rgba", "");
}
