/* serve_firmware.c - see serve_firmware.h. */
#include "serve_firmware.h"

#include <string.h>

enum { FIRMWARE_VERSION_AT = 8, FIRMWARE_SIZE_AT = 40, FIRMWARE_VERSION_MAX = 31 };

/* Bit by bit for each of the 256 bytes; made when it is needed, it takes no time beside the
 * bytes it is for. */
static void
crc_table(uint32_t table[256])
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i;

		for (int bit = 0; bit < 8; bit++)
			c = (c & 1) != 0 ? c >> 1 ^ 0xedb88320u : c >> 1;
		table[i] = c;
	}
}

uint32_t
serve_crc32(uint32_t from, struct span s)
{
	uint32_t table[256], crc = ~from;

	crc_table(table);
	for (size_t i = 0; i < s.n; i++)
		crc = table[(crc ^ s.p[i]) & 0xff] ^ crc >> 8;
	return ~crc;
}

/* The version seeds the bytes: the same version and size are the same image everywhere. */
void
serve_firmware_begin(struct serve_firmware *f, const char *version, uint64_t size)
{
	*f = (struct serve_firmware){ .version = version, .size = size };
	rng_seed(&f->rng, serve_crc32(0, span_of(version)), 0);
}

/* The version keeps a NUL at its end. */
static void
firmware_header(const struct serve_firmware *f, uint8_t *at)
{
	memset(at, 0, FIRMWARE_HEADER);
	memcpy(at, "CX700NBT", 8);
	memcpy(at + FIRMWARE_VERSION_AT, f->version, strnlen(f->version, FIRMWARE_VERSION_MAX));
	for (unsigned i = 0; i < 8; i++)
		at[FIRMWARE_SIZE_AT + i] = (uint8_t)(f->size >> 8 * i);
}

/* Random, so that nothing on the way can compress it. */
static void
firmware_fill(struct rng *rng, uint8_t *chunk)
{
	for (size_t i = 0; i < FIRMWARE_CHUNK; i += 8) {
		uint64_t r = rng_u64(rng);

		for (unsigned b = 0; b < 8; b++)
			chunk[i + b] = (uint8_t)(r >> 8 * b);
	}
}

size_t
serve_firmware_next(struct serve_firmware *f, uint8_t *chunk)
{
	uint64_t left = f->size - f->done;
	size_t n = left < FIRMWARE_CHUNK ? (size_t)left : FIRMWARE_CHUNK;

	if (n == 0)
		return 0;
	firmware_fill(&f->rng, chunk);
	/* The header takes the place of the first bytes drawn. */
	if (f->done == 0)
		firmware_header(f, chunk);
	f->crc32 = serve_crc32(f->crc32, (struct span){ chunk, n });
	f->done += n;
	return n;
}
