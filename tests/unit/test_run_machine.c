/* test_run_machine.c - what a plan needs of the machine, and what is said when that has less.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "mem.h"
#include "plan_groups.h"
#include "run_machine.h"

/* So many phones of one group, all at once; they walk to this step. */
static struct run_plan *
plan_of(uint32_t phones, const char *until)
{
	const struct run_options o = { .until = until };
	struct run_plan *p = mem_new(sizeof *p);
	struct config_error error;

	assert_non_null(p);
	p->phones = p->scenario.phones = phones;
	p->scenario.n_groups = 1;
	p->scenario.group[0] = (struct scenario_group){ .phones = phones,
		.n_arrivals = 1,
		.arrival[0] = { .kind = ARRIVAL_AT_ONCE, .count = phones } };
	assert_int_equal(plan_groups(p, &o, &error), 0);
	assert_int_equal(plan_starts(p, &error), 0);
	return p;
}

static void
plan_free(struct run_plan *p)
{
	run_plan_done(p);
	mem_free(p);
	assert_int_equal(mem_out(), 0);
}

static void
there_are_never_more_threads_than_phones(void **state)
{
	const struct run_options o = { .threads = 8 };
	struct run_plan *p = plan_of(3, "dhcp_lease");

	(void)state;
	assert_int_equal(run_machine_threads(&o, p), 3);
	p->phones = 100;
	assert_int_equal(run_machine_threads(&o, p), 8);
	p->phones = 3;
	plan_free(p);
}

static void
without_a_wish_there_is_a_thread_for_each_core(void **state)
{
	const struct run_options o = { 0 };
	struct run_plan *p = plan_of(1, "dhcp_lease");

	(void)state;
	assert_int_equal(run_machine_threads(&o, p), 1);
	p->phones = 100000;
	assert_in_range(run_machine_threads(&o, p), 1, 4096);
	p->phones = 1;
	plan_free(p);
}

/* A thousand at once need three each, and the lines they keep: no more than that is asked for,
 * and of a hundred million lines it is said that they are too many. */
static void
given_too_few_descriptors_it_says_how_many_are_needed_and_what_to_do(void **state)
{
	struct rlimit before;
	struct config_error error = { "" };
	struct run_plan *p = plan_of(1000, "sip_register");

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	if (before.rlim_max > 112 + 32 + 4 * 1000)
		assert_int_equal(run_machine_descriptors(p, 2, &error), 0);
	p->first[1] = 100000000;
	assert_int_equal(run_machine_descriptors(p, 2, &error), -EMFILE);
	assert_memory_equal(error.text,
	    "cx700farm: 100003144 descriptors are needed, this process may have", 66);
	assert_non_null(strstr(error.text, "ulimit -Hn"));
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	plan_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_are_never_more_threads_than_phones),
		cmocka_unit_test(without_a_wish_there_is_a_thread_for_each_core),
		cmocka_unit_test(
		    given_too_few_descriptors_it_says_how_many_are_needed_and_what_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
