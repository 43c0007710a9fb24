/* scenario_parts.h - the lists of a scenario that files of their own read: who starts when, and
 * when the power goes. */
#ifndef CONFIG_SCENARIO_PARTS_H
#define CONFIG_SCENARIO_PARTS_H
#include "field.h"

/* Each reads one key's list, arrivals into a struct scenario_group, events into a struct
 * scenario; errors as field_own_fn says.  Events are read after `phones`. */
field_own_fn scenario_own_arrival, scenario_own_events;

/* The keys of one event, for the manual. */
enum { SCENARIO_EVENT_FIELDS = 4 };
extern const struct field scenario_event_fields[SCENARIO_EVENT_FIELDS];

#endif
