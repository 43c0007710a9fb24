/* test_sim_load.c - a server's load per second: what is counted, where, and how coarse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "mem.h"
#include "sim_load.h"

enum { MS = 1000, S = 1000 * 1000 };

static struct sim_load *
load_of(uint32_t workers)
{
	struct sim_load *l = NULL;

	assert_int_equal(sim_load_new(workers, &l), 0);
	return l;
}

static const struct sim_load_cell *
cell_of(const struct sim_load *l, size_t i)
{
	const struct sim_load_cell *c;
	uint64_t width;
	size_t n;

	c = sim_load_cells(l, &n, &width);
	assert_true(i < n);
	return &c[i];
}

static size_t
cells_of(const struct sim_load *l, uint64_t *width)
{
	size_t n;

	sim_load_cells(l, &n, width);
	return n;
}

static void
near(double a, double b)
{
	if (fabs(a - b) > 1e-9)
		fail_msg("%f is not %f", a, b);
}

static void
a_new_one_has_seen_nothing(void **state)
{
	struct sim_load *l = load_of(4);
	const struct sim_load_total *t = sim_load_total(l);
	uint64_t width;

	(void)state;
	assert_int_equal(cells_of(l, &width), 0);
	assert_int_equal(width, 1);
	assert_int_equal(t->requests, 0);
	assert_true(t->full_at_us == SIM_NEVER);
	assert_int_equal(sim_load_workers(l), 4);
	near(sim_load_saturation(l), 0);
	near(sim_load_utilisation(l, 0), 0);
	near(sim_load_utilisation(l, 10 * S), 0);
	sim_load_free(l);
	sim_load_free(NULL);
}

static void
requests_and_replies_fall_into_their_seconds(void **state)
{
	struct sim_load *l = load_of(1);
	const struct sim_load_total *t = sim_load_total(l);
	uint64_t width;

	(void)state;
	sim_load_request(l, 0, 100, 5 * MS);
	sim_load_request(l, 999999, 50, 5 * MS);
	sim_load_reply(l, 999999);
	sim_load_out(l, 999999, 700);
	sim_load_request(l, 1 * S, 10, 7 * MS);
	sim_load_reply(l, 3 * S);
	sim_load_out(l, 3 * S, 1);

	assert_int_equal(cells_of(l, &width), 4);
	assert_int_equal(cell_of(l, 0)->requests, 2);
	assert_int_equal(cell_of(l, 0)->bytes_in, 150);
	assert_int_equal(cell_of(l, 0)->work_us, 10 * MS);
	assert_int_equal(cell_of(l, 0)->replies, 1);
	assert_int_equal(cell_of(l, 0)->bytes_out, 700);
	assert_int_equal(cell_of(l, 1)->requests, 1);
	assert_int_equal(cell_of(l, 1)->replies, 0);
	assert_int_equal(cell_of(l, 2)->requests, 0);
	assert_int_equal(cell_of(l, 3)->replies, 1);
	assert_int_equal(t->requests, 3);
	assert_int_equal(t->replies, 2);
	assert_int_equal(t->bytes_in, 160);
	assert_int_equal(t->bytes_out, 701);
	assert_int_equal(t->work_us, 17 * MS);
	assert_int_equal(t->last_us, 3 * S);
	sim_load_free(l);
}

static void
the_busiest_second_is_remembered_with_its_number(void **state)
{
	struct sim_load *l = load_of(1);
	const struct sim_load_total *t = sim_load_total(l);

	(void)state;
	for (uint64_t i = 0; i < 3; i++)
		sim_load_request(l, i * 100 * MS, 1000, 0);
	for (uint64_t i = 0; i < 5; i++)
		sim_load_request(l, 7 * S + i * 100 * MS, 10, 0);
	for (uint64_t i = 0; i < 5; i++)
		sim_load_request(l, 9 * S + i * 100 * MS, 10, 0);
	sim_load_out(l, 8 * S, 20);
	sim_load_out(l, 8 * S + 1, 30);
	sim_load_out(l, 9 * S, 49);

	assert_int_equal(t->requests_peak.most, 5);
	assert_int_equal(t->requests_peak.at_s, 7); /* the first of two */
	assert_int_equal(t->in_peak.most, 3000);
	assert_int_equal(t->in_peak.at_s, 0);
	assert_int_equal(t->out_peak.most, 50);
	assert_int_equal(t->out_peak.at_s, 8);
	sim_load_free(l);
}

static void
what_the_wire_tells_late_does_not_disturb_the_other_peaks(void **state)
{
	struct sim_load *l = load_of(1);
	const struct sim_load_total *t = sim_load_total(l);

	(void)state;
	sim_load_request(l, 5 * S, 0, 0);
	sim_load_request(l, 5 * S + 1, 0, 0);
	sim_load_wire(l, 4 * S, 5 * S + 2, 1000);
	sim_load_request(l, 5 * S + 3, 0, 0);
	assert_int_equal(t->requests_peak.most, 3);
	assert_int_equal(t->requests_peak.at_s, 5);
	assert_int_equal(t->out_peak.most, 999);
	assert_int_equal(t->out_peak.at_s, 4);
	sim_load_free(l);
}

static void
busy_time_is_shared_out_among_the_seconds_it_spans(void **state)
{
	struct sim_load *l = load_of(2);

	(void)state;
	sim_load_busy(l, 700 * MS, 2200 * MS);
	sim_load_busy(l, 1500 * MS, 2000 * MS);
	sim_load_busy(l, 2500 * MS, 2500 * MS);
	assert_int_equal(cell_of(l, 0)->busy_us, 300 * MS);
	assert_int_equal(cell_of(l, 1)->busy_us, 1500 * MS);
	assert_int_equal(cell_of(l, 2)->busy_us, 200 * MS);
	assert_int_equal(sim_load_total(l)->busy_us, 2 * S);
	near(sim_load_utilisation(l, 4 * S), 0.25);
	sim_load_free(l);
}

static void
the_wires_time_is_its_own(void **state)
{
	struct sim_load *l = load_of(1);

	(void)state;
	sim_load_wire(l, 0, 2500 * MS, 2501);
	assert_int_equal(cell_of(l, 0)->wire_us, 1 * S);
	assert_int_equal(cell_of(l, 1)->wire_us, 1 * S);
	assert_int_equal(cell_of(l, 2)->wire_us, 500 * MS);
	assert_int_equal(cell_of(l, 2)->busy_us, 0);
	assert_int_equal(sim_load_total(l)->wire_us, 2500 * MS);
	/* What leaves evenly is counted where it leaves, and none of it is lost. */
	assert_int_equal(cell_of(l, 0)->bytes_out, 1000);
	assert_int_equal(cell_of(l, 1)->bytes_out, 1000);
	assert_int_equal(cell_of(l, 2)->bytes_out, 501);
	assert_int_equal(sim_load_total(l)->bytes_out, 2501);
	assert_int_equal(sim_load_total(l)->out_peak.most, 1000);
	sim_load_free(l);
}

static void
the_longest_wait_and_queue_are_kept_with_their_time(void **state)
{
	struct sim_load *l = load_of(1);
	const struct sim_load_total *t = sim_load_total(l);

	(void)state;
	sim_load_begun(l, 1 * S, 0);
	sim_load_begun(l, 2 * S, 300 * MS);
	sim_load_begun(l, 2 * S + 1, 200 * MS);
	sim_load_queue(l, 2 * S, 3);
	sim_load_queue(l, 2 * S + 1, 9);
	sim_load_queue(l, 5 * S, 4);
	assert_int_equal(cell_of(l, 1)->wait_us, 0);
	assert_int_equal(cell_of(l, 2)->wait_us, 300 * MS);
	assert_int_equal(cell_of(l, 2)->waiting, 9);
	assert_int_equal(cell_of(l, 5)->waiting, 4);
	assert_int_equal(t->longest_wait_us, 300 * MS);
	assert_int_equal(t->longest_wait_at_us, 2 * S);
	assert_int_equal(t->waits_us, 500 * MS);
	assert_int_equal(t->waiting, 9);
	sim_load_free(l);
}

static void
saturation_is_the_work_asked_for_not_the_work_done(void **state)
{
	struct sim_load *l = load_of(2);

	(void)state;
	/* 30 requests of 100 ms within one second: 3 s of work for 2 workers. */
	for (uint64_t i = 0; i < 30; i++)
		sim_load_request(l, i * 30 * MS, 0, 100 * MS);
	near(sim_load_saturation(l), 1.5);
	/* The twentieth fills the second. */
	assert_int_equal(sim_load_total(l)->full_at_us, 19 * 30 * MS);
	sim_load_free(l);
}

static void
saturation_finds_its_second_wherever_that_begins(void **state)
{
	struct sim_load *across = load_of(1), *apart = load_of(1);

	(void)state;
	/* 0.6 s of work just before a second ends and again just after: one second, 1.2. */
	sim_load_request(across, 900 * MS, 0, 600 * MS);
	sim_load_request(across, 1100 * MS, 0, 600 * MS);
	near(sim_load_saturation(across), 1.2);
	assert_int_equal(sim_load_total(across)->full_at_us, 1100 * MS);

	/* A whole second between them: never more than 0.6. */
	sim_load_request(apart, 900 * MS, 0, 600 * MS);
	sim_load_request(apart, 1900 * MS, 0, 600 * MS);
	sim_load_request(apart, 1000 * S, 0, 600 * MS);
	near(sim_load_saturation(apart), 0.6);
	assert_true(sim_load_total(apart)->full_at_us == SIM_NEVER);
	sim_load_free(across);
	sim_load_free(apart);
}

static void
the_sliding_second_forgets_bit_by_bit(void **state)
{
	struct sim_load *l = load_of(1);

	(void)state;
	/* 10 ms of work every 20 ms for ten seconds: half, for ever. */
	for (uint64_t at = 0; at < 10 * S; at += 20 * MS)
		sim_load_request(l, at, 0, 10 * MS);
	near(sim_load_saturation(l), 0.5);
	sim_load_free(l);
}

static void
exactly_as_much_as_can_be_done_is_full(void **state)
{
	struct sim_load *l = load_of(1);

	(void)state;
	sim_load_request(l, 5 * S, 0, 1 * S - 1);
	assert_true(sim_load_total(l)->full_at_us == SIM_NEVER);
	sim_load_request(l, 5 * S + 3, 0, 1);
	assert_int_equal(sim_load_total(l)->full_at_us, 5 * S + 3);
	near(sim_load_saturation(l), 1);
	sim_load_free(l);
}

static void
a_handshake_is_work_but_no_request(void **state)
{
	struct sim_load *l = load_of(1);

	(void)state;
	sim_load_handshake(l, 10, 400 * MS);
	assert_int_equal(sim_load_total(l)->requests, 0);
	assert_int_equal(sim_load_total(l)->handshakes, 1);
	assert_int_equal(cell_of(l, 0)->work_us, 400 * MS);
	near(sim_load_saturation(l), 0.4);
	sim_load_free(l);
}

static void
each_mishap_is_counted_by_kind_and_has_a_name(void **state)
{
	struct sim_load *l = load_of(1);

	(void)state;
	for (int m = 0; m < SIM_MISHAPS; m++)
		for (int i = 0; i <= m; i++)
			sim_load_mishap(l, 4 * S, (enum sim_mishap)m);
	for (int m = 0; m < SIM_MISHAPS; m++) {
		assert_int_equal(sim_load_total(l)->mishap[m], m + 1);
		assert_true(strlen(sim_mishap_name((enum sim_mishap)m)) > 4);
		for (int k = 0; k < m; k++)
			assert_string_not_equal(sim_mishap_name((enum sim_mishap)m),
			    sim_mishap_name((enum sim_mishap)k));
	}
	assert_int_equal(cell_of(l, 4)->mishaps, SIM_MISHAPS * (SIM_MISHAPS + 1) / 2);
	assert_string_equal(sim_mishap_name(SIM_DROPPED), "dropped");
	assert_string_equal(sim_mishap_name(SIM_DELAYED), "delayed");
	assert_string_equal(sim_mishap_name(SIM_OVERFLOWED), "overflowed");
	assert_string_equal(sim_mishap_name(SIM_MISHAPS), "?");
	sim_load_free(l);
}

static void
after_an_hour_two_seconds_share_a_cell(void **state)
{
	struct sim_load *l = load_of(1);
	uint64_t width;

	(void)state;
	for (uint64_t s = 0; s < SIM_CELLS_MAX; s++) {
		sim_load_request(l, s * S, s % 2 + 1, 0);
		sim_load_begun(l, s * S, s);
		sim_load_queue(l, s * S, s);
	}
	assert_int_equal(cells_of(l, &width), SIM_CELLS_MAX);
	assert_int_equal(width, 1);

	sim_load_request(l, SIM_CELLS_MAX * (uint64_t)S, 1000, 0);
	assert_int_equal(cells_of(l, &width), SIM_CELLS_MAX / 2 + 1);
	assert_int_equal(width, 2);
	for (size_t i = 0; i < SIM_CELLS_MAX / 2; i++) {
		assert_int_equal(cell_of(l, i)->requests, 2);
		assert_int_equal(cell_of(l, i)->bytes_in, 3);
		/* Of the longest the longer one, of counts the sum. */
		assert_int_equal(cell_of(l, i)->wait_us, 2 * i + 1);
		assert_int_equal(cell_of(l, i)->waiting, 2 * i + 1);
	}
	assert_int_equal(cell_of(l, SIM_CELLS_MAX / 2)->requests, 1);
	assert_int_equal(cell_of(l, SIM_CELLS_MAX / 2)->bytes_in, 1000);
	assert_int_equal(sim_load_total(l)->requests, SIM_CELLS_MAX + 1);
	sim_load_free(l);
}

static void
folding_keeps_every_count(void **state)
{
	struct sim_load *l = load_of(1);

	(void)state;
	for (uint64_t s = 0; s < SIM_CELLS_MAX; s++) {
		sim_load_request(l, s * S, 7, 11);
		sim_load_reply(l, s * S);
		sim_load_out(l, s * S, 13);
		sim_load_busy(l, s * S, s * S + 17);
		sim_load_wire(l, s * S, s * S + 19, 2);
		sim_load_mishap(l, s * S, SIM_DROPPED);
	}
	sim_load_queue(l, 3 * SIM_CELLS_MAX * (uint64_t)S, 1);
	for (size_t i = 0; i < SIM_CELLS_MAX / 4; i++) {
		const struct sim_load_cell *c = cell_of(l, i);

		assert_int_equal(c->requests, 4);
		assert_int_equal(c->replies, 4);
		assert_int_equal(c->bytes_in, 28);
		assert_int_equal(c->bytes_out, 60);
		assert_int_equal(c->work_us, 44);
		assert_int_equal(c->busy_us, 68);
		assert_int_equal(c->wire_us, 76);
		assert_int_equal(c->mishaps, 4);
	}
	sim_load_free(l);
}

static void
a_jump_of_years_folds_as_often_as_it_takes(void **state)
{
	struct sim_load *l = load_of(1);
	uint64_t years = 10 * 365 * 86400ull, width;

	(void)state;
	sim_load_request(l, 0, 1, 1);
	sim_load_request(l, years * S, 1, 1);
	assert_true(cells_of(l, &width) <= SIM_CELLS_MAX);
	assert_true(width * SIM_CELLS_MAX > years);
	assert_true(width / 2 * SIM_CELLS_MAX <= years);
	assert_int_equal(cell_of(l, 0)->requests, 1);
	assert_int_equal(cell_of(l, years / width)->requests, 1);
	sim_load_free(l);
}

static void
work_that_spans_a_fold_is_all_there(void **state)
{
	struct sim_load *l = load_of(1);
	uint64_t end = (SIM_CELLS_MAX + 10) * (uint64_t)S, sum = 0, width;

	(void)state;
	sim_load_busy(l, (SIM_CELLS_MAX - 5) * (uint64_t)S, end);
	for (size_t i = 0, n = cells_of(l, &width); i < n; i++)
		sum += cell_of(l, i)->busy_us;
	assert_int_equal(sum, 15 * S);
	assert_int_equal(sim_load_total(l)->busy_us, 15 * S);
	/* The first of them began in the second half of its cell. */
	assert_int_equal(cell_of(l, SIM_CELLS_MAX / 2 - 3)->busy_us, 1 * S);
	assert_int_equal(cell_of(l, SIM_CELLS_MAX / 2 - 2)->busy_us, 2 * S);
	sim_load_free(l);
}

static void
it_takes_one_allocation_however_long_it_runs(void **state)
{
	long before = mem_out();
	struct sim_load *l = load_of(3);

	(void)state;
	assert_int_equal(mem_out(), before + 1);
	for (uint64_t i = 0; i < 200000; i++)
		sim_load_request(l, i * 100 * MS, 1, 1);
	assert_int_equal(mem_out(), before + 1);
	sim_load_free(l);
	assert_int_equal(mem_out(), before);
}

static void
without_memory_there_is_none(void **state)
{
	struct sim_load *l = NULL;

	(void)state;
	mem_fail_at(1);
	assert_int_equal(sim_load_new(1, &l), -ENOMEM);
	mem_fail_at(0);
	assert_null(l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_one_has_seen_nothing),
		cmocka_unit_test(requests_and_replies_fall_into_their_seconds),
		cmocka_unit_test(the_busiest_second_is_remembered_with_its_number),
		cmocka_unit_test(what_the_wire_tells_late_does_not_disturb_the_other_peaks),
		cmocka_unit_test(busy_time_is_shared_out_among_the_seconds_it_spans),
		cmocka_unit_test(the_wires_time_is_its_own),
		cmocka_unit_test(the_longest_wait_and_queue_are_kept_with_their_time),
		cmocka_unit_test(saturation_is_the_work_asked_for_not_the_work_done),
		cmocka_unit_test(saturation_finds_its_second_wherever_that_begins),
		cmocka_unit_test(the_sliding_second_forgets_bit_by_bit),
		cmocka_unit_test(exactly_as_much_as_can_be_done_is_full),
		cmocka_unit_test(a_handshake_is_work_but_no_request),
		cmocka_unit_test(each_mishap_is_counted_by_kind_and_has_a_name),
		cmocka_unit_test(after_an_hour_two_seconds_share_a_cell),
		cmocka_unit_test(folding_keeps_every_count),
		cmocka_unit_test(a_jump_of_years_folds_as_often_as_it_takes),
		cmocka_unit_test(work_that_spans_a_fold_is_all_there),
		cmocka_unit_test(it_takes_one_allocation_however_long_it_runs),
		cmocka_unit_test(without_memory_there_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
