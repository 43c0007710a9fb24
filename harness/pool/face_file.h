/*
 * face_file.h - the firmware as libmicrohttpd sends it: by sendfile from one shared response,
 * or a part of it when a Range was asked for.
 */
#ifndef POOL_FACE_FILE_H
#define POOL_FACE_FILE_H
#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

struct face_file {
	int fd; /* the caller's */
	uint64_t size;
	bool cut;                   /* its length is told, an eighth of it is missing */
	struct MHD_Response *whole; /* shared by all; of a file that is cut: NULL */
};

/* fd, size and cut are the caller's.  0 or -errno. */
int face_file_open(struct face_file *);
void face_file_done(struct face_file *);

/*
 * The file, or the part of it that a Range (NULL: none) names, with its status and the bytes
 * that are to be sent.  To be destroyed unless it is .whole; NULL: no memory.
 */
struct MHD_Response *face_file_response(
    const struct face_file *, const char *range, int *status_out, uint64_t *sends_out);

#endif
