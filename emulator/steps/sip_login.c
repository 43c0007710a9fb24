/*
 * sip_login.c - signing in with Kerberos; [MS-SIPAE] 3.2.
 *
 * In the order of the wire: REGISTER without credentials, 401, TGS for the
 * target, REGISTER with the token, signed 200.  A director answers the last one with 301: the
 * facts then name the home pool and the line is closed, so that the next try begins there.
 */
#include "sip_login.h"

#include <errno.h>
#include <string.h>

#include "lookup.h"
#include "sip_status.h"
#include "step_talk.h"
#include "text.h"

enum { SIPS_PORT = 5061 };

/* ---- REGISTER ----------------------------------------------------------- */

/* Of the REGISTER without credentials only the method is noted: the signed one has every
 * header that is worth a comparison. */
static enum verdict
login_register(struct step *s, struct sip_login *l, enum sip_login_at at)
{
	int err;

	l->at = at;
	sip_note_sent(s, at != LOGIN_BARE);
	err = line_register(s->line, step_owner(s), 0);
	sip_note_no_more(s);
	return err != 0 ? step_lost(s, err) : STEP_WAIT;
}

enum verdict
sip_login_start(struct step *s, struct sip_login *l)
{
	/* While the signing context holds, a refresh goes out signed and is not challenged. */
	if (line_is_registered(s->line) && !line_sign_is_old(s->line))
		return login_register(s, l, LOGIN_REFRESH);
	line_unsign(s->line);
	return login_register(s, l, LOGIN_BARE);
}

/* ---- 401, the ticket ---------------------------------------------------- */

static enum verdict
login_on_ticket(struct step *s, struct sip_login *l, enum talk_state state)
{
	if (state == TALK_WAIT)
		return STEP_WAIT;
	if (state == TALK_FAILED)
		return step_talk_lost(s, l->talk.ticket.err, l->talk.ticket.detail);
	return login_register(s, l, LOGIN_SIGNED);
}

static enum verdict
login_on_challenge(struct step *s, struct sip_login *l, const struct sip_msg *m)
{
	struct talk_cfg cfg = step_talk(s);
	int err;

	/* The token did not convince: another one from the same ticket would not either. */
	if (l->at == LOGIN_SIGNED)
		return sip_refused(s, m);
	err = line_challenged(s->line, m);
	if (err == -ENOTSUP)
		return step_fail(s, WHY_AUTH, "sip:401 without Kerberos");
	if (err != 0)
		return step_lost(s, err);

	seen_text(s->seen, SEEN_SIP_SCHEME, span_of("Kerberos"));
	seen_num(s->seen, SEEN_SIP_VERSION, line_version(s->line));
	/* The challenge has named the service; the ticket for it may be there already. */
	l->at = LOGIN_TICKET;
	memset(&l->talk, 0, sizeof l->talk);
	return login_on_ticket(
	    s, l, ticket_talk_ticket(&l->talk.ticket, &cfg, line_target(s->line)));
}

/* ---- 301, the home pool ------------------------------------------------- */

/* The facts change, and the line goes: there is nothing more to say to this server. */
static enum verdict
login_go_home(struct step *s, struct sip_login *l, uint32_t ip)
{
	struct facts *f = s->facts;

	memset(f->pool, 0, sizeof f->pool);
	memcpy(f->pool[0].name, l->talk.home.host, sizeof f->pool[0].name);
	f->pool[0].ip = ip;
	f->pool[0].port = l->talk.home.port;
	f->n_pools = 1;
	f->pool_at = 0;
	f->redirected = true;
	line_close(s->line);
	s->at_once = true;
	return step_retry(s, WHY_NOT_FOUND, "sip:301 %.64s", f->pool[0].name);
}

static enum verdict
login_on_home(struct step *s, struct sip_login *l, enum talk_state state)
{
	if (state == TALK_WAIT)
		return STEP_WAIT;
	if (state == TALK_FAILED)
		return lookup_lost(s, &l->talk.home.dns);
	return login_go_home(s, l, l->talk.home.dns.found[0].ip);
}

static enum verdict
login_on_redirect(struct step *s, struct sip_login *l, const struct sip_msg *m)
{
	struct sip_addr contact;
	struct sip_uri uri;
	uint32_t ip;

	memset(&l->talk, 0, sizeof l->talk);
	if (sip_msg_addr(m, "Contact", &contact) != 0 ||
	    sip_uri_parse(contact.uri, &uri) != 0 ||
	    text_copy(l->talk.home.host, sizeof l->talk.home.host, uri.host) != 0)
		return step_fail(s, WHY_BAD_REPLY, "sip:%d without a pool", m->status);

	l->talk.home.port = uri.port != 0 ? uri.port : SIPS_PORT;
	/* A pool named by its address needs no DNS. */
	if (text_ip(uri.host, &ip) == 0)
		return login_go_home(s, l, ip);
	l->at = LOGIN_HOME;
	return login_on_home(
	    s, l, lookup_start(s, &l->talk.home.dns, l->talk.home.host, DNS_A));
}

/* ---- answers ------------------------------------------------------------ */

static enum verdict
login_on_registered(struct step *s, struct sip_login *l)
{
	const struct line_facts *f = line_facts(s->line);

	if (!line_is_registered(s->line))
		return step_retry(s, WHY_BAD_REPLY, "sip:200 without Expires");
	seen_num(s->seen, SEEN_SIP_EXPIRES, f->expires_s);

	/* "added" in answer to a refresh: the server had lost us, our dialogs are dead. */
	if (l->at == LOGIN_REFRESH && f->action != LINE_REFRESHED) {
		line_close(s->line);
		return step_fail(s, WHY_RESET, "sip:binding lost");
	}
	return STEP_DONE;
}

/* The server is in trouble: the next try goes to the next one. */
static void
login_turn_away(struct step *s)
{
	struct facts *f = s->facts;
	struct facts_target first = f->pool[0];

	if (f->n_pools > 1) {
		memmove(f->pool, f->pool + 1, (f->n_pools - 1u) * sizeof f->pool[0]);
		f->pool[f->n_pools - 1] = first;
	}
	line_close(s->line);
}

static enum verdict
login_on_answer(struct step *s, struct sip_login *l, const struct sip_msg *m)
{
	enum verdict v;

	seen_add_num(s->seen, SEEN_SIP_STATUS, (uint64_t)m->status);
	if (m->status < 300)
		return login_on_registered(s, l);
	if (m->status == 301 || m->status == 302)
		return login_on_redirect(s, l, m);
	if (m->status == 401 || m->status == 407)
		return login_on_challenge(s, l, m);
	/* A RETRY stands for the server's trouble, a FAIL for the user's. */
	v = sip_refused(s, m);
	if (v == STEP_RETRY)
		login_turn_away(s);
	return v;
}

enum verdict
sip_login_event(struct step *s, struct sip_login *l, const struct io_event *ev)
{
	const struct line_reply *r = line_reply(s->line);

	/* The line first: what it does not explain is of the ticket or of DNS. */
	if (r != NULL)
		return r->news == LINE_ANSWER ? login_on_answer(s, l, r->msg)
					      : sip_unanswered(s, r);
	if (l->at == LOGIN_TICKET)
		return login_on_ticket(s, l, ticket_talk_event(&l->talk.ticket, ev));
	if (l->at == LOGIN_HOME)
		return login_on_home(s, l, dns_talk_event(&l->talk.home.dns, ev));
	return STEP_WAIT;
}

void
sip_login_cancel(struct step *s, struct sip_login *l)
{
	line_unwait(s->line, step_owner(s).arg);
	/* The talks share their memory: `at` says which one is in it. */
	if (l->at == LOGIN_TICKET || l->at == LOGIN_SIGNED)
		ticket_talk_drop(&l->talk.ticket);
	if (l->at == LOGIN_HOME)
		dns_talk_drop(&l->talk.home.dns);
}
