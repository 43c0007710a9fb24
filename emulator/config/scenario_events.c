/* scenario_events.c - `events:` of a scenario: power that goes and comes, and what a person
 * does with the phones.  The table is the format. */
#include <errno.h>
#include <string.h>

#include "quantity.h"
#include "scenario_parts.h"
#include "text.h"

#define AT(member) .offset = offsetof(struct scenario_event, member)

static const char *const deed_words[] = { "power_cycle", "unplug", "plug", "sign_out",
	"sign_in", "check_update", NULL };
static int own_at(const struct field_place *, const struct node *, void *base);
static int own_who(const struct field_place *, const struct node *, void *base);

/* clang-format off */
const struct field scenario_event_fields[SCENARIO_EVENT_FIELDS] = {
	{ .key = "at", .type = FIELD_OWN, .own = own_at, .required = true,
	  .pattern = "^( *" FIELD_PATTERN_SPAN " *|[A-Za-z][A-Za-z0-9_]*)$",
	  .help = "a time since the run's beginning, or a step: then when a phone has done it" },
	{ .key = "do", .type = FIELD_WORD, AT(what), .words = deed_words, .required = true,
	  .help = "power_cycle, unplug, plug, sign_out, sign_in or check_update" },
	{ .key = "phones", .type = FIELD_OWN, .own = own_who, .form = FORM_SOME, .def = "100%",
	  .pattern = "^([a-z][a-z0-9_-]{0,23}| *" FIELD_PATTERN_SHARE " *|[0-9 ,-]+)$",
	  .help = "whom it meets: 10%, [3, 7-9], or a group's name" },
	{ .key = "off_for", .type = FIELD_SPREAD, AT(off_for), .min = 1000, .max = 86400000000, .def = "10s",
	  .help = "power_cycle: how long the power is gone, for each phone: 10s±5s" },
};
/* clang-format on */

/* What begins like a number is a time; anything else is a step, whose name others check. */
static int
own_at(const struct field_place *at, const struct node *n, void *base)
{
	static const struct field time = { .key = "at",
		.type = FIELD_DURATION,
		.offset = offsetof(struct scenario_event, at_us) };
	struct scenario_event *e = base;
	const char *text = field_scalar(at, n, "a duration or a step");

	if (text == NULL)
		return -EINVAL;
	e->mark = n->at;
	if (text[0] == '\0' || strchr("0123456789.+- ", text[0]) != NULL)
		return field_read(at, n, &time, e);
	if (text_copy(e->step, sizeof e->step, span_of(text)) != 0)
		return field_fail(at, n, "no step is called `%.60s'", text);
	return 0;
}

/* A name is a group's; whether there is one like that is checked when the event is read. */
static int
own_who(const struct field_place *at, const struct node *n, void *base)
{
	static const struct field some = { .key = "phones",
		.type = FIELD_PHONES,
		.offset = offsetof(struct scenario_event, phones) };
	struct phones *who = &((struct scenario_event *)base)->phones;

	if (n->kind == NODE_SCALAR && scenario_is_name(n->text))
		return text_copy(who->group, sizeof who->group, span_of(n->text));
	return field_read(at, n, &some, base);
}

/* Only phones and groups that there are. */
static int
check_who(const struct field_place *at, const struct node *n, const struct phones *who,
    const struct scenario *s)
{
	const char *names[SCENARIO_GROUPS_MAX + 1] = { NULL };
	size_t i = 0;

	if (phones_last(who) >= s->phones)
		return field_fail(at, n, "phones count from 0: there is no phone %u of %u",
		    phones_last(who), s->phones);
	if (who->group[0] == '\0')
		return 0;
	/* Without groups the only one has no name. */
	for (; i < s->n_groups && s->group[i].name[0] != '\0'; i++)
		names[i] = s->group[i].name;
	for (i = 0; names[i] != NULL; i++)
		if (strcmp(names[i], who->group) == 0)
			return 0;
	return scenario_no_such(at, n->at, "group", who->group, names);
}

/* What the keys say together. */
static int
check_event(const struct field_place *at, const struct node *n, const struct scenario_event *e)
{
	const struct node *off = tree_get(n, "off_for");

	if (off != NULL && e->what != SCENARIO_POWER_CYCLE)
		return field_fail(
		    at, off, "`off_for' belongs to power_cycle: unplug waits for a plug");
	if (e->what == SCENARIO_PLUG && e->step[0] != '\0')
		return field_fail(at, tree_get(n, "at"),
		    "plug needs a time: a phone that is off does no step");
	if (e->what == SCENARIO_SIGN_IN && e->step[0] != '\0')
		return field_fail(at, tree_get(n, "at"),
		    "sign_in needs a time: a phone that is signed out does no step");
	return 0;
}

int
scenario_own_events(const struct field_place *at, const struct node *list, void *base)
{
	struct scenario *s = base;

	if (list->kind != NODE_LIST)
		return field_fail(at, list,
		    "`events' must be a list, as in `- {at: 90s, do: power_cycle, phones: "
		    "10%%}'");
	for (const struct node *n = list->first; n != NULL; n = n->next) {
		struct scenario_event *e = &s->event[s->n_events];
		int err;

		if (s->n_events == SCENARIO_EVENTS_MAX)
			return field_fail(at, n, "more than %d events", SCENARIO_EVENTS_MAX);
		if (n->kind != NODE_MAP)
			return field_fail(at, n, "an event is a map with `at' and `do'");
		err = fields_read(at, n, scenario_event_fields, SCENARIO_EVENT_FIELDS, e);
		if (!err)
			err = check_event(at, n, e);
		if (!err)
			err = check_who(at, tree_get(n, "phones"), &e->phones, s);
		if (err)
			return err;
		s->n_events++;
	}
	return 0;
}
