/* ticket_talk.c - see ticket_talk.h. */
#include "ticket_talk.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "krb_msg.h"

enum {
	TICKET_PORT = 88,
	TICKET_SENDS = 3,         /* over UDP */
	TICKET_WAIT_US = 1000000, /* for the first; doubled with each */
	TICKET_PREFIX = 4,        /* of a message over TCP: its length */
	TICKET_REPLY_MAX = 1 << 16
};

static enum talk_state
ticket_failed(struct ticket_talk *t, int err)
{
	ticket_talk_drop(t);
	t->err = err;
	return TALK_FAILED;
}

/* Note what kind of message this is; over TCP it has its length before it. */
static void
ticket_note(struct ticket_talk *t, struct span message)
{
	size_t skip = t->stream ? TICKET_PREFIX : 0;
	char name[KRB_MSG_NAME_MAX];

	if (message.n < skip)
		return;
	message = (struct span){ message.p + skip, message.n - skip };
	if (krb_msg_name(message, name) == 0)
		talk_note(&t->cfg, TALK_KRB_MESSAGE, name);
}

static void
ticket_hang_up(struct ticket_talk *t)
{
	if (t->conn != NULL)
		t->cfg.io->ops->close(t->conn);
	t->conn = NULL;
	buf_done(&t->reply);
}

/* (Re)open the way to the KDC: each packet has its own socket, so that a late answer to
 * another one never comes in. */
static int
ticket_open(struct ticket_talk *t)
{
	struct io *io = t->cfg.io;
	struct io_addr kdc = { t->cfg.kdc_ip, TICKET_PORT };
	struct io_stream_cfg stream = { .to = kdc };

	ticket_hang_up(t);
	buf_init(&t->reply, TICKET_REPLY_MAX);
	if (t->stream)
		return io->ops->stream(io, t->cfg.owner, &stream, &t->conn);
	return io->ops->udp(io, t->cfg.owner, kdc, &t->conn);
}

/* Send the packet over UDP and wait for longer each time. */
static enum talk_state
ticket_send(struct ticket_talk *t)
{
	struct io *io = t->cfg.io;
	int err = 0;

	if (t->sends == TICKET_SENDS)
		return ticket_failed(t, -ETIMEDOUT);
	if (t->alarm == NULL)
		err = io->ops->alarm(io, t->cfg.owner, &t->alarm);
	if (err == 0)
		err = io->ops->send(t->conn, t->packet);
	if (err != 0)
		return ticket_failed(t, err);
	io->ops->alarm_set(t->alarm, (uint64_t)TICKET_WAIT_US << t->sends);
	t->sends++;
	return TALK_WAIT;
}

/* KRB-ERROR 29 SVC_UNAVAILABLE and 60 GENERIC: the KDC is at fault, not the phone. */
static enum talk_state
ticket_refused(struct ticket_talk *t, const struct auth_out *out)
{
	t->krb_code = out->code;
	snprintf(t->detail, sizeof t->detail, "%s", out->text != NULL ? out->text : "");
	if (out->code == 0)
		return ticket_failed(t, -EBADMSG);
	return ticket_failed(t, out->code == 29 || out->code == 60 ? -EREMOTEIO : -EACCES);
}

/* Only our own realm's KDC is asked; the first packet says which that is. */
static bool
ticket_is_referral(struct ticket_talk *t, const char *realm)
{
	if (t->realm[0] == '\0')
		snprintf(t->realm, sizeof t->realm, "%s", realm);
	return strncmp(t->realm, realm, sizeof t->realm - 1) != 0;
}

/* Hand the KDC's reply to Kerberos, do what it says. */
static enum talk_state
ticket_next(struct ticket_talk *t, struct span reply)
{
	struct auth_out out = { 0 };
	int err;

	switch (t->cfg.auth->ops->next(t->talk, reply, &out)) {
	case AUTH_DONE:
		ticket_talk_drop(t);
		return TALK_DONE;
	case AUTH_FAILED:
		return ticket_refused(t, &out);
	case AUTH_SEND:
		break;
	}
	if (ticket_is_referral(t, out.realm)) {
		snprintf(t->detail, sizeof t->detail, "krb:referral to %.48s", out.realm);
		return ticket_failed(t, -ENOENT);
	}
	t->packet = out.packet;
	t->stream = out.stream;
	t->sends = 0;
	err = ticket_open(t);
	if (err != 0)
		return ticket_failed(t, err);
	ticket_note(t, t->packet);
	/* Over TCP it is sent when the connection is up. */
	return t->stream ? TALK_WAIT : ticket_send(t);
}

/* Kerberos speaks first: its first packet answers nothing. */
static enum talk_state
ticket_start(struct ticket_talk *t, int err)
{
	if (err != 0)
		return ticket_failed(t, err);
	return ticket_next(t, (struct span){ NULL, 0 });
}

enum talk_state
ticket_talk_login(struct ticket_talk *t, const struct talk_cfg *cfg)
{
	*t = (struct ticket_talk){ .cfg = *cfg };
	return ticket_start(t, cfg->auth->ops->login(cfg->auth, &t->talk));
}

enum talk_state
ticket_talk_ticket(struct ticket_talk *t, const struct talk_cfg *cfg, const char *spn)
{
	*t = (struct ticket_talk){ .cfg = *cfg };
	talk_note(cfg, TALK_SPN, spn);
	return ticket_start(t, cfg->auth->ops->ticket(cfg->auth, spn, &t->talk));
}

static enum talk_state
ticket_on_reply(struct ticket_talk *t, struct span reply)
{
	ticket_note(t, reply);
	return ticket_next(t, reply);
}

/* TCP: gather the length and as many bytes as it says.  RFC 4120 section 7.2.2. */
static enum talk_state
ticket_on_bytes(struct ticket_talk *t, struct span bytes)
{
	const uint8_t *p;
	uint32_t need;

	buf_span(&t->reply, bytes);
	if (t->reply.err != 0)
		return ticket_failed(t, t->reply.err == -ENOBUFS ? -EMSGSIZE : t->reply.err);
	if (t->reply.n < TICKET_PREFIX)
		return TALK_WAIT;
	p = t->reply.p;
	need = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	if (need > TICKET_REPLY_MAX - TICKET_PREFIX)
		return ticket_failed(t, -EMSGSIZE);
	if (t->reply.n < TICKET_PREFIX + need)
		return TALK_WAIT;

	return ticket_on_reply(t, (struct span){ p, TICKET_PREFIX + need });
}

/* The packet has its length in front already. */
static enum talk_state
ticket_on_up(struct ticket_talk *t)
{
	int err = t->cfg.io->ops->send(t->conn, t->packet);

	return err == 0 ? TALK_WAIT : ticket_failed(t, err);
}

enum talk_state
ticket_talk_event(struct ticket_talk *t, const struct io_event *ev)
{
	bool ours = ev->h != NULL && (ev->h == t->conn || ev->h == t->alarm);

	if (t->talk == NULL || !ours)
		return TALK_WAIT;
	switch (ev->kind) {
	case IO_ALARM:
		/* Over TCP it is one left from UDP: nothing is sent twice there. */
		return t->stream ? TALK_WAIT : ticket_send(t);
	case IO_PACKET:
		return ticket_on_reply(t, ev->bytes);
	case IO_UP:
		return ticket_on_up(t);
	case IO_BYTES:
		return ticket_on_bytes(t, ev->bytes);
	case IO_DOWN:
		return ticket_failed(t, ev->err != 0 ? ev->err : -ECONNRESET);
	case IO_HEAD:
	case IO_BODY:
	case IO_WHOLE:
		break;
	}
	return TALK_WAIT;
}

void
ticket_talk_drop(struct ticket_talk *t)
{
	if (t->talk != NULL)
		t->cfg.auth->ops->drop(t->talk);
	t->talk = NULL;
	ticket_hang_up(t);
	if (t->alarm != NULL)
		t->cfg.io->ops->close(t->alarm);
	t->alarm = NULL;
}
