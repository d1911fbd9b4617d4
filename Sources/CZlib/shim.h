// zlib, and its one-piece gzip: deflateInit2 is a macro, which Swift does not see.
#ifndef LORA_TRAIN_CZLIB_SHIM_H
#define LORA_TRAIN_CZLIB_SHIM_H
#include <zlib.h>

// Returns how many bytes of `to` are used; 0: it did not fit, or there was no memory.
static inline unsigned long lora_gzip(const unsigned char *from, unsigned long n, unsigned char *to, unsigned long room) {
  z_stream stream = {0};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
  stream.next_in = (unsigned char *)from;
  stream.avail_in = (unsigned int)n;
  stream.next_out = to;
  stream.avail_out = (unsigned int)room;
  int result = deflate(&stream, Z_FINISH);
  unsigned long used = stream.total_out;
  deflateEnd(&stream);
  return result == Z_STREAM_END ? used : 0;
}
#endif
