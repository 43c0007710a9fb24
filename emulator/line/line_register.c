/* line_register.c - REGISTER and what its 200 says, refresh, sign-out; [MS-SIPREGE] 3.1. */
#include <errno.h>
#include <string.h>

#include "epid.h"
#include "line_impl.h"
#include "mem.h"
#include "text.h"

/* ---- asking ------------------------------------------------------------- */

/* Contact and Supported say that we know GRUUs; the keep-alive is asked for, [MS-CONMGMT]. */
static int
line_write_register(struct line *l, struct line_call *c, struct span token)
{
	struct line_head head = { .method = "REGISTER",
		.cseq = ++l->cseq,
		.call_id = l->call_id,
		.from_tag = l->from_tag,
		.register_contact = true };
	struct buf b, uri = { 0 };
	int err;

	c->cseq = head.cseq;
	memcpy(c->call_id, l->call_id, sizeof c->call_id);
	buf_printf(&uri, "sip:%s", l->cfg.who.sip_domain);
	head.uri = buf_cstr(&uri);
	line_write_head(l, &b, &head);
	sip_write(&b, "Supported", "gruu-10, adhoclist, msrtc-event-categories");
	sip_write(&b, "Supported", "ms-forking");
	sip_write(&b, "ms-keep-alive", "UAC;hop-hop=yes");
	sip_write(&b, "Event", "registration");
	/* Otherwise no Expires: how long it lasts is the server's to say. */
	if (c->asked == ASKED_UNREGISTER)
		sip_write(&b, "Expires", "0");

	err = uri.err;
	buf_done(&uri);
	if (err != 0) {
		buf_done(&b);
		return err;
	}
	return line_send(l, &b, token, NULL, (struct span){ NULL, 0 });
}

/* RFC 3261 section 10.2: no second REGISTER before the first is answered. */
static struct line_call *
line_register_under_way(struct line *l)
{
	struct line_call *c = l->calls;

	while (c != NULL && c->asked != ASKED_REGISTER && c->asked != ASKED_UNREGISTER)
		c = c->next;
	return c;
}

/* Put a REGISTER on its way; a token is made if there is a challenge without a context. */
static int
line_ask_register(struct line *l, enum line_asked asked, const struct io_owner *owner, int tag)
{
	struct line_call *c = line_register_under_way(l);
	struct buf token = { 0 };
	int err = 0;

	if (l->h == NULL)
		return -ENOTCONN;
	if (c != NULL && c->fn != NULL)
		return -EBUSY;
	/* Nobody waits for that one any more: this one takes its place. */
	if (c != NULL)
		line_call_drop(l, c);

	/* Challenged, but no context yet: this REGISTER carries the token. */
	if (l->sa.version != 0 && l->sa.sa == NULL)
		err = line_sa_open(l, &token);
	c = err == 0 ? line_call_new(l, asked, owner, tag) : NULL;
	if (err == 0)
		err = c != NULL ? line_write_register(l, c, buf_bytes(&token)) : -ENOMEM;
	if (err != 0 && c != NULL)
		line_call_drop(l, c);
	/* The token is lost with this REGISTER: the next one makes another. */
	if (err != 0 && token.n > 0)
		line_sa_reopen(l);
	buf_done(&token);
	return err;
}

int
line_register(struct line *l, struct io_owner owner, int tag)
{
	return line_ask_register(l, ASKED_REGISTER, &owner, tag);
}

/* ---- the 200 ------------------------------------------------------------ */

/* Our own among the contacts of all the user's endpoints. */
static bool
line_own_contact(const struct line *l, const struct sip_msg *m, struct sip_addr *out)
{
	char epid[EPID_SIZE];
	struct span value, instance;

	(void)epid_of_mac(l->cfg.who.mac, epid);
	for (size_t i = 0; (value = sip_msg_get(m, "Contact", i)).p != NULL; i++)
		while (sip_addr_next(&value, out) == 0)
			if (sip_param(out->params, "+sip.instance", &instance) &&
			    epid_owns(span_of(epid), instance))
				return true;
	return false;
}

static void
line_set(char **at, struct span value)
{
	mem_free(*at);
	*at = line_keep(value);
}

/* All Allow-Events headers as one comma separated list. */
static void
line_set_allow_events(struct line *l, const struct sip_msg *m)
{
	struct buf all = { 0 };
	struct span value;

	for (size_t i = 0; (value = sip_msg_get(m, "Allow-Events", i)).p != NULL; i++) {
		buf_text(&all, i > 0 ? "," : "");
		buf_span(&all, value);
	}
	line_set(&l->allow_events, buf_bytes(&all));
	buf_done(&all);
}

/* "UAS; tcp=no; hop-hop=yes; end-end=no; timeout=300"; 0: nothing agreed.  A refresh that does
 * not speak of it leaves what was agreed for this connection. */
static uint32_t
keep_alive_timeout(const struct sip_msg *m, uint32_t agreed)
{
	struct span value = sip_msg_get(m, "ms-keep-alive", 0), side, timeout;
	uint64_t n;

	if (value.p == NULL)
		return agreed;
	side = span_trim(span_cut(&value, ';'));
	if (!span_is_nocase(side, "UAS") || !sip_param(value, "timeout", &timeout) ||
	    text_u64(timeout, 86400, &n) != 0)
		return 0;
	return (uint32_t)n;
}

static enum line_action
register_action(const struct sip_msg *m)
{
	struct span action;

	if (!sip_param(sip_msg_get(m, "presence-state", 0), "register-action", &action))
		return LINE_REFRESHED;
	if (span_is_nocase(action, "added"))
		return LINE_ADDED;
	return span_is_nocase(action, "fixed") ? LINE_FIXED : LINE_REFRESHED;
}

/* The Expires header; a server that has only the contact's parameter is understood too. */
static uint32_t
register_expires(const struct sip_msg *m, const struct sip_addr *own)
{
	struct span value = sip_msg_get(m, "Expires", 0);
	uint64_t n;

	if (value.p == NULL && own != NULL)
		(void)sip_param(own->params, "expires", &value);
	return text_u64(value, UINT32_MAX, &n) == 0 ? (uint32_t)n : 0;
}

void
line_registered(struct line *l, const struct sip_msg *m)
{
	struct sip_addr own;
	struct span gruu;
	bool found = line_own_contact(l, m, &own);

	l->facts = (struct line_facts){
		.expires_s = register_expires(m, found ? &own : NULL),
		.keep_alive_s = keep_alive_timeout(m, l->facts.keep_alive_s),
		.action = register_action(m),
		.remote_user =
		    span_is_nocase(sip_msg_get(m, "ms-user-logon-data", 0), "RemoteUser"),
		.registered_at_us = line_now(l),
	};
	l->registered = l->facts.expires_s > 0;
	/* What a refresh does not repeat stays as it was. */
	if (found && sip_param(own.params, "gruu", &gruu))
		line_set(&l->gruu, gruu);
	if (sip_msg_get(m, "Allow-Events", 0).p != NULL)
		line_set_allow_events(l, m);

	line_draw_quiet(l);
	/* The quiet time counts from what was sent last, not from this answer. */
	if (l->quiet_us != 0)
		line_wake_at(l, l->sent_us + l->quiet_us);
}

void
line_draw_quiet(struct line *l)
{
	const struct profile_sip *p = &l->cfg.who.profile->sip;
	uint32_t jitter = p->keep_alive_jitter_percent, percent = p->keep_alive_percent;

	/* Never so much jitter that the interval could become 0. */
	if (jitter >= percent)
		jitter = percent > 0 ? percent - 1 : 0;
	percent -= jitter;
	if (jitter > 0)
		percent += l->cfg.io->ops->random(l->cfg.io) % (2 * jitter + 1);
	/* Seconds times percent, in microseconds. */
	l->quiet_us = (uint64_t)l->facts.keep_alive_s * 10000 * percent;
}

bool
line_allows(const struct line *l, const char *event)
{
	struct span list = span_of(l->allow_events);

	while (list.n > 0)
		if (span_is_nocase(span_trim(span_cut(&list, ',')), event))
			return true;
	return false;
}

uint64_t
line_refresh_after_us(const struct line *l)
{
	uint32_t before = l->cfg.who.profile->sip.refresh_before_s, s = l->facts.expires_s;
	uint64_t due = l->facts.registered_at_us, now = line_now(l);

	if (!l->registered)
		return 0;
	/* A registration shorter than the lead time is refreshed at half of it. */
	due += (uint64_t)(s > before ? s - before : (s + 1) / 2) * 1000000;
	return due > now ? due - now : 1;
}

/* ---- signing out -------------------------------------------------------- */

int
line_sign_out(struct line *l, struct io_owner owner, int tag)
{
	int err = -ENOTCONN;

	if (l->h != NULL && l->registered) {
		/* The subscriptions first, while the registration they hang on is still
		 * there. */
		line_unsubscribe_all(l);
		err = line_ask_register(l, ASKED_UNREGISTER, &owner, tag);
	}
	if (err != 0)
		line_close(l);
	return err;
}
