/*
 * step_ldap_bind.c - a ticket for the directory, its rootDSE, and a bind with
 * GSS-SPNEGO without a security layer.  RFC 4511, RFC 4513.
 *
 * needs  FACT_DC, FACT_TGT
 * gives  FACT_DIRECTORY: the bound connection is the stage's; facts->root_nc, config_nc
 */
#include <errno.h>
#include <string.h>

#include "dc_turn.h"
#include "directory.h"
#include "mem.h"
#include "step_talk.h"
#include "text.h"
#include "ticket_talk.h"

enum bind_phase { BIND_TICKET, BIND_CONNECT, BIND_ROOT_DSE, BIND_BIND };

enum { BIND_SPN_MAX = FACTS_NAME_MAX + 8, BIND_TOKEN_MAX = 1 << 15 };

struct bind_state {
	enum bind_phase phase;
	bool names_mechanisms, has_spnego;
	struct io_handle *conn;
	struct ticket_talk ticket;
	struct ldap_talk ldap;
};
_Static_assert(sizeof(struct bind_state) <= STEP_STATE_MAX, "fits the scratch");

static const char *const bind_wanted[] = { "defaultNamingContext", "configurationNamingContext",
	"rootDomainNamingContext", "supportedSASLMechanisms" };

static const struct ldap_search bind_root_dse = {
	.base = "",
	.scope = LDAP_BASE,
	.attr = "objectClass",
	.want = bind_wanted,
	.n_want = sizeof bind_wanted / sizeof bind_wanted[0],
};

static void
bind_spn(const struct step *s, char out[BIND_SPN_MAX])
{
	struct buf b;

	buf_over(&b, out, BIND_SPN_MAX);
	buf_printf(&b, "ldap/%s", s->facts->dc.name);
}

/* ---- the ticket ------------------------------------------------------------ */

static enum verdict
bind_connect(struct step *s)
{
	struct bind_state *b = s->state;
	struct io_stream_cfg to = { .to = { s->facts->dc.ip, DIRECTORY_PORT } };
	int err = step_stream(s, &to, &b->conn);

	b->phase = BIND_CONNECT;
	return err == 0 ? STEP_WAIT : step_lost(s, err);
}

static enum verdict
bind_on_ticket(struct step *s, enum talk_state state)
{
	const struct bind_state *b = s->state;

	switch (state) {
	case TALK_WAIT:
		return STEP_WAIT;
	case TALK_DONE:
		return bind_connect(s);
	case TALK_FAILED:
		break;
	}
	return step_talk_lost(s, b->ticket.err, b->ticket.detail);
}

static enum verdict
bind_start(struct step *s)
{
	struct bind_state *b = s->state;
	struct talk_cfg cfg;
	char spn[BIND_SPN_MAX];

	dc_turn(s);
	cfg = step_talk(s);
	bind_spn(s, spn);
	return bind_on_ticket(s, ticket_talk_ticket(&b->ticket, &cfg, spn));
}

/* ---- the rootDSE, which may be read without a name --------------------------- */

static enum verdict
bind_on_up(struct step *s)
{
	struct bind_state *b = s->state;
	struct talk_cfg cfg = step_talk(s);
	int err;

	ldap_talk_init(&b->ldap, &cfg, b->conn, DIRECTORY_ID_BIND);
	b->phase = BIND_ROOT_DSE;
	s->facts->config_nc[0] = s->facts->root_nc[0] = '\0';
	err = ldap_talk_search(&b->ldap, &bind_root_dse);
	return err == 0 ? STEP_WAIT : step_lost(s, err);
}

/* Keep what is ours of the rootDSE. */
static enum verdict
bind_on_root_dse(struct step *s, const struct ldap_entry *entry)
{
	struct bind_state *b = s->state;
	struct facts *f = s->facts;
	struct ldap_walk walk = { .attrs = entry->attrs };
	struct span type, value;
	int more, err = 0;

	while ((more = ldap_entry_next(&walk, &type, &value)) == 1 && err == 0) {
		if (ldap_attr_is(type, "configurationNamingContext"))
			err = text_copy(f->config_nc, sizeof f->config_nc, value);
		else if (ldap_attr_is(type, "rootDomainNamingContext"))
			err = text_copy(f->root_nc, sizeof f->root_nc, value);
		else if (ldap_attr_is(type, "supportedSASLMechanisms")) {
			b->names_mechanisms = true;
			b->has_spnego |= span_is_nocase(value, "GSS-SPNEGO");
		}
	}
	if (err != 0)
		return step_fail(s, WHY_BAD_REPLY, "ldap:name too long");
	return more == 0 ? STEP_WAIT : step_lost(s, more);
}

/* ---- the bind ------------------------------------------------------------------ */

/* The token is made now: what it says of the time must be fresh. */
static enum verdict
bind_bind(struct step *s)
{
	struct bind_state *b = s->state;
	struct buf token = { .max = BIND_TOKEN_MAX };
	char spn[BIND_SPN_MAX];
	int err;

	if (s->facts->config_nc[0] == '\0')
		return step_fail(s, WHY_NOT_FOUND, "ldap:no configurationNamingContext");
	/* A rootDSE without a list proves nothing; one with a list must name ours. */
	if (b->names_mechanisms && !b->has_spnego)
		return step_fail(s, WHY_AUTH, "ldap:no GSS-SPNEGO");

	bind_spn(s, spn);
	b->phase = BIND_BIND;
	err = s->auth->ops->negotiate_plain(s->auth, spn, &token);
	if (err == 0)
		err = ldap_talk_bind(&b->ldap, "GSS-SPNEGO", buf_bytes(&token));
	mem_wipe(token.p, token.n);
	buf_done(&token);
	return err == 0 ? STEP_WAIT : step_lost(s, err);
}

static enum verdict
bind_on_message(struct step *s, const struct ldap_msg *m)
{
	struct bind_state *b = s->state;

	if (m->op == LDAP_SEARCH_ENTRY)
		return bind_on_root_dse(s, &m->entry);
	/* bindInProgress among them: Kerberos has said all it has to say in its one token. */
	if (m->result.code != LDAP_SUCCESS)
		return directory_refused(s, &m->result);
	if (b->phase == BIND_ROOT_DSE)
		return bind_bind(s);
	/* The next row searches over this connection. */
	step_hold(s, b->conn);
	return STEP_DONE;
}

/* What comes may be several messages, or a part of one. */
static enum verdict
bind_on_bytes(struct step *s, struct span bytes)
{
	struct bind_state *b = s->state;
	enum verdict v = STEP_WAIT;
	struct ldap_msg m;
	int err = ldap_talk_bytes(&b->ldap, bytes);

	while (err == 0 && v == STEP_WAIT) {
		err = ldap_talk_next(&b->ldap, &m);
		if (err == 0)
			v = bind_on_message(s, &m);
	}
	return err == 0 || err == -EAGAIN ? v : step_lost(s, err);
}

static enum verdict
bind_event(struct step *s, const struct io_event *ev)
{
	struct bind_state *b = s->state;

	if (b->phase == BIND_TICKET)
		return bind_on_ticket(s, ticket_talk_event(&b->ticket, ev));
	if (ev->h != b->conn)
		return STEP_WAIT;
	switch (ev->kind) {
	case IO_UP:
		return bind_on_up(s);
	case IO_BYTES:
		return bind_on_bytes(s, ev->bytes);
	case IO_DOWN:
		return step_lost(s, ev->err);
	case IO_ALARM:
	case IO_PACKET:
	case IO_HEAD:
	case IO_BODY:
	case IO_WHOLE:
		break;
	}
	return STEP_WAIT;
}

static void
bind_cancel(struct step *s)
{
	struct bind_state *b = s->state;

	ticket_talk_drop(&b->ticket);
	ldap_talk_drop(&b->ldap);
}

const struct step_ops step_ldap_bind = {
	.name = "ldap_bind",
	.state_size = sizeof(struct bind_state),
	.start = bind_start,
	.event = bind_event,
	.cancel = bind_cancel,
};
