/* The "Quite OK Image" format, https://qoiformat.org/qoi-specification.pdf: our own encoder and decoder. */
#ifndef QOI_H
#define QOI_H
#include <stddef.h>
#include <stdint.h>

#define QOI_HEADER_SIZE 14
#define QOI_END_SIZE 8
/* Two bytes of a pixel index, of a run and so on never cost more than this for one pixel. */
#define QOI_WORST_PIXEL 5

/* How often each kind of chunk was used. */
typedef struct {
  uint32_t run, index, difference, luma, rgb, rgba;
} qoi_chunks;

/* `target` has room for header, end and QOI_WORST_PIXEL bytes a pixel. Returns the bytes written. */
size_t qoi_encode(const uint8_t *rgba, uint32_t width, uint32_t height, uint8_t *target, qoi_chunks *chunks);

/* Reads the header; 0 where it is none, or where the picture would have more than `max_pixels`. */
int qoi_size(const uint8_t *source, size_t length, uint32_t max_pixels, uint32_t *width, uint32_t *height);

/* `rgba` has room for four bytes a pixel. 0 where the data ends before the last pixel. */
int qoi_decode(const uint8_t *source, size_t length, uint8_t *rgba, size_t pixels);

#endif
