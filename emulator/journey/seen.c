/*
 * seen.c - the notes of one row; see seen.h.
 *
 * They are records in the order they were made: key (1 byte), is it a number (1),
 * length (2), then the eight bytes of a number or the text.
 */
#include "seen.h"

#include <assert.h>
#include <string.h>

#include "seen_table.h"
#include "text.h"

enum { RECORD_HEAD = 4, SEEN_TEXT_MAX = 512 };

struct record {
	enum seen_key key;
	bool number;
	struct span value;
	size_t at, next; /* where it begins and where the one behind it does */
};

/* The record at r->next; false at the end. */
static bool
record_next(const struct seen *s, struct record *r)
{
	const uint8_t *p;
	size_t n;

	if (r->next >= s->text.n)
		return false;
	p = s->text.p + r->next;
	n = (size_t)p[2] << 8 | p[3];
	r->key = (enum seen_key)p[0];
	r->number = p[1] != 0;
	r->value = (struct span){ p + RECORD_HEAD, n };
	r->at = r->next;
	r->next += RECORD_HEAD + n;
	return true;
}

/* Those that hold one value come first in the enum. */
static bool
is_list(enum seen_key key)
{
	return seen_table[key].type >= SEEN_NUMBERS;
}

/* A single value set again: the older one goes. */
static void
record_forget(struct seen *s, enum seen_key key)
{
	for (struct record r = { 0 }; record_next(s, &r);) {
		if (r.key != key)
			continue;
		memmove(s->text.p + r.at, s->text.p + r.next, s->text.n - r.next);
		s->text.n -= r.next - r.at;
		return;
	}
}

/* A set holds each text once. */
static bool
record_known(const struct seen *s, enum seen_key key, struct span value)
{
	for (struct record r = { 0 }; record_next(s, &r);)
		if (r.key == key && span_eq(r.value, value))
			return true;
	return false;
}

static void
record_add(struct seen *s, enum seen_key key, bool number, struct span value)
{
	/* A row that has too much to say is cut, and its trace tells. */
	if (s->text.n + RECORD_HEAD + value.n > SEEN_MAX || value.n > SEEN_TEXT_MAX) {
		s->cut = true;
		return;
	}
	buf_u8(&s->text, (uint8_t)key);
	buf_u8(&s->text, number);
	buf_u16(&s->text, (uint16_t)value.n);
	buf_span(&s->text, value);
	if (s->text.err != 0) { /* no memory: these notes are lost, not the phone */
		seen_clear(s);
		s->cut = true;
	}
}

void
seen_clear(struct seen *s)
{
	buf_done(&s->text);
	*s = (struct seen){ 0 };
}

/* A value replaces the older one, a set ignores what it has, a list grows. */
static void
note(struct seen *s, enum seen_key key, bool number, struct span value)
{
	const enum seen_type type = seen_table[key].type;

	assert(number == (type == SEEN_NUMBER || type == SEEN_NUMBERS));
	if (!is_list(key))
		record_forget(s, key);
	if (type == SEEN_SET && record_known(s, key, value))
		return;
	record_add(s, key, number, value);
}

void
seen_num(struct seen *s, enum seen_key key, uint64_t v)
{
	assert(!is_list(key));
	note(s, key, true, (struct span){ (const uint8_t *)&v, sizeof v });
}

void
seen_text(struct seen *s, enum seen_key key, struct span v)
{
	assert(!is_list(key));
	note(s, key, false, v);
}

void
seen_add_num(struct seen *s, enum seen_key key, uint64_t v)
{
	assert(is_list(key));
	note(s, key, true, (struct span){ (const uint8_t *)&v, sizeof v });
}

void
seen_add_text(struct seen *s, enum seen_key key, struct span v)
{
	assert(is_list(key));
	note(s, key, false, v);
}

/* ---- as JSON ------------------------------------------------------------------- */

static void
json_value(struct buf *out, const struct record *r)
{
	uint64_t v;

	if (r->number) {
		memcpy(&v, r->value.p, sizeof v);
		buf_printf(out, "%llu", (unsigned long long)v);
		return;
	}
	buf_text(out, "\"");
	text_json(out, r->value);
	buf_text(out, "\"");
}

/* Every record of this key; returns whether there was one. */
static bool
json_key(struct buf *out, const struct seen *s, enum seen_key key, const char *comma)
{
	bool any = false;

	for (struct record r = { 0 }; record_next(s, &r);) {
		if (r.key != key)
			continue;
		if (any)
			buf_text(out, ", ");
		else
			buf_printf(out, "%s\"%s\": %s", comma, seen_table[key].name,
			    is_list(key) ? "[" : "");
		json_value(out, &r);
		any = true;
	}
	if (any && is_list(key))
		buf_text(out, "]");
	return any;
}

void
seen_json(const struct seen *s, struct buf *out)
{
	const char *comma = "";

	buf_text(out, "{");
	/* In the order of the table, whatever came first: so lines can be compared. */
	for (int key = 0; key < SEEN_KEYS; key++)
		if (json_key(out, s, (enum seen_key)key, comma))
			comma = ", ";
	if (s->cut)
		buf_printf(out, "%s\"seen_cut\": true", comma);
	buf_text(out, "}");
}
