/* test_sim.c - the simulated world keeps the rules of io.h that everybody's tests lean on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "mem.h"
#include "sim.h"

enum { LOG_MAX = 64 };

struct log { /* what an owner was told */
	struct sim *f;
	struct io_event got[LOG_MAX];
	uint64_t at_us[LOG_MAX];
	size_t n;
	struct io_handle *close_it;
};

static void
log_event(void *arg, const struct io_event *ev)
{
	struct log *l = arg;
	struct io *io = sim_io(l->f);

	assert_true(l->n < LOG_MAX);
	l->at_us[l->n] = io->ops->now_us(io);
	l->got[l->n++] = *ev;
	if (l->close_it != NULL) {
		io->ops->close(l->close_it);
		l->close_it = NULL;
	}
}

static void
echo(void *arg, struct sim *f, const struct sim_call *c)
{
	(void)arg;
	if (c->deed == SIM_SENT && c->type == SIM_UDP)
		sim_packet(f, c->h, 20, c->bytes);
	if (c->deed == SIM_OPENED && c->type == SIM_STREAM)
		sim_up(f, c->h, 10, NULL);
	if (c->deed == SIM_ASKED)
		sim_http(f, c->h, 30, 200, &(struct io_header){ "Server", "fake" }, 1,
		    span_of("hello"), 0);
}

struct scene {
	struct sim *f;
	struct io *io;
	struct io_scope scope;
	struct log log;
	struct io_owner owner;
};

static void
scene_open(struct scene *s)
{
	*s = (struct scene){ .f = sim_new() };
	s->io = sim_io(s->f);
	s->log.f = s->f;
	s->owner = (struct io_owner){ &s->scope, log_event, &s->log };
}

static void
scene_close(struct scene *s)
{
	io_scope_close(s->io, &s->scope);
	assert_int_equal(sim_open(s->f), 0);
	sim_free(s->f);
}

static void
nothing_but_dhcp_and_alarms_opens_before_an_address(void **state)
{
	struct scene s;
	struct io_handle *h = NULL;
	struct io_stream_cfg cfg = { .to = { 1, 80 } };

	(void)state;
	scene_open(&s);
	assert_int_equal(s.io->ops->udp(s.io, s.owner, cfg.to, &h), -EADDRNOTAVAIL);
	assert_int_equal(s.io->ops->stream(s.io, s.owner, &cfg, &h), -EADDRNOTAVAIL);
	assert_int_equal(s.io->ops->http(s.io, s.owner, &cfg, &h), -EADDRNOTAVAIL);
	assert_null(h);
	assert_int_equal(s.io->ops->alarm(s.io, s.owner, &h), 0);
	assert_int_equal(s.io->ops->dhcp(s.io, s.owner, 0, &h), 0);
	assert_int_equal(s.io->ops->address(s.io, 0x7f000001, 7), 0);
	assert_int_equal(s.io->ops->udp(s.io, s.owner, cfg.to, &h), 0);
	assert_int_equal(sim_vlan(s.f), 7);
	scene_close(&s);
}

static void
events_come_on_a_later_turn_and_in_the_order_of_time(void **state)
{
	struct scene s;
	struct io_handle *udp, *bell;

	(void)state;
	scene_open(&s);
	sim_listen(s.f, SIM_UDP, 53, echo, NULL);
	s.io->ops->address(s.io, 1, 0);
	assert_int_equal(s.io->ops->udp(s.io, s.owner, (struct io_addr){ 2, 53 }, &udp), 0);
	assert_int_equal(s.io->ops->alarm(s.io, s.owner, &bell), 0);
	assert_int_equal(s.io->ops->send(udp, span_of("ping")), 0);
	s.io->ops->alarm_set(bell, 100);
	s.io->ops->alarm_set(bell, 5);
	assert_int_equal(s.log.n, 0);

	assert_int_equal(sim_run(s.f, 1000), 2);
	assert_int_equal(s.log.got[0].kind, IO_ALARM);
	assert_int_equal(s.log.at_us[0], 5);
	assert_int_equal(s.log.got[1].kind, IO_PACKET);
	assert_int_equal(s.log.at_us[1], 20);
	scene_close(&s);
}

static void
a_handle_closed_in_its_own_event_hears_no_more(void **state)
{
	struct scene s;
	struct io_handle *h;
	struct io_stream_cfg cfg = { .to = { 2, 5061 }, .tls = true, .name = "pool01" };

	(void)state;
	scene_open(&s);
	sim_listen(s.f, SIM_STREAM, 0, echo, NULL);
	s.io->ops->address(s.io, 1, 0);
	assert_int_equal(s.io->ops->stream(s.io, s.owner, &cfg, &h), 0);
	assert_int_equal(s.io->ops->send(h, span_of("early")), -ENOTCONN);
	sim_bytes(s.f, h, 50, span_of("late"));
	s.log.close_it = h;
	assert_int_equal(sim_run(s.f, 1000), 1);
	assert_int_equal(s.log.got[0].kind, IO_UP);
	scene_close(&s);
}

static void
a_given_handle_speaks_to_its_new_owner_and_dies_with_the_new_scope(void **state)
{
	struct scene s;
	struct io_handle *h;
	struct io_scope other = { NULL };
	struct log log2 = { 0 };
	struct io_stream_cfg cfg = { .to = { 2, 5061 } };

	(void)state;
	scene_open(&s);
	log2.f = s.f;
	sim_listen(s.f, SIM_STREAM, 5061, echo, NULL);
	s.io->ops->address(s.io, 1, 0);
	assert_int_equal(s.io->ops->stream(s.io, s.owner, &cfg, &h), 0);
	sim_bytes(s.f, h, 50, span_of("for the new one"));
	s.io->ops->give(h, (struct io_owner){ &other, log_event, &log2 });
	io_scope_close(s.io, &s.scope);
	sim_run(s.f, 1000);
	assert_int_equal(s.log.n, 0);
	assert_int_equal(log2.n, 2);
	io_scope_close(s.io, &other);
	scene_close(&s);
}

static void
an_http_reply_comes_in_order_and_the_session_can_be_asked_again(void **state)
{
	struct scene s;
	struct io_handle *h;
	struct io_stream_cfg cfg = { .to = { 2, 80 } };
	struct io_ask ask = { .method = "GET", .path = "/", .reply = IO_COUNT };

	(void)state;
	scene_open(&s);
	s.io->ops->address(s.io, 1, 0);
	assert_int_equal(s.io->ops->http(s.io, s.owner, &cfg, &h), 0);
	assert_int_equal(s.io->ops->ask(h, &ask), 0);
	assert_int_equal(s.io->ops->ask(h, &ask), -EBUSY);
	sim_run(s.f, 1000);
	assert_int_equal(s.log.got[0].kind, IO_DOWN);
	assert_int_equal(s.log.got[0].err, -ECONNREFUSED);

	sim_listen(s.f, SIM_HTTP, 80, echo, NULL);
	assert_int_equal(s.io->ops->ask(h, &ask), 0);
	sim_run(s.f, 2000);
	assert_int_equal(s.log.n, 4);
	assert_int_equal(s.log.got[1].kind, IO_HEAD);
	assert_int_equal(s.log.got[2].kind, IO_BODY);
	assert_null(s.log.got[2].bytes.p);
	assert_int_equal(s.log.got[2].bytes.n, 5);
	assert_int_equal(s.log.got[3].kind, IO_WHOLE);
	scene_close(&s);
}

static void
a_power_cut_leaves_nothing_open_and_nothing_due(void **state)
{
	struct scene s;
	struct io_handle *h;
	struct io_stream_cfg cfg = { .to = { 2, 5061 } };

	(void)state;
	scene_open(&s);
	sim_listen(s.f, SIM_STREAM, 0, echo, NULL);
	s.io->ops->address(s.io, 1, 0);
	assert_int_equal(s.io->ops->stream(s.io, s.owner, &cfg, &h), 0);
	assert_int_equal(s.io->ops->alarm(s.io, s.owner, &h), 0);
	s.io->ops->alarm_set(h, 5);
	s.io->ops->power_cut(s.io);
	assert_int_equal(sim_run(s.f, 1000), 0);
	assert_int_equal(sim_address(s.f), 0);
	assert_null(s.scope.first);
	scene_close(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_but_dhcp_and_alarms_opens_before_an_address),
		cmocka_unit_test(events_come_on_a_later_turn_and_in_the_order_of_time),
		cmocka_unit_test(a_handle_closed_in_its_own_event_hears_no_more),
		cmocka_unit_test(
		    a_given_handle_speaks_to_its_new_owner_and_dies_with_the_new_scope),
		cmocka_unit_test(
		    an_http_reply_comes_in_order_and_the_session_can_be_asked_again),
		cmocka_unit_test(a_power_cut_leaves_nothing_open_and_nothing_due),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
