// The libjpeg of the system (libjpeg-turbo), which reads JPEG pictures: Debian's libjpeg-dev; Homebrew's jpeg-turbo on macOS.
#pragma once
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
// These two need the names of <stdio.h>.
#include <jpeglib.h>
#include <jerror.h>

// libjpeg leaves a failed call by longjmp, which must not pass over a function of Swift. So each call of Swift is one of these, which longjmp comes back to.

/// A picture that is being read, and what was wrong with it.
typedef struct {
  struct jpeg_decompress_struct decoder;
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  jmp_buf failure;
  char message[JMSG_LENGTH_MAX];
  int scan_limit;
} JPEGReader;

static inline void jpeg_reader_fail(j_common_ptr decoder) {
  JPEGReader *reader = decoder->client_data;
  decoder->err->format_message(decoder, reader->message);
  longjmp(reader->failure, 1);
}

/// A picture without all of its data is an error, where libjpeg would fill in grey. Bytes too many between its parts are none.
static inline void jpeg_reader_warn(j_common_ptr decoder, int level) {
  if (level >= 0) return;
  switch (decoder->err->msg_code) {
  case JWRN_JPEG_EOF:
  case JWRN_HIT_MARKER:
  case JWRN_HUFF_BAD_CODE:
  case JWRN_ARITH_BAD_CODE:
  case JWRN_MUST_RESYNC: jpeg_reader_fail(decoder);
  }
}

/// A small file may ask for any number of passes over a large picture.
static inline void jpeg_reader_limit_scans(j_common_ptr decoder) {
  JPEGReader *reader = decoder->client_data;
  if (((j_decompress_ptr)decoder)->input_scan_number <= reader->scan_limit) return;
  snprintf(reader->message, sizeof reader->message, "more than %d scans", reader->scan_limit);
  longjmp(reader->failure, 1);
}

static inline void jpeg_reader_say_nothing(j_common_ptr decoder) { (void)decoder; }

/// A reader; NULL where there is no memory.
static inline JPEGReader *jpeg_reader_make(int scan_limit) {
  JPEGReader *reader = calloc(1, sizeof(JPEGReader));
  if (reader) reader->scan_limit = scan_limit;
  return reader;
}

static inline void jpeg_reader_free(JPEGReader *reader) {
  jpeg_destroy_decompress(&reader->decoder);
  free(reader);
}

/// Reads the header, without memory for pixels. The bytes must stay where they are. 0 where it fails.
static inline int jpeg_reader_read_header(JPEGReader *reader, const unsigned char *bytes, unsigned long count) {
  j_decompress_ptr decoder = &reader->decoder;
  decoder->client_data = reader;
  decoder->err = jpeg_std_error(&reader->errors);
  reader->errors.error_exit = jpeg_reader_fail;
  reader->errors.emit_message = jpeg_reader_warn;
  reader->errors.output_message = jpeg_reader_say_nothing;
  reader->progress.progress_monitor = jpeg_reader_limit_scans;
  if (setjmp(reader->failure)) return 0;
  jpeg_create_decompress(decoder);
  decoder->progress = &reader->progress;
  jpeg_mem_src(decoder, bytes, count);
  jpeg_read_header(decoder, TRUE);
  int has_black = decoder->jpeg_color_space == JCS_CMYK || decoder->jpeg_color_space == JCS_YCCK;
  decoder->out_color_space = has_black ? JCS_CMYK : JCS_RGB;
  return 1;
}

static inline int jpeg_reader_width(const JPEGReader *reader) { return (int)reader->decoder.image_width; }
static inline int jpeg_reader_height(const JPEGReader *reader) { return (int)reader->decoder.image_height; }

/// Whether a pixel is cyan, magenta, yellow and black; else red, green and blue.
static inline int jpeg_reader_has_black(const JPEGReader *reader) { return reader->decoder.out_color_space == JCS_CMYK; }

/// Whether its inks are written as what they leave of the light, as Adobe's programs do.
static inline int jpeg_reader_is_inverted(const JPEGReader *reader) { return reader->decoder.saw_Adobe_marker != 0; }

/// Whether it failed because the file ends too early.
static inline int jpeg_reader_is_truncated(const JPEGReader *reader) {
  return reader->errors.msg_code == JWRN_JPEG_EOF || reader->errors.msg_code == JERR_INPUT_EOF;
}

static inline const char *jpeg_reader_message(const JPEGReader *reader) { return reader->message; }

/// Reads all rows, 3 or 4 bytes a pixel. 0 where it fails.
static inline int jpeg_reader_read_pixels(JPEGReader *reader, unsigned char *pixels) {
  j_decompress_ptr decoder = &reader->decoder;
  if (setjmp(reader->failure)) return 0;
  jpeg_start_decompress(decoder);
  while (decoder->output_scanline < decoder->output_height) {
    JSAMPROW row = pixels + (size_t)decoder->output_scanline * decoder->output_width * decoder->output_components;
    jpeg_read_scanlines(decoder, &row, 1);
  }
  jpeg_finish_decompress(decoder);
  return 1;
}
