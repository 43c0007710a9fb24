/* scenario_groups.c - `groups:` of a scenario: phones that differ; and what can only be checked
 * when the whole file is read.  The table is the format. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "nearest.h"
#include "quantity.h"
#include "scenario_parts.h"
#include "text.h"

/* One of the list while it is read. */
struct group_draft {
	struct scenario_group group;
	const struct scenario *scenario;
	double *share_end; /* how many phones the shares above this one are, uncut */
	bool rest;
};

static int own_name(const struct field_place *, const struct node *, void *base);
static int own_phones(const struct field_place *, const struct node *, void *base);

/* clang-format off */
const struct field scenario_groups_fields[SCENARIO_GROUPS_FIELDS] = {
	{ .key = "name", .type = FIELD_OWN, .own = own_name, .required = true, .pattern = SCENARIO_NAME_PATTERN,
	  .help = "small letters, digits, - and _" },
	{ .key = "phones", .type = FIELD_OWN, .own = own_phones,
	  .pattern = "^(rest|[0-9]{1,7}| *" FIELD_PATTERN_SHARE " *)$",
	  .help = "a number, a share of all (20%), or `rest', as for the one that does not say" },
	{ .type = FIELD_PART, .offset = offsetof(struct group_draft, group),
	  .sub = scenario_group_fields, .n_sub = SCENARIO_GROUP_FIELDS, .help = "left out: as the top of the file says" },
};
/* clang-format on */

int
scenario_no_such(const struct field_place *at, struct mark mark, const char *what,
    const char *word, const char *const *names)
{
	char hint[NEAREST_HINT_MAX];

	return config_fail(at->error, at->file, mark, "no such %s: %.60s%s", what, word,
	    nearest_hint(span_of(word), names, hint, sizeof hint));
}

/* ---- reading ----------------------------------------------------------------- */

static int
own_name(const struct field_place *at, const struct node *n, void *base)
{
	struct group_draft *d = base;
	const char *text = field_scalar(at, n, "a name such as branch");

	if (text == NULL)
		return -EINVAL;
	if (!scenario_is_name(text))
		return field_fail(at, n,
		    "`%.40s' is no name: small letters, digits, - and _, at most %d", text,
		    SCENARIO_NAME_MAX - 1);
	for (size_t i = 0; i < d->scenario->n_groups; i++)
		if (strcmp(d->scenario->group[i].name, text) == 0)
			return field_fail(at, n, "group `%s' is there twice", text);
	d->group.at = n->at;
	return text_copy(d->group.name, sizeof d->group.name, span_of(text));
}

/* Shares end where they would if phones could be cut, rounded: so those that are 100 % together
 * are all phones. */
static int
own_phones(const struct field_place *at, const struct node *n, void *base)
{
	static const struct field number = {
		.key = "phones", .type = FIELD_U32, .min = 1, .max = 1000000
	};
	struct group_draft *d = base;
	const char *text = field_scalar(at, n, "a number, a share or `rest'");
	double share, from;

	if (text == NULL)
		return -EINVAL;
	d->rest = strcmp(text, "rest") == 0;
	if (d->rest)
		return 0;
	if (share_read(span_of(text), &share) != 0)
		return field_read(at, n, &number, &d->group.phones);
	from = *d->share_end;
	*d->share_end += share * d->scenario->phones;
	d->group.phones = (uint32_t)(floor(*d->share_end + 0.5) - floor(from + 0.5));
	return 0;
}

/* All that is not said is as the top of the file says. */
static int
read_group(const struct field_place *at, const struct node *n, struct group_draft *d)
{
	const struct field_place over = { .file = at->file, .error = at->error, .keep = true };

	if (n->kind != NODE_MAP)
		return field_fail(at, n, "a group is a map with `name' and `phones'");
	d->rest = tree_get(n, "phones") == NULL;
	return fields_read(&over, n, scenario_groups_fields, SCENARIO_GROUPS_FIELDS, d);
}

/* Those that are left go to the group that takes the rest; else none may be. */
static int
share_out(const struct field_place *at, const struct node *list, struct scenario *s,
    struct scenario_group *rest)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < s->n_groups; i++)
		sum += s->group[i].phones;
	if (rest != NULL && sum < s->phones)
		rest->phones = s->phones - (uint32_t)sum;
	else if (rest != NULL || sum != s->phones)
		return field_fail(at, list, "the groups have %llu phones, `phones' says %u%s",
		    (unsigned long long)sum, s->phones,
		    rest != NULL ? ": none are left for the rest"
				 : "; one group may say `rest'");
	for (size_t i = 0; i < s->n_groups; i++)
		if (s->group[i].phones == 0)
			return config_fail(at->error, at->file, s->group[i].at,
			    "group `%s' has no phone", s->group[i].name);
	return 0;
}

int
scenario_own_groups(const struct field_place *at, const struct node *list, void *base)
{
	struct scenario *s = base;
	const struct scenario_group top = s->group[0];
	struct scenario_group *rest = NULL;
	double share_end = 0;

	if (list->kind != NODE_LIST || list->first == NULL)
		return field_fail(at, list,
		    "`groups' must be a list, as in `- {name: branch, phones: 20%%}'");
	for (const struct node *n = list->first; n != NULL; n = n->next) {
		struct group_draft d = { .group = top, .scenario = s, .share_end = &share_end };
		int err;

		if (s->n_groups == SCENARIO_GROUPS_MAX)
			return field_fail(at, n, "more than %d groups", SCENARIO_GROUPS_MAX);
		err = read_group(at, n, &d);
		if (err)
			return err;
		if (d.rest && rest != NULL)
			return field_fail(
			    at, n, "group `%s' takes the rest already", rest->name);
		if (d.rest)
			rest = &s->group[s->n_groups];
		s->group[s->n_groups++] = d.group;
	}
	return share_out(at, list, s, rest);
}

/* ---- what can only be checked at the end -------------------------------------------- */

/* Enough starts for all its phones?  A poisson item's number is chance: it may go on until all
 * have started. */
static int
check_starts(
    const struct field_place *at, const struct node *list, const struct scenario_group *g)
{
	double starts = 0;

	for (size_t i = 0; i < g->n_arrivals; i++)
		starts += arrival_starts(&g->arrival[i]);
	if (g->arrival[g->n_arrivals - 1].kind == ARRIVAL_POISSON || starts + 1e-6 >= g->phones)
		return 0;
	if (g->name[0] == '\0')
		return field_fail(at, list,
		    "the arrivals start %.0f phones, fewer than phones: %u", starts, g->phones);
	return field_fail(at, list,
	    "the arrivals start %.0f phones, fewer than the %u of group `%s'", starts,
	    g->phones, g->name);
}

static int
find_link(const struct field_place *at, const struct scenario *s, struct scenario_group *g)
{
	const char *names[SCENARIO_LINKS_MAX + 1] = { NULL };

	if (g->link_name[0] == '\0')
		return 0;
	for (size_t i = 0; i < s->n_links; i++) {
		names[i] = s->links[i].name;
		if (strcmp(names[i], g->link_name) != 0)
			continue;
		g->link = s->links[i].link;
		return 0;
	}
	return scenario_no_such(at, g->link_at, "link", g->link_name, names);
}

/* The power of a blackout goes and comes as if the events said so. */
static int
add_blackout(const struct field_place *at, struct scenario *s, const struct scenario_group *g)
{
	const struct arrival *a = &g->arrival[g->n_arrivals - 1];
	struct scenario_event *e = &s->event[s->n_events];

	if (a->kind != ARRIVAL_BLACKOUT)
		return 0;
	if (s->n_events == SCENARIO_EVENTS_MAX)
		return config_fail(at->error, at->file, a->at,
		    "more than %d events, with that of a blackout", SCENARIO_EVENTS_MAX);
	*e = (struct scenario_event){ .mark = a->at,
		.what = SCENARIO_POWER_CYCLE,
		.at_us = a->after_us,
		.off_for = a->off_for,
		.phones = { .share = g->name[0] == '\0' ? 1 : 0 } };
	memcpy(e->phones.group, g->name, sizeof g->name);
	s->n_events++;
	return 0;
}

/* Expectations name groups too. */
static int
check_expected(const struct field_place *at, const struct scenario *s)
{
	const char *names[SCENARIO_GROUPS_MAX + 1] = { NULL };
	bool some = s->group[0].name[0] != '\0';

	for (size_t i = 0; some && i < s->n_groups; i++)
		names[i] = s->group[i].name;
	for (size_t i = 0; i < s->expect.n; i++) {
		const struct expectation *e = &s->expect.item[i];
		size_t k = 0;

		if (e->subject != EXPECT_GROUP && e->subject != EXPECT_GROUP_BOOT)
			continue;
		while (names[k] != NULL && strcmp(names[k], e->name) != 0)
			k++;
		if (names[k] == NULL)
			return scenario_no_such(at, e->at, "group", e->name, names);
	}
	return 0;
}

int
scenario_check_groups(const struct field_place *at, const struct node *root, struct scenario *s)
{
	const struct node *groups = tree_get(root, "groups");
	const struct node *n = groups != NULL ? groups->first : root;
	int err = 0;

	/* Without groups all phones are in one, which is as the top says. */
	if (groups == NULL) {
		s->n_groups = 1;
		s->group[0].phones = s->phones;
	}
	for (size_t i = 0; !err && i < s->n_groups; i++, n = n->next) {
		const struct node *list = tree_get(n, "arrival");

		if (list == NULL)
			list = tree_get(root, "arrival");
		if (list == NULL)
			return field_fail(at, n, "`arrival' is missing: %s",
			    "who starts when, as in `arrival: [{storm: {over: 60s}}]'");
		err = check_starts(at, list, &s->group[i]);
		if (!err)
			err = find_link(at, s, &s->group[i]);
		if (!err)
			err = add_blackout(at, s, &s->group[i]);
	}
	return err ? err : check_expected(at, s);
}
