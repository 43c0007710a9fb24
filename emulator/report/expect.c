/* expect.c - see expect.h: what was measured is compared, and said.  expect_find.c measures. */
#include "expect.h"

#include <math.h>
#include <stdio.h>

#include "expect_find.h"

/* In the unit that it is compared in. */
static double
in_unit(const struct expectation *e, const struct report_end *end, struct expect_found *f)
{
	if (e->unit == EXPECT_SHARE)
		return f->of > 0 ? f->v / f->of : 0;
	if (e->unit != EXPECT_PER_SECOND && e->unit != EXPECT_BYTES_PER_SECOND)
		return f->v;
	if (end->wall_s <= 0)
		f->none = "no time";
	return f->v / end->wall_s;
}

/* 0.1 is not 10 / 100 in every last bit; counts are whole, so equal is equal. */
static bool
holds(double a, enum expectation_op op, double b)
{
	bool equal = fabs(a - b) <= 1e-12 * fmax(1, fmax(fabs(a), fabs(b)));

	switch (op) {
	case EXPECT_EQ:
		return equal;
	case EXPECT_NE:
		return !equal;
	case EXPECT_LT:
		return a < b && !equal;
	case EXPECT_LE:
		return a < b || equal;
	case EXPECT_GT:
		return a > b && !equal;
	case EXPECT_GE:
		return a > b || equal;
	}
	return false;
}

/* ---- for people -------------------------------------------------------------- */

static void
say_bytes(double v, const char *per, char *out, size_t cap)
{
	static const char *const units[] = { "B", "kB", "MB", "GB" };
	size_t i = 0;

	for (; v >= 1000 && i < 3; i++)
		v /= 1000;
	(void)snprintf(out, cap, "%.6g %s%s", v, units[i], per);
}

/* v is in the unit of the expectation; a share says also of what. */
static void
say(const struct expectation *e, const struct expect_found *f, double v, char *out, size_t cap)
{
	if (f->none != NULL)
		(void)snprintf(out, cap, "%s", f->none);
	else if (e->unit == EXPECT_SHARE)
		(void)snprintf(out, cap, "%.6g%% (%.0f of %.0f)", v * 100, f->v, f->of);
	else if (e->unit == EXPECT_SECONDS)
		(void)snprintf(out, cap, v < 1 ? "%.6g ms" : "%.6g s", v < 1 ? v * 1e3 : v);
	else if (e->unit == EXPECT_BYTES)
		say_bytes(v, "", out, cap);
	else if (e->unit == EXPECT_BYTES_PER_SECOND)
		say_bytes(v, "/s", out, cap);
	else
		(void)snprintf(out, cap, e->unit == EXPECT_COUNT ? "%.0f" : "%.6g/s", v);
}

/* false: there is nothing to compare, and so it does not hold. */
static bool
judge(const struct expectation *e, const struct report_run *run, const struct report_end *end,
    struct report_expect *out)
{
	struct expect_found f = expect_find(e, run, end);
	double v = in_unit(e, end, &f);

	out->text = e->text;
	out->pass = f.none == NULL && holds(v, e->op, e->value);
	say(e, &f, v, out->value, sizeof out->value);
	return f.none == NULL;
}

size_t
expect_judge(
    const struct report_run *run, const struct report_end *end, struct report_expect *out)
{
	size_t n = run->expect != NULL ? run->expect->n : 0;

	for (size_t i = 0; i < n; i++)
		(void)judge(&run->expect->item[i], run, end, &out[i]);
	return n;
}

bool
expect_may_stop(const struct report_run *run)
{
	for (size_t i = 0; run->expect != NULL && i < run->expect->n; i++)
		if (run->expect->item[i].abort)
			return true;
	return false;
}

bool
expect_broken_now(
    const struct report_run *run, const struct report_end *end, struct report_expect *out)
{
	for (size_t i = 0; run->expect != NULL && i < run->expect->n; i++) {
		const struct expectation *e = &run->expect->item[i];
		struct report_expect now;

		if (!e->abort || end->wall_s * 1e6 < (double)e->after_us)
			continue;
		if (!judge(e, run, end, &now) || now.pass)
			continue;
		*out = now;
		return true;
	}
	return false;
}
