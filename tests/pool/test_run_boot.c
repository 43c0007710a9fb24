/*
 * test_run_boot.c - whole runs: 20 phones from power-on to updated firmware, against the
 * embedded pool and against one started by hand, and a run that is interrupted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "program.h"
#include "temp_file.h"

enum { PHONES = 20 };

#define SCENARIO "scenarios/first_boot.yaml"
/* An address of our own, so that another run on this machine does not matter. */
#define EMBEDDED "--pool-arg=--listen", "--pool-arg=127.0.7.1"

struct place {
	char out[96], again[96];
};

static int
setup(void **state)
{
	struct place *p = calloc(1, sizeof *p);

	assert_non_null(p);
	snprintf(p->out, sizeof p->out, "%s/one/out", temp_folder());
	snprintf(p->again, sizeof p->again, "%s/two", temp_folder());
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	temp_clean();
	free(*state);
	return 0;
}

/* Run it; what it complains of is shown when the exit status is another. */
static void
run_expecting(int expected, const char *const *args, struct buf *out)
{
	struct buf err = { 0 };
	int status = program_run_farm(args, out, &err);

	if (status != expected)
		fail_msg("exit %d: %s", status, buf_cstr(&err));
	buf_done(&err);
}

static json_t *
summary_of(const char *dir)
{
	char path[128];
	json_t *tree;

	snprintf(path, sizeof path, "%s/summary.json", dir);
	tree = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(tree);
	return tree;
}

static json_int_t
number(json_t *tree, const char *map, const char *key)
{
	return json_integer_value(json_object_get(json_object_get(tree, map), key));
}

static void
assert_all_booted(const char *dir)
{
	json_t *s = summary_of(dir);
	const char *key;
	json_t *n;

	assert_string_equal(json_string_value(json_object_get(s, "verdict")), "pass");
	assert_int_equal(number(s, "phones", "planned"), PHONES);
	assert_int_equal(number(s, "phones", "started"), PHONES);
	assert_int_equal(number(s, "phones", "finished"), PHONES);
	json_object_foreach(json_object_get(s, "guide"), key, n)
	    assert_int_equal(json_integer_value(n), PHONES);
	assert_true(number(s, "bytes", "firmware") >= (json_int_t)PHONES * 15000000);
	json_decref(s);
}

/* A phone's story: step, verdict, try and what was seen of each line, without its times. */
static void
stories(const char *dir, struct buf story[PHONES])
{
	char path[128], line[16384];
	FILE *f;

	snprintf(path, sizeof path, "%s/trace.jsonl", dir);
	f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof line, f) != NULL) {
		json_t *row = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
		json_int_t phone = json_integer_value(json_object_get(row, "phone"));
		char *text;

		assert_non_null(row);
		assert_in_range(phone, 0, PHONES - 1);
		json_object_del(row, "t_ms");
		json_object_del(row, "ms");
		text = json_dumps(row, JSON_SORT_KEYS);
		buf_text(&story[phone], text);
		buf_text(&story[phone], "\n");
		free(text);
		json_decref(row);
	}
	fclose(f);
}

static void
the_same_seed_gives_every_phone_the_same_story(void **state)
{
	struct place *p = *state;
	struct buf one[PHONES] = { 0 }, two[PHONES] = { 0 };

	run_expecting(0,
	    (const char *[]){ "run", SCENARIO, "-s", "5", "-q", "-o", p->out, EMBEDDED, NULL },
	    NULL);
	run_expecting(0,
	    (const char *[]){
		"run", SCENARIO, "-s", "5", "-q", "-t", "1", "-o", p->again, EMBEDDED, NULL },
	    NULL);
	assert_all_booted(p->out);
	assert_all_booted(p->again);
	stories(p->out, one);
	stories(p->again, two);
	for (int i = 0; i < PHONES; i++) {
		assert_true(one[i].n > 0);
		assert_string_equal(buf_cstr(&one[i]), buf_cstr(&two[i]));
		buf_done(&one[i]);
		buf_done(&two[i]);
	}
}

static void
given_a_pool_file_the_pool_started_by_hand_is_used(void **state)
{
	struct place *p = *state;
	const char *const pool_args[] = { "--listen", "127.0.8.1", "--port-base", "33000",
		"--dir", p->again, "--users", "20", NULL };
	struct buf said = { 0 }, out = { 0 };
	struct program pool;
	char file[128];
	json_t *s;

	snprintf(file, sizeof file, "%s/pool.yaml", p->again);
	program_start(&pool, "cx700pool", pool_args);
	program_await(&pool, "pool.yaml\n", &said);
	run_expecting(0,
	    (const char *[]){
		"run", SCENARIO, "--pool", file, "-o", p->out, "--json", "-q", NULL },
	    &out);
	assert_all_booted(p->out);

	/* Standard output is the summary and nothing else. */
	s = json_loadb((const char *)out.p, out.n, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(s);
	json_decref(s);
	kill(pool.pid, SIGTERM);
	assert_int_equal(program_end(&pool, NULL, NULL), 0);
	buf_done(&said);
	buf_done(&out);
}

static void
ctrl_c_drains_and_leaves_whole_files(void **state)
{
	struct place *p = *state;
	const char *const args[] = { "run", SCENARIO, "-n", "1000", "-o", p->out, EMBEDDED,
		NULL };
	struct buf said = { 0 };
	struct program farm;
	json_t *s;

	program_start(&farm, "cx700farm", args);
	program_await(&farm, "started ", &said);
	kill(farm.pid, SIGINT);
	assert_int_equal(program_end(&farm, NULL, NULL), 130);
	s = summary_of(p->out);
	assert_string_equal(json_string_value(json_object_get(s, "verdict")), "interrupted");
	assert_true(number(s, "phones", "started") < 1000);
	assert_int_equal(number(s, "phones", "started"),
	    number(s, "phones", "finished") + number(s, "phones", "failed") +
		number(s, "phones", "unfinished"));
	json_decref(s);
	buf_done(&said);
}

static void
a_second_signal_ends_at_once_and_leaves_whole_files(void **state)
{
	struct place *p = *state;
	const char *const args[] = { "run", SCENARIO, "-o", p->out, EMBEDDED, NULL };
	struct buf said = { 0 }, story[PHONES] = { 0 };
	struct program farm;
	json_t *s;

	program_start(&farm, "cx700farm", args);
	program_await(&farm, "started ", &said);
	kill(farm.pid, SIGTERM);
	program_await(&farm, "once more ends at once", &said);
	kill(farm.pid, SIGINT);
	assert_int_equal(program_end(&farm, NULL, NULL), 143);
	s = summary_of(p->out);
	assert_string_equal(json_string_value(json_object_get(s, "verdict")), "interrupted");
	json_decref(s);
	stories(p->out, story);
	assert_true(story[0].n > 0);
	for (int i = 0; i < PHONES; i++)
		buf_done(&story[i]);
	buf_done(&said);
}

static void
a_pool_that_cannot_start_is_the_environments_fault(void **state)
{
	struct buf err = { 0 };
	const char *const args[] = { "run", SCENARIO, "--pool-arg=--listen",
		"--pool-arg=192.0.2.1", NULL };

	(void)state;
	assert_int_equal(program_run_farm(args, NULL, &err), 4);
	assert_non_null(strstr(buf_cstr(&err), "did not start"));
	buf_done(&err);
}

/* Both take the first place; who comes second takes the next one. */
static void
runs_that_start_at_the_same_moment_find_places_of_their_own(void **state)
{
	const char *const args[] = { "run", SCENARIO, "-n", "2", "-q", "--until", "dhcp_lease",
		NULL };
	enum { RUNS = 3 };
	struct program run[RUNS];
	struct buf err = { 0 };

	(void)state;
	for (int i = 0; i < RUNS; i++)
		program_start(&run[i], "cx700farm", args);
	for (int i = 0; i < RUNS; i++) {
		int status = program_end(&run[i], NULL, &err);

		/* The scenario wants more than a lease: 1 is a run that was made. */
		if (status != 1 && status != 5)
			fail_msg("exit %d: %s", status, buf_cstr(&err));
		buf_clear(&err);
	}
	buf_done(&err);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    the_same_seed_gives_every_phone_the_same_story, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    given_a_pool_file_the_pool_started_by_hand_is_used, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    ctrl_c_drains_and_leaves_whole_files, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_second_signal_ends_at_once_and_leaves_whole_files, setup, teardown),
		cmocka_unit_test(a_pool_that_cannot_start_is_the_environments_fault),
		cmocka_unit_test(runs_that_start_at_the_same_moment_find_places_of_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
