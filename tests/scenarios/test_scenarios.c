/*
 * test_scenarios.c - every situation of this folder, rehearsed: what it expects holds, and does
 * not hold any more when what makes the situation is taken away.
 *
 * What is taken away are the blocks servers, faults and events, one after the other; each must
 * be missed.  A situation that would hold without one (it is what holds by default, or nothing
 * but a limit) says in a line "# otherwise: BLOCK" what is to stand there instead.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"
#include "situation.h"
#include "temp_file.h"
#include "text.h"

/* Each situation that issue 3 names has a file, some have two. */
enum { WANTED = 30 };

static const char folder[] = "tests/scenarios";

/* ---- what each must have ----------------------------------------------------------- */

/* The first line says why there is such a file. */
static void
it_says_why_it_exists_and_what_it_expects(void **state)
{
	const struct situation *one = *state;
	struct span text = buf_bytes(&one->text), line = span_cut(&text, '\n');
	struct buf without = { 0 };

	if (line.n < 40 || memcmp(line.p, "# ", 2) != 0)
		fail_msg("%s: the first line does not say why it exists", one->path);
	if (!situation_without(text, span_of("expect"), &without))
		fail_msg("%s: nothing is expected", one->path);
	if (!situation_without(text, span_of("seed"), &without))
		fail_msg("%s: a situation has its seed", one->path);
	buf_done(&without);
}

static void
it_is_a_sound_file(void **state)
{
	const struct situation *one = *state;
	struct buf out = { 0 }, err = { 0 };

	if (program_run(
		"cx700farm", (const char *[]){ "validate", one->path, NULL }, &out, &err) != 0)
		fail_msg("%s", buf_cstr(&err));
	buf_done(&out);
	buf_done(&err);
}

/* ---- what it expects holds --------------------------------------------------------- */

static void
must_hold(const struct situation *one, const char *const *more)
{
	struct situation_end end;
	struct buf broken = { 0 };

	situation_run(one->path, more, &end);
	(void)situation_broken(end.summary, &broken);
	if (end.status != 0)
		fail_msg("%s: exit %d\n%s%s", one->path, end.status, buf_cstr(&broken),
		    buf_cstr(&end.err));
	buf_done(&broken);
	situation_end_done(&end);
}

static void
what_it_expects_holds(void **state)
{
	must_hold(*state, NULL);
}

/* What is expected is of the situation, not of a lucky draw. */
static void
it_holds_by_another_seed(void **state)
{
	must_hold(*state, (const char *[]){ "-s", "2", NULL });
}

/* ---- and would not hold otherwise ----------------------------------------------------- */

/* A world without the situation, in which all that is expected must not hold. */
static void
must_break(const struct situation *one, const struct buf *text, const char *how)
{
	const char *path = temp_file("other.yaml", text->p, text->n);
	struct situation_end end;
	struct buf broken = { 0 };

	situation_run(path, NULL, &end);
	if (end.status != 1 || situation_broken(end.summary, &broken) == 0)
		fail_msg("%s, %s: exit %d, although nothing is as it was\n%s", one->path, how,
		    end.status, buf_cstr(&end.err));
	buf_done(&broken);
	situation_end_done(&end);
}

/* "servers" of "servers: {...}". */
static struct span
key_of(struct span block)
{
	return span_cut(&block, ':');
}

/* Does the file say itself what is to stand in the place of this block? */
static bool
says_otherwise(struct span text, struct span key)
{
	struct span block;

	for (size_t n = 0; (block = situation_otherwise(text, n)).n > 0; n++)
		if (span_eq(key_of(block), key))
			return true;
	return false;
}

static size_t
without_each_block(const struct situation *one)
{
	static const char *const blocks[] = { "servers", "faults", "events" };
	struct span text = buf_bytes(&one->text);
	struct buf other = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
		struct span key = span_of(blocks[i]);
		char how[40];

		buf_clear(&other);
		if (says_otherwise(text, key) || !situation_without(text, key, &other))
			continue;
		(void)snprintf(how, sizeof how, "without %s", blocks[i]);
		must_break(one, &other, how);
		n++;
	}
	buf_done(&other);
	return n;
}

static size_t
with_each_other_block(const struct situation *one)
{
	struct span text = buf_bytes(&one->text), block;
	struct buf other = { 0 };
	size_t n = 0;

	for (; (block = situation_otherwise(text, n)).n > 0; n++) {
		char how[200];

		buf_clear(&other);
		(void)situation_without(text, key_of(block), &other);
		buf_span(&other, block);
		buf_put(&other, "\n", 1);
		(void)snprintf(
		    how, sizeof how, "with %.*s", (int)block.n, (const char *)block.p);
		must_break(one, &other, how);
	}
	buf_done(&other);
	return n;
}

static void
in_another_world_it_does_not_hold(void **state)
{
	const struct situation *one = *state;

	if (without_each_block(one) + with_each_other_block(one) == 0)
		fail_msg("%s: what makes it a situation?  (# otherwise: ...)", one->path);
}

/* ---- all of them ---------------------------------------------------------------------- */

static void
every_situation_that_was_wanted_is_there(void **state)
{
	const struct situations *all = *state;

	assert_true(all->n >= WANTED);
}

static struct CMUnitTest
test_of(struct situation *one, const char *what, CMUnitTestFunction fn)
{
	char name[2 * SITUATION_PATH_MAX];
	const char *file = one->path + sizeof folder;

	(void)snprintf(name, sizeof name, "%.*s: %s", (int)strcspn(file, "."), file, what);
	/* cmocka keeps the pointer until the program's end. */
	return (
	    struct CMUnitTest){ .name = strdup(name), .test_func = fn, .initial_state = one };
}

int
main(void)
{
	enum { EACH = 5 };
	static struct situations all;
	static struct CMUnitTest tests[EACH * SITUATIONS_MAX + 1];
	size_t n = 0;
	int failed;

	situations_read(folder, &all);
	for (size_t i = 0; i < all.n; i++) {
		struct situation *one = &all.one[i];

		tests[n++] = test_of(
		    one, "says why and what", it_says_why_it_exists_and_what_it_expects);
		tests[n++] = test_of(one, "is sound", it_is_a_sound_file);
		tests[n++] = test_of(one, "holds", what_it_expects_holds);
		tests[n++] = test_of(one, "holds by another seed", it_holds_by_another_seed);
		tests[n++] =
		    test_of(one, "would not otherwise", in_another_world_it_does_not_hold);
	}
	tests[n++] = (struct CMUnitTest){ .name = "every situation that was wanted is there",
		.test_func = every_situation_that_was_wanted_is_there,
		.initial_state = &all };
	failed = _cmocka_run_group_tests("scenarios", tests, n, NULL, NULL);
	while (n-- > 1)
		free((char *)(uintptr_t)tests[n - 1].name);
	situations_done(&all);
	temp_clean();
	return failed;
}
