/* test_sim_shape.c - a phone's own line in the simulated world: how long everything takes over
 * it, what it loses, and who waits for whom. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "io_shape.h"
#include "link_rig.h"
#include "mem.h"
#include "sim_priv.h"
#include "sim_scene.h"

enum { MS = LINK_RIG_MS, S = LINK_RIG_S, KIB = 1024, D = 40 * MS, L = 3 * MS, T = 10 * MS };

/* The phone is 40 ms away from everything, the server 3 ms more; a request takes 10 ms. */
static const struct io_link far = { .delay_us = D };
static const struct sim_link_cfg server = {
	.takes = { .a_us = T }, .workers = 1, .latency_us = L
};
/* A server that costs nothing. */
static const struct sim_link_cfg free_server = { .workers = 100 };

/* ---- how long ---- */

static void
a_datagram_takes_the_line_both_ways_beside_the_servers_own(void **state)
{
	struct link_rig r;

	(void)state;
	link_rig_open_over(&r, server, NULL, 0, &far);
	link_rig_send(&r, link_rig_udp(&r), "ping");
	link_rig_run(&r, S);
	assert_string_equal(link_rig_heard(&r, 0, SIM_SENT, D + L + T)->text, "ping");
	assert_string_equal(link_rig_got(&r, 0, IO_PACKET, 2 * (D + L) + T)->text, "ping");
	assert_int_equal(r.n_got, 1);
	link_rig_close(&r);
}

static void
dhcp_takes_as_long(void **state)
{
	struct link_rig r;

	(void)state;
	link_rig_open_over(&r, server, NULL, 0, &far);
	link_rig_send(&r, link_rig_dhcp(&r), "discover");
	link_rig_run(&r, S);
	link_rig_heard(&r, 0, SIM_SENT, D + L + T);
	link_rig_got(&r, 0, IO_PACKET, 2 * (D + L) + T);
	link_rig_close(&r);
}

static void
a_stream_costs_a_round_trip_and_each_answer_another(void **state)
{
	struct link_rig r;
	struct io_handle *h;

	(void)state;
	link_rig_open_over(&r, server, NULL, 0, &far);
	h = link_rig_stream(&r, false);
	link_rig_run(&r, S);
	link_rig_heard(&r, 0, SIM_OPENED, D + L);
	link_rig_got(&r, 0, IO_UP, 2 * (D + L));
	link_rig_wait(&r, S);
	link_rig_send(&r, h, "bind");
	link_rig_run(&r, 2 * S);
	link_rig_heard(&r, 1, SIM_SENT, S + D + L + T);
	link_rig_got(&r, 1, IO_BYTES, S + 2 * (D + L) + T);
	link_rig_close(&r);
}

static void
tls_costs_two_round_trips_more(void **state)
{
	struct link_rig r;

	(void)state;
	link_rig_open_over(&r, server, NULL, 0, &far);
	(void)link_rig_stream(&r, true);
	link_rig_run(&r, S);
	link_rig_heard(&r, 0, SIM_OPENED, D + L + T);
	link_rig_got(&r, 0, IO_UP, 6 * (D + L) + T);
	link_rig_close(&r);
}

static void
a_request_on_a_new_connection_makes_it_first_and_on_a_kept_one_not(void **state)
{
	for (uint64_t tls = 0; tls <= 1; tls++) {
		/* SYN, SYN and ACK, with TLS two round trips more; the request. */
		uint64_t ways = 3 + 4 * tls, handshake = tls * T;
		struct link_rig r;
		struct io_handle *h;

		(void)state;
		link_rig_open_over(&r, server, NULL, 0, &far);
		h = link_rig_http(&r, tls == 1);
		link_rig_ask(&r, h, false);
		link_rig_run(&r, S);
		link_rig_heard(&r, 0, SIM_OPENED, 0);
		link_rig_heard(&r, 1, SIM_ASKED, ways * (D + L) + T + handshake);
		link_rig_got(&r, r.n_got - 1, IO_WHOLE, (ways + 1) * (D + L) + T + handshake);
		link_rig_wait(&r, S);
		link_rig_ask(&r, h, false);
		link_rig_run(&r, 2 * S);
		link_rig_heard(&r, 2, SIM_ASKED, S + D + L + T);
		link_rig_got(&r, r.n_got - 1, IO_WHOLE, S + 2 * (D + L) + T);
		link_rig_close(&r);
	}
}

static void
what_was_sent_before_the_end_comes_before_it(void **state)
{
	const struct io_link jumpy = { .delay_us = D, .jitter_us = D };
	struct link_rig r;
	struct io_handle *h;

	(void)state;
	link_rig_open_over(&r, free_server, NULL, 0, &jumpy);
	for (int i = 0; i < 20; i++) {
		h = link_rig_udp(&r);
		link_rig_send(&r, h, "release");
		r.io->ops->close(h);
	}
	link_rig_run(&r, S);
	assert_int_equal(r.n_heard, 40);
	for (size_t i = 0; i < 40; i++) {
		size_t sent = 0;

		for (size_t j = 0; j < i; j++)
			sent += r.heard[j].h == r.heard[i].h && r.heard[j].deed == SIM_SENT;
		if (r.heard[i].deed == SIM_CLOSED)
			assert_true(sent > 0);
	}
	assert_int_equal(r.n_got, 0);
	link_rig_close(&r);
}

static void
a_server_that_refuses_says_so_a_round_trip_later(void **state)
{
	const struct fault refuse = link_rig_always((struct fault_deed){ .refuse = true });
	struct link_rig r;

	(void)state;
	link_rig_open_over(&r, server, &refuse, 1, &far);
	(void)link_rig_stream(&r, false);
	link_rig_run(&r, S);
	link_rig_is_down(&r, -ECONNREFUSED, 2 * (D + L));
	link_rig_close(&r);
}

static void
what_arrives_at_a_closed_handle_is_nobodys(void **state)
{
	struct link_rig r;
	struct io_handle *h;

	(void)state;
	link_rig_open_over(&r, free_server, NULL, 0, &far);
	h = link_rig_stream(&r, false);
	link_rig_run(&r, S);
	link_rig_wait(&r, S);
	link_rig_send(&r, h, "question");
	/* The answer is on the line when the phone hangs up. */
	link_rig_run(&r, S + D + MS);
	r.io->ops->close(h);
	link_rig_run(&r, 2 * S);
	assert_int_equal(r.n_got, 1);
	link_rig_heard(&r, 2, SIM_CLOSED, S + 2 * D + MS);
	link_rig_close(&r);
}

/* ---- without a way between ---- */

static void
on_scene_deed(void *arg, struct sim *sim, const struct sim_call *c)
{
	scene_on_call(arg, sim, c);
	if (c->deed == SIM_OPENED && c->type == SIM_STREAM)
		sim_up(sim, c->h, 5 * MS, NULL);
	else if (c->deed == SIM_SENT && c->type == SIM_UDP)
		sim_packet(sim, c->h, 5 * MS, c->bytes);
	else if (c->deed == SIM_ASKED)
		sim_http(sim, c->h, 5 * MS, 200, NULL, 0, span_of("hello"), 0);
}

static void
a_server_without_a_way_is_heard_and_hears_over_the_line(void **state)
{
	for (int strict = 0; strict <= 1; strict++) {
		static struct scene s;
		struct io_handle *h;

		(void)state;
		scene_begin_over(&s, strict == 1, 2, &far);
		sim_listen(s.sim, SIM_STREAM, 389, on_scene_deed, &s);
		sim_listen(s.sim, SIM_UDP, 53, on_scene_deed, &s);
		h = scene_stream(&s, 0, (struct io_addr){ SCENE_SERVER, 389 });
		assert_string_equal(scene_heard(&s), "");
		scene_run(&s);
		assert_string_equal(scene_heard(&s), "opened");
		assert_int_equal(scene_last(&s, 0)->at_us, 2 * D + 5 * MS);
		assert_int_equal(s.phone[0].io->ops->send(h, span_of("a")), 0);
		assert_int_equal(s.phone[0].io->ops->send(h, span_of("b")), 0);
		s.phone[0].io->ops->close(h);
		assert_string_equal(scene_heard(&s), "");
		scene_run(&s);
		assert_string_equal(scene_heard(&s), "sent:a sent:b closed");
		assert_int_equal(s.last_us, 3 * D + 5 * MS);
		h = scene_udp(&s, 1, (struct io_addr){ SCENE_SERVER, 53 });
		assert_int_equal(s.phone[1].io->ops->send(h, span_of("who?")), 0);
		scene_run(&s);
		assert_string_equal(scene_heard(&s), "sent:who?");
		assert_int_equal(scene_last(&s, 1)->at_us, 5 * D + 10 * MS);
		s.phone[1].io->ops->close(h);
		scene_run(&s);
		scene_end(&s);
	}
}

static void
a_session_without_a_way_asks_over_the_line(void **state)
{
	static struct scene s;
	struct io_handle *h;

	(void)state;
	scene_begin_over(&s, true, 1, &far);
	sim_listen(s.sim, SIM_HTTP, 80, on_scene_deed, &s);
	h = scene_http(&s, 0, (struct io_addr){ SCENE_SERVER, 80 });
	assert_int_equal(scene_get(&s.phone[0], h, "/a"), 0);
	assert_int_equal(scene_get(&s.phone[0], h, "/b"), -EBUSY);
	scene_run(&s);
	assert_int_equal(scene_last(&s, 0)->ev.kind, IO_WHOLE);
	assert_int_equal(scene_last(&s, 0)->at_us, 4 * D + 5 * MS);
	assert_int_equal(scene_get(&s.phone[0], h, "/b"), 0);
	scene_run(&s);
	assert_int_equal(scene_last(&s, 0)->at_us, 6 * D + 10 * MS);
	assert_string_equal(scene_heard(&s), "opened asked:/a! asked:/b");
	s.phone[0].io->ops->close(h);
	scene_run(&s);
	assert_string_equal(scene_heard(&s), "closed");
	scene_end(&s);
}

static void
where_nobody_listens_the_word_of_it_takes_the_line_too(void **state)
{
	static struct scene s;

	(void)state;
	scene_begin_over(&s, true, 3, &far);
	sim_listen(s.sim, SIM_UDP, 53, on_scene_deed, &s);
	(void)scene_stream(&s, 0, (struct io_addr){ SCENE_SERVER, 389 });
	scene_run(&s);
	assert_int_equal(scene_last(&s, 0)->ev.kind, IO_DOWN);
	assert_int_equal(scene_last(&s, 0)->ev.err, -ECONNREFUSED);
	assert_int_equal(scene_last(&s, 0)->at_us, 2 * D);
	(void)scene_get(
	    &s.phone[1], scene_http(&s, 1, (struct io_addr){ SCENE_SERVER, 80 }), "/");
	scene_run(&s);
	assert_int_equal(scene_last(&s, 1)->ev.kind, IO_DOWN);
	assert_int_equal(scene_last(&s, 1)->ev.err, -ECONNREFUSED);
	/* SYN and its answer, and what the request would have taken behind it. */
	assert_int_equal(scene_last(&s, 1)->at_us, 6 * D);
	scene_end(&s);
}

static void
a_closed_port_of_datagrams_is_known_a_round_trip_later(void **state)
{
	static struct scene s;
	struct io_handle *h;

	(void)state;
	scene_begin_over(&s, true, 1, &far);
	assert_int_equal(sim_listen_at(s.sim, SIM_UDP, (struct io_addr){ SCENE_SERVER, 53 },
			     NULL, on_scene_deed, &s),
	    0);
	h = scene_udp(&s, 0, (struct io_addr){ SCENE_SERVER, 123 });
	assert_int_equal(s.phone[0].io->ops->send(h, span_of("time?")), 0);
	scene_run(&s);
	assert_int_equal(scene_last(&s, 0)->ev.kind, IO_DOWN);
	assert_int_equal(scene_last(&s, 0)->ev.err, -ECONNREFUSED);
	assert_int_equal(scene_last(&s, 0)->at_us, 2 * D);
	scene_end(&s);
}

/* ---- loss ---- */

static void
given_loss_each_way_loses_its_share_of_datagrams(void **state)
{
	const struct io_link lossy = { .delay_us = D, .loss = 0.25 };
	struct link_rig r;
	struct io_handle *h;

	(void)state;
	link_rig_open_over(&r, free_server, NULL, 0, &lossy);
	h = link_rig_udp(&r);
	for (int i = 0; i < 240; i++)
		link_rig_send(&r, h, "ping");
	link_rig_run(&r, S);
	assert_in_range(r.n_heard, 160, 200);
	assert_in_range(r.n_got, r.n_heard * 65 / 100, r.n_heard * 85 / 100);
	link_rig_mishaps(&r, SIM_DROPPED, 0);
	link_rig_close(&r);
}

static void
given_loss_a_stream_is_late_but_whole_and_in_order(void **state)
{
	const struct io_link lossy = { .delay_us = D, .loss = 0.3 };
	struct link_rig r;
	struct io_handle *h;
	char text[2] = { 'a', '\0' };

	(void)state;
	link_rig_open_over(&r, free_server, NULL, 0, &lossy);
	h = link_rig_stream(&r, false);
	link_rig_run(&r, 60 * (uint64_t)S);
	assert_int_equal(r.n_got, 1);
	for (int i = 0; i < 20; i++, text[0]++)
		link_rig_send(&r, h, text);
	link_rig_run(&r, 300 * (uint64_t)S);
	assert_int_equal(r.n_got, 21);
	for (size_t i = 0; i < 20; i++)
		assert_int_equal(r.got[i + 1].text[0], 'a' + (char)i);
	assert_true(r.got[20].at_us - r.got[0].at_us > 2 * D + 200 * MS);
	link_rig_close(&r);
}

static void
given_a_dead_line_connecting_times_out_and_no_server_hears_of_it(void **state)
{
	const struct io_link dead = { .loss = 1 };
	struct link_rig r;

	(void)state;
	link_rig_open_over(&r, free_server, NULL, 0, &dead);
	(void)link_rig_stream(&r, false);
	link_rig_send(&r, link_rig_udp(&r), "ping");
	link_rig_ask(&r, link_rig_http(&r, true), false);
	link_rig_run(&r, 1000 * (uint64_t)S);
	assert_int_equal(r.n_got, 2);
	assert_int_equal(link_rig_got(&r, 0, IO_DOWN, 127 * (uint64_t)S)->err, -ETIMEDOUT);
	assert_int_equal(link_rig_got(&r, 1, IO_DOWN, 127 * (uint64_t)S)->err, -ETIMEDOUT);
	/* A session is known before it asks. */
	assert_int_equal(r.n_heard, 1);
	link_rig_close(&r);
}

static void
a_session_whose_line_was_dead_asks_again_on_a_new_connection(void **state)
{
	int downs = 0, wholes = 0;

	(void)state;
	for (int i = 0; i < 8; i++) {
		const struct io_link bad = { .delay_us = D, .loss = 0.85 + 0.015 * i };
		struct link_rig r;
		struct io_handle *h;

		link_rig_open_over(&r, free_server, NULL, 0, &bad);
		h = link_rig_http(&r, false);
		for (int ask = 0; ask < 12; ask++) {
			size_t before = r.n_got;

			link_rig_ask(&r, h, false);
			link_rig_wait(&r, sim_clock_us(r.clock) + 10000 * (uint64_t)S);
			if (r.n_got == before)
				break; /* the server's TCP gave up: silence */
			downs += r.got[r.n_got - 1].kind == IO_DOWN;
			wholes += r.got[r.n_got - 1].kind == IO_WHOLE;
			if (r.got[r.n_got - 1].kind != IO_DOWN)
				break;
		}
		link_rig_close(&r);
	}
	assert_true(downs > 0);
	assert_true(wholes > 0);
}

/* ---- rates ---- */

/* Until the end of the reply, which is the last of what is kept of it. */
static void
run_to_whole(struct link_rig *r)
{
	while (r->n_got == 0 || r->got[r->n_got - 1].kind != IO_WHOLE) {
		r->n_got = r->n_got > 200 ? 0 : r->n_got;
		assert_true(sim_clock_step(r->clock, 1000 * (uint64_t)S));
	}
}

static void
a_download_takes_as_long_as_the_thin_line_needs(void **state)
{
	/* 1 Mbit/s. */
	const struct io_link thin = { .delay_us = D, .down_per_s = 125000 };
	const uint64_t body = 15 * 1000 * 1000;
	uint64_t least_us = io_shape_stream_n(body) * 8, end_us;
	struct link_rig r;

	(void)state;
	link_rig_open_over(&r, free_server, NULL, 0, &thin);
	r.body_n = body;
	link_rig_ask(&r, link_rig_http(&r, false), true);
	link_rig_run(&r, S);
	/* It grows: no more than a piece at once. */
	assert_true(r.n_got > 2);
	for (size_t i = 1; i < r.n_got; i++)
		assert_true(r.got[i].kind == IO_BODY && r.got[i].n <= IO_SHAPE_PIECE);
	run_to_whole(&r);
	end_us = r.got[r.n_got - 1].at_us;
	assert_int_equal(r.got[r.n_got - 1].n, body);
	assert_in_range(end_us, least_us + 4 * D, least_us + 4 * D + least_us / 100);
	link_rig_close(&r);
}

static void
without_a_rate_the_window_and_the_distance_limit_a_download(void **state)
{
	const uint64_t body = 3200 * KIB;
	struct link_rig r;

	(void)state;
	link_rig_open_over(&r, free_server, NULL, 0, &far);
	r.body_n = body;
	link_rig_ask(&r, link_rig_http(&r, false), true);
	run_to_whole(&r);
	/* 32 KiB in 40 ms: a hundred times. */
	assert_in_range(r.got[r.n_got - 1].at_us, (4 + 99) * D, (4 + 101) * D);
	link_rig_close(&r);
}

static void
a_download_leaves_room_for_what_else_the_phone_says(void **state)
{
	const struct io_link thin = { .down_per_s = 125000, .up_per_s = 125000 };
	struct io_handle *line, *packets;
	struct link_rig r;
	uint64_t asked_us;

	(void)state;
	link_rig_open_over(&r, free_server, NULL, 0, &thin);
	line = link_rig_stream(&r, false);
	packets = link_rig_udp(&r);
	link_rig_run(&r, S);
	r.body_n = 15 * 1000 * 1000;
	link_rig_wait(&r, S);
	link_rig_ask(&r, link_rig_http(&r, false), true);
	link_rig_run(&r, 3 * S);
	link_rig_wait(&r, 3 * S);
	r.n_got = 0;
	link_rig_send(&r, line, "keep-alive");
	link_rig_send(&r, packets, "ping");
	asked_us = sim_clock_us(r.clock);
	link_rig_run(&r, 4 * S);
	for (size_t i = 0, n = 0; n < 2; i++) {
		assert_true(i < r.n_got);
		if (r.got[i].kind == IO_BODY)
			continue;
		n++;
		/* Behind no more than what streams may have in the queue, and one turn. */
		assert_true(r.got[i].at_us - asked_us < 600 * MS);
	}
	link_rig_close(&r);
}

static void
two_downloads_share_the_line_alike(void **state)
{
	const struct io_link thin = { .down_per_s = 125000 };
	uint64_t n[2] = { 0 };
	struct io_handle *h[2];
	struct link_rig r;

	(void)state;
	link_rig_open_over(&r, free_server, NULL, 0, &thin);
	r.body_n = 15 * 1000 * 1000;
	for (int i = 0; i < 2; i++) {
		h[i] = link_rig_http(&r, false);
		link_rig_ask(&r, h[i], true);
	}
	link_rig_run(&r, 10 * S);
	for (size_t i = 0; i < r.n_got; i++)
		if (r.got[i].kind == IO_BODY)
			n[r.got[i].h == h[1]] += r.got[i].n;
	assert_in_range(n[0] + n[1], 1150000, 1250000);
	assert_in_range(n[0], n[1] - 70000, n[1] + 70000);
	link_rig_close(&r);
}

static void
sends_that_find_no_room_wait_and_come_in_order(void **state)
{
	const struct io_link thin = { .up_per_s = 16000 };
	static char text[2048];
	struct io_handle *h;
	struct link_rig r;
	int rc = 0, sent = 0;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	link_rig_open_over(&r, free_server, NULL, 0, &thin);
	r.silent = true;
	h = link_rig_stream(&r, false);
	link_rig_wait(&r, S);
	sim_up(r.sim, h, 0, NULL);
	link_rig_wait(&r, 2 * S);
	for (; sent < 100 && rc == 0; sent += rc == 0) {
		text[0] = (char)('A' + sent);
		rc = r.io->ops->send(h, span_of(text));
	}
	/* More than 64 KiB wait: the phone is held back. */
	assert_int_equal(rc, -ENOBUFS);
	assert_in_range(sent, 32, 34);
	link_rig_run(&r, 20 * S);
	assert_int_equal(r.n_heard, 1 + (size_t)sent);
	for (size_t i = 0; i < (size_t)sent; i++) {
		assert_int_equal(r.heard[i + 1].text[0], 'A' + (char)i);
		assert_true(r.heard[i + 1].at_us >= 2 * S + (i + 1) * 2047 * 1000 / 16);
	}
	link_rig_close(&r);
}

/* ---- power ---- */

static void
given_a_power_cut_what_waits_is_gone_and_the_end_is_told(void **state)
{
	const struct io_link thin = { .delay_us = D, .up_per_s = 16000 };
	static char text[2048];
	struct io_handle *h;
	struct link_rig r;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	link_rig_open_over(&r, free_server, NULL, 0, &thin);
	h = link_rig_stream(&r, false);
	link_rig_run(&r, S);
	link_rig_wait(&r, S);
	for (int i = 0; i < 32; i++)
		assert_int_equal(r.io->ops->send(h, span_of(text)), 0);
	r.n_heard = 0;
	r.io->ops->power_cut(r.io);
	link_rig_run(&r, 60 * (uint64_t)S);
	/* What was on the wire already, no more than a window; then the end. */
	assert_in_range(r.n_heard, 2, 18);
	assert_int_equal(r.heard[r.n_heard - 1].deed, SIM_CUT);
	/* The next boot finds an idle line. */
	assert_int_equal(r.io->ops->address(r.io, 0x0a400001, 0), 0);
	link_rig_wait(&r, 100 * (uint64_t)S);
	r.n_got = 0;
	link_rig_send(&r, link_rig_udp(&r), "a");
	link_rig_run(&r, 200 * (uint64_t)S);
	link_rig_got(&r, 0, IO_PACKET, 100 * (uint64_t)S + 2 * D + 29 * 1000 / 16);
	link_rig_close(&r);
}

static void
a_phone_that_is_freed_leaves_nothing_behind_whatever_is_under_way(void **state)
{
	const struct io_link thin = { .delay_us = D, .up_per_s = 9000, .down_per_s = 9000 };
	static char text[30000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	for (uint64_t at_us = 0; at_us < 2 * S; at_us += 170 * MS) {
		struct link_rig r;
		struct io_handle *a, *b;

		link_rig_open_over(&r, server, NULL, 0, &thin);
		a = link_rig_stream(&r, false);
		b = link_rig_http(&r, true);
		r.body_n = 1000000;
		link_rig_ask(&r, b, true);
		link_rig_send(&r, link_rig_dhcp(&r), "discover");
		link_rig_run(&r, 150 * MS);
		if (at_us >= 170 * MS)
			(void)r.io->ops->send(a, span_of(text));
		if (at_us >= 510 * MS)
			r.io->ops->close(a);
		link_rig_run(&r, at_us);
		/* link_rig_close() closes all, frees the phone and finds nothing left. */
		link_rig_close(&r);
	}
}

static void
a_way_that_ends_takes_what_is_on_the_line_to_it_along(void **state)
{
	struct link_rig r;
	struct io_handle *h;

	(void)state;
	link_rig_open_over(&r, server, NULL, 0, &far);
	h = link_rig_stream(&r, false);
	link_rig_run(&r, S);
	link_rig_wait(&r, S);
	link_rig_send(&r, h, "lost");
	link_rig_run(&r, S + 10 * MS);
	r.n_heard = 0;
	sim_way_done(r.sim, sim_link_way(r.link));
	link_rig_run(&r, 2 * S);
	assert_int_equal(r.n_heard, 0);
	link_rig_close(&r);
}

/* ---- whatever happens ---- */

enum { LIVES = 150, DOINGS = 40, HANDLES = 4 };

struct life { /* of one phone, by a seed */
	struct link_rig r;
	struct rng rng;
	struct io_handle *h[HANDLES];
	char next[HANDLES]; /* the letter that a stream says next */
};

static struct io_link
any_link(struct rng *rng)
{
	static const double losses[] = { 0, 0, 0.05, 0.4, 1 };
	static const uint64_t rates[] = { 0, 9000, 125000, 10000000 };
	struct io_link link = { .delay_us = rng_below(rng, 200 * MS),
		.jitter_us = rng_below(rng, 100 * MS) };

	link.loss = losses[rng_below(rng, 5)];
	link.down_per_s = rates[rng_below(rng, 4)];
	link.up_per_s = rates[rng_below(rng, 4)];
	return link;
}

static void
life_open(struct life *l, size_t i)
{
	bool tls = rng_below(&l->rng, 2) == 1;

	l->next[i] = 'a';
	switch (rng_below(&l->rng, 3)) {
	case 0:
		l->h[i] = link_rig_udp(&l->r);
		break;
	case 1:
		l->h[i] = link_rig_stream(&l->r, tls);
		break;
	default:
		l->h[i] = link_rig_http(&l->r, tls);
		break;
	}
}

/* One thing that a phone may do at any time; calls that are in vain are told so. */
static void
life_do(struct life *l)
{
	const struct io_ask ask = { .method = "GET", .path = "/", .reply = IO_COUNT };
	size_t i = rng_below(&l->rng, HANDLES);
	struct io *io = l->r.io;
	char said[2] = { l->next[i], '\0' };

	if (l->h[i] == NULL) {
		life_open(l, i);
		return;
	}
	switch (rng_below(&l->rng, 8)) {
	case 0:
		io->ops->close(l->h[i]);
		l->h[i] = NULL;
		break;
	case 1:
		(void)io->ops->ask(l->h[i], &ask);
		break;
	case 2:
		link_rig_run(&l->r, sim_clock_us(l->r.clock) + rng_below(&l->rng, 2 * S));
		break;
	default:
		if (io->ops->send(l->h[i], span_of(said)) == 0 && l->next[i] < 'z')
			l->next[i]++;
		break;
	}
}

/* What a stream's server heard is what was said, in order, up to some letter. */
static void
life_is_in_order(const struct life *l, size_t i)
{
	char due = 'a';

	for (size_t n = 0; n < l->r.n_heard; n++) {
		const struct link_rig_deed *d = &l->r.heard[n];

		if (d->h != l->h[i] || d->deed != SIM_SENT)
			continue;
		assert_int_equal(d->text[0], due);
		due = (char)(due < 'z' ? due + 1 : due);
	}
	assert_true(due <= l->next[i]);
}

/* A strict world asserts its own rules; the rig that nothing is left. */
static void
whatever_a_phone_does_over_whatever_line_all_is_in_order_and_nothing_is_left(void **state)
{
	static struct life l;

	(void)state;
	for (uint64_t seed = 0; seed < LIVES; seed++) {
		struct io_link link;

		memset(&l, 0, sizeof(l));
		rng_seed(&l.rng, 4, seed);
		link = any_link(&l.rng);
		link_rig_open_over(&l.r, server, NULL, 0, &link);
		l.r.body_n = 100 + rng_below(&l.rng, 200000);
		for (int i = 0; i < DOINGS && l.r.n_got < LINK_RIG_EVENTS - 60; i++)
			life_do(&l);
		for (size_t i = 0; i < HANDLES; i++)
			if (l.h[i] != NULL && l.h[i]->type == SIM_STREAM)
				life_is_in_order(&l, i);
		if (rng_below(&l.rng, 2) == 1)
			l.r.io->ops->power_cut(l.r.io);
		link_rig_close(&l.r);
	}
}

/* ---- beside others ---- */

static void
a_phone_without_a_line_of_its_own_waits_for_nobodys(void **state)
{
	const struct io_link none = { 0 };
	struct link_rig r;

	(void)state;
	link_rig_open_over(&r, server, NULL, 0, &none);
	link_rig_send(&r, link_rig_udp(&r), "ping");
	link_rig_run(&r, S);
	link_rig_got(&r, 0, IO_PACKET, 2 * L + T);
	link_rig_close(&r);
}

static void
the_line_takes_no_chance_from_what_the_phone_does(void **state)
{
	const struct io_link wild = { .delay_us = D, .jitter_us = D, .loss = 0.5 };
	struct link_rig plain, lined;

	(void)state;
	link_rig_open(&plain, server, NULL, 0);
	link_rig_open_over(&lined, server, NULL, 0, &wild);
	for (int i = 0; i < 20; i++) {
		link_rig_send(&lined, link_rig_udp(&lined), "ping");
		link_rig_run(&lined, (uint64_t)i * 100 * MS);
		assert_int_equal(
		    lined.io->ops->random(lined.io), plain.io->ops->random(plain.io));
	}
	/* Each counts what was there before it began. */
	link_rig_close(&lined);
	link_rig_close(&plain);
}

static void
the_same_seed_gives_the_same_history(void **state)
{
	const struct io_link wild = { .delay_us = D,
		.jitter_us = D / 2,
		.loss = 0.2,
		.down_per_s = 20000,
		.up_per_s = 10000 };
	static struct link_rig r[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct io_handle *h;

		link_rig_open_over(&r[i], server, NULL, 0, &wild);
		r[i].body_n = 100000;
		link_rig_ask(&r[i], link_rig_http(&r[i], true), true);
		h = link_rig_udp(&r[i]);
		for (int n = 0; n < 30; n++)
			link_rig_send(&r[i], h, "ping");
		link_rig_run(&r[i], 100 * (uint64_t)S);
	}
	assert_true(r[0].n_got > 10);
	assert_int_equal(r[0].n_got, r[1].n_got);
	for (size_t i = 0; i < r[0].n_got; i++) {
		assert_int_equal(r[0].got[i].at_us, r[1].got[i].at_us);
		assert_int_equal(r[0].got[i].kind, r[1].got[i].kind);
		assert_int_equal(r[0].got[i].n, r[1].got[i].n);
	}
	/* Each counts what was there before it began. */
	link_rig_close(&r[1]);
	link_rig_close(&r[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_datagram_takes_the_line_both_ways_beside_the_servers_own),
		cmocka_unit_test(dhcp_takes_as_long),
		cmocka_unit_test(a_stream_costs_a_round_trip_and_each_answer_another),
		cmocka_unit_test(tls_costs_two_round_trips_more),
		cmocka_unit_test(
		    a_request_on_a_new_connection_makes_it_first_and_on_a_kept_one_not),
		cmocka_unit_test(what_was_sent_before_the_end_comes_before_it),
		cmocka_unit_test(a_server_that_refuses_says_so_a_round_trip_later),
		cmocka_unit_test(what_arrives_at_a_closed_handle_is_nobodys),
		cmocka_unit_test(a_server_without_a_way_is_heard_and_hears_over_the_line),
		cmocka_unit_test(a_session_without_a_way_asks_over_the_line),
		cmocka_unit_test(where_nobody_listens_the_word_of_it_takes_the_line_too),
		cmocka_unit_test(a_closed_port_of_datagrams_is_known_a_round_trip_later),
		cmocka_unit_test(given_loss_each_way_loses_its_share_of_datagrams),
		cmocka_unit_test(given_loss_a_stream_is_late_but_whole_and_in_order),
		cmocka_unit_test(
		    given_a_dead_line_connecting_times_out_and_no_server_hears_of_it),
		cmocka_unit_test(a_session_whose_line_was_dead_asks_again_on_a_new_connection),
		cmocka_unit_test(a_download_takes_as_long_as_the_thin_line_needs),
		cmocka_unit_test(without_a_rate_the_window_and_the_distance_limit_a_download),
		cmocka_unit_test(a_download_leaves_room_for_what_else_the_phone_says),
		cmocka_unit_test(two_downloads_share_the_line_alike),
		cmocka_unit_test(sends_that_find_no_room_wait_and_come_in_order),
		cmocka_unit_test(given_a_power_cut_what_waits_is_gone_and_the_end_is_told),
		cmocka_unit_test(
		    a_phone_that_is_freed_leaves_nothing_behind_whatever_is_under_way),
		cmocka_unit_test(a_way_that_ends_takes_what_is_on_the_line_to_it_along),
		cmocka_unit_test(
		    whatever_a_phone_does_over_whatever_line_all_is_in_order_and_nothing_is_left),
		cmocka_unit_test(a_phone_without_a_line_of_its_own_waits_for_nobodys),
		cmocka_unit_test(the_line_takes_no_chance_from_what_the_phone_does),
		cmocka_unit_test(the_same_seed_gives_the_same_history),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
