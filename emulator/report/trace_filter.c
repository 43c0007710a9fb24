/* trace_filter.c - see trace_filter.h. */
#include "trace_filter.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "text.h"

enum { TRACE_CHUNK = 256 * 1024 };

struct trace_copy {
	const struct trace_choice *choice;
	int from, to;
	struct buf text; /* read, and not yet looked at */
	struct buf kept; /* to be written */
};

/* ---- who is kept ---- */

/* The j-th of n samples is phone j * phones / n, rounded down. */
static bool
trace_samples(const struct trace_choice *c, uint32_t phone)
{
	uint64_t n = c->sample < c->phones ? c->sample : c->phones;
	uint64_t j = (phone * n + c->phones - 1) / c->phones;

	return j < n && j * c->phones / n == phone;
}

bool
trace_keeps(const struct trace_choice *c, uint32_t phone)
{
	uint8_t outcome;

	if (c->keep == SCENARIO_TRACE_ALL || phone >= c->phones)
		return true;
	outcome = c->phone[phone].outcome;
	if (outcome == FARM_FAILED || outcome == FARM_UNFINISHED)
		return true;
	return c->keep == SCENARIO_TRACE_SAMPLE && trace_samples(c, phone);
}

/* Each line begins with its phone: that much of JSON is enough to choose. */
static bool
trace_keeps_line(const struct trace_choice *c, struct span line)
{
	static const char begin[] = "{\"phone\": ";
	size_t n = sizeof begin - 1, digits = 0;
	uint64_t phone;

	if (line.n < n || memcmp(line.p, begin, n) != 0)
		return true;
	while (n + digits < line.n && line.p[n + digits] >= '0' && line.p[n + digits] <= '9')
		digits++;
	if (text_u64((struct span){ line.p + n, digits }, UINT32_MAX, &phone) != 0)
		return true;
	return trace_keeps(c, (uint32_t)phone);
}

/* ---- copying ---- */

static int
trace_write(struct trace_copy *t)
{
	struct span s = buf_bytes(&t->kept);

	if (t->kept.err != 0)
		return -ENOMEM;
	while (s.n > 0) {
		ssize_t n = write(t->to, s.p, s.n);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			s = (struct span){ s.p + n, s.n - (size_t)n };
	}
	buf_clear(&t->kept);
	return 0;
}

/* The whole lines of what was read; the last one's beginning stays for the next time. */
static int
trace_choose(struct trace_copy *t)
{
	struct span rest = buf_bytes(&t->text);
	const uint8_t *end;

	if (t->text.err != 0)
		return -ENOMEM;
	while (rest.n > 0 && (end = memchr(rest.p, '\n', rest.n)) != NULL) {
		struct span line = { rest.p, (size_t)(end - rest.p) + 1 };

		if (trace_keeps_line(t->choice, line))
			buf_span(&t->kept, line);
		rest = (struct span){ rest.p + line.n, rest.n - line.n };
	}
	buf_eat(&t->text, t->text.n - rest.n);
	return t->kept.n >= TRACE_CHUNK || t->kept.err != 0 ? trace_write(t) : 0;
}

/* From the first byte to the last. */
static int
trace_copy_all(struct trace_copy *t)
{
	int err = 0;

	while (err == 0) {
		char some[16 * 1024];
		ssize_t n = read(t->from, some, sizeof some);

		if (n == 0)
			return trace_write(t);
		if (n > 0) {
			buf_put(&t->text, some, (size_t)n);
			err = trace_choose(t);
		} else if (errno != EINTR) {
			err = -errno;
		}
	}
	return err;
}

/* A full disk may only show when it is closed. */
static int
trace_copy_files(const struct trace_choice *c, const char *from, const char *to)
{
	struct trace_copy t = { .choice = c, .to = -1 };
	int err = 0;

	t.from = open(from, O_RDONLY | O_CLOEXEC);
	if (t.from < 0)
		return -errno;
	t.to = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (t.to < 0)
		err = -errno;
	if (err == 0)
		err = trace_copy_all(&t);
	if (t.to >= 0 && close(t.to) != 0 && err == 0)
		err = -errno;
	(void)close(t.from);
	buf_done(&t.text);
	buf_done(&t.kept);
	return err;
}

/* -ENAMETOOLONG rather than a name cut short, which would be another file. */
static int
trace_path(char out[PATH_MAX], const char *dir, const char *name)
{
	int n = snprintf(out, PATH_MAX, "%s/%s", dir, name);

	return n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

int
trace_filter(const char *dir, const struct trace_choice *c)
{
	char part[PATH_MAX], path[PATH_MAX];
	int err = trace_path(part, dir, TRACE_PART_NAME);

	if (err == 0)
		err = trace_path(path, dir, TRACE_NAME);
	if (err != 0)
		return err;
	if (c->keep == SCENARIO_TRACE_ALL)
		return rename(part, path) == 0 ? 0 : -errno;
	err = trace_copy_files(c, part, path);
	if (err == 0)
		return unlink(part) == 0 ? 0 : -errno;
	/* Half a trace would be taken for a whole one. */
	(void)unlink(path);
	return err;
}
