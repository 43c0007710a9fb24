/*
 * test_sim_crowd.c - a thousand phones that do by chance whatever a phone can do: the same seed
 * gives the same history, another another; a lean world the same as a strict one; and a long
 * life takes no more memory than a short one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "mem.h"
#include "rng.h"
#include "sim.h"
#include "sim_clock.h"
#include "sim_tls.h"

enum { CROWD = 1000, HANDLES = 4, SERVER = 0x0a280001, RELAY = 0x0a280002 };

struct member {
	struct crowd *crowd;
	struct io *io;
	struct io_scope scope;
	struct io_handle *alarm, *h[HANDLES];
	struct rng rng; /* what it does */
	uint32_t index;
	uint32_t ip;
};

struct crowd {
	struct sim_clock *clock;
	struct sim *sim;
	struct member *all;
	struct rng rng;   /* what servers do */
	uint64_t history; /* of all that was told and heard, in order */
	size_t told, heard, kinds[IO_DOWN + 1], deeds[SIM_CUT + 1];
	long connections; /* that servers know of */
};

static void
history_add(struct crowd *c, uint64_t n)
{
	c->history = (c->history ^ n) * 0x100000001b3u;
	c->history ^= c->history >> 29;
}

/* ---- servers that do this or that ---- */

static const struct io_header by[] = { { "Server", "crowd" } };

static void
crowd_reply_dhcp(struct crowd *c, const struct sim_call *call, uint64_t us)
{
	uint8_t packet[64];

	assert_int_equal(call->bytes.n, sizeof(packet));
	memcpy(packet, call->bytes.p, sizeof(packet));
	packet[0] = 2;
	sim_packet(c->sim, call->h, us, (struct span){ packet, sizeof(packet) });
}

static void
crowd_answer(struct crowd *c, const struct sim_call *call)
{
	const struct sim_cert cert = { .common_name = "*.contoso.com",
		.not_after_s = 2000000000,
		.root = rng_below(&c->rng, 4) != 0 ? span_of("root") : span_of("other") };
	const uint64_t us = rng_below(&c->rng, 5000);
	const struct sim_reply cut = { .status = 200,
		.headers = by,
		.n_headers = 1,
		.body_n = 5000,
		.cut = true,
		.cut_after = rng_below(&c->rng, 6000) };

	if (call->type == SIM_STREAM && call->deed == SIM_OPENED)
		(void)sim_meet(c->sim, call->h, &cert, us);
	else if (rng_below(&c->rng, 20) == 0 && call->type != SIM_UDP && call->type != SIM_DHCP)
		sim_down(c->sim, call->h, us, rng_below(&c->rng, 2) ? -ECONNRESET : 0, NULL);
	else if (call->type == SIM_STREAM)
		sim_bytes(c->sim, call->h, us, call->bytes);
	else if (call->type == SIM_DHCP)
		crowd_reply_dhcp(c, call, us);
	else if (call->type == SIM_UDP)
		sim_packet(c->sim, call->h, us, call->bytes);
	else if (!sim_meet(c->sim, call->h, &cert, us))
		return;
	else if (rng_below(&c->rng, 10) == 0)
		sim_reply(c->sim, call->h, us, &cut);
	else
		sim_http(c->sim, call->h, us, 200, by, 1, span_of("body"), us);
}

static void
crowd_on_call(void *arg, struct sim *sim, const struct sim_call *call)
{
	struct crowd *c = arg;

	assert_ptr_equal(sim, c->sim);
	c->heard++;
	c->deeds[call->deed]++;
	history_add(c, call->deed * 16u + call->type);
	history_add(c, call->phone);
	history_add(c, sim_now_us(sim));
	if (call->deed == SIM_OPENED)
		c->connections++;
	if ((call->type == SIM_STREAM || call->type == SIM_HTTP) && call->deed >= SIM_CLOSED)
		c->connections--;
	if (call->deed <= SIM_ASKED && !(call->type == SIM_HTTP && call->deed == SIM_OPENED))
		crowd_answer(c, call);
}

/* ---- phones that do this or that ---- */

static io_fn member_on_event;

static void
member_close(struct member *m, size_t i)
{
	if (m->h[i] != NULL)
		m->io->ops->close(m->h[i]);
	m->h[i] = NULL;
}

static void
member_open(struct member *m, size_t i)
{
	const struct io_stream_cfg cfg = { .to = { SERVER, i == 1 ? 5061 : 443 },
		.tls = true,
		.name = rng_below(&m->rng, 10) == 0 ? "a.fabrikam.com" : "a.contoso.com" };
	struct io_owner me = { &m->scope, member_on_event, m };
	const struct io_ops *ops = m->io->ops;
	int rc;

	if (i == 0)
		rc = ops->udp(m->io, me, (struct io_addr){ SERVER, 53 }, &m->h[i]);
	else if (i == 1)
		rc = ops->stream(m->io, me, &cfg, &m->h[i]);
	else if (i == 2)
		rc = ops->http(m->io, me, &cfg, &m->h[i]);
	else
		rc = ops->dhcp(m->io, me, 0, &m->h[i]);
	assert_int_equal(rc, 0);
}

/* Also sent as DHCP, where it must look like it. */
static struct span
member_words(const struct member *m, uint8_t packet[64])
{
	memset(packet, (int)m->index, 64);
	packet[0] = 1;
	memcpy(packet + 28,
	    (uint8_t[]){ 0, 4, 0xf2, 0x10, (uint8_t)(m->index >> 8), (uint8_t)m->index }, 6);
	return (struct span){ packet, 64 };
}

static void
member_use(struct member *m, size_t i)
{
	const struct io_ask ask = { .method = "GET",
		.path = "/x",
		.reply = rng_below(&m->rng, 2) ? IO_COUNT : IO_LEND };
	uint8_t packet[64];

	if (i == 2)
		(void)m->io->ops->ask(m->h[i], &ask);
	else
		(void)m->io->ops->send(m->h[i], member_words(m, packet));
}

static void
member_act(struct member *m)
{
	size_t i = rng_below(&m->rng, HANDLES);
	uint64_t what = rng_below(&m->rng, 40);

	if (what == 0) {
		m->io->ops->power_cut(m->io);
		memset(m->h, 0, sizeof(m->h));
		m->io->ops->address(m->io, m->ip, 0);
		assert_int_equal(
		    m->io->ops->alarm(
			m->io, (struct io_owner){ &m->scope, member_on_event, m }, &m->alarm),
		    0);
	} else if (m->h[i] == NULL) {
		member_open(m, i);
	} else if (what < 6) {
		member_close(m, i);
	} else {
		member_use(m, i);
	}
	m->io->ops->alarm_set(m->alarm, 500 + rng_below(&m->rng, 3000));
}

static void
member_on_event(void *arg, const struct io_event *ev)
{
	struct member *m = arg;
	struct crowd *c = m->crowd;

	c->told++;
	c->kinds[ev->kind]++;
	history_add(c, (uint64_t)ev->kind << 32 | m->index);
	history_add(c, m->io->ops->now_us(m->io));
	history_add(c, ev->bytes.n + (uint64_t)(unsigned)ev->err);
	if (ev->http != NULL)
		history_add(c, ev->http->body_n << 32 | ev->http->crc32);
	if (ev->tls != NULL)
		history_add(c, ev->tls->flaw * 256u + ev->tls->alert_sent);
	if (ev->kind == IO_ALARM) {
		member_act(m);
		return;
	}
	for (size_t i = 0; i < HANDLES && ev->kind == IO_DOWN; i++)
		if (m->h[i] == ev->h && i != 2)
			member_close(m, i);
}

/* ---- a crowd ---- */

static void
member_begin(struct crowd *c, uint32_t index, uint64_t seed)
{
	struct member *m = &c->all[index];
	const struct sim_phone_cfg cfg = { .index = index,
		.seed = seed,
		.mac = { 0, 4, 0xf2, 0x10, (uint8_t)(index >> 8), (uint8_t)index } };

	m->crowd = c;
	m->index = index;
	m->ip = 0x0a400001 + index;
	assert_int_equal(sim_phone_new(c->sim, &cfg, &m->io), 0);
	rng_seed(&m->rng, seed, index);
	m->io->ops->address(m->io, m->ip, 0);
	assert_int_equal(m->io->ops->trust(m->io, span_of("root")), 0);
	assert_int_equal(m->io->ops->alarm(m->io,
			     (struct io_owner){ &m->scope, member_on_event, m }, &m->alarm),
	    0);
	m->io->ops->alarm_set(m->alarm, rng_below(&m->rng, 10000));
}

static void
crowd_begin(struct crowd *c, bool strict, uint64_t seed, uint32_t members)
{
	static const struct {
		enum sim_type type;
		uint16_t port;
	} here[] = { { SIM_UDP, 53 }, { SIM_STREAM, 5061 }, { SIM_HTTP, 443 },
		{ SIM_DHCP, 67 } };

	*c = (struct crowd){ .all = mem_new(members * sizeof(struct member)) };
	assert_non_null(c->all);
	assert_int_equal(sim_clock_new(&c->clock), 0);
	assert_int_equal(sim_new_cfg(&(struct sim_cfg){ .clock = c->clock,
					 .strict = strict,
					 .wall_us = 1000000000ll * 1000000 },
			     &c->sim),
	    0);
	rng_seed(&c->rng, seed, 1u << 31);
	for (size_t i = 0; i < sizeof(here) / sizeof(here[0]); i++)
		assert_int_equal(
		    sim_listen_at(c->sim, here[i].type,
			(struct io_addr){ SERVER, here[i].port }, NULL, crowd_on_call, c),
		    0);
	assert_int_equal(sim_relay(c->sim, 0, RELAY), 0);
	for (uint32_t i = 0; i < members; i++)
		member_begin(c, i, seed);
}

static void
crowd_end(struct crowd *c, uint32_t members)
{
	for (uint32_t i = 0; i < members; i++)
		sim_phone_free(c->all[i].io);
	assert_int_equal(sim_open(c->sim), 0);
	assert_int_equal(c->connections, 0);
	sim_free(c->sim);
	assert_true(sim_clock_idle(c->clock));
	sim_clock_free(c->clock);
	mem_free(c->all);
	assert_int_equal(mem_out(), 0);
}

static struct crowd
crowd_lives(bool strict, uint64_t seed, uint64_t us)
{
	struct crowd c;

	crowd_begin(&c, strict, seed, CROWD);
	(void)sim_run(c.sim, us);
	crowd_end(&c, CROWD);
	return c;
}

static void
the_same_seed_gives_the_same_history_and_another_another(void **state)
{
	struct crowd first = crowd_lives(false, 7, 200000);
	struct crowd again = crowd_lives(false, 7, 200000);
	struct crowd other = crowd_lives(false, 8, 200000);

	(void)state;
	assert_true(first.history == again.history);
	assert_int_equal(first.told, again.told);
	assert_int_equal(first.heard, again.heard);
	assert_true(first.history != other.history);
	/* Everything that can happen has happened. */
	for (size_t i = 0; i <= IO_DOWN; i++)
		assert_true(first.kinds[i] > 0);
	for (size_t i = 0; i <= SIM_CUT; i++)
		assert_true(first.deeds[i] > 0);
	assert_true(first.told > 100000);
}

/* But that a strict world lends bodies in two parts: they are empty or numbers here. */
static void
a_strict_world_differs_from_a_lean_one_in_nothing_that_is_told(void **state)
{
	struct crowd lean = crowd_lives(false, 9, 50000);
	struct crowd strict = crowd_lives(true, 9, 50000);

	(void)state;
	assert_int_equal(lean.heard, strict.heard);
	for (size_t i = 0; i <= IO_DOWN; i++)
		if (i != IO_BODY)
			assert_int_equal(lean.kinds[i], strict.kinds[i]);
	assert_true(lean.kinds[IO_BODY] <= strict.kinds[IO_BODY]);
}

static void
a_long_life_takes_no_more_memory_than_a_short_one(void **state)
{
	struct crowd c;
	long early;

	(void)state;
	crowd_begin(&c, false, 11, 100);
	(void)sim_run(c.sim, 500000);
	early = mem_out();
	(void)sim_run(c.sim, 10000000);
	/* What is open goes up and down; what was ever open is the bound. */
	assert_true(mem_out() < early + early / 4);
	assert_true(c.told > 500000);
	crowd_end(&c, 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_seed_gives_the_same_history_and_another_another),
		cmocka_unit_test(
		    a_strict_world_differs_from_a_lean_one_in_nothing_that_is_told),
		cmocka_unit_test(a_long_life_takes_no_more_memory_than_a_short_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
