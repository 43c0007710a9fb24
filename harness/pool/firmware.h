/* firmware.h - the image of serve_firmware.h as a file. */
#ifndef POOL_FIRMWARE_H
#define POOL_FIRMWARE_H
#include <stdint.h>

#include "serve_firmware.h"

/* Write it to path and open it for reading.  0 or -errno; the descriptor is the caller's. */
int firmware_make(
    const char *path, const char *version, uint64_t size, int *fd_out, uint32_t *crc_out);

#endif
