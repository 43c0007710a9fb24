/* course_json.c - course.json, in the order of the file.  Written as text: a run may have a
 * hundred thousand figures, and a buffer's error sticks. */
#include <errno.h>

#include "course_priv.h"
#include "pool_file.h"
#include "text.h"

void
course_put_name(struct buf *b, const char *name)
{
	buf_text(b, "\"");
	text_json(b, span_of(name));
	buf_text(b, "\": ");
}

/* ---- the parts of the file ------------------------------------------------------------ */

static void
put_columns(struct buf *b, const struct course *c, const struct course_column *column, size_t n,
    size_t which)
{
	buf_text(b, "{");
	for (size_t i = 0; i < n; i++) {
		buf_text(b, i > 0 ? ",\n   " : "");
		course_put_list(b, c, column[i].name, column[i].figure, which);
	}
	buf_text(b, "}");
}

static void
put_stages(struct buf *b, const struct course *c)
{
	buf_text(b, " \"stages\": [");
	for (size_t i = 0; i < c->n_stages; i++) {
		buf_text(b, i > 0 ? ", \"" : "\"");
		text_json(b, span_of(c->stage[i]));
		buf_text(b, "\"");
	}
	buf_text(b, "],\n");
}

#define PHONES(what) course_figure_phones, offsetof(struct course_phones, what)

static void
put_phones(struct buf *b, const struct course *c)
{
	buf_text(b, " \"phones\": {");
	course_put_list(b, c, "started", PHONES(started));
	buf_text(b, ",\n  \"stage\": {");
	for (size_t i = 0; i < c->n_stages; i++) {
		buf_text(b, i > 0 ? ",\n   " : "");
		course_put_list(b, c, c->stage[i], PHONES(stage[0]) + i * sizeof(uint32_t));
	}
	buf_text(b, "},\n  ");
	course_put_list(b, c, "staying", PHONES(staying));
	buf_text(b, ",\n  ");
	course_put_list(b, c, "finished", PHONES(finished));
	buf_text(b, ",\n  ");
	course_put_list(b, c, "failed", PHONES(failed));
	buf_text(b, ",\n  ");
	course_put_list(b, c, "off", PHONES(off));
	buf_text(b, ",\n  ");
	course_put_list(b, c, "signed_out", PHONES(signed_out));
	buf_text(b, "},\n");
}

/* null for the last: it has no limit. */
static void
put_bands(struct buf *b)
{
	buf_text(b, " \"bands_ms\": [");
	for (unsigned i = 0; i + 1 < COURSE_BANDS; i++)
		buf_printf(b, "%.10g, ", course_band_ms(i));
	buf_text(b, "null],\n");
}

/* The standard port and the one it is really at: who reads a capture needs them. */
static void
put_ports(struct buf *b, const struct course *c)
{
	buf_text(b, " \"ports\": [");
	for (size_t i = 0; i < c->run->n_ports; i++)
		buf_printf(b, "%s[%u, %u]", i > 0 ? ", " : "", c->run->ports[i].standard,
		    c->run->ports[i].real);
	buf_text(b, "],\n");
}

static bool
step_walked(const struct course *c, size_t row)
{
	return c->last.row[row].attempts > 0;
}

/* Steps that nobody tried are left out. */
static void
put_steps(struct buf *b, const struct course *c)
{
	const char *before = "\n  ";

	buf_text(b, " \"steps\": {");
	for (size_t i = 0; i < c->run->n_rows; i++) {
		if (!step_walked(c, i))
			continue;
		buf_text(b, before);
		course_put_name(b, c->run->rows[i].name);
		put_columns(b, c, course_step_columns, course_step_columns_count, i);
		before = ",\n  ";
	}
	buf_text(b, "},\n");
}

static void
put_reasons_of(struct buf *b, const struct course *c, const struct row_metrics *m)
{
	const char *before = "";

	buf_text(b, "{");
	for (size_t why = 1; why < c->run->n_reasons && why < METRICS_REASONS; why++) {
		if (m->reasons[why] == 0)
			continue;
		buf_text(b, before);
		course_put_name(b, c->run->reasons[why]);
		buf_printf(b, "%llu", (unsigned long long)m->reasons[why]);
		before = ", ";
	}
	buf_text(b, "}");
}

static void
put_reasons(struct buf *b, const struct course *c)
{
	const char *before = "\n  ";

	buf_text(b, " \"reasons\": {");
	for (size_t i = 0; i < c->run->n_rows; i++) {
		if (!step_walked(c, i))
			continue;
		buf_text(b, before);
		course_put_name(b, c->run->rows[i].name);
		put_reasons_of(b, c, &c->last.row[i]);
		before = ",\n  ";
	}
	buf_text(b, "},\n ");
}

static void
put_services(struct buf *b, const struct course *c)
{
	const char *before = "\n  ";

	course_put_list(b, c, "firmware", course_figure_firmware, 0);
	buf_text(b, ",\n \"services\": {");
	for (size_t i = 0; i < METRICS_SERVICES; i++) {
		const struct service_metrics *s = &c->last.service[i];

		if (s->requests == 0 && s->replies == 0)
			continue;
		buf_text(b, before);
		course_put_name(b, metrics_service[i]);
		put_columns(b, c, course_service_columns, course_service_columns_count, i);
		before = ",\n  ";
	}
	buf_text(b, "},\n");
}

/* A bucket's largest value and how many are in it; the last one's is the greatest there was. */
static void
put_hist(struct buf *b, const char *name, const struct hist *h)
{
	const char *before = "";

	course_put_name(b, name);
	buf_text(b, "[");
	for (unsigned i = 0; i < HIST_BUCKETS; i++) {
		uint64_t top = hist_top(i) < h->max_us ? hist_top(i) : h->max_us;

		if (h->bucket[i] == 0)
			continue;
		/* What is beyond the last bucket's end is in it too. */
		if (i == HIST_BUCKETS - 1)
			top = h->max_us;
		buf_printf(b, "%s[%llu,%u]", before, (unsigned long long)top, h->bucket[i]);
		before = ",";
	}
	buf_text(b, "]");
}

static void
put_hists(struct buf *b, const struct course *c)
{
	buf_text(b, " \"hist\": {\n  ");
	for (size_t i = 0; i < c->run->n_rows; i++) {
		if (!step_walked(c, i))
			continue;
		put_hist(b, c->run->rows[i].name, &c->last.row[i].latency);
		buf_text(b, ",\n  ");
	}
	put_hist(b, "boot_intended", &c->last.from_intended);
	buf_text(b, ",\n  ");
	put_hist(b, "boot_actual", &c->last.from_actual);
	buf_text(b, ",\n  ");
	put_hist(b, "start_lag", &c->last.start_lag);
	buf_text(b, "},\n");
}

int
course_json(const struct course *c, struct buf *b)
{
	if (c->err != 0)
		return c->err;
	buf_printf(b,
	    "{\"format\": \"cx700farm-course/1\",\n \"span_s\": %llu, \"spans\": %zu,\n",
	    (unsigned long long)c->span_s, c->n_spans);
	put_ports(b, c);
	put_stages(b, c);
	put_phones(b, c);
	put_bands(b);
	put_steps(b, c);
	put_reasons(b, c);
	put_services(b, c);
	put_hists(b, c);
	course_put_outcomes(b, c);
	buf_text(b, "}\n");
	return b->err != 0 ? -ENOMEM : 0;
}
