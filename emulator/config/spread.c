/* spread.c - see spread.h. */
#include "spread.h"

#include <errno.h>
#include <string.h>

struct unit {
	const char *name;
	double us;
};

static const struct unit units[] = { { "ms", 1e3 }, { "s", 1e6 }, { "m", 60e6 },
	{ "h", 3600e6 } };

/* Digits with at most one point, and what follows them. */
static int
number_read(struct span *s, double *out)
{
	double v = 0, place = 1;
	size_t digits = 0, i;
	bool point = false;

	for (i = 0; i < s->n; i++) {
		uint8_t c = s->p[i];

		if (c == '.' && !point) {
			point = true;
			continue;
		}
		if (c < '0' || c > '9')
			break;
		v = v * 10 + (c - '0');
		if (point)
			place *= 10;
		digits++;
	}
	/* Twelve digits are exact in a double. */
	if (digits == 0 || digits > 12)
		return -EINVAL;
	*s = (struct span){ s->p + i, s->n - i };
	*out = v / place;
	return 0;
}

int
duration_read(struct span s, uint64_t *us_out)
{
	double v;

	s = span_trim(s);
	if (number_read(&s, &v) != 0)
		return -EINVAL;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		double us = v * units[i].us;

		if (!span_is(s, units[i].name))
			continue;
		/* More than 30 years: a typing error. */
		if (us > 1e15)
			return -EINVAL;
		*us_out = (uint64_t)(us + 0.5);
		return 0;
	}
	return -EINVAL;
}

/* Where a sign (of n bytes) stands in s, or NULL. */
static const uint8_t *
find_sign(struct span s, const char *sign)
{
	return s.n ? memmem(s.p, s.n, sign, strlen(sign)) : NULL;
}

int
spread_read(struct span s, struct spread *out)
{
	/* The plus-minus sign in UTF-8, two bytes like its stand-in. */
	const char *sign = "\xc2\xb1";
	const uint8_t *at = find_sign(s, sign);
	struct spread spread = { 0 };

	if (at == NULL) {
		sign = "+-";
		at = find_sign(s, sign);
	}
	if (at != NULL) {
		struct span right = { at + 2, s.n - (size_t)(at + 2 - s.p) };

		if (duration_read(right, &spread.b_us) != 0)
			return -EINVAL;
		s.n = (size_t)(at - s.p);
	}
	if (duration_read(s, &spread.a_us) != 0)
		return -EINVAL;
	*out = spread;
	return 0;
}

uint64_t
spread_draw(const struct spread *d, struct rng *r)
{
	double a = (double)d->a_us, b = (double)d->b_us, us = a;

	switch (d->kind) {
	case SPREAD_UNIFORM:
		us = a - b + 2 * b * rng_unit(r);
		break;
	case SPREAD_NORMAL:
		us = a + b * rng_normal(r);
		break;
	case SPREAD_EXP:
		us = a * rng_exp(r);
		break;
	}
	/* The left tail of a wide distribution reaches below zero. */
	return us > 0 ? (uint64_t)us : 0;
}
