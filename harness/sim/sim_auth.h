/*
 * sim_auth.h - the toy Kerberos of a phone: auth.h without a cipher.  No secret is kept from
 * anybody, but every side really checks what the other says: names, passwords, tickets and
 * their times, clocks, and MICs that depend on key, direction and bytes.
 *
 * What it answers, numbers and texts, is what emulator/auth answers
 * (tests/unit/test_sim_auth_worlds.c tells both the same stories).
 */
#ifndef SIM_SIM_AUTH_H
#define SIM_SIM_AUTH_H
#include "auth.h"
#include "sim.h"

struct sim_auth;

struct sim_auth_cfg { /* texts are copied */
	const char *user, *realm, *password;
	/* The host's clock, lent; NULL: no time passes, tickets never end and nobody's clock is
	 * wrong. */
	const struct sim *world;
};

/* A phone's.  0 or -ENOMEM. */
int sim_auth_make(const struct sim_auth_cfg *, struct auth **out);
/* Asserts that every talk and every context has been dropped.  NULL is fine. */
void sim_auth_unmake(struct auth *);

/* ---- for tests ---- */

/* Without a world. */
struct sim_auth *sim_auth_new(const char *user, const char *realm, const char *password);
void sim_auth_free(struct sim_auth *);
struct auth *sim_auth(struct sim_auth *);

/* Pretend that the phone has logged in / has a ticket for this service. */
void sim_auth_logged_in(struct sim_auth *);
void sim_auth_has_ticket(struct sim_auth *, const char *spn);
/* Append the token that such a phone would show: "SPNEGO HTTP/dc01.contoso.com
 * phone00001@CONTOSO.COM"; PLAIN is negotiate_plain()'s, RAW is sign_open()'s.  What does not
 * read like that is appended as it stands. */
void sim_auth_token(const char *like, struct buf *out);
/* What auth->clock() said last; how often it was made to forget. */
int64_t sim_auth_clock(const struct sim_auth *);
unsigned sim_auth_forgets(const struct sim_auth *);

#endif
