/* fake_dns.c - see fake_dns.h. */
#include "fake_dns.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { DNS_PORT = 53, MS = 1000, RCODE_SERVFAIL = 2 };

static uint64_t
delay_of(const struct fake_dns *d, unsigned i)
{
	return d->server[i].delay_us != 0 ? d->server[i].delay_us : MS;
}

static void
remember(struct fake_dns *d, const char *name)
{
	size_t n = strlen(d->asked);

	(void)snprintf(d->asked + n, sizeof d->asked - n, "%s ", name);
}

/* The answer as the mood has it. */
static void
spoil(struct buf *b, enum fake_dns_mood mood)
{
	if (mood == FAKE_DNS_SERVFAIL) {
		b->p[3] = (uint8_t)((b->p[3] & 0xf0) | RCODE_SERVFAIL);
		b->p[7] = b->p[11] = 0;
	}
	if (mood == FAKE_DNS_WRONG_ID)
		b->p[0] ^= 1;
	if (mood == FAKE_DNS_OTHER_NAME)
		b->p[DNS_MSG_HEAD + 1] = 'q';
	if (mood == FAKE_DNS_TRUNCATED)
		b->p[2] |= 2;
	if (mood == FAKE_DNS_GARBAGE)
		b->n = 7;
}

static void
on_udp(void *arg, struct sim *f, const struct sim_call *call)
{
	struct fake_dns *d = arg;
	unsigned i = call->to.ip & 1;
	enum fake_dns_mood mood = d->server[i].mood;
	struct serve_dns_done done;
	struct buf b = { 0 };

	if (call->deed != SIM_SENT)
		return;
	d->server[i].udp++;
	assert(serve_dns_answer(d->serve, call->bytes, false, &b, &done) == 0);
	remember(d, done.name);
	if (mood == FAKE_DNS_REFUSED)
		sim_down(f, call->h, MS, -ECONNREFUSED, NULL);
	if (mood == FAKE_DNS_FORGED) {
		sim_packet(f, call->h, MS / 2, (struct span){ b.p, 9 });
		b.p[1] ^= 1;
		sim_packet(f, call->h, MS / 2, buf_bytes(&b));
		b.p[1] ^= 1;
	}
	spoil(&b, mood);
	if (mood != FAKE_DNS_SILENT && mood != FAKE_DNS_REFUSED)
		sim_packet(f, call->h, delay_of(d, i), buf_bytes(&b));
	buf_done(&b);
}

static void
on_tcp(void *arg, struct sim *f, const struct sim_call *call)
{
	struct fake_dns *d = arg;
	struct serve_dns_done done;
	struct buf b = { 0 };

	if (call->deed == SIM_OPENED) {
		buf_clear(&d->in);
		sim_up(f, call->h, MS, NULL);
	}
	if (call->deed != SIM_SENT)
		return;
	buf_span(&d->in, call->bytes);
	if (serve_dns_stream(d->serve, &d->in, &b, &done) != 1)
		return;
	d->server[call->to.ip & 1].tcp++;
	if (d->tcp_dies) {
		sim_bytes(f, call->h, MS, (struct span){ b.p, 10 });
		sim_down(f, call->h, MS, -ECONNRESET, NULL);
	} else if (d->tcp_crawls) {
		for (size_t i = 0; i < b.n; i++)
			sim_bytes(f, call->h, MS, (struct span){ b.p + i, 1 });
	} else {
		sim_bytes(f, call->h, MS, buf_bytes(&b));
	}
	buf_done(&b);
}

void
fake_dns_listen(
    struct fake_dns *d, struct sim *f, const struct serve_dns_record *zone, size_t n)
{
	int err = serve_dns_new(zone, n, 600, &d->serve);

	assert(err == 0);
	(void)err;
	sim_listen(f, SIM_UDP, DNS_PORT, on_udp, d);
	sim_listen(f, SIM_STREAM, DNS_PORT, on_tcp, d);
}

void
fake_dns_done(struct fake_dns *d)
{
	serve_dns_free(d->serve);
	buf_done(&d->in);
}
