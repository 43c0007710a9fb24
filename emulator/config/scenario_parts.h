/* scenario_parts.h - the parts of a scenario that files of their own read: groups and what a
 * group may say, who starts when, and what happens to phones. */
#ifndef CONFIG_SCENARIO_PARTS_H
#define CONFIG_SCENARIO_PARTS_H
#include "field.h"
#include "scenario.h"

/* Names of groups and links: they stand in expectations, in file names, in reports. */
#define SCENARIO_NAME_PATTERN "^[a-z][a-z0-9_-]{0,23}$"

/* Is this one? */
bool scenario_is_name(const char *);

/* What a group may say, into a struct scenario_group; the top of the file says it for all. */
enum { SCENARIO_GROUP_FIELDS = 5 };
extern const struct field scenario_group_fields[SCENARIO_GROUP_FIELDS];

/* `arrival:` into a struct scenario_group.  Errors as field_own_fn says. */
field_own_fn scenario_own_arrival;
enum { SCENARIO_ARRIVAL_FIELDS = 7 };
extern const struct field scenario_arrival_fields[SCENARIO_ARRIVAL_FIELDS];

/* `link:` into a struct scenario_group, `links:` into a struct scenario. */
field_own_fn scenario_own_link, scenario_own_links;
enum { SCENARIO_LINK_FIELDS = 4 };
extern const struct field scenario_link_fields[SCENARIO_LINK_FIELDS];

/* `groups:` into a struct scenario whose first group holds what the top of the file says. */
field_own_fn scenario_own_groups;
enum { SCENARIO_GROUPS_FIELDS = 3 };
extern const struct field scenario_groups_fields[SCENARIO_GROUPS_FIELDS];

/* `events:` into a struct scenario, after `phones` and `groups`. */
field_own_fn scenario_own_events;
enum { SCENARIO_EVENT_FIELDS = 4 };
extern const struct field scenario_event_fields[SCENARIO_EVENT_FIELDS];

/*
 * What can only be checked when all is read: enough starts for each group, links and groups
 * that are named and are not there; and the events that a blackout is.  0, or -EINVAL with the
 * error.
 */
int scenario_check_groups(
    const struct field_place *, const struct node *root, struct scenario *);

/* Of a word that is none of the names (NULL behind the last): "no such group: x; did you mean
 * `y'?".  Always -EINVAL. */
int scenario_no_such(const struct field_place *, struct mark, const char *what,
    const char *word, const char *const *names);

#endif
