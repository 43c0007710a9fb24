/* scenario.c - see scenario.h.  The tables are the format. */
#include "scenario.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "field.h"
#include "mem.h"
#include "text.h"

#define AT(member) .offset = offsetof(struct scenario, member)
#define TEXT_AT(member) AT(member), .size = sizeof((struct scenario *)0)->member
#define COUNT(table) (sizeof(table) / sizeof *(table))

static int own_arrival(const struct field_place *, const struct node *, void *base);
static int own_override(const struct field_place *, const struct node *, void *base);

/* clang-format off */
static const struct field user_fields[] = {
	{ .key = "types_for", .type = FIELD_SPREAD, AT(user.types_for), .def = "20s±8s",
	  .help = "how long the person types the sign-in" },
};
static const struct field journey_fields[] = {
	{ .key = "until", .type = FIELD_TEXT, TEXT_AT(journey.until),
	  .mark_offset = offsetof(struct scenario, journey.until_at),
	  .help = "the last step that is walked" },
	{ .key = "restart_after_update", .type = FIELD_BOOL, AT(journey.restart_after_update), .def = "true",
	  .help = "boot the new image and walk again" },
	{ .key = "stay", .type = FIELD_DURATION, AT(journey.stay_us), .def = "0s",
	  .help = "how long the phone stays signed in afterwards" },
	{ .key = "override", .type = FIELD_OWN, .own = own_override,
	  .help = "{STEP: {tries: N, limit: DURATION}}" },
};
static const struct field scenario_fields[] = {
	{ .key = "title", .type = FIELD_TEXT, TEXT_AT(title), .required = true, .help = "one line for people" },
	{ .key = "phones", .type = FIELD_U32, AT(phones), .min = 1, .max = 1000000, .required = true,
	  .help = "how many phones" },
	{ .key = "profile", .type = FIELD_TEXT, TEXT_AT(profile), .def = "cx700-1.0.199.123",
	  .mark_offset = offsetof(struct scenario, profile_at),
	  .help = "the firmware's name, or a file" },
	{ .key = "arrival", .type = FIELD_OWN, .own = own_arrival, .required = true,
	  .help = "a list of {at_once: N}, {ramp: {from, to, over}}, {steady: {rate, for}}, {poisson: {rate, for}}" },
	{ .key = "user", .type = FIELD_MAP, .sub = user_fields, .n_sub = COUNT(user_fields), .help = "the person" },
	{ .key = "journey", .type = FIELD_MAP, .sub = journey_fields, .n_sub = COUNT(journey_fields),
	  .help = "how far the phones walk" },
	{ .key = "seed", .type = FIELD_U64, AT(seed), .def = "1", .help = "the same seed gives the same run" },
};

/* An override's two keys, read into one of them. */
#define OVERRIDE_AT(member) .offset = offsetof(struct scenario_override, member)
static const struct field override_fields[] = {
	{ .key = "tries", .type = FIELD_U32, OVERRIDE_AT(tries), .min = 1, .max = 1000, .help = "how often" },
	{ .key = "limit", .type = FIELD_DURATION, OVERRIDE_AT(limit_us), .min = 1000, .max = 86400000000,
	  .help = "how long one try may take" },
};
/* clang-format on */

/* The keys are names of steps, so no table can hold them. */
static int
own_override(const struct field_place *at, const struct node *map, void *base)
{
	struct scenario *s = base;

	if (map->kind != NODE_MAP)
		return field_fail(at, map, "`override' must be a map of steps");
	for (const struct node *n = map->first; n != NULL; n = n->next) {
		struct scenario_override *o = &s->journey.override[s->journey.n_overrides];
		int err;

		if (s->journey.n_overrides == SCENARIO_OVERRIDES_MAX)
			return field_fail(
			    at, n, "more than %d overrides", SCENARIO_OVERRIDES_MAX);
		/* Only its length is checked here: the names are the table's, which this
		 * does not know. */
		if (text_copy(o->step, sizeof o->step, span_of(n->key)) != 0)
			return field_fail(at, n, "no step is called `%.60s'", n->key);
		o->at = n->key_at;
		err = fields_read(at, n, override_fields, COUNT(override_fields), o);
		if (err)
			return err;
		s->journey.n_overrides++;
	}
	return 0;
}

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
static int
own_arrival(const struct field_place *at, const struct node *list, void *base)
{
	struct scenario *s = base;

	if (list->kind != NODE_LIST || list->first == NULL)
		return field_fail(at, list, "`arrival' must be a list, as in `- at_once: 100'");
	for (const struct node *n = list->first; n != NULL; n = n->next) {
		int err;

		if (s->n_arrivals == SCENARIO_ARRIVALS_MAX)
			return field_fail(
			    at, n, "more than %d arrivals", SCENARIO_ARRIVALS_MAX);
		err = read_arrival(at, n, &s->arrival[s->n_arrivals]);
		if (err)
			return err;
		s->n_arrivals++;
	}
	return 0;
}

double
arrival_starts(const struct arrival *a)
{
	double s = (double)a->for_us / 1e6;

	if (a->kind == ARRIVAL_AT_ONCE)
		return a->count;
	/* The mean rate times the time: the area under the ramp. */
	return (a->from_per_s + a->to_per_s) / 2 * s;
}

/* Enough starts for all phones?  A poisson item's number is chance: it may go on until all have
 * started. */
static int
check_starts(const struct field_place *at, const struct tree *t, const struct scenario *s)
{
	double starts = 0;

	for (size_t i = 0; i < s->n_arrivals; i++)
		starts += arrival_starts(&s->arrival[i]);
	if (s->arrival[s->n_arrivals - 1].kind == ARRIVAL_POISSON || starts + 1e-6 >= s->phones)
		return 0;
	return field_fail(at, tree_get(t->root, "arrival"),
	    "the arrivals start %.0f phones, fewer than phones: %u", starts, s->phones);
}

int
scenario_load(const char *path, struct scenario *out, struct config_error *error)
{
	struct field_place at = { path, error };
	struct scenario s = { 0 };
	struct tree t;
	int err = tree_load(path, &t, error);

	if (err)
		return err;
	err = fields_read(&at, t.root, scenario_fields, COUNT(scenario_fields), &s);
	if (!err)
		err = check_starts(&at, &t, &s);
	if (err) {
		tree_free(&t);
		return err;
	}
	/* The tree's copy of the name is kept for errors found later. */
	s.file = t.file;
	t.file = NULL;
	tree_free(&t);
	*out = s;
	return 0;
}

void
scenario_done(struct scenario *s)
{
	if (s == NULL)
		return;
	mem_free(s->file);
	s->file = NULL;
}
