/* http_range.h - "Range: bytes=..." of one range.  RFC 7233. */
#ifndef SERVE_HTTP_RANGE_H
#define SERVE_HTTP_RANGE_H
#include <stdint.h>

/*
 * Which n bytes from `first` of `size` are asked for?  0; -ENOENT: all of them (no
 * header, several ranges or nonsense: RFC 7233 lets us ignore it); -ERANGE: beyond the end
 * (416).
 */
int http_range_read(const char *value, uint64_t size, uint64_t *first_out, uint64_t *n_out);

#endif
