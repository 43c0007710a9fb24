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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_phone_walks_from_power_on_to_its_new_firmware),
		cmocka_unit_test(a_phone_of_2007_skips_what_it_does_not_know),
		cmocka_unit_test(after_an_update_it_walks_again_with_what_it_kept),
		cmocka_unit_test(a_hundred_phones_all_arrive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
