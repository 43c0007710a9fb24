/* course.c - see course.h.  The counts come as sums since the run's beginning; a span keeps
 * what has been added in it. */
#include "course.h"

#include <errno.h>
#include <string.h>

#include "course_priv.h"
#include "mem.h"

/* ---- spans ------------------------------------------------------------------------- */

static void
service_grow(struct service_metrics *to, const struct service_metrics *now,
    const struct service_metrics *last)
{
	to->requests += now->requests - last->requests;
	to->replies += now->replies - last->replies;
	to->bytes_out += now->bytes_out - last->bytes_out;
	to->bytes_in += now->bytes_in - last->bytes_in;
}

static void
span_phones(
    const struct course *c, struct course_phones *to, const struct phone_counts *n, size_t rows)
{
	*to = (struct course_phones){
		.started = n->started,
		/* Of those that have arrived some have stayed as long as they should. */
		.staying = n->arrived > n->finished ? n->arrived - n->finished : 0,
		.finished = n->finished,
		.failed = n->failed,
		.off = n->off,
		.signed_out = n->signed_out,
	};
	for (size_t i = 0; i < rows; i++)
		to->stage[c->stage_of[i]] += n->at[i];
}

/* The counts as they are now, less what they were, belong to the latest span. */
static void
span_grow(struct course *c, const struct metrics *m)
{
	struct course_span *s = &c->span[c->n_spans - 1];
	size_t n = c->run->n_rows;

	span_phones(c, &s->phones, &m->phones, n);
	s->firmware += m->firmware_bytes - c->last.firmware_bytes;
	for (size_t i = 0; i < METRICS_SERVICES; i++)
		service_grow(&s->service[i], &m->service[i], &c->last.service[i]);
	for (size_t i = 0; i < n; i++)
		course_cell_grow(c, &s->cell[i], &m->row[i], &c->last.row[i]);
	c->last = *m;
}

static void
span_join(struct course *c, struct course_span *to, const struct course_span *from)
{
	static const struct service_metrics nothing;

	to->phones = from->phones; /* as they were at its end */
	to->firmware += from->firmware;
	for (size_t i = 0; i < METRICS_SERVICES; i++)
		service_grow(&to->service[i], &from->service[i], &nothing);
	for (size_t i = 0; i < c->run->n_rows; i++)
		course_cell_join(c, &to->cell[i], &from->cell[i]);
}

static void
span_done(struct course_span *s)
{
	for (size_t i = 0; i < METRICS_ROWS; i++)
		mem_free(s->cell[i].bin);
	*s = (struct course_span){ 0 };
}

/* Two become one; an even number of them. */
static void
course_join(struct course *c)
{
	for (size_t i = 0; i < c->n_spans / 2; i++) {
		struct course_span *a = &c->span[2 * i], *b = &c->span[2 * i + 1];

		span_join(c, a, b);
		span_done(b);
		if (i == 0)
			continue;
		c->span[i] = *a;
		*a = (struct course_span){ 0 };
	}
	c->n_spans /= 2;
	c->span_s *= 2;
}

/* A new span, in which nothing has happened yet. */
static void
course_push(struct course *c)
{
	if (c->n_spans > 0)
		c->span[c->n_spans].phones = c->span[c->n_spans - 1].phones;
	c->n_spans++;
}

/* ---- the course -------------------------------------------------------------------- */

/* The stages in the table's order; chores work in the same ones. */
static void
course_stages(struct course *c)
{
	for (size_t i = 0; i < c->run->n_rows; i++) {
		const char *stage = c->run->rows[i].stage;
		size_t k = 0;

		while (k < c->n_stages && strcmp(c->stage[k], stage) != 0)
			k++;
		if (k == c->n_stages && k < COURSE_STAGES)
			c->stage[c->n_stages++] = stage;
		c->stage_of[i] = (uint8_t)(k < COURSE_STAGES ? k : COURSE_STAGES - 1);
	}
}

int
course_new(const struct report_run *run, struct course **out)
{
	struct course *c = mem_new(sizeof *c);

	if (c == NULL)
		return -ENOMEM;
	c->run = run;
	c->span_s = 1;
	course_stages(c);
	*out = c;
	return 0;
}

void
course_free(struct course *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n_spans; i++)
		span_done(&c->span[i]);
	mem_free(c->failure);
	mem_free(c->slow);
	mem_free(c->left);
	mem_free(c);
}

/* The seconds come a little before or behind their time. */
static uint64_t
course_at_s(uint64_t since_us)
{
	return (since_us + 500000) / 1000000;
}

bool
course_due(const struct course *c, uint64_t since_us)
{
	return course_at_s(since_us) >= (c->n_spans + 1) * c->span_s;
}

/* Seconds that nobody told of are spans of their own: only the last of them has what has
 * happened since. */
void
course_second(struct course *c, const struct metrics *m, uint64_t since_us)
{
	bool grown = false;

	while (course_due(c, since_us)) {
		if (c->n_spans == COURSE_SPANS) {
			course_join(c); /* perhaps it is not due any more */
			continue;
		}
		course_push(c);
		grown = true;
	}
	if (grown)
		span_grow(c, m);
}

void
course_end(struct course *c, const struct farm_end *end)
{
	uint64_t end_us = (uint64_t)(end->wall_s * 1e6);
	bool more;

	course_second(c, end->metrics, end_us);
	/* What is left of the run is a short span, be it long enough to be seen. */
	more = c->n_spans == 0 || end_us > c->n_spans * c->span_s * 1000000 + 250000;
	if (more && c->n_spans == COURSE_SPANS)
		course_join(c);
	if (more)
		course_push(c);
	span_grow(c, end->metrics);
	course_outcomes(c, end->phone);
}
