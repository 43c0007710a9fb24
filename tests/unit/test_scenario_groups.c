/* test_scenario_groups.c - populations that differ: what a group says itself, what it has from
 * the top of the file, and how many phones it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "scenario.h"
#include "temp_file.h"

/* What each begins with: lines 1 to 3. */
#define HEAD "title: x\nphones: 100\narrival: [{at_once: 100}]\n"

static int
load(const char *text, struct scenario *s, struct config_error *error)
{
	*error = (struct config_error){ "" };
	return scenario_load(temp_file("s.yaml", text, strlen(text)), s, error);
}

/* A scenario is large: one for all tests. */
static struct scenario *
loaded(const char *text)
{
	struct scenario *s = mem_new(sizeof *s);
	struct config_error error;

	assert_non_null(s);
	if (load(text, s, &error) != 0)
		fail_msg("%s", error.text);
	return s;
}

static void
done(struct scenario *s)
{
	scenario_done(s);
	mem_free(s);
	assert_int_equal(mem_out(), 0);
}

static void
assert_whole_error(const char *text, const char *wanted)
{
	struct config_error error;
	struct scenario *s = mem_new(sizeof *s);

	assert_non_null(s);
	if (load(text, s, &error) == 0)
		fail_msg("this is sound: %s", text);
	mem_free(s);
	assert_non_null(strstr(error.text, "s.yaml:"));
	assert_string_equal(strstr(error.text, "s.yaml:"), wanted);
	assert_int_equal(mem_out(), 0);
}

static void
assert_error(const char *tail, const char *wanted)
{
	char text[4000];

	snprintf(text, sizeof text, HEAD "%s", tail);
	assert_whole_error(text, wanted);
}

/* ---- how many ----------------------------------------------------------------- */

static void
without_groups_all_phones_are_in_one_without_a_name(void **state)
{
	struct scenario *s = loaded(HEAD);

	(void)state;
	assert_int_equal(s->n_groups, 1);
	assert_string_equal(s->group[0].name, "");
	assert_int_equal(s->group[0].phones, 100);
	assert_string_equal(s->group[0].profile, "cx700-1.0.199.123");
	assert_int_equal(s->group[0].n_arrivals, 1);
	done(s);
}

static void
numbers_shares_and_the_rest_add_up(void **state)
{
	struct scenario *s =
	    loaded(HEAD "groups: [{name: a, phones: 17}, {name: b, phones: 20%}, {name: c, "
			"phones: rest}]\n");

	(void)state;
	assert_int_equal(s->n_groups, 3);
	assert_int_equal(s->group[0].phones, 17);
	assert_int_equal(s->group[1].phones, 20);
	assert_int_equal(s->group[2].phones, 63);
	assert_string_equal(s->group[2].name, "c");
	assert_int_equal(s->group[1].at.line, 4);
	done(s);
	/* The one that does not say takes the rest, wherever it stands. */
	s = loaded(HEAD "groups: [{name: a}, {name: b-2, phones: 99}]\n");
	assert_int_equal(s->group[0].phones, 1);
	assert_int_equal(s->group[1].phones, 99);
	done(s);
	s = loaded(HEAD "groups: [{name: all_of-them}]\n");
	assert_int_equal(s->group[0].phones, 100);
	done(s);
}

static void
shares_that_are_all_together_are_all_phones(void **state)
{
	static const char text[] = "title: x\nphones: 10\narrival: [{at_once: 10}]\n"
				   "groups: [{name: a, phones: 33%}, {name: b, phones: 33%}, "
				   "{name: c, phones: 34%}]\n";
	struct scenario *s = loaded(text);

	(void)state;
	assert_int_equal(s->group[0].phones, 3);
	assert_int_equal(s->group[1].phones, 4);
	assert_int_equal(s->group[2].phones, 3);
	done(s);
}

static void
phones_that_are_left_over_or_missing_are_an_error(void **state)
{
	(void)state;
	assert_error("groups: [{name: a, phones: 17}, {name: b, phones: 20%}]\n",
	    "s.yaml:4:9: the groups have 37 phones, `phones' says 100; one group may say "
	    "`rest'");
	assert_error("groups: [{name: a, phones: 90}, {name: b, phones: 20%}]\n",
	    "s.yaml:4:9: the groups have 110 phones, `phones' says 100; one group may say "
	    "`rest'");
	assert_error("groups: [{name: a, phones: 100}, {name: b}]\n",
	    "s.yaml:4:9: the groups have 100 phones, `phones' says 100: none are left for the "
	    "rest");
	assert_error("groups: [{name: a, phones: 900000}, {name: b, phones: 1000000}]\n",
	    "s.yaml:4:9: the groups have 1900000 phones, `phones' says 100; one group may say "
	    "`rest'");
	assert_error("groups: [{name: a, phones: 0.1%}, {name: b}]\n",
	    "s.yaml:4:17: group `a' has no phone");
	assert_error("groups:\n  - name: a\n  - name: b\n",
	    "s.yaml:6:5: group `a' takes the rest already");
	assert_error("groups: [{name: a, phones: 0}]\n",
	    "s.yaml:4:28: `phones' must be from 1 to 1000000, not 0");
	assert_error("groups: [{name: a, phones: some}]\n",
	    "s.yaml:4:28: `phones' must be a whole number, not `some'");
	assert_error("groups: [{name: a, phones: [1]}]\n",
	    "s.yaml:4:28: `phones' must be a number, a share or `rest', not a list");
}

/* ---- what they say ----------------------------------------------------------- */

static void
what_a_group_does_not_say_is_as_the_top_says(void **state)
{
	struct scenario *s = loaded(
	    HEAD "profile: cx700-1.0.522.101\n"
		 "user: {types_for: {exp: 3s}}\n"
		 "journey: {until: sip_register, stay: 5m, restart_after_update: false}\n"
		 "link: {delay: 40ms±10ms, loss: 1%, down: 2Mbit/s, up: 64kB/s}\n"
		 "groups: [{name: a, phones: 40}, {name: b}]\n");

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct scenario_group *g = &s->group[i];

		assert_string_equal(g->profile, "cx700-1.0.522.101");
		assert_int_equal(g->profile_at.line, 4);
		assert_int_equal(g->n_arrivals, 1);
		assert_int_equal(g->arrival[0].count, 100);
		assert_int_equal(g->types_for.kind, SPREAD_EXP);
		assert_int_equal(g->types_for.a_us, 3000000);
		assert_string_equal(g->journey.until, "sip_register");
		assert_int_equal(g->journey.stay_us, 300000000);
		assert_false(g->journey.restart_after_update);
		assert_int_equal(g->link.delay_us, 40000);
		assert_int_equal(g->link.jitter_us, 10000);
		assert_float_equal(g->link.loss, 0.01, 1e-12);
		assert_int_equal(g->link.down_per_s, 250000);
		assert_int_equal(g->link.up_per_s, 64000);
	}
	done(s);
}

static void
what_a_group_says_itself_is_only_its_own(void **state)
{
	struct scenario *s =
	    loaded(HEAD "user: {types_for: 3s}\n"
			"journey: {until: sip_register, stay: 5m}\n"
			"link: {delay: 40ms, loss: 1%}\n"
			"groups:\n"
			"- {name: a, phones: 40}\n"
			"- name: b\n"
			"  profile: cx700-3.5.6907.35\n"
			"  arrival: [{at_once: 5}, {steady: {rate: 10/s, for: 60s}}]\n"
			"  user: {types_for: {normal: 20s, sd: 4s}}\n"
			"  journey: {stay: 1m}\n"
			"  link: {down: 1Mbit/s}\n");
	const struct scenario_group *a = &s->group[0], *b = &s->group[1];

	(void)state;
	assert_string_equal(a->profile, "cx700-1.0.199.123");
	assert_int_equal(a->n_arrivals, 1);
	assert_int_equal(a->types_for.a_us, 3000000);
	assert_int_equal(a->journey.stay_us, 300000000);
	assert_int_equal(a->link.delay_us, 40000);
	assert_string_equal(b->profile, "cx700-3.5.6907.35");
	assert_int_equal(b->profile_at.line, 10);
	assert_int_equal(b->n_arrivals, 2);
	assert_int_equal(b->arrival[0].count, 5);
	assert_int_equal(b->types_for.kind, SPREAD_NORMAL);
	assert_int_equal(b->journey.stay_us, 60000000);
	/* The keys of a map that it does not say stay. */
	assert_string_equal(b->journey.until, "sip_register");
	assert_true(b->journey.restart_after_update);
	/* But a line is one thing. */
	assert_int_equal(b->link.delay_us, 0);
	assert_float_equal(b->link.loss, 0, 1e-12);
	assert_int_equal(b->link.down_per_s, 125000);
	done(s);
}

static const struct scenario_override *
override_of(const struct scenario_group *g, const char *step)
{
	for (size_t i = 0; i < g->journey.n_overrides; i++)
		if (strcmp(g->journey.override[i].step, step) == 0)
			return &g->journey.override[i];
	fail_msg("no override of %s", step);
	return NULL;
}

static void
overrides_of_a_group_are_merged_step_by_step(void **state)
{
	struct scenario *s = loaded(HEAD
	    "journey: {override: {krb_login: {tries: 2, limit: 2s}, ntp_sync: {tries: 3}}}\n"
	    "groups:\n"
	    "- {name: a, phones: 40}\n"
	    "- name: b\n"
	    "  journey: {override: {krb_login: {tries: 7, pause: 1s±500ms}, dhcp_lease: "
	    "{tries: 9}}}\n");
	const struct scenario_group *a = &s->group[0], *b = &s->group[1];

	(void)state;
	assert_int_equal(a->journey.n_overrides, 2);
	assert_int_equal(override_of(a, "krb_login")->tries, 2);
	assert_false(override_of(a, "krb_login")->has_pause);
	assert_int_equal(b->journey.n_overrides, 3);
	assert_int_equal(override_of(b, "krb_login")->tries, 7);
	assert_int_equal(override_of(b, "krb_login")->limit_us, 2000000);
	assert_true(override_of(b, "krb_login")->has_pause);
	assert_int_equal(override_of(b, "krb_login")->pause.a_us, 1000000);
	assert_int_equal(override_of(b, "krb_login")->pause.b_us, 500000);
	assert_int_equal(override_of(b, "krb_login")->at.line, 8);
	assert_int_equal(override_of(b, "ntp_sync")->tries, 3);
	assert_int_equal(override_of(b, "dhcp_lease")->tries, 9);
	assert_int_equal(override_of(b, "dhcp_lease")->limit_us, 0);
	done(s);
}

static void
each_group_may_bring_its_own_arrivals_alone(void **state)
{
	struct scenario *s = loaded("title: x\nphones: 10\ngroups:\n"
				    "- {name: a, phones: 4, arrival: [{at_once: 4}]}\n"
				    "- {name: b, arrival: [{storm: {over: 1s}}]}\n");

	(void)state;
	assert_int_equal(s->group[1].arrival[0].kind, ARRIVAL_STORM);
	done(s);
	assert_whole_error("title: x\nphones: 10\ngroups:\n"
			   "- {name: a, phones: 4, arrival: [{at_once: 4}]}\n- {name: b}\n",
	    "s.yaml:5:3: `arrival' is missing: who starts when, as in `arrival: [{storm: "
	    "{over: 60s}}]'");
}

static void
each_group_must_be_started_whole(void **state)
{
	(void)state;
	assert_error(
	    "groups:\n- {name: a, phones: 40, arrival: [{at_once: 39}]}\n- {name: b}\n",
	    "s.yaml:5:34: the arrivals start 39 phones, fewer than the 40 of group `a'");
	assert_whole_error("title: x\nphones: 10\narrival: [{at_once: 5}]\n"
			   "groups: [{name: a, phones: 4}, {name: b}]\n",
	    "s.yaml:3:10: the arrivals start 5 phones, fewer than the 6 of group `b'");
}

static void
a_mistake_in_a_group_has_its_place(void **state)
{
	(void)state;
	assert_error("groups: {name: a}\n",
	    "s.yaml:4:9: `groups' must be a list, as in `- {name: branch, phones: 20%}'");
	assert_error("groups: []\n",
	    "s.yaml:4:9: `groups' must be a list, as in `- {name: branch, phones: 20%}'");
	assert_error(
	    "groups: [branch]\n", "s.yaml:4:10: a group is a map with `name' and `phones'");
	assert_error("groups: [{phones: 5}]\n",
	    "s.yaml:4:10: `name' is missing: small letters, digits, - and _");
	assert_error("groups: [{name: a, profle: x}]\n",
	    "s.yaml:4:20: unknown key `profle'; did you mean `profile'?");
	assert_error("groups: [{name: a, seed: 5}]\n", "s.yaml:4:20: unknown key `seed'");
	assert_error("groups: [{name: a, journey: {stay: 5}}]\n",
	    "s.yaml:4:36: `stay' must be a duration such as 250ms, 20s, 5m, 24h, not `5'");
	assert_error("groups: [{name: a, phones: 5}, {name: a}]\n",
	    "s.yaml:4:39: group `a' is there twice");
}

static void
names_are_small_letters_digits_and_two_signs(void **state)
{
	static const char *const bad[] = { "Branch", "2nd", "-a", "a.b", "''", "'a b'",
		"abcdefghijklmnopqrstuvwxy", "für", "10%" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct config_error error;
		struct scenario *s = mem_new(sizeof *s);
		char text[300];

		snprintf(text, sizeof text, HEAD "groups: [{name: %s}]\n", bad[i]);
		assert_int_not_equal(load(text, s, &error), 0);
		mem_free(s);
		if (strstr(error.text, "s.yaml:4:17: `") == NULL ||
		    strstr(error.text,
			"is no name: small letters, digits, - and _, at most 24") == NULL)
			fail_msg("%s", error.text);
	}
	done(loaded(HEAD "groups: [{name: abcdefghijklmnopqrstuvwx}]\n"));
	done(loaded(HEAD "groups: [{name: rest}]\n"));
}

static void
there_is_an_end_to_groups(void **state)
{
	char tail[2000] = "groups:\n";

	(void)state;
	for (int i = 0; i < SCENARIO_GROUPS_MAX; i++)
		sprintf(tail + strlen(tail), "- {name: g%d, phones: %d}\n", i, i ? 5 : 25);
	snprintf(tail + strlen(tail), 40, "- {name: one_more}\n");
	assert_error(tail, "s.yaml:21:3: more than 16 groups");
	*strstr(tail, "- {name: one_more") = '\0';
	{
		char text[3000];

		snprintf(text, sizeof text, HEAD "%s", tail);
		done(loaded(text));
	}
}

/* ---- who else speaks of them --------------------------------------------------- */

static void
events_and_expectations_name_groups_that_there_are(void **state)
{
	struct scenario *s = loaded(HEAD
	    "groups: [{name: branch, phones: 40}, {name: campus}]\n"
	    "events: [{at: 5s, do: unplug, phones: branch}, {at: 9s, do: plug, phones: 10%}]\n"
	    "expect: [group.branch.finished == 100%, group.campus.p99 < 5s]\n");

	(void)state;
	assert_string_equal(s->event[0].phones.group, "branch");
	assert_string_equal(s->event[1].phones.group, "");
	assert_string_equal(s->expect.item[1].name, "campus");
	done(s);
	assert_error(
	    "groups: [{name: branch}]\nevents: [{at: 5s, do: unplug, phones: brnch}]\n",
	    "s.yaml:5:39: no such group: brnch; did you mean `branch'?");
	assert_error("groups: [{name: branch}]\nexpect:\n - group.brunch.failed == 0\n",
	    "s.yaml:6:4: no such group: brunch; did you mean `branch'?");
	assert_error("expect: [wall < 5s, group.branch.failed == 0]\n",
	    "s.yaml:4:21: no such group: branch");
	assert_error("events: [{at: 5s, do: unplug, phones: branch}]\n",
	    "s.yaml:4:39: no such group: branch");
}

static void
given_no_memory_at_the_nth_allocation_nothing_leaks(void **state)
{
	static const char text[] =
	    HEAD "links: {wan: {delay: 5ms}}\nlink: wan\n"
		 "groups: [{name: a, phones: 17, user: {types_for: 5s}}, "
		 "{name: b, link: {loss: 1%}}]\n";
	struct scenario *s = mem_new(sizeof *s);
	struct config_error error;
	int err = -1;

	(void)state;
	assert_non_null(s);
	for (long n = 1; err != 0; n++) {
		assert_in_range(n, 1, 1000);
		mem_fail_at(n);
		err = load(text, s, &error);
		mem_fail_at(0);
		if (err != 0)
			assert_int_equal(mem_out(), 1);
	}
	done(s);
}

static int
clean(void **state)
{
	(void)state;
	temp_clean();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_groups_all_phones_are_in_one_without_a_name),
		cmocka_unit_test(numbers_shares_and_the_rest_add_up),
		cmocka_unit_test(shares_that_are_all_together_are_all_phones),
		cmocka_unit_test(phones_that_are_left_over_or_missing_are_an_error),
		cmocka_unit_test(what_a_group_does_not_say_is_as_the_top_says),
		cmocka_unit_test(what_a_group_says_itself_is_only_its_own),
		cmocka_unit_test(overrides_of_a_group_are_merged_step_by_step),
		cmocka_unit_test(each_group_may_bring_its_own_arrivals_alone),
		cmocka_unit_test(each_group_must_be_started_whole),
		cmocka_unit_test(a_mistake_in_a_group_has_its_place),
		cmocka_unit_test(names_are_small_letters_digits_and_two_signs),
		cmocka_unit_test(there_is_an_end_to_groups),
		cmocka_unit_test(events_and_expectations_name_groups_that_there_are),
		cmocka_unit_test(given_no_memory_at_the_nth_allocation_nothing_leaks),
	};

	return cmocka_run_group_tests(tests, NULL, clean);
}
