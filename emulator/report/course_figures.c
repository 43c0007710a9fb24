/* course_figures.c - one figure of every span, as course.json has it. */
#include "course_priv.h"

/* Microseconds as milliseconds, without zeros at the end. */
static void
put_ms(struct buf *b, uint64_t us)
{
	unsigned part = (unsigned)(us % 1000);

	buf_printf(b, "%llu", (unsigned long long)(us / 1000));
	if (part == 0)
		return;
	if (part % 100 == 0)
		buf_printf(b, ".%u", part / 100);
	else if (part % 10 == 0)
		buf_printf(b, ".%02u", part / 10);
	else
		buf_printf(b, ".%03u", part);
}

/* ---- one figure of every span -------------------------------------------------------- */

void
course_put_list(struct buf *b, const struct course *c, const char *name,
    course_figure_fn *figure, size_t which)
{
	course_put_name(b, name);
	buf_text(b, "[");
	for (size_t i = 0; i < c->n_spans; i++) {
		buf_text(b, i > 0 ? "," : "");
		figure(b, &c->span[i], which);
	}
	buf_text(b, "]");
}

/* `which` is the offset of an uint32_t in struct course_phones. */
void
course_figure_phones(struct buf *b, const struct course_span *s, size_t which)
{
	const uint32_t *n = (const void *)((const uint8_t *)&s->phones + which);

	buf_printf(b, "%u", *n);
}

static void
figure_done(struct buf *b, const struct course_span *s, size_t row)
{
	buf_printf(b, "%u", s->cell[row].done);
}

static void
figure_failed(struct buf *b, const struct course_span *s, size_t row)
{
	buf_printf(b, "%u", s->cell[row].failed);
}

static void
figure_retries(struct buf *b, const struct course_span *s, size_t row)
{
	buf_printf(b, "%u", s->cell[row].retries);
}

/* null where nothing was done. */
static void
figure_at(struct buf *b, const struct course_cell *cell, double p)
{
	if (cell->n_bins == 0)
		buf_text(b, "null");
	else
		put_ms(b, course_cell_at(cell, p));
}

static void
figure_p50(struct buf *b, const struct course_span *s, size_t row)
{
	figure_at(b, &s->cell[row], 0.50);
}

static void
figure_p95(struct buf *b, const struct course_span *s, size_t row)
{
	figure_at(b, &s->cell[row], 0.95);
}

static void
figure_p99(struct buf *b, const struct course_span *s, size_t row)
{
	figure_at(b, &s->cell[row], 0.99);
}

static void
figure_max(struct buf *b, const struct course_span *s, size_t row)
{
	figure_at(b, &s->cell[row], 1);
}

/* How many were in each band, up to the last that is not empty. */
static void
figure_heat(struct buf *b, const struct course_span *s, size_t row)
{
	const struct course_cell *cell = &s->cell[row];
	uint32_t band[COURSE_BANDS] = { 0 };
	unsigned n = 0;

	for (uint32_t i = 0; i < cell->n_bins; i++) {
		unsigned k = course_band(hist_top(cell->bin[i].bucket));

		band[k] += cell->bin[i].count;
		n = k + 1 > n ? k + 1 : n;
	}
	buf_text(b, "[");
	for (unsigned k = 0; k < n; k++)
		buf_printf(b, "%s%u", k > 0 ? "," : "", band[k]);
	buf_text(b, "]");
}

void
course_figure_firmware(struct buf *b, const struct course_span *s, size_t which)
{
	(void)which;
	buf_printf(b, "%llu", (unsigned long long)s->firmware);
}

static void
figure_requests(struct buf *b, const struct course_span *s, size_t i)
{
	buf_printf(b, "%llu", (unsigned long long)s->service[i].requests);
}

static void
figure_replies(struct buf *b, const struct course_span *s, size_t i)
{
	buf_printf(b, "%llu", (unsigned long long)s->service[i].replies);
}

static void
figure_bytes_in(struct buf *b, const struct course_span *s, size_t i)
{
	buf_printf(b, "%llu", (unsigned long long)s->service[i].bytes_in);
}

static void
figure_bytes_out(struct buf *b, const struct course_span *s, size_t i)
{
	buf_printf(b, "%llu", (unsigned long long)s->service[i].bytes_out);
}

const struct course_column course_step_columns[] = {
	{ "done", figure_done },
	{ "failed", figure_failed },
	{ "retries", figure_retries },
	{ "p50", figure_p50 },
	{ "p95", figure_p95 },
	{ "p99", figure_p99 },
	{ "max", figure_max },
	{ "heat", figure_heat },
};
const size_t course_step_columns_count =
    sizeof course_step_columns / sizeof *course_step_columns;

const struct course_column course_service_columns[] = {
	{ "requests", figure_requests },
	{ "replies", figure_replies },
	{ "bytes_in", figure_bytes_in },
	{ "bytes_out", figure_bytes_out },
};
const size_t course_service_columns_count =
    sizeof course_service_columns / sizeof *course_service_columns;
