/* doctor_text.c - the doctor's words for a terminal: a line a row, then what was found. */
#include <stdio.h>
#include <string.h>

#include "doctor_priv.h"
#include "explain_words.h"

enum { TEXT_WIDTH = 80, TEXT_ROW_INDENT = 14, TEXT_INDENT = 4, TEXT_WORDS_MAX = 4096 };

/* ---- paragraphs ----------------------------------------------------------------------- */

/* How many columns a word of UTF-8 takes, as far as we write any. */
static size_t
word_columns(const char *word, size_t n)
{
	size_t columns = 0;

	for (size_t i = 0; i < n; i++)
		columns += ((uint8_t)word[i] & 0xc0) != 0x80;
	return columns;
}

/* Words from column `at` on; lines behind the first begin at `indent`. */
static void
text_wrap(const char *words, size_t at, size_t indent, struct buf *out)
{
	bool first = true;

	while (*words != '\0') {
		size_t n = strcspn(words, " "), columns = word_columns(words, n);

		if (!first && at + 1 + columns > TEXT_WIDTH) {
			buf_printf(out, "\n%*s", (int)indent, "");
			at = indent;
		} else if (!first) {
			buf_text(out, " ");
			at++;
		}
		buf_put(out, words, n);
		at += columns;
		first = false;
		words += n;
		words += strspn(words, " ");
	}
	buf_text(out, "\n");
}

static void
text_wrap_buf(struct buf *words, size_t at, size_t indent, struct buf *out)
{
	text_wrap(buf_cstr(words), at, indent, out);
	if (words->err != 0)
		out->err = words->err;
	buf_done(words);
}

/* ---- a row ------------------------------------------------------------------------------ */

/* What the worst of its findings makes of a row that was done. */
static const char *
row_mark(json_t *row)
{
	const struct doctor_finding *found[DOCTOR_ROW_MAX];
	enum doctor_severity worst = DOCTOR_NOTE;
	unsigned when = doctor_row_when(row);
	size_t n;

	if (when == DOCTOR_FAIL)
		return "FAIL";
	n = doctor_row(row, found, DOCTOR_ROW_MAX);
	for (size_t i = 0; i < n; i++)
		if (found[i]->severity < worst)
			worst = found[i]->severity;
	if (worst != DOCTOR_NOTE)
		return worst == DOCTOR_BLOCKS ? "BAD" : "bad";
	return when == DOCTOR_SKIP ? "-" : "ok";
}

/* "11-12", "3", or nothing for a row that is not in the guide. */
static void
row_guide(json_t *row, char out[32])
{
	json_t *guide = json_object_get(row, "guide");
	int first = (int)json_integer_value(json_array_get(guide, 0));
	int last = (int)json_integer_value(json_array_get(guide, 1));

	if (first <= 0)
		out[0] = '\0';
	else if (last > first)
		(void)snprintf(out, 32, "%d-%d", first, last);
	else
		(void)snprintf(out, 32, "%d", first);
}

/* The doctor's own rows have no words in explain's table. */
static const struct explain_step *
row_words(json_t *row)
{
	static const struct explain_step own[] = {
		{ "client_hello", "shows {tls_server} all eleven suites of the phone",
		    "[it chooses {tls_suite} of {tls_protocol}]", "" },
		{ "clock_compare", "holds the phone's clock against this machine's",
		    "it is {clock_off} it", "" },
	};
	const char *step = doctor_word(row, "step");

	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (strcmp(own[i].name, step) == 0)
			return &own[i];
	return explain_step(step);
}

static void
row_asked(json_t *row, struct buf *out)
{
	explain_fill(row_words(row)->asks, json_object_get(row, "seen"), out);
}

static void
row_answered(json_t *row, struct buf *out)
{
	size_t before = out->n;

	explain_fill(row_words(row)->gets, json_object_get(row, "seen"), out);
	if (out->n == before)
		buf_text(out, "done");
}

static void
row_failed(json_t *row, struct buf *out)
{
	const char *detail = doctor_word(row, "detail");
	const char *means = explain_detail(detail);

	if (means == NULL)
		means = explain_reason(doctor_word(row, "why"));
	buf_text(out, means);
	buf_text(out, " (");
	explain_plain(detail[0] != '\0' ? detail : doctor_word(row, "why"), out);
	buf_text(out, ")");
}

static void
row_story(json_t *row, struct buf *out)
{
	unsigned when = doctor_row_when(row);
	const char *detail = doctor_word(row, "detail"), *means = explain_detail(detail);

	explain_plain(doctor_word(row, "step"), out);
	buf_text(out, ": ");
	if (when == DOCTOR_SKIP) {
		buf_text(out, "left out: ");
		if (means != NULL)
			buf_text(out, means);
		else
			explain_plain(detail, out);
		return;
	}
	row_asked(row, out);
	buf_text(out, "; ");
	if (when == DOCTOR_FAIL)
		row_failed(row, out);
	else
		row_answered(row, out);
}

void
doctor_text_row(json_t *row, struct buf *out)
{
	struct buf words;
	char guide[32];

	buf_init(&words, TEXT_WORDS_MAX);
	row_guide(row, guide);
	row_story(row, &words);
	buf_printf(out, "%6s  %-4s  ", guide, row_mark(row));
	text_wrap_buf(&words, TEXT_ROW_INDENT, TEXT_ROW_INDENT, out);
}

/* ---- what was found ------------------------------------------------------------------------
 */

static void
end_finding(const struct doctor_found *found, size_t number, struct buf *out)
{
	const struct doctor_finding *f = found->finding;
	struct buf words;

	buf_init(&words, TEXT_WORDS_MAX);
	buf_printf(&words, "%s: ", doctor_severity_name(found->severity));
	doctor_says(f, found->row, &words);
	buf_printf(&words, " [%s]", f->id);
	buf_printf(out, "%2zu. ", number);
	text_wrap_buf(&words, TEXT_INDENT, TEXT_INDENT, out);

	buf_init(&words, TEXT_WORDS_MAX);
	buf_text(&words, "To mend it: ");
	doctor_mend(f, found->row, &words);
	/* "Nothing." needs no advice. */
	if (strncmp(f->mend, "Nothing", 7) == 0) {
		buf_done(&words);
		return;
	}
	buf_printf(out, "%*s", TEXT_INDENT, "");
	text_wrap_buf(&words, TEXT_INDENT, TEXT_INDENT, out);
}

static size_t
end_count(const struct doctor *d, enum doctor_severity severity)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		n += d->found[i].severity == severity;
	return n;
}

static void
end_verdict(const struct doctor *d, struct buf *out)
{
	size_t blocks = end_count(d, DOCTOR_BLOCKS), harms = end_count(d, DOCTOR_HARMS);

	buf_text(out, "\n");
	if (d->ready)
		buf_text(out, "READY: the phone came through.");
	else if (blocks > 0)
		buf_printf(out, "NOT READY: %zu %s a phone.", blocks,
		    blocks == 1 ? "thing blocks" : "things block");
	else if (!d->arrived)
		buf_text(out, "NOT READY: the phone did not come to its way's end.");
	else
		buf_text(out, "NOT READY: the phone came through, but not with all it should.");
	if (harms > 0)
		buf_printf(out, " %zu %s it.", harms, harms == 1 ? "harms" : "harm");
	buf_text(out, "\n");
}

void
doctor_text_end(const struct doctor *d, struct buf *out)
{
	if (d->n > 0)
		buf_text(out, "\nFound, the gravest first:\n");
	for (size_t i = 0; i < d->n; i++)
		end_finding(&d->found[i], i + 1, out);
	end_verdict(d, out);
}
