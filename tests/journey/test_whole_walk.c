/* test_whole_walk.c - phones walk the whole table in a simulated pool. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "rehearsal.h"

static const uint64_t S = 1000000, HOUR = 3600ull * 1000000;

/* Everything that a phone had open and all memory of the world must be gone at the end. */
static void
done(struct rehearsal *r)
{
	long before = r->mem_before;

	rehearsal_free(r);
	assert_int_equal(mem_out(), before);
}

static void
one_phone_walks_from_power_on_to_its_new_firmware(void **state)
{
	struct rehearsal *r = rehearsal_new(&(struct rehearsal_cfg){ .phones = 1,
	    .seed = 7,
	    .profile = "cx700-1.0.522.101",
	    .yaml = "servers: {update: {version: 3.5.6907.35}}" });

	(void)state;
	rehearsal_on(r, 0, 0);
	rehearsal_run(r, HOUR);
	if (!rehearsal_guide_done(r, 0))
		rehearsal_show(r, 0);
	assert_int_equal(r->phone[0].state, JOURNEY_ARRIVED);
	assert_true(rehearsal_guide_done(r, 0));
	print_message(
	    "28 numbers in %.3f s of virtual time\n", (double)r->phone[0].arrived_us / 1e6);
	/* The image, to its last bit. */
	assert_int_equal(journey_facts(r->phone[0].j)->image_bytes, 15 << 20);
	/* 20 s of typing, 15 MiB at 1 Gbit/s, and the servers' own time. */
	assert_in_range(r->phone[0].arrived_us, 20 * S, 21 * S);
	done(r);
}

static void
a_phone_of_2007_skips_what_it_does_not_know(void **state)
{
	struct rehearsal *r = rehearsal_new(&(struct rehearsal_cfg){ .phones = 1, .seed = 7 });

	(void)state;
	rehearsal_on(r, 0, 0);
	rehearsal_run(r, HOUR);
	assert_int_equal(r->phone[0].state, JOURNEY_ARRIVED);
	assert_int_equal(rehearsal_last(r, 0, "update_at_power_on")->verdict, STEP_SKIP);
	assert_int_equal(r->phone[0].guide, 0x1ffffffe & ~(1u << 6));
	done(r);
}

static void
after_an_update_it_walks_again_with_what_it_kept(void **state)
{
	struct rehearsal *r =
	    rehearsal_new(&(struct rehearsal_cfg){ .phones = 1, .seed = 7, .restart = true });

	(void)state;
	rehearsal_on(r, 0, 0);
	rehearsal_run(r, HOUR);
	assert_int_equal(r->phone[0].state, JOURNEY_ARRIVED);
	assert_int_equal(r->phone[0].restarts, 1);
	assert_int_equal(rehearsal_told(r, 0, "pool_tls"), 2);
	assert_int_equal(rehearsal_told(r, 0, "update_confirm"), 2);
	assert_int_equal(rehearsal_last(r, 0, "ca_fetch")->tries, 0); /* the root is in flash */
	assert_string_equal(journey_facts(r->phone[0].j)->version, "1.0.522.101");
	done(r);
}

static void
a_hundred_phones_all_arrive(void **state)
{
	struct rehearsal *r =
	    rehearsal_new(&(struct rehearsal_cfg){ .phones = 100, .seed = 7, .restart = true });

	(void)state;
	for (uint32_t i = 0; i < 100; i++)
		rehearsal_on(r, i, i * S / 10);
	rehearsal_run(r, HOUR);
	for (uint32_t i = 0; i < 100; i++)
		if (r->phone[i].state != JOURNEY_ARRIVED)
			rehearsal_show(r, i);
	assert_int_equal(rehearsal_count(r, JOURNEY_ARRIVED), 100);
	assert_true(
	    sim_load_total(sim_link_load(sim_pool_link(r->pool, SERVERS_KDC)))->requests >=
	    1000);
	done(r);
}

/* ---- a thousand --------------------------------------------------------------------- */

static const char slow_kdc[] = "servers: {kdc: {takes: 300ms, workers: 1000}}\n"
			       "faults: [{server: kdc, do: {drop: 20%}}]\n";

/* All that a thousand phones tell, with their times. */
static void
trace_of(uint64_t seed, struct buf *trace)
{
	struct rehearsal *r = rehearsal_new(&(struct rehearsal_cfg){
	    .phones = 1000, .seed = seed, .lean = true, .yaml = slow_kdc });

	buf_init(trace, SIZE_MAX);
	r->trace = trace;
	for (uint32_t i = 0; i < 1000; i++)
		rehearsal_on(r, i, i * S / 100);
	rehearsal_run(r, HOUR);
	assert_int_equal(
	    rehearsal_count(r, JOURNEY_ARRIVED) + rehearsal_count(r, JOURNEY_FAILED), 1000);
	assert_int_equal(trace->err, 0);
	rehearsal_free(r);
}

static void
the_same_seed_is_the_same_trace_byte_for_byte(void **state)
{
	struct buf first, again, other;

	(void)state;
	trace_of(7, &first);
	trace_of(7, &again);
	trace_of(8, &other);
	assert_true(first.n > 5000000);
	assert_true(span_eq(buf_bytes(&first), buf_bytes(&again)));
	assert_false(span_eq(buf_bytes(&first), buf_bytes(&other)));
	buf_done(&first);
	buf_done(&again);
	buf_done(&other);
	assert_int_equal(mem_out(), 0);
}

/*
 * A login is two requests of 300 ms; one that is lost goes out again after 1 s, then 2 s, 4 s:
 * so whatever is lost, beyond 600 ms and the wire's 0.8 ms there are whole seconds.
 */
static void
a_kdc_that_drops_packets_is_asked_again_at_exact_times(void **state)
{
	struct rehearsal *r = rehearsal_new(&(struct rehearsal_cfg){
	    .phones = 1000, .seed = 7, .lean = true, .yaml = slow_kdc });
	unsigned at_once = 0, later = 0;

	(void)state;
	for (uint32_t i = 0; i < 1000; i++)
		rehearsal_on(r, i, i * S / 100);
	rehearsal_run(r, HOUR);
	for (uint32_t i = 0; i < 1000; i++) {
		const struct rehearsal_row *row = rehearsal_row(r, i, "krb_login", 0);
		uint64_t beyond_us = row->ended_us - row->started_us - 600000;

		/* The others were cut off by the row's limit of 10 s. */
		if (row->verdict != STEP_DONE)
			continue;
		assert_in_range(beyond_us % S, 800, 1000);
		at_once += beyond_us < S;
		later += beyond_us >= S;
	}
	/* Each of four packets goes through with 80 %: 41 of 100 logins lose none. */
	assert_in_range(at_once, 370, 450);
	assert_in_range(later, 400, 600);
	done(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_phone_walks_from_power_on_to_its_new_firmware),
		cmocka_unit_test(a_phone_of_2007_skips_what_it_does_not_know),
		cmocka_unit_test(after_an_update_it_walks_again_with_what_it_kept),
		cmocka_unit_test(a_hundred_phones_all_arrive),
		cmocka_unit_test(the_same_seed_is_the_same_trace_byte_for_byte),
		cmocka_unit_test(a_kdc_that_drops_packets_is_asked_again_at_exact_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
