/* browser_events.c - what the browser tells of its own accord: loads, requests, and all that
 * goes wrong. */
#include <string.h>

#include "browser_pipe.h"

typedef void event_fn(struct browser *, const json_t *params);

/* A member of a member; "" when there is none. */
static const char *
event_text(const json_t *map, const char *name, const char *within)
{
	const json_t *value = json_object_get(map, name);

	if (within != NULL)
		value = json_object_get(value, within);
	return json_is_string(value) ? json_string_value(value) : "";
}

static void
event_load(struct browser *b, const json_t *params)
{
	(void)params;
	b->loads++;
}

/* The exception's own words, with its stack, or at least the short ones. */
static void
event_exception(struct browser *b, const json_t *params)
{
	const json_t *details = json_object_get(params, "exceptionDetails");
	const char *words = event_text(details, "exception", "description");

	buf_printf(&b->complaints, "exception: %s\n",
	    words[0] != '\0' ? words : event_text(details, "text", NULL));
}

static void
event_console(struct browser *b, const json_t *params)
{
	const char *kind = event_text(params, "type", NULL);
	size_t i;
	const json_t *arg;

	if (strcmp(kind, "error") != 0 && strcmp(kind, "warning") != 0 &&
	    strcmp(kind, "assert") != 0)
		return;
	buf_printf(&b->complaints, "console %s:", kind);
	json_array_foreach(json_object_get(params, "args"), i, arg)
	{
		const char *words = event_text(arg, "value", NULL);

		buf_printf(&b->complaints, " %s",
		    words[0] != '\0' ? words : event_text(arg, "description", NULL));
	}
	buf_text(&b->complaints, "\n");
}

/* What the browser itself writes to the console: a policy that was broken, a file not found. */
static void
event_log(struct browser *b, const json_t *params)
{
	const char *level = event_text(params, "entry", "level");

	if (strcmp(level, "error") == 0 || strcmp(level, "warning") == 0)
		buf_printf(&b->complaints, "%s: %s %s\n", level,
		    event_text(params, "entry", "text"), event_text(params, "entry", "url"));
}

static void
event_request(struct browser *b, const json_t *params)
{
	const char *url = event_text(params, "request", "url");

	if (strncmp(url, "data:", 5) != 0 && strncmp(url, "blob:", 5) != 0)
		buf_printf(&b->asked, "%s\n", url);
}

struct event_kind {
	const char *method;
	event_fn *note;
};

static const struct event_kind event_kinds[] = {
	{ "Page.loadEventFired", event_load },
	{ "Runtime.exceptionThrown", event_exception },
	{ "Runtime.consoleAPICalled", event_console },
	{ "Log.entryAdded", event_log },
	{ "Network.requestWillBeSent", event_request },
};

void
browser_note(struct browser *b, const char *method, const json_t *params)
{
	for (size_t i = 0; i < sizeof event_kinds / sizeof *event_kinds; i++)
		if (method != NULL && strcmp(method, event_kinds[i].method) == 0)
			event_kinds[i].note(b, params);
}
