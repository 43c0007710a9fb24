/* diff.c - see diff.h. */
#include "diff.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "noise.h"

static const double DIFF_P = 0.01;      /* more likely than this is chance */
static const double DIFF_SHARE = 0.10;  /* of the latency it was */
static const double DIFF_MS = 5;        /* and so much */
static const double DIFF_POINTS = 0.01; /* of a share: a hundredth */

const char *
diff_word(enum diff_change c)
{
	static const char *const words[] = { "same", "better", "worse", "only in A",
		"only in B", "too few" };

	return words[c];
}

static json_t *
diff_at(json_t *map, const char *one, const char *two)
{
	return json_object_get(json_object_get(map, one), two);
}

/* Counts are never below zero, whatever a file says. */
static uint64_t
diff_count(json_t *number)
{
	return json_integer_value(number) > 0 ? (uint64_t)json_integer_value(number) : 0;
}

/* ---- what may make them incomparable ------------------------------------------------- */

static void __attribute__((format(printf, 2, 3)))
diff_note(struct diff *d, const char *fmt, ...)
{
	va_list args;

	if (d->n_notes == DIFF_NOTES)
		return;
	va_start(args, fmt);
	(void)vsnprintf(d->note[d->n_notes++], sizeof d->note[0], fmt, args);
	va_end(args);
}

/* A text of the summary that should be the same. */
static void
diff_note_text(struct diff *d, const char *key, const char *words)
{
	const char *a = json_string_value(json_object_get(d->run[0]->summary, key));
	const char *b = json_string_value(json_object_get(d->run[1]->summary, key));

	a = a != NULL ? a : "unknown";
	b = b != NULL ? b : "unknown";
	if (strcmp(a, b) != 0)
		diff_note(d, "the %s differ: %.50s and %.50s", words, a, b);
}

static void
diff_note_number(struct diff *d, const char *key, const char *words)
{
	json_int_t a = json_integer_value(json_object_get(d->run[0]->summary, key));
	json_int_t b = json_integer_value(json_object_get(d->run[1]->summary, key));

	if (a != b)
		diff_note(d, "the %s differ: %lld and %lld", words, (long long)a, (long long)b);
}

static void
diff_notes(struct diff *d)
{
	diff_note_text(d, "scenario", "scenarios");
	diff_note_number(d, "seed", "seeds");
	if (d->planned[0] != d->planned[1])
		diff_note(d, "the numbers of phones differ: %llu and %llu",
		    (unsigned long long)d->planned[0], (unsigned long long)d->planned[1]);
	diff_note_text(d, "pool", "pools");
	diff_note_text(d, "version", "versions of cx700farm");
	diff_note_number(d, "threads", "numbers of threads");
	if (d->lag_ms > DIFF_MS)
		diff_note(d,
		    "the farm's own loop lag (p99) was %.0f ms: medians count from that on, "
		    "tails not",
		    d->lag_ms);
	/* Figures of a run in which the farm was the bottleneck are the farm's own. */
	for (int i = 0; i < 2; i++)
		if (strcmp(d->verdict[i], "invalid") == 0 ||
		    strcmp(d->verdict[i], "interrupted") == 0)
			diff_note(d, "%s is %s: its figures say little of the servers",
			    i == 0 ? "A" : "B", d->verdict[i]);
}

/* ---- a step -------------------------------------------------------------------------- */

/* Is it off by more than anybody would call the same? */
static enum diff_change
diff_shift(const double ms[2], double least_ms)
{
	double by = ms[1] - ms[0];

	if (fabs(by) <= least_ms || fabs(by) <= DIFF_SHARE * ms[0])
		return DIFF_SAME;
	return by > 0 ? DIFF_WORSE : DIFF_BETTER;
}

/* What is worse outweighs what is better. */
static enum diff_change
diff_worst(enum diff_change a, enum diff_change b)
{
	if (a == DIFF_WORSE || b == DIFF_WORSE)
		return DIFF_WORSE;
	return a == DIFF_BETTER || b == DIFF_BETTER ? DIFF_BETTER : DIFF_SAME;
}

static enum diff_change
diff_latency(struct diff_step *s, const struct hist h[2], double lag_ms)
{
	enum diff_change median, tail;

	for (int i = 0; i < 2; i++) {
		s->p50_ms[i] = (double)hist_at(&h[i], 0.50) / 1e3;
		s->p95_ms[i] = (double)hist_at(&h[i], 0.95) / 1e3;
	}
	s->p = noise_ranks(&h[0], &h[1]);
	if (h[0].count < DIFF_FEW || h[1].count < DIFF_FEW)
		return DIFF_TOO_FEW;
	if (s->p >= DIFF_P)
		return DIFF_SAME;
	/* A machine that was busy in one of the runs makes its tails. */
	median = diff_shift(s->p50_ms, fmax(DIFF_MS, lag_ms));
	tail = lag_ms > DIFF_MS ? DIFF_SAME : diff_shift(s->p95_ms, DIFF_MS);
	return diff_worst(median, tail);
}

/* More hits are worse. */
static enum diff_change
diff_share(const uint64_t hits[2], const uint64_t of[2])
{
	double by;

	if (of[0] == 0 || of[1] == 0)
		return DIFF_SAME;
	by = (double)hits[1] / (double)of[1] - (double)hits[0] / (double)of[0];
	if (fabs(by) <= DIFF_POINTS || noise_shares(hits[0], of[0], hits[1], of[1]) >= DIFF_P)
		return DIFF_SAME;
	return by > 0 ? DIFF_WORSE : DIFF_BETTER;
}

static void
diff_judge(struct diff_step *s, const struct hist h[2], double lag_ms)
{
	s->latency = diff_latency(s, h, lag_ms);
	s->failures = diff_share(s->failed, s->rows);
	s->tries = diff_share(s->lost, s->attempts);
	if (s->attempts[1] == 0 || s->attempts[0] == 0) {
		s->all = s->attempts[1] == 0 ? DIFF_ONLY_A : DIFF_ONLY_B;
		return;
	}
	s->all = diff_worst(s->latency, diff_worst(s->failures, s->tries));
	if (s->all == DIFF_SAME && s->latency == DIFF_TOO_FEW)
		s->all = DIFF_TOO_FEW;
}

/* A step of either run; `h` is memory for two histograms. */
static void
diff_one(struct diff *d, const char *name, struct hist h[2])
{
	struct diff_step *s = &d->step[d->n_steps];

	*s = (struct diff_step){ .name = name };
	for (int i = 0; i < 2; i++) {
		json_t *step = run_dir_step(d->run[i], name);

		run_dir_hist(d->run[i], name, &h[i]);
		s->n[i] = diff_count(json_object_get(step, "done"));
		s->failed[i] = diff_count(json_object_get(step, "failed"));
		s->rows[i] = s->n[i] + s->failed[i];
		s->attempts[i] = diff_count(json_object_get(step, "attempts"));
		s->lost[i] = s->attempts[i] > s->n[i] ? s->attempts[i] - s->n[i] : 0;
	}
	if (s->attempts[0] + s->attempts[1] == 0 || d->n_steps == DIFF_STEPS - 1)
		return;
	diff_judge(s, h, d->lag_ms);
	d->n_steps++;
}

/* The whole way of a phone, as one more line. */
static void
diff_boot(struct diff *d, struct hist h[2])
{
	struct diff_step *s = &d->step[d->n_steps];

	*s = (struct diff_step){ .name = "boot" };
	for (int i = 0; i < 2; i++) {
		run_dir_hist(d->run[i], "boot_intended", &h[i]);
		s->n[i] = s->attempts[i] = h[i].count;
	}
	if (h[0].count + h[1].count == 0)
		return;
	diff_judge(s, h, d->lag_ms);
	d->n_steps++;
}

/* All steps of A in its order, then those that only B knows. */
static void
diff_steps(struct diff *d, struct hist h[2])
{
	for (int i = 0; i < 2; i++) {
		json_t *step;
		size_t k;

		json_array_foreach(json_object_get(d->run[i]->summary, "steps"), k, step)
		{
			const char *name = json_string_value(json_object_get(step, "name"));

			if (name != NULL && (i == 0 || run_dir_step(d->run[0], name) == NULL))
				diff_one(d, name, h);
		}
	}
	diff_boot(d, h);
}

/* ---- the runs ------------------------------------------------------------------------ */

static void
diff_phones(struct diff *d)
{
	for (int i = 0; i < 2; i++) {
		json_t *summary = d->run[i]->summary;
		double lag_ms = json_number_value(diff_at(summary, "farm", "loop_lag_p99_ms"));

		d->lag_ms = fmax(d->lag_ms, lag_ms);
		d->verdict[i] = json_string_value(json_object_get(summary, "verdict"));
		d->planned[i] = diff_count(diff_at(summary, "phones", "planned"));
		d->finished[i] = diff_count(diff_at(summary, "phones", "finished"));
		d->failed[i] = diff_count(diff_at(summary, "phones", "failed"));
	}
}

/* From pass to fail is worse whatever the figures; so are fewer phones that finish. */
static enum diff_change
diff_whole(const struct diff *d)
{
	enum diff_change all = DIFF_SAME;
	uint64_t missed[2];

	for (int i = 0; i < 2; i++)
		missed[i] = d->planned[i] > d->finished[i] ? d->planned[i] - d->finished[i] : 0;
	all = diff_share(missed, d->planned);
	if (strcmp(d->verdict[0], "pass") == 0 && strcmp(d->verdict[1], "fail") == 0)
		all = DIFF_WORSE;
	for (size_t i = 0; i < d->n_steps; i++)
		all = diff_worst(all, d->step[i].all);
	return all;
}

int
diff_runs(const struct run_dir *a, const struct run_dir *b, struct diff *out)
{
	struct hist *h = mem_new(2 * sizeof *h);

	if (h == NULL)
		return -ENOMEM;
	memset(out, 0, sizeof *out);
	out->run[0] = a;
	out->run[1] = b;
	diff_phones(out);
	diff_notes(out);
	diff_steps(out, h);
	out->all = diff_whole(out);
	mem_free(h);
	return 0;
}
