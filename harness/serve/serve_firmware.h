/*
 * serve_firmware.h - the image that the update service hands out: a header of our own
 * making, then bytes that only depend on the version, so its CRC is known.
 *
 *   0  "CX700NBT"      8  version, NUL-padded to 32      40  size, 64 bits, little-endian
 */
#ifndef SERVE_SERVE_FIRMWARE_H
#define SERVE_SERVE_FIRMWARE_H
#include <stddef.h>
#include <stdint.h>

#include "rng.h"
#include "span.h"

enum { FIRMWARE_HEADER = 48, FIRMWARE_CHUNK = 1 << 20 };

struct serve_firmware {
	const char *version; /* lent */
	uint64_t size, done;
	struct rng rng;
	uint32_t crc32; /* of what is done: zlib's */
};

/* An image from its first byte. */
void serve_firmware_begin(struct serve_firmware *, const char *version, uint64_t size);

/* The next bytes, up to FIRMWARE_CHUNK of them, into `chunk`; how many, 0 at the end. */
size_t serve_firmware_next(struct serve_firmware *, uint8_t *chunk);

/* CRC-32 as zlib has it, `from` being that of the bytes before (0: none). */
uint32_t serve_crc32(uint32_t from, struct span);

#endif
