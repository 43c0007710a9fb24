/*
 * test_sim_link_end.c - faults of connections, each against each type of handle: refuse, reset,
 * reset_after, truncate, slow; and the answer that a server is to give.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "link_rig.h"

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

/* ---- refuse ---- */

static void
a_refused_datagram_is_answered_by_icmp_a_broadcast_by_nothing(void **state)
{
	struct link_rig r;

	(void)state;
	open_always(&r, (struct fault_deed){ .refuse = true });
	link_rig_send(&r, link_rig_udp(&r), "ping");
	link_rig_send(&r, link_rig_dhcp(&r), "discover");
	link_rig_run(&r, 10 * S);
	link_rig_is_down(&r, -ECONNREFUSED, 2 * L);
	assert_int_equal(r.n_got, 1);
	assert_int_equal(r.n_heard, 0);
	link_rig_mishaps(&r, SIM_REFUSED, 2);
	link_rig_close(&r);
}

static void
a_refused_connection_is_known_after_one_round_trip(void **state)
{
	struct link_rig r;

	(void)state;
	for (int tls = 0; tls < 2; tls++) {
		open_always(&r, (struct fault_deed){ .refuse = true });
		link_rig_stream(&r, tls);
		link_rig_run(&r, 10 * S);
		link_rig_is_down(&r, -ECONNREFUSED, 2 * L);
		assert_int_equal(r.n_heard, 0);
		link_rig_close(&r);

		open_always(&r, (struct fault_deed){ .refuse = true });
		link_rig_ask(&r, link_rig_http(&r, tls), false);
		link_rig_run(&r, 10 * S);
		link_rig_is_down(&r, -ECONNREFUSED, 2 * L);
		assert_int_equal(r.n_heard, 1);
		link_rig_mishaps(&r, SIM_REFUSED, 1);
		link_rig_close(&r);
	}
}

static void
what_is_open_already_is_not_refused(void **state)
{
	struct link_rig r;
	struct io_handle *stream, *http;

	(void)state;
	open_between(&r, 1 * S, 3 * S, (struct fault_deed){ .refuse = true });
	stream = link_rig_stream(&r, false);
	http = link_rig_http(&r, false);
	link_rig_ask(&r, http, false);
	link_rig_wait(&r, 2 * S);
	r.n_got = 0;
	link_rig_send(&r, stream, "ping");
	link_rig_run(&r, 2 * S + 500 * MS);
	link_rig_got(&r, 0, IO_BYTES, 2 * S + 2 * L + T);
	link_rig_ask(&r, http, false);
	link_rig_run(&r, 3 * S);
	assert_int_equal(r.got[r.n_got - 1].kind, IO_WHOLE);
	link_rig_close(&r);
}

static void
after_the_window_the_same_session_connects(void **state)
{
	struct link_rig r;
	struct io_handle *h;

	(void)state;
	open_between(&r, 0, 1 * S, (struct fault_deed){ .refuse = true });
	h = link_rig_http(&r, false);
	link_rig_ask(&r, h, false);
	link_rig_wait(&r, 2 * S);
	link_rig_is_down(&r, -ECONNREFUSED, 2 * L);
	link_rig_ask(&r, h, false);
	link_rig_run(&r, 3 * S);
	link_rig_got(&r, r.n_got - 1, IO_WHOLE, 2 * S + 4 * L + T);
	link_rig_close(&r);
}

/* ---- reset ---- */

static void
a_reset_ends_every_open_connection_when_it_begins(void **state)
{
	struct link_rig r;
	struct io_handle *plain_one, *tls;

	(void)state;
	open_between(&r, 5 * S, 6 * S, (struct fault_deed){ .reset = true });
	plain_one = link_rig_stream(&r, false);
	tls = link_rig_stream(&r, true);
	link_rig_wait(&r, 4 * S);
	r.n_got = 0;
	link_rig_run(&r, 10 * S);
	assert_int_equal(r.n_got, 2);
	assert_int_equal(link_rig_got(&r, 0, IO_DOWN, 5 * S + L)->err, -ECONNRESET);
	assert_int_equal(link_rig_got(&r, 1, IO_DOWN, 5 * S + L)->err, -ECONNRESET);
	/* The one opened first hears it first. */
	assert_ptr_equal(r.got[0].h, plain_one);
	assert_ptr_equal(r.got[1].h, tls);
	link_rig_mishaps(&r, SIM_RESET, 2);
	link_rig_close(&r);
}

static void
an_idle_session_hears_nothing_of_a_reset_and_connects_anew(void **state)
{
	struct link_rig r;
	struct io_handle *h;

	(void)state;
	open_between(&r, 5 * S, 6 * S, (struct fault_deed){ .reset = true });
	h = link_rig_http(&r, false);
	link_rig_ask(&r, h, false);
	link_rig_wait(&r, 7 * S);
	r.n_got = 0;
	link_rig_ask(&r, h, false);
	link_rig_run(&r, 8 * S);
	link_rig_got(&r, r.n_got - 1, IO_WHOLE, 7 * S + 4 * L + T);
	link_rig_close(&r);
}

static void
a_reset_in_the_middle_of_a_request_takes_the_request_along(void **state)
{
	(void)state;
	/* At any time of it: on its way, at work, on its way back, in its download. */
	for (uint64_t at_us = 1; at_us < 60 * MS; at_us += 3 * MS) {
		struct sim_link_cfg cfg = plain;
		struct fault fault = link_rig_between(
		    S + at_us, S + 2 * at_us, (struct fault_deed){ .reset = true });
		struct link_rig r;
		struct io_handle *stream, *http;

		cfg.bytes_per_s = 1 * MB;
		link_rig_open(&r, cfg, &fault, 1);
		r.body_n = 40000;
		stream = link_rig_stream(&r, false);
		http = link_rig_http(&r, false);
		link_rig_wait(&r, S);
		link_rig_send(&r, stream, "ping");
		link_rig_ask(&r, http, true);
		link_rig_run(&r, 2 * S);
		for (size_t i = 0; i < r.n_got; i++)
			if (r.got[i].kind == IO_DOWN)
				assert_int_equal(r.got[i].err, -ECONNRESET);
		/* The stream is down; the request either was whole before or is down, too. */
		assert_true(r.n_got >= 3);
		link_rig_close(&r);
	}
}

static void
a_connection_made_during_a_reset_is_reset(void **state)
{
	struct link_rig r;

	(void)state;
	open_always(&r, (struct fault_deed){ .reset = true });
	link_rig_stream(&r, true);
	link_rig_run(&r, S);
	link_rig_is_down(&r, -ECONNRESET, 2 * L);
	assert_int_equal(r.n_got, 1);
	assert_int_equal(r.n_heard, 0);
	link_rig_close(&r);

	open_always(&r, (struct fault_deed){ .reset = true });
	link_rig_ask(&r, link_rig_http(&r, false), false);
	link_rig_run(&r, S);
	link_rig_is_down(&r, -ECONNRESET, 4 * L);
	assert_int_equal(r.n_got, 1);
	link_rig_close(&r);
}

static void
datagrams_have_nothing_that_could_be_reset(void **state)
{
	struct link_rig r;

	(void)state;
	open_always(&r, (struct fault_deed){ .reset = true, .reset_after = 1 });
	link_rig_send(&r, link_rig_udp(&r), "ping");
	link_rig_run(&r, S);
	assert_string_equal(link_rig_got(&r, 0, IO_PACKET, 2 * L + T)->text, "ping");
	link_rig_close(&r);
}

/* ---- reset_after, truncate ---- */

/* The bytes of all bodies so far. */
static uint64_t
bodies(const struct link_rig *r)
{
	uint64_t n = 0;

	for (size_t i = 0; i < r->n_got; i++)
		if (r->got[i].kind == IO_BODY)
			n += r->got[i].n;
	return n;
}

static void
a_download_is_reset_at_seven_megabytes(void **state)
{
	(void)state;
	for (int limited = 0; limited < 2; limited++) {
		struct sim_link_cfg cfg = plain;
		struct fault fault =
		    link_rig_always((struct fault_deed){ .reset_after = 7 * MB });
		struct link_rig r;
		struct io_handle *h;

		cfg.bytes_per_s = limited ? 10 * MB : 0;
		link_rig_open(&r, cfg, &fault, 1);
		r.body_n = 15 * MB;
		h = link_rig_http(&r, false);
		link_rig_ask(&r, h, true);
		link_rig_run(&r, 100 * S);
		assert_int_equal(r.got[0].kind, IO_HEAD);
		assert_int_equal(bodies(&r), 7 * MB);
		assert_int_equal(r.got[r.n_got - 1].kind, IO_DOWN);
		assert_int_equal(r.got[r.n_got - 1].err, -ECONNRESET);
		link_rig_mishaps(&r, SIM_RESET, 1);

		/* What is left of it fits. */
		r.n_got = 0;
		r.body_n = 7 * MB;
		link_rig_ask(&r, h, true);
		link_rig_run(&r, 200 * S);
		assert_int_equal(bodies(&r), 7 * MB);
		assert_int_equal(r.got[r.n_got - 1].kind, IO_WHOLE);
		link_rig_close(&r);
	}
}

static void
a_reply_cut_short_ends_without_its_end(void **state)
{
	struct link_rig r;

	(void)state;
	for (uint64_t limit = 1; limit < 5; limit++) {
		open_always(&r, (struct fault_deed){ .truncate_after = limit });
		link_rig_ask(&r, link_rig_http(&r, false), false);
		link_rig_run(&r, S);
		assert_int_equal(r.got[0].kind, IO_HEAD);
		assert_int_equal(bodies(&r), limit);
		link_rig_is_down(&r, -ECONNRESET, 4 * L + T);
		link_rig_mishaps(&r, SIM_TRUNCATED, 1);
		link_rig_close(&r);
	}
	/* "hello" fits. */
	open_always(&r, (struct fault_deed){ .truncate_after = 5 });
	link_rig_ask(&r, link_rig_http(&r, false), false);
	link_rig_run(&r, S);
	link_rig_got(&r, r.n_got - 1, IO_WHOLE, 4 * L + T);
	link_rig_close(&r);
}

static void
a_stream_is_cut_short_in_order_or_by_a_reset(void **state)
{
	(void)state;
	for (int reset = 0; reset < 2; reset++) {
		struct link_rig r;
		struct io_handle *h;

		open_always(&r,
		    reset ? (struct fault_deed){ .reset_after = 3 }
			  : (struct fault_deed){ .truncate_after = 3 });
		h = link_rig_stream(&r, false);
		link_rig_wait(&r, S);
		link_rig_send(&r, h, "hi");
		link_rig_wait(&r, 2 * S);
		link_rig_send(&r, h, "hello");
		link_rig_send(&r, h, "never served");
		link_rig_run(&r, 3 * S);
		assert_string_equal(link_rig_got(&r, 1, IO_BYTES, S + 2 * L + T)->text, "hi");
		assert_string_equal(
		    link_rig_got(&r, 2, IO_BYTES, 2 * S + 2 * L + T)->text, "hel");
		link_rig_is_down(&r, reset ? -ECONNRESET : 0, 2 * S + 2 * L + T);
		assert_int_equal(r.n_got, 4);
		assert_int_equal(r.n_heard, 3);
		link_rig_close(&r);
	}
}

static void
a_datagram_cut_short_is_shorter(void **state)
{
	struct link_rig r;

	(void)state;
	open_always(&r, (struct fault_deed){ .truncate_after = 6 });
	link_rig_send(&r, link_rig_udp(&r), "a long packet");
	link_rig_send(&r, link_rig_udp(&r), "short");
	link_rig_send(&r, link_rig_dhcp(&r), "discover");
	link_rig_run(&r, S);
	assert_string_equal(r.got[0].text, "a long");
	assert_string_equal(r.got[1].text, "short");
	assert_string_equal(r.got[2].text, "discov");
	assert_string_equal(r.heard[0].text, "a long packet");
	link_rig_mishaps(&r, SIM_TRUNCATED, 2);
	link_rig_close(&r);

	/* A reset that comes first is nothing to a datagram. */
	open_always(&r, (struct fault_deed){ .truncate_after = 6, .reset_after = 3 });
	link_rig_send(&r, link_rig_udp(&r), "a long packet");
	link_rig_run(&r, S);
	assert_string_equal(r.got[0].text, "a long");
	link_rig_close(&r);
}

/* ---- slow ---- */

static void
slow_slows_each_download_in_its_window(void **state)
{
	struct link_rig r;
	uint64_t end_us;

	(void)state;
	/* 2 MB: none in the first 9 ms, 100 kB/s for ten seconds, the rest at once. */
	open_between(&r, 0, 10 * S, (struct fault_deed){ .bytes_per_s = 100 * 1000 });
	r.body_n = 2 * MB;
	link_rig_ask(&r, link_rig_http(&r, false), true);
	link_rig_ask(&r, link_rig_http(&r, false), true);
	link_rig_run(&r, 9 * S);
	/* Each gets its own 100 kB/s; chunks of a quarter megabyte have come. */
	assert_int_equal(bodies(&r), 2 * 3 * 256 * 1024);
	link_rig_run(&r, 100 * S);
	assert_int_equal(bodies(&r), 2 * 2 * MB);
	end_us = r.got[r.n_got - 1].at_us;
	assert_in_range(end_us, 10 * S, 10 * S + 10 * MS);
	link_rig_close(&r);
}

static void
slow_slows_datagrams_and_streams_too(void **state)
{
	struct link_rig r;

	(void)state;
	/* 32 bytes with IP and UDP, at 1000 a second. */
	open_always(&r, (struct fault_deed){ .bytes_per_s = 1000 });
	link_rig_send(&r, link_rig_udp(&r), "ping");
	link_rig_run(&r, S);
	link_rig_got(&r, 0, IO_PACKET, 2 * L + T + 32 * MS);
	link_rig_close(&r);

	open_always(&r, (struct fault_deed){ .bytes_per_s = 1000 });
	link_rig_stream(&r, false);
	link_rig_run(&r, S);
	link_rig_got(&r, 0, IO_UP, 2 * L + 40 * MS);
	link_rig_close(&r);
}

/* ---- who listens no more ---- */

static void
a_connection_that_outlived_its_listener_is_not_reset_once_it_is_gone(void **state)
{
	struct link_rig r;
	struct io_handle *h;

	(void)state;
	open_between(&r, 2 * S, 3 * S, (struct fault_deed){ .reset = true });
	h = link_rig_stream(&r, false);
	link_rig_wait(&r, S);
	link_rig_got(&r, 0, IO_UP, 2 * L);
	sim_unlisten(r.sim, &r);
	r.io->ops->close(h);
	link_rig_run(&r, 4 * S);
	assert_int_equal(r.n_got, 1);
	link_rig_mishaps(&r, SIM_RESET, 0);
	link_rig_close(&r);
}

/* ---- answer ---- */

static void
the_servers_face_learns_what_to_answer_within_the_window(void **state)
{
	struct link_rig r;
	struct fault_deed deed = { .answer = 99 };

	(void)state;
	open_between(&r, 1 * S, 2 * S,
	    (struct fault_deed){ .answer = 503, .answer_word = "503", .retry_after_s = 30 });
	assert_false(sim_link_answer(r.link, &deed));
	assert_int_equal(deed.answer, 99);
	link_rig_wait(&r, 1 * S);
	assert_true(sim_link_answer(r.link, &deed));
	assert_int_equal(deed.answer, 503);
	assert_string_equal(deed.answer_word, "503");
	assert_int_equal(deed.retry_after_s, 30);
	link_rig_wait(&r, 2 * S);
	assert_false(sim_link_answer(r.link, &deed));
	link_rig_close(&r);

	open_always(&r, (struct fault_deed){ .drop = 0.5 });
	assert_false(sim_link_answer(r.link, &deed));
	link_rig_close(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_refused_datagram_is_answered_by_icmp_a_broadcast_by_nothing),
		cmocka_unit_test(a_refused_connection_is_known_after_one_round_trip),
		cmocka_unit_test(what_is_open_already_is_not_refused),
		cmocka_unit_test(after_the_window_the_same_session_connects),
		cmocka_unit_test(a_reset_ends_every_open_connection_when_it_begins),
		cmocka_unit_test(an_idle_session_hears_nothing_of_a_reset_and_connects_anew),
		cmocka_unit_test(a_reset_in_the_middle_of_a_request_takes_the_request_along),
		cmocka_unit_test(a_connection_made_during_a_reset_is_reset),
		cmocka_unit_test(datagrams_have_nothing_that_could_be_reset),
		cmocka_unit_test(a_download_is_reset_at_seven_megabytes),
		cmocka_unit_test(a_reply_cut_short_ends_without_its_end),
		cmocka_unit_test(a_stream_is_cut_short_in_order_or_by_a_reset),
		cmocka_unit_test(a_datagram_cut_short_is_shorter),
		cmocka_unit_test(slow_slows_each_download_in_its_window),
		cmocka_unit_test(slow_slows_datagrams_and_streams_too),
		cmocka_unit_test(
		    a_connection_that_outlived_its_listener_is_not_reset_once_it_is_gone),
		cmocka_unit_test(the_servers_face_learns_what_to_answer_within_the_window),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
