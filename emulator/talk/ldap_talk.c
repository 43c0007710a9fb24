/* ldap_talk.c - see ldap_talk.h. */
#include "ldap_talk.h"

#include <errno.h>
#include <stdio.h>

void
ldap_talk_init(
    struct ldap_talk *t, const struct talk_cfg *cfg, struct io_handle *conn, int first_id)
{
	*t = (struct ldap_talk){ .cfg = *cfg, .conn = conn, .id = first_id };
	buf_init(&t->in, 2 * LDAP_MSG_MAX);
}

/* Send what was encoded, if it was. */
static int
ldap_talk_send(struct ldap_talk *t, struct buf *message, int err)
{
	if (err == 0)
		err = t->cfg.io->ops->send(t->conn, buf_bytes(message));
	buf_done(message);
	return err;
}

int
ldap_talk_bind(struct ldap_talk *t, const char *mechanism, struct span creds)
{
	struct buf message = { .max = LDAP_MSG_MAX };
	char what[48];

	snprintf(what, sizeof what, "bind %s", mechanism);
	talk_note(&t->cfg, TALK_LDAP_OP, what);
	/* Without a search under way the answer must be a BindResponse. */
	t->query = NULL;
	t->id++;
	return ldap_talk_send(
	    t, &message, ldap_msg_bind_sasl(&message, t->id, mechanism, creds));
}

/* A page of the search, from the cookie on: a request with an id of its own.  RFC 2696. */
static int
ldap_talk_page(struct ldap_talk *t, struct span cookie)
{
	struct buf message = { .max = LDAP_MSG_MAX };
	struct ldap_search q = *t->query;

	q.cookie = cookie;
	t->id++;
	return ldap_talk_send(t, &message, ldap_msg_search(&message, t->id, &q));
}

int
ldap_talk_search(struct ldap_talk *t, const struct ldap_search *query)
{
	char what[96];

	snprintf(what, sizeof what, "search (%s=%s)", query->attr,
	    query->value != NULL ? query->value : "*");
	talk_note(&t->cfg, TALK_LDAP_OP, what);
	t->query = query;
	t->entries = 0;
	return ldap_talk_page(t, (struct span){ NULL, 0 });
}

/* Nothing answers it: RFC 4511 section 4.3. */
int
ldap_talk_unbind(struct ldap_talk *t)
{
	struct buf message = { .max = LDAP_MSG_MAX };

	talk_note(&t->cfg, TALK_LDAP_OP, "unbind");
	t->id++;
	return ldap_talk_send(t, &message, ldap_msg_unbind(&message, t->id));
}

int
ldap_talk_bytes(struct ldap_talk *t, struct span bytes)
{
	buf_span(&t->in, bytes);
	return t->in.err == -ENOBUFS ? -EMSGSIZE : t->in.err;
}

/* Cut the next whole message off what has come. */
static int
ldap_talk_take(struct ldap_talk *t, struct ldap_msg *m)
{
	size_t n;
	int err;

	/* The message lent last may go now. */
	buf_eat(&t->in, t->taken);
	t->taken = 0;
	err = ldap_msg_length(buf_bytes(&t->in), &n);
	if (err != 0)
		return err;
	if (t->in.n < n)
		return -EAGAIN;
	err = ldap_msg_decode((struct span){ t->in.p, n }, m);
	t->taken = n;
	return err;
}

/* Does it answer what was asked?  0 for the caller, -EAGAIN to go on with the next message. */
static int
ldap_talk_judge(struct ldap_talk *t, const struct ldap_msg *m)
{
	int err;

	if (t->query == NULL)
		return m->op == LDAP_BIND_RESPONSE ? 0 : -EPROTO;
	switch (m->op) {
	case LDAP_SEARCH_REFERENCE:
		return -EAGAIN;
	case LDAP_SEARCH_ENTRY:
		return ++t->entries <= LDAP_TALK_ENTRIES ? 0 : -EMSGSIZE;
	case LDAP_SEARCH_DONE:
		/* The last page, a refusal, or a search without pages. */
		if (t->query->page == 0 || m->result.code != LDAP_SUCCESS ||
		    m->result.cookie.n == 0)
			return 0;
		/* Empty pages count too, or they could go on for ever. */
		if (++t->entries > LDAP_TALK_ENTRIES)
			return -EMSGSIZE;
		err = ldap_talk_page(t, m->result.cookie);
		return err != 0 ? err : -EAGAIN;
	case LDAP_BIND_REQUEST:
	case LDAP_BIND_RESPONSE:
	case LDAP_UNBIND:
	case LDAP_SEARCH_REQUEST:
	case LDAP_ABANDON:
	case LDAP_EXTENDED_REQUEST:
	case LDAP_EXTENDED_RESPONSE:
		break;
	}
	return -EPROTO;
}

int
ldap_talk_next(struct ldap_talk *t, struct ldap_msg *out)
{
	struct ldap_msg m;
	int err;

	do {
		err = ldap_talk_take(t, &m);
		if (err != 0)
			return err;
		/* Unsolicited, section 4.4.1: the only one there is says goodbye. */
		if (m.id == 0)
			return -ECONNRESET;
		if (m.id != t->id)
			return -EPROTO;
		err = ldap_talk_judge(t, &m);
	} while (err == -EAGAIN);
	if (err != 0)
		return err;
	if (m.op != LDAP_SEARCH_ENTRY) {
		char code[16];

		snprintf(code, sizeof code, "%d", m.result.code);
		talk_note(&t->cfg, TALK_LDAP_RESULT, code);
	}
	*out = m;
	return 0;
}

void
ldap_talk_drop(struct ldap_talk *t)
{
	buf_done(&t->in);
	t->taken = 0;
}
