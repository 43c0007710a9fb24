/*
 * test_every_case.c - all steps against all cases: happy, silence, wrong sender, malformed,
 * refusal, late (step_cases.h); each is played, and how it ends and every moment at which the
 * phone says something must be as the tables have it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "case_world.h"
#include "mem.h"

static const char *const verdicts[] = { "STEP_WAIT", "STEP_DONE", "STEP_RETRY", "STEP_FAIL",
	"STEP_SKIP" };

/* As it would stand in the table. */
static void
told_as_case(const struct case_world *c, struct buf *out)
{
	const struct rehearsal_row *row = case_world_row(c);

	enum journey_state state = c->r->phone[0].state;

	/* The walk ended in another row, to which this one had gone back. */
	if (!row->final)
		buf_printf(out, "not final: ");
	/* What came late ended nothing once more, and began nothing. */
	if (c->tells != row->tries || (state != JOURNEY_ARRIVED && state != JOURNEY_FAILED))
		buf_printf(out, "told %u times, state %d: ", c->tells, (int)state);
	buf_printf(out, "%s %s \"%s\" tries %u sent \"", verdicts[row->verdict],
	    reason_name(row->why), row->detail, row->tries);
	case_world_sent(c, out);
	buf_printf(out, "\"");
}

static void
wanted_as_case(const struct step_case *w, struct buf *out)
{
	buf_printf(out, "%s %s \"%s\" tries %u sent \"%s\"", verdicts[w->verdict],
	    reason_name(w->why), w->detail != NULL ? w->detail : "", w->tries,
	    w->sent != NULL ? w->sent : "");
}

/* false: it was told otherwise than the table has it, and is printed. */
static bool
case_holds(const struct step_cases *of, size_t i)
{
	const struct step_case *w = step_case_at(of, i);
	struct buf told = { 0 }, wanted = { 0 };
	struct case_world *c = case_world_new(of, &w->mood);
	bool same;

	assert_non_null(w->sent);
	case_world_begin(c);
	case_world_end(c);
	assert_non_null(case_world_row(c));
	told_as_case(c, &told);
	wanted_as_case(w, &wanted);
	same = strcmp(buf_cstr(&told), buf_cstr(&wanted)) == 0;
	if (!same)
		print_error("%s, %s\n  wanted %s\n  told   %s\n", of->step->name,
		    step_case_name(i), buf_cstr(&wanted), buf_cstr(&told));
	buf_done(&told);
	buf_done(&wanted);
	case_world_free(c);
	assert_int_equal(mem_out(), 0);
	return same;
}

static void
family_holds(const struct step_cases *cases, size_t n)
{
	unsigned wrong = 0;

	for (size_t s = 0; s < n; s++)
		for (size_t i = 0; i < STEP_CASES; i++)
			if (step_case_at(&cases[s], i)->none == NULL)
				wrong += !case_holds(&cases[s], i);
	assert_int_equal(wrong, 0);
}

#define FAMILY_TEST(family)                                       \
	static void family##_steps_hold_all_cases(void **state)   \
	{                                                         \
		(void)state;                                      \
		family_holds(cases_##family, cases_##family##_n); \
	}

FAMILY_TEST(dhcp)
FAMILY_TEST(dns)
FAMILY_TEST(clock)
FAMILY_TEST(kerberos)
FAMILY_TEST(directory)
FAMILY_TEST(trust)
FAMILY_TEST(tls)
FAMILY_TEST(line)
FAMILY_TEST(mailbox)
FAMILY_TEST(update)

/* ---- the page ---------------------------------------------------------------- */

/* A case says what is to come out of it, or why there is none. */
static bool
case_is_there(const struct step_case *w)
{
	if (w->none != NULL)
		return strlen(w->none) > 10 && w->tries == 0 && w->sent == NULL;
	return w->tries > 0 && w->sent != NULL && w->verdict != STEP_WAIT;
}

static unsigned
step_lacks(const struct step_ops *step)
{
	const struct step_cases *cases = step_cases_of(step);
	unsigned lacks = 0;

	if (cases == NULL) {
		print_error("no cases for %s\n", step->name);
		return 1;
	}
	for (size_t i = 0; i < STEP_CASES; i++) {
		if (case_is_there(step_case_at(cases, i)))
			continue;
		print_error("%s lacks the case %s\n", step->name, step_case_name(i));
		lacks++;
	}
	return lacks;
}

static void
every_step_of_the_tables_has_every_case(void **state)
{
	unsigned lacks = 0;

	(void)state;
	for (size_t i = 0; i < journey_rows; i++)
		lacks += step_lacks(journey_table[i].step);
	for (size_t i = 0; i < chores_count; i++)
		for (size_t k = 0; k < chores_table[i].n_rows; k++)
			lacks += step_lacks(chores_table[i].rows[k].step);
	assert_int_equal(lacks, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_step_of_the_tables_has_every_case),
		cmocka_unit_test(dhcp_steps_hold_all_cases),
		cmocka_unit_test(dns_steps_hold_all_cases),
		cmocka_unit_test(clock_steps_hold_all_cases),
		cmocka_unit_test(kerberos_steps_hold_all_cases),
		cmocka_unit_test(directory_steps_hold_all_cases),
		cmocka_unit_test(trust_steps_hold_all_cases),
		cmocka_unit_test(tls_steps_hold_all_cases),
		cmocka_unit_test(line_steps_hold_all_cases),
		cmocka_unit_test(mailbox_steps_hold_all_cases),
		cmocka_unit_test(update_steps_hold_all_cases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
