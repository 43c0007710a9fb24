/* explain_end.c - what became of a phone, and what to look at. */
#include <string.h>

#include "explain_priv.h"
#include "explain_words.h"

enum { END_STEPS = 16 };

/* Its entry in a list of the course's outcomes, and its place there from 1 on. */
static json_t *
end_find(const struct explain *e, const char *list, size_t *place_out)
{
	json_t *all = json_object_get(json_object_get(e->dir->course, "outcomes"), list), *one;
	size_t i;

	json_array_foreach(all, i, one)
	{
		if (json_integer_value(json_object_get(one, "phone")) != (json_int_t)e->phone)
			continue;
		*place_out = i + 1;
		return one;
	}
	return NULL;
}

/* What to look at; the same step once. */
static void
end_mend(const char *step, struct buf *out)
{
	const char *mend = explain_step(step)->mend;

	if (mend[0] == '\0')
		return;
	buf_text(out, "  ");
	explain_plain(step, out);
	buf_printf(out, ": %s\n", mend);
}

/* Each step of which a row has failed, in its order. */
static void
end_mends(const struct explain *e, const char *step, struct buf *out)
{
	const char *told[END_STEPS] = { step };
	size_t n = step[0] != '\0', i;
	json_t *row;

	json_array_foreach(e->row, i, row)
	{
		const char *its = explain_word(row, "step");
		bool before = !explain_is(row, "fail");

		for (size_t k = 0; k < n && !before; k++)
			before = strcmp(told[k], its) == 0;
		if (!before && n < END_STEPS)
			told[n++] = its;
	}
	if (n > 0)
		buf_text(out, "What to look at in the pool:\n");
	for (size_t k = 0; k < n; k++)
		end_mend(told[k], out);
	if (n > 0)
		buf_text(out, "\n");
}

static void
end_failed(json_t *failed, struct buf *out)
{
	const char *why = explain_word(failed, "why");

	buf_text(out, "It failed at ");
	explain_plain(explain_word(failed, "step"), out);
	buf_printf(
	    out, ", at %.1f s", json_number_value(json_object_get(failed, "at_ms")) / 1e3);
	if (explain_reason(why)[0] != '\0')
		buf_printf(out, ": %s", explain_reason(why));
	buf_text(out, ".\n");
}

static void
end_unfinished(json_t *left, struct buf *out)
{
	buf_text(out, "It did not finish: when the run ended it was at ");
	explain_plain(explain_word(left, "step"), out);
	buf_text(out, ".\n");
}

static void
end_slow(const struct explain *e, json_t *slow, size_t place, struct buf *out)
{
	json_t *boot = json_object_get(e->dir->summary, "boot_ms");
	double median = json_number_value(
	    json_object_get(json_object_get(boot, "from_intended_start"), "p50"));

	buf_printf(out,
	    "It came to its way's end %.1f s after it should have started; half of the phones\n"
	    "took no longer than %.1f s. Of the slowest it is number %zu.\n",
	    json_number_value(json_object_get(slow, "boot_ms")) / 1e3, median / 1e3, place);
}

void
explain_outcome(const struct explain *e, struct buf *out)
{
	size_t place = 0;
	json_t *failed = end_find(e, "failed", &place);
	json_t *left = end_find(e, "unfinished", &place);
	json_t *slow = end_find(e, "slowest", &place);

	if (failed != NULL)
		end_failed(failed, out);
	else if (left != NULL)
		end_unfinished(left, out);
	else if (json_array_size(e->row) > 0)
		buf_text(out, "It is not among those that failed.\n");
	if (slow != NULL)
		end_slow(e, slow, place, out);
	buf_text(out, "\n");
	end_mends(e, failed != NULL ? explain_word(failed, "step") : "", out);
}
