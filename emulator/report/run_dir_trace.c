/* run_dir_trace.c - the lines of some phones in trace.jsonl, which may be gigabytes long: only
 * theirs are parsed, the others are told by how they begin.  See run_dir.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run_dir_priv.h"

enum { TRACE_CHUNK = 64 * 1024, TRACE_LINE_MAX = 1024 * 1024 };

struct trace_reader {
	const char *path;
	bool failed;           /* rows that failed, of any phone; else: */
	const uint32_t *phone; /* of these, ascending */
	size_t n;
	run_dir_row_fn *fn;
	void *arg;
	struct buf *error;
	unsigned long line; /* counts from 1 */
	struct buf rest;    /* bytes that are read and are not looked at yet */
};

static int
trace_damaged(struct trace_reader *r, const char *what)
{
	buf_printf(r->error, "%s:%lu: damaged: %s: make the run again", r->path, r->line, what);
	return -EBADMSG;
}

static int
phone_cmp(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* `{"phone": 4711,`: every line of ours begins so.  0 or -EBADMSG. */
static int
trace_phone(struct span line, uint32_t *phone_out)
{
	static const char head[] = "{\"phone\": ";
	uint64_t n = 0;
	size_t i = sizeof head - 1;

	if (line.n < i || memcmp(line.p, head, i) != 0)
		return -EBADMSG;
	for (; i < line.n && line.p[i] >= '0' && line.p[i] <= '9' && n <= UINT32_MAX; i++)
		n = n * 10 + (uint64_t)(line.p[i] - '0');
	if (i == sizeof head - 1 || i >= line.n || line.p[i] != ',' || n > UINT32_MAX)
		return -EBADMSG;
	*phone_out = (uint32_t)n;
	return 0;
}

/* Is it worth parsing?  The line of a row that failed has these words. */
static bool
trace_wanted(const struct trace_reader *r, uint32_t phone, struct span line)
{
	static const char fail[] = "\"verdict\": \"fail\"";

	if (r->failed)
		return memmem(line.p, line.n, fail, sizeof fail - 1) != NULL;
	return r->n > 0 && bsearch(&phone, r->phone, r->n, sizeof phone, phone_cmp) != NULL;
}

static int
trace_line(struct trace_reader *r, struct span line)
{
	uint32_t phone;
	json_t *row;
	int rc;

	r->line++;
	if (trace_phone(line, &phone) != 0)
		return trace_damaged(r, "not a line of a trace");
	if (!trace_wanted(r, phone, line))
		return 0;
	row = json_loadb((const char *)line.p, line.n, JSON_REJECT_DUPLICATES, NULL);
	if (row == NULL || !json_is_string(json_object_get(row, "step")) ||
	    !json_is_string(json_object_get(row, "verdict"))) {
		json_decref(row);
		return trace_damaged(r, "not a row of a phone");
	}
	rc = r->fn(r->arg, phone, row);
	json_decref(row);
	return rc;
}

/* The whole lines of what has been read. */
static int
trace_lines(struct trace_reader *r)
{
	struct span all = buf_bytes(&r->rest);
	size_t at = 0;
	int rc = 0;

	while (rc == 0) {
		const uint8_t *p = all.p + at;
		const uint8_t *end = at < all.n ? memchr(p, '\n', all.n - at) : NULL;

		if (end == NULL)
			break;
		at += (size_t)(end - p) + 1;
		rc = trace_line(r, (struct span){ p, (size_t)(end - p) });
	}
	buf_eat(&r->rest, at);
	if (rc == 0 && r->rest.n > TRACE_LINE_MAX)
		rc = trace_damaged(r, "a line without end");
	return rc;
}

static int
trace_read(struct trace_reader *r, int fd)
{
	uint8_t bytes[TRACE_CHUNK];
	int rc = 0;

	while (rc == 0) {
		ssize_t n = read(fd, bytes, sizeof bytes);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			buf_printf(r->error, "%s: %s", r->path, strerror(errno));
			return -errno;
		}
		if (n == 0)
			break;
		buf_put(&r->rest, bytes, (size_t)n);
		rc = r->rest.err != 0 ? -ENOMEM : trace_lines(r);
	}
	/* The farm writes whole lines: one that breaks off was cut, by a full disk perhaps. */
	if (rc == 0 && r->rest.n > 0) {
		r->line++;
		rc = trace_damaged(r, "it breaks off here");
	}
	return rc;
}

static int
trace_play(struct trace_reader *r, const struct run_dir *d)
{
	char path[PATH_MAX];
	int fd, rc = run_dir_path(path, d->path, "trace.jsonl", r->error);

	if (rc != 0)
		return rc;
	r->path = path;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	/* No trace: nobody was traced. */
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0) {
		buf_printf(r->error, "%s: %s", path, strerror(errno));
		return -errno;
	}
	rc = trace_read(r, fd);
	if (rc == -ENOMEM)
		buf_printf(r->error, "%s: %s", path, strerror(ENOMEM));
	buf_done(&r->rest);
	(void)close(fd);
	return rc;
}

int
run_dir_phones(const struct run_dir *d, const uint32_t *phone, size_t n, run_dir_row_fn *fn,
    void *arg, struct buf *error)
{
	struct trace_reader r = {
		.phone = phone, .n = n, .fn = fn, .arg = arg, .error = error
	};

	return trace_play(&r, d);
}

int
run_dir_failed(const struct run_dir *d, run_dir_row_fn *fn, void *arg, struct buf *error)
{
	struct trace_reader r = { .failed = true, .fn = fn, .arg = arg, .error = error };

	return trace_play(&r, d);
}

int
run_dir_phone(
    const struct run_dir *d, uint32_t phone, run_dir_row_fn *fn, void *arg, struct buf *error)
{
	return run_dir_phones(d, &phone, 1, fn, arg, error);
}
