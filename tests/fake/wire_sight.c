/* wire_sight.c - see wire_sight.h. */
#include "wire_sight.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIGHT_FIELD = 64, SIGHT_VALUE = 256, SIGHT_LIST = 512 };

struct sight_term { /* one condition, taken apart */
	char field[SIGHT_FIELD];
	char op[3]; /* "" = there is none */
	char value[SIGHT_VALUE];
};

/* Take the next condition off *what; false at the end. */
static bool
sight_next(const char **what, struct sight_term *t)
{
	const char *s = *what, *end = strstr(s, " & ");
	size_t n = end ? (size_t)(end - s) : strlen(s);
	bool none = *s == '!';
	size_t f = strcspn(s + none, "=^~!>& "), op = strspn(s + none + f, "=^~!>");

	if (n == 0)
		return false;
	if (none)
		op = 0;
	snprintf(t->field, sizeof t->field, "%.*s", (int)f, s + none);
	snprintf(t->op, sizeof t->op, "%.*s", (int)op, s + none + f);
	snprintf(
	    t->value, sizeof t->value, "%.*s", (int)(n - none - f - op), s + none + f + op);
	*what = end ? end + 3 : s + n;
	return true;
}

static bool
sight_any(const json_t *values, const char *value, bool part)
{
	for (size_t i = 0; i < json_array_size(values); i++) {
		const char *have = json_string_value(json_array_get(values, i));

		if (part ? strstr(have, value) != NULL : strcmp(have, value) == 0)
			return true;
	}
	return false;
}

static bool
sight_reaches(const json_t *values, long least)
{
	for (size_t i = 0; i < json_array_size(values); i++)
		if (atol(json_string_value(json_array_get(values, i))) >= least)
			return true;
	return false;
}

static void
sight_join(const json_t *values, char out[SIGHT_LIST])
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < json_array_size(values) && n < SIGHT_LIST; i++)
		n += (size_t)snprintf(out + n, SIGHT_LIST - n, "%s%s", i > 0 ? "," : "",
		    json_string_value(json_array_get(values, i)));
}

/* The list is this one, or begins with it. */
static bool
sight_list(const json_t *values, const char *list, bool whole)
{
	char have[SIGHT_LIST];
	size_t n = strlen(list);

	sight_join(values, have);
	return strncmp(have, list, n) == 0 && (have[n] == '\0' || (!whole && have[n] == ','));
}

static bool
sight_term_holds(const struct sight_term *t, const json_t *values, const char *value)
{
	if (t->op[0] == '\0')
		return values == NULL;
	if (strcmp(t->op, "!=") == 0)
		return !sight_any(values, value, false);
	if (values == NULL)
		return false;
	if (strcmp(t->op, ">=") == 0)
		return sight_reaches(values, atol(value));
	if (strcmp(t->op, "==") == 0 || strcmp(t->op, "^") == 0)
		return sight_list(values, value, t->op[0] == '=');
	return sight_any(values, value, t->op[0] == '~');
}

bool
wire_sight_holds(const json_t *frame, const char *what, wire_known_fn *known, void *arg)
{
	struct sight_term t;

	while (sight_next(&what, &t)) {
		const char *value = t.value[0] == '$' ? known(arg, t.value + 1) : t.value;

		if (value == NULL ||
		    !sight_term_holds(&t, json_object_get(frame, t.field), value))
			return false;
	}
	return true;
}

void
wire_sight_fields(const char *what, struct buf *out)
{
	char option[SIGHT_FIELD + 8];
	struct sight_term t;

	while (sight_next(&what, &t)) {
		snprintf(option, sizeof option, " -e %s ", t.field);
		if (strstr(buf_cstr(out), option) == NULL)
			buf_text(out, option);
	}
}
