/*
 * step_cases.h - what each step of the phone does when all is well, when nobody answers, when
 * somebody else answers, ...: tables of cases, a file for each family of steps, and the one
 * page that lists them all (step_cases.c).  tests/steps/test_every_case.c walks the page.
 *
 * A case is played by a phone that has really come as far as its row, through the journey's
 * own table, in a whole simulated pool (case_world.h).  Servers take no time for what they do;
 * all are 5 ms away, so an answer is there after 10 ms.  The phone's chance always draws the
 * middle: every pause is as long as the table says.
 */
#ifndef TESTS_FAKE_STEP_CASES_H
#define TESTS_FAKE_STEP_CASES_H
#include "fault.h"
#include "journey.h"
#include "servers.h"
#include "sim_parcel.h"

struct case_world;

/* May spoil the bytes of an answer on its way, or shorten them: p->n. */
typedef void case_spoil(struct sim_parcel *);
/* Sees what the phone says when it leaves, and may change it.  true: the server is not to hear
 * it. */
typedef bool case_catch(struct sim_parcel *);
/* Answers (sim.h) what was caught, when it would have been there. */
typedef void case_answer(struct case_world *, struct sim *, const struct sim_parcel *);

/* How one server treats the phone while the row under test is walked, and not in another row to
 * which that one sends it back.  Zeroed: as ever. */
struct case_mood {
	enum servers_id server;
	struct fault_deed fault; /* it refuses in its own words, or is not there at all */
	case_catch *catch;
	case_answer *answer; /* NULL: silence */
	case_spoil *spoil;
	/* Its first answer comes so much later, and on that connection nothing comes before;
	 * late_hello: already that it takes the connection. */
	uint32_t late_ms;
	bool late_hello;
};

struct step_case {
	const char *none; /* there is no such case, because ... */
	struct case_mood mood;
	/* How the row ends. */
	enum verdict verdict;
	enum reason why;
	const char *detail; /* NULL: none */
	unsigned tries;
	/*
	 * All that the phone did on the network, milliseconds after the row began: "dns 0 10
	 * sip +20 50" is two datagrams to the name server, then a connection to the front end
	 * and something sent over it.  An HTTP request is something sent.
	 */
	const char *sent;
};

enum { STEP_CASES = 8 };

struct step_cases {
	const struct step_ops *step;
	const char *profile;              /* NULL: cx700-1.0.199.123 */
	void (*habits)(struct servers *); /* of the pool; NULL: usual ones */
	struct step_case happy, silence, wrong_sender, malformed, refusal, late;
	struct step_case closed, lost; /* nobody listens; every connection is reset */
};

/* One of them by number, and what it is called. */
const struct step_case *step_case_at(const struct step_cases *, size_t i);
const char *step_case_name(size_t i);

struct step_family {
	const struct step_cases *cases;
	const size_t *n;
};

/* The page. */
extern const struct step_family step_families[];
extern const size_t step_families_n;

/* The cases of a step; NULL: it is not on the page. */
const struct step_cases *step_cases_of(const struct step_ops *);

extern const struct step_cases cases_dhcp[], cases_dns[], cases_clock[], cases_kerberos[],
    cases_directory[], cases_trust[], cases_tls[], cases_line[], cases_mailbox[],
    cases_update[];
extern const size_t cases_dhcp_n, cases_dns_n, cases_clock_n, cases_kerberos_n,
    cases_directory_n, cases_trust_n, cases_tls_n, cases_line_n, cases_mailbox_n,
    cases_update_n;

/* ---- moods that several families share (case_moods.c) ---- */

/* Everything / what is said, not that a connection is made / a request. */
case_catch case_all, case_talk, case_request;
/* What answers a request is not HTTP / is a page of somebody else's, with 200. */
case_answer case_not_http, case_login_page;
/* Nothing of it makes sense / its first half is all that comes. */
case_spoil case_noise, case_half;

#endif
