/*
 * test_cases.c - every step against every case of the page (tests/fake/step_page.c), in the
 * real journey, in a whole simulated pool, in virtual time; and cut off at every event.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "step_case.h"
#include "step_page.h"

static const uint64_t S = 1000000;

/* ---- nothing is missing
 * --------------------------------------------------------------------------- */

static const struct step_cases *
cases_of(const char *step)
{
	for (size_t i = 0; i < step_page_n; i++)
		if (strcmp(step_page[i].step, step) == 0)
			return &step_page[i];
	return NULL;
}

static void
has_all_its_cases(const char *step)
{
	const struct step_cases *c = cases_of(step);

	if (c == NULL)
		fail_msg("%s is not on the page", step);
	const char *const all[] = { c->happy, c->silence, c->first, c->again, c->malformed,
		c->closed, c->lost, c->refused, c->late, c->late_first, c->stranger };

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (all[i] == NULL)
			fail_msg("%s lacks a case: the %zuth", step, i);
}

static void
every_step_that_a_phone_walks_has_all_its_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < journey_rows; i++)
		has_all_its_cases(journey_table[i].step->name);
	for (size_t i = 0; i < chores_count; i++)
		for (size_t k = 0; k < chores_table[i].n_rows; k++)
			has_all_its_cases(chores_table[i].rows[k].step->name);
}

/* ---- the cases
 * ----------------------------------------------------------------------------------------- */

/* Is there such a case, or only a reason why not? */
static bool
is_case(const char *expected)
{
	return expected != NULL && expected[0] != '-';
}

/* What differs is told with its step; all of them, before the test ends. */
static bool
is(const char *step, const char *what, const char *got, const char *expected)
{
	bool same = strcmp(got, expected) == 0;

	if (!same)
		print_error(
		    "%s, %s:\n\tis       %s\n\tshall be %s\n", step, what, got, expected);
	return same;
}

static bool
comes_to(
    const struct step_cases *p, struct step_case *c, const char *what, const char *expected)
{
	char text[STEP_CASE_TEXT];
	bool same;

	c->step = p->step;
	step_case_play(c);
	same = is(c->step, what, step_case_outcome(c, text), expected);
	return same;
}

static bool
sends(const struct step_case *c, const char *among, size_t nth, const char *expected)
{
	char text[STEP_CASE_TEXT], what[32];

	(void)snprintf(what, sizeof what, "wire of try %zu", nth + 1);
	return is(c->step, what, step_case_story(c, nth, among, text), expected);
}

typedef bool case_fn(const struct step_cases *, uint64_t begins_us);

/* Every step on the page; the times when rows begin are found out once for each. */
static void
every_step(case_fn *fn)
{
	bool all = true;

	for (size_t i = 0; i < step_page_n; i++)
		all = fn(&step_page[i], step_case_begins(step_page[i].step)) && all;
	assert_true(all);
	assert_int_equal(mem_out(), 0);
}

static bool
happy(const struct step_cases *p, uint64_t begins_us)
{
	struct step_case c = { .started_us = begins_us, .server = SERVERS_COUNT };
	bool same = comes_to(p, &c, "undisturbed", "done");

	same = sends(&c, NULL, 0, p->happy) && same;
	step_case_free(&c);
	return same;
}

static bool
silence(const struct step_cases *p, uint64_t begins_us)
{
	struct step_case c = {
		.started_us = begins_us, .server = p->server, .deed = { .drop = 1 }
	};
	char text[STEP_CASE_TEXT];
	bool same = true;

	if (!is_case(p->silence))
		return true;
	same = comes_to(p, &c, "given silence", p->silence);
	same = sends(&c, p->happy, 0, p->first) && same;
	for (size_t n = 1; *step_case_story(&c, n, p->happy, text) != '\0' && n < 4; n++)
		same = sends(&c, p->happy, n, p->again) && same;
	step_case_free(&c);
	return same;
}

/* One fault, one outcome. */
static bool
given(const struct step_cases *p, uint64_t begins_us, const struct fault_deed *deed,
    const char *what, const char *expected)
{
	struct step_case c = { .started_us = begins_us, .server = p->server, .deed = *deed };
	bool same;

	if (!is_case(expected))
		return true;
	same = comes_to(p, &c, what, expected);
	step_case_free(&c);
	return same;
}

static bool
malformed(const struct step_cases *p, uint64_t begins_us)
{
	const struct fault_deed cut = { .truncate_after = 7 }, garble = { .corrupt = 1 };

	return given(p, begins_us, p->under_tls ? &garble : &cut, "given a malformed answer",
	    p->malformed);
}

static bool
closed(const struct step_cases *p, uint64_t begins_us)
{
	const struct fault_deed deed = { .refuse = true };

	return given(p, begins_us, &deed, "given a closed port", p->closed);
}

static bool
lost(const struct step_cases *p, uint64_t begins_us)
{
	const struct fault_deed deed = { .reset = true };

	return given(p, begins_us, &deed, "given a reset", p->lost);
}

static bool
refused(const struct step_cases *p, uint64_t begins_us)
{
	struct fault_deed deed = { .answer = p->no };

	(void)snprintf(deed.answer_word, sizeof deed.answer_word, "%s", p->word);
	return given(p, begins_us, &deed, "given a refusal", p->refused);
}

static bool
late(const struct step_cases *p, uint64_t begins_us)
{
	struct step_case c = { .started_us = begins_us,
		.server = p->server,
		.deed = { .delay = { .a_us = p->late_ms * 1000 } },
		.for_us = 1 * S };
	bool same;

	if (!is_case(p->late))
		return true;
	same = comes_to(p, &c, "given a late answer", p->late);
	same = sends(&c, p->happy, 0, p->late_first) && same;
	step_case_free(&c);
	return same;
}

static bool
stranger(const struct step_cases *p, uint64_t begins_us)
{
	struct step_case c = {
		.started_us = begins_us, .server = SERVERS_COUNT, .stranger = true
	};
	bool same;

	if (!is_case(p->stranger))
		return true;
	same = comes_to(p, &c, "given a stranger", p->stranger);
	same = sends(&c, p->happy, 0, p->happy) && same;
	step_case_free(&c);
	return same;
}

/* Bytes that are changed may come to anything but a phone that hangs. */
static bool
garbled(const struct step_cases *p, uint64_t begins_us)
{
	struct step_case c = {
		.started_us = begins_us, .server = p->server, .deed = { .corrupt = 1 }
	};
	bool ends;

	if (p->server == SERVERS_COUNT)
		return true;
	c.step = p->step;
	step_case_play(&c);
	ends = c.r->phone[0].state != JOURNEY_WALKING;
	if (!ends)
		print_error("%s, given garbled answers: it walks for ever\n", p->step);
	step_case_free(&c);
	return ends;
}

static bool
cut(const struct step_cases *p, uint64_t begins_us)
{
	size_t events = 0;

	while (step_case_cut(p->step, begins_us, events))
		events++;
	return true;
}

/* ---- as tests
 * ---------------------------------------------------------------------------------------------
 */

static void
every_step_is_done_when_nothing_is_wrong(void **state)
{
	(void)state;
	every_step(happy);
}

static void
given_silence_every_step_says_it_again_at_its_times_and_gives_up(void **state)
{
	(void)state;
	every_step(silence);
}

static void
given_a_malformed_answer_every_step_says_so_or_waits_for_a_better_one(void **state)
{
	(void)state;
	every_step(malformed);
}

static void
given_garbled_answers_no_step_hangs(void **state)
{
	(void)state;
	every_step(garbled);
}

static void
given_a_closed_port_every_step_is_refused(void **state)
{
	(void)state;
	every_step(closed);
}

static void
given_a_reset_every_step_is_lost(void **state)
{
	(void)state;
	every_step(lost);
}

static void
given_a_refusal_every_step_knows_whether_another_try_may_help(void **state)
{
	(void)state;
	every_step(refused);
}

static void
given_an_answer_after_the_next_try_every_step_goes_on_all_the_same(void **state)
{
	(void)state;
	every_step(late);
}

static void
given_a_strangers_answer_every_step_waits_for_its_own(void **state)
{
	(void)state;
	every_step(stranger);
}

static void
cut_off_at_any_event_every_step_leaves_nothing(void **state)
{
	(void)state;
	every_step(cut);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_step_that_a_phone_walks_has_all_its_cases),
		cmocka_unit_test(every_step_is_done_when_nothing_is_wrong),
		cmocka_unit_test(
		    given_silence_every_step_says_it_again_at_its_times_and_gives_up),
		cmocka_unit_test(
		    given_a_malformed_answer_every_step_says_so_or_waits_for_a_better_one),
		cmocka_unit_test(given_garbled_answers_no_step_hangs),
		cmocka_unit_test(given_a_closed_port_every_step_is_refused),
		cmocka_unit_test(given_a_reset_every_step_is_lost),
		cmocka_unit_test(given_a_refusal_every_step_knows_whether_another_try_may_help),
		cmocka_unit_test(
		    given_an_answer_after_the_next_try_every_step_goes_on_all_the_same),
		cmocka_unit_test(given_a_strangers_answer_every_step_waits_for_its_own),
		cmocka_unit_test(cut_off_at_any_event_every_step_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
