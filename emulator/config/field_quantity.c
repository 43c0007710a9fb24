/* field_quantity.c - see field_quantity.h. */
#include "field_quantity.h"

#include <errno.h>

#include "quantity.h"

/* A range is in the field's own unit, so it is checked after the division. */
static int
in_range(const struct field_place *at, const struct node *n, const struct field *f, uint64_t v)
{
	if (v < f->min || (f->max != 0 && v > f->max))
		return field_fail(at, n, "`%s' is out of range: %.40s", f->key, n->text);
	return 0;
}

static int
read_duration(const struct field_place *at, const struct node *n, const struct field *f,
    uint64_t unit_us, uint64_t *out)
{
	const char *text = field_scalar(at, n, "a duration such as 20s");
	uint64_t us;

	if (text == NULL)
		return -EINVAL;
	if (duration_read(span_of(text), &us) != 0)
		return field_fail(at, n,
		    "`%s' must be a duration such as 250ms, 20s, 5m, 24h, not `%.40s'", f->key,
		    text);
	*out = us / unit_us;
	return in_range(at, n, f, *out);
}

/* Durations the program keeps in 32 bits, of milliseconds or of seconds. */
static int
read_short(const struct field_place *at, const struct node *n, const struct field *f,
    uint64_t unit_us, uint32_t *out)
{
	uint64_t v;
	int err = read_duration(at, n, f, unit_us, &v);

	if (err)
		return err;
	if (v > UINT32_MAX)
		return field_fail(at, n, "`%s' is too long", f->key);
	*out = (uint32_t)v;
	return 0;
}

static int
read_offset(
    const struct field_place *at, const struct node *n, const struct field *f, int64_t *out)
{
	const char *text = field_scalar(at, n, "a duration such as 20m or -20m");

	if (text == NULL)
		return -EINVAL;
	if (offset_read(span_of(text), out) != 0)
		return field_fail(at, n,
		    "`%s' must be a duration such as 20m or -20m, not `%.40s'", f->key, text);
	return 0;
}

static int
read_share(
    const struct field_place *at, const struct node *n, const struct field *f, double *out)
{
	const char *text = field_scalar(at, n, "a share such as 20%");

	if (text == NULL)
		return -EINVAL;
	/* Without its sign 1 could be a hundredth or all. */
	if (share_read(span_of(text), out) != 0)
		return field_fail(
		    at, n, "`%s' must be a share from 0%% to 100%%, not `%.40s'", f->key, text);
	return 0;
}

static int
read_pace(
    const struct field_place *at, const struct node *n, const struct field *f, double *out)
{
	const char *text = field_scalar(at, n, "a rate such as 200/s");

	if (text == NULL)
		return -EINVAL;
	if (pace_read(span_of(text), out) != 0)
		return field_fail(at, n, "`%s' must be a rate such as 200/s, 30/m, not `%.40s'",
		    f->key, text);
	return 0;
}

/* Bytes, or bytes a second. */
static int
read_bytes(
    const struct field_place *at, const struct node *n, const struct field *f, uint64_t *out)
{
	bool rate = f->type == FIELD_RATE;
	const char *what =
	    rate ? "a rate such as 64kB/s or 100Mbit/s" : "a size such as 1000B, 64kB, 7MB";
	const char *text = field_scalar(at, n, what);

	if (text == NULL)
		return -EINVAL;
	if ((rate ? rate_read(span_of(text), out) : size_read(span_of(text), out)) != 0)
		return field_fail(at, n, "`%s' must be %s, not `%.40s'", f->key, what, text);
	return in_range(at, n, f, *out);
}

int
field_quantity(
    const struct field_place *at, const struct node *n, const struct field *f, void *out)
{
	if (f->type == FIELD_DURATION)
		return read_duration(at, n, f, 1, out);
	if (f->type == FIELD_MS)
		return read_short(at, n, f, 1000, out);
	if (f->type == FIELD_SECONDS)
		return read_short(at, n, f, 1000000, out);
	if (f->type == FIELD_OFFSET)
		return read_offset(at, n, f, out);
	if (f->type == FIELD_SHARE)
		return read_share(at, n, f, out);
	if (f->type == FIELD_PACE)
		return read_pace(at, n, f, out);
	return read_bytes(at, n, f, out);
}
