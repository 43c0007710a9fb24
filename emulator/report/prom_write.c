/* prom_write.c - see prom_write.h. */
#include "prom_write.h"

#include <stdio.h>

#include <jansson.h>

void
prom_head(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(
	    out, "# HELP cx700farm_%s %s\n# TYPE cx700farm_%s %s\n", name, help, name, type);
}

/* Text that is not UTF-8 would make the whole page unreadable. */
static bool
prom_is_utf8(const char *text)
{
	json_t *s = json_string(text);
	bool is = s != NULL;

	json_decref(s);
	return is;
}

void
prom_label(struct buf *out, const char *before, const char *name, const char *value)
{
	buf_printf(out, "%s%s=\"", before, name);
	if (!prom_is_utf8(value))
		value = "?";
	for (const char *p = value; *p != '\0'; p++) {
		if (*p == '\n')
			buf_text(out, "\\n");
		else if (*p == '\\' || *p == '"')
			buf_printf(out, "\\%c", *p);
		else
			buf_put(out, p, 1);
	}
	buf_text(out, "\"");
}

void
prom_count(struct buf *out, uint64_t n)
{
	buf_printf(out, " %llu\n", (unsigned long long)n);
}

void
prom_seconds(struct buf *out, double s)
{
	buf_printf(out, " %.6f\n", s);
}

void
prom_one(struct buf *out, const char *name, const char *type, const char *help, uint64_t n)
{
	prom_head(out, name, type, help);
	buf_printf(out, "cx700farm_%s", name);
	prom_count(out, n);
}

void
prom_one_real(struct buf *out, const char *name, const char *type, const char *help, double s)
{
	prom_head(out, name, type, help);
	buf_printf(out, "cx700farm_%s", name);
	prom_seconds(out, s);
}

/* ---- histograms ---- */

enum { PROM_FIRST_OCTAVE = 8, PROM_LAST_OCTAVE = 31 }; /* 256 us to 36 minutes */

/* One bucket; `labels` are those before its own. */
static void
prom_bucket(struct buf *out, const char *name, const char *labels, const char *le, uint64_t n)
{
	buf_printf(out, "cx700farm_%s_bucket{%s%sle=\"%s\"}", name, labels,
	    labels[0] != '\0' ? "," : "", le);
	prom_count(out, n);
}

/*
 * Two bounds to an octave.  Each is the top of one of our own buckets, so that a count is
 * exact, though the bound is no round number.
 */
void
prom_histogram(struct buf *out, const char *name, const char *labels, const struct hist *h)
{
	const char *open = labels[0] != '\0' ? "{" : "", *close = labels[0] != '\0' ? "}" : "";
	unsigned i = 0;
	uint64_t below = 0;
	char le[32];

	for (unsigned half = 2 * PROM_FIRST_OCTAVE; half <= 2 * PROM_LAST_OCTAVE; half++) {
		uint64_t bound = (UINT64_C(2) + half % 2) << (half / 2 - 1);

		for (; hist_top(i) < bound; i++)
			below += h->bucket[i];
		(void)snprintf(le, sizeof le, "%.6f", (double)(bound - 1) / 1e6);
		prom_bucket(out, name, labels, le, below);
	}
	prom_bucket(out, name, labels, "+Inf", h->count);
	buf_printf(out, "cx700farm_%s_sum%s%s%s", name, open, labels, close);
	prom_seconds(out, (double)h->sum_us / 1e6);
	buf_printf(out, "cx700farm_%s_count%s%s%s", name, open, labels, close);
	prom_count(out, h->count);
}
