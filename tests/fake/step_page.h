/*
 * step_page.h - for tests: the page of all steps against all cases: what each comes to when its
 * server is well, silent, cut short, closed, lost, unwilling or late, and when a stranger
 * answers.
 *
 * Where a case cannot be, there is the reason behind a "-".
 */
#ifndef TESTS_FAKE_STEP_PAGE_H
#define TESTS_FAKE_STEP_PAGE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "servers.h"

struct step_cases {
	const char *step;
	enum servers_id server;
	int no; /* its own way of refusing: fault.h's answer, and the word for it */
	const char *word;
	uint64_t late_ms; /* what it is asked in the first second is answered so much later */
	bool under_tls;   /* a reply cut short is a bad record */

	const char *happy;   /* what goes out when all is well; below: what it comes to when */
	const char *silence; /* nothing is answered, */
	const char *first, *again; /* and what goes out in the first try, and in each other */
	const char *malformed;     /* answers are cut short after seven bytes */
	const char *closed;        /* nobody listens any more */
	const char *lost;          /* connections are reset */
	const char *refused;       /* the server says no, in its own way */
	const char *late;          /* the answer comes later than is waited for, */
	const char *late_first;    /* and what goes out till then */
	const char *stranger;      /* who was not asked says something */
};

extern const struct step_cases step_page[];
extern const size_t step_page_n;

#endif
