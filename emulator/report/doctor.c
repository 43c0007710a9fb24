/* doctor.c - see doctor.h: what all rows of a phone show together, and how grave that is. */
#include "doctor.h"

#include <string.h>

#include "doctor_priv.h"
#include "explain_words.h"

/* ---- all of them ------------------------------------------------------------------------ */

/* Rows without which a phone gets on: it only lacks what they give. */
static bool
step_may_fail(const char *step)
{
	static const char may_fail[] =
	    "update_at_power_on|autodiscover_find|cas_tls|update_ask|"
	    "update_download|update_confirm|client_hello|ews_poll";

	return doctor_one_of(may_fail, step);
}

/* Did the step end well after all, in a row behind this one? */
static bool
row_is_mended(json_t *rows, size_t at)
{
	const char *step = doctor_word(json_array_get(rows, at), "step");

	for (size_t i = at + 1; i < json_array_size(rows); i++) {
		json_t *row = json_array_get(rows, i);

		if (strcmp(doctor_word(row, "step"), step) == 0 &&
		    doctor_row_when(row) == DOCTOR_DONE)
			return true;
	}
	return false;
}

static enum doctor_severity
found_severity(const struct doctor_finding *f, json_t *rows, size_t at)
{
	json_t *row = json_array_get(rows, at);

	if (f->severity != DOCTOR_BLOCKS || doctor_row_when(row) != DOCTOR_FAIL)
		return f->severity;
	return step_may_fail(doctor_word(row, "step")) || row_is_mended(rows, at)
	    ? DOCTOR_HARMS
	    : DOCTOR_BLOCKS;
}

/* A finding is told once, as gravely as it was met. */
static void
doctor_add(struct doctor *d, const struct doctor_finding *f, size_t at)
{
	enum doctor_severity severity = found_severity(f, d->rows, at);

	for (size_t i = 0; i < d->n; i++)
		if (d->found[i].finding == f) {
			d->found[i].times++;
			if (severity < d->found[i].severity)
				d->found[i].severity = severity;
			return;
		}
	if (d->n < DOCTOR_FOUND_MAX)
		d->found[d->n++] = (struct doctor_found){
			.finding = f,
			.row = json_array_get(d->rows, at),
			.severity = severity,
			.times = 1,
		};
}

/* The gravest first; those that are alike stay as they were met. */
static void
doctor_sort(struct doctor *d)
{
	for (size_t i = 1; i < d->n; i++) {
		struct doctor_found one = d->found[i];
		size_t k = i;

		for (; k > 0 && d->found[k - 1].severity > one.severity; k--)
			d->found[k] = d->found[k - 1];
		d->found[k] = one;
	}
}

void
doctor_judge(json_t *rows, bool arrived, struct doctor *out)
{
	const struct doctor_finding *found[DOCTOR_ROW_MAX];

	*out = (struct doctor){ .rows = rows, .arrived = arrived };
	for (size_t at = 0; at < json_array_size(rows); at++) {
		size_t n = doctor_row(json_array_get(rows, at), found, DOCTOR_ROW_MAX);

		for (size_t i = 0; i < n; i++)
			doctor_add(out, found[i], at);
	}
	doctor_sort(out);
	out->ready = arrived && (out->n == 0 || out->found[0].severity == DOCTOR_NOTE);
}

/* ---- words --------------------------------------------------------------------------------
 */

const char *
doctor_severity_name(enum doctor_severity severity)
{
	static const char *const names[] = { "blocks", "harms", "note" };

	return names[severity];
}

/* What was seen, and what the row itself has to say. */
static void
doctor_fill(const char *words, json_t *row, struct buf *out)
{
	static const char *const keys[] = { "step", "try", "why", "detail", "lost" };
	json_t *all = json_copy(json_object_get(row, "seen"));

	if (all == NULL)
		all = json_object();
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		(void)json_object_set(all, keys[i], json_object_get(row, keys[i]));
	explain_fill(words, all, out);
	json_decref(all);
}

void
doctor_says(const struct doctor_finding *f, json_t *row, struct buf *out)
{
	doctor_fill(f->says, row, out);
}

void
doctor_mend(const struct doctor_finding *f, json_t *row, struct buf *out)
{
	doctor_fill(f->mend, row, out);
}
