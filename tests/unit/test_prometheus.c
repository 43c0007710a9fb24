/* test_prometheus.c - the farm's figures as Prometheus reads them: they are those of
 * summary.json. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prom_read.h"
#include "prom_write.h"
#include "prometheus.h"
#include "rng.h"
#include "summary.h"
#include "temp_file.h"

enum { SECOND = 1000000 };

static const struct farm_row rows[] = {
	{ "dhcp_lease", "address", 1, 2, false },
	{ "krb_login", "identity", 11, 12, false },
	{ "ews_poll", "mailbox", 0, 0, true },
};
static const char *const reasons[] = { "none", "timeout", "refused", "auth" };
static const struct farm_group groups[] = { { "branch", 0 }, { "campus", 20 } };

static const struct report_run run = {
	.version = "0.1.0",
	.scenario = "a.yaml",
	.pool = "embedded",
	.seed = 7,
	.threads = 2,
	.planned = 100,
	.rows = rows,
	.n_rows = 3,
	.reasons = reasons,
	.n_reasons = 4,
	.groups = groups,
	.n_groups = 2,
};

/* All counts differ, so that none can stand in for another. */
static struct metrics *
some_metrics(void)
{
	struct metrics *m = calloc(1, sizeof *m);

	assert_non_null(m);
	m->n_rows = 3;
	for (unsigned i = 0; i < 3; i++) {
		struct row_metrics *row = &m->row[i];

		*row = (struct row_metrics){
			.done = 40 + i, .failed = 5 + i, .skipped = 2 + i, .attempts = 90 + i
		};
		row->reasons[1] = 20 + i;
		row->reasons[3] = 10 + i;
		for (uint64_t v = 0; v < row->done; v++)
			hist_add(&row->latency, (v + 1) * (i + 1) * 1777);
	}
	for (unsigned n = 1; n <= METRICS_GUIDE; n++)
		m->guide[n] = 100 - n;
	m->firmware_bytes = UINT64_C(15000000000);
	hist_add(&m->start_lag, 4000);
	hist_add(&m->from_intended, 9 * SECOND);
	hist_add(&m->from_actual, 8 * SECOND);
	m->phones = (struct phone_counts){ .started = 70,
		.arrived = 30,
		.finished = 21,
		.failed = 6,
		.off = 3,
		.signed_out = 2,
		.at = { 11, 18, 0 } };
	for (unsigned i = 0; i < METRICS_SERVICES; i++)
		m->service[i] = (struct service_metrics){ 100 + i, 200 + i, 300 + i, 400 + i };
	m->n_groups = 2;
	m->group[0] = (struct group_metrics){ .started = 19, .finished = 7, .failed = 5 };
	m->group[1] = (struct group_metrics){ .started = 51, .finished = 14, .failed = 1 };
	hist_add(&m->group[1].boot, 9 * SECOND);
	m->loop_lag_p99_ms = 1.25;
	return m;
}

static const char *
text_of(const struct report_run *r, const struct metrics *m, struct buf *out)
{
	const struct prometheus_now now = {
		.run = r,
		.metrics = m,
		.since_began_us = 12345678,
		.cpu_user_s = 1.5,
		.cpu_sys_s = 0.25,
		.max_rss_bytes = 123456789,
		.ended = true,
	};

	buf_clear(out);
	prometheus_text(&now, out);
	assert_int_equal(out->err, 0);
	return buf_cstr(out);
}

struct page {
	struct metrics *m;
	struct buf out;
	const char *text;
};

static int
setup(void **state)
{
	struct page *p = calloc(1, sizeof *p);

	assert_non_null(p);
	p->m = some_metrics();
	p->text = text_of(&run, p->m, &p->out);
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct page *p = *state;

	buf_done(&p->out);
	free(p->m);
	free(p);
	temp_clean();
	return 0;
}

static void
is(const struct page *p, const char *series, double value)
{
	double v = prom_read(p->text, series);

	if (v != value)
		fail_msg("%s is %g, not %g", series, v, value);
}

static void
what_is_run_is_said(void **state)
{
	struct page *p = *state;

	is(p, "cx700farm_build_info{version=\"0.1.0\"}", 1);
	is(p,
	    "cx700farm_run_info{scenario=\"a.yaml\",pool=\"embedded\",seed=\"7\",threads="
	    "\"2\"}",
	    1);
	is(p, "cx700farm_run_duration_seconds", 12.345678);
	is(p, "cx700farm_run_ended", 1);
}

static void
the_states_of_the_phones_add_up_to_all_of_them(void **state)
{
	static const char *const names[] = { "waiting", "walking", "staying", "finished",
		"failed", "off", "signed_out" };
	struct page *p = *state;
	double sum = 0;

	is(p, "cx700farm_phones{state=\"waiting\"}", 30);
	is(p, "cx700farm_phones{state=\"walking\"}", 29);
	is(p, "cx700farm_phones{state=\"staying\"}", 9);
	is(p, "cx700farm_phones{state=\"finished\"}", 21);
	is(p, "cx700farm_phones{state=\"failed\"}", 6);
	is(p, "cx700farm_phones{state=\"off\"}", 3);
	is(p, "cx700farm_phones{state=\"signed_out\"}", 2);
	is(p, "cx700farm_phones_planned", 100);
	is(p, "cx700farm_phones_started_total", 70);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		sum += prom_readf(p->text, "cx700farm_phones{state=\"%s\"}", names[i]);
	assert_true(sum == 100);
}

static void
those_on_their_way_are_counted_by_step_and_no_phone_is_at_a_chore(void **state)
{
	struct page *p = *state;

	is(p, "cx700farm_phones_walking{stage=\"address\",step=\"dhcp_lease\"}", 11);
	is(p, "cx700farm_phones_walking{stage=\"identity\",step=\"krb_login\"}", 18);
	assert_null(strstr(p->text, "phones_walking{stage=\"mailbox\""));
}

static void
a_step_has_its_ends_its_tries_and_why_some_were_lost(void **state)
{
	struct page *p = *state;

	is(p,
	    "cx700farm_step_ends_total{stage=\"identity\",step=\"krb_login\",outcome=\"done\"}",
	    41);
	is(p,
	    "cx700farm_step_ends_total{stage=\"identity\",step=\"krb_login\",outcome="
	    "\"failed\"}",
	    6);
	is(p,
	    "cx700farm_step_ends_total{stage=\"identity\",step=\"krb_login\",outcome="
	    "\"skipped\"}",
	    3);
	is(p, "cx700farm_step_tries_total{stage=\"identity\",step=\"krb_login\"}", 91);
	is(p, "cx700farm_step_retries_total{stage=\"identity\",step=\"krb_login\"}", 44);
	is(p,
	    "cx700farm_step_lost_tries_total{stage=\"identity\",step=\"krb_login\",reason="
	    "\"timeout\"}",
	    21);
	is(p,
	    "cx700farm_step_lost_tries_total{stage=\"identity\",step=\"krb_login\",reason="
	    "\"auth\"}",
	    11);
	assert_null(strstr(p->text, "reason=\"refused\""));
	assert_null(strstr(p->text, "reason=\"none\""));
}

static void
services_and_groups_and_the_farm_itself_are_there(void **state)
{
	struct page *p = *state;

	is(p, "cx700farm_service_requests_total{service=\"kdc\"}", 103);
	is(p, "cx700farm_service_replies_total{service=\"kdc\"}", 203);
	is(p, "cx700farm_service_sent_bytes_total{service=\"kdc\"}", 303);
	is(p, "cx700farm_service_received_bytes_total{service=\"kdc\"}", 403);
	is(p, "cx700farm_firmware_bytes_total", 15e9);
	is(p, "cx700farm_group_phones_started_total{group=\"branch\"}", 19);
	is(p, "cx700farm_group_phones_finished{group=\"campus\"}", 14);
	is(p, "cx700farm_group_phones_failed{group=\"branch\"}", 5);
	is(p, "cx700farm_group_boot_duration_seconds_count{group=\"campus\"}", 1);
	is(p, "cx700farm_loop_lag_p99_seconds", 0.00125);
	is(p, "cx700farm_cpu_seconds_total{mode=\"user\"}", 1.5);
	is(p, "cx700farm_cpu_seconds_total{mode=\"system\"}", 0.25);
	is(p, "cx700farm_max_resident_memory_bytes", 123456789);
	is(p, "cx700farm_guide_phones_total{number=\"28\"}", 72);
}

static void
without_groups_nothing_is_said_of_them(void **state)
{
	struct page *p = *state;
	struct report_run plain = run;

	plain.n_groups = 0;
	assert_null(strstr(text_of(&plain, p->m, &p->out), "group"));
}

/* ---- histograms ---- */

enum { VALUES = 4000 };

static double
not_above(const uint64_t *value, double bound_s)
{
	double n = 0;

	for (size_t i = 0; i < VALUES; i++)
		n += (double)value[i] <= bound_s * 1e6 + 0.5;
	return n;
}

/* Against all values, one by one. */
static void
a_bucket_counts_exactly_what_is_not_above_its_bound(void **state)
{
	struct hist *h = calloc(1, sizeof *h);
	uint64_t *value = calloc(VALUES, sizeof *value);
	struct buf out = { 0 };
	unsigned buckets = 0;
	struct rng r;
	double last = 0, last_bound = 0;

	(void)state;
	rng_seed(&r, 5, 0);
	for (size_t i = 0; i < VALUES; i++) {
		value[i] = rng_below(&r, UINT32_C(1) << (4 + i % 28));
		hist_add(h, value[i]);
	}
	prom_histogram(&out, "x_seconds", "", h);
	for (const char *p = buf_cstr(&out); (p = strstr(p, "{le=\"")) != NULL; p++) {
		double bound = strtod(p + 5, NULL), n = strtod(strchr(p, ' '), NULL);

		assert_true(bound > last_bound);
		assert_true(n >= last && n == not_above(value, bound));
		last = n;
		last_bound = bound;
		buckets++;
	}
	assert_true(buckets > 20);
	assert_true(last == VALUES); /* that of +Inf */
	buf_done(&out);
	free(value);
	free(h);
}

static void
what_is_longer_than_any_bound_is_in_the_last_bucket_alone(void **state)
{
	struct hist *h = calloc(1, sizeof *h);
	struct buf out = { 0 };
	const char *text;

	(void)state;
	hist_add(h, UINT64_C(1) << 33);
	prom_histogram(&out, "x_seconds", "a=\"b\"", h);
	text = buf_cstr(&out);
	assert_true(
	    prom_read(text, "cx700farm_x_seconds_bucket{a=\"b\",le=\"2147.483647\"}") == 0);
	assert_true(prom_read(text, "cx700farm_x_seconds_bucket{a=\"b\",le=\"+Inf\"}") == 1);
	assert_true(prom_read(text, "cx700farm_x_seconds_count{a=\"b\"}") == 1);
	assert_true(prom_read(text, "cx700farm_x_seconds_sum{a=\"b\"}") == 8589.934592);
	buf_done(&out);
	free(h);
}

static void
a_steps_histogram_has_its_labels(void **state)
{
	struct page *p = *state;

	is(p,
	    "cx700farm_step_duration_seconds_bucket{stage=\"identity\",step=\"krb_login\",le="
	    "\"+Inf\"}",
	    41);
	is(p, "cx700farm_step_duration_seconds_count{stage=\"identity\",step=\"krb_login\"}",
	    41);
	is(p, "cx700farm_step_duration_seconds_sum{stage=\"identity\",step=\"krb_login\"}",
	    41 * 42 / 2 * 2 * 1777 / 1e6);
	is(p, "cx700farm_boot_duration_seconds_sum{from=\"intended\"}", 9);
	is(p, "cx700farm_boot_duration_seconds_sum{from=\"actual\"}", 8);
	is(p, "cx700farm_start_lag_seconds_sum", 0.004);
	is(p, "cx700farm_start_lag_seconds_count", 1);
}

/* ---- the same as summary.json ---- */

static json_t *
summary_of(const struct metrics *m)
{
	const struct report_end end = { .metrics = m, .wall_s = 12.345678 };
	struct buf out = { 0 };
	json_t *tree;

	assert_int_equal(summary_json(&run, &end, &out), 0);
	tree = json_loadb((const char *)out.p, out.n, 0, NULL);
	assert_non_null(tree);
	buf_done(&out);
	return tree;
}

/* A number of a map, as a series has it. */
static void
same(const struct page *p, json_t *map, const char *key, const char *series)
{
	json_t *n = json_object_get(map, key);

	assert_true(json_is_number(n));
	is(p, series, json_number_value(n));
}

static void
same_step(const struct page *p, json_t *step)
{
	static const char *const ends[] = { "done", "failed", "skipped" };
	const char *name = json_string_value(json_object_get(step, "name"));
	const char *stage = json_string_value(json_object_get(step, "stage")), *why;
	char series[200];
	json_t *n;

	for (size_t i = 0; i < 3; i++) {
		snprintf(series, sizeof series,
		    "cx700farm_step_ends_total{stage=\"%s\",step=\"%s\",outcome=\"%s\"}", stage,
		    name, ends[i]);
		same(p, step, ends[i], series);
	}
	snprintf(series, sizeof series, "cx700farm_step_tries_total{stage=\"%s\",step=\"%s\"}",
	    stage, name);
	same(p, step, "attempts", series);
	snprintf(series, sizeof series,
	    "cx700farm_step_retries_total{stage=\"%s\",step=\"%s\"}", stage, name);
	same(p, step, "retries", series);
	json_object_foreach(json_object_get(step, "reasons"), why, n)
	{
		snprintf(series, sizeof series,
		    "cx700farm_step_lost_tries_total{stage=\"%s\",step=\"%s\",reason=\"%s\"}",
		    stage, name, why);
		same(p, json_object_get(step, "reasons"), why, series);
	}
}

static void
same_service(const struct page *p, const char *name, json_t *service)
{
	static const char *const pairs[][2] = {
		{ "requests", "requests_total" },
		{ "replies", "replies_total" },
		{ "bytes_in", "received_bytes_total" },
		{ "bytes_out", "sent_bytes_total" },
	};
	char series[200];

	for (size_t i = 0; i < 4; i++) {
		snprintf(series, sizeof series, "cx700farm_service_%s{service=\"%s\"}",
		    pairs[i][1], name);
		same(p, service, pairs[i][0], series);
	}
}

static void
all_figures_are_those_of_the_summary(void **state)
{
	struct page *p = *state;
	json_t *tree = summary_of(p->m), *phones = json_object_get(tree, "phones"), *n;
	const char *name;
	char series[200];
	size_t i;

	same(p, phones, "planned", "cx700farm_phones_planned");
	same(p, phones, "started", "cx700farm_phones_started_total");
	same(p, phones, "finished", "cx700farm_phones{state=\"finished\"}");
	same(p, phones, "failed", "cx700farm_phones{state=\"failed\"}");
	same(p, json_object_get(tree, "bytes"), "firmware", "cx700farm_firmware_bytes_total");
	json_array_foreach(json_object_get(tree, "steps"), i, n) same_step(p, n);
	assert_int_equal(i, 3);
	json_object_foreach(json_object_get(tree, "guide"), name, n)
	{
		snprintf(
		    series, sizeof series, "cx700farm_guide_phones_total{number=\"%s\"}", name);
		is(p, series, (double)json_integer_value(n));
	}
	json_object_foreach(json_object_get(tree, "servers"), name, n) same_service(p, name, n);
	json_decref(tree);
}

/* ---- its form ---- */

/* One HELP and one TYPE for each, and all its lines below them. */
static void
a_metrics_lines_stand_together(void **state)
{
	struct page *p = *state;
	char name[100] = "", seen[8192] = "";
	unsigned heads = 0;

	for (const char *line = p->text; *line != '\0'; line = strchr(line, '\n') + 1) {
		char mark[110];

		if (strncmp(line, "# HELP ", 7) == 0) {
			assert_int_equal(sscanf(line + 7, "%99[^ ]", name), 1);
			snprintf(mark, sizeof mark, " %s ", name);
			assert_null(strstr(seen, mark));
			strncat(seen, mark, sizeof seen - strlen(seen) - 1);
			heads++;
		} else if (strncmp(line, "# TYPE ", 7) == 0) {
			assert_int_equal(strncmp(line + 7, name, strlen(name)), 0);
		} else {
			assert_int_equal(strncmp(line, name, strlen(name)), 0);
		}
	}
	assert_true(heads > 20);
}

static size_t
lines_of(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

static void
a_million_phones_need_no_more_lines_than_ten(void **state)
{
	struct page *p = *state;
	struct report_run larger = run;
	size_t lines = lines_of(p->text);

	larger.planned = 1000000;
	p->m->phones.started = 900000;
	p->m->phones.at[0] = 800000;
	assert_int_equal(lines_of(text_of(&larger, p->m, &p->out)), lines);
}

static void
texts_of_the_user_break_no_line(void **state)
{
	struct page *p = *state;
	struct report_run odd = run;
	const char *text;

	odd.scenario = "a \"b\"\\c\nd\xc3\xa9.yaml";
	odd.pool = "\xff\xfe";
	text = text_of(&odd, p->m, &p->out);
	assert_non_null(
	    strstr(text, "{scenario=\"a \\\"b\\\"\\\\c\\nd\xc3\xa9.yaml\",pool=\"?\",seed="));
}

static void
promtool_has_nothing_to_say(void **state)
{
	struct page *p = *state;
	char said[4096];
	const char *says = prom_read_tool(p->text, said, sizeof said);

	if (says == NULL)
		skip(); /* no promtool on this machine */
	assert_string_equal(says, "");
	/* And it can tell. */
	assert_string_not_equal(
	    prom_read_tool("# TYPE a counter\na 1\n", said, sizeof said), "");
}

static void
want_of_memory_stays_in_the_buffer(void **state)
{
	struct page *p = *state;
	const struct prometheus_now now = { .run = &run, .metrics = p->m };
	uint8_t small[1000];
	struct buf out;

	buf_over(&out, small, sizeof small);
	prometheus_text(&now, &out);
	assert_int_equal(out.err, -ENOBUFS);
}

#define PAGE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PAGE_TEST(what_is_run_is_said),
		PAGE_TEST(the_states_of_the_phones_add_up_to_all_of_them),
		PAGE_TEST(those_on_their_way_are_counted_by_step_and_no_phone_is_at_a_chore),
		PAGE_TEST(a_step_has_its_ends_its_tries_and_why_some_were_lost),
		PAGE_TEST(services_and_groups_and_the_farm_itself_are_there),
		PAGE_TEST(without_groups_nothing_is_said_of_them),
		cmocka_unit_test(a_bucket_counts_exactly_what_is_not_above_its_bound),
		cmocka_unit_test(what_is_longer_than_any_bound_is_in_the_last_bucket_alone),
		PAGE_TEST(a_steps_histogram_has_its_labels),
		PAGE_TEST(all_figures_are_those_of_the_summary),
		PAGE_TEST(a_metrics_lines_stand_together),
		PAGE_TEST(a_million_phones_need_no_more_lines_than_ten),
		PAGE_TEST(texts_of_the_user_break_no_line),
		PAGE_TEST(promtool_has_nothing_to_say),
		PAGE_TEST(want_of_memory_stays_in_the_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
