/*
 * firmware.h - the image that the update service hands out: a header of our own
 * making, then bytes that only depend on the version, so its CRC is known.
 *
 *   0  "CX700NBT"      8  version, NUL-padded to 32      40  size, 64 bits, little-endian
 */
#ifndef POOL_FIRMWARE_H
#define POOL_FIRMWARE_H
#include <stdint.h>

enum { FIRMWARE_HEADER = 48 };

/* Write it to path and open it for reading.  0 or -errno; the descriptor is the caller's. */
int firmware_make(
    const char *path, const char *version, uint64_t size, int *fd_out, uint32_t *crc_out);

#endif
