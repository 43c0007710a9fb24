/*
 * sim_kdc.h - the KDC of the toy Kerberos: a request and the time go in, a reply comes out.
 *
 * It asks for preauthentication, looks at passwords, accounts, clocks, services and the times
 * of tickets, and answers as the embedded pool's krb5kdc does
 * (tests/unit/test_sim_auth_worlds.c compares them).
 */
#ifndef SIM_SIM_KDC_H
#define SIM_SIM_KDC_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "serve_plan.h"
#include "sim.h"

enum sim_account {
	ACCOUNT_GOOD,
	ACCOUNT_UNKNOWN,       /* 6 */
	ACCOUNT_LOCKED,        /* 18; one that is disabled, too */
	ACCOUNT_EXPIRED,       /* 23: the password is too old */
	ACCOUNT_OTHER_PASSWORD /* 24 */
};

enum {
	KRB_UNKNOWN_USER = 6,
	KRB_UNKNOWN_SERVICE = 7,
	KRB_REVOKED = 18,
	KRB_KEY_EXPIRED = 23,
	KRB_PREAUTH_FAILED = 24,
	KRB_PREAUTH_REQUIRED = 25,
	KRB_BAD_INTEGRITY = 31,
	KRB_TICKET_EXPIRED = 32,
	KRB_TICKET_NOT_YET = 33,
	KRB_SKEW = 37,
	KRB_MESSAGE_TYPE = 40,
	KRB_TOO_BIG = 52,
	KRB_WRONG_REALM = 68
};

/* How far two clocks may be apart; how long a ticket holds. */
#define SIM_KRB_SKEW_US (5ll * 60 * 1000000)
#define SIM_KRB_LIFE_US (10ll * 3600 * 1000000)

/* All lent.  Zeroed but for the password it lets everybody in at once. */
struct sim_kdc {
	const char *realm; /* NULL: any */
	const char *password;
	/* The state of a user's account; NULL: everybody has a good one. */
	enum sim_account (*account)(const void *arg, struct span user);
	const void *arg;
	/* What tickets there are; NULL: for every service. */
	const struct serve_service *services;
	size_t n_services;
	size_t ticket_bytes; /* 0: as long as krb5kdc's; Windows' are about 1,200 */

	const char *unknown_spn;  /* this service it does not know, either */
	int refuse;               /* every request gets this KRB-ERROR; 0: as it should */
	int login_error;          /* != 0: refuses logins with this KRB-ERROR: 6, 18, 24, 37 */
	bool too_big;             /* every ticket needs TCP */
	bool silent;              /* hears and says nothing */
	unsigned packets, logins; /* counted */
	uint64_t delay_us;        /* of each answer */
};

/* One request, received at wall_us by the KDC's clock (0: it has none, nobody's clock is
 * wrong); the reply is appended.  0; -EBADMSG: nothing it would answer. */
int sim_kdc_answer(
    struct sim_kdc *, struct span request, bool stream, int64_t wall_us, struct buf *reply);

/* For tests: listens on port 88, UDP and TCP, at any address. */
void sim_kdc_listen(struct sim *, struct sim_kdc *);

#endif
