/*
 * situation.h - a scenario of tests/scenarios as its tests see it: its text, its rehearsal by
 * build/cx700farm, and the text without what makes it a situation.
 */
#ifndef TESTS_FAKE_SITUATION_H
#define TESTS_FAKE_SITUATION_H
#include <jansson.h>
#include <stddef.h>

#include "buf.h"

enum { SITUATIONS_MAX = 128, SITUATION_PATH_MAX = 128 };

struct situation {
	char path[SITUATION_PATH_MAX];
	struct buf text;
};

struct situations {
	struct situation one[SITUATIONS_MAX];
	size_t n;
};

/* Read all *.yaml of that folder, sorted by name. */
void situations_read(const char *folder, struct situations *);
void situations_done(struct situations *);

/* How a rehearsal ended. */
struct situation_end {
	int status;
	json_t *summary; /* NULL: there was none */
	struct buf err;  /* what it complained of */
};

/* Rehearse a file; `more` are further arguments, which end in NULL; or NULL. */
void situation_run(const char *path, const char *const *more, struct situation_end *out);
void situation_end_done(struct situation_end *);

/* Append "EXPECTATION was VALUE" for each that is broken, a line each; how many. */
size_t situation_broken(const json_t *summary, struct buf *out);

/* The text of the n-th line "# otherwise: TEXT", from 0, or nothing. */
struct span situation_otherwise(struct span text, size_t n);

/* Copy all but the block of that top-level key; false if there is none. */
bool situation_without(struct span text, struct span key, struct buf *out);

#endif
