// The libvorbis and libogg of the system, on which its libsndfile stands: Debian's libvorbis-dev; Homebrew's libvorbis on macOS.
#pragma once
#include <string.h>
#include <vorbis/codec.h>

// libsndfile (1.2.2 at least) does not look at what libvorbis says about the second and third header of a stream, and goes on with a decoder that was
// not made: a null pointer. So they are looked at before.

/// Whether what `read` gives (bytes into a buffer, as many as it says, 0 at the end) begins with headers from which libvorbis makes a decoder, or with a
/// page of another codec.
static inline int vorbis_headers_are_good(long (*read)(void *source, char *buffer, long count), void *source) {
  ogg_sync_state sync;
  ogg_stream_state stream;
  ogg_page page;
  ogg_packet packet;
  vorbis_info info;
  vorbis_comment comment;
  ogg_sync_init(&sync);
  vorbis_info_init(&info);
  vorbis_comment_init(&comment);
  int has_stream = 0, header_count = 0, is_good = 1;
  while (is_good && header_count < 3) {
    int found;
    while ((found = ogg_sync_pageout(&sync, &page)) != 1) {
      if (found < 0) continue;  // bytes between pages
      char *buffer = ogg_sync_buffer(&sync, 4096);
      long count = buffer ? read(source, buffer, 4096) : 0;
      if (count <= 0) break;
      ogg_sync_wrote(&sync, count);
    }
    if (!(is_good = found == 1)) break;
    if (!has_stream) {
      if (page.body_len < 7 || memcmp(page.body, "\1vorbis", 7)) break;
      ogg_stream_init(&stream, ogg_page_serialno(&page));
      has_stream = 1;
    }
    ogg_stream_pagein(&stream, &page);  // one of another stream is passed over
    while (is_good && header_count < 3 && (found = ogg_stream_packetout(&stream, &packet)) != 0) {
      is_good = found == 1 && vorbis_synthesis_headerin(&info, &comment, &packet) == 0;
      header_count++;
    }
  }
  if (is_good && header_count == 3) {
    vorbis_dsp_state decoder;
    is_good = vorbis_synthesis_init(&decoder, &info) == 0;
    if (is_good) vorbis_dsp_clear(&decoder);
  }
  if (has_stream) ogg_stream_clear(&stream);
  vorbis_comment_clear(&comment);
  vorbis_info_clear(&info);
  ogg_sync_clear(&sync);
  return is_good;
}
