/* explain_rows.c - a phone's rows, a line each; see explain.h. */
#include <string.h>

#include "explain_priv.h"
#include "explain_words.h"

/* "11-12", "3", or nothing for a row that is not in the guide. */
static void
row_guide(json_t *first, json_t *last, struct buf *out)
{
	json_int_t a = json_integer_value(json_array_get(json_object_get(first, "guide"), 0));
	json_int_t b = json_integer_value(json_array_get(json_object_get(last, "guide"), 1));
	char text[32] = "";
	struct buf number;

	buf_over(&number, text, sizeof text - 1);
	if (a > 0 && b > a)
		buf_printf(&number, "%lld-%lld", (long long)a, (long long)b);
	else if (a > 0)
		buf_printf(&number, "%lld", (long long)a);
	buf_printf(out, "%6s  ", text);
}

static void
row_head(json_t *first, json_t *last, struct buf *out)
{
	buf_printf(out, "%10.3f s ", explain_number(first, "t_ms") / 1e3);
	row_guide(first, last, out);
}

static void
row_took(json_t *row, struct buf *out)
{
	double ms = explain_number(row, "ms");

	if (ms >= 1000)
		buf_printf(out, " %.1f s\n", ms / 1e3);
	else
		buf_printf(out, " %.1f ms\n", ms);
}

/* "nobody answered in time (timeout; limit:2000ms: the row's time was up)" */
static void
row_why(json_t *row, struct buf *out)
{
	const char *why = explain_word(row, "why"), *detail = explain_word(row, "detail");
	const char *means = explain_detail(detail);

	explain_plain(explain_reason(why), out);
	buf_text(out, " (");
	explain_plain(why, out);
	if (detail[0] != '\0') {
		buf_text(out, "; ");
		explain_plain(detail, out);
	}
	if (means != NULL)
		buf_printf(out, ": %s", means);
	buf_text(out, ").");
}

/* What is asked of whom, and what came of it. */
static void
row_story(json_t *row, struct buf *out)
{
	const struct explain_step *words = explain_step(explain_word(row, "step"));
	json_t *seen = json_object_get(row, "seen");
	json_int_t tries = json_integer_value(json_object_get(row, "try"));
	size_t before = out->n;

	explain_fill(words->asks, seen, out);
	/* Of a step of another version only its end is known. */
	buf_text(out, out->n > before ? "; " : "");
	if (explain_is(row, "retry")) {
		buf_printf(out, "try %lld is lost: ", (long long)tries);
		row_why(row, out);
		return;
	}
	if (explain_is(row, "fail")) {
		buf_printf(out, "it fails after %lld %s: ", (long long)tries,
		    tries == 1 ? "try" : "tries");
		row_why(row, out);
		return;
	}
	before = out->n;
	explain_fill(words->gets, seen, out);
	/* Nothing came of it that could be told. */
	if (out->n == before)
		buf_text(out, "done");
	if (tries > 1)
		buf_printf(out, ", with try %lld", (long long)tries);
	buf_text(out, ".");
}

static void
row_line(json_t *row, struct buf *out)
{
	row_head(row, row, out);
	explain_plain(explain_word(row, "step"), out);
	buf_text(out, ": ");
	row_story(row, out);
	row_took(row, out);
}

/* Rows that are left out for one reason are one line; returns how many they are. */
static size_t
row_skipped(json_t *rows, size_t first, size_t end, struct buf *out)
{
	json_t *row = json_array_get(rows, first), *last = row;
	const char *detail = explain_word(row, "detail");
	const char *means = explain_detail(detail);
	size_t n = 0;

	for (size_t i = first; i < end && explain_is(json_array_get(rows, i), "skip"); i++) {
		if (strcmp(explain_word(json_array_get(rows, i), "detail"), detail) != 0)
			break;
		last = json_array_get(rows, i);
		n++;
	}
	row_head(row, last, out);
	for (size_t i = 0; i < n; i++) {
		buf_text(out, i > 0 ? ", " : "");
		explain_plain(explain_word(json_array_get(rows, first + i), "step"), out);
	}
	buf_text(out, ": left out: ");
	if (means != NULL)
		buf_printf(out, "%s (", means);
	explain_plain(detail, out);
	buf_text(out, means != NULL ? ").\n" : ".\n");
	return n;
}

/* What a phone does over and over, and well. */
static bool
row_is_routine(json_t *row, const char *step)
{
	return explain_is(row, "done") && !json_is_array(json_object_get(row, "guide")) &&
	    json_integer_value(json_object_get(row, "try")) == 1 &&
	    strcmp(explain_word(row, "step"), step) == 0;
}

/* The first of them in full; how often more.  Returns how many they are, 0 for fewer than
 * three. */
static size_t
row_routine(json_t *rows, size_t first, size_t end, struct buf *out)
{
	json_t *row = json_array_get(rows, first);
	size_t n = 0;

	while (first + n < end &&
	    row_is_routine(json_array_get(rows, first + n), explain_word(row, "step")))
		n++;
	if (n < 3)
		return 0;
	row_line(row, out);
	buf_printf(out, "%21s ... and %zu times more, until %.3f s.\n", "", n - 1,
	    explain_number(json_array_get(rows, first + n - 1), "t_ms") / 1e3);
	return n;
}

size_t
explain_rows(json_t *rows, size_t first, size_t end, struct buf *out)
{
	json_t *row = json_array_get(rows, first);
	size_t n;

	if (explain_is(row, "skip"))
		return row_skipped(rows, first, end, out);
	n = row_routine(rows, first, end, out);
	if (n == 0)
		row_line(row, out);
	return n > 0 ? n : 1;
}
