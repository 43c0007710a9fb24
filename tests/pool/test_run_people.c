/*
 * test_run_people.c - whole runs with people at the phones, against the embedded pool: they
 * sign out and in, ask for an update, and a group of them loses its power.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"
#include "temp_file.h"

enum { PHONES = 30 };

#define EMBEDDED "--pool-arg=--listen", "--pool-arg=127.0.7.6"

/* What all of them begin with: phones that arrive over two and a half seconds. */
#define HEAD                                                         \
	"title: People\n"                                            \
	"phones: 30\n"                                               \
	"profile: cx700-1.0.199.123\n"                               \
	"arrival: [{at_once: 5}, {steady: {rate: 10/s, for: 3s}}]\n" \
	"user: {types_for: 500ms}\n"                                 \
	"seed: 1\n"

static int
clean(void **state)
{
	(void)state;
	temp_clean();
	return 0;
}

/* Its summary; the run must end with this status. */
static json_t *
run(const char *tail, int expected)
{
	char text[1000], file[128], dir[128], path[160];
	struct buf err = { 0 };
	json_t *summary;
	int status;

	snprintf(text, sizeof text, HEAD "%s", tail);
	snprintf(file, sizeof file, "%s", temp_file("s.yaml", text, strlen(text)));
	snprintf(dir, sizeof dir, "%s/out", temp_folder());
	status = program_run_farm(
	    (const char *[]){ "run", file, "-q", "-o", dir, EMBEDDED, NULL }, NULL, &err);
	if (status != expected)
		fail_msg("exit %d: %s", status, buf_cstr(&err));
	buf_done(&err);
	snprintf(path, sizeof path, "%s/summary.json", dir);
	summary = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(summary);
	return summary;
}

static json_int_t
phones(json_t *summary, const char *key)
{
	return json_integer_value(json_object_get(json_object_get(summary, "phones"), key));
}

/* A figure of a step; a step that nobody has walked has none. */
static json_int_t
figure(json_t *summary, const char *step, const char *key)
{
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(summary, "steps"), i, row)
	{
		if (strcmp(json_string_value(json_object_get(row, "name")), step) == 0)
			return json_integer_value(json_object_get(row, key));
	}
	return 0;
}

/*
 * On a busy machine some may still be on their way when they sign out, and have nobody to tell
 * of it; but whoever had signed in tells the pool, and signs in a second time.
 */
static void
twelve_sign_out_and_in_again_and_all_finish(void **state)
{
	json_t *s = run("journey: {until: sip_provision, stay: 7s}\n"
			"events:\n"
			"  - {at: 5s, do: sign_out, phones: 40%}\n"
			"  - {at: 6s, do: sign_in, phones: 40%}\n",
	    0);
	json_int_t told = figure(s, "sip_sign_out", "attempts");

	(void)state;
	assert_int_equal(phones(s, "finished"), PHONES);
	assert_in_range(told, 1, 12);
	assert_int_equal(figure(s, "sip_sign_out", "done"), told);
	assert_int_equal(figure(s, "sip_register", "done"), PHONES + told);
	assert_in_range(figure(s, "user_enters", "done"), PHONES + told, PHONES + 12);
	/* What is the phone's own stays. */
	assert_int_equal(figure(s, "dhcp_lease", "done"), PHONES);
	assert_int_equal(figure(s, "ca_fetch", "done"), PHONES);
	json_decref(s);
}

static void
who_signs_out_at_a_step_and_stays_away_is_unfinished(void **state)
{
	json_t *s = run("journey: {until: sip_provision}\n"
			"events:\n"
			"  - {at: sip_provision, do: sign_out, phones: [3, 20]}\n"
			"  - {at: dhcp_lease, do: sign_out, phones: [7, 8]}\n"
			"  - {at: 6s, do: sign_in, phones: [8, 20]}\n",
	    1);

	(void)state;
	assert_int_equal(phones(s, "finished"), PHONES - 2);
	assert_int_equal(phones(s, "failed"), 0);
	assert_int_equal(phones(s, "unfinished"), 2);
	/* 3 and 20 had signed in. */
	assert_int_equal(figure(s, "sip_sign_out", "done"), 2);
	assert_int_equal(figure(s, "sip_register", "done"), PHONES);
	assert_int_equal(figure(s, "dhcp_lease", "done"), PHONES);
	json_decref(s);
}

static void
an_update_on_demand_is_fetched_and_booted(void **state)
{
	json_t *s = run("journey: {until: sip_provision}\n"
			"events:\n"
			"  - {at: sip_provision, do: check_update, phones: 20%}\n",
	    0);

	(void)state;
	assert_int_equal(phones(s, "finished"), PHONES);
	assert_int_equal(figure(s, "update_ask", "done"), PHONES / 5);
	assert_int_equal(figure(s, "update_download", "done"), PHONES / 5);
	assert_int_equal(figure(s, "update_confirm", "done"), PHONES / 5);
	assert_int_equal(figure(s, "dhcp_lease", "done"), PHONES + PHONES / 5);
	assert_int_equal(figure(s, "sip_provision", "done"), PHONES + PHONES / 5);
	json_decref(s);
}

static void
a_group_loses_its_power_and_each_phone_has_it_back_in_its_own_time(void **state)
{
	json_t *s = run("groups:\n"
			"  - {name: ground, phones: 20}\n"
			"  - {name: upper, phones: 10}\n"
			"journey: {until: sip_provision, stay: 5s}\n"
			"events:\n"
			"  - {at: 4s, do: power_cycle, phones: upper, off_for: 600ms±500ms}\n",
	    0);

	(void)state;
	assert_int_equal(phones(s, "finished"), PHONES);
	assert_int_equal(figure(s, "dhcp_lease", "done"), PHONES + 10);
	json_decref(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(twelve_sign_out_and_in_again_and_all_finish, clean),
		cmocka_unit_test_teardown(
		    who_signs_out_at_a_step_and_stays_away_is_unfinished, clean),
		cmocka_unit_test_teardown(an_update_on_demand_is_fetched_and_booted, clean),
		cmocka_unit_test_teardown(
		    a_group_loses_its_power_and_each_phone_has_it_back_in_its_own_time, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
