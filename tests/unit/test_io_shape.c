/* test_io_shape.c - the arithmetic of a phone's own line: delay, chance, rates, queues. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "io_shape.h"

enum { MS = 1000, S = 1000 * 1000, KIB = 1024, MANY = 20000 };

static struct io_shape
line(struct io_link link)
{
	struct io_shape s;

	io_shape_init(&s, &link, 7, 3);
	return s;
}

/* A piece of one packet, going up; its arrival, or IO_SHAPE_NEVER. */
static uint64_t
piece_at(struct io_shape *s, uint64_t now_us, uint64_t wire_n, struct io_shape_flow *flow)
{
	const struct io_shape_piece p = { .to = IO_SHAPE_UP, .wire_n = wire_n, .packets = 1 };
	uint64_t at_us;

	return io_shape_piece(s, now_us, &p, flow, &at_us) ? at_us : IO_SHAPE_NEVER;
}

/* ---- what a link is ---- */

static void
a_link_of_zeros_is_none_and_each_number_makes_one(void **state)
{
	const struct io_link zero = { 0 };
	const struct io_link one[] = { { .delay_us = 1 }, { .jitter_us = 1 }, { .loss = 0.01 },
		{ .down_per_s = 1 }, { .up_per_s = 1 } };

	(void)state;
	assert_false(io_shape_is_needed(NULL));
	assert_false(io_shape_is_needed(&zero));
	for (size_t i = 0; i < sizeof(one) / sizeof(one[0]); i++)
		assert_true(io_shape_is_needed(&one[i]));
}

static void
bytes_on_the_wire_have_heads_one_for_each_packet(void **state)
{
	(void)state;
	assert_int_equal(io_shape_datagram_n(300), 328);
	assert_int_equal(io_shape_packets(0), 1);
	assert_int_equal(io_shape_packets(1), 1);
	assert_int_equal(io_shape_packets(1460), 1);
	assert_int_equal(io_shape_packets(1461), 2);
	assert_int_equal(io_shape_stream_n(0), 40);
	assert_int_equal(io_shape_stream_n(1461), 1541);
}

/* ---- delay ---- */

static void
given_a_delay_everything_arrives_that_much_later_each_way(void **state)
{
	struct io_shape s = line((struct io_link){ .delay_us = 40 * MS });
	struct io_shape_flow flow = { 0 };

	(void)state;
	assert_int_equal(io_shape_datagram(&s, IO_SHAPE_UP, 1 * S, 500), 1 * S + 40 * MS);
	assert_int_equal(io_shape_datagram(&s, IO_SHAPE_DOWN, 1 * S, 500), 1 * S + 40 * MS);
	assert_int_equal(piece_at(&s, 2 * S, 500, &flow), 2 * S + 40 * MS);
}

static void
given_jitter_arrivals_lie_evenly_between_both_ends(void **state)
{
	struct io_shape s = line((struct io_link){ .delay_us = 40 * MS, .jitter_us = 10 * MS });
	uint64_t least = UINT64_MAX, most = 0, sum = 0;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		uint64_t at_us = io_shape_datagram(&s, IO_SHAPE_DOWN, 0, 100);

		least = at_us < least ? at_us : least;
		most = at_us > most ? at_us : most;
		sum += at_us;
	}
	assert_in_range(least, 30 * MS, 30 * MS + 20);
	assert_in_range(most, 50 * MS - 20, 50 * MS);
	assert_in_range(sum / MANY, 40 * MS - 150, 40 * MS + 150);
}

static void
given_more_jitter_than_delay_nothing_arrives_before_it_left(void **state)
{
	struct io_shape s = line((struct io_link){ .delay_us = 1 * MS, .jitter_us = 5 * MS });
	int at_once = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		uint64_t at_us = io_shape_datagram(&s, IO_SHAPE_UP, 1 * S, 100);

		assert_in_range(at_us, 1 * S, 1 * S + 6 * MS);
		at_once += at_us == 1 * S;
	}
	assert_in_range(at_once, 300, 500);
}

static void
given_jitter_a_connections_pieces_keep_their_order_and_datagrams_do_not(void **state)
{
	struct io_shape s = line((struct io_link){ .delay_us = 40 * MS, .jitter_us = 40 * MS });
	struct io_shape_flow flow = { 0 };
	uint64_t before = 0, last = 0;
	int overtaken = 0;

	(void)state;
	for (uint64_t i = 0; i < 200; i++) {
		uint64_t at_us = piece_at(&s, i * MS, 100, &flow);
		uint64_t packet_us = io_shape_datagram(&s, IO_SHAPE_UP, i * MS, 100);

		assert_true(at_us >= before);
		before = at_us;
		overtaken += packet_us < last;
		last = packet_us;
	}
	assert_true(overtaken > 20);
}

static void
another_connection_does_not_wait_for_the_pieces_of_this_one(void **state)
{
	struct io_shape s = line((struct io_link){ .delay_us = 10 * MS });
	struct io_shape_flow late = { .last_us = 5 * S }, other = { 0 };

	(void)state;
	assert_int_equal(piece_at(&s, 1 * S, 100, &late), 5 * S);
	assert_int_equal(piece_at(&s, 1 * S, 100, &other), 1 * S + 10 * MS);
}

/* ---- round trips ---- */

static void
a_piece_with_round_trips_before_it_takes_two_ways_more_for_each(void **state)
{
	struct io_shape s = line((struct io_link){ .delay_us = 40 * MS });

	(void)state;
	for (uint8_t trips = 0; trips < 4; trips++) {
		struct io_shape_flow flow = { 0 };
		const struct io_shape_piece p = {
			.to = IO_SHAPE_DOWN, .wire_n = 100, .packets = 1, .trips = trips
		};
		uint64_t at_us;

		assert_true(io_shape_piece(&s, 0, &p, &flow, &at_us));
		assert_int_equal(at_us, (1 + 2u * trips) * 40 * MS);
	}
}

/* ---- loss ---- */

static void
given_loss_that_share_of_datagrams_is_gone(void **state)
{
	struct io_shape s = line((struct io_link){ .loss = 0.05 });
	int lost = 0;

	(void)state;
	for (int i = 0; i < MANY; i++)
		lost += io_shape_datagram(&s, IO_SHAPE_UP, 0, 100) == IO_SHAPE_NEVER;
	assert_in_range(lost, MANY / 20 - 150, MANY / 20 + 150);
}

static void
given_loss_a_lost_piece_comes_200_ms_later_or_twice_that_the_second_time(void **state)
{
	struct io_shape s = line((struct io_link){ .delay_us = 10 * MS, .loss = 0.2 });
	int late[3] = { 0 };

	(void)state;
	for (int i = 0; i < MANY; i++) {
		struct io_shape_flow flow = { 0 };
		uint64_t at_us = piece_at(&s, 0, 100, &flow);

		late[0] += at_us == 10 * MS;
		late[1] += at_us == 210 * MS;
		late[2] += at_us == 610 * MS;
	}
	assert_in_range(late[0], MANY * 78 / 100, MANY * 82 / 100);
	assert_in_range(late[1], MANY * 15 / 100, MANY * 17 / 100);
	assert_in_range(late[2], MANY * 25 / 1000, MANY * 40 / 1000);
}

static void
given_loss_a_lost_syn_is_sent_again_after_a_second(void **state)
{
	struct io_shape s = line((struct io_link){ .loss = 0.3 });
	int late[3] = { 0 };

	(void)state;
	for (int i = 0; i < MANY; i++) {
		const struct io_shape_piece syn = {
			.wire_n = 40, .packets = 1, .handshakes = 1
		};
		struct io_shape_flow flow = { 0 };
		uint64_t at_us;

		if (!io_shape_piece(&s, 0, &syn, &flow, &at_us))
			continue;
		late[0] += at_us == 0;
		late[1] += at_us == 1 * S;
		late[2] += at_us == 3 * S;
		assert_true(at_us % S == 0);
	}
	assert_in_range(late[0], MANY * 68 / 100, MANY * 72 / 100);
	assert_in_range(late[1], MANY * 19 / 100, MANY * 23 / 100);
	assert_in_range(late[2], MANY * 5 / 100, MANY * 8 / 100);
}

static void
given_loss_a_piece_of_many_packets_waits_for_the_slowest_not_for_all(void **state)
{
	struct io_shape s = line((struct io_link){ .loss = 0.5 });
	uint64_t sum = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		const struct io_shape_piece p = { .wire_n = 32 * KIB, .packets = 22 };
		struct io_shape_flow flow = { 0 };
		uint64_t at_us;

		if (io_shape_piece(&s, 0, &p, &flow, &at_us))
			sum += at_us / 1000;
	}
	/* One after the other they would take 22 times the 10 s that one does. */
	assert_in_range(sum / 1000, 1 * S / 1000, 40 * S / 1000);
}

static void
given_a_lost_piece_what_is_behind_it_waits_too(void **state)
{
	struct io_shape s = line((struct io_link){ .loss = 0.5 });
	struct io_shape_flow flow = { 0 };
	uint64_t before = 0;
	int held = 0;

	(void)state;
	for (uint64_t i = 0; i < 50 && before != IO_SHAPE_NEVER; i++) {
		uint64_t at_us = piece_at(&s, i * MS, 100, &flow);

		assert_true(at_us >= before);
		held += at_us == before;
		before = at_us;
	}
	assert_true(held > 0);
}

static void
given_a_dead_line_tcp_gives_up_and_what_follows_is_not_told_again(void **state)
{
	struct io_shape s = line((struct io_link){ .loss = 1 });
	struct io_shape_flow syn_flow = { 0 }, flow = { 0 };
	const struct io_shape_piece syn = { .wire_n = 40, .packets = 1, .handshakes = 1 };
	const struct io_shape_piece data = { .wire_n = 40, .packets = 1 };
	uint64_t at_us;

	(void)state;
	assert_int_equal(io_shape_datagram(&s, IO_SHAPE_UP, 0, 100), IO_SHAPE_NEVER);
	/* 1, 2, 4 ... 64 s: tcp_syn_retries 6. */
	assert_false(io_shape_piece(&s, 1 * S, &syn, &syn_flow, &at_us));
	assert_int_equal(at_us, 128 * (uint64_t)S);
	/* 0.2, 0.4 ... 102.4 s, then 120 s each: tcp_retries2 15. */
	assert_false(io_shape_piece(&s, 1 * S, &data, &flow, &at_us));
	assert_int_equal(at_us, 205600 * (uint64_t)MS + 6 * 120 * (uint64_t)S);
	assert_false(io_shape_piece(&s, 2 * S, &data, &flow, &at_us));
	assert_true(at_us == IO_SHAPE_NEVER);
}

static void
given_no_loss_and_no_jitter_no_chance_is_taken(void **state)
{
	struct io_shape s =
	    line((struct io_link){ .delay_us = 40 * MS, .up_per_s = 1000, .down_per_s = 9 });
	const struct rng before = s.chance;
	struct io_shape_flow flow = { 0 };

	(void)state;
	(void)piece_at(&s, 0, 100, &flow);
	(void)io_shape_datagram(&s, IO_SHAPE_DOWN, 0, 100);
	assert_memory_equal(&before, &s.chance, sizeof(before));
}

static void
the_same_seed_and_phone_have_the_same_fate_and_another_phone_another(void **state)
{
	const struct io_link link = { .delay_us = 40 * MS, .jitter_us = 9 * MS, .loss = 0.3 };
	struct io_shape a, b, other;
	int same = 0;

	(void)state;
	io_shape_init(&a, &link, 7, 3);
	io_shape_init(&b, &link, 7, 3);
	io_shape_init(&other, &link, 7, 4);
	for (uint64_t i = 0; i < 200; i++) {
		uint64_t at_us = io_shape_datagram(&a, IO_SHAPE_UP, i * MS, 100);

		assert_true(at_us == io_shape_datagram(&b, IO_SHAPE_UP, i * MS, 100));
		same += at_us == io_shape_datagram(&other, IO_SHAPE_UP, i * MS, 100);
	}
	assert_true(same < 60);
}

/* ---- rates ---- */

static void
given_a_rate_each_way_has_its_own_wire_and_takes_its_time(void **state)
{
	struct io_shape s = line(
	    (struct io_link){ .delay_us = 5 * MS, .down_per_s = 100000, .up_per_s = 10000 });

	(void)state;
	assert_int_equal(io_shape_datagram(&s, IO_SHAPE_UP, 0, 1000), 105 * MS);
	assert_int_equal(io_shape_datagram(&s, IO_SHAPE_UP, 0, 1000), 205 * MS);
	assert_int_equal(io_shape_datagram(&s, IO_SHAPE_DOWN, 0, 1000), 15 * MS);
	/* Idle since: it does not wait for what has left. */
	assert_int_equal(io_shape_datagram(&s, IO_SHAPE_UP, 1 * S, 1000), 1 * S + 105 * MS);
}

static void
given_a_rate_one_way_only_the_other_has_no_limit(void **state)
{
	struct io_shape s = line((struct io_link){ .down_per_s = 1000 });

	(void)state;
	for (int i = 0; i < 1000; i++)
		assert_int_equal(io_shape_datagram(&s, IO_SHAPE_UP, 9, 60000), 9);
	assert_true(io_shape_room(&s, IO_SHAPE_UP, 0) == UINT64_MAX);
	assert_true(io_shape_room(&s, IO_SHAPE_DOWN, 0) < UINT64_MAX);
}

static void
given_a_full_queue_datagrams_are_lost_and_find_room_again_later(void **state)
{
	struct io_shape s = line((struct io_link){ .up_per_s = 128 * KIB });
	int arrived = 0;

	(void)state;
	/* 64 KiB are more than 200 ms of it. */
	for (int i = 0; i < 100; i++)
		arrived += io_shape_datagram(&s, IO_SHAPE_UP, 0, KIB) != IO_SHAPE_NEVER;
	assert_int_equal(arrived, 64);
	assert_true(io_shape_datagram(&s, IO_SHAPE_UP, 100 * MS, KIB) != IO_SHAPE_NEVER);
}

static void
given_a_fast_line_its_queue_is_200_ms_long(void **state)
{
	struct io_shape s = line((struct io_link){ .down_per_s = 10000000 });
	int arrived = 0;

	(void)state;
	for (int i = 0; i < 3000; i++)
		arrived += io_shape_datagram(&s, IO_SHAPE_DOWN, 0, 1000) != IO_SHAPE_NEVER;
	assert_int_equal(arrived, 2000);
}

static void
streams_fill_half_of_the_queue_so_that_a_datagram_finds_room(void **state)
{
	struct io_shape s = line((struct io_link){ .up_per_s = 128 * KIB });
	struct io_shape_flow flow = { 0 };
	uint64_t put = 0, room, full_us;

	(void)state;
	assert_int_equal(io_shape_room(&s, IO_SHAPE_UP, 0), 32 * KIB);
	while ((room = io_shape_room(&s, IO_SHAPE_UP, 0)) > 0) {
		uint64_t n = room < 3000 ? room : 3000;

		(void)piece_at(&s, 0, n, &flow);
		put += n;
	}
	assert_in_range(put, 32 * KIB - IO_SHAPE_MSS, 32 * KIB);
	full_us = put * S / (128 * KIB);
	assert_in_range(
	    io_shape_datagram(&s, IO_SHAPE_UP, 0, KIB), full_us + 7800, full_us + 7830);
	/* There is room again before the wire is idle. */
	room = io_shape_room_us(&s, IO_SHAPE_UP);
	assert_true(room > 0 && room < full_us);
	assert_true(io_shape_room(&s, IO_SHAPE_UP, room) >= 15 * KIB);
}

static void
a_stream_that_fills_the_room_as_it_comes_gets_the_whole_rate(void **state)
{
	struct io_shape s = line((struct io_link){ .delay_us = 30 * MS, .up_per_s = 125000 });
	struct io_shape_flow flow = { 0 };
	uint64_t now_us = 0, sent = 0, last_us = 0;

	(void)state;
	while (sent < 15000000) {
		uint64_t n = io_shape_room(&s, IO_SHAPE_UP, now_us);

		if (n == 0) {
			now_us = io_shape_room_us(&s, IO_SHAPE_UP);
			continue;
		}
		last_us = piece_at(&s, now_us, n, &flow);
		sent += n;
	}
	assert_in_range(last_us, sent * 8 + 29 * MS, sent * 8 + 31 * MS);
}

static void
given_a_power_cut_the_wire_is_idle(void **state)
{
	struct io_shape s = line((struct io_link){ .up_per_s = 1000, .down_per_s = 1000 });

	(void)state;
	(void)io_shape_datagram(&s, IO_SHAPE_UP, 0, 30000);
	(void)io_shape_datagram(&s, IO_SHAPE_DOWN, 0, 30000);
	io_shape_rest(&s);
	assert_int_equal(io_shape_datagram(&s, IO_SHAPE_UP, 5, 1), 5 + 1000);
	assert_int_equal(io_shape_datagram(&s, IO_SHAPE_DOWN, 5, 1), 5 + 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_link_of_zeros_is_none_and_each_number_makes_one),
		cmocka_unit_test(bytes_on_the_wire_have_heads_one_for_each_packet),
		cmocka_unit_test(given_a_delay_everything_arrives_that_much_later_each_way),
		cmocka_unit_test(given_jitter_arrivals_lie_evenly_between_both_ends),
		cmocka_unit_test(given_more_jitter_than_delay_nothing_arrives_before_it_left),
		cmocka_unit_test(
		    given_jitter_a_connections_pieces_keep_their_order_and_datagrams_do_not),
		cmocka_unit_test(another_connection_does_not_wait_for_the_pieces_of_this_one),
		cmocka_unit_test(
		    a_piece_with_round_trips_before_it_takes_two_ways_more_for_each),
		cmocka_unit_test(given_loss_that_share_of_datagrams_is_gone),
		cmocka_unit_test(
		    given_loss_a_lost_piece_comes_200_ms_later_or_twice_that_the_second_time),
		cmocka_unit_test(given_loss_a_lost_syn_is_sent_again_after_a_second),
		cmocka_unit_test(
		    given_loss_a_piece_of_many_packets_waits_for_the_slowest_not_for_all),
		cmocka_unit_test(given_a_lost_piece_what_is_behind_it_waits_too),
		cmocka_unit_test(
		    given_a_dead_line_tcp_gives_up_and_what_follows_is_not_told_again),
		cmocka_unit_test(given_no_loss_and_no_jitter_no_chance_is_taken),
		cmocka_unit_test(
		    the_same_seed_and_phone_have_the_same_fate_and_another_phone_another),
		cmocka_unit_test(given_a_rate_each_way_has_its_own_wire_and_takes_its_time),
		cmocka_unit_test(given_a_rate_one_way_only_the_other_has_no_limit),
		cmocka_unit_test(
		    given_a_full_queue_datagrams_are_lost_and_find_room_again_later),
		cmocka_unit_test(given_a_fast_line_its_queue_is_200_ms_long),
		cmocka_unit_test(streams_fill_half_of_the_queue_so_that_a_datagram_finds_room),
		cmocka_unit_test(a_stream_that_fills_the_room_as_it_comes_gets_the_whole_rate),
		cmocka_unit_test(given_a_power_cut_the_wire_is_idle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
