/*
 * doctor.h - is a pool ready for these phones?  What one phone met on its way, row by row, is
 * held against a table of findings: what is wrong, what that does to a CX700, and what to mend,
 * in the words of whoever runs the servers.
 *
 * Rows are trace lines (trace.h) as JSON objects, in the order in which they ended.  Beside the
 * journey's there are the doctor's own: "client_hello", what a TLS server answered to all
 * eleven suites of the phone (`seen` has tls_server, tls_offered, tls_chosen, tls_suite,
 * tls_version, tls_protocol, tls_alert), and "clock_compare", how far the phone's clock is off
 * this machine's (clock_off_s, clock_off).  A row may have "lost": the details of its lost
 * tries.
 */
#ifndef REPORT_DOCTOR_H
#define REPORT_DOCTOR_H
#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "buf.h"

enum doctor_severity {
	DOCTOR_BLOCKS, /* a phone does not get past it */
	DOCTOR_HARMS,  /* it gets on, but without something that it should have */
	DOCTOR_NOTE    /* worth knowing; the pool is ready all the same */
};

enum doctor_when { DOCTOR_DONE = 1, DOCTOR_FAIL = 2, DOCTOR_SKIP = 4 };

/* What of `seen` makes a row a finding. */
enum doctor_test {
	DOCTOR_ANY,
	DOCTOR_HAS,   /* it is this value, or a list that has it */
	DOCTOR_LACKS, /* it is a list without this value, or not there */
	DOCTOR_EMPTY, /* it is not there, or "" */
	DOCTOR_THERE, /* it is */
	DOCTOR_MORE,  /* a number above this one, or a list of more entries */
	DOCTOR_INSIDE /* a text that has this one in it, or a list of such */
};

/*
 * One line of the table.  Step and detail may be several, "a|b", and "*" is any step; a detail
 * is how the row's begins, with a '*' before it what is somewhere in it.  Tests may also ask
 * for "why", "try", "detail" and "lost" of the row, and so may the words: {key}, [ ] as of
 * explain_words.h.
 */
struct doctor_finding {
	const char *id, *step;
	unsigned when; /* enum doctor_when, or-ed */
	const char *detail;
	enum doctor_test test;
	const char *key, *value;
	enum doctor_severity severity; /* a failure that a phone gets over only harms */
	const char *says, *mend;
};

/* The n-th line of the page, from 0; NULL behind its end.  Of a failed row the first that fits
 * is the finding. */
const struct doctor_finding *doctor_finding(size_t n);

enum { DOCTOR_FOUND_MAX = 48 };

struct doctor_found {
	const struct doctor_finding *finding;
	json_t *row; /* lent: the first one that showed it */
	enum doctor_severity severity;
	size_t times;
};

struct doctor { /* nothing to free; what it points to is lent */
	json_t *rows;
	struct doctor_found found[DOCTOR_FOUND_MAX]; /* the gravest first, then as met */
	size_t n;
	bool arrived; /* the phone came to its way's end */
	bool ready;   /* and nothing blocks or harms */
};

/* Judge all rows of a phone. */
void doctor_judge(json_t *rows, bool arrived, struct doctor *out);

/* What one row shows, at most max findings; returns how many. */
size_t doctor_row(json_t *row, const struct doctor_finding **out, size_t max);

/* "blocks", "harms", "note". */
const char *doctor_severity_name(enum doctor_severity);

/* What the finding says of that row, and what to mend, with what was seen put in. */
void doctor_says(const struct doctor_finding *, json_t *row, struct buf *out);
void doctor_mend(const struct doctor_finding *, json_t *row, struct buf *out);

/* ---- what is shown (doctor_text.c) and left (doctor_json.c) ---- */

/* Who was examined. */
struct doctor_patient {
	const char *version; /* of the program */
	const char *pool;    /* the pool file's name */
	const char *profile; /* of the phone */
};

/* Append the line of a row, as soon as it has ended: its number, how it went, what was asked
 * and what came back. */
void doctor_text_row(json_t *row, struct buf *out);

/* Append what was found, the worst first, and the verdict. */
void doctor_text_end(const struct doctor *, struct buf *out);

/* Append it all, format cx700farm-check/1.  0 or -ENOMEM. */
int doctor_json(const struct doctor *, const struct doctor_patient *, struct buf *out);

#endif
