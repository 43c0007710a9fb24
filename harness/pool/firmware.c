/* firmware.c - see firmware.h. */
#include "firmware.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "folder.h"
#include "mem.h"
#include "rng.h"

enum { FIRMWARE_CHUNK = 1 << 20, FIRMWARE_VERSION_AT = 8, FIRMWARE_SIZE_AT = 40 };

/* See firmware.h; the version keeps a NUL at its end. */
static void
firmware_header(uint8_t *at, const char *version, uint64_t size)
{
	memset(at, 0, FIRMWARE_HEADER);
	memcpy(at, "CX700NBT", 8);
	memcpy(at + FIRMWARE_VERSION_AT, version, strnlen(version, 31));
	for (unsigned i = 0; i < 8; i++)
		at[FIRMWARE_SIZE_AT + i] = (uint8_t)(size >> 8 * i);
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

/* The version seeds the bytes: the same version and size are the same image everywhere. */
static int
firmware_write(int fd, const char *version, uint64_t size, uint8_t *chunk, uint32_t *crc_out)
{
	uint64_t seed = crc32(0, (const Bytef *)version, (uInt)strlen(version));
	uLong crc = crc32(0, NULL, 0);
	struct rng rng;
	int rc;

	rng_seed(&rng, seed, 0);
	for (uint64_t done = 0; done < size;) {
		size_t n =
		    size - done < FIRMWARE_CHUNK ? (size_t)(size - done) : FIRMWARE_CHUNK;

		firmware_fill(&rng, chunk);
		/* The header takes the place of the first bytes drawn. */
		if (done == 0)
			firmware_header(chunk, version, size);
		rc = folder_put(fd, (struct span){ chunk, n });
		if (rc != 0)
			return rc;
		crc = crc32(crc, chunk, (uInt)n);
		done += n;
	}
	*crc_out = (uint32_t)crc;
	return 0;
}

/* Read and written by the same descriptor, which stays open for sendfile. */
int
firmware_make(
    const char *path, const char *version, uint64_t size, int *fd_out, uint32_t *crc_out)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	uint8_t *chunk = mem_new(FIRMWARE_CHUNK);
	int rc = -ENOMEM;

	if (fd < 0)
		rc = -errno;
	else if (chunk != NULL)
		rc = firmware_write(fd, version, size, chunk, crc_out);
	mem_free(chunk);
	if (rc == 0)
		*fd_out = fd;
	else if (fd >= 0)
		close(fd);
	return rc;
}
