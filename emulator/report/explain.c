/* explain.c - see explain.h.  The rows are told in the order in which they ended. */
#include "explain.h"

#include <errno.h>
#include <string.h>

#include "explain_priv.h"
#include "explain_words.h"

const char *
explain_word(json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));

	return text != NULL ? text : "";
}

bool
explain_is(json_t *row, const char *verdict)
{
	return strcmp(explain_word(row, "verdict"), verdict) == 0;
}

double
explain_number(json_t *row, const char *key)
{
	return json_number_value(json_object_get(row, key));
}

/* A row tells how many tries it took; the last one is lost if it failed. */
static size_t
explain_lost(json_t *row)
{
	json_int_t tries = json_integer_value(json_object_get(row, "try"));

	if (tries <= 0)
		return 0;
	if (explain_is(row, "fail"))
		return (size_t)tries;
	return explain_is(row, "done") ? (size_t)tries - 1 : 0;
}

/* ---- a boot -------------------------------------------------------------------------- */

/* The first row of the road.  While that fails it is tried again, and it is still one boot. */
static bool
boot_begins(json_t *rows, size_t i)
{
	json_t *row = json_array_get(rows, i);
	json_t *before = i > 0 ? json_array_get(rows, i - 1) : NULL;
	bool lease = strcmp(explain_word(row, "step"), "dhcp_lease") == 0 &&
	    json_is_array(json_object_get(row, "guide"));

	if (i == 0 || !lease)
		return i == 0;
	return strcmp(explain_word(before, "step"), "dhcp_lease") != 0 ||
	    !json_is_array(json_object_get(before, "guide")) || explain_is(before, "done");
}

static size_t
boot_end(json_t *rows, size_t first)
{
	size_t i = first + 1;

	while (i < json_array_size(rows) && !boot_begins(rows, i))
		i++;
	return i;
}

struct boot_sum {
	json_t *far;    /* the last row of the guide that was done */
	json_t *failed; /* the last row that failed */
	size_t lost;    /* tries */
};

static struct boot_sum
boot_sum(json_t *rows, size_t first, size_t end)
{
	struct boot_sum sum = { NULL, NULL, 0 };

	for (size_t i = first; i < end; i++) {
		json_t *row = json_array_get(rows, i);

		if (explain_is(row, "done") && json_is_array(json_object_get(row, "guide")))
			sum.far = row;
		if (explain_is(row, "fail"))
			sum.failed = row;
		sum.lost += explain_lost(row);
	}
	return sum;
}

/* Why it walks again. */
static const char *
boot_why(json_t *rows, size_t first)
{
	for (size_t i = first; i-- > 0;) {
		json_t *row = json_array_get(rows, i);

		if (strcmp(explain_word(row, "step"), "update_confirm") == 0)
			return explain_is(row, "done") ? "with its new firmware " : "again ";
		if (boot_begins(rows, i))
			break;
	}
	return "again ";
}

static void
boot_paragraph(json_t *rows, size_t first, size_t end, unsigned nth, struct buf *out)
{
	double at_ms = explain_number(json_array_get(rows, first), "t_ms");
	struct boot_sum sum = boot_sum(rows, first, end);

	buf_printf(out, "Boot %u. It starts %sat %.3f s", nth,
	    nth > 1 ? boot_why(rows, first) : "", at_ms / 1e3);
	if (sum.far != NULL) {
		double done_ms =
		    explain_number(sum.far, "t_ms") + explain_number(sum.far, "ms");

		buf_printf(out, " and comes as far as number %lld of the guide (",
		    (long long)json_integer_value(
			json_array_get(json_object_get(sum.far, "guide"), 1)));
		explain_plain(explain_word(sum.far, "step"), out);
		buf_printf(out, "), in %.1f s", (done_ms - at_ms) / 1e3);
	}
	if (sum.lost > 0)
		buf_printf(out, "; %zu %s lost on the way", sum.lost,
		    sum.lost == 1 ? "try is" : "tries are");
	if (sum.failed != NULL) {
		buf_text(out, ". ");
		explain_plain(explain_word(sum.failed, "step"), out);
		buf_text(out, " fails");
	}
	buf_text(out, ".\n\n");
}

static void
boot_tell(json_t *rows, size_t first, size_t end, unsigned nth, struct buf *out)
{
	boot_paragraph(rows, first, end, nth, out);
	for (size_t i = first; i < end;)
		i += explain_rows(rows, i, end, out);
	buf_text(out, "\n");
}

/* ---- the story ----------------------------------------------------------------------- */

static int
explain_on_row(void *arg, uint32_t phone, json_t *row)
{
	struct explain *e = arg;

	(void)phone;
	return json_array_append(e->row, row) != 0 ? -ENOMEM : 0;
}

/* Which phone of which run; and that it was not traced. */
static void
explain_head(const struct explain *e, struct buf *out)
{
	json_t *summary = e->dir->summary;
	const char *title = explain_word(summary, "title");

	buf_printf(out, "Phone %u", (unsigned)e->phone);
	if (json_array_size(e->row) > 0) {
		buf_text(out, ", ");
		explain_plain(explain_word(json_array_get(e->row, 0), "mac"), out);
	}
	buf_text(out, ", of ");
	explain_plain(title[0] != '\0' ? title : explain_word(summary, "scenario"), out);
	buf_printf(out, " (seed %lld). Times count from the run's beginning.\n\n",
	    (long long)json_integer_value(json_object_get(summary, "seed")));
	if (json_array_size(e->row) == 0)
		buf_text(out,
		    "It was not traced: either it never started, or the run kept the traces "
		    "of\n"
		    "some phones only; `cx700farm run --trace all` keeps them all.\n\n");
}

static void
explain_tell(const struct explain *e, struct buf *out)
{
	unsigned nth = 0;

	explain_head(e, out);
	for (size_t i = 0; i < json_array_size(e->row);) {
		size_t end = boot_end(e->row, i);

		boot_tell(e->row, i, end, ++nth, out);
		i = end;
	}
	explain_outcome(e, out);
	explain_frames(e, out);
}

int
explain_phone(const struct run_dir *d, uint32_t phone, struct buf *out, struct buf *error)
{
	struct explain e = { d, phone, NULL };
	json_int_t planned = json_integer_value(
	    json_object_get(json_object_get(d->summary, "phones"), "planned"));
	int err;

	if (planned <= (json_int_t)phone) {
		buf_printf(error, "%s: there is no phone %u: it had %lld, from 0 on", d->path,
		    (unsigned)phone, (long long)planned);
		return -ENOENT;
	}
	e.row = json_array();
	err = e.row == NULL ? -ENOMEM : run_dir_phone(d, phone, explain_on_row, &e, error);
	if (err == 0) {
		explain_tell(&e, out);
		err = out->err;
	}
	if (err != 0 && error->n == 0)
		buf_printf(error, "%s: %s", d->path, strerror(-err));
	json_decref(e.row);
	return err;
}
