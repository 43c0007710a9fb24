/* explain_words.h - what steps, reasons and details mean, in plain words: for explain. */
#ifndef REPORT_EXPLAIN_WORDS_H
#define REPORT_EXPLAIN_WORDS_H
#include "buf.h"
#include "run_dir.h"

/*
 * Of a step.  {key} stands for what the row has seen of that; what is in [ ] is left out when a
 * key in it has nothing.
 */
struct explain_step {
	const char *name;
	const char *asks; /* "asks the DHCP server for an address" */
	const char *gets; /* "it gets {address}" */
	const char *mend; /* what to look at in the pool when it fails */
};

/* The words of a step; of one that is unknown, words that fit all. */
const struct explain_step *explain_step(const char *name);

/* What a reason means: "nobody answered in time"; "" for none. */
const char *explain_reason(const char *why);

/* What a detail means, "krb:24 ..." by its beginning; NULL when nothing is known of it. */
const char *explain_detail(const char *detail);

/* Append words with what the row has seen put in; control characters are made harmless. */
void explain_fill(const char *words, json_t *seen, struct buf *out);

/* Append text that came from somewhere else. */
void explain_plain(const char *text, struct buf *out);

#endif
