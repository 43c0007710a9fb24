/* test_io_tcp.c - streams without TLS, against a server of another kind on loopback. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io_rig.h"
#include "mem.h"
#include "peer.h"

static struct io_port ports[] = { { 389, 0 }, { 88, 0 } };

struct fixture {
	struct rig rig;
	struct peer *peer;
};

static int
fixture_begin_over(void **state, const struct io_link *link)
{
	static struct fixture f;
	struct io_world_cfg cfg = rig_cfg();

	f.peer = peer_new(NULL, &ports[0].real);
	close(rig_listen(SOCK_STREAM, &ports[1].real)); /* nobody is there */
	cfg.ports = ports;
	cfg.n_ports = 2;
	rig_begin_over(&f.rig, &cfg, link);
	*state = &f;
	return 0;
}

static int
fixture_begin(void **state)
{
	return fixture_begin_over(state, NULL);
}

static int
fixture_over(void **state)
{
	return fixture_begin_over(state, &rig_near);
}

static int
fixture_end(void **state)
{
	struct fixture *f = *state;

	rig_end(&f->rig);
	peer_free(f->peer);
	assert_int_equal(mem_out(), 0);
	return 0;
}

static struct io_handle *
tcp_to(struct fixture *f, int who, uint16_t port)
{
	struct rig *rig = &f->rig;
	struct io_stream_cfg cfg = { .to = { rig->server_ip, port } };
	struct io_handle *h = NULL;

	rig->inside = true;
	assert_int_equal(rig->io->ops->stream(rig->io, rig_owner(rig, who), &cfg, &h), 0);
	rig->inside = false;
	return h;
}

static struct io_handle *
tcp_up(struct fixture *f, int who)
{
	struct io_handle *h = tcp_to(f, who, 389);

	rig_until(&f->rig, f->rig.n + 1);
	assert_int_equal(f->rig.note[f->rig.n - 1].kind, IO_UP);
	return h;
}

static void
say(struct rig *rig, struct io_handle *h, const char *text)
{
	rig->inside = true;
	assert_int_equal(rig->io->ops->send(h, span_of(text)), 0);
	rig->inside = false;
}

static void
given_a_server_the_stream_comes_up_and_echoes(void **state)
{
	struct fixture *f = *state;
	struct io_handle *h = tcp_to(f, 0, 389);

	assert_int_equal(f->rig.io->ops->send(h, span_of("early")), -ENOTCONN);
	rig_until(&f->rig, 1);
	assert_int_equal(f->rig.note[0].kind, IO_UP);
	assert_int_equal(f->rig.note[0].local.ip, 0x7f2a0001);
	assert_int_not_equal(f->rig.note[0].local.port, 0);
	say(&f->rig, h, "hello");
	rig_until(&f->rig, 2);
	assert_int_equal(f->rig.note[1].kind, IO_BYTES);
	assert_string_equal(f->rig.note[1].text, "hello");
	assert_int_equal(io_world_counts(f->rig.world)[IO_SVC_LDAP].requests, 1);
	assert_int_equal(io_world_counts(f->rig.world)[IO_SVC_LDAP].bytes_in, 5);
}

static void
given_nobody_there_it_is_down_refused(void **state)
{
	struct fixture *f = *state;

	tcp_to(f, 0, 88);
	assert_int_equal(f->rig.n, 0);
	rig_until(&f->rig, 1);
	assert_int_equal(f->rig.note[0].kind, IO_DOWN);
	assert_int_equal(f->rig.note[0].err, -ECONNREFUSED);
}

static void
given_the_server_ends_it_in_order_it_is_down_without_an_error(void **state)
{
	struct fixture *f = *state;
	struct io_handle *h = tcp_up(f, 0);

	say(&f->rig, h, "bye");
	rig_until(&f->rig, 2);
	assert_int_equal(f->rig.note[1].kind, IO_DOWN);
	assert_int_equal(f->rig.note[1].err, 0);
	assert_int_equal(f->rig.io->ops->send(h, span_of("x")), -ENOTCONN);
}

static void
given_a_reset_it_is_down_reset(void **state)
{
	struct fixture *f = *state;

	say(&f->rig, tcp_up(f, 0), "reset");
	rig_until(&f->rig, 2);
	assert_int_equal(f->rig.note[1].kind, IO_DOWN);
	assert_int_equal(f->rig.note[1].err, -ECONNRESET);
}

static void
give_to_2(struct rig *rig, const struct io_event *ev)
{
	if (ev->kind == IO_UP) {
		assert_int_equal(rig->io->ops->send(ev->h, span_of("to whom?")), 0);
		rig->io->ops->give(ev->h, rig_owner(rig, 2));
	}
}

static void
given_a_stream_in_its_own_event_what_follows_goes_to_the_new_owner(void **state)
{
	struct fixture *f = *state;

	f->rig.owner[0].then = give_to_2;
	tcp_to(f, 0, 389);
	rig_until(&f->rig, 2);
	assert_int_equal(f->rig.note[1].who, 2);
	assert_null(f->rig.owner[0].scope.first);
}

static void
given_a_close_the_server_sees_an_orderly_end(void **state)
{
	struct fixture *f = *state;
	struct io_handle *h = tcp_up(f, 0);

	say(&f->rig, h, "hello");
	rig_until(&f->rig, 2);
	f->rig.io->ops->close(h);
	rig_until_counted(&f->rig, &peer_seen(f->peer)->orderly, 1);
	assert_int_equal(peer_seen(f->peer)->resets, 0);
}

static void
given_a_close_with_bytes_waiting_they_still_go_out(void **state)
{
	struct fixture *f = *state;
	struct io_handle *h = tcp_up(f, 0);
	static uint8_t block[32 * 1024];
	int sent = 0, rc;

	memset(block, 'x', sizeof(block));
	while ((rc = f->rig.io->ops->send(h, (struct span){ block, sizeof(block) })) == 0)
		sent += (int)sizeof(block);
	assert_int_equal(rc, -ENOBUFS);
	f->rig.io->ops->close(h);
	assert_null(f->rig.owner[0].scope.first);
	/* The server echoes and takes no more until its echo is read.  The loop ends with the
	 * last handle. */
	loop_run(f->rig.loop);
	rig_until_counted(&f->rig, &peer_seen(f->peer)->bytes, sent);
	assert_int_equal(f->rig.n, 1);
	assert_true(sent > 64 * 1024);
}

static void
given_a_flood_all_of_it_arrives_in_order(void **state)
{
	struct fixture *f = *state;
	size_t got = 0, seen = 1;

	say(&f->rig, tcp_up(f, 0), "flood");
	while (got < 4 * 1024 * 1024) {
		rig_until(&f->rig, 2);
		for (seen = 1; seen < f->rig.n; seen++) {
			assert_int_equal(f->rig.note[seen].kind, IO_BYTES);
			assert_int_equal((uint8_t)f->rig.note[seen].text[0], got % 251);
			got += f->rig.note[seen].n;
		}
		f->rig.n = 1;
	}
	assert_int_equal(got, 4 * 1024 * 1024);
}

static void
given_a_power_cut_the_server_sees_a_reset(void **state)
{
	struct fixture *f = *state;

	tcp_up(f, 0);
	rig_until_counted(&f->rig, &peer_seen(f->peer)->connections, 1);
	f->rig.io->ops->power_cut(f->rig.io);
	rig_until_counted(&f->rig, &peer_seen(f->peer)->resets, 1);
	assert_null(f->rig.owner[0].scope.first);
}

static void
close_all(struct rig *rig, const struct io_event *ev)
{
	(void)ev;
	io_scope_close(rig->io, &rig->owner[0].scope);
}

static void
given_a_scope_closed_inside_an_event_while_others_connect_all_are_gone(void **state)
{
	struct fixture *f = *state;

	f->rig.owner[0].then = close_all;
	for (int i = 0; i < 5; i++)
		tcp_to(f, 0, i % 2 ? 88 : 389);
	rig_until(&f->rig, 1);
	rig_settle(&f->rig);
	assert_int_equal(f->rig.n, 1);
}

static void
given_no_memory_at_any_place_opening_says_so_and_leaks_nothing(void **state)
{
	struct fixture *f = *state;

	for (long n = 1; n < 6; n++) {
		struct io_stream_cfg cfg = { .to = { 0x7f000001, 389 } };
		struct io_handle *h = NULL;
		int rc;

		mem_fail_at(n);
		rc = f->rig.io->ops->stream(f->rig.io, rig_owner(&f->rig, 0), &cfg, &h);
		mem_fail_at(0);
		assert_true(rc == 0 || rc == -ENOMEM);
		io_scope_close(f->rig.io, &f->rig.owner[0].scope);
	}
}

/* A part has gone and the rest is lost: nothing may follow in its place. */
static void
given_no_memory_for_what_waits_the_stream_is_down(void **state)
{
	enum { LOT = 32 * 1024 * 1024 };
	struct fixture *f = *state;
	struct io_handle *h = tcp_up(f, 0);
	uint8_t *lot = calloc(1, LOT);

	mem_fail_at(1);
	assert_int_equal(f->rig.io->ops->send(h, (struct span){ lot, LOT }), -ENOMEM);
	mem_fail_at(0);
	free(lot);
	/* Several events may come in one turn: the end is the last of them. */
	do {
		f->rig.n = 0;
		rig_until(&f->rig, 1);
	} while (f->rig.note[f->rig.n - 1].kind == IO_BYTES);
	assert_int_equal(f->rig.note[f->rig.n - 1].kind, IO_DOWN);
	assert_int_equal(f->rig.note[f->rig.n - 1].err, -ENOMEM);
}

#define TCP_TEST(f) cmocka_unit_test_setup_teardown(f, fixture_begin, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TCP_TEST(given_a_server_the_stream_comes_up_and_echoes),
		TCP_TEST(given_nobody_there_it_is_down_refused),
		TCP_TEST(given_the_server_ends_it_in_order_it_is_down_without_an_error),
		TCP_TEST(given_a_reset_it_is_down_reset),
		TCP_TEST(given_a_stream_in_its_own_event_what_follows_goes_to_the_new_owner),
		TCP_TEST(given_a_close_the_server_sees_an_orderly_end),
		TCP_TEST(given_a_close_with_bytes_waiting_they_still_go_out),
		TCP_TEST(given_a_flood_all_of_it_arrives_in_order),
		TCP_TEST(given_a_power_cut_the_server_sees_a_reset),
		TCP_TEST(
		    given_a_scope_closed_inside_an_event_while_others_connect_all_are_gone),
		TCP_TEST(given_no_memory_for_what_waits_the_stream_is_down),
		TCP_TEST(given_no_memory_at_any_place_opening_says_so_and_leaks_nothing),
	};

	return rig_run_tests(
	    "io_tcp", tests, sizeof(tests) / sizeof(tests[0]), NULL, fixture_over);
}
