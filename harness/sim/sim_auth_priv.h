/* sim_auth_priv.h - what the files of sim_auth share. */
#ifndef SIM_SIM_AUTH_PRIV_H
#define SIM_SIM_AUTH_PRIV_H
#include "sim_auth.h"
#include "sim_krb.h"
#include "sim_tickets.h"

struct sim_auth {
	struct auth auth; /* first */
	const struct sim *world;
	const char *user, *realm, *password;
	bool logged_in;
	struct sim_tickets tickets;
	int64_t clock;
	uint64_t nonce;
	unsigned forgets, talks, sas;
	char texts[];
};

static inline struct sim_auth *
sim_auth_of(struct auth *auth)
{
	return (struct sim_auth *)(void *)auth;
}

/* What time the phone believes it is; 0: it has no clock. */
int64_t sim_auth_now(const struct sim_auth *);

/* 0 or -EINVAL. */
int sim_auth_spn_is_good(const char *spn);

/* "krbtgt/CONTOSO.COM"; returns out. */
const char *sim_auth_krbtgt(const struct sim_auth *, char out[SIM_KRB_NAME]);

/* Append a token ("SPNEGO", "PLAIN", "RAW") for a service, and the authenticator in it to
 * `shown`.  The ticket it shows; NULL: there is none that holds, *err_out says what is wrong.
 */
const struct sim_kept *sim_auth_show(struct sim_auth *, const char *kind, const char *spn,
    struct buf *shown, struct buf *out, int *err_out);

/* ---- sim_auth_talk.c: conversations with the KDC, see auth.h ---- */

int sim_auth_login(struct auth *, struct auth_talk **);
int sim_auth_ticket(struct auth *, const char *spn, struct auth_talk **);
enum auth_next sim_auth_next(struct auth_talk *, struct span reply, struct auth_out *);
void sim_auth_drop(struct auth_talk *);

#endif
