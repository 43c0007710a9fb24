/* scenario_group.c - what a group of phones may say, or the top of a scenario for all of them:
 * profile, user, journey, link.  The tables are the format. */
#include <errno.h>
#include <string.h>

#include "scenario_parts.h"
#include "text.h"

#define AT(member) .offset = offsetof(struct scenario_group, member)
#define TEXT_AT(member) AT(member), .size = sizeof((struct scenario_group *)0)->member
#define COUNT(table) (sizeof(table) / sizeof *(table))

/* One step of `override:`. */
#define OVERRIDE_AT(member) .offset = offsetof(struct scenario_override, member)

static int own_override(const struct field_place *, const struct node *, void *base);

/* clang-format off */
static const struct field override_fields[] = {
	{ .key = "tries", .type = FIELD_U32, OVERRIDE_AT(tries), .min = 1, .max = 1000, .help = "how often" },
	{ .key = "limit", .type = FIELD_DURATION, OVERRIDE_AT(limit_us), .min = 1000, .max = 86400000000,
	  .help = "how long one try may take" },
	{ .key = "pause", .type = FIELD_SPREAD, OVERRIDE_AT(pause), .max = 86400000000,
	  .help = "how long it waits before the next try: 2s±1s; it does not grow" },
};
static const struct field user_fields[] = {
	{ .key = "types_for", .type = FIELD_SPREAD, AT(types_for), .def = "20s±8s",
	  .help = "how long the person types the sign-in" },
};
static const struct field journey_fields[] = {
	{ .key = "until", .type = FIELD_TEXT, TEXT_AT(journey.until),
	  .mark_offset = offsetof(struct scenario_group, journey.until_at),
	  .help = "the last step that is walked" },
	{ .key = "restart_after_update", .type = FIELD_BOOL, AT(journey.restart_after_update), .def = "true",
	  .help = "boot the new image and walk again" },
	{ .key = "stay", .type = FIELD_DURATION, AT(journey.stay_us), .def = "0s",
	  .help = "how long the phone stays signed in afterwards" },
	{ .key = "override", .type = FIELD_OWN, .own = own_override, .form = FORM_MAP_OF,
	  .sub = override_fields, .n_sub = COUNT(override_fields),
	  .help = "{STEP: {tries: N, limit: DURATION, pause: DURATION}}" },
};
const struct field scenario_group_fields[SCENARIO_GROUP_FIELDS] = {
	{ .key = "profile", .type = FIELD_TEXT, TEXT_AT(profile), .def = "cx700-1.0.199.123",
	  .mark_offset = offsetof(struct scenario_group, profile_at),
	  .help = "the firmware's name, or a file" },
	{ .key = "arrival", .type = FIELD_OWN, .own = scenario_own_arrival, .form = FORM_ONE_OF,
	  .sub = scenario_arrival_fields, .n_sub = SCENARIO_ARRIVAL_FIELDS,
	  .help = "who starts when: a list of items that run one after the other" },
	{ .key = "user", .type = FIELD_MAP, .sub = user_fields, .n_sub = COUNT(user_fields), .help = "the person" },
	{ .key = "journey", .type = FIELD_MAP, .sub = journey_fields, .n_sub = COUNT(journey_fields),
	  .help = "how far the phones walk" },
	{ .key = "link", .type = FIELD_OWN, .own = scenario_own_link, .pattern = SCENARIO_NAME_PATTERN,
	  .sub = scenario_link_fields, .n_sub = SCENARIO_LINK_FIELDS,
	  .help = "the phone's own line: one of `links', or {delay, loss, down, up}; {}: none" },
};
/* clang-format on */

/* The override of this step, made if there is none; NULL: there are too many. */
static struct scenario_override *
override_of(struct scenario_journey *j, const char *step)
{
	size_t i = 0;

	while (i < j->n_overrides && strcmp(j->override[i].step, step) != 0)
		i++;
	if (i == SCENARIO_OVERRIDES_MAX)
		return NULL;
	if (i == j->n_overrides)
		j->override[j->n_overrides++] = (struct scenario_override){ 0 };
	return &j->override[i];
}

/* The keys are names of steps, so no table can hold them.  A group changes only what it says of
 * the steps that it names. */
static int
own_override(const struct field_place *at, const struct node *map, void *base)
{
	struct scenario_journey *j = &((struct scenario_group *)base)->journey;

	if (map->kind != NODE_MAP)
		return field_fail(at, map, "`override' must be a map of steps");
	for (const struct node *n = map->first; n != NULL; n = n->next) {
		struct scenario_override *o = override_of(j, n->key);
		int err;

		if (o == NULL)
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
		o->has_pause |= tree_get(n, "pause") != NULL;
	}
	return 0;
}
