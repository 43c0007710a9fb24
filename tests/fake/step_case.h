/*
 * step_case.h - for tests: one step of the whole journey in the simulated pool, and what
 * becomes of it when its server is silent, slow, refuses, talks nonsense or is cut off.
 *
 * A first walk in a world without faults says when each row begins; the seed is the same in the
 * second, so that a fault can begin at exactly that time.  What the phone puts on the wire from
 * then on is written down with its times.
 */
#ifndef TESTS_FAKE_STEP_CASE_H
#define TESTS_FAKE_STEP_CASE_H
#include "rehearsal.h"

enum { STEP_CASE_SENT = 256, STEP_CASE_TEXT = 512 };

/* One thing that the phone put on the wire. */
struct step_sent {
	char what[12]; /* "dhcp", "udp88", "tcp389", "tls5061", "http80", "https443" */
	uint64_t at_us;
	size_t row; /* how many rows had been told by then */
};

struct step_case {
	const char *step;
	uint64_t started_us;    /* when its row begins; 0: to be found out */
	enum servers_id server; /* whose fault it is; SERVERS_COUNT: nobody's */
	struct fault_deed deed;
	uint64_t for_us; /* from the row's beginning; 0: to the end */
	bool stranger;   /* a copy of what goes out by datagram comes back from somebody else */

	/* what became of it */
	struct rehearsal *r;
	struct step_sent sent[STEP_CASE_SENT];
	size_t n_sent;
	size_t first_row; /* of r->phone[0].row: the first telling of this step since then */
};

/* When the row begins, in a world without faults. */
uint64_t step_case_begins(const char *step);

/* Play it to its end; the step, the server and the deed are given. */
void step_case_play(struct step_case *);
void step_case_free(struct step_case *);

/*
 * What the row came to: "done"; "fail refused ntp:DENY"; of several tries that all came to the
 * same "fail timeout limit:5000ms x4", else "timeout limit:5000ms, then done x2".  "retry ..."
 * is the last word when the walk went back to another row and ended there.
 */
const char *step_case_outcome(const struct step_case *, char out[STEP_CASE_TEXT]);

/*
 * What was sent in the nth try (from 0), in seconds since its first: "udp88+0 udp88+1 udp88+3";
 * a connection that is asked for has a "!".  Only what goes the ways named in `among` counts:
 * beside it other chores go on.  "": there was no such try.
 */
const char *step_case_story(
    const struct step_case *, size_t nth, const char *among, char out[STEP_CASE_TEXT]);

/*
 * Cut the power after so many events of this step's row, which begins then, in a world without
 * faults, and look that nothing is left.  false: the row was over before.
 */
bool step_case_cut(const char *step, uint64_t begins_us, size_t events);

#endif
