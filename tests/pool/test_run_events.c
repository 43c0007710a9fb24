/*
 * test_run_events.c - whole runs in which power goes and comes, against the embedded pool:
 * phones that boot, that are signed in, and that stay off.
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

#define EMBEDDED "--pool-arg=--listen", "--pool-arg=127.0.7.2"

/* What all of them begin with: phones that arrive over two and a half seconds. */
#define HEAD                                                         \
	"title: Power goes and comes\n"                              \
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

static json_int_t
done(json_t *summary, const char *step)
{
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(summary, "steps"), i,
	    row) if (strcmp(json_string_value(json_object_get(row, "name")), step) ==
	    0) return json_integer_value(json_object_get(row, "done"));
	fail_msg("no step %s", step);
	return 0;
}

/* Some in the middle of their boot, others when they are signed in and stay. */
static void
power_cycles_of_thirty_per_cent_are_survived_by_all(void **state)
{
	json_t *s = run("journey: {until: update_confirm, stay: 2s}\n"
			"events:\n"
			"  - {at: 1500ms, do: power_cycle, phones: 30%, off_for: 500ms}\n"
			"  - {at: 4500ms, do: power_cycle, phones: 30%, off_for: 1s}\n",
	    0);

	(void)state;
	assert_int_equal(phones(s, "started"), PHONES);
	assert_int_equal(phones(s, "finished"), PHONES);
	assert_true(done(s, "dhcp_lease") > PHONES);
	/* Whoever lost power while it was signed in has signed in anew. */
	assert_true(done(s, "sip_register") > PHONES);
	json_decref(s);
}

/*
 * Nine phones lose their power when they have the root and walk again without fetching it; all
 * thirty boot the new image once and walk a last time.
 */
static void
a_power_cut_at_a_step_leaves_what_is_in_flash(void **state)
{
	json_t *s = run("journey: {until: update_confirm, restart_after_update: true}\n"
			"events:\n"
			"  - {at: ca_fetch, do: power_cycle, phones: 30%, off_for: 100ms}\n",
	    0);

	(void)state;
	assert_int_equal(phones(s, "finished"), PHONES);
	assert_int_equal(done(s, "dhcp_lease"), PHONES + PHONES * 3 / 10 + PHONES);
	assert_int_equal(done(s, "ca_fetch"), PHONES);
	assert_int_equal(done(s, "pool_tls"), 2 * PHONES);
	assert_int_equal(done(s, "update_download"), PHONES);
	json_decref(s);
}

static void
an_unplugged_phone_is_unfinished_unless_it_is_plugged_again(void **state)
{
	json_t *s = run("journey: {until: sip_provision}\n"
			"events:\n"
			"  - {at: pool_tls, do: unplug, phones: [3, 20]}\n"
			"  - {at: 7s, do: plug, phones: 20}\n",
	    1);

	(void)state;
	assert_int_equal(phones(s, "started"), PHONES);
	assert_int_equal(phones(s, "finished"), PHONES - 1);
	assert_int_equal(phones(s, "failed"), 0);
	assert_int_equal(phones(s, "unfinished"), 1);
	assert_int_equal(done(s, "sip_provision"), PHONES - 1);
	json_decref(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(
		    power_cycles_of_thirty_per_cent_are_survived_by_all, clean),
		cmocka_unit_test_teardown(a_power_cut_at_a_step_leaves_what_is_in_flash, clean),
		cmocka_unit_test_teardown(
		    an_unplugged_phone_is_unfinished_unless_it_is_plugged_again, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
