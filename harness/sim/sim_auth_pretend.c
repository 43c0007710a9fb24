/*
 * sim_auth_pretend.c - for tests: phones of the toy Kerberos that have what no KDC gave them.
 * What a test lets fail by mem_fail_at() is not this.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "sim_auth_priv.h"

struct sim_auth *
sim_auth_new(const char *user, const char *realm, const char *password)
{
	const struct sim_auth_cfg cfg = { user, realm, password, NULL };
	long left = mem_fail_at(0);
	struct auth *auth = NULL;
	int rc = sim_auth_make(&cfg, &auth);

	assert(rc == 0);
	(void)mem_fail_at(left);
	return sim_auth_of(auth);
}

void
sim_auth_free(struct sim_auth *a)
{
	sim_auth_unmake(a != NULL ? &a->auth : NULL);
}

struct auth *
sim_auth(struct sim_auth *a)
{
	return &a->auth;
}

/* A ticket that no KDC gave: services' keys are no secret here. */
static void
pretend(struct sim_auth *a, const char *spn)
{
	struct sim_ticket t = {
		.client = span_of(a->user), .realm = span_of(a->realm), .spn = span_of(spn)
	};
	struct sim_kept kept = { 0 };
	long left = mem_fail_at(0);
	struct buf bytes = { 0 };
	int rc;

	sim_mic(t.client, "pretend", t.spn, t.session);
	memcpy(kept.session, t.session, SIM_KRB_KEY);
	sim_ticket_write(&bytes, &t, SIM_KRB_TICKET);
	rc = sim_tickets_put(&a->tickets, &kept, t.spn, buf_bytes(&bytes));
	assert(rc == 0);
	(void)mem_fail_at(left);
	buf_done(&bytes);
	a->logged_in = true;
}

void
sim_auth_logged_in(struct sim_auth *a)
{
	char krbtgt[SIM_KRB_NAME];

	pretend(a, sim_auth_krbtgt(a, krbtgt));
}

void
sim_auth_has_ticket(struct sim_auth *a, const char *spn)
{
	if (!a->logged_in)
		sim_auth_logged_in(a);
	pretend(a, spn);
}

void
sim_auth_token(const char *like, struct buf *out)
{
	char kind[8], spn[SIM_KRB_NAME], user[64], realm[64];
	struct buf shown = { 0 };
	struct sim_auth *a;
	long left;
	int err;

	if (sscanf(like, "%7s %191s %63[^@]@%63s", kind, spn, user, realm) != 4) {
		buf_text(out, like);
		return;
	}
	a = sim_auth_new(user, realm, "");
	sim_auth_has_ticket(a, spn);
	left = mem_fail_at(0);
	(void)sim_auth_show(a, kind, spn, &shown, out, &err);
	assert(err == 0);
	(void)mem_fail_at(left);
	buf_done(&shown);
	sim_auth_free(a);
}

int64_t
sim_auth_clock(const struct sim_auth *a)
{
	return a->clock;
}

unsigned
sim_auth_forgets(const struct sim_auth *a)
{
	return a->forgets;
}
