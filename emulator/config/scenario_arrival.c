/* scenario_arrival.c - `arrival:` of a scenario: items that run one after the other.  The table
 * is the format. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "scenario_parts.h"

#define AT(member) .offset = offsetof(struct arrival, member)
#define COUNT(table) (sizeof(table) / sizeof *(table))

/* How long an item lasts: from a millisecond to thirty days. */
#define LASTS .min = 1000, .max = 86400000000 * 30

/* clang-format off */
static const struct field ramp_fields[] = {
	{ .key = "from", .type = FIELD_PACE, AT(from_per_s), .required = true, .help = "a rate such as 200/s" },
	{ .key = "to", .type = FIELD_PACE, AT(to_per_s), .required = true, .help = "a rate such as 200/s" },
	{ .key = "over", .type = FIELD_DURATION, AT(for_us), LASTS, .required = true, .help = "a duration such as 30s" },
};
static const struct field flow_fields[] = {
	{ .key = "rate", .type = FIELD_PACE, AT(from_per_s), .required = true, .help = "a rate such as 200/s" },
	{ .key = "for", .type = FIELD_DURATION, AT(for_us), LASTS, .required = true, .help = "a duration such as 30s" },
};
static const struct field storm_fields[] = {
	{ .key = "over", .type = FIELD_DURATION, AT(for_us), LASTS, .required = true,
	  .help = "until the last one is on: 60s" },
};
static const struct field rolling_fields[] = {
	{ .key = "waves", .type = FIELD_U32, AT(count), .min = 1, .max = 10000, .required = true,
	  .help = "how many, of equal size" },
	{ .key = "every", .type = FIELD_DURATION, AT(every_us), LASTS, .required = true,
	  .help = "from one wave to the next: 5m" },
	{ .key = "over", .type = FIELD_DURATION, AT(for_us), LASTS, .required = true,
	  .help = "each wave evenly: 1m" },
};
static const struct field blackout_fields[] = {
	{ .key = "over", .type = FIELD_DURATION, AT(for_us), LASTS, .required = true,
	  .help = "all are on evenly over this: 30s" },
	{ .key = "after", .type = FIELD_DURATION, AT(after_us), LASTS, .required = true,
	  .help = "when the power goes, since the run's beginning: 2m" },
	{ .key = "off_for", .type = FIELD_SPREAD, AT(off_for), .min = 1000, .max = 86400000000, .def = "10s",
	  .help = "how long it is gone, for each phone: 20s±5s" },
};

/* In the order of enum arrival_kind. */
const struct field scenario_arrival_fields[SCENARIO_ARRIVAL_FIELDS] = {
	{ .key = "at_once", .type = FIELD_U32, AT(count), .min = 1, .max = 1000000, .help = "so many at the same time" },
	{ .key = "ramp", .type = FIELD_MAP, .sub = ramp_fields, .n_sub = COUNT(ramp_fields),
	  .help = "a rate that rises or falls evenly" },
	{ .key = "steady", .type = FIELD_MAP, .sub = flow_fields, .n_sub = COUNT(flow_fields),
	  .help = "one after the other, equally spaced" },
	{ .key = "poisson", .type = FIELD_MAP, .sub = flow_fields, .n_sub = COUNT(flow_fields),
	  .help = "each by chance, at this rate" },
	{ .key = "storm", .type = FIELD_MAP, .sub = storm_fields, .n_sub = COUNT(storm_fields),
	  .help = "all that are left: power returns, the rate falls from twice the mean to 0" },
	{ .key = "rolling", .type = FIELD_MAP, .sub = rolling_fields, .n_sub = COUNT(rolling_fields),
	  .help = "all that are left, in waves: floor by floor" },
	{ .key = "blackout", .type = FIELD_MAP, .sub = blackout_fields, .n_sub = COUNT(blackout_fields),
	  .help = "all that are left; then the power goes, and comes back" },
};
/* clang-format on */

/* These leave no phone to those behind them. */
static bool
takes_all(const struct arrival *a)
{
	return a->kind >= ARRIVAL_STORM;
}

/* What the keys of an item say together. */
static int
check_item(const struct field_place *at, const struct node *item, const struct arrival *a)
{
	const struct node *map = item->first;

	if (a->kind == ARRIVAL_ROLLING && a->count > 1 && a->for_us > a->every_us)
		return field_fail(at, tree_get(map, "over"),
		    "`over' is longer than `every': a wave would begin before the last one "
		    "ends");
	if (a->kind == ARRIVAL_BLACKOUT && a->after_us < a->for_us)
		return field_fail(at, tree_get(map, "after"),
		    "`after' is before `over': the power goes when all are on");
	if (arrival_starts(a) <= 0)
		return field_fail(at, item, "this arrival starts no phone: its rate is 0");
	return 0;
}

/* One item of the list: a map with just one key, its kind. */
static int
read_arrival(const struct field_place *at, const struct node *item, struct arrival *out)
{
	/* Nothing is inherited by an item. */
	struct field_place fresh = { .file = at->file, .error = at->error };
	struct arrival a = { .at = item->at, .count = 0 };
	const struct field *row;
	int err = fields_read_one(&fresh, item, scenario_arrival_fields,
	    SCENARIO_ARRIVAL_FIELDS, "an arrival", &a, &row);

	if (err)
		return err;
	a.kind = (enum arrival_kind)(row - scenario_arrival_fields);
	/* Ramps that do not rise, so that arrival_starts() needs no case for them. */
	if (a.kind == ARRIVAL_STEADY || a.kind == ARRIVAL_POISSON)
		a.to_per_s = a.from_per_s;
	/* One wave. */
	if (a.kind == ARRIVAL_BLACKOUT)
		a.count = 1;
	err = check_item(at, item, &a);
	if (!err)
		*out = a;
	return err;
}

/* The items run one after the other, in the order of the file. */
int
scenario_own_arrival(const struct field_place *at, const struct node *list, void *base)
{
	struct scenario_group *g = base;

	if (list->kind != NODE_LIST || list->first == NULL)
		return field_fail(at, list, "`arrival' must be a list, as in `- at_once: 100'");
	/* A group's own list replaces that of the file's top. */
	g->n_arrivals = 0;
	for (const struct node *n = list->first; n != NULL; n = n->next) {
		int err;

		if (g->n_arrivals == SCENARIO_ARRIVALS_MAX)
			return field_fail(
			    at, n, "more than %d arrivals", SCENARIO_ARRIVALS_MAX);
		err = read_arrival(at, n, &g->arrival[g->n_arrivals]);
		if (err)
			return err;
		if (n->next != NULL && takes_all(&g->arrival[g->n_arrivals]))
			return field_fail(at, n->next,
			    "no phone is left for this: a %s takes all, so it is the last",
			    n->first->key);
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
	if (takes_all(a))
		return INFINITY;
	/* The mean rate times the time: the area under the ramp. */
	return (a->from_per_s + a->to_per_s) / 2 * s;
}
