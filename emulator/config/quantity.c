/* quantity.c - see quantity.h. */
#include "quantity.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#include "text.h"

struct quantity_unit {
	const char *name;
	double of; /* in the base unit: microseconds, bytes */
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

static const struct quantity_unit durations[] = { { "ms", 1e3 }, { "s", 1e6 }, { "m", 60e6 },
	{ "h", 3600e6 } };
static const struct quantity_unit sizes[] = { { "B", 1 }, { "kB", 1e3 }, { "MB", 1e6 },
	{ "GB", 1e9 }, { "KiB", 1024 }, { "MiB", 1048576 }, { "GiB", 1073741824 } };
static const struct quantity_unit paces[] = { { "s", 1 }, { "m", 1 / 60.0 },
	{ "h", 1 / 3600.0 } };
static const struct quantity_unit bit_rates[] = { { "kbit", 125 }, { "Mbit", 125e3 },
	{ "Gbit", 125e6 } };

int
quantity_number(struct span *s, double *out)
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

/* A number and one of the units, nothing else; in the base unit, at most 1e15 of it: more than
 * 30 years, or a petabyte, is a typing error. */
static int
quantity_read(struct span s, const struct quantity_unit *units, size_t n, double *out)
{
	double v;

	if (quantity_number(&s, &v) != 0)
		return -EINVAL;
	for (size_t i = 0; i < n; i++) {
		if (!span_is(s, units[i].name))
			continue;
		if (v * units[i].of > 1e15)
			return -EINVAL;
		*out = v * units[i].of;
		return 0;
	}
	return -EINVAL;
}

int
duration_read(struct span s, uint64_t *us_out)
{
	double us;

	if (quantity_read(span_trim(s), durations, COUNT(durations), &us) != 0)
		return -EINVAL;
	*us_out = (uint64_t)(us + 0.5);
	return 0;
}

int
offset_read(struct span s, int64_t *us_out)
{
	bool signed_ = false, behind;
	uint64_t us;

	s = span_trim(s);
	if (s.n > 0)
		signed_ = s.p[0] == '-' || s.p[0] == '+';
	behind = signed_ && s.p[0] == '-';
	if (signed_)
		s = (struct span){ s.p + 1, s.n - 1 };
	/* No blank between the sign and the number. */
	if (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
		return -EINVAL;
	if (duration_read(s, &us) != 0)
		return -EINVAL;
	*us_out = behind ? -(int64_t)us : (int64_t)us;
	return 0;
}

int
share_read(struct span s, double *out)
{
	double v;

	s = span_trim(s);
	if (quantity_number(&s, &v) != 0 || !span_is(s, "%") || v > 100)
		return -EINVAL;
	*out = v / 100;
	return 0;
}

int
size_read(struct span s, uint64_t *bytes_out)
{
	double bytes;

	if (quantity_read(span_trim(s), sizes, COUNT(sizes), &bytes) != 0)
		return -EINVAL;
	*bytes_out = (uint64_t)(bytes + 0.5);
	return 0;
}

/* Whole numbers: slower than one a second is said by the minute or hour. */
int
pace_read(struct span s, double *per_s_out)
{
	struct span unit = span_trim(s), number = span_cut(&unit, '/');
	uint64_t v;

	if (text_u64(number, 1000000, &v) != 0)
		return -EINVAL;
	for (size_t i = 0; i < COUNT(paces); i++) {
		if (!span_is(unit, paces[i].name))
			continue;
		*per_s_out = (double)v * paces[i].of;
		return 0;
	}
	return -EINVAL;
}

int
rate_read(struct span s, uint64_t *bytes_per_s_out)
{
	double bytes;

	s = span_trim(s);
	/* What is in front of "/s" is a size, or a number of bits. */
	if (s.n < 2 || s.p[s.n - 2] != '/' || s.p[s.n - 1] != 's')
		return -EINVAL;
	s.n -= 2;
	if (quantity_read(s, sizes, COUNT(sizes), &bytes) != 0 &&
	    quantity_read(s, bit_rates, COUNT(bit_rates), &bytes) != 0)
		return -EINVAL;
	/* Nothing would ever arrive. */
	if (bytes < 1)
		return -EINVAL;
	*bytes_per_s_out = (uint64_t)(bytes + 0.5);
	return 0;
}
