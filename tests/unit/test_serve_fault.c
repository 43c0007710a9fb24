/* test_serve_fault.c - the faults of one server: windows to the microsecond, joined deeds,
 * chance. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "serve_fault.h"

enum { MS = 1000, S = 1000 * 1000 };

/* A fault of the KDC that holds for ever. */
static struct fault
always(struct fault_deed deed)
{
	return (struct fault){ .server = "kdc", .deed = deed };
}

static struct fault
between(uint64_t from_us, uint64_t till_us, struct fault_deed deed)
{
	return (struct fault){
		.server = "kdc", .from_us = from_us, .for_us = till_us - from_us, .deed = deed
	};
}

static struct serve_fault
of_kdc(const struct fault *faults, size_t n, uint64_t seed)
{
	struct serve_fault f;

	serve_fault_init(&f, "kdc", faults, n, seed);
	return f;
}

static struct serve_fate
fate_at(struct serve_fault *f, uint64_t at_us, enum serve_traffic traffic)
{
	struct serve_fate fate;

	memset(&fate, 0xee, sizeof fate);
	serve_fault_fate(f, at_us, traffic, &fate);
	return fate;
}

/* ---- which, and when ---- */

static void
only_the_servers_own_faults_are_its(void **state)
{
	struct fault all[3] = { always((struct fault_deed){ .refuse = true }),
		always((struct fault_deed){ .reset = true }),
		always((struct fault_deed){ .answer = 5 }) };
	struct serve_fault f;
	struct fault_deed deed;

	(void)state;
	strcpy(all[1].server, "sip");
	f = of_kdc(all, 3, 1);
	assert_int_equal(f.n, 2);
	assert_true(serve_fault_now(&f, 0, &deed));
	assert_true(deed.refuse);
	assert_false(deed.reset);
	assert_int_equal(deed.answer, 5);

	serve_fault_init(&f, "dns", all, 3, 1);
	assert_int_equal(f.n, 0);
	assert_false(serve_fault_now(&f, 0, &deed));
}

static void
a_window_holds_from_its_first_microsecond_to_before_its_end(void **state)
{
	const struct fault all = between(20 * S, 30 * S, (struct fault_deed){ .drop = 1 });
	struct serve_fault f = of_kdc(&all, 1, 1);
	struct fault_deed deed;

	(void)state;
	assert_false(serve_fault_now(&f, 20 * S - 1, &deed));
	assert_true(serve_fault_now(&f, 20 * S, &deed));
	assert_true(serve_fault_now(&f, 30 * S - 1, &deed));
	assert_false(serve_fault_now(&f, 30 * S, &deed));

	assert_false(fate_at(&f, 20 * S - 1, SERVE_DATAGRAM).lost);
	assert_true(fate_at(&f, 20 * S, SERVE_DATAGRAM).lost);
	assert_true(fate_at(&f, 30 * S - 1, SERVE_DATAGRAM).lost);
	assert_false(fate_at(&f, 30 * S, SERVE_DATAGRAM).lost);
}

static void
without_for_it_holds_to_the_end(void **state)
{
	const struct fault all =
	    between(5 * S, 5 * S, (struct fault_deed){ .drop = 1, .bytes_per_s = 1 });
	struct serve_fault f = of_kdc(&all, 1, 1);

	(void)state;
	assert_false(fate_at(&f, 5 * S - 1, SERVE_DATAGRAM).lost);
	assert_true(fate_at(&f, 1000000ull * S, SERVE_DATAGRAM).lost);
	assert_int_equal(serve_fault_edge(&f, 0), 5 * S);
	assert_true(serve_fault_edge(&f, 5 * S) == UINT64_MAX);
}

static void
edges_come_one_after_the_other(void **state)
{
	const struct fault all[4] = { between(10 * S, 40 * S,
					  (struct fault_deed){ .bytes_per_s = 1 }),
		between(20 * S, 30 * S, (struct fault_deed){ .reset = true }),
		between(0, 20 * S, (struct fault_deed){ .bytes_per_s = 1 }),
		/* Asked for with each packet, it needs no edge. */
		between(11 * S, 12 * S, (struct fault_deed){ .drop = 1, .refuse = true }) };
	const struct serve_fault f = of_kdc(all, 4, 1), none = of_kdc(NULL, 0, 1);

	(void)state;
	assert_int_equal(serve_fault_edge(&f, 0), 10 * S);
	assert_int_equal(serve_fault_edge(&f, 10 * S), 20 * S);
	assert_int_equal(serve_fault_edge(&f, 20 * S - 1), 20 * S);
	assert_int_equal(serve_fault_edge(&f, 20 * S), 30 * S);
	assert_int_equal(serve_fault_edge(&f, 30 * S), 40 * S);
	assert_true(serve_fault_edge(&f, 40 * S) == UINT64_MAX);
	assert_true(serve_fault_edge(&none, 0) == UINT64_MAX);
}

static void
a_reset_begins_once(void **state)
{
	const struct fault all[2] = { between(
					  20 * S, 30 * S, (struct fault_deed){ .reset = true }),
		between(5 * S, 30 * S, (struct fault_deed){ .refuse = true }) };
	const struct serve_fault f = of_kdc(all, 2, 1);

	(void)state;
	assert_false(serve_fault_resets_at(&f, 5 * S));
	assert_false(serve_fault_resets_at(&f, 20 * S - 1));
	assert_true(serve_fault_resets_at(&f, 20 * S));
	assert_false(serve_fault_resets_at(&f, 20 * S + 1));
	assert_false(serve_fault_resets_at(&f, 30 * S));
}

static void
overlapping_faults_hold_together(void **state)
{
	const struct fault all[4] = { always((struct fault_deed){ .reset_after = 700,
					  .bytes_per_s = 1000,
					  .answer = 503,
					  .answer_word = "503",
					  .retry_after_s = 30 }),
		always((struct fault_deed){ .reset_after = 900,
		    .truncate_after = 50,
		    .refuse = true,
		    .sign_off = "rejected" }),
		always((struct fault_deed){ .truncate_after = 60, .bytes_per_s = 500 }),
		between(
		    1 * S, 2 * S, (struct fault_deed){ .answer = 486, .answer_word = "486" }) };
	const struct serve_fault f = of_kdc(all, 4, 1);
	struct fault_deed deed;

	(void)state;
	assert_true(serve_fault_now(&f, 0, &deed));
	assert_true(deed.refuse);
	assert_false(deed.reset);
	assert_int_equal(deed.reset_after, 700);
	assert_int_equal(deed.truncate_after, 50);
	assert_int_equal(deed.bytes_per_s, 500);
	assert_int_equal(deed.answer, 503);
	assert_string_equal(deed.answer_word, "503");
	assert_int_equal(deed.retry_after_s, 30);
	assert_string_equal(deed.sign_off, "rejected");

	/* Of two answers the later one in the file, with what belongs to it. */
	assert_true(serve_fault_now(&f, 1 * S, &deed));
	assert_int_equal(deed.answer, 486);
	assert_int_equal(deed.retry_after_s, 0);
}

/* ---- datagrams ---- */

static void
without_a_fault_nothing_befalls_a_packet_and_no_chance_is_used(void **state)
{
	struct serve_fault f = of_kdc(NULL, 0, 7);
	const struct rng before = f.rng;

	(void)state;
	for (int t = SERVE_DATAGRAM; t <= SERVE_PIECE; t++) {
		struct serve_fate fate = fate_at(&f, 3 * S, (enum serve_traffic)t);

		assert_false(fate.lost || fate.twice || fate.late || fate.spoilt);
		assert_false(fate.delayed);
		assert_int_equal(fate.delay_us, 0);
		assert_int_equal(fate.again, 0);
	}
	assert_memory_equal(&f.rng, &before, sizeof before);
}

static void
what_is_certain_befalls_every_packet(void **state)
{
	const struct fault all = always((struct fault_deed){
	    .duplicate = 1, .reorder = 1, .corrupt = 1, .delay = { .a_us = 300 * MS } });
	struct serve_fault f = of_kdc(&all, 1, 1);

	(void)state;
	for (int i = 0; i < 20; i++) {
		struct serve_fate fate = fate_at(&f, 0, SERVE_DATAGRAM);

		assert_true(!fate.lost && fate.twice && fate.late && fate.spoilt);
		assert_true(fate.delayed);
		assert_int_equal(fate.delay_us, 300 * MS + SERVE_HELD_BACK_US);
		assert_int_equal(fate.again, 0);
		assert_int_not_equal(fate.dice, 0);
	}
}

static void
a_share_befalls_about_that_share(void **state)
{
	const struct fault all = always((struct fault_deed){
	    .drop = 0.2, .duplicate = 0.01, .reorder = 0.05, .corrupt = 0.5 });
	struct serve_fault f = of_kdc(&all, 1, 4711);
	int n = 100000, lost = 0, twice = 0, late = 0, spoilt = 0;

	(void)state;
	for (int i = 0; i < n; i++) {
		struct serve_fate fate = fate_at(&f, 0, SERVE_DATAGRAM);

		lost += fate.lost;
		twice += fate.twice;
		late += fate.late;
		spoilt += fate.spoilt;
	}
	assert_in_range(lost, 19500, 20500);
	/* Of those that are left. */
	assert_in_range(twice, 700, 900);
	assert_in_range(late, 3800, 4200);
	assert_in_range(spoilt, 39500, 40500);
}

static void
two_losses_are_drawn_one_by_one(void **state)
{
	const struct fault all[2] = { always((struct fault_deed){ .drop = 0.5 }),
		always((struct fault_deed){ .drop = 0.5 }) };
	struct serve_fault f = of_kdc(all, 2, 3);
	int lost = 0;

	(void)state;
	for (int i = 0; i < 10000; i++)
		lost += fate_at(&f, 0, SERVE_DATAGRAM).lost;
	assert_in_range(lost, 7350, 7650);
}

static void
delays_add_up_and_stay_within_their_spread(void **state)
{
	const struct fault all[2] = { always((struct fault_deed){
					  .delay = { .a_us = 300 * MS, .b_us = 100 * MS } }),
		always((struct fault_deed){ .delay = { .a_us = 7 } }) };
	struct serve_fault f = of_kdc(all, 2, 5);
	uint64_t least = UINT64_MAX, most = 0, sum = 0;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		uint64_t d = fate_at(&f, 0, SERVE_DATAGRAM).delay_us;

		least = d < least ? d : least;
		most = d > most ? d : most;
		sum += d;
	}
	assert_in_range(least, 200 * MS + 7, 201 * MS);
	assert_in_range(most, 399 * MS, 400 * MS + 7);
	assert_in_range(sum / 10000, 298 * MS, 302 * MS);
}

/* ---- streams ---- */

static void
tcp_hides_copies_and_disorder(void **state)
{
	const struct fault all =
	    always((struct fault_deed){ .duplicate = 1, .reorder = 1, .corrupt = 1 });
	struct serve_fault f = of_kdc(&all, 1, 1);
	struct serve_fate fate = fate_at(&f, 0, SERVE_PIECE);

	(void)state;
	assert_false(fate.twice || fate.late || fate.lost);
	assert_true(fate.spoilt);
	assert_int_equal(fate.delay_us, 0);
	/* A SYN carries nothing that could be changed. */
	assert_false(fate_at(&f, 0, SERVE_SYN).spoilt);
}

static void
a_lost_piece_is_sent_again_until_the_window_is_over(void **state)
{
	const struct fault all = between(0, 1 * S, (struct fault_deed){ .drop = 1 });
	struct serve_fault f = of_kdc(&all, 1, 1);
	struct serve_fate fate = fate_at(&f, 0, SERVE_PIECE);

	(void)state;
	/* Sent at 0, 0.2, 0.6, 1.4 s: the last gets through. */
	assert_int_equal(fate.delay_us, 1400 * MS);
	assert_int_equal(fate.again, 3);
	assert_false(fate.lost);

	/* At 0.9 s: 0.9, 1.1. */
	fate = fate_at(&f, 900 * MS, SERVE_PIECE);
	assert_int_equal(fate.delay_us, 200 * MS);
	assert_int_equal(fate.again, 1);
}

static void
a_syn_waits_a_second_then_two_then_four(void **state)
{
	const struct fault all = between(0, 7 * S, (struct fault_deed){ .drop = 1 });
	struct serve_fault f = of_kdc(&all, 1, 1);
	struct serve_fate fate = fate_at(&f, 1, SERVE_SYN);

	(void)state;
	/* 0, 1, 3, 7 s, all one microsecond late: the fourth is just outside. */
	assert_int_equal(fate.delay_us, 7 * S);
	assert_int_equal(fate.again, 3);
}

static void
what_is_sent_again_is_delayed_by_the_fault_it_was_sent_under(void **state)
{
	const struct fault all[2] = { between(0, 100 * MS, (struct fault_deed){ .drop = 1 }),
		between(0, 1 * S, (struct fault_deed){ .delay = { .a_us = 30 * MS } }) };
	struct serve_fault f = of_kdc(all, 2, 1);

	(void)state;
	assert_int_equal(fate_at(&f, 0, SERVE_PIECE).delay_us, 230 * MS);
}

static void
in_a_black_hole_a_syn_is_given_up_after_127_seconds(void **state)
{
	const struct fault all = always((struct fault_deed){ .drop = 1 });
	struct serve_fault f = of_kdc(&all, 1, 1);
	struct serve_fate fate = fate_at(&f, 0, SERVE_SYN);

	(void)state;
	assert_true(fate.lost);
	assert_int_equal(fate.again, 6);
	assert_int_equal(fate.delay_us, 127 * S);
}

static void
in_a_black_hole_a_piece_is_given_up_after_a_quarter_of_an_hour(void **state)
{
	const struct fault all = always((struct fault_deed){ .drop = 1 });
	struct serve_fault f = of_kdc(&all, 1, 1);
	struct serve_fate fate = fate_at(&f, 0, SERVE_PIECE);

	(void)state;
	assert_true(fate.lost);
	assert_int_equal(fate.again, 15);
	assert_int_equal(fate.delay_us, 924600 * MS);
}

static void
some_loss_costs_some_time(void **state)
{
	const struct fault all = always((struct fault_deed){ .drop = 0.2 });
	struct serve_fault f = of_kdc(&all, 1, 11);
	int again[3] = { 0 };

	(void)state;
	for (int i = 0; i < 10000; i++) {
		struct serve_fate fate = fate_at(&f, 0, SERVE_PIECE);
		/* 0, 0.2, 0.6, 1.4 ... */
		uint64_t want = 200 * MS * ((1ull << fate.again) - 1);

		assert_false(fate.lost);
		assert_int_equal(fate.delay_us, want);
		if (fate.again < 3)
			again[fate.again]++;
	}
	assert_in_range(again[0], 7850, 8150);
	assert_in_range(again[1], 1500, 1700);
	assert_in_range(again[2], 270, 370);
}

/* ---- chance ---- */

static bool
same_fates(struct serve_fault a, struct serve_fault b, int n)
{
	for (int i = 0; i < n; i++) {
		struct serve_fate x = fate_at(&a, 0, SERVE_DATAGRAM),
				  y = fate_at(&b, 0, SERVE_DATAGRAM);

		if (x.lost != y.lost || x.delay_us != y.delay_us || x.dice != y.dice)
			return false;
	}
	return true;
}

static void
the_same_seed_gives_the_same_fates_another_seed_or_server_others(void **state)
{
	struct fault all[2] = { always((struct fault_deed){
	    .drop = 0.3, .corrupt = 0.3, .delay = { .a_us = 1 * S, .b_us = 1 * S } }) };
	struct serve_fault dns;

	(void)state;
	all[1] = all[0];
	strcpy(all[1].server, "dns");
	serve_fault_init(&dns, "dns", all, 2, 1);
	assert_true(same_fates(of_kdc(all, 2, 1), of_kdc(all, 2, 1), 100));
	assert_false(same_fates(of_kdc(all, 2, 1), of_kdc(all, 2, 2), 100));
	assert_false(same_fates(of_kdc(all, 2, 1), dns, 100));
}

static void
a_later_window_does_not_change_what_happens_before_it(void **state)
{
	const struct fault all[2] = { between(0, 10 * S,
					  (struct fault_deed){
					      .drop = 0.3, .delay = { .a_us = 9, .b_us = 9 } }),
		between(10 * S, 20 * S, (struct fault_deed){ .drop = 0.5, .corrupt = 0.5 }) };

	(void)state;
	assert_true(same_fates(of_kdc(all, 1, 1), of_kdc(all, 2, 1), 200));
}

static void
purposes_have_streams_of_their_own(void **state)
{
	struct rng takes, faults, joined;

	(void)state;
	serve_fault_chance(&takes, 1, "takes", "kdc");
	serve_fault_chance(&faults, 1, "faults", "kdc");
	serve_fault_chance(&joined, 1, "take", "skdc");
	assert_memory_not_equal(&takes, &faults, sizeof takes);
	assert_memory_not_equal(&takes, &joined, sizeof takes);
}

/* ---- changed bytes ---- */

static void
spoilt_bytes_differ_in_one_to_three_places(void **state)
{
	const uint8_t same[100] = { 0 };
	uint8_t bytes[100];
	bool seen[4] = { false };

	(void)state;
	for (uint32_t dice = 1; dice < 500; dice++) {
		size_t changed = 0;

		memset(bytes, 0, sizeof bytes);
		serve_fault_spoil(dice, bytes, sizeof bytes);
		for (size_t i = 0; i < sizeof bytes; i++)
			changed += bytes[i] != same[i];
		assert_in_range(changed, 1, 3);
		seen[changed] = true;
	}
	assert_true(seen[1] && seen[2] && seen[3]);
}

static void
even_a_single_byte_is_really_changed(void **state)
{
	(void)state;
	for (uint32_t dice = 1; dice < 500; dice++) {
		uint8_t byte = 0x55;

		serve_fault_spoil(dice, &byte, 1);
		assert_int_not_equal(byte, 0x55);
	}
	serve_fault_spoil(1, NULL, 0);
}

static void
the_same_dice_change_the_same_places(void **state)
{
	uint8_t a[64] = { 0 }, b[64] = { 0 };

	(void)state;
	serve_fault_spoil(99, a, sizeof a);
	serve_fault_spoil(99, b, sizeof b);
	assert_memory_equal(a, b, sizeof a);
	serve_fault_spoil(100, b, sizeof b);
	assert_memory_not_equal(a, b, sizeof a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_servers_own_faults_are_its),
		cmocka_unit_test(a_window_holds_from_its_first_microsecond_to_before_its_end),
		cmocka_unit_test(without_for_it_holds_to_the_end),
		cmocka_unit_test(edges_come_one_after_the_other),
		cmocka_unit_test(a_reset_begins_once),
		cmocka_unit_test(overlapping_faults_hold_together),
		cmocka_unit_test(
		    without_a_fault_nothing_befalls_a_packet_and_no_chance_is_used),
		cmocka_unit_test(what_is_certain_befalls_every_packet),
		cmocka_unit_test(a_share_befalls_about_that_share),
		cmocka_unit_test(two_losses_are_drawn_one_by_one),
		cmocka_unit_test(delays_add_up_and_stay_within_their_spread),
		cmocka_unit_test(tcp_hides_copies_and_disorder),
		cmocka_unit_test(a_lost_piece_is_sent_again_until_the_window_is_over),
		cmocka_unit_test(a_syn_waits_a_second_then_two_then_four),
		cmocka_unit_test(what_is_sent_again_is_delayed_by_the_fault_it_was_sent_under),
		cmocka_unit_test(in_a_black_hole_a_syn_is_given_up_after_127_seconds),
		cmocka_unit_test(
		    in_a_black_hole_a_piece_is_given_up_after_a_quarter_of_an_hour),
		cmocka_unit_test(some_loss_costs_some_time),
		cmocka_unit_test(
		    the_same_seed_gives_the_same_fates_another_seed_or_server_others),
		cmocka_unit_test(a_later_window_does_not_change_what_happens_before_it),
		cmocka_unit_test(purposes_have_streams_of_their_own),
		cmocka_unit_test(spoilt_bytes_differ_in_one_to_three_places),
		cmocka_unit_test(even_a_single_byte_is_really_changed),
		cmocka_unit_test(the_same_dice_change_the_same_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
