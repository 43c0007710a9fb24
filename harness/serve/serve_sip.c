/* serve_sip.c - connections of the front end: bytes in, messages to where they belong; see
 * serve_sip.h. */
#include "serve_sip.h"

#include <errno.h>
#include <string.h>

#include "mem.h"
#include "serve_sip_impl.h"

enum { EXPIRES_S = 7200, KEEP_ALIVE_S = 300, SIGNATURES = 4, INVALID_CLIENT = 17002 };

int
serve_sip_new(const struct serve_sip_cfg *cfg, struct serve_sip **out)
{
	struct serve_sip *s = mem_new(sizeof *s);
	struct buf target = { 0 };

	if (s == NULL)
		return -ENOMEM;
	s->cfg = *cfg;
	/* What the configuration leaves out. */
	s->cfg.version = cfg->version ? cfg->version : SIGNATURES;
	s->cfg.expires_s = cfg->expires_s ? cfg->expires_s : EXPIRES_S;
	s->cfg.keep_alive_s = cfg->keep_alive_s ? cfg->keep_alive_s : KEEP_ALIVE_S;
	s->cfg.grace_s = cfg->grace_s ? cfg->grace_s : (s->cfg.keep_alive_s + 1) / 2;
	rng_seed(&s->rng, cfg->seed, 0x51b);
	s->next_cid = 0x100;

	s->n_buckets = cfg->n_users > SIP_BUCKETS_MIN ? (size_t)cfg->n_users : SIP_BUCKETS_MIN;
	s->buckets = mem_new(s->n_buckets * sizeof *s->buckets);
	buf_printf(&target, "sip/%s", cfg->fqdn);
	s->target = mem_copy(target.p, target.n);
	buf_done(&target);
	if (s->buckets == NULL || s->target == NULL) {
		mem_free(s->buckets);
		mem_free(s->target);
		mem_free(s);
		return -ENOMEM;
	}
	for (size_t i = 0; i < s->n_buckets; i++)
		list_init(&s->buckets[i]);
	*out = s;
	return 0;
}

void
serve_sip_free(struct serve_sip *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n_buckets; i++)
		while (!list_empty(&s->buckets[i]))
			sip_binding_free(
			    s, LIST_ITEM(s->buckets[i].next, struct sip_binding, bucket));
	mem_free(s->buckets);
	mem_free(s->target);
	mem_free(s);
}

const struct serve_sip_stats *
serve_sip_stats(const struct serve_sip *s)
{
	return &s->stats;
}

/* ---- connections -------------------------------------------------------- */

int
serve_sip_open(struct serve_sip *s, uint32_t ip, uint16_t port, uint64_t now_us, void *face,
    struct serve_sip_conn **out)
{
	struct serve_sip_conn *c = mem_new(sizeof *c);

	if (c == NULL)
		return -ENOMEM;
	c->s = s;
	c->face = face;
	c->ip = ip;
	c->port = port;
	c->cid = s->next_cid++;
	c->heard_us = now_us;
	sip_random_hex(s, c->tag, SIP_TAG_SIZE - 1);
	s->stats.connections++;
	*out = c;
	return 0;
}

void
serve_sip_close(struct serve_sip_conn *c)
{
	if (c == NULL)
		return;
	c->s->stats.connections--;
	sip_context_drop(c);
	/* The registration outlives its connection, until the phone comes back or it
	 * expires. */
	if (c->binding != NULL)
		c->binding->conn = NULL;
	sip_stream_done(&c->in);
	mem_free(c);
}

uint64_t
serve_sip_idle_at(const struct serve_sip_conn *c)
{
	const struct serve_sip_cfg *cfg = &c->s->cfg;

	/* The client was told keep_alive_s; a late one is forgiven for a while. */
	return c->heard_us + ((uint64_t)cfg->keep_alive_s + cfg->grace_s) * 1000000;
}

bool
serve_sip_idle(const struct serve_sip_conn *c, uint64_t now_us)
{
	return now_us > serve_sip_idle_at(c);
}

void
serve_sip_refuse(struct serve_sip *s, int status, uint32_t retry_after_s)
{
	s->refuse = status;
	s->retry_after_s = retry_after_s;
}

void *
serve_sip_face(const struct serve_sip_conn *c)
{
	return c->face;
}

/* ---- messages ----------------------------------------------------------- */

/* Without these nothing can be answered. */
static bool
sip_turn_begin(struct sip_turn *t)
{
	struct span method;
	uint32_t cseq;

	return sip_msg_get(t->msg, "Call-ID", 0).n > 0 && sip_msg_get(t->msg, "Via", 0).n > 0 &&
	    sip_msg_cseq(t->msg, &cseq, &method) == 0 && span_eq(method, t->msg->method) &&
	    sip_msg_addr(t->msg, "From", &t->from) == 0 &&
	    sip_msg_addr(t->msg, "To", &t->to) == 0 &&
	    sip_uri_parse(t->from.uri, &t->user) == 0;
}

/* SERVICE gets its 200 and is forgotten: presence is published to nobody here. */
static void
sip_dispatch(struct sip_turn *t)
{
	struct span method = t->msg->method;

	if (span_is(method, "REGISTER"))
		sip_register(t);
	else if (span_is(method, "SUBSCRIBE"))
		sip_subscribe(t);
	else if (span_is(method, "SERVICE") || span_is(method, "OPTIONS"))
		sip_answer(t, 200, 0, NULL);
	/* There are no dialogs of the client's here but its subscriptions. */
	else if (span_is(method, "BYE") || span_is(method, "NOTIFY"))
		sip_answer(t, 481, 0, NULL);
	else if (!span_is(method, "ACK") && !span_is(method, "CANCEL") &&
	    !span_is(method, "BENOTIFY"))
		sip_answer(t, 501, 0, NULL);
}

/* Whoever it is: the front end is in no state to serve, or does not like the client. */
static void
sip_refuse(struct sip_turn *t)
{
	const struct serve_sip *s = t->conn->s;

	if (span_is(t->msg->method, "ACK") || span_is(t->msg->method, "CANCEL"))
		return;
	sip_answer_begin(t, s->refuse);
	if (s->refuse == 403)
		sip_write(&t->head, "ms-diagnostics",
		    "%u;reason=\"Invalid client version\";source=\"%s\"", INVALID_CLIENT,
		    s->cfg.fqdn);
	if (s->retry_after_s != 0)
		sip_write(&t->head, "Retry-After", "%u", s->retry_after_s);
	sip_answer_end(t, NULL, (struct span){ NULL, 0 });
}

static int
sip_on_message(struct sip_turn *t)
{
	struct serve_sip_stats *stats = &t->conn->s->stats;

	/* An answer to our NOTIFY or OPTIONS: counted, nothing waits for it. */
	if (t->msg->status != 0) {
		stats->responses++;
		if (!sip_response_is_signed(t))
			stats->bad_signatures++;
		return 0;
	}
	stats->requests++;
	/* Not even a 400 could be addressed. */
	if (!sip_turn_begin(t)) {
		stats->garbage++;
		return -EBADMSG;
	}
	if (t->conn->s->refuse != 0)
		sip_refuse(t);
	else if (sip_authenticate(t))
		sip_dispatch(t);
	return t->err != 0 ? t->err : t->out->err;
}

static bool
is_keep_alive(struct span in)
{
	for (size_t i = 0; i < in.n; i++)
		if (in.p[i] != '\r' && in.p[i] != '\n')
			return false;
	return in.n > 0;
}

int
serve_sip_bytes(
    struct serve_sip_conn *c, struct span in, uint64_t now_us, int64_t wall_us, struct buf *out)
{
	struct sip_msg m;
	struct sip_turn t = {
		.conn = c, .msg = &m, .now_us = now_us, .wall_us = wall_us, .out = out
	};
	int err;

	c->heard_us = now_us;
	/* Line breaks between messages are a keep-alive; inside one they belong to it. */
	if (c->in.in.n == 0 && is_keep_alive(in)) {
		c->s->stats.keep_alives++;
		return 0;
	}
	err = sip_stream_put(&c->in, in);
	while (err == 0) {
		err = sip_stream_next(&c->in, &m);
		if (err == -EBADMSG || err == -EMSGSIZE)
			c->s->stats.garbage++;
		if (err == 0)
			err = sip_on_message(&t);
	}
	return err == -EAGAIN ? 0 : err;
}
