/* link_rig.c - see link_rig.h. */
#include "link_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "mem.h"

static const struct io_addr rig_server = { 0x0a280001, 88 };

static void
rig_text(char *to, struct span bytes)
{
	size_t n = bytes.n < LINK_RIG_BYTES ? bytes.n : LINK_RIG_BYTES;

	if (bytes.p != NULL)
		memcpy(to, bytes.p, n);
}

/* ---- the phone ---- */

static void
rig_on_event(void *arg, const struct io_event *ev)
{
	struct link_rig *r = arg;
	struct link_rig_event *e = &r->got[r->n_got++];

	assert_true(r->n_got <= LINK_RIG_EVENTS);
	*e = (struct link_rig_event){ .at_us = sim_clock_us(r->clock),
		.kind = ev->kind,
		.h = ev->h,
		.err = ev->err,
		.n = ev->bytes.n };
	rig_text(e->text, ev->bytes);
	if (ev->http != NULL) {
		e->status = ev->http->status;
		e->crc32 = ev->http->crc32;
	}
	if (ev->kind == IO_WHOLE)
		e->n = ev->http->body_n;
	if (r->close_early) {
		r->close_early = false;
		r->io->ops->close(ev->h);
	}
}

struct io_handle *
link_rig_udp(struct link_rig *r)
{
	struct io_handle *h = NULL;

	assert_int_equal(r->io->ops->udp(r->io, r->owner, rig_server, &h), 0);
	return h;
}

struct io_handle *
link_rig_dhcp(struct link_rig *r)
{
	struct io_handle *h = NULL;

	assert_int_equal(r->io->ops->dhcp(r->io, r->owner, 0, &h), 0);
	return h;
}

struct io_handle *
link_rig_stream(struct link_rig *r, bool tls)
{
	const struct io_stream_cfg cfg = { .to = rig_server, .tls = tls, .name = "server" };
	struct io_handle *h = NULL;

	assert_int_equal(r->io->ops->stream(r->io, r->owner, &cfg, &h), 0);
	return h;
}

struct io_handle *
link_rig_http(struct link_rig *r, bool tls)
{
	const struct io_stream_cfg cfg = { .to = rig_server, .tls = tls, .name = "server" };
	struct io_handle *h = NULL;

	assert_int_equal(r->io->ops->http(r->io, r->owner, &cfg, &h), 0);
	return h;
}

void
link_rig_send(struct link_rig *r, struct io_handle *h, const char *text)
{
	assert_int_equal(r->io->ops->send(h, span_of(text)), 0);
}

void
link_rig_ask(struct link_rig *r, struct io_handle *h, bool count)
{
	const struct io_ask ask = {
		.method = "GET", .path = "/", .reply = count ? IO_COUNT : IO_LEND
	};

	assert_int_equal(r->io->ops->ask(h, &ask), 0);
}

/* ---- the server ---- */

static void
rig_answer(struct link_rig *r, const struct sim_call *c)
{
	if (c->deed == SIM_OPENED && c->type == SIM_STREAM)
		sim_up(r->sim, c->h, 0, NULL);
	else if (c->deed == SIM_SENT && c->type == SIM_STREAM)
		sim_bytes(r->sim, c->h, 0, c->bytes);
	else if (c->deed == SIM_SENT)
		sim_packet(r->sim, c->h, 0, c->bytes);
	else if (c->deed == SIM_ASKED)
		sim_http(r->sim, c->h, 0, 200, &(struct io_header){ "Server", "rig" }, 1,
		    r->body_n != 0 || r->no_body ? (struct span){ NULL, 0 } : span_of("hello"),
		    r->body_n);
}

static void
rig_on_deed(void *arg, struct sim *sim, const struct sim_call *c)
{
	struct link_rig *r = arg;
	struct link_rig_deed *d = &r->heard[r->n_heard++];

	assert_ptr_equal(sim, r->sim);
	assert_true(r->n_heard <= LINK_RIG_DEEDS);
	*d = (struct link_rig_deed){
		.at_us = sim_clock_us(r->clock), .deed = c->deed, .h = c->h
	};
	rig_text(d->text, c->bytes);
	if (!r->silent)
		rig_answer(r, c);
}

/* ---- all together ---- */

void
link_rig_open(struct link_rig *r, struct sim_link_cfg cfg, const struct fault *faults, size_t n)
{
	link_rig_open_over(r, cfg, faults, n, NULL);
}

void
link_rig_open_over(struct link_rig *r, struct sim_link_cfg cfg, const struct fault *faults,
    size_t n, const struct io_link *own)
{
	const struct sim_phone_cfg phone = {
		.seed = 1, .mac = { 2, 0, 0, 0, 0, 1 }, .link = own
	};

	*r = (struct link_rig){ .mem = mem_out() };
	if (cfg.name == NULL)
		cfg.name = "kdc";
	if (cfg.seed == 0)
		cfg.seed = 1;
	assert_true(n <= LINK_RIG_FAULTS);
	if (n > 0)
		memcpy(r->faults, faults, n * sizeof *faults);
	cfg.faults = r->faults;
	cfg.n_faults = n;
	assert_int_equal(sim_clock_new(&r->clock), 0);
	assert_int_equal(
	    sim_new_cfg(&(struct sim_cfg){ .clock = r->clock, .strict = true }, &r->sim), 0);
	assert_int_equal(sim_link_new(r->clock, &cfg, &r->link), 0);
	for (int type = SIM_DHCP; type <= SIM_HTTP; type++)
		assert_int_equal(
		    sim_listen_at(r->sim, (enum sim_type)type,
			type == SIM_DHCP ? (struct io_addr){ rig_server.ip, 67 } : rig_server,
			sim_link_way(r->link), rig_on_deed, r),
		    0);
	assert_int_equal(sim_phone_new(r->sim, &phone, &r->io), 0);
	assert_int_equal(r->io->ops->address(r->io, 0x0a400001, 0), 0);
	r->owner = (struct io_owner){ &r->scope, rig_on_event, r };
}

void
link_rig_close(struct link_rig *r)
{
	io_scope_close(r->io, &r->scope);
	assert_int_equal(sim_open(r->sim), 0);
	sim_phone_free(r->io);
	sim_free(r->sim);
	sim_link_free(r->link);
	assert_true(sim_clock_idle(r->clock));
	sim_clock_free(r->clock);
	assert_int_equal(mem_out(), r->mem);
}

void
link_rig_run(struct link_rig *r, uint64_t until_us)
{
	while (sim_clock_step(r->clock, until_us))
		;
}

static void
rig_nothing(void *arg)
{
	(void)arg;
}

void
link_rig_wait(struct link_rig *r, uint64_t until_us)
{
	struct sim_event ev = { .fn = rig_nothing };

	assert_int_equal(sim_clock_set(r->clock, &ev, until_us - sim_clock_us(r->clock)), 0);
	link_rig_run(r, until_us);
}

/* ---- looking ---- */

const struct link_rig_event *
link_rig_got(const struct link_rig *r, size_t i, enum io_kind kind, uint64_t at_us)
{
	assert_true(i < r->n_got);
	assert_int_equal(r->got[i].kind, kind);
	assert_int_equal(r->got[i].at_us, at_us);
	return &r->got[i];
}

const struct link_rig_deed *
link_rig_heard(const struct link_rig *r, size_t i, enum sim_deed deed, uint64_t at_us)
{
	assert_true(i < r->n_heard);
	assert_int_equal(r->heard[i].deed, deed);
	assert_int_equal(r->heard[i].at_us, at_us);
	return &r->heard[i];
}

void
link_rig_is_down(const struct link_rig *r, int err, uint64_t at_us)
{
	assert_true(r->n_got > 0);
	assert_int_equal(link_rig_got(r, r->n_got - 1, IO_DOWN, at_us)->err, err);
}

void
link_rig_mishaps(const struct link_rig *r, enum sim_mishap mishap, uint64_t n)
{
	assert_int_equal(sim_load_total(sim_link_load(r->link))->mishap[mishap], n);
}

struct fault
link_rig_always(struct fault_deed deed)
{
	return (struct fault){ .server = "kdc", .deed = deed };
}

struct fault
link_rig_between(uint64_t from_us, uint64_t till_us, struct fault_deed deed)
{
	return (struct fault){
		.server = "kdc", .from_us = from_us, .for_us = till_us - from_us, .deed = deed
	};
}
