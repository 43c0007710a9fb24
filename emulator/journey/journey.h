/*
 * journey.h - walk a phone through the table.
 *
 * journey.c is the only code that starts, times, retries and ends a step.  A
 * phone has two lanes, each with its own scratch: the road walks the table; the
 * chore lane walks what must go on beside it (renew, re-register, the line again),
 * also while the road is in a long download.  When the road rests, its lane walks
 * what is not urgent (update check, mailbox, EWS poll).
 */
#ifndef JOURNEY_JOURNEY_H
#define JOURNEY_JOURNEY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "line.h"
#include "rng.h"
#include "spread.h"
#include "step.h"

enum { JOURNEY_GUIDE_LAST = 28, JOURNEY_CHORES_MAX = 10, JOURNEY_RESTARTS_MAX = 4 };

enum fate {               /* what the phone does when a row's tries are spent */
	FATE_STOP,        /* the journey ends: the phone has failed */
	FATE_GO_ON,       /* without what the row gives (mailbox, update) */
	FATE_STAGE_AGAIN, /* from the stage's first row, until the loop guard ends it */
	FATE_TRUST_AGAIN  /* the root is no good (reason tls): forget it and go back to where
			     the search for it began, until the loop guard ends it; else stop */
};

struct leg {                 /* one row of the table: one exchange */
	uint8_t first, last; /* the guide's numbers it covers; 0: not in the guide */
	const char *stage;
	const struct step_ops *step;
	uint32_t needs, gives; /* enum fact */
	uint32_t skip_if;      /* not walked when all of these are known; 0 = never */
	uint16_t tries;
	uint32_t limit_ms; /* of one try */
	uint32_t pause_ms; /* before the 2nd try; doubles, +/- 25 % jitter */
	enum fate fate;
	const struct step_ops
	    *retry_from; /* where a lost stage connection sends it back to; NULL: itself */
};

/* The page: all rows in order.  */
extern const struct leg journey_table[];
extern const size_t journey_rows;

enum chore_when {
	CHORE_TIMED,
	CHORE_UPDATE, /* timed, and when journey_check_update() asks for it */
	CHORE_LINE_LOST,
	CHORE_SIGNING_OUT,
	CHORE_LEAVING
};

struct chore {
	const char *name;
	const struct leg *rows;
	size_t n_rows;
	enum chore_when when;
	uint32_t needs;                            /* facts without which it does not begin */
	uint64_t (*after_us)(const struct step *); /* TIMED, UPDATE: from the last time to the
						      next; 0 = never */
	bool when_idle; /* not while the road walks: it is walked on its lane */
	uint32_t loses; /* facts gone when it fails (besides: reason auth the TGT, tls the
			   root).  REGISTERED: the line is made again; ROOT, and an address
			   that its step has lost: the whole way is walked again */
};
extern const struct chore chores_table[];
extern const size_t chores_count;

/*
 * Is every row fed by the rows above it, and do the rows number the guide's
 * steps 1..28 without gap or overlap, for a start with these facts (rows whose
 * skip_if is known left out of the feeding, not of the numbering)?  NULL, or the name of the
 * first row that is wrong.
 */
const char *journey_check(const struct leg *, size_t n, uint32_t known);

/* journey_check() of the table, cold and warm.  NULL or the row. */
const char *journey_check_all(void);

/* The row whose step has this name, or NULL. */
const struct leg *journey_find(const char *step_name);

enum journey_state {
	JOURNEY_OFF,
	JOURNEY_WALKING,
	JOURNEY_STAYING,
	JOURNEY_ARRIVED,
	JOURNEY_FAILED,
	JOURNEY_SIGNING_OUT,
	JOURNEY_SIGNED_OUT, /* waits at its sign-in screen, with its address */
	JOURNEY_LEAVING,
	JOURNEY_LEFT
};

/* What a row came to; handed to the watcher once a row, when it is settled for good, and once a
 * try. */
struct journey_row {
	const struct leg *leg;
	bool chore, final; /* not final: the try ended in RETRY and another follows */
	unsigned tries;    /* 0: not walked, its facts are known or its needs are not */
	enum verdict verdict;
	enum reason why;
	const char *detail;
	uint64_t started_us, ended_us; /* of the row, pauses included; io's now */
	const struct seen *seen;
};

struct journey_watch {
	void *arg;
	void (*row)(void *arg, const struct journey_row *);
	void (*state)(void *arg, enum journey_state);
	void (*restart)(void *arg); /* the phone boots its new image */
};

/* Overrides of the scenario: journey.override.{tries, limit, pause}; index by row; 0 = the
 * table's. */
struct journey_override {
	uint16_t tries;
	uint32_t limit_ms;
	bool has_pause;
	struct spread pause; /* before each next try: just this, it neither doubles nor blurs */
};

/* What a scenario says of all journeys; read-only, shared. */
struct journey_plan {
	const struct leg *until; /* the last row walked; NULL: the table's last */
	bool restart_after_update;
	uint64_t stay_us;     /* from the first arrival on; 0: arrived is all */
	uint32_t stage_loops; /* loop guard of FATE_STAGE_AGAIN */
	const struct journey_override *override; /* journey_rows of them, or NULL */
	bool leave; /* at the end: sign out and release the lease */
	/* The profile of a version, or NULL: the same one with another version. */
	const struct profile *(*profile_of)(const void *profiles, const char *version);
	const void *profiles;
};

struct journey;

struct journey_cfg {
	struct io *io;
	struct auth *auth;
	const struct identity *id;
	const struct profile *profile;
	const struct journey_plan *plan;
	struct journey_watch watch;
	int64_t host_wall_minus_now_us; /* the host's wall clock minus io's now */
	const struct leg *table;        /* journey_table, or a test's own */
	size_t n_rows;
	const struct chore *chores; /* at most JOURNEY_CHORES_MAX */
	size_t n_chores;
};

/* One phone's journey, switched off.  The cfg is copied, what it points to is lent.  0 or
 * -ENOMEM. */
int journey_new(const struct journey_cfg *, struct journey **out);
void journey_free(struct journey *);

/* Switch the phone on: walk the table with its flash facts.  Does nothing unless off. */
void journey_power_on(struct journey *);

/* Cut its power: every scope closed with RST, no RELEASE, no sign-out; flash facts stay. */
void journey_power_off(struct journey *);

/*
 * The person signs out: whatever the road or the line was at is ended, the pool is told of a
 * registration, the line closes; the sign-in, the tickets and what came of them are forgotten,
 * the lease and the root stay.  A phone still on its way to its sign-in screen stops there, and
 * so it does when it is switched on again: nobody types until journey_sign_in().  Nothing when
 * it is off, has failed or leaves, or when its way does not lead to a sign-in.
 */
void journey_sign_out(struct journey *);

/* Somebody signs in on a phone that is signed out: from the row where the person types it walks
 * on.  Nothing in any other case, nor when it is off, has failed or leaves. */
void journey_sign_in(struct journey *);

/*
 * The update chore now, if it rests at its way's end; else as soon as it does.  It has not
 * arrived for good (JOURNEY_STAYING) before that is done.  Nothing when it is off, has failed
 * or leaves; a power cut forgets it.
 */
void journey_check_update(struct journey *);

/* Drain: whatever it was doing, sign out and release the lease (plan->leave) as far as it has
 * them, then JOURNEY_LEFT. */
void journey_leave(struct journey *);

/* Is the phone still what it was when it arrived: signed in, if its way led there? */
bool journey_holds(const struct journey *);

/* The profile it lives by now. */
const struct profile *journey_profile(const struct journey *);

enum journey_state journey_state(const struct journey *);
const struct facts *journey_facts(const struct journey *);

#endif
