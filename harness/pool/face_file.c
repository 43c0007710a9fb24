/* face_file.c - see face_file.h. */
#include "face_file.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "http_range.h"
#include "mem.h"

enum { FILE_CUT_BLOCK = 64 * 1024 };

/* What is sent of a file that ends too soon. */
struct file_cut {
	int fd;
	uint64_t first, till;
};

static ssize_t
file_cut_read(void *arg, uint64_t at, char *to, size_t n)
{
	const struct file_cut *cut = arg;
	uint64_t left = cut->first + at < cut->till ? cut->till - cut->first - at : 0;
	ssize_t got = 0;

	if (left > 0)
		got = pread(cut->fd, to, n < left ? n : left, (off_t)(cut->first + at));
	/* Less than was announced: all that is left is to hang up. */
	return got > 0 ? got : MHD_CONTENT_READER_END_WITH_ERROR;
}

static struct MHD_Response *
file_cut_response(const struct face_file *file, uint64_t first, uint64_t n)
{
	struct file_cut *cut = mem_new(sizeof *cut);
	struct MHD_Response *response = NULL;

	if (cut == NULL)
		return NULL;
	*cut = (struct file_cut){ file->fd, first, first + n - n / 8 };
	response =
	    MHD_create_response_from_callback(n, FILE_CUT_BLOCK, file_cut_read, cut, mem_free);
	if (response == NULL)
		mem_free(cut);
	return response;
}

/* Bytes of the file; MHD closes the descriptor with the response. */
static struct MHD_Response *
file_part(const struct face_file *file, uint64_t first, uint64_t n)
{
	struct MHD_Response *response = NULL;
	int fd;

	if (file->cut)
		return file_cut_response(file, first, n);
	fd = dup(file->fd);
	if (fd >= 0)
		response = MHD_create_response_from_fd_at_offset64(n, fd, first);
	if (response == NULL && fd >= 0)
		close(fd);
	return response;
}

static struct MHD_Response *
file_all(const struct face_file *file)
{
	struct MHD_Response *response;

	if (file->whole != NULL)
		return file->whole;
	response = file_part(file, 0, file->size);
	if (response == NULL)
		return NULL;
	MHD_add_response_header(
	    response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/octet-stream");
	MHD_add_response_header(response, MHD_HTTP_HEADER_ACCEPT_RANGES, "bytes");
	return response;
}

struct MHD_Response *
face_file_response(
    const struct face_file *file, const char *range, int *status_out, uint64_t *sends_out)
{
	uint64_t first = 0, n = file->size;
	struct MHD_Response *response;
	char text[96];
	int rc = http_range_read(range, file->size, &first, &n);

	*status_out = rc == 0 ? MHD_HTTP_PARTIAL_CONTENT : MHD_HTTP_OK;
	*sends_out = n;
	if (rc == -ENOENT)
		return file_all(file);
	if (rc == -ERANGE) {
		*status_out = MHD_HTTP_RANGE_NOT_SATISFIABLE;
		*sends_out = 0;
		snprintf(text, sizeof text, "bytes */%llu", (unsigned long long)file->size);
		response = MHD_create_response_from_buffer(0, text, MHD_RESPMEM_PERSISTENT);
	} else {
		response = file_part(file, first, n);
		snprintf(text, sizeof text, "bytes %llu-%llu/%llu", (unsigned long long)first,
		    (unsigned long long)(first + n - 1), (unsigned long long)file->size);
	}
	if (response == NULL)
		return NULL;
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_RANGE, text);
	MHD_add_response_header(
	    response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/octet-stream");
	return response;
}

/* The file is read by sendfile at each connection's own offset.  MHD takes the end of one that
 * ends too soon for the end of all: those are not shared. */
int
face_file_open(struct face_file *file)
{
	file->whole = NULL;
	if (file->cut)
		return 0;
	file->whole = file_all(file);
	return file->whole != NULL ? 0 : -ENOMEM;
}

void
face_file_done(struct face_file *file)
{
	if (file->whole != NULL)
		MHD_destroy_response(file->whole);
}
