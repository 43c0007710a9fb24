/* diff_text.c - a comparison as a table, and as JSON; see diff.h. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "diff.h"
#include "text.h"

/* ---- for people ---------------------------------------------------------------------- */

/* Names come from files: what a terminal would take for orders is no part of them. */
static void
put_plain(struct buf *out, const char *text)
{
	text_plain(out, span_of(text));
}

static const char *
diff_word_of(json_t *map, const char *key)
{
	const char *text = json_string_value(json_object_get(map, key));

	return text != NULL ? text : "unknown";
}

static void
put_run(struct buf *out, const struct diff *d, int i)
{
	json_t *summary = d->run[i]->summary;

	buf_printf(out, "%c  ", 'A' + i);
	put_plain(out, d->run[i]->path);
	buf_text(out, ": ");
	put_plain(out, diff_word_of(summary, "scenario"));
	buf_printf(out, ", seed %lld, %llu phones: %llu finished, %llu failed, %s\n",
	    (long long)json_integer_value(json_object_get(summary, "seed")),
	    (unsigned long long)d->planned[i], (unsigned long long)d->finished[i],
	    (unsigned long long)d->failed[i], d->verdict[i]);
}

/* "+25%", "x3.1" from twice on, "-" where there is nothing to compare. */
static void
put_change(struct buf *out, const double ms[2], bool both)
{
	double ratio = ms[0] > 0 ? ms[1] / ms[0] : 0;

	if (!both || ms[0] <= 0)
		buf_printf(out, " %8s", "-");
	else if (ratio >= 9.95)
		buf_printf(out, "     x%3.0f", ratio);
	else if (ratio >= 2)
		buf_printf(out, "     x%3.1f", ratio);
	else
		buf_printf(out, " %+7.0f%%", 100 * (ratio - 1));
}

static void
put_pair(struct buf *out, const double ms[2], const uint64_t n[2])
{
	for (int i = 0; i < 2; i++)
		if (n[i] > 0)
			buf_printf(out, " %9.1f", ms[i]);
		else
			buf_printf(out, " %9s", "-");
	put_change(out, ms, n[0] > 0 && n[1] > 0);
}

/* What there is to a step's change besides its latency. */
static void
put_counts(struct buf *out, const char *what, const uint64_t n[2], enum diff_change c)
{
	if (c == DIFF_WORSE || c == DIFF_BETTER)
		buf_printf(out, "; %s %llu -> %llu", what, (unsigned long long)n[0],
		    (unsigned long long)n[1]);
}

static void
put_step(struct buf *out, const struct diff_step *s)
{
	buf_printf(out, "%-21s %8llu %8llu", s->name, (unsigned long long)s->n[0],
	    (unsigned long long)s->n[1]);
	put_pair(out, s->p50_ms, s->n);
	put_pair(out, s->p95_ms, s->n);
	buf_printf(out, "  %s", diff_word(s->all));
	put_counts(out, "failed", s->failed, s->failures);
	put_counts(out, "lost tries", s->lost, s->tries);
	buf_text(out, "\n");
}

/* "worse: krb_login, boot", or nothing when there is none. */
static void
put_names(struct buf *out, const struct diff *d, enum diff_change c)
{
	const char *before = ": ";

	for (size_t i = 0; i < d->n_steps; i++) {
		if (d->step[i].all != c)
			continue;
		if (before[0] == ':')
			buf_text(out, diff_word(c));
		buf_text(out, before);
		put_plain(out, d->step[i].name);
		before = ", ";
	}
	if (before[0] == ',')
		buf_text(out, "\n");
}

static void
put_reason(struct buf *out, const char *step, const char *reason, json_t *a, json_t *b)
{
	json_int_t was = json_integer_value(a), is = json_integer_value(b);

	if (was == is)
		return;
	buf_text(out, "lost tries of ");
	put_plain(out, step);
	buf_text(out, " by ");
	put_plain(out, reason);
	buf_printf(out, ": %lld -> %lld\n", (long long)was, (long long)is);
}

/* Why tries of a step were lost, as far as that has changed. */
static void
put_reasons(struct buf *out, const struct diff *d, const char *step)
{
	json_t *a = json_object_get(run_dir_step(d->run[0], step), "reasons");
	json_t *b = json_object_get(run_dir_step(d->run[1], step), "reasons"), *n;
	const char *reason;

	json_object_foreach(a, reason, n)
	    put_reason(out, step, reason, n, json_object_get(b, reason));
	json_object_foreach(b, reason, n)
	{
		if (json_object_get(a, reason) == NULL)
			put_reason(out, step, reason, NULL, n);
	}
}

void
diff_text(const struct diff *d, struct buf *out)
{
	for (int i = 0; i < 2; i++)
		put_run(out, d, i);
	for (size_t i = 0; i < d->n_notes; i++) {
		buf_text(out, "note: ");
		put_plain(out, d->note[i]);
		buf_text(out, "\n");
	}
	buf_printf(out, "\n%-21s %8s %8s %9s %9s %8s %9s %9s %8s\n", "step", "n A", "n B",
	    "p50 A ms", "p50 B ms", "change", "p95 A ms", "p95 B ms", "change");
	for (size_t i = 0; i < d->n_steps; i++)
		put_step(out, &d->step[i]);
	buf_text(out, "\n");
	for (size_t i = 0; i < d->n_steps; i++)
		put_reasons(out, d, d->step[i].name);
	for (enum diff_change c = DIFF_BETTER; c <= DIFF_TOO_FEW; c++)
		put_names(out, d, c);
	buf_text(out,
	    d->all == DIFF_SAME        ? "no difference that is more than noise\n"
		: d->all == DIFF_WORSE ? "B is worse than A\n"
				       : "B is better than A\n");
}

/* ---- for programs -------------------------------------------------------------------- */

/* A list that is not whole, for want of memory, is none. */
static json_t *
diff_whole_list(json_t *list, size_t n)
{
	if (json_array_size(list) == n)
		return list;
	json_decref(list);
	return NULL;
}

static json_t *
diff_counts(const uint64_t n[2])
{
	return json_pack("[I, I]", (json_int_t)n[0], (json_int_t)n[1]);
}

/* null for a run in which nothing was done. */
static json_t *
diff_figures(const double ms[2], const uint64_t n[2])
{
	json_t *list = json_array();

	for (int i = 0; i < 2; i++)
		json_array_append_new(
		    list, n[i] > 0 ? json_real(round(ms[i] * 1e3) / 1e3) : json_null());
	return diff_whole_list(list, 2);
}

static json_t *
diff_json_step(const struct diff_step *s)
{
	return json_pack("{s:s, s:o, s:o, s:o, s:f, s:o, s:o, s:s, s:s, s:s, s:s}", "name",
	    s->name, "n", diff_counts(s->n), "p50_ms", diff_figures(s->p50_ms, s->n), "p95_ms",
	    diff_figures(s->p95_ms, s->n), "p", s->p, "failed", diff_counts(s->failed),
	    "lost_tries", diff_counts(s->lost), "latency", diff_word(s->latency), "failures",
	    diff_word(s->failures), "tries", diff_word(s->tries), "change", diff_word(s->all));
}

static json_t *
diff_json_tree(const struct diff *d)
{
	json_t *steps = json_array(), *notes = json_array();

	for (size_t i = 0; i < d->n_steps; i++)
		json_array_append_new(steps, diff_json_step(&d->step[i]));
	/* Cut inside a character it is no text any more. */
	for (size_t i = 0; i < d->n_notes; i++) {
		json_t *note = json_string(d->note[i]);

		json_array_append_new(notes, note != NULL ? note : json_string("?"));
	}
	return json_pack("{s:s, s:s*, s:s*, s:o, s:[s, s], s:o, s:o, s:o, s:s, s:o}", "format",
	    "cx700farm-diff/1", "a", d->run[0]->path, "b", d->run[1]->path, "notes",
	    diff_whole_list(notes, d->n_notes), "verdicts", d->verdict[0], d->verdict[1],
	    "planned", diff_counts(d->planned), "finished", diff_counts(d->finished), "failed",
	    diff_counts(d->failed), "change", diff_word(d->all), "steps",
	    diff_whole_list(steps, d->n_steps));
}

/* jansson's callback; want of memory stays in the buffer's err. */
static int
diff_chunk(const char *bytes, size_t n, void *out)
{
	buf_put(out, bytes, n);
	return 0;
}

int
diff_json(const struct diff *d, struct buf *out)
{
	json_t *tree = diff_json_tree(d);
	int rc = tree == NULL ? -1
			      : json_dump_callback(tree, diff_chunk, out,
				    JSON_INDENT(1) | JSON_REAL_PRECISION(12));

	json_decref(tree);
	buf_text(out, "\n");
	return rc != 0 || out->err != 0 ? -ENOMEM : 0;
}
