/* doctor_match.c - which lines of the doctor's page fit a row; see doctor.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor_priv.h"
#include "doctor_table.h"

enum { DOCTOR_VALUE_MAX = 24 };

bool
doctor_one_of(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (;;) {
		size_t len = strcspn(words, "|");

		if ((len == 1 && words[0] == '*') || (len == n && memcmp(words, word, n) == 0))
			return true;
		if (words[len] == '\0')
			return false;
		words += len + 1;
	}
}

/* The words of `want` are beginnings, or behind a '*' anything within. */
static bool
one_begins(const char *want, const char *detail)
{
	char word[64];

	for (;;) {
		size_t len = strcspn(want, "|");

		(void)snprintf(word, sizeof word, "%.*s", (int)len, want);
		if (word[0] == '*' ? strstr(detail, word + 1) != NULL
				   : strncmp(detail, word, strlen(word)) == 0)
			return true;
		if (want[len] == '\0')
			return false;
		want += len + 1;
	}
}

const char *
doctor_word(json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));

	return text != NULL ? text : "";
}

unsigned
doctor_row_when(json_t *row)
{
	const char *verdict = doctor_word(row, "verdict");

	if (strcmp(verdict, "done") == 0)
		return DOCTOR_DONE;
	if (strcmp(verdict, "fail") == 0)
		return DOCTOR_FAIL;
	return strcmp(verdict, "skip") == 0 ? DOCTOR_SKIP : 0;
}

/* Of `seen`, or of the row itself. */
static json_t *
row_value(json_t *row, const char *key)
{
	json_t *seen = json_object_get(json_object_get(row, "seen"), key);

	return seen != NULL ? seen : json_object_get(row, key);
}

static bool
value_is(json_t *value, const char *want)
{
	char number[DOCTOR_VALUE_MAX];

	if (json_is_string(value))
		return strcmp(json_string_value(value), want) == 0;
	if (!json_is_integer(value))
		return false;
	(void)snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
	return strcmp(number, want) == 0;
}

/* The value itself, or one entry of a list, is one of "4|5". */
static bool
value_has(json_t *value, const char *want)
{
	char word[DOCTOR_VALUE_MAX];
	size_t i;
	json_t *one;

	for (;;) {
		size_t len = strcspn(want, "|");

		(void)snprintf(word, sizeof word, "%.*s", (int)len, want);
		if (value_is(value, word))
			return true;
		json_array_foreach(value, i, one)
		{
			if (value_is(one, word))
				return true;
		}
		if (want[len] == '\0')
			return false;
		want += len + 1;
	}
}

static bool
value_is_empty(json_t *value)
{
	return value == NULL || json_is_null(value) ||
	    (json_is_string(value) && json_string_length(value) == 0) ||
	    (json_is_array(value) && json_array_size(value) == 0);
}

static bool
value_is_more(json_t *value, long than)
{
	if (json_is_array(value))
		return json_array_size(value) > (size_t)than;
	return json_is_integer(value) && json_integer_value(value) > than;
}

/* A text, or one of a list, has this in it. */
static bool
value_has_inside(json_t *value, const char *want)
{
	const char *text = json_string_value(value);
	size_t i;
	json_t *one;

	if (text != NULL && strstr(text, want) != NULL)
		return true;
	json_array_foreach(value, i, one)
	{
		if (value_has_inside(one, want))
			return true;
	}
	return false;
}

static bool
finding_tests(const struct doctor_finding *f, json_t *row)
{
	json_t *value = f->key != NULL ? row_value(row, f->key) : NULL;

	switch (f->test) {
	case DOCTOR_ANY:
		return true;
	case DOCTOR_HAS:
		return value_has(value, f->value);
	case DOCTOR_LACKS:
		return !value_has(value, f->value);
	case DOCTOR_EMPTY:
		return value_is_empty(value);
	case DOCTOR_THERE:
		return !value_is_empty(value);
	case DOCTOR_MORE:
		return value_is_more(value, strtol(f->value, NULL, 10));
	case DOCTOR_INSIDE:
		return value_has_inside(value, f->value);
	}
	return false;
}

static bool
finding_fits(const struct doctor_finding *f, json_t *row)
{
	return (f->when & doctor_row_when(row)) != 0 &&
	    doctor_one_of(f->step, doctor_word(row, "step")) &&
	    (f->detail == NULL || one_begins(f->detail, doctor_word(row, "detail"))) &&
	    finding_tests(f, row);
}

const struct doctor_finding *
doctor_finding(size_t n)
{
	if (n < doctor_trust_findings)
		return &doctor_trust_table[n];
	n -= doctor_trust_findings;
	return n < doctor_pool_findings ? &doctor_pool_table[n] : NULL;
}

size_t
doctor_row(json_t *row, const struct doctor_finding **out, size_t max)
{
	bool failed = doctor_row_when(row) == DOCTOR_FAIL;
	const struct doctor_finding *f;
	size_t n = 0;

	/* A failure has one cause: the first line that fits.  What was done may show much. */
	for (size_t i = 0; (f = doctor_finding(i)) != NULL && n < max; i++) {
		if (!finding_fits(f, row))
			continue;
		out[n++] = f;
		if (failed)
			break;
	}
	return n;
}
