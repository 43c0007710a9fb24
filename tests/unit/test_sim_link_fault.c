/*
 * test_sim_link_fault.c - what befalls packets on a link, each kind of fault against each type
 * of handle, to the microsecond: drop, delay, duplicate, reorder, corrupt.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "link_rig.h"
#include "serve_fault.h"

enum { MS = LINK_RIG_MS, S = LINK_RIG_S, MB = 1000 * 1000, L = 3 * MS, T = 10 * MS };

/* 3 ms away, 10 ms a request, two workers: what comes twice is served at once. */
static const struct sim_link_cfg plain = {
	.takes = { .a_us = T }, .workers = 2, .latency_us = L
};

static void
open_always(struct link_rig *r, struct fault_deed deed)
{
	const struct fault fault = link_rig_always(deed);

	link_rig_open(r, plain, &fault, 1);
}

static void
open_between(struct link_rig *r, uint64_t from_us, uint64_t till_us, struct fault_deed deed)
{
	const struct fault fault = link_rig_between(from_us, till_us, deed);

	link_rig_open(r, plain, &fault, 1);
}

/* ---- drop ---- */

static void
a_dropped_datagram_is_gone_and_no_worker_ever_sees_it(void **state)
{
	struct link_rig r;

	(void)state;
	open_always(&r, (struct fault_deed){ .drop = 1 });
	link_rig_send(&r, link_rig_udp(&r), "ping");
	link_rig_send(&r, link_rig_dhcp(&r), "discover");
	link_rig_run(&r, 1000ull * S);
	assert_int_equal(r.n_heard, 0);
	assert_int_equal(r.n_got, 0);
	assert_int_equal(sim_load_total(sim_link_load(r.link))->requests, 0);
	link_rig_mishaps(&r, SIM_DROPPED, 2);
	link_rig_close(&r);
}

static void
an_answer_may_be_dropped_too(void **state)
{
	struct link_rig r;

	(void)state;
	/* It leaves the server at 13 ms, just inside; the request did not. */
	open_between(&r, 13 * MS, 14 * MS, (struct fault_deed){ .drop = 1 });
	link_rig_send(&r, link_rig_udp(&r), "ping");
	link_rig_run(&r, S);
	link_rig_heard(&r, 0, SIM_SENT, L + T);
	assert_int_equal(r.n_got, 0);
	link_rig_mishaps(&r, SIM_DROPPED, 1);
	link_rig_close(&r);
}

static void
a_window_counts_from_its_first_microsecond_to_before_its_end(void **state)
{
	struct link_rig r;
	struct io_handle *h;

	(void)state;
	open_between(&r, 20 * S, 30 * S, (struct fault_deed){ .drop = 1 });
	h = link_rig_udp(&r);
	link_rig_wait(&r, 20 * S - 1);
	link_rig_send(&r, h, "before");
	link_rig_wait(&r, 20 * S);
	link_rig_send(&r, h, "first");
	link_rig_wait(&r, 30 * S - 1);
	link_rig_send(&r, h, "last");
	link_rig_wait(&r, 30 * S);
	link_rig_send(&r, h, "after");
	link_rig_run(&r, 40 * S);
	assert_string_equal(
	    link_rig_heard(&r, 0, SIM_SENT, 20 * S - 1 + L + T)->text, "before");
	assert_string_equal(link_rig_heard(&r, 1, SIM_SENT, 30 * S + L + T)->text, "after");
	assert_int_equal(r.n_heard, 2);
	/* The answer of the first was inside. */
	assert_int_equal(r.n_got, 1);
	link_rig_close(&r);
}

static void
a_lost_syn_is_sent_again_after_a_second_then_two(void **state)
{
	struct link_rig r;

	(void)state;
	open_between(&r, 0, 2 * S, (struct fault_deed){ .drop = 1 });
	link_rig_stream(&r, false);
	link_rig_run(&r, 100 * S);
	/* 0, 1, 3 s. */
	link_rig_heard(&r, 0, SIM_OPENED, 3 * S + L);
	link_rig_got(&r, 0, IO_UP, 3 * S + 2 * L);
	link_rig_mishaps(&r, SIM_DROPPED, 2);
	link_rig_close(&r);
}

static void
lost_bytes_are_sent_again_and_keep_their_order(void **state)
{
	struct link_rig r;
	struct io_handle *h;

	(void)state;
	open_between(&r, 1 * S, 1 * S + 500 * MS, (struct fault_deed){ .drop = 1 });
	h = link_rig_stream(&r, false);
	link_rig_wait(&r, 1 * S);
	link_rig_send(&r, h, "one"); /* sent at 1.0, 1.2, 1.6 s */
	link_rig_wait(&r, 1 * S + 510 * MS);
	link_rig_send(&r, h, "two"); /* outside, but behind the first */
	link_rig_run(&r, 100 * S);
	assert_string_equal(
	    link_rig_heard(&r, 1, SIM_SENT, 1 * S + 600 * MS + L + T)->text, "one");
	assert_string_equal(
	    link_rig_heard(&r, 2, SIM_SENT, 1 * S + 600 * MS + L + 2 * T)->text, "two");
	assert_string_equal(r.got[1].text, "one");
	assert_string_equal(r.got[2].text, "two");
	link_rig_close(&r);
}

static void
a_lost_answer_on_a_stream_holds_up_the_next(void **state)
{
	struct link_rig r;
	struct io_handle *h;

	(void)state;
	/* The first answer leaves at 1.013 s, the second at 1.113 s. */
	open_between(&r, 1 * S + 13 * MS, 1 * S + 14 * MS, (struct fault_deed){ .drop = 1 });
	h = link_rig_stream(&r, false);
	link_rig_wait(&r, 1 * S);
	link_rig_send(&r, h, "one");
	link_rig_wait(&r, 1 * S + 100 * MS);
	link_rig_send(&r, h, "two");
	link_rig_run(&r, 100 * S);
	assert_string_equal(
	    link_rig_got(&r, 1, IO_BYTES, 1 * S + 13 * MS + 200 * MS + L)->text, "one");
	assert_string_equal(
	    link_rig_got(&r, 2, IO_BYTES, 1 * S + 13 * MS + 200 * MS + L)->text, "two");
	link_rig_close(&r);
}

static void
in_a_black_hole_nobody_connects_and_the_phone_gives_up(void **state)
{
	struct link_rig r;

	(void)state;
	for (int tls = 0; tls < 2; tls++) {
		open_always(&r, (struct fault_deed){ .drop = 1 });
		link_rig_stream(&r, tls);
		link_rig_run(&r, 1000ull * S);
		assert_int_equal(r.n_heard, 0);
		assert_int_equal(r.n_got, 1);
		link_rig_is_down(&r, -ETIMEDOUT, 127 * S);
		link_rig_mishaps(&r, SIM_DROPPED, 7);
		link_rig_close(&r);

		open_always(&r, (struct fault_deed){ .drop = 1 });
		link_rig_ask(&r, link_rig_http(&r, tls), false);
		link_rig_run(&r, 1000ull * S);
		assert_int_equal(r.n_heard, 1); /* that it means to ask */
		assert_int_equal(r.n_got, 1);
		link_rig_is_down(&r, -ETIMEDOUT, 127 * S);
		link_rig_close(&r);
	}
}

static void
a_connection_that_falls_silent_is_given_up_after_a_quarter_of_an_hour(void **state)
{
	struct link_rig r;
	struct io_handle *h;

	(void)state;
	open_between(&r, 1 * S, 100000ull * S, (struct fault_deed){ .drop = 1 });
	h = link_rig_stream(&r, false);
	link_rig_wait(&r, 1 * S);
	link_rig_send(&r, h, "keep-alive");
	link_rig_wait(&r, 2 * S);
	link_rig_send(&r, h, "again");
	link_rig_run(&r, 10000ull * S);
	link_rig_is_down(&r, -ETIMEDOUT, 1 * S + 924600 * MS);
	assert_int_equal(r.n_got, 2);
	assert_int_equal(r.n_heard, 1);
	r.io->ops->close(h);
	link_rig_run(&r, 10001ull * S);
	assert_int_equal(r.heard[1].deed, SIM_CLOSED);
	link_rig_close(&r);
}

static void
of_an_answer_that_never_comes_nobody_tells_the_phone(void **state)
{
	struct link_rig r;
	struct io_handle *h;

	(void)state;
	open_between(&r, 1 * S + 13 * MS, 100000ull * S, (struct fault_deed){ .drop = 1 });
	h = link_rig_stream(&r, false);
	link_rig_wait(&r, 1 * S);
	link_rig_send(&r, h, "ping");
	link_rig_run(&r, 100000ull * S);
	link_rig_heard(&r, 1, SIM_SENT, 1 * S + L + T);
	assert_int_equal(r.n_got, 1);
	link_rig_close(&r);
}

/* ---- delay ---- */

static void
a_delay_is_added_each_way(void **state)
{
	enum { D = 300 * MS };
	const struct fault_deed deed = { .delay = { .a_us = D } };
	struct link_rig r;
	struct io_handle *h;

	(void)state;
	open_always(&r, deed);
	link_rig_send(&r, link_rig_udp(&r), "ping");
	link_rig_run(&r, 10 * S);
	link_rig_heard(&r, 0, SIM_SENT, L + D + T);
	link_rig_got(&r, 0, IO_PACKET, L + D + T + D + L);
	link_rig_mishaps(&r, SIM_DELAYED, 2);
	link_rig_close(&r);

	open_always(&r, deed);
	h = link_rig_stream(&r, false);
	link_rig_run(&r, 10 * S);
	link_rig_got(&r, 0, IO_UP, 2 * (L + D));
	link_rig_wait(&r, 10 * S);
	link_rig_send(&r, h, "ping");
	link_rig_run(&r, 20 * S);
	link_rig_got(&r, 1, IO_BYTES, 10 * S + 2 * (L + D) + T);
	link_rig_close(&r);

	/* An HTTP session sends a SYN, a request and a reply. */
	open_always(&r, deed);
	link_rig_ask(&r, link_rig_http(&r, false), false);
	link_rig_run(&r, 10 * S);
	link_rig_got(&r, r.n_got - 1, IO_WHOLE, 4 * L + 3 * D + T);
	link_rig_close(&r);
}

static void
a_spread_delay_never_breaks_the_order_of_a_stream(void **state)
{
	struct link_rig r;
	struct io_handle *h;

	(void)state;
	open_always(&r, (struct fault_deed){ .delay = { .a_us = 500 * MS, .b_us = 500 * MS } });
	h = link_rig_stream(&r, false);
	link_rig_wait(&r, 10 * S);
	for (char c = 'a'; c <= 'z'; c++) {
		const char text[] = { c, 0 };

		link_rig_send(&r, h, text);
		link_rig_wait(&r, sim_clock_us(r.clock) + 20 * MS);
	}
	link_rig_run(&r, 100 * S);
	for (size_t i = 0; i < 26; i++) {
		assert_int_equal(r.heard[1 + i].text[0], 'a' + i);
		assert_int_equal(r.got[1 + i].text[0], 'a' + i);
		assert_true(r.got[1 + i].at_us >= r.got[i].at_us);
	}
	link_rig_close(&r);
}

/* ---- duplicate, reorder ---- */

static void
a_doubled_request_is_served_twice_and_each_answer_comes_twice(void **state)
{
	struct link_rig r;

	(void)state;
	open_always(&r, (struct fault_deed){ .duplicate = 1 });
	link_rig_send(&r, link_rig_udp(&r), "ping");
	link_rig_run(&r, S);
	assert_int_equal(r.n_heard, 2);
	link_rig_heard(&r, 0, SIM_SENT, L + T);
	assert_string_equal(link_rig_heard(&r, 1, SIM_SENT, L + T)->text, "ping");
	assert_int_equal(r.n_got, 4);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(link_rig_got(&r, i, IO_PACKET, 2 * L + T)->text, "ping");
	assert_int_equal(sim_load_total(sim_link_load(r.link))->requests, 2);
	link_rig_mishaps(&r, SIM_DUPLICATED, 3);
	link_rig_close(&r);

	open_always(&r, (struct fault_deed){ .duplicate = 1 });
	link_rig_send(&r, link_rig_dhcp(&r), "discover");
	link_rig_run(&r, S);
	assert_int_equal(r.n_heard, 2);
	link_rig_close(&r);
}

static void
a_socket_closed_before_its_copy_comes_is_only_then_told_closed(void **state)
{
	struct link_rig r;
	struct io_handle *h;

	(void)state;
	open_always(&r, (struct fault_deed){ .duplicate = 1 });
	h = link_rig_udp(&r);
	link_rig_send(&r, h, "release");
	r.io->ops->close(h);
	link_rig_run(&r, S);
	assert_int_equal(r.n_heard, 3);
	assert_int_equal(r.heard[2].deed, SIM_CLOSED);
	link_rig_close(&r);
}

static void
what_is_held_back_is_overtaken(void **state)
{
	struct link_rig r;
	struct io_handle *h;

	(void)state;
	open_between(&r, 0, 1 * MS, (struct fault_deed){ .reorder = 1 });
	h = link_rig_udp(&r);
	link_rig_send(&r, h, "first");
	link_rig_wait(&r, 5 * MS);
	link_rig_send(&r, h, "second");
	link_rig_run(&r, S);
	assert_string_equal(link_rig_heard(&r, 0, SIM_SENT, 5 * MS + L + T)->text, "second");
	assert_string_equal(
	    link_rig_heard(&r, 1, SIM_SENT, SERVE_HELD_BACK_US + L + T)->text, "first");
	assert_string_equal(r.got[0].text, "second");
	link_rig_mishaps(&r, SIM_REORDERED, 1);
	link_rig_close(&r);
}

static void
a_stream_knows_neither_copies_nor_disorder(void **state)
{
	struct link_rig r;
	struct io_handle *h;

	(void)state;
	open_always(&r, (struct fault_deed){ .duplicate = 1, .reorder = 1 });
	h = link_rig_stream(&r, false);
	link_rig_wait(&r, S);
	link_rig_send(&r, h, "ping");
	link_rig_ask(&r, link_rig_http(&r, false), false);
	link_rig_run(&r, 2 * S);
	link_rig_got(&r, 0, IO_UP, 2 * L);
	link_rig_got(&r, 1, IO_BYTES, S + 2 * L + T);
	link_rig_got(&r, r.n_got - 1, IO_WHOLE, S + 4 * L + T);
	link_rig_close(&r);
}

/* ---- corrupt ---- */

static void
a_corrupt_datagram_comes_changed_but_whole(void **state)
{
	struct link_rig r;

	(void)state;
	open_always(&r, (struct fault_deed){ .corrupt = 1 });
	link_rig_send(&r, link_rig_udp(&r), "pingpingpingping");
	link_rig_run(&r, S);
	assert_string_not_equal(
	    link_rig_heard(&r, 0, SIM_SENT, L + T)->text, "pingpingpingping");
	assert_int_equal(link_rig_got(&r, 0, IO_PACKET, 2 * L + T)->n, 16);
	assert_memory_not_equal(r.got[0].text, r.heard[0].text, 16);
	link_rig_mishaps(&r, SIM_CORRUPTED, 2);
	link_rig_close(&r);

	open_always(&r, (struct fault_deed){ .corrupt = 1 });
	link_rig_send(&r, link_rig_dhcp(&r), "discover");
	link_rig_run(&r, S);
	assert_string_not_equal(link_rig_heard(&r, 0, SIM_SENT, L + T)->text, "discover");
	link_rig_close(&r);
}

static void
on_a_plain_stream_bytes_are_changed(void **state)
{
	struct link_rig r;
	struct io_handle *h;

	(void)state;
	open_always(&r, (struct fault_deed){ .corrupt = 1 });
	h = link_rig_stream(&r, false);
	link_rig_wait(&r, S);
	link_rig_send(&r, h, "pingpingpingping");
	link_rig_run(&r, 2 * S);
	link_rig_got(&r, 0, IO_UP, 2 * L);
	assert_string_not_equal(
	    link_rig_heard(&r, 1, SIM_SENT, S + L + T)->text, "pingpingpingping");
	assert_int_equal(link_rig_got(&r, 1, IO_BYTES, S + 2 * L + T)->n, 16);
	assert_memory_not_equal(r.got[1].text, r.heard[1].text, 16);
	link_rig_close(&r);
}

static void
under_tls_a_changed_record_ends_the_connection(void **state)
{
	struct link_rig r;
	struct io_handle *h;

	(void)state;
	/* What the phone says: the server's alert is its end. */
	open_between(&r, 1 * S, 1 * S + 1, (struct fault_deed){ .corrupt = 1 });
	h = link_rig_stream(&r, true);
	link_rig_wait(&r, 1 * S);
	link_rig_send(&r, h, "REGISTER");
	link_rig_run(&r, 2 * S);
	assert_int_equal(r.n_heard, 1);
	link_rig_is_down(&r, -EPROTO, 1 * S + 2 * L);
	link_rig_close(&r);

	/* What the server says: the phone sees it itself. */
	open_between(&r, 1 * S + L + T, 1 * S + L + T + 1, (struct fault_deed){ .corrupt = 1 });
	h = link_rig_stream(&r, true);
	link_rig_wait(&r, 1 * S);
	link_rig_send(&r, h, "REGISTER");
	link_rig_send(&r, h, "SUBSCRIBE");
	link_rig_run(&r, 2 * S);
	link_rig_is_down(&r, -EPROTO, 1 * S + 2 * L + T);
	assert_int_equal(r.n_got, 2);
	/* The server hears no more of it either. */
	link_rig_heard(&r, 1, SIM_SENT, 1 * S + L + T);
	assert_int_equal(r.n_heard, 2);
	link_rig_close(&r);

	/* The handshake itself. */
	open_always(&r, (struct fault_deed){ .corrupt = 1 });
	link_rig_stream(&r, true);
	link_rig_run(&r, 2 * S);
	link_rig_is_down(&r, -EPROTO, 6 * L + T);
	assert_int_equal(r.n_got, 1);
	link_rig_close(&r);

	open_always(&r, (struct fault_deed){ .corrupt = 1 });
	link_rig_ask(&r, link_rig_http(&r, true), false);
	link_rig_run(&r, 2 * S);
	link_rig_is_down(&r, -EPROTO, 8 * L);
	assert_int_equal(r.n_got, 1);
	link_rig_close(&r);
}

static void
a_plain_request_that_nobody_can_read_is_hung_up_on(void **state)
{
	struct link_rig r;

	(void)state;
	open_between(&r, 0, 10 * MS, (struct fault_deed){ .corrupt = 1 });
	link_rig_ask(&r, link_rig_http(&r, false), false);
	link_rig_run(&r, 2 * S);
	assert_int_equal(r.n_heard, 1);
	link_rig_is_down(&r, -ECONNRESET, 4 * L);
	link_rig_close(&r);
}

static void
a_plain_reply_is_changed_in_its_body_and_says_so_by_its_crc(void **state)
{
	struct link_rig good, bad;

	(void)state;
	open_between(&good, 1 * S, 2 * S, (struct fault_deed){ .corrupt = 1 });
	link_rig_ask(&good, link_rig_http(&good, false), false);
	link_rig_run(&good, 3 * S);

	open_between(&bad, 15 * MS, 20 * MS, (struct fault_deed){ .corrupt = 1 });
	link_rig_ask(&bad, link_rig_http(&bad, false), false);
	link_rig_run(&bad, 3 * S);

	assert_int_equal(good.n_got, bad.n_got);
	assert_int_equal(bad.got[bad.n_got - 1].kind, IO_WHOLE);
	assert_int_equal(bad.got[bad.n_got - 1].n, 5);
	assert_int_not_equal(bad.got[bad.n_got - 1].crc32, good.got[good.n_got - 1].crc32);
	assert_true(strcmp(bad.got[1].text, good.got[1].text) != 0 ||
	    strcmp(bad.got[2].text, good.got[2].text) != 0);
	link_rig_mishaps(&bad, SIM_CORRUPTED, 1);
	link_rig_close(&bad);
	link_rig_close(&good);
}

static void
a_changed_reply_without_a_body_is_none(void **state)
{
	struct link_rig r;

	(void)state;
	open_between(&r, 15 * MS, 20 * MS, (struct fault_deed){ .corrupt = 1 });
	r.no_body = true;
	link_rig_ask(&r, link_rig_http(&r, false), false);
	link_rig_run(&r, 3 * S);
	assert_int_equal(r.n_got, 1);
	link_rig_is_down(&r, -EBADMSG, 4 * L + T);
	link_rig_close(&r);
}

static void
a_counted_body_is_changed_by_its_crc_alone(void **state)
{
	uint32_t crc[2];

	(void)state;
	for (int k = 0; k < 2; k++) {
		struct link_rig r;

		open_between(
		    &r, 15 * MS, 20 * MS, (struct fault_deed){ .corrupt = k == 0 ? 0 : 1 });
		r.body_n = 1 * MB;
		link_rig_ask(&r, link_rig_http(&r, false), true);
		link_rig_run(&r, 3 * S);
		assert_int_equal(r.got[r.n_got - 1].kind, IO_WHOLE);
		assert_int_equal(r.got[r.n_got - 1].n, 1 * MB);
		crc[k] = r.got[r.n_got - 1].crc32;
		link_rig_close(&r);
	}
	assert_int_not_equal(crc[0], crc[1]);
}

/* ---- all of them ---- */

/* Whatever goes wrong: at the end nothing is open, nothing is due, nothing is lost in memory.
 */
static void
any_mixture_of_faults_leaves_nothing(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		const struct fault faults[2] = {
			link_rig_always((struct fault_deed){ .drop = 0.3,
			    .duplicate = 0.3,
			    .reorder = 0.3,
			    .corrupt = 0.2,
			    .delay = { .a_us = 20 * MS, .b_us = 20 * MS } }),
			link_rig_between(seed * MS, seed * MS + 30 * MS,
			    (struct fault_deed){ .reset = seed % 2 == 0,
				.refuse = seed % 3 == 0,
				.bytes_per_s = seed % 5 == 0 ? 10000 : 0,
				.reset_after = seed % 7 == 0 ? 10000 : 0 })
		};
		struct sim_link_cfg cfg = plain;
		struct link_rig r;
		struct io_handle *h[3];

		cfg.seed = seed;
		cfg.bytes_per_s = 1 * MB;
		link_rig_open(&r, cfg, faults, 2);
		r.body_n = 20000;
		for (size_t i = 0; i < 3; i++) {
			link_rig_send(&r, link_rig_udp(&r), "ping");
			link_rig_send(&r, link_rig_dhcp(&r), "discover");
			link_rig_stream(&r, i % 2 == 0);
			h[i] = link_rig_http(&r, i % 2 != 0);
			link_rig_ask(&r, h[i], i != 0);
		}
		link_rig_wait(&r, seed * 3 * MS);
		r.io->ops->close(h[0]);
		if (seed % 4 == 0)
			r.io->ops->power_cut(r.io);
		else if (seed % 4 == 1)
			io_scope_close(r.io, &r.scope);
		link_rig_run(&r, 10000ull * S);
		assert_true(sim_clock_idle(r.clock));
		link_rig_close(&r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dropped_datagram_is_gone_and_no_worker_ever_sees_it),
		cmocka_unit_test(an_answer_may_be_dropped_too),
		cmocka_unit_test(a_window_counts_from_its_first_microsecond_to_before_its_end),
		cmocka_unit_test(a_lost_syn_is_sent_again_after_a_second_then_two),
		cmocka_unit_test(lost_bytes_are_sent_again_and_keep_their_order),
		cmocka_unit_test(a_lost_answer_on_a_stream_holds_up_the_next),
		cmocka_unit_test(in_a_black_hole_nobody_connects_and_the_phone_gives_up),
		cmocka_unit_test(
		    a_connection_that_falls_silent_is_given_up_after_a_quarter_of_an_hour),
		cmocka_unit_test(of_an_answer_that_never_comes_nobody_tells_the_phone),
		cmocka_unit_test(a_delay_is_added_each_way),
		cmocka_unit_test(a_spread_delay_never_breaks_the_order_of_a_stream),
		cmocka_unit_test(a_doubled_request_is_served_twice_and_each_answer_comes_twice),
		cmocka_unit_test(
		    a_socket_closed_before_its_copy_comes_is_only_then_told_closed),
		cmocka_unit_test(what_is_held_back_is_overtaken),
		cmocka_unit_test(a_stream_knows_neither_copies_nor_disorder),
		cmocka_unit_test(a_corrupt_datagram_comes_changed_but_whole),
		cmocka_unit_test(on_a_plain_stream_bytes_are_changed),
		cmocka_unit_test(under_tls_a_changed_record_ends_the_connection),
		cmocka_unit_test(a_plain_request_that_nobody_can_read_is_hung_up_on),
		cmocka_unit_test(a_plain_reply_is_changed_in_its_body_and_says_so_by_its_crc),
		cmocka_unit_test(a_changed_reply_without_a_body_is_none),
		cmocka_unit_test(a_counted_body_is_changed_by_its_crc_alone),
		cmocka_unit_test(any_mixture_of_faults_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
