/* course_outcomes.c - which phones failed, when, where and why; which did not get to their end;
 * which were the slowest. */
#include <errno.h>
#include <stdlib.h>

#include "course_priv.h"
#include "mem.h"
#include "text.h"

enum { OUTCOMES_FIRST = 10 /* are named of each step and reason */ };

/* ---- who ---- */

static int
failure_by_time(const void *a, const void *b)
{
	const struct course_failure *x = a, *y = b;

	if (x->at_ms != y->at_ms)
		return x->at_ms < y->at_ms ? -1 : 1;
	return x->phone < y->phone ? -1 : x->phone > y->phone;
}

static int
slow_first(const void *a, const void *b)
{
	const struct course_slow *x = a, *y = b;

	if (x->boot_ms != y->boot_ms)
		return x->boot_ms > y->boot_ms ? -1 : 1;
	return x->phone < y->phone ? -1 : x->phone > y->phone;
}

/* Room for all that may come; it is a few bytes a phone. */
static bool
outcomes_room(struct course *c)
{
	size_t n = c->run->planned > 0 ? c->run->planned : 1;

	mem_free(c->failure);
	mem_free(c->slow);
	mem_free(c->left);
	c->n_failures = c->n_slow = c->n_left = 0;
	c->failure = mem_new(n * sizeof *c->failure);
	c->slow = mem_new(n * sizeof *c->slow);
	c->left = mem_new(n * sizeof *c->left);
	return c->failure != NULL && c->slow != NULL && c->left != NULL;
}

void
course_outcomes(struct course *c, const struct farm_phone *phone)
{
	if (phone == NULL)
		return;
	if (!outcomes_room(c)) {
		c->err = -ENOMEM;
		return;
	}
	for (uint32_t i = 0; i < c->run->planned; i++) {
		const struct farm_phone *p = &phone[i];

		if (p->outcome == FARM_FAILED)
			c->failure[c->n_failures++] =
			    (struct course_failure){ i, p->ended_ms, p->row, p->why };
		if (p->outcome == FARM_UNFINISHED)
			c->left[c->n_left++] = (struct course_left){ i, p->row };
		if (p->boot_ms > 0)
			c->slow[c->n_slow++] = (struct course_slow){ i, p->boot_ms };
	}
	qsort(c->failure, c->n_failures, sizeof *c->failure, failure_by_time);
	qsort(c->slow, c->n_slow, sizeof *c->slow, slow_first);
}

/* ---- the file ---- */

/* A phone that could not be made has failed at no row's doing. */
static const char *
outcome_step(const struct course *c, uint8_t row)
{
	return row < c->run->n_rows ? c->run->rows[row].name : "?";
}

static const char *
failure_why(const struct course *c, const struct course_failure *f)
{
	return f->why > 0 && f->why < c->run->n_reasons ? c->run->reasons[f->why] : "none";
}

/* `"step": "krb_login", "why": "timeout"`. */
static void
put_failure(struct buf *b, const struct course *c, const struct course_failure *f)
{
	buf_text(b, "\"step\": \"");
	text_json(b, span_of(outcome_step(c, f->row)));
	buf_text(b, "\", \"why\": \"");
	text_json(b, span_of(failure_why(c, f)));
	buf_text(b, "\"");
}

static void
put_failed(struct buf *b, const struct course *c)
{
	size_t n = c->n_failures < COURSE_FAILED ? c->n_failures : COURSE_FAILED;

	buf_text(b, "\"failed\": [");
	for (size_t i = 0; i < n; i++) {
		const struct course_failure *f = &c->failure[i];

		buf_printf(b, "%s{\"phone\": %u, \"at_ms\": %u, ", i > 0 ? ",\n   " : "",
		    f->phone, f->at_ms);
		put_failure(b, c, f);
		buf_text(b, "}");
	}
	buf_text(b, "],\n  ");
}

/* Where they were when the run ended. */
static void
put_unfinished(struct buf *b, const struct course *c)
{
	size_t n = c->n_left < COURSE_FAILED ? c->n_left : COURSE_FAILED;

	buf_text(b, "\"unfinished\": [");
	for (size_t i = 0; i < n; i++) {
		buf_printf(b, "%s{\"phone\": %u, \"step\": \"", i > 0 ? ",\n   " : "",
		    c->left[i].phone);
		text_json(b, span_of(outcome_step(c, c->left[i].row)));
		buf_text(b, "\"}");
	}
	buf_text(b, "],\n  ");
}

static bool
same_cause(const struct course_failure *a, const struct course_failure *b)
{
	return a->row == b->row && a->why == b->why;
}

/* How many have the cause of failure i, and the numbers of the first of them. */
static void
put_cause(struct buf *b, const struct course *c, size_t i)
{
	size_t n = 0;

	buf_text(b, "{");
	put_failure(b, c, &c->failure[i]);
	buf_text(b, ", \"phones\": [");
	for (size_t k = i; k < c->n_failures; k++) {
		if (!same_cause(&c->failure[i], &c->failure[k]))
			continue;
		if (n++ < OUTCOMES_FIRST)
			buf_printf(b, "%s%u", n > 1 ? ", " : "", c->failure[k].phone);
	}
	buf_printf(b, "], \"count\": %zu}", n);
}

/* In the order in which the causes first came up. */
static void
put_causes(struct buf *b, const struct course *c)
{
	bool told[256][METRICS_REASONS] = { { false } };
	const char *before = "";

	buf_text(b, "\"first_failed_by_reason\": [");
	for (size_t i = 0; i < c->n_failures; i++) {
		const struct course_failure *f = &c->failure[i];
		bool *is_told = &told[f->row][f->why % METRICS_REASONS];

		if (*is_told)
			continue;
		*is_told = true;
		buf_text(b, before);
		put_cause(b, c, i);
		before = ",\n   ";
	}
	buf_text(b, "]");
}

static void
put_slowest(struct buf *b, const struct course *c)
{
	size_t n = c->n_slow < COURSE_SLOWEST ? c->n_slow : COURSE_SLOWEST;

	buf_text(b, "\"slowest\": [");
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%s{\"phone\": %u, \"boot_ms\": %u}", i > 0 ? ", " : "",
		    c->slow[i].phone, c->slow[i].boot_ms);
	buf_text(b, "],\n  ");
}

void
course_put_outcomes(struct buf *b, const struct course *c)
{
	buf_text(b, " \"outcomes\": {");
	put_failed(b, c);
	put_unfinished(b, c);
	put_slowest(b, c);
	put_causes(b, c);
	buf_text(b, "}");
}
