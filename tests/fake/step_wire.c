/* step_wire.c - see step_wire.h. */
#include "step_wire.h"

#include <stdio.h>
#include <string.h>

#include "io.h"

enum { HANDLES = 512 };

/* io.h's ops with an ear in between; send() and ask() know only their handle. */
struct tap {
	struct io_ops ops;
	const struct io_ops *real;
	struct io *io;
	struct step_case *to;
	struct io_handle *h[HANDLES];
	char what[HANDLES][12];
	size_t n;
};
static struct tap tap;

static void
heard(const char *what, const char *mark)
{
	struct step_case *c = tap.to;
	struct step_sent *s = &c->sent[c->n_sent];
	uint64_t now = tap.real->now_us(tap.io);

	if (now < c->started_us || c->n_sent == STEP_CASE_SENT)
		return;
	*s = (struct step_sent){ .at_us = now, .row = c->r->phone[0].n_rows };
	(void)snprintf(s->what, sizeof s->what, "%.10s%s", what, mark);
	c->n_sent++;
}

/* Remember what this handle is called; the newest of an address that was used before counts. */
static void
named(struct io_handle *h, const char *kind, uint16_t port)
{
	size_t i = tap.n++ % HANDLES;

	tap.h[i] = h;
	(void)snprintf(tap.what[i], sizeof tap.what[i], port != 0 ? "%s%u" : "%s", kind, port);
}

static const char *
name_of(const struct io_handle *h)
{
	for (size_t i = tap.n; i > 0 && i + HANDLES > tap.n; i--)
		if (tap.h[(i - 1) % HANDLES] == h)
			return tap.what[(i - 1) % HANDLES];
	return "?";
}

static int
tap_dhcp(struct io *io, struct io_owner o, uint16_t vlan, struct io_handle **h)
{
	int err = tap.real->dhcp(io, o, vlan, h);

	if (err == 0)
		named(*h, "dhcp", 0);
	return err;
}

static int
tap_udp(struct io *io, struct io_owner o, struct io_addr to, struct io_handle **h)
{
	int err = tap.real->udp(io, o, to, h);

	if (err == 0)
		named(*h, "udp", to.port);
	return err;
}

static int
tap_stream(
    struct io *io, struct io_owner o, const struct io_stream_cfg *cfg, struct io_handle **h)
{
	int err = tap.real->stream(io, o, cfg, h);

	if (err == 0) {
		named(*h, cfg->tls ? "tls" : "tcp", cfg->to.port);
		heard(name_of(*h), "!");
	}
	return err;
}

static int
tap_http(
    struct io *io, struct io_owner o, const struct io_stream_cfg *cfg, struct io_handle **h)
{
	int err = tap.real->http(io, o, cfg, h);

	if (err == 0)
		named(*h, cfg->tls ? "https" : "http", cfg->to.port);
	return err;
}

/* A datagram that a stranger sends back at once: it must not be taken for the answer. */
static void
strange(struct io_handle *h, struct span bytes)
{
	struct step_case *c = tap.to;
	const char *what = name_of(h);

	if (c->stranger && tap.real->now_us(tap.io) >= c->started_us &&
	    (strncmp(what, "udp", 3) == 0 || strcmp(what, "dhcp") == 0))
		sim_packet_from(c->r->sim, h, (struct io_addr){ 0x0a4d4d4d, 4242 }, 1, bytes);
}

static int
tap_send(struct io_handle *h, struct span bytes)
{
	int err = tap.real->send(h, bytes);

	if (err == 0) {
		heard(name_of(h), "");
		strange(h, bytes);
	}
	return err;
}

static int
tap_ask(struct io_handle *h, const struct io_ask *ask)
{
	int err = tap.real->ask(h, ask);

	if (err == 0)
		heard(name_of(h), "");
	return err;
}

void
step_wire_on(struct step_case *c)
{
	struct io *io = c->r->phone[0].io;

	tap = (struct tap){ .ops = *io->ops, .real = io->ops, .io = io, .to = c };
	tap.ops.dhcp = tap_dhcp;
	tap.ops.udp = tap_udp;
	tap.ops.stream = tap_stream;
	tap.ops.http = tap_http;
	tap.ops.send = tap_send;
	tap.ops.ask = tap_ask;
	io->ops = &tap.ops;
}
