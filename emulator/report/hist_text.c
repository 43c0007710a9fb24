/* hist_text.c - see hist_text.h. */
#include "hist_text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mem.h"
#include "run_dir_priv.h"
#include "summary.h"

enum { TEXT_TICKS = 5 /* percentiles to each half of the distance to 100 */ };

/* ---- the text ------------------------------------------------------------------------ */

/* The largest value of a bucket; of the last one that is the greatest there was. */
static uint64_t
text_value(const struct hist *h, unsigned bucket)
{
	return hist_top(bucket) < h->max_us ? hist_top(bucket) : h->max_us;
}

static double
text_middle(const struct hist *h, unsigned bucket)
{
	uint64_t first = bucket > 0 ? hist_top(bucket - 1) + 1 : 0;

	return ((double)first + (double)text_value(h, bucket)) / 2;
}

/* The finer, the nearer to 100: as many steps again for each half of what is left. */
static double
text_next(double percentile)
{
	double halves = floor(log2(100 / (100 - percentile))) + 1;

	return percentile + 100 / (TEXT_TICKS * exp2(halves));
}

static void
text_line(struct buf *out, uint64_t us, double percentile, uint64_t total)
{
	buf_printf(out, "%12.3f %14.12f %10llu", (double)us / 1e3, percentile / 100,
	    (unsigned long long)total);
	if (percentile < 100)
		buf_printf(out, " %14.2f", 100 / (100 - percentile));
	buf_text(out, "\n");
}

static void
text_end(const struct hist *h, struct buf *out)
{
	double n = (double)(h->count > 0 ? h->count : 1), sum = 0, squares = 0, mean;

	for (unsigned i = 0; i < HIST_BUCKETS; i++)
		sum += h->bucket[i] > 0 ? h->bucket[i] * text_middle(h, i) : 0;
	mean = sum / n;
	for (unsigned i = 0; i < HIST_BUCKETS; i++)
		if (h->bucket[i] > 0)
			squares += h->bucket[i] * pow(text_middle(h, i) - mean, 2);
	buf_printf(out, "#[Mean    = %12.3f, StdDeviation   = %12.3f]\n", mean / 1e3,
	    sqrt(squares / n) / 1e3);
	buf_printf(out, "#[Max     = %12.3f, Total count    = %12llu]\n",
	    (double)h->max_us / 1e3, (unsigned long long)h->count);
	/* As that library counts: a bucket is a power of two, and the first one is whole. */
	buf_printf(out, "#[Buckets = %12d, SubBuckets     = %12d]\n",
	    HIST_BUCKETS / HIST_FINE - 1, 2 * HIST_FINE);
}

void
hist_text(const struct hist *h, struct buf *out)
{
	double percentile = 0;
	uint64_t total = 0;

	buf_printf(out, "%12s %14s %10s %14s\n\n", "Value", "Percentile", "TotalCount",
	    "1/(1-Percentile)");
	for (unsigned i = 0; i < HIST_BUCKETS && total < h->count; i++) {
		if (h->bucket[i] == 0)
			continue;
		total += h->bucket[i];
		/* Each percentile that this bucket reaches; of the last one it is one and 100.
		 */
		for (; total < h->count && percentile <= 100 * (double)total / (double)h->count;
		     percentile = text_next(percentile))
			text_line(out, text_value(h, i), percentile, total);
		if (total < h->count)
			continue;
		text_line(out, text_value(h, i), percentile, total);
		text_line(out, text_value(h, i), 100, total);
	}
	text_end(h, out);
}

/* ---- the files ----------------------------------------------------------------------- */

static int
text_fails(struct buf *error, const char *path, int err)
{
	buf_printf(error, "%s: %s", path, strerror(-err));
	return err;
}

static bool
text_is_ours(const char *name)
{
	size_t n = strlen(name);

	return n > 5 && strcmp(name + n - 5, ".hgrm") == 0;
}

void
hist_text_forget(const char *dir)
{
	int at = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int in = at >= 0 ? openat(at, "hist", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	DIR *hist = in >= 0 ? fdopendir(in) : NULL;

	for (struct dirent *e; hist != NULL && (e = readdir(hist)) != NULL;)
		if (text_is_ours(e->d_name))
			(void)unlinkat(in, e->d_name, 0);
	if (hist != NULL)
		(void)closedir(hist);
	else if (in >= 0)
		(void)close(in);
	if (at >= 0)
		(void)close(at);
}

/* The name comes from a file: it must be one of a step, not a way out of the folder. */
static bool
text_is_name(const char *name)
{
	return name[0] != '\0' && strlen(name) < 64 &&
	    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name);
}

static int
text_file(const char *folder, const char *name, const struct hist *h, struct buf *error)
{
	struct buf out = { 0 };
	char file[80];
	int err;

	(void)snprintf(file, sizeof file, "%s.hgrm", name);
	hist_text(h, &out);
	err = out.err != 0 ? out.err : summary_write(folder, file, buf_bytes(&out));
	buf_done(&out);
	return err != 0 ? text_fails(error, folder, err) : 0;
}

int
hist_text_write(const struct run_dir *d, struct buf *error)
{
	struct hist *h = mem_new(sizeof *h);
	char folder[PATH_MAX];
	const char *name;
	json_t *bins;
	int err = h == NULL ? text_fails(error, d->path, -ENOMEM)
			    : run_dir_path(folder, d->path, "hist", error);

	if (err == 0 && mkdir(folder, 0755) != 0 && errno != EEXIST)
		err = text_fails(error, folder, -errno);
	if (err == 0)
		hist_text_forget(d->path);
	json_object_foreach(json_object_get(d->course, "hist"), name, bins)
	{
		if (err != 0 || !text_is_name(name))
			continue;
		run_dir_hist(d, name, h);
		if (h->count > 0)
			err = text_file(folder, name, h, error);
	}
	mem_free(h);
	return err;
}
