/* seen_table.h - the one table of wire facts: what a step notes, a tap reads, a comparison
 * judges. */
#ifndef JOURNEY_SEEN_TABLE_H
#define JOURNEY_SEEN_TABLE_H
#include "seen.h"

/* Single values, then (from SEEN_NUMBERS on) what may be noted again and again. */
enum seen_type { SEEN_NUMBER, SEEN_TEXT, SEEN_NUMBERS, SEEN_TEXTS, SEEN_SET };

enum seen_class {
	SEEN_HABIT,  /* of the phone: a comparison judges it */
	SEEN_ANSWER, /* of a server */
	SEEN_NONCE   /* differs from run to run */
};

struct seen_field {
	const char *name;
	enum seen_type type;
	enum seen_class class;
	const char *tshark; /* the field that shows it on the wire; NULL: none does */
};

/* SEEN_KEYS of them, by key. */
extern const struct seen_field seen_table[];

#endif
