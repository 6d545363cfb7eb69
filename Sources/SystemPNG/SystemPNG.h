// The libpng of the system, which reads and writes PNG pictures: Debian's libpng-dev; Homebrew's libpng on macOS.
#pragma once
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// libpng leaves a failed call by longjmp, which must not pass over a function of Swift. So each call of Swift is one of these, which longjmp comes back to.

/// A picture that is being read, and what was wrong with it.
typedef struct {
  png_structp png;
  png_infop info;
  const unsigned char *bytes;
  size_t count;
  char message[128];
} PNGReader;

static inline void png_reader_fail(png_structp png, png_const_charp message) {
  PNGReader *reader = png_get_error_ptr(png);
  snprintf(reader->message, sizeof reader->message, "%s", message);
  png_longjmp(png, 1);
}

static inline void png_reader_warn(png_structp png, png_const_charp message) { (void)png, (void)message; }

static inline void png_reader_give(png_structp png, png_bytep target, size_t count) {
  PNGReader *reader = png_get_io_ptr(png);
  if (count > reader->count) png_error(png, "no more data");
  memcpy(target, reader->bytes, count);
  reader->bytes += count;
  reader->count -= count;
}

/// A reader of these bytes, which must stay where they are; NULL where there is no memory.
static inline PNGReader *png_reader_make(const unsigned char *bytes, size_t count) {
  PNGReader *reader = calloc(1, sizeof(PNGReader));
  if (!reader) return NULL;
  reader->bytes = bytes;
  reader->count = count;
  reader->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reader, png_reader_fail, png_reader_warn);
  if (reader->png) reader->info = png_create_info_struct(reader->png);
  return reader;
}

static inline void png_reader_free(PNGReader *reader) {
  png_destroy_read_struct(&reader->png, &reader->info, NULL);
  free(reader);
}

/// Reads all that stands before the pixels, without memory for them. 0 where it fails.
static inline int png_reader_read_header(PNGReader *reader) {
  if (!reader->info) return 0;
  png_structp png = reader->png;
  if (setjmp(png_jmpbuf(png))) return 0;
  png_set_read_fn(png, reader, png_reader_give);
  png_read_info(png, reader->info);
  // Whatever it is: 8 bits of red, green and blue, and of opacity where the file has it.
  png_set_expand(png);
  png_set_scale_16(png);
  png_set_gray_to_rgb(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, reader->info);
  return 1;
}

static inline int png_reader_width(const PNGReader *reader) { return (int)png_get_image_width(reader->png, reader->info); }
static inline int png_reader_height(const PNGReader *reader) { return (int)png_get_image_height(reader->png, reader->info); }

/// The bytes of a pixel: 3, or 4 with its opacity.
static inline int png_reader_channels(const PNGReader *reader) { return png_get_channels(reader->png, reader->info); }

static inline const char *png_reader_message(const PNGReader *reader) { return reader->message; }

/// Reads all rows. 0 where it fails.
static inline int png_reader_read_pixels(PNGReader *reader, unsigned char *pixels) {
  png_structp png = reader->png;
  size_t size = png_get_rowbytes(png, reader->info);
  png_uint_32 height = png_get_image_height(png, reader->info);
  int passes = png_get_interlace_type(png, reader->info) == PNG_INTERLACE_NONE ? 1 : PNG_INTERLACE_ADAM7_PASSES;
  if (setjmp(png_jmpbuf(png))) return 0;
  for (int pass = 0; pass < passes; pass++)
    for (png_uint_32 row = 0; row < height; row++) png_read_row(png, pixels + row * size, NULL);
  return 1;
}
