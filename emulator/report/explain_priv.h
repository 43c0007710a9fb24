/* explain_priv.h - what explain.c and explain_end.c share. */
#ifndef REPORT_EXPLAIN_PRIV_H
#define REPORT_EXPLAIN_PRIV_H
#include "explain.h"

/* All rows of one phone, as they ended. */
struct explain {
	const struct run_dir *dir;
	uint32_t phone;
	json_t *row; /* an array */
};

/* A word of a row, "" when there is none; is its verdict this one? */
const char *explain_word(json_t *row, const char *key);
bool explain_is(json_t *row, const char *verdict);
double explain_number(json_t *row, const char *key);

/* Append the row at `first`, or those from there on that are one line; returns how many. */
size_t explain_rows(json_t *rows, size_t first, size_t end, struct buf *out);

/* Append what became of it, and what that means for the pool. */
void explain_outcome(const struct explain *, struct buf *out);

/* Append how to find its frames, if there is a capture. */
void explain_frames(const struct explain *, struct buf *out);

#endif
