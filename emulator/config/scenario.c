/* scenario.c - see scenario.h.  The tables are the format. */
#include "scenario.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "field.h"
#include "mem.h"
#include "scenario_parts.h"
#include "text.h"

#define AT(member) .offset = offsetof(struct scenario, member)
#define TEXT_AT(member) AT(member), .size = sizeof((struct scenario *)0)->member
#define GROUP_AT(member) .offset = offsetof(struct scenario_group, member)
#define GROUP_TEXT_AT(member) \
	GROUP_AT(member), .size = sizeof((struct scenario_group *)0)->member
#define COUNT(table) (sizeof(table) / sizeof *(table))

static int own_override(const struct field_place *, const struct node *, void *base);
static int own_faults(const struct field_place *, const struct node *, void *base);
static int own_servers(const struct field_place *, const struct node *, void *base);
static int own_expect(const struct field_place *, const struct node *, void *base);

/* clang-format off */
static const struct field user_fields[] = {
	{ .key = "types_for", .type = FIELD_SPREAD, GROUP_AT(types_for), .def = "20s±8s",
	  .help = "how long the person types the sign-in" },
};
static const struct field journey_fields[] = {
	{ .key = "until", .type = FIELD_TEXT, GROUP_TEXT_AT(journey.until),
	  .mark_offset = offsetof(struct scenario_group, journey.until_at),
	  .help = "the last step that is walked" },
	{ .key = "restart_after_update", .type = FIELD_BOOL, GROUP_AT(journey.restart_after_update), .def = "true",
	  .help = "boot the new image and walk again" },
	{ .key = "stay", .type = FIELD_DURATION, GROUP_AT(journey.stay_us), .def = "0s",
	  .help = "how long the phone stays signed in afterwards" },
	{ .key = "override", .type = FIELD_OWN, .own = own_override,
	  .help = "{STEP: {tries: N, limit: DURATION}}" },
};
/* What a group may say, and the top of the file for all groups. */
static const struct field group_fields[] = {
	{ .key = "profile", .type = FIELD_TEXT, GROUP_TEXT_AT(profile), .def = "cx700-1.0.199.123",
	  .mark_offset = offsetof(struct scenario_group, profile_at),
	  .help = "the firmware's name, or a file" },
	{ .key = "arrival", .type = FIELD_OWN, .own = scenario_own_arrival, .required = true,
	  .help = "a list of {at_once: N}, {ramp: {from, to, over}}, {steady: {rate, for}}, {poisson: {rate, for}}" },
	{ .key = "user", .type = FIELD_MAP, .sub = user_fields, .n_sub = COUNT(user_fields), .help = "the person" },
	{ .key = "journey", .type = FIELD_MAP, .sub = journey_fields, .n_sub = COUNT(journey_fields),
	  .help = "how far the phones walk" },
};
static const struct field scenario_fields[] = {
	{ .key = "title", .type = FIELD_TEXT, TEXT_AT(title), .required = true, .help = "one line for people" },
	{ .key = "phones", .type = FIELD_U32, AT(phones), .min = 1, .max = 1000000, .required = true,
	  .help = "how many phones" },
	{ .type = FIELD_PART, AT(group), .sub = group_fields, .n_sub = COUNT(group_fields) },
	{ .key = "events", .type = FIELD_OWN, .own = scenario_own_events,
	  .sub = scenario_event_fields, .n_sub = SCENARIO_EVENT_FIELDS,
	  .help = "a list of {at, do, phones}: power that goes and comes" },
	{ .key = "faults", .type = FIELD_OWN, .own = own_faults, .sub = fault_fields, .n_sub = FAULT_FIELDS,
	  .help = "a list of {server, from, for, do}: what goes wrong with a server" },
	{ .key = "servers", .type = FIELD_OWN, .own = own_servers, .sub = servers_fields, .n_sub = SERVERS_COUNT,
	  .help = "what requests cost the servers of a rehearsal, and their habits" },
	{ .key = "expect", .type = FIELD_OWN, .own = own_expect,
	  .help = "a list of comparisons that must hold at the end" },
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

static int
own_faults(const struct field_place *at, const struct node *n, void *base)
{
	struct scenario *s = base;

	s->faults_at = n->key_at;
	return faults_read(at, n, &s->faults);
}

static int
own_servers(const struct field_place *at, const struct node *n, void *base)
{
	struct scenario *s = base;

	s->servers_at = n->key_at;
	return servers_read(at, n, &s->servers);
}

static int
own_expect(const struct field_place *at, const struct node *n, void *base)
{
	return expectations_read(at, n, &((struct scenario *)base)->expect);
}

/* The keys are names of steps, so no table can hold them. */
static int
own_override(const struct field_place *at, const struct node *map, void *base)
{
	struct scenario_journey *j = &((struct scenario_group *)base)->journey;

	if (map->kind != NODE_MAP)
		return field_fail(at, map, "`override' must be a map of steps");
	for (const struct node *n = map->first; n != NULL; n = n->next) {
		struct scenario_override *o = &j->override[j->n_overrides];
		int err;

		if (j->n_overrides == SCENARIO_OVERRIDES_MAX)
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
		j->n_overrides++;
	}
	return 0;
}

/* Enough starts for all phones?  A poisson item's number is chance: it may go on until all have
 * started. */
static int
check_starts(const struct field_place *at, const struct tree *t, const struct scenario_group *g)
{
	double starts = 0;

	for (size_t i = 0; i < g->n_arrivals; i++)
		starts += arrival_starts(&g->arrival[i]);
	if (g->arrival[g->n_arrivals - 1].kind == ARRIVAL_POISSON || starts + 1e-6 >= g->phones)
		return 0;
	return field_fail(at, tree_get(t->root, "arrival"),
	    "the arrivals start %.0f phones, fewer than phones: %u", starts, g->phones);
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
	s.n_groups = 1;
	s.group[0].phones = s.phones;
	if (!err)
		err = check_starts(&at, &t, &s.group[0]);
	if (!err && s.servers_at.line == 0)
		servers_default(&s.servers);
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

int
scenario_load_servers(const char *path, struct faults *faults, struct servers *servers,
    struct config_error *error)
{
	struct field_place at = { path, error };
	const struct node *n;
	struct tree t;
	int err = tree_load(path, &t, error);

	if (err)
		return err;
	*faults = (struct faults){ .n = 0 };
	servers_default(servers);
	/* A key of no scenario is as wrong here as there. */
	err = fields_known(&at, t.root, scenario_fields, COUNT(scenario_fields));
	n = err ? NULL : tree_get(t.root, "faults");
	if (n != NULL)
		err = faults_read(&at, n, faults);
	n = err ? NULL : tree_get(t.root, "servers");
	if (n != NULL) {
		*servers = (struct servers){ .cost = { { .workers = 0 } } };
		err = servers_read(&at, n, servers);
	}
	tree_free(&t);
	return err;
}

void
scenario_done(struct scenario *s)
{
	if (s == NULL)
		return;
	mem_free(s->file);
	s->file = NULL;
}

void
scenario_help(struct buf *to)
{
	fields_help(scenario_fields, COUNT(scenario_fields), 1, to);
	buf_text(to, "  what expect compares (==, !=, <, <=, >, >=), and in what:\n");
	expectations_help(to);
}
