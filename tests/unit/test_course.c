/* test_course.c - the run over time: spans that are joined keep every figure exact. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "course.h"
#include "mem.h"
#include "pool_file.h"

#define S UINT64_C(1000000)

static const struct farm_row rows[] = {
	{ "dhcp_lease", "address", 1, 2, false },
	{ "krb_login", "identity", 11, 12, false },
	{ "sip_register", "sign-in", 0, 0, false },
	{ "dhcp_renew", "address", 0, 0, true },
};
static const char *const reasons[] = { "none", "timeout", "re\"fused" };

static const struct report_run run = {
	.planned = 6,
	.rows = rows,
	.n_rows = 4,
	.reasons = reasons,
	.n_reasons = 3,
};

/* A course and the sums that are told it. */
struct story {
	struct course *course;
	struct metrics *m;
	json_t *json;
};

static struct story *
story_new(void)
{
	struct story *s = mem_new(sizeof *s);

	assert_non_null(s);
	s->m = mem_new(sizeof *s->m);
	assert_non_null(s->m);
	s->m->n_rows = 4;
	assert_int_equal(course_new(&run, &s->course), 0);
	return s;
}

static void
story_free(struct story *s)
{
	json_decref(s->json);
	course_free(s->course);
	mem_free(s->m);
	mem_free(s);
}

static void
done(struct story *s, unsigned row, uint64_t us)
{
	s->m->row[row].attempts++;
	s->m->row[row].done++;
	hist_add(&s->m->row[row].latency, us);
}

static void
second(struct story *s, uint64_t at_s)
{
	course_second(s->course, s->m, at_s * S);
}

/* The end of the story: what the file says. */
static void
told(struct story *s, double wall_s, const struct farm_phone *phone)
{
	const struct farm_end end = { .metrics = s->m, .phone = phone, .wall_s = wall_s };
	struct buf out = { 0 };

	course_end(s->course, &end);
	assert_int_equal(course_json(s->course, &out), 0);
	s->json = json_loadb((const char *)out.p, out.n, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(s->json);
	buf_done(&out);
}

/* "steps.krb_login.p50" */
static json_t *
at(const struct story *s, const char *path)
{
	char name[64];
	json_t *j = s->json;

	while (*path != '\0') {
		size_t n = strcspn(path, ".");

		assert_true(n < sizeof name);
		memcpy(name, path, n);
		name[n] = '\0';
		j = json_object_get(j, name);
		path += n + (path[n] == '.');
	}
	return j;
}

static int
chunk(const char *bytes, size_t n, void *out)
{
	buf_put(out, bytes, n);
	return 0;
}

/* The list there, as text without blanks. */
static void
is(const struct story *s, const char *path, const char *expected)
{
	long left = mem_fail_at(0);
	struct buf text = { 0 };

	assert_int_equal(
	    json_dump_callback(at(s, path), chunk, &text, JSON_COMPACT | JSON_ENCODE_ANY), 0);
	assert_string_equal(buf_cstr(&text), expected);
	buf_done(&text);
	mem_fail_at(left);
}

static json_int_t
sum(const json_t *list)
{
	json_int_t n = 0;
	size_t i;
	json_t *v;

	json_array_foreach(list, i, v) n += json_is_array(v) ? sum(v) : json_integer_value(v);
	return n;
}

/* ---- spans ---- */

static void
each_second_has_what_was_added_in_it(void **state)
{
	struct story *s = story_new();

	(void)state;
	s->m->phones = (struct phone_counts){ .started = 2, .at = { [1] = 2 } };
	s->m->firmware_bytes = 100;
	second(s, 1);
	done(s, 1, 20000);
	done(s, 1, 30000);
	s->m->row[1].attempts += 3;
	s->m->row[1].failed = 1;
	s->m->row[1].reasons[2] = 3;
	s->m->phones = (struct phone_counts){ .started = 6,
		.arrived = 3,
		.finished = 1,
		.failed = 1,
		.off = 1,
		.signed_out = 2,
		.at = { [3] = 1 } };
	s->m->firmware_bytes = 350;
	s->m->service[3] = (struct service_metrics){ 5, 4, 300, 200 };
	second(s, 2);
	second(s, 3);
	told(s, 3.0, NULL);
	is(s, "format", "\"cx700farm-course/1\"");
	is(s, "spans", "3");
	is(s, "span_s", "1");
	is(s, "stages", "[\"address\",\"identity\",\"sign-in\"]");
	is(s, "phones.started", "[2,6,6]");
	is(s, "phones.staying", "[0,2,2]");
	is(s, "phones.finished", "[0,1,1]");
	is(s, "phones.failed", "[0,1,1]");
	is(s, "phones.off", "[0,1,1]");
	is(s, "phones.signed_out", "[0,2,2]");
	is(s, "phones.stage", "{\"address\":[0,1,1],\"identity\":[2,0,0],\"sign-in\":[0,0,0]}");
	is(s, "steps.krb_login.done", "[0,2,0]");
	is(s, "steps.krb_login.failed", "[0,1,0]");
	is(s, "steps.krb_login.retries", "[0,2,0]");
	is(s, "steps.krb_login.max", "[null,30,null]");
	is(s, "reasons", "{\"krb_login\":{\"re\\\"fused\":3}}");
	is(s, "firmware", "[100,250,0]");
	is(s, "services",
	    "{\"kdc\":{\"requests\":[0,5,0],\"replies\":[0,4,0],"
	    "\"bytes_in\":[0,200,0],\"bytes_out\":[0,300,0]}}");
	story_free(s);
}

static void
steps_and_servers_that_nobody_tried_are_left_out(void **state)
{
	struct story *s = story_new();

	(void)state;
	s->m->row[2].skipped = 6;
	done(s, 0, 5);
	told(s, 0.2, NULL);
	assert_int_equal(json_object_size(at(s, "steps")), 1);
	assert_int_equal(json_object_size(at(s, "reasons")), 1);
	assert_int_equal(json_object_size(at(s, "services")), 0);
	/* And the three histograms that are no step's. */
	assert_int_equal(json_object_size(at(s, "hist")), 4);
	is(s, "spans", "1");
	story_free(s);
}

static void
percentiles_of_a_span_are_of_its_own_values(void **state)
{
	struct story *s = story_new();

	(void)state;
	for (int i = 0; i < 100; i++)
		done(s, 0, 1000000);
	second(s, 1);
	for (uint64_t i = 1; i <= 100; i++)
		done(s, 0, i * 1000);
	second(s, 2);
	told(s, 2, NULL);
	assert_true(json_number_value(json_array_get(at(s, "steps.dhcp_lease.p50"), 1)) >= 50);
	assert_true(json_number_value(json_array_get(at(s, "steps.dhcp_lease.p50"), 1)) < 52);
	assert_true(json_number_value(json_array_get(at(s, "steps.dhcp_lease.p95"), 1)) >= 95);
	assert_true(json_number_value(json_array_get(at(s, "steps.dhcp_lease.p95"), 1)) < 98);
	assert_true(json_number_value(json_array_get(at(s, "steps.dhcp_lease.p99"), 1)) >= 99);
	/* Of a span that has not the run's greatest value its bucket's end is known. */
	assert_true(json_number_value(json_array_get(at(s, "steps.dhcp_lease.max"), 1)) < 104);
	assert_int_equal(
	    json_number_value(json_array_get(at(s, "steps.dhcp_lease.max"), 0)), 1000);
	story_free(s);
}

/* What a run of any length must hold: nothing is lost, nothing is told twice. */
static void
adds_up(const struct story *s, json_int_t spans, json_int_t span_s)
{
	const struct row_metrics *row = &s->m->row[0];

	assert_int_equal(json_integer_value(at(s, "spans")), spans);
	assert_int_equal(json_integer_value(at(s, "span_s")), span_s);
	assert_int_equal(json_array_size(at(s, "phones.started")), spans);
	assert_int_equal(json_array_size(at(s, "steps.dhcp_lease.heat")), spans);
	assert_int_equal(sum(at(s, "steps.dhcp_lease.done")), row->done);
	assert_int_equal(sum(at(s, "steps.dhcp_lease.heat")), row->done);
	assert_int_equal(sum(at(s, "firmware")), s->m->firmware_bytes);
}

static void
live(struct story *s, uint64_t seconds)
{
	for (uint64_t t = 1; t <= seconds; t++) {
		done(s, 0, t * 1000);
		s->m->firmware_bytes += 10;
		s->m->phones.started = (uint32_t)t;
		second(s, t);
	}
}

static void
as_many_seconds_as_there_are_spans_stay_seconds(void **state)
{
	struct story *s = story_new();

	(void)state;
	live(s, 240);
	told(s, 240.1, NULL);
	adds_up(s, 240, 1);
	story_free(s);

	s = story_new();
	live(s, 239);
	told(s, 239.0, NULL);
	adds_up(s, 239, 1);
	story_free(s);
}

static void
given_one_second_more_neighbours_are_joined(void **state)
{
	struct story *s = story_new();
	json_t *heat;

	(void)state;
	live(s, 242);
	told(s, 242.0, NULL);
	adds_up(s, 121, 2);
	is(s, "spans", "121");
	assert_int_equal(json_integer_value(json_array_get(at(s, "phones.started"), 0)), 2);
	assert_int_equal(json_integer_value(json_array_get(at(s, "phones.started"), 119)), 240);
	assert_int_equal(json_integer_value(json_array_get(at(s, "phones.started"), 120)), 242);
	/* 239 and 240 ms are a joined span's: its median is the smaller one's bucket. */
	assert_true(
	    json_number_value(json_array_get(at(s, "steps.dhcp_lease.p50"), 119)) >= 239);
	assert_int_equal(
	    json_number_value(json_array_get(at(s, "steps.dhcp_lease.max"), 119)), 240);
	heat = json_array_get(at(s, "steps.dhcp_lease.heat"), 119);
	assert_int_equal(json_array_size(heat), course_band(240000) + 1);
	story_free(s);
}

static void
a_whole_day_is_still_no_more_than_that_and_adds_up(void **state)
{
	struct story *s = story_new();

	(void)state;
	live(s, 86400);
	told(s, 86400.0, NULL);
	adds_up(s, 169, 512);
	/* Spans are exact: the first one has the values of its 512 seconds. */
	assert_int_equal(
	    json_integer_value(json_array_get(at(s, "steps.dhcp_lease.done"), 0)), 512);
	assert_int_equal(
	    json_number_value(json_array_get(at(s, "steps.dhcp_lease.max"), 0)), 512);
	story_free(s);
}

static void
given_seconds_that_were_not_told_what_happened_is_in_the_last(void **state)
{
	struct story *s = story_new();

	(void)state;
	done(s, 0, 1000);
	s->m->phones.started = 1;
	second(s, 1);
	done(s, 0, 1000);
	done(s, 0, 1000);
	s->m->phones.started = 3;
	second(s, 4);
	told(s, 4.1, NULL);
	is(s, "steps.dhcp_lease.done", "[1,0,0,2]");
	is(s, "phones.started", "[1,1,1,3]");
	story_free(s);
}

static void
given_a_jump_over_more_than_all_spans_it_is_joined_first(void **state)
{
	struct story *s = story_new();

	(void)state;
	live(s, 101);
	done(s, 0, 1000);
	second(s, 1000);
	told(s, 1000.0, NULL);
	adds_up(s, 125, 8);
	assert_int_equal(
	    json_integer_value(json_array_get(at(s, "steps.dhcp_lease.done"), 0)), 8);
	assert_int_equal(
	    json_integer_value(json_array_get(at(s, "steps.dhcp_lease.done"), 12)), 5);
	assert_int_equal(
	    json_integer_value(json_array_get(at(s, "steps.dhcp_lease.done"), 124)), 1);
	story_free(s);
}

static void
what_is_left_at_the_end_is_a_short_span(void **state)
{
	struct story *s = story_new();

	(void)state;
	live(s, 2);
	done(s, 0, 7000);
	told(s, 2.4, NULL);
	is(s, "spans", "3");
	is(s, "steps.dhcp_lease.done", "[1,1,1]");
	story_free(s);

	/* A moment behind the second is not worth one. */
	s = story_new();
	live(s, 2);
	done(s, 0, 7000);
	told(s, 2.1, NULL);
	is(s, "steps.dhcp_lease.done", "[1,2]");
	story_free(s);
}

static void
a_second_is_due_when_its_span_ends(void **state)
{
	struct story *s = story_new();

	(void)state;
	assert_false(course_due(s->course, 0));
	assert_false(course_due(s->course, S / 2 - 1));
	/* Timers come a little early. */
	assert_true(course_due(s->course, S - 3000));
	live(s, 1);
	assert_false(course_due(s->course, S + 3000));
	assert_true(course_due(s->course, 2 * S - 3000));
	live(s, 300);
	second(s, 301);
	assert_true(course_due(s->course, 302 * S));
	story_free(s);
}

static void
a_run_that_had_no_time_has_one_span(void **state)
{
	struct story *s = story_new();

	(void)state;
	told(s, 0, NULL);
	is(s, "spans", "1");
	is(s, "phones.started", "[0]");
	is(s, "outcomes",
	    "{\"failed\":[],\"unfinished\":[],\"slowest\":[],\"first_failed_by_reason\":[]}");
	story_free(s);
}

static void
the_ports_of_a_pool_that_has_its_own_are_told(void **state)
{
	static const struct pool_port ports[] = { { 53, 20053 }, { 88, 88 } };
	struct report_run elsewhere = run;
	struct story *s = story_new();

	(void)state;
	elsewhere.ports = ports;
	elsewhere.n_ports = 2;
	course_free(s->course);
	assert_int_equal(course_new(&elsewhere, &s->course), 0);
	told(s, 1, NULL);
	is(s, "ports", "[[53,20053],[88,88]]");
	story_free(s);
}

/* ---- bands ---- */

static void
bands_are_three_to_an_octave_and_their_limits_rise(void **state)
{
	double last = 0;

	(void)state;
	assert_int_equal(course_band(0), 0);
	assert_int_equal(course_band(511), 0);
	assert_int_equal(course_band(512), 1);
	assert_int_equal(course_band(UINT64_MAX), COURSE_BANDS - 1);
	assert_true(course_band_ms(COURSE_BANDS - 1) == 0);
	for (unsigned i = 0; i + 1 < COURSE_BANDS; i++) {
		uint64_t limit_us = (uint64_t)(course_band_ms(i) * 1000 + 0.5);

		assert_true(course_band_ms(i) > last);
		assert_true(i == 0 || course_band_ms(i) < 1.3 * last);
		assert_int_equal(course_band(limit_us - 1), i);
		assert_int_equal(course_band(limit_us), i + 1);
		/* No bucket of a histogram is cut by a band's limit. */
		assert_int_equal(hist_top(hist_bucket(limit_us - 1)), limit_us - 1);
		last = course_band_ms(i);
	}
	assert_true(last > 13 * 60 * 1000.0);
}

static void
the_file_says_the_bands_and_the_last_has_no_limit(void **state)
{
	struct story *s = story_new();
	json_t *bands;

	(void)state;
	done(s, 0, 300);
	done(s, 0, 700);
	done(s, 0, 700);
	told(s, 1, NULL);
	bands = at(s, "bands_ms");
	assert_int_equal(json_array_size(bands), COURSE_BANDS);
	assert_true(json_is_null(json_array_get(bands, COURSE_BANDS - 1)));
	assert_true(json_number_value(json_array_get(bands, 0)) == 0.512);
	is(s, "steps.dhcp_lease.heat", "[[1,0,2]]");
	story_free(s);
}

/* ---- histograms ---- */

static void
histograms_can_be_made_again_from_the_file(void **state)
{
	struct story *s = story_new();
	struct hist *h = mem_new(sizeof *h);
	json_t *bin;
	size_t i;

	(void)state;
	assert_non_null(h);
	for (uint64_t us = 1; us < UINT64_C(1) << 41; us = us * 3 / 2 + 1)
		done(s, 0, us);
	hist_add(&s->m->from_intended, 5);
	told(s, 3, NULL);
	json_array_foreach(at(s, "hist.dhcp_lease"), i, bin)
	    hist_add_many(h, (uint64_t)json_integer_value(json_array_get(bin, 0)),
		(uint32_t)json_integer_value(json_array_get(bin, 1)));
	/* Only the exact sum is not in the file. */
	assert_memory_equal(h->bucket, s->m->row[0].latency.bucket, sizeof h->bucket);
	assert_int_equal(h->count, s->m->row[0].latency.count);
	assert_int_equal(h->max_us, s->m->row[0].latency.max_us);
	is(s, "hist.boot_intended", "[[5,1]]");
	is(s, "hist.boot_actual", "[]");
	is(s, "hist.start_lag", "[]");
	mem_free(h);
	story_free(s);
}

/* ---- outcomes ---- */

static void
phones_that_failed_are_named_by_time_and_the_slow_ones_by_slowness(void **state)
{
	static const struct farm_phone phone[6] = {
		{ FARM_FAILED, 1, 1, 0, 10, 0, 9000 },
		{ FARM_FINISHED, 3, 0, 0, 10, 700, 9000 },
		{ FARM_FAILED, 1, 2, 0, 10, 0, 500 },
		{ FARM_FAILED, 1, 1, 0, 10, 800, 600 },
		{ FARM_NOT_STARTED, 0, 0, 0, 0, 0, 0 },
		{ FARM_UNFINISHED, 3, 0, 0, 10, 800, 0 },
	};
	struct story *s = story_new();

	(void)state;
	told(s, 9, phone);
	is(s, "outcomes.failed",
	    "[{\"phone\":2,\"at_ms\":500,\"step\":\"krb_login\",\"why\":\"re\\\"fused\"},"
	    "{\"phone\":3,\"at_ms\":600,\"step\":\"krb_login\",\"why\":\"timeout\"},"
	    "{\"phone\":0,\"at_ms\":9000,\"step\":\"krb_login\",\"why\":\"timeout\"}]");
	is(s, "outcomes.unfinished", "[{\"phone\":5,\"step\":\"dhcp_renew\"}]");
	is(s, "outcomes.slowest",
	    "[{\"phone\":3,\"boot_ms\":800},{\"phone\":5,\"boot_ms\":800},"
	    "{\"phone\":1,\"boot_ms\":700}]");
	is(s, "outcomes.first_failed_by_reason",
	    "[{\"step\":\"krb_login\",\"why\":\"re\\\"fused\",\"phones\":[2],\"count\":1},"
	    "{\"step\":\"krb_login\",\"why\":\"timeout\",\"phones\":[3,0],\"count\":2}]");
	story_free(s);
}

static void
of_many_phones_the_first_ones_are_named_and_all_are_counted(void **state)
{
	enum { MANY = 1500 };
	struct report_run many = run;
	struct farm_phone *phone = mem_new(MANY * sizeof *phone);
	struct story *s = story_new();

	(void)state;
	assert_non_null(phone);
	many.planned = MANY;
	course_free(s->course);
	assert_int_equal(course_new(&many, &s->course), 0);
	for (unsigned i = 0; i < MANY; i++)
		phone[i] = (struct farm_phone){ .outcome = FARM_FAILED,
			.row = 2,
			.why = 1,
			.boot_ms = i + 1,
			.ended_ms = MANY - i };
	told(s, 9, phone);
	assert_int_equal(json_array_size(at(s, "outcomes.failed")), COURSE_FAILED);
	assert_int_equal(json_array_size(at(s, "outcomes.slowest")), COURSE_SLOWEST);
	is(s, "outcomes.first_failed_by_reason",
	    "[{\"step\":\"sip_register\",\"why\":\"timeout\",\"phones\":[1499,1498,1497,1496,"
	    "1495,1494,1493,1492,1491,1490],\"count\":1500}]");
	mem_free(phone);
	story_free(s);
}

/* ---- memory ---- */

static void
want_of_memory_is_said_at_the_end(void **state)
{
	struct story *s = story_new();
	struct farm_end end = { .metrics = s->m, .wall_s = 3 };
	struct buf out = { 0 };

	(void)state;
	done(s, 0, 5000);
	mem_fail_at(1);
	second(s, 1);
	mem_fail_at(0);
	done(s, 0, 6000);
	second(s, 2);
	course_end(s->course, &end);
	assert_int_equal(course_json(s->course, &out), -ENOMEM);
	assert_int_equal(out.n, 0);
	buf_done(&out);
	story_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_second_has_what_was_added_in_it),
		cmocka_unit_test(steps_and_servers_that_nobody_tried_are_left_out),
		cmocka_unit_test(percentiles_of_a_span_are_of_its_own_values),
		cmocka_unit_test(as_many_seconds_as_there_are_spans_stay_seconds),
		cmocka_unit_test(given_one_second_more_neighbours_are_joined),
		cmocka_unit_test(a_whole_day_is_still_no_more_than_that_and_adds_up),
		cmocka_unit_test(given_seconds_that_were_not_told_what_happened_is_in_the_last),
		cmocka_unit_test(given_a_jump_over_more_than_all_spans_it_is_joined_first),
		cmocka_unit_test(what_is_left_at_the_end_is_a_short_span),
		cmocka_unit_test(a_second_is_due_when_its_span_ends),
		cmocka_unit_test(a_run_that_had_no_time_has_one_span),
		cmocka_unit_test(the_ports_of_a_pool_that_has_its_own_are_told),
		cmocka_unit_test(bands_are_three_to_an_octave_and_their_limits_rise),
		cmocka_unit_test(the_file_says_the_bands_and_the_last_has_no_limit),
		cmocka_unit_test(histograms_can_be_made_again_from_the_file),
		cmocka_unit_test(
		    phones_that_failed_are_named_by_time_and_the_slow_ones_by_slowness),
		cmocka_unit_test(of_many_phones_the_first_ones_are_named_and_all_are_counted),
		cmocka_unit_test(want_of_memory_is_said_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
