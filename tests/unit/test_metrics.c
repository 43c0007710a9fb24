/* test_metrics.c - what is counted of a try, and how shards add up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "metrics.h"

static const struct farm_row rows[] = {
	{ "dhcp_lease", "address", 1, 2, false },
	{ "ntp_sync", "clock", 5, 5, false },
	{ "sip_register", "sign-in", 0, 0, false },
};

static struct metrics *
new_metrics(void)
{
	struct metrics *m = calloc(1, sizeof *m);

	assert_non_null(m);
	m->n_rows = 3;
	return m;
}

static void
count(struct metrics *m, unsigned row, enum instance_verdict verdict, unsigned why,
    uint32_t *seen)
{
	const struct instance_row t = {
		.row = row, .verdict = verdict, .why = why, .started_us = 1000, .ended_us = 4000
	};

	metrics_try(m, rows, &t, seen);
}

static void
given_a_lost_try_and_a_good_one_it_is_one_row_and_one_retry(void **state)
{
	struct metrics *m = new_metrics();
	uint32_t seen = 0;

	(void)state;
	count(m, 0, INSTANCE_RETRY, 1, &seen);
	count(m, 0, INSTANCE_DONE, 0, &seen);
	assert_int_equal(m->row[0].attempts, 2);
	assert_int_equal(m->row[0].done, 1);
	assert_int_equal(m->row[0].failed, 0);
	assert_int_equal(m->row[0].reasons[1], 1);
	assert_int_equal(metrics_retries(&m->row[0]), 1);
	assert_int_equal(m->row[0].latency.count, 1);
	assert_int_equal(m->row[0].latency.max_us, 3000);
	free(m);
}

static void
a_failed_row_has_a_reason_but_no_latency_and_no_number(void **state)
{
	struct metrics *m = new_metrics();
	uint32_t seen = 0;

	(void)state;
	count(m, 1, INSTANCE_NOT_DONE, 4, &seen);
	assert_int_equal(m->row[1].failed, 1);
	assert_int_equal(m->row[1].attempts, 1);
	assert_int_equal(m->row[1].reasons[4], 1);
	assert_int_equal(m->row[1].latency.count, 0);
	assert_int_equal(m->guide[5], 0);
	free(m);
}

static void
a_skipped_row_is_no_attempt_and_does_not_complete_its_numbers(void **state)
{
	struct metrics *m = new_metrics();
	uint32_t seen = 0;

	(void)state;
	count(m, 0, INSTANCE_SKIPPED, 0, &seen);
	assert_int_equal(m->row[0].skipped, 1);
	assert_int_equal(m->row[0].attempts, 0);
	assert_int_equal(m->guide[1], 0);
	free(m);
}

static void
a_phone_that_walks_twice_completes_a_number_once(void **state)
{
	struct metrics *m = new_metrics();
	uint32_t first = 0, second = 0;

	(void)state;
	count(m, 0, INSTANCE_DONE, 0, &first);
	count(m, 0, INSTANCE_DONE, 0, &first);
	count(m, 0, INSTANCE_DONE, 0, &second);
	assert_int_equal(m->row[0].done, 3);
	assert_int_equal(m->guide[1], 2);
	assert_int_equal(m->guide[2], 2);
	assert_int_equal(m->guide[3], 0);
	free(m);
}

static void
a_row_outside_the_guide_completes_no_number(void **state)
{
	struct metrics *m = new_metrics();
	uint32_t seen = 0;

	(void)state;
	count(m, 2, INSTANCE_DONE, 0, &seen);
	assert_int_equal(seen, 0);
	for (int n = 0; n <= METRICS_GUIDE; n++)
		assert_int_equal(m->guide[n], 0);
	free(m);
}

static void
the_firmware_counts_also_in_a_lost_try(void **state)
{
	struct metrics *m = new_metrics();
	uint32_t seen = 0;
	struct instance_row t = { .row = 0, .verdict = INSTANCE_RETRY, .firmware_bytes = 1000 };

	(void)state;
	metrics_try(m, rows, &t, &seen);
	t.verdict = INSTANCE_DONE;
	t.firmware_bytes = 15000;
	metrics_try(m, rows, &t, &seen);
	assert_int_equal(m->firmware_bytes, 16000);
	free(m);
}

static void
tries_are_counted_for_each_text_their_detail_begins_with(void **state)
{
	static const char *const watch[] = { "krb:24", "krb:", "tls:48" };
	struct metrics *m = new_metrics(), *sum = new_metrics();
	struct instance_row t = { .verdict = INSTANCE_RETRY, .detail = "krb:24 PREAUTH" };

	(void)state;
	metrics_watch(m, watch, 3, &t);
	t.verdict = INSTANCE_NOT_DONE;
	t.detail = "krb:18 REVOKED";
	metrics_watch(m, watch, 3, &t);
	t.verdict = INSTANCE_DONE;
	t.detail = "tls:4";
	metrics_watch(m, watch, 3, &t);
	t.detail = "tls:48";
	metrics_watch(m, watch, 3, &t);
	t.detail = NULL;
	metrics_watch(m, watch, 3, &t);
	t.detail = "krb:24";
	t.verdict = INSTANCE_SKIPPED;
	metrics_watch(m, watch, 3, &t);
	metrics_merge(sum, m);
	metrics_merge(sum, m);
	assert_int_equal(sum->watched[0], 2);
	assert_int_equal(sum->watched[1], 4);
	assert_int_equal(sum->watched[2], 2);
	assert_int_equal(sum->watched[3], 0);
	free(m);
	free(sum);
}

static void
given_nothing_to_watch_for_nothing_is_counted(void **state)
{
	const struct instance_row t = { .verdict = INSTANCE_DONE, .detail = "krb:24" };
	static const char *const watch[] = { "" };
	struct metrics *m = new_metrics();

	(void)state;
	metrics_watch(m, NULL, 0, &t);
	assert_int_equal(m->watched[0], 0);
	/* The empty text begins every detail, also an empty one. */
	metrics_watch(m, watch, 1, &t);
	assert_int_equal(m->watched[0], 1);
	free(m);
}

static void
shards_add_up_and_the_worst_lag_stays(void **state)
{
	struct metrics *a = new_metrics(), *b = new_metrics(), *sum = new_metrics();
	uint32_t seen_a = 0, seen_b = 0;

	(void)state;
	count(a, 0, INSTANCE_DONE, 0, &seen_a);
	count(b, 0, INSTANCE_DONE, 0, &seen_b);
	count(b, 1, INSTANCE_NOT_DONE, 2, &seen_b);
	a->phones = (struct phone_counts){ .started = 2, .finished = 1, .at = { 1 } };
	b->phones = (struct phone_counts){ .started = 3, .failed = 2, .at = { [2] = 1 } };
	a->service[3] = (struct service_metrics){ 1, 2, 3, 4 };
	b->service[3] = (struct service_metrics){ 10, 20, 30, 40 };
	a->loop_lag_p99_ms = 2;
	b->loop_lag_p99_ms = 1;
	hist_add(&b->start_lag, 77);

	metrics_merge(sum, a);
	metrics_merge(sum, b);
	assert_int_equal(sum->row[0].done, 2);
	assert_int_equal(sum->row[0].latency.count, 2);
	assert_int_equal(sum->row[1].reasons[2], 1);
	assert_int_equal(sum->guide[1], 2);
	assert_int_equal(sum->phones.started, 5);
	assert_int_equal(sum->phones.finished, 1);
	assert_int_equal(sum->phones.failed, 2);
	assert_int_equal(sum->phones.at[0], 1);
	assert_int_equal(sum->phones.at[2], 1);
	assert_int_equal(sum->service[3].bytes_in, 44);
	assert_int_equal(sum->start_lag.max_us, 77);
	assert_true(sum->loop_lag_p99_ms > 1.5);
	free(a);
	free(b);
	free(sum);
}

/* Each group by itself; and only as many as there are. */
static void
groups_are_added_group_by_group(void **state)
{
	struct metrics *a = new_metrics(), *b = new_metrics(), *sum = new_metrics();

	(void)state;
	a->n_groups = b->n_groups = 2;
	a->group[0] = (struct group_metrics){ .started = 3, .finished = 2, .failed = 1 };
	b->group[0] = (struct group_metrics){ .started = 30, .finished = 20, .failed = 10 };
	b->group[1] = (struct group_metrics){ .started = 7 };
	b->group[2] = (struct group_metrics){ .started = 99 };
	hist_add(&a->group[1].boot, 1000);
	hist_add(&b->group[1].boot, 5000);
	metrics_merge(sum, a);
	metrics_merge(sum, b);
	assert_int_equal(sum->n_groups, 2);
	assert_int_equal(sum->group[0].started, 33);
	assert_int_equal(sum->group[0].finished, 22);
	assert_int_equal(sum->group[0].failed, 11);
	assert_int_equal(sum->group[1].started, 7);
	assert_int_equal(sum->group[1].boot.count, 2);
	assert_int_equal(sum->group[1].boot.max_us, 5000);
	assert_int_equal(sum->group[0].boot.count, 0);
	assert_int_equal(sum->group[2].started, 0);
	free(a);
	free(b);
	free(sum);
}

static void
the_worst_lag_keeps_its_shard(void **state)
{
	struct metrics *a = new_metrics(), *sum = new_metrics();

	(void)state;
	a->loop_lag_p99_ms = 3;
	a->loop_lag_shard = 1;
	metrics_merge(sum, a);
	a->loop_lag_p99_ms = 2;
	a->loop_lag_shard = 2;
	metrics_merge(sum, a);
	assert_true(sum->loop_lag_p99_ms == 3);
	assert_int_equal(sum->loop_lag_shard, 1);
	free(a);
	free(sum);
}

static void
tries_without_a_descriptor_are_counted(void **state)
{
	struct instance_row t = { .verdict = INSTANCE_RETRY, .why = 9, .no_descriptor = true };
	struct metrics *m = new_metrics(), *sum = new_metrics();
	uint32_t seen = 0;

	(void)state;
	metrics_try(m, rows, &t, &seen);
	t.no_descriptor = false;
	metrics_try(m, rows, &t, &seen);
	metrics_merge(sum, m);
	metrics_merge(sum, m);
	assert_int_equal(sum->without_descriptor, 2);
	free(m);
	free(sum);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_a_lost_try_and_a_good_one_it_is_one_row_and_one_retry),
		cmocka_unit_test(a_failed_row_has_a_reason_but_no_latency_and_no_number),
		cmocka_unit_test(a_skipped_row_is_no_attempt_and_does_not_complete_its_numbers),
		cmocka_unit_test(a_phone_that_walks_twice_completes_a_number_once),
		cmocka_unit_test(a_row_outside_the_guide_completes_no_number),
		cmocka_unit_test(the_firmware_counts_also_in_a_lost_try),
		cmocka_unit_test(tries_are_counted_for_each_text_their_detail_begins_with),
		cmocka_unit_test(given_nothing_to_watch_for_nothing_is_counted),
		cmocka_unit_test(shards_add_up_and_the_worst_lag_stays),
		cmocka_unit_test(groups_are_added_group_by_group),
		cmocka_unit_test(the_worst_lag_keeps_its_shard),
		cmocka_unit_test(tries_without_a_descriptor_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
