/* test_expect.c - what is measured for each expectation, how it is compared and said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "load.h"
#include "mem.h"

static const struct farm_row rows[] = {
	{ "dhcp_lease", "address", 1, 2, false },
	{ "krb_login", "identity", 11, 12, false },
	{ "ews_poll", "chores", 0, 0, true },
};
static const char *const reasons[] = { "none", "timeout", "refused" };
static const char *const watch[] = { "krb:24", "tls:48" };

/* A run of 1,000 phones that took 40 s. */
struct stage {
	struct expectations expect;
	struct metrics metrics;
	struct report_run run;
	struct report_end end;
	struct report_expect out[EXPECTATIONS_MAX];
};

static int
setup(void **state)
{
	struct stage *s = calloc(1, sizeof *s);
	struct metrics *m = &s->metrics;

	assert_non_null(s);
	m->n_rows = 3;
	m->phones = (struct phone_counts){
		.started = 990, .arrived = 960, .finished = 950, .failed = 25
	};
	m->row[0] = (struct row_metrics){ .attempts = 1500, .done = 990, .failed = 10 };
	m->row[0].reasons[1] = 500;
	m->row[1] = (struct row_metrics){ .attempts = 500, .done = 400, .skipped = 600 };
	m->row[1].reasons[1] = 25;
	m->row[1].reasons[2] = 75;
	for (unsigned i = 1; i <= 1000; i++)
		hist_add(&m->row[0].latency, i * 1000);
	hist_add(&m->from_intended, 9000000);
	hist_add(&m->from_actual, 1);
	m->guide[12] = 400;
	m->firmware_bytes = UINT64_C(6000000000);
	m->watched[0] = 3;
	m->watched[1] = 40;
	m->service[3] = (struct service_metrics){ 8000, 7000, 600000, 5000000 };
	s->run = (struct report_run){ .planned = 1000,
		.rows = rows,
		.n_rows = 3,
		.reasons = reasons,
		.n_reasons = 3,
		.expect = &s->expect,
		.watch = watch,
		.n_watch = 2 };
	s->end = (struct report_end){
		.metrics = m, .wall_s = 40, .cpu_user_s = 1.5, .cpu_sys_s = 0.5
	};
	*state = s;
	return 0;
}

static int
teardown(void **state)
{
	free(*state);
	return 0;
}

/* One expectation, read and judged: its value, and does it hold? */
static bool
judge(struct stage *s, const char *text, char value[64])
{
	struct config_error error = { "" };
	struct field_place at = { .file = "e.yaml", .error = &error };
	struct tree t;
	char yaml[200];
	bool pass;

	snprintf(yaml, sizeof yaml, "- '%s'", text);
	assert_int_equal(tree_parse(span_of(yaml), "e.yaml", &t, &error), 0);
	s->expect.n = 0;
	memset(s->expect.item, 0, sizeof s->expect.item[0]);
	if (expectations_read(&at, t.root, &s->expect) != 0)
		fail_msg("%s", error.text);
	tree_free(&t);
	assert_int_equal(expect_judge(&s->run, &s->end, s->out), 1);
	assert_string_equal(s->out[0].text, text);
	pass = s->out[0].pass;
	strcpy(value, s->out[0].value);
	return pass;
}

struct judged {
	const char *text;
	bool pass;
	const char *value;
};

static void
assert_judged(struct stage *s, const struct judged *j, size_t n)
{
	for (; n > 0; n--, j++) {
		char value[64];
		bool pass = judge(s, j->text, value);

		if (pass != j->pass || strcmp(value, j->value) != 0)
			fail_msg("%s: %s, is %s; wanted %s", j->text, pass ? "holds" : "broken",
			    value, j->value);
	}
}

#define JUDGED(state, table) assert_judged(*(state), table, sizeof(table) / sizeof *(table))

static void
phones_are_counted_and_shared_by_all_that_are_planned(void **state)
{
	static const struct judged j[] = {
		{ "phones.planned == 1000", true, "1000" },
		{ "phones.started == 990", true, "990" },
		{ "phones.finished == 950", true, "950" },
		{ "phones.failed == 25", true, "25" },
		{ "phones.unfinished == 15", true, "15" },
		{ "phones.finished == 95%", true, "95% (950 of 1000)" },
		{ "phones.failed < 2.5%", false, "2.5% (25 of 1000)" },
		{ "phones.failed <= 2.5%", true, "2.5% (25 of 1000)" },
		{ "phones.planned == 100%", true, "100% (1000 of 1000)" },
		{ "guide.12 == 400", true, "400" },
		{ "guide.12 >= 40%", true, "40% (400 of 1000)" },
		{ "guide.13 == 0", true, "0" },
	};

	JUDGED(state, j);
}

static void
steps_are_counted_and_shared_by_their_rows(void **state)
{
	static const struct judged j[] = {
		{ "step.dhcp_lease.attempts == 1500", true, "1500" },
		{ "step.dhcp_lease.done == 99%", true, "99% (990 of 1000)" },
		{ "step.dhcp_lease.failed == 1%", true, "1% (10 of 1000)" },
		{ "step.dhcp_lease.retries == 500", true, "500" },
		{ "step.dhcp_lease.retries < 51%", true, "50% (500 of 1000)" },
		{ "step.dhcp_lease.done > 24/s", true, "24.75/s" },
		{ "step.krb_login.skipped == 600", true, "600" },
		{ "step.krb_login.done == 40%", true, "40% (400 of 1000)" },
		{ "step.ews_poll.done == 0", true, "0" },
		{ "step.ews_poll.failed < 1%", true, "0% (0 of 0)" },
		{ "step.ews_poll.done > 1%", false, "0% (0 of 0)" },
	};

	JUDGED(state, j);
}

static void
percentiles_are_those_of_the_summary(void **state)
{
	struct stage *s = *state;
	static const char *const names[] = { "p50", "p90", "p95", "p99", "p99.9", "max" };
	static const double shares[] = { 0.5, 0.9, 0.95, 0.99, 0.999, 1 };

	for (size_t i = 0; i < 6; i++) {
		char text[80], value[64], wanted[64];
		uint64_t us = hist_at(&s->metrics.row[0].latency, shares[i]);

		snprintf(text, sizeof text, "step.dhcp_lease.%s < 2s", names[i]);
		snprintf(wanted, sizeof wanted, us < 1000000 ? "%.6g ms" : "%.6g s",
		    us < 1000000 ? (double)us / 1e3 : (double)us / 1e6);
		assert_true(judge(s, text, value));
		assert_string_equal(value, wanted);
	}
	/* Nobody was faster than half of all, nobody slower than the slowest. */
	assert_in_range(hist_at(&s->metrics.row[0].latency, 0.5), 500000, 532000);
}

static void
the_slowest_is_exact_and_a_boundary_is_a_boundary(void **state)
{
	static const struct judged j[] = {
		{ "step.dhcp_lease.max == 1s", true, "1 s" },
		{ "step.dhcp_lease.max < 1s", false, "1 s" },
		{ "step.dhcp_lease.max <= 1000ms", true, "1 s" },
		{ "step.dhcp_lease.max > 1s", false, "1 s" },
		{ "step.dhcp_lease.max >= 1s", true, "1 s" },
		{ "step.dhcp_lease.max != 1s", false, "1 s" },
		{ "step.dhcp_lease.max != 999ms", true, "1 s" },
		{ "step.dhcp_lease.max < 1.000001s", true, "1 s" },
		{ "boot.max == 9s", true, "9 s" },
		{ "boot.p99 < 0.15m", false, "9 s" },
		{ "boot.p50 <= 0.15m", true, "9 s" },
		{ "boot.p50 < 1h", true, "9 s" },
	};

	JUDGED(state, j);
}

static void
a_percentile_without_a_sample_never_holds(void **state)
{
	static const struct judged j[] = {
		{ "step.krb_login.p99 < 1h", false, "no sample" },
		{ "step.krb_login.p99 > 0s", false, "no sample" },
		{ "step.krb_login.max != 5s", false, "no sample" },
		{ "step.krb_login.max == 0s", false, "no sample" },
	};
	struct stage *s = *state;
	char value[64];

	JUDGED(state, j);
	s->metrics.from_intended = (struct hist){ 0 };
	assert_false(judge(s, "boot.p95 < 1h", value));
	assert_string_equal(value, "no sample");
}

static void
reasons_and_details_are_counted_and_shared_by_all_tries(void **state)
{
	static const struct judged j[] = {
		{ "reason.timeout == 525", true, "525" },
		{ "reason.refused == 75", true, "75" },
		{ "reason.timeout < 26.25%", false, "26.25% (525 of 2000)" },
		{ "reason.timeout <= 26.25%", true, "26.25% (525 of 2000)" },
		{ "detail.krb:24 == 3", true, "3" },
		{ "detail.tls:48 == 2%", true, "2% (40 of 2000)" },
		{ "detail.tls:48 != 0", true, "40" },
	};

	JUDGED(state, j);
}

static void
of_no_tries_at_all_a_share_is_nothing(void **state)
{
	struct stage *s = *state;
	char value[64];

	s->metrics.row[0] = s->metrics.row[1] = (struct row_metrics){ 0 };
	assert_true(judge(s, "reason.timeout < 1%", value));
	assert_string_equal(value, "0% (0 of 0)");
	assert_false(judge(s, "reason.timeout > 0%", value));
}

static void
a_detail_that_nobody_watched_for_does_not_hold(void **state)
{
	static const struct judged j[] = { { "detail.krb:18 == 0", false, "not counted" } };

	JUDGED(state, j);
}

static void
servers_are_counted_by_protocol_and_by_the_second(void **state)
{
	static const struct judged j[] = {
		{ "server.kdc.requests == 8000", true, "8000" },
		{ "server.kdc.replies == 7000", true, "7000" },
		{ "server.kdc.requests <= 200/s", true, "200/s" },
		{ "server.kdc.requests < 200/s", false, "200/s" },
		{ "server.kdc.bytes_out == 600kB", true, "600 kB" },
		{ "server.kdc.bytes_in < 5MB", false, "5 MB" },
		{ "server.kdc.bytes_in <= 5MB", true, "5 MB" },
		{ "server.kdc.bytes_in == 125kB/s", true, "125 kB/s" },
		{ "server.kdc.bytes_in == 5000000", true, "5000000" },
		{ "server.dns.requests == 0", true, "0" },
		{ "server.update.requests >= 0", false, "not counted" },
	};

	JUDGED(state, j);
}

static void
in_a_rehearsal_servers_are_counted_by_themselves(void **state)
{
	static const struct load_server servers[] = { { .name = "kdc", .requests = 12 },
		{ .name = "update",
		    .requests = 400,
		    .replies = 5,
		    .bytes_in = 7,
		    .bytes_out = 8000000000 } };
	static const struct load_report load = { servers, 2, 40 };
	static const struct judged j[] = {
		{ "server.kdc.requests == 12", true, "12" },
		{ "server.update.requests == 10/s", true, "10/s" },
		{ "server.update.replies == 5", true, "5" },
		{ "server.update.bytes_in == 7B", true, "7 B" },
		{ "server.update.bytes_out == 8GB", true, "8 GB" },
		{ "server.update.bytes_out == 200MB/s", true, "200 MB/s" },
		{ "server.https.requests == 0", false, "not counted" },
	};

	((struct stage *)*state)->end.load = &load;
	JUDGED(state, j);
}

static void
the_run_itself_is_measured(void **state)
{
	static const struct judged j[] = {
		{ "wall == 40s", true, "40 s" },
		{ "wall < 40s", false, "40 s" },
		{ "farm.cpu == 2s", true, "2 s" },
		{ "farm.cpu < 1999ms", false, "2 s" },
		{ "bytes.firmware == 6GB", true, "6 GB" },
		{ "bytes.firmware == 150MB/s", true, "150 MB/s" },
		{ "bytes.firmware > 150000kB/s", false, "150 MB/s" },
		{ "bytes.firmware == 6000000000", true, "6000000000" },
	};

	JUDGED(state, j);
}

static void
in_no_time_there_is_no_rate(void **state)
{
	static const struct judged j[] = {
		{ "server.kdc.requests > 1/s", false, "no time" },
		{ "server.kdc.requests < 1/s", false, "no time" },
		{ "bytes.firmware < 1MB/s", false, "no time" },
	};

	((struct stage *)*state)->end.wall_s = 0;
	JUDGED(state, j);
}

static void
equal_counts_are_equal_however_large(void **state)
{
	struct stage *s = *state;
	char value[64];

	s->metrics.firmware_bytes = UINT64_C(15728640000);
	assert_true(judge(s, "bytes.firmware == 15728640000", value));
	assert_false(judge(s, "bytes.firmware == 15728640001", value));
	assert_true(judge(s, "bytes.firmware < 15728640001", value));
	assert_false(judge(s, "bytes.firmware < 15728640000", value));
	s->metrics.phones.finished = 333;
	s->run.planned = 1000;
	assert_true(judge(s, "phones.finished == 33.3%", value));
	assert_false(judge(s, "phones.finished > 33.3%", value));
	assert_false(judge(s, "phones.finished < 33.3%", value));
}

static void
all_are_judged_in_their_order(void **state)
{
	static const char yaml[] = "[phones.failed == 0, wall < 1h, 'phones.failed > 0']";
	struct stage *s = *state;
	struct config_error error;
	struct field_place at = { .file = "e.yaml", .error = &error };
	struct tree t;

	assert_int_equal(tree_parse(span_of(yaml), "e.yaml", &t, &error), 0);
	assert_int_equal(expectations_read(&at, t.root, &s->expect), 0);
	tree_free(&t);
	assert_int_equal(expect_judge(&s->run, &s->end, s->out), 3);
	assert_string_equal(s->out[1].text, "wall < 1h");
	assert_false(s->out[0].pass);
	assert_true(s->out[1].pass);
	assert_true(s->out[2].pass);
	s->run.expect = NULL;
	assert_int_equal(expect_judge(&s->run, &s->end, s->out), 0);
}

int
main(void)
{
#define EXPECT_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		EXPECT_TEST(phones_are_counted_and_shared_by_all_that_are_planned),
		EXPECT_TEST(steps_are_counted_and_shared_by_their_rows),
		EXPECT_TEST(percentiles_are_those_of_the_summary),
		EXPECT_TEST(the_slowest_is_exact_and_a_boundary_is_a_boundary),
		EXPECT_TEST(a_percentile_without_a_sample_never_holds),
		EXPECT_TEST(reasons_and_details_are_counted_and_shared_by_all_tries),
		EXPECT_TEST(of_no_tries_at_all_a_share_is_nothing),
		EXPECT_TEST(a_detail_that_nobody_watched_for_does_not_hold),
		EXPECT_TEST(servers_are_counted_by_protocol_and_by_the_second),
		EXPECT_TEST(in_a_rehearsal_servers_are_counted_by_themselves),
		EXPECT_TEST(the_run_itself_is_measured),
		EXPECT_TEST(in_no_time_there_is_no_rate),
		EXPECT_TEST(equal_counts_are_equal_however_large),
		EXPECT_TEST(all_are_judged_in_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
