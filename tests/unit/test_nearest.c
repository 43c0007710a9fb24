/* test_nearest.c - what an unknown word may have meant, and when nothing should be proposed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "nearest.h"

static const char *const keys[] = { "title", "phones", "profile", "arrival", "user", "journey",
	"events", "faults", "servers", "expect", "seed", NULL };

static void
assert_near(const char *word, const char *const *names, const char *wanted)
{
	const char *got = nearest_name(span_of(word), names);

	if (wanted == NULL && got != NULL)
		fail_msg("`%s' is like `%s'", word, got);
	if (wanted != NULL && (got == NULL || strcmp(got, wanted) != 0))
		fail_msg("`%s' is like `%s'", word, got ? got : "nothing");
}

static void
a_letter_too_few_too_many_or_another_is_found(void **state)
{
	(void)state;
	assert_near("phnes", keys, "phones");
	assert_near("phoness", keys, "phones");
	assert_near("pjones", keys, "phones");
	assert_near("phone", keys, "phones");
	assert_near("Phones", keys, "phones");
	assert_near("profle", keys, "profile");
	assert_near("expects", keys, "expect");
	assert_near("fault", keys, "faults");
	/* Itself, too. */
	assert_near("seed", keys, "seed");
}

static void
two_letters_that_are_swapped_are_one_mistake(void **state)
{
	static const char *const names[] = { "form", "fxxrom", NULL };

	(void)state;
	assert_near("phoens", keys, "phones");
	assert_near("tilte", keys, "title");
	assert_near("from", names, "form");
}

static void
the_nearest_wins_and_of_equals_the_first(void **state)
{
	static const char *const names[] = { "reset_after", "retry_after", "after", NULL };
	static const char *const twins[] = { "step_a", "step_b", NULL };

	(void)state;
	assert_near("rety_after", names, "retry_after");
	assert_near("rset_after", names, "reset_after");
	assert_near("step_c", twins, "step_a");
}

static void
what_is_like_none_of_them_is_not_guessed(void **state)
{
	static const char *const short_ones[] = { "p50", "p99", "dns", "at", NULL };
	static const char *const none[] = { NULL };

	(void)state;
	assert_near("colour", keys, NULL);
	assert_near("x", keys, NULL);
	assert_near("", keys, NULL);
	assert_near("planned", keys, NULL);
	/* Two letters right are chance. */
	assert_near("p98", short_ones, NULL);
	assert_near("dc", short_ones, NULL);
	assert_near("it", short_ones, NULL);
	assert_near("phones", none, NULL);
}

static void
a_word_that_is_longer_than_any_is_not_looked_at(void **state)
{
	char word[200];
	char name[100];
	const char *const names[] = { name, "phones", NULL };

	(void)state;
	memset(word, 'a', sizeof word - 1);
	word[sizeof word - 1] = '\0';
	memset(name, 'a', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	assert_near(word, names, NULL);
	/* Nor is such a name; the others are. */
	assert_near("phone", names, "phones");
	word[63] = '\0';
	name[62] = '\0';
	assert_near(word, names, name);
	word[63] = 'a';
	word[64] = '\0';
	assert_near(word, names, NULL);
}

static void
the_hint_is_a_question_or_nothing(void **state)
{
	char hint[NEAREST_HINT_MAX];

	(void)state;
	assert_string_equal(nearest_hint(span_of("phnes"), keys, hint, sizeof hint),
	    "; did you mean `phones'?");
	assert_string_equal(nearest_hint(span_of("colour"), keys, hint, sizeof hint), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_letter_too_few_too_many_or_another_is_found),
		cmocka_unit_test(two_letters_that_are_swapped_are_one_mistake),
		cmocka_unit_test(the_nearest_wins_and_of_equals_the_first),
		cmocka_unit_test(what_is_like_none_of_them_is_not_guessed),
		cmocka_unit_test(a_word_that_is_longer_than_any_is_not_looked_at),
		cmocka_unit_test(the_hint_is_a_question_or_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
