/* scenario_arrival.c - `arrival:` of a scenario: items that run one after the other. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "field.h"
#include "scenario.h"
#include "scenario_parts.h"
#include "text.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

/* "200/s" (or /m, /h) as phones per second. */
static int
read_rate(const struct field_place *at, const struct node *map, const char *key, double *out)
{
	static const struct {
		const char *unit;
		double per_s;
	} units[] = { { "s", 1 }, { "m", 1 / 60.0 }, { "h", 1 / 3600.0 } };
	const struct node *n = tree_get(map, key);
	struct span unit;
	uint64_t v;

	if (n == NULL)
		return field_fail(at, map, "`%s' is missing: a rate such as 200/s", key);
	unit = span_of(field_scalar(at, n, "a rate such as 200/s"));
	if (unit.p == NULL)
		return -EINVAL;
	/* Whole numbers: slower than one a second is said per minute or hour. */
	if (text_u64(span_cut(&unit, '/'), 1000000, &v) == 0)
		for (size_t i = 0; i < COUNT(units); i++)
			if (span_is(unit, units[i].unit)) {
				*out = (double)v * units[i].per_s;
				return 0;
			}
	return field_fail(
	    at, n, "`%s' must be a rate such as 200/s, 30/m, not `%.40s'", key, n->text);
}

/* A duration that must be there, from a millisecond to thirty days. */
static int
read_span(const struct field_place *at, const struct node *map, const char *key, uint64_t *out)
{
	struct field f = {
		.key = key, .type = FIELD_DURATION, .min = 1000, .max = 86400000000 * 30
	};
	const struct node *n = tree_get(map, key);

	if (n == NULL)
		return field_fail(at, map, "`%s' is missing: a duration such as 30s", key);
	return field_read(at, n, &f, out);
}

/* What check_keys() of a table does, for maps that are read by hand. */
static int
only_keys(const struct field_place *at, const struct node *map, const char *const *keys)
{
	if (map->kind != NODE_MAP)
		return field_fail(at, map, "`%.60s' must be a map", map->key);
	for (const struct node *n = map->first; n != NULL; n = n->next) {
		size_t i = 0;

		while (keys[i] != NULL && strcmp(keys[i], n->key) != 0)
			i++;
		if (keys[i] == NULL)
			return config_fail(at->error, at->file, n->key_at,
			    "unknown key `%.60s' in `%s'", n->key, map->key);
	}
	return 0;
}

/* {from: RATE, to: RATE, over: DURATION} */
static int
read_ramp(const struct field_place *at, const struct node *n, struct arrival *a)
{
	int err = only_keys(at, n, (const char *const[]){ "from", "to", "over", NULL });

	a->kind = ARRIVAL_RAMP;
	if (!err)
		err = read_rate(at, n, "from", &a->from_per_s);
	if (!err)
		err = read_rate(at, n, "to", &a->to_per_s);
	return err ? err : read_span(at, n, "over", &a->for_us);
}

/* steady and poisson look alike in the file. */
static int
read_flow(const struct field_place *at, const struct node *n, struct arrival *a)
{
	int err = only_keys(at, n, (const char *const[]){ "rate", "for", NULL });

	a->kind = n->key[0] == 's' ? ARRIVAL_STEADY : ARRIVAL_POISSON;
	if (!err)
		err = read_rate(at, n, "rate", &a->from_per_s);
	/* A ramp that does not rise, so that arrival_starts() needs no case for it. */
	a->to_per_s = a->from_per_s;
	return err ? err : read_span(at, n, "for", &a->for_us);
}

/* One item of the list: a map with just one key, its kind. */
static int
read_arrival(const struct field_place *at, const struct node *item, struct arrival *a)
{
	static const struct field at_once = { .key = "at_once",
		.type = FIELD_U32,
		.offset = offsetof(struct arrival, count),
		.min = 1,
		.max = 1000000 };
	const struct node *n = item->kind == NODE_MAP ? item->first : NULL;
	int err;

	if (n == NULL || n->next != NULL)
		return field_fail(at, item,
		    "an arrival is one of {at_once: ...}, {ramp: ...}, {steady: ...}, "
		    "{poisson: ...}");
	a->at = item->at;
	if (strcmp(n->key, "at_once") == 0)
		return field_read(at, n, &at_once, a);
	if (strcmp(n->key, "ramp") == 0)
		err = read_ramp(at, n, a);
	else if (strcmp(n->key, "steady") == 0 || strcmp(n->key, "poisson") == 0)
		err = read_flow(at, n, a);
	else
		return config_fail(at->error, at->file, n->key_at,
		    "unknown arrival `%.40s': at_once, ramp, steady or poisson", n->key);
	if (!err && arrival_starts(a) <= 0)
		err = field_fail(at, item, "this arrival starts no phone: its rate is 0");
	return err;
}

/* The items run one after the other, in the order of the file. */
int
scenario_own_arrival(const struct field_place *at, const struct node *list, void *base)
{
	struct scenario_group *g = base;

	if (list->kind != NODE_LIST || list->first == NULL)
		return field_fail(at, list, "`arrival' must be a list, as in `- at_once: 100'");
	for (const struct node *n = list->first; n != NULL; n = n->next) {
		int err;

		if (g->n_arrivals == SCENARIO_ARRIVALS_MAX)
			return field_fail(
			    at, n, "more than %d arrivals", SCENARIO_ARRIVALS_MAX);
		err = read_arrival(at, n, &g->arrival[g->n_arrivals]);
		if (err)
			return err;
		g->n_arrivals++;
	}
	return 0;
}

double
arrival_starts(const struct arrival *a)
{
	double s = (double)a->for_us / 1e6;

	if (a->kind == ARRIVAL_AT_ONCE)
		return a->count;
	if (a->kind == ARRIVAL_STORM || a->kind == ARRIVAL_ROLLING)
		return INFINITY;
	/* The mean rate times the time: the area under the ramp. */
	return (a->from_per_s + a->to_per_s) / 2 * s;
}
