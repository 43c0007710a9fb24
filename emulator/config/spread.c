/* spread.c - see spread.h. */
#include "spread.h"

#include <errno.h>
#include <string.h>

#include "quantity.h"

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
