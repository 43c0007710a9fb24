/*
 * sim_auth.h - a toy Kerberos for tests: auth.h for the phone, accept.h for a server, and a
 * KDC that answers in the fake world.  No cryptography, but every side really checks what the
 * other side says: names, passwords, tickets, and MICs that depend on key, direction and bytes.
 *
 * Packets look like Kerberos from the outside (krb_msg_name() can name them).
 */
#ifndef SIM_SIM_AUTH_H
#define SIM_SIM_AUTH_H
#include "accept.h"
#include "auth.h"
#include "sim.h"

struct sim_auth;

/* A phone's; texts are copied. */
struct sim_auth *sim_auth_new(const char *user, const char *realm, const char *password);
/* Asserts that every talk and every context has been dropped. */
void sim_auth_free(struct sim_auth *);
struct auth *sim_auth(struct sim_auth *);

/* Pretend that the phone has logged in / has a ticket for this service. */
void sim_auth_logged_in(struct sim_auth *);
void sim_auth_has_ticket(struct sim_auth *, const char *spn);
/* What auth->clock() said last; how often it was made to forget. */
int64_t sim_auth_clock(const struct sim_auth *);
unsigned sim_auth_forgets(const struct sim_auth *);

/*
 * The KDC: what it answers.  Zeroed but for the password it lets everybody in at
 * once.  Listens on port 88, UDP and TCP.
 */
struct sim_kdc {
	const char *password;
	const char *unknown_spn;  /* this service it does not know: KRB-ERROR 7 */
	int login_error;          /* != 0: refuses logins with this KRB-ERROR: 6, 18, 24, 37 */
	bool too_big;             /* every ticket needs TCP */
	bool silent;              /* hears and says nothing */
	unsigned packets, logins; /* counted */
	uint64_t delay_us;        /* of each answer */
};
void sim_kdc_listen(struct sim *, struct sim_kdc *);

/* The acceptor's side; knows every service and believes every well-made token but those for
 * `refused` (its SPN, may be NULL). */
struct acceptor *sim_acceptor_new(const char *refused);
void sim_acceptor_free(struct acceptor *);

#endif
