/* firmware.c - see firmware.h. */
#include "firmware.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "folder.h"
#include "mem.h"

static int
firmware_write(int fd, struct serve_firmware *image, uint8_t *chunk)
{
	int rc = 0;
	size_t n;

	while (rc == 0 && (n = serve_firmware_next(image, chunk)) > 0)
		rc = folder_put(fd, (struct span){ chunk, n });
	return rc;
}

/* Read and written by the same descriptor, which stays open for sendfile. */
int
firmware_make(
    const char *path, const char *version, uint64_t size, int *fd_out, uint32_t *crc_out)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	uint8_t *chunk = mem_new(FIRMWARE_CHUNK);
	struct serve_firmware image;
	int rc = -ENOMEM;

	serve_firmware_begin(&image, version, size);
	if (fd < 0)
		rc = -errno;
	else if (chunk != NULL)
		rc = firmware_write(fd, &image, chunk);
	mem_free(chunk);
	if (rc == 0) {
		*fd_out = fd;
		*crc_out = image.crc32;
	} else if (fd >= 0) {
		close(fd);
	}
	return rc;
}
