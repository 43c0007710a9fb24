/* test_sim_link.c - a link without faults: how long everything takes, in which order, and what
 * the load says of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>

#include "link_rig.h"
#include "mem.h"

enum { MS = LINK_RIG_MS, S = LINK_RIG_S, MB = 1000 * 1000, L = 3 * MS, T = 10 * MS };

/* Bytes of a server's part of a TLS handshake with its chain; of heads below, at most. */
enum { HANDSHAKE = 3000, HEADS = 200 };

/* 3 ms away, 10 ms a request. */
static const struct sim_link_cfg plain = {
	.takes = { .a_us = T }, .workers = 1, .latency_us = L
};

/* ---- how long ---- */

static void
a_datagram_takes_the_way_the_work_and_the_way_back(void **state)
{
	struct link_rig r;
	struct io_handle *h;

	(void)state;
	link_rig_open(&r, plain, NULL, 0);
	h = link_rig_udp(&r);
	link_rig_send(&r, h, "ping");
	link_rig_run(&r, S);
	assert_string_equal(link_rig_heard(&r, 0, SIM_SENT, L + T)->text, "ping");
	assert_string_equal(link_rig_got(&r, 0, IO_PACKET, L + T + L)->text, "ping");
	assert_int_equal(r.n_got, 1);
	link_rig_close(&r);
}

static void
dhcp_takes_as_long(void **state)
{
	struct link_rig r;

	(void)state;
	link_rig_open(&r, plain, NULL, 0);
	link_rig_send(&r, link_rig_dhcp(&r), "discover");
	link_rig_run(&r, S);
	link_rig_heard(&r, 0, SIM_SENT, L + T);
	assert_string_equal(link_rig_got(&r, 0, IO_PACKET, L + T + L)->text, "discover");
	link_rig_close(&r);
}

static void
a_stream_is_up_after_one_round_trip_and_no_work(void **state)
{
	struct link_rig r;
	struct io_handle *h;

	(void)state;
	link_rig_open(&r, plain, NULL, 0);
	h = link_rig_stream(&r, false);
	link_rig_run(&r, S);
	link_rig_heard(&r, 0, SIM_OPENED, L);
	link_rig_got(&r, 0, IO_UP, 2 * L);
	assert_int_equal(sim_load_total(sim_link_load(r.link))->requests, 0);

	link_rig_wait(&r, S);
	link_rig_send(&r, h, "bind");
	link_rig_run(&r, 2 * S);
	link_rig_heard(&r, 1, SIM_SENT, S + L + T);
	assert_string_equal(link_rig_got(&r, 1, IO_BYTES, S + L + T + L)->text, "bind");
	link_rig_close(&r);
}

static void
tls_costs_two_round_trips_more_and_a_worker(void **state)
{
	struct link_rig r;

	(void)state;
	link_rig_open(&r, plain, NULL, 0);
	link_rig_stream(&r, true);
	link_rig_run(&r, S);
	link_rig_heard(&r, 0, SIM_OPENED, L + T);
	link_rig_got(&r, 0, IO_UP, 6 * L + T);
	assert_int_equal(sim_load_total(sim_link_load(r.link))->handshakes, 1);
	assert_int_equal(sim_load_total(sim_link_load(r.link))->requests, 0);
	link_rig_close(&r);
}

/* SYN and its answer, hello and chain; of the server only the work of the handshake. */
static void
a_certificate_that_is_refused_is_known_after_two_round_trips(void **state)
{
	const struct io_tls_seen seen = { .flaw = TLS_NO_ROOT };
	const struct sim_load_total *t;
	struct link_rig r;
	struct io_handle *h;

	(void)state;
	link_rig_open(&r, plain, NULL, 0);
	r.silent = true;
	h = link_rig_stream(&r, true);
	link_rig_wait(&r, L + T);
	link_rig_heard(&r, 0, SIM_OPENED, L + T);
	sim_down(r.sim, h, 0, -EPROTO, &seen);
	link_rig_run(&r, S);
	link_rig_is_down(&r, -EPROTO, 4 * L + T);
	t = sim_load_total(sim_link_load(r.link));
	assert_in_range(t->bytes_out, HANDSHAKE, HANDSHAKE + HEADS);
	link_rig_close(&r);
}

static void
https_sends_its_chain_with_the_first_reply_of_a_connection(void **state)
{
	for (int tls = 0; tls <= 1; tls++) {
		const struct sim_load_total *t;
		struct link_rig r;
		struct io_handle *h;
		uint64_t first, next;

		(void)state;
		link_rig_open(&r, plain, NULL, 0);
		t = sim_load_total(sim_link_load(r.link));
		h = link_rig_http(&r, tls == 1);
		link_rig_ask(&r, h, false);
		link_rig_run(&r, S);
		first = t->bytes_out;
		link_rig_ask(&r, h, false);
		link_rig_run(&r, 2 * S);
		next = t->bytes_out - first;
		if (tls == 1)
			assert_in_range(first - next, HANDSHAKE, HANDSHAKE + HEADS);
		else
			assert_int_equal(first, next);
		assert_int_equal(r.got[r.n_got - 1].kind, IO_WHOLE);
		link_rig_close(&r);
	}
}

static void
a_first_request_connects_the_next_one_does_not(void **state)
{
	struct link_rig r;
	struct io_handle *h;

	(void)state;
	link_rig_open(&r, plain, NULL, 0);
	h = link_rig_http(&r, false);
	link_rig_ask(&r, h, false);
	link_rig_run(&r, S);
	/* SYN, its answer, the request. */
	link_rig_heard(&r, 0, SIM_OPENED, 0);
	link_rig_heard(&r, 1, SIM_ASKED, 3 * L + T);
	assert_int_equal(link_rig_got(&r, 0, IO_HEAD, 4 * L + T)->status, 200);
	link_rig_got(&r, r.n_got - 1, IO_WHOLE, 4 * L + T);
	assert_int_equal(r.got[r.n_got - 1].n, 5);

	link_rig_wait(&r, S);
	r.n_got = 0;
	link_rig_ask(&r, h, false);
	link_rig_run(&r, 2 * S);
	link_rig_got(&r, 0, IO_HEAD, S + 2 * L + T);
	link_rig_close(&r);
}

static void
https_connects_with_two_round_trips_more_and_twice_the_work(void **state)
{
	struct link_rig r;
	struct io_handle *h;

	(void)state;
	link_rig_open(&r, plain, NULL, 0);
	h = link_rig_http(&r, true);
	link_rig_ask(&r, h, false);
	link_rig_run(&r, S);
	link_rig_heard(&r, 1, SIM_ASKED, 7 * L + 2 * T);
	link_rig_got(&r, 0, IO_HEAD, 8 * L + 2 * T);
	assert_int_equal(sim_load_total(sim_link_load(r.link))->handshakes, 1);
	assert_int_equal(sim_load_total(sim_link_load(r.link))->requests, 1);

	link_rig_wait(&r, S);
	r.n_got = 0;
	link_rig_ask(&r, h, false);
	link_rig_run(&r, 2 * S);
	link_rig_got(&r, 0, IO_HEAD, S + 2 * L + T);
	assert_int_equal(sim_load_total(sim_link_load(r.link))->handshakes, 1);
	link_rig_close(&r);
}

static void
without_latency_and_work_it_takes_no_time_but_a_turn(void **state)
{
	struct link_rig r;
	struct io_handle *h;

	(void)state;
	link_rig_open(&r, (struct sim_link_cfg){ .workers = 0 }, NULL, 0);
	h = link_rig_udp(&r);
	link_rig_send(&r, h, "ping");
	assert_int_equal(r.n_heard, 0);
	link_rig_run(&r, 0);
	link_rig_got(&r, 0, IO_PACKET, 0);
	link_rig_close(&r);
}

/* ---- in which order ---- */

static void
what_is_sent_over_one_stream_is_served_one_by_one(void **state)
{
	struct link_rig r;
	struct sim_link_cfg cfg = plain;
	struct io_handle *h;

	(void)state;
	cfg.workers = 4;
	link_rig_open(&r, cfg, NULL, 0);
	h = link_rig_stream(&r, false);
	link_rig_wait(&r, S);
	link_rig_send(&r, h, "one");
	link_rig_send(&r, h, "two");
	link_rig_send(&r, h, "three");
	link_rig_run(&r, 2 * S);
	for (size_t i = 0; i < 3; i++) {
		static const char *const text[] = { "one", "two", "three" };
		uint64_t at_us = S + L + (i + 1) * T;

		assert_string_equal(link_rig_heard(&r, 1 + i, SIM_SENT, at_us)->text, text[i]);
		assert_string_equal(
		    link_rig_got(&r, 1 + i, IO_BYTES, at_us + L)->text, text[i]);
	}
	link_rig_close(&r);
}

static void
two_streams_are_served_side_by_side(void **state)
{
	struct link_rig r;
	struct sim_link_cfg cfg = plain;
	struct io_handle *a, *b;

	(void)state;
	cfg.workers = 2;
	link_rig_open(&r, cfg, NULL, 0);
	a = link_rig_stream(&r, false);
	b = link_rig_stream(&r, false);
	link_rig_wait(&r, S);
	link_rig_send(&r, a, "a");
	link_rig_send(&r, a, "a again");
	link_rig_send(&r, b, "b");
	link_rig_run(&r, 2 * S);
	assert_string_equal(link_rig_heard(&r, 2, SIM_SENT, S + L + T)->text, "a");
	assert_string_equal(link_rig_heard(&r, 3, SIM_SENT, S + L + T)->text, "b");
	assert_string_equal(link_rig_heard(&r, 4, SIM_SENT, S + L + 2 * T)->text, "a again");
	link_rig_close(&r);
}

static void
datagrams_of_one_socket_are_served_side_by_side(void **state)
{
	struct link_rig r;
	struct sim_link_cfg cfg = plain;
	struct io_handle *h;

	(void)state;
	cfg.workers = 2;
	link_rig_open(&r, cfg, NULL, 0);
	h = link_rig_udp(&r);
	link_rig_send(&r, h, "one");
	link_rig_send(&r, h, "two");
	link_rig_send(&r, h, "three");
	link_rig_run(&r, S);
	link_rig_heard(&r, 0, SIM_SENT, L + T);
	link_rig_heard(&r, 1, SIM_SENT, L + T);
	link_rig_heard(&r, 2, SIM_SENT, L + 2 * T);
	link_rig_close(&r);
}

static void
a_stream_that_is_closed_says_its_last_words_first(void **state)
{
	struct link_rig r;
	struct io_handle *h;

	(void)state;
	link_rig_open(&r, plain, NULL, 0);
	h = link_rig_stream(&r, false);
	link_rig_wait(&r, S);
	link_rig_send(&r, h, "unbind");
	link_rig_send(&r, h, "bye");
	r.io->ops->close(h);
	assert_int_equal(sim_open(r.sim), 0);
	link_rig_run(&r, 2 * S);
	link_rig_heard(&r, 1, SIM_SENT, S + L + T);
	link_rig_heard(&r, 2, SIM_SENT, S + L + 2 * T);
	link_rig_heard(&r, 3, SIM_CLOSED, S + L + 2 * T);
	assert_int_equal(r.n_heard, 4);
	assert_int_equal(r.n_got, 1); /* that it was up */
	link_rig_close(&r);
}

static void
a_datagram_from_a_closed_socket_still_gets_there(void **state)
{
	struct link_rig r;
	struct io_handle *h;

	(void)state;
	link_rig_open(&r, plain, NULL, 0);
	h = link_rig_udp(&r);
	link_rig_send(&r, h, "release");
	r.io->ops->close(h);
	link_rig_run(&r, S);
	assert_string_equal(link_rig_heard(&r, 0, SIM_SENT, L + T)->text, "release");
	link_rig_heard(&r, 1, SIM_CLOSED, L + T);
	assert_int_equal(r.n_heard, 2);
	assert_int_equal(r.n_got, 0);
	link_rig_close(&r);
}

static void
an_end_with_nothing_before_it_takes_one_way(void **state)
{
	struct link_rig r;
	struct io_handle *h;

	(void)state;
	link_rig_open(&r, plain, NULL, 0);
	h = link_rig_stream(&r, false);
	link_rig_wait(&r, S);
	r.io->ops->close(h);
	link_rig_run(&r, 2 * S);
	link_rig_heard(&r, 1, SIM_CLOSED, S + L);
	link_rig_close(&r);
}

static void
a_phone_may_close_at_any_moment_of_a_request(void **state)
{
	(void)state;
	/* Every millisecond from opening to long after the answer, each type of handle. */
	for (int type = SIM_DHCP; type <= SIM_HTTP; type++)
		for (uint64_t at_us = 0; at_us < 60 * MS; at_us += MS) {
			struct link_rig r;
			struct io_handle *h = NULL;

			link_rig_open(&r, plain, NULL, 0);
			switch (type) {
			case SIM_DHCP:
				h = link_rig_dhcp(&r);
				break;
			case SIM_UDP:
				h = link_rig_udp(&r);
				break;
			case SIM_STREAM:
				h = link_rig_stream(&r, at_us % 2 == 0);
				break;
			default:
				h = link_rig_http(&r, at_us % 2 == 0);
				link_rig_ask(&r, h, false);
			}
			if (type <= SIM_UDP)
				link_rig_send(&r, h, "ping");
			link_rig_wait(&r, at_us);
			r.io->ops->close(h);
			r.n_got = 0;
			link_rig_run(&r, S);
			assert_int_equal(r.n_got, 0);
			assert_int_equal(r.heard[r.n_heard - 1].deed, SIM_CLOSED);
			link_rig_close(&r);
		}
}

static void
a_phone_may_close_inside_an_event(void **state)
{
	struct link_rig r;
	struct io_handle *h;

	(void)state;
	link_rig_open(&r, plain, NULL, 0);
	h = link_rig_http(&r, false);
	r.close_early = true;
	link_rig_ask(&r, h, false);
	link_rig_run(&r, S);
	link_rig_got(&r, 0, IO_HEAD, 4 * L + T);
	assert_int_equal(r.n_got, 1);
	link_rig_heard(&r, 2, SIM_CLOSED, 5 * L + T);
	link_rig_close(&r);
}

/* ---- power cut ---- */

static void
a_power_cut_in_the_middle_leaves_nothing(void **state)
{
	(void)state;
	for (uint64_t at_us = 0; at_us < 80 * MS; at_us += 500) {
		struct sim_link_cfg cfg = plain;
		struct link_rig r;
		struct io_handle *http;

		cfg.bytes_per_s = 1 * MB;
		link_rig_open(&r, cfg, NULL, 0);
		r.body_n = 30000;
		link_rig_send(&r, link_rig_udp(&r), "a");
		link_rig_send(&r, link_rig_dhcp(&r), "b");
		link_rig_stream(&r, false);
		link_rig_stream(&r, true);
		http = link_rig_http(&r, true);
		link_rig_ask(&r, http, true);
		link_rig_wait(&r, at_us);
		r.io->ops->power_cut(r.io);
		assert_int_equal(sim_open(r.sim), 0);
		r.n_got = 0;
		link_rig_run(&r, 10 * S);
		assert_int_equal(r.n_got, 0);
		assert_true(sim_clock_idle(r.clock));
		link_rig_close(&r);
	}
}

static void
a_server_hears_of_a_cut_behind_what_was_sent(void **state)
{
	struct link_rig r;
	struct io_handle *h;

	(void)state;
	link_rig_open(&r, plain, NULL, 0);
	h = link_rig_stream(&r, false);
	link_rig_wait(&r, S);
	link_rig_send(&r, h, "half");
	r.io->ops->power_cut(r.io);
	link_rig_run(&r, 2 * S);
	link_rig_heard(&r, 1, SIM_SENT, S + L + T);
	link_rig_heard(&r, 2, SIM_CUT, S + L + T);
	link_rig_close(&r);
}

static void
a_world_may_end_with_parcels_under_way(void **state)
{
	(void)state;
	for (uint64_t at_us = 0; at_us < 60 * MS; at_us += MS) {
		struct sim_link_cfg cfg = plain;
		struct link_rig r;

		cfg.bytes_per_s = 1 * MB;
		link_rig_open(&r, cfg, NULL, 0);
		r.body_n = 30000;
		for (int i = 0; i < 3; i++) {
			link_rig_send(&r, link_rig_udp(&r), "a");
			link_rig_ask(&r, link_rig_http(&r, false), true);
		}
		link_rig_wait(&r, at_us);
		link_rig_close(&r);
	}
}

static void
a_link_may_go_before_its_world(void **state)
{
	struct link_rig r;
	struct io_handle *h;

	(void)state;
	link_rig_open(&r, plain, NULL, 0);
	h = link_rig_stream(&r, false);
	link_rig_send(&r, link_rig_udp(&r), "a");
	link_rig_wait(&r, 7 * MS);
	sim_way_done(r.sim, sim_link_way(r.link));
	sim_link_free(r.link);
	r.link = NULL;
	link_rig_send(&r, h, "nobody is there");
	link_rig_run(&r, S);
	assert_int_equal(r.n_heard, 1);
	link_rig_close(&r);
}

/* ---- the wire ---- */

static void
a_download_takes_bytes_by_bandwidth(void **state)
{
	struct link_rig r;
	struct io_handle *h;
	uint64_t n = 0, wire_us;
	size_t bodies = 0;

	(void)state;
	link_rig_open(
	    &r, (struct sim_link_cfg){ .latency_us = L, .bytes_per_s = 10 * MB }, NULL, 0);
	r.body_n = 15 * MB;
	h = link_rig_http(&r, false);
	link_rig_ask(&r, h, true);
	link_rig_run(&r, 100 * S);
	for (size_t i = 0; i < r.n_got; i++)
		if (r.got[i].kind == IO_BODY) {
			n += r.got[i].n;
			bodies++;
		}
	assert_int_equal(n, 15 * MB);
	assert_in_range(bodies, 15, 100); /* it is seen to grow */
	assert_int_equal(r.got[r.n_got - 1].kind, IO_WHOLE);
	assert_int_equal(r.got[r.n_got - 1].n, 15 * MB);

	/* All that was on the wire: the body, and 40 in 1500 for IP and TCP. */
	wire_us = sim_load_total(sim_link_load(r.link))->bytes_out / 10;
	assert_in_range(wire_us, 1500 * MS, 1545 * MS);
	assert_in_range(r.got[r.n_got - 1].at_us, 4 * L + wire_us, 4 * L + wire_us + 100);
	link_rig_close(&r);
}

static void
downloads_share_the_wire_and_end_together(void **state)
{
	enum { N = 4 };
	struct link_rig r;
	uint64_t end_us[N] = { 0 };
	struct io_handle *h[N];

	(void)state;
	link_rig_open(
	    &r, (struct sim_link_cfg){ .bytes_per_s = 10 * MB, .workers = N }, NULL, 0);
	r.body_n = 1 * MB;
	for (size_t k = 0; k < N; k++) {
		h[k] = link_rig_http(&r, false);
		link_rig_ask(&r, h[k], true);
	}
	link_rig_run(&r, 100 * S);
	for (size_t i = 0; i < r.n_got; i++)
		for (size_t k = 0; k < N; k++)
			if (r.got[i].kind == IO_WHOLE && r.got[i].h == h[k])
				end_us[k] = r.got[i].at_us;
	for (size_t k = 0; k < N; k++)
		assert_in_range(end_us[k], 400 * MS, 412 * MS);
	link_rig_close(&r);
}

static void
who_hangs_up_leaves_the_wire_to_the_others(void **state)
{
	struct link_rig r;
	struct io_handle *a, *b;

	(void)state;
	link_rig_open(
	    &r, (struct sim_link_cfg){ .bytes_per_s = 1 * MB, .workers = 2 }, NULL, 0);
	r.body_n = 1 * MB;
	a = link_rig_http(&r, false);
	b = link_rig_http(&r, false);
	link_rig_ask(&r, a, true);
	link_rig_ask(&r, b, true);
	link_rig_wait(&r, 1 * S);
	r.io->ops->close(a);
	link_rig_run(&r, 100 * S);
	/* Half a megabyte shared in the first second, the rest alone. */
	assert_ptr_equal(r.got[r.n_got - 1].h, b);
	assert_int_equal(r.got[r.n_got - 1].kind, IO_WHOLE);
	assert_in_range(r.got[r.n_got - 1].at_us, 1500 * MS, 1550 * MS);
	assert_in_range(
	    sim_load_total(sim_link_load(r.link))->bytes_out, 1500 * 1000, 1550 * 1000);
	link_rig_close(&r);
}

/* ---- the load ---- */

static void
the_load_knows_requests_work_and_bytes(void **state)
{
	struct link_rig r;
	struct io_handle *h;
	const struct sim_load_total *t;

	(void)state;
	link_rig_open(&r, plain, NULL, 0);
	t = sim_load_total(sim_link_load(r.link));
	h = link_rig_udp(&r);
	for (int i = 0; i < 5; i++)
		link_rig_send(&r, h, "ping");
	link_rig_run(&r, S);
	assert_int_equal(t->requests, 5);
	assert_int_equal(t->replies, 5);
	assert_int_equal(t->bytes_in, 5 * 32); /* with IP and UDP */
	assert_int_equal(t->bytes_out, 5 * 32);
	assert_int_equal(t->work_us, 5 * T);
	assert_int_equal(t->busy_us, 5 * T);
	assert_int_equal(t->waiting, 4);
	assert_int_equal(t->longest_wait_us, 4 * T);
	assert_int_equal(t->longest_wait_at_us, L + 4 * T);
	assert_int_equal(t->waits_us, (1 + 2 + 3 + 4) * T);
	assert_int_equal(t->requests_peak.most, 5);
	link_rig_close(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_datagram_takes_the_way_the_work_and_the_way_back),
		cmocka_unit_test(dhcp_takes_as_long),
		cmocka_unit_test(a_stream_is_up_after_one_round_trip_and_no_work),
		cmocka_unit_test(tls_costs_two_round_trips_more_and_a_worker),
		cmocka_unit_test(a_certificate_that_is_refused_is_known_after_two_round_trips),
		cmocka_unit_test(https_sends_its_chain_with_the_first_reply_of_a_connection),
		cmocka_unit_test(a_first_request_connects_the_next_one_does_not),
		cmocka_unit_test(https_connects_with_two_round_trips_more_and_twice_the_work),
		cmocka_unit_test(without_latency_and_work_it_takes_no_time_but_a_turn),
		cmocka_unit_test(what_is_sent_over_one_stream_is_served_one_by_one),
		cmocka_unit_test(two_streams_are_served_side_by_side),
		cmocka_unit_test(datagrams_of_one_socket_are_served_side_by_side),
		cmocka_unit_test(a_stream_that_is_closed_says_its_last_words_first),
		cmocka_unit_test(a_datagram_from_a_closed_socket_still_gets_there),
		cmocka_unit_test(an_end_with_nothing_before_it_takes_one_way),
		cmocka_unit_test(a_phone_may_close_at_any_moment_of_a_request),
		cmocka_unit_test(a_phone_may_close_inside_an_event),
		cmocka_unit_test(a_power_cut_in_the_middle_leaves_nothing),
		cmocka_unit_test(a_server_hears_of_a_cut_behind_what_was_sent),
		cmocka_unit_test(a_world_may_end_with_parcels_under_way),
		cmocka_unit_test(a_link_may_go_before_its_world),
		cmocka_unit_test(a_download_takes_bytes_by_bandwidth),
		cmocka_unit_test(downloads_share_the_wire_and_end_together),
		cmocka_unit_test(who_hangs_up_leaves_the_wire_to_the_others),
		cmocka_unit_test(the_load_knows_requests_work_and_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
