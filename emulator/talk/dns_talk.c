/* dns_talk.c - see dns_talk.h. */
#include "dns_talk.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dns_question.h"
#include "text.h"

enum { DNS_PORT = 53, TCP_MAX = UINT16_MAX + 2 };

/* ---- how it ends ----------------------------------------------------------------- */

static void
close_handle(struct dns_talk *t, struct io_handle **h)
{
	if (*h != NULL)
		t->cfg.io->ops->close(*h);
	*h = NULL;
}

static void
close_tcp(struct dns_talk *t)
{
	close_handle(t, &t->tcp);
	buf_done(&t->in);
}

void
dns_talk_drop(struct dns_talk *t)
{
	for (size_t i = 0; i < DNS_TALK_SERVERS; i++)
		close_handle(t, &t->udp[i]);
	close_tcp(t);
	close_handle(t, &t->alarm);
}

static enum talk_state
dns_fail(struct dns_talk *t, int err)
{
	dns_talk_drop(t);
	t->n_found = 0;
	t->err = err;
	return TALK_FAILED;
}

/* ---- asking ------------------------------------------------------------------------ */

static enum talk_state dns_next_name(struct dns_talk *, int err);

/* The server whose turn it is, or -1: each of them has failed this question. */
static int
next_server(const struct dns_talk *t)
{
	for (int i = 1; i <= DNS_TALK_SERVERS; i++) {
		int s = (t->server + i) % DNS_TALK_SERVERS;

		if (t->dns.servers[s] != 0 && !(t->out_of_it & 1 << s))
			return s;
	}
	return -1;
}

static unsigned
servers_left(const struct dns_talk *t)
{
	unsigned n = 0;

	for (int s = 0; s < DNS_TALK_SERVERS; s++)
		n += t->dns.servers[s] != 0 && !(t->out_of_it & 1 << s);
	return n;
}

/* No server is left to ask: what is the worst that was said? */
static enum talk_state
dns_exhausted(struct dns_talk *t)
{
	int err = servers_left(t) == 0 && t->refused ? -ECONNREFUSED : -ETIMEDOUT;

	if (t->failed)
		return dns_next_name(t, -EREMOTEIO);
	if (t->unreadable)
		err = -EBADMSG;
	/* One target's zone may be silent, another's not; for a name silence is the end. */
	return t->looking_up ? dns_next_name(t, err) : dns_fail(t, err);
}

/* Open the server's socket if this is its first question. */
static int
dns_open(struct dns_talk *t, int server)
{
	struct io_addr to = { t->dns.servers[server], DNS_PORT };

	if (t->udp[server] != NULL)
		return 0;
	return t->cfg.io->ops->udp(t->cfg.io, t->cfg.owner, to, &t->udp[server]);
}

/* Send the question to the next server, or find that all have had their turns. */
static enum talk_state
dns_send(struct dns_talk *t)
{
	uint8_t memory[DNS_MSG_UDP_MAX];
	struct buf query;
	int err, s = next_server(t);

	if (s < 0 || t->sends >= t->dns.tries * servers_left(t))
		return dns_exhausted(t);
	buf_over(&query, memory, sizeof memory);
	err = dns_question_write(t, &query);
	if (err == -EINVAL) /* no such name can exist */
		return dns_next_name(t, -ENOENT);
	if (err == 0)
		err = dns_open(t, s);
	if (err == 0)
		err = t->cfg.io->ops->send(t->udp[s], buf_bytes(&query));
	if (err != 0)
		return dns_fail(t, err);

	t->server = (uint8_t)s;
	t->sends++;
	t->cfg.io->ops->alarm_set(t->alarm, (uint64_t)t->dns.timeout_ms * 1000);
	return TALK_WAIT;
}

/* Begin with a question: the first server first. */
static enum talk_state
dns_ask(struct dns_talk *t)
{
	close_tcp(t);
	t->id = (uint16_t)t->cfg.io->ops->random(t->cfg.io);
	t->sends = 0;
	t->out_of_it = 0;
	t->server = DNS_TALK_SERVERS - 1;
	t->failed = t->refused = t->unreadable = false;
	dns_question_note(t);
	return dns_send(t);
}

/* This server will not answer this question: ask the other one. */
static enum talk_state
dns_server_failed(struct dns_talk *t, int server)
{
	close_tcp(t);
	t->out_of_it |= (uint8_t)(1 << server);
	t->sends = 0;
	return dns_send(t);
}

/* ---- what was found ------------------------------------------------------------------ */

/* Look up the next target that came without its address. */
static enum talk_state
dns_next_target(struct dns_talk *t)
{
	for (; t->target < t->n_found; t->target++)
		if (t->found[t->target].ip == 0)
			return dns_ask(t);
	dns_talk_drop(t);
	return TALK_DONE;
}

/* A target without address is no use. */
static enum talk_state
dns_forget_target(struct dns_talk *t, int err)
{
	size_t at = t->target;

	memmove(&t->found[at], &t->found[at + 1], (t->n_found - at - 1) * sizeof t->found[0]);
	t->n_found--;
	if (t->n_found == 0)
		return dns_fail(t, err);
	return dns_next_target(t);
}

/* The name does not exist, or nobody can tell: the same with the next suffix. */
static enum talk_state
dns_next_name(struct dns_talk *t, int err)
{
	if (t->looking_up)
		return dns_forget_target(t, err);
	if (t->err != -EREMOTEIO)
		t->err = err;
	if (t->suffix >= t->dns.n_suffixes)
		return dns_fail(t, t->err);
	t->suffix++;
	return dns_ask(t);
}

static uint32_t
dns_chance(void *arg)
{
	struct io *io = arg;

	return io->ops->random(io);
}

/* Services: order them by priority and weight (RFC 2782), go on to their addresses. */
static enum talk_state
dns_take_services(struct dns_talk *t, struct span reply)
{
	struct dns_srv srv[DNS_MSG_SRV_MAX];
	char text[DNS_NAME_MAX + 8];
	size_t n = 0;
	int err = dns_msg_services(reply, srv, DNS_MSG_SRV_MAX, &n);

	if (err != 0)
		return err == -ENOENT ? dns_next_name(t, err) : dns_fail(t, err);
	dns_srv_order(srv, n, dns_chance, t->cfg.io);
	for (size_t i = 0; i < n && t->n_found < DNS_TALK_FOUND; i++) {
		struct dns_found *f = &t->found[t->n_found];

		if (text_copy(f->name, sizeof f->name, span_of(srv[i].target)) != 0)
			continue;
		f->ip = srv[i].ip;
		f->port = srv[i].port;
		t->n_found++;
		(void)snprintf(text, sizeof text, "%s:%u", f->name, f->port);
		talk_note(&t->cfg, TALK_DNS_ANSWER, text);
	}
	if (t->n_found == 0)
		return dns_next_name(t, -ENOENT);
	t->looking_up = true;
	return dns_next_target(t);
}

/* An address: of the host asked for, or of a target. */
static enum talk_state
dns_take_address(struct dns_talk *t, struct span reply)
{
	struct dns_found *f = &t->found[t->looking_up ? t->target : 0];
	char text[TEXT_IP_MAX], name[DNS_NAME_MAX];
	size_t n = 0;
	int err = dns_msg_addresses(reply, &f->ip, 1, &n);

	if (err != 0)
		return err == -ENOENT ? dns_next_name(t, err) : dns_fail(t, err);
	talk_note(&t->cfg, TALK_DNS_ANSWER, text_ip_str(f->ip, text));
	if (t->looking_up)
		return dns_next_target(t);

	if (dns_question_name(t, name) != 0 ||
	    text_copy(f->name, sizeof f->name, span_of(name)) != 0)
		return dns_fail(t, -EBADMSG);
	t->n_found = 1;
	dns_talk_drop(t);
	return TALK_DONE;
}

/* ---- answers --------------------------------------------------------------------------- */

/* Truncated: the same question over TCP, to the server that had too much to say. */
static enum talk_state
dns_go_tcp(struct dns_talk *t, int server)
{
	struct io_stream_cfg cfg = { .to = { t->dns.servers[server], DNS_PORT } };
	int err = t->cfg.io->ops->stream(t->cfg.io, t->cfg.owner, &cfg, &t->tcp);

	if (err != 0)
		return dns_fail(t, err);
	t->server = (uint8_t)server;
	buf_init(&t->in, TCP_MAX);
	t->cfg.io->ops->alarm_set(t->alarm, (uint64_t)t->dns.timeout_ms * 1000);
	return TALK_WAIT;
}

/* Is it an answer to the question that is out?  Then it may settle it. */
static enum talk_state
dns_on_reply(struct dns_talk *t, int server, struct span reply)
{
	char name[DNS_NAME_MAX];
	int err;

	if (dns_question_name(t, name) != 0)
		return TALK_WAIT;
	err = dns_msg_check(reply, t->id, name, dns_question_type(t));
	switch (err) {
	case 0:
		return dns_question_type(t) == DNS_SRV ? dns_take_services(t, reply)
						       : dns_take_address(t, reply);
	case -EMSGSIZE:
		return t->tcp == NULL ? dns_go_tcp(t, server) : dns_server_failed(t, server);
	case -ENOENT:
		t->rcode = dns_msg_rcode(reply);
		talk_note(&t->cfg, TALK_DNS_ANSWER, t->rcode);
		return dns_next_name(t, err);
	case -EREMOTEIO:
		t->rcode = dns_msg_rcode(reply);
		t->failed = true;
		talk_note(&t->cfg, TALK_DNS_ANSWER, t->rcode);
		return dns_server_failed(t, server);
	default:
		/* Late, forged or garbage: the real answer may still come. */
		t->unreadable = t->unreadable || err == -EBADMSG;
		return TALK_WAIT;
	}
}

/* Connected: the question with its length in front.  RFC 1035 section 4.2.2. */
static enum talk_state
dns_tcp_up(struct dns_talk *t)
{
	uint8_t memory[DNS_MSG_UDP_MAX];
	struct buf framed, query;
	int err;

	buf_over(&query, memory + 2, sizeof memory - 2);
	err = dns_question_write(t, &query);
	buf_over(&framed, memory, sizeof memory);
	buf_u16(&framed, (uint16_t)query.n);
	framed.n += query.n;
	if (err == 0)
		err = t->cfg.io->ops->send(t->tcp, buf_bytes(&framed));
	return err == 0 ? TALK_WAIT : dns_fail(t, err);
}

static enum talk_state
dns_tcp_bytes(struct dns_talk *t, struct span bytes)
{
	enum talk_state state;
	struct span in;
	size_t n;

	buf_span(&t->in, bytes);
	if (t->in.err != 0)
		return dns_server_failed(t, t->server);
	in = buf_bytes(&t->in);
	n = in.n < 2 ? 0 : (size_t)(in.p[0] << 8 | in.p[1]);
	if (in.n < 2 || in.n - 2 < n)
		return TALK_WAIT;

	/* Over TCP nobody else can have sent it: what is no answer is this server's fault. */
	state = dns_on_reply(t, t->server, (struct span){ in.p + 2, n });
	if (state == TALK_WAIT && t->tcp != NULL)
		return dns_server_failed(t, t->server);
	return state;
}

static enum talk_state
dns_tcp_event(struct dns_talk *t, const struct io_event *ev)
{
	if (ev->kind == IO_UP)
		return dns_tcp_up(t);
	if (ev->kind == IO_BYTES)
		return dns_tcp_bytes(t, ev->bytes);
	t->refused = true;
	return dns_server_failed(t, t->server);
}

enum talk_state
dns_talk_event(struct dns_talk *t, const struct io_event *ev)
{
	if (ev->h == NULL)
		return TALK_WAIT;
	if (ev->h == t->alarm)
		return t->tcp != NULL ? dns_server_failed(t, t->server) : dns_send(t);
	if (ev->h == t->tcp)
		return dns_tcp_event(t, ev);

	for (int s = 0; s < DNS_TALK_SERVERS; s++) {
		if (ev->h != t->udp[s])
			continue;
		if (ev->kind == IO_DOWN) {
			close_handle(t, &t->udp[s]);
			t->refused = true;
			return dns_server_failed(t, s);
		}
		/* What a server adds while TCP is at work is late. */
		return t->tcp == NULL ? dns_on_reply(t, s, ev->bytes) : TALK_WAIT;
	}
	return TALK_WAIT;
}

enum talk_state
dns_talk_start(struct dns_talk *t, const struct talk_cfg *cfg, const struct dns_resolver *dns,
    const char *name, enum dns_type type)
{
	int err;

	*t =
	    (struct dns_talk){ .cfg = *cfg, .dns = *dns, .asked = name, .type = (uint8_t)type };
	if (servers_left(t) == 0) {
		t->rcode = "no server";
		return dns_fail(t, -ENOENT);
	}
	err = cfg->io->ops->alarm(cfg->io, cfg->owner, &t->alarm);
	return err == 0 ? dns_ask(t) : dns_fail(t, err);
}
