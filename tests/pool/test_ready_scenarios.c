/*
 * test_ready_scenarios.c - the ready scenarios, each with 300 phones against the embedded pool:
 * the verdict is the one that its file documents ("# verdict: fail"), and the reports are
 * there.
 *
 * They mostly wait, so a few run side by side; the longest starts first.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "program.h"
#include "situation.h"
#include "temp_file.h"

static const char phones[] = "300";

/* The longest first: its end is awaited last. */
static const char *const ready[] = { "stay_signed_in", "first_boot", "power_restored",
	"rolling_upgrade", "monday_morning", "blackout_and_recovery", "kdc_slow", "ca_missing",
	"sha2_root", "branch_over_wan", "update_day" };

enum { READY = sizeof ready / sizeof *ready, PATHS = 300 };

/* Besides the long one. */
enum { AT_ONCE = 3 };

struct ready_run {
	char file[PATHS], folder[PATHS];
	struct program program;
	bool started;
};

static struct ready_run *
ready_of(void **state, size_t i)
{
	return &((struct ready_run *)*state)[i];
}

static void
ready_start(struct ready_run *r, size_t i)
{
	if (r->started)
		return;
	(void)snprintf(r->file, sizeof r->file, "scenarios/%s.yaml", ready[i]);
	(void)snprintf(r->folder, sizeof r->folder, "%s/%s", temp_folder(), ready[i]);
	program_start(&r->program, "cx700farm",
	    (const char *[]){ "run", r->file, "-n", phones, "-q", "-o", r->folder, NULL });
	r->started = true;
}

/* "pass" or "fail", as the file's head says. */
static const char *
ready_documented(const char *file)
{
	static const char mark[] = "# verdict: ";
	FILE *f = fopen(file, "re");
	char line[400];
	const char *verdict = NULL;

	assert_non_null(f);
	while (verdict == NULL && fgets(line, sizeof line, f) != NULL)
		if (strncmp(line, mark, sizeof mark - 1) == 0)
			verdict =
			    strncmp(line + sizeof mark - 1, "fail", 4) == 0 ? "fail" : "pass";
	(void)fclose(f);
	return verdict;
}

static json_t *
ready_summary(const struct ready_run *r)
{
	char path[2 * PATHS];

	(void)snprintf(path, sizeof path, "%s/summary.json", r->folder);
	return json_load_file(path, 0, NULL);
}

static void
ready_left(const struct ready_run *r, const char *name)
{
	char path[2 * PATHS];

	(void)snprintf(path, sizeof path, "%s/%s", r->folder, name);
	if (access(path, R_OK) != 0)
		fail_msg("%s left no %s", r->file, name);
}

/* One for which the machine was too busy has shown nothing and is made again, alone. */
static int
ready_end(struct ready_run *r, size_t i, struct buf *err)
{
	int status = program_end(&r->program, NULL, err);

	if (status != 5)
		return status;
	print_message("%s was invalid, and is run again\n", ready[i]);
	buf_clear(err);
	return program_run_farm(
	    (const char *[]){ "run", r->file, "-n", phones, "-q", "-o", r->folder, NULL }, NULL,
	    err);
}

static void
ready_holds(struct ready_run *r, size_t i)
{
	const char *documented = ready_documented(r->file);
	struct buf err = { 0 }, broken = { 0 };
	int status = ready_end(r, i, &err);
	json_t *summary = ready_summary(r);

	assert_non_null(documented);
	if (summary == NULL)
		fail_msg("%s: exit %d, no summary\n%s", r->file, status, buf_cstr(&err));
	(void)situation_broken(summary, &broken);
	if (status != (strcmp(documented, "fail") == 0))
		fail_msg("%s documents `%s', but: exit %d\n%s%s", r->file, documented, status,
		    buf_cstr(&broken), buf_cstr(&err));
	assert_string_equal(json_string_value(json_object_get(summary, "verdict")), documented);
	assert_int_equal(
	    json_integer_value(json_object_get(json_object_get(summary, "phones"), "started")),
	    atoi(phones));
	ready_left(r, "report.html");
	ready_left(r, "junit.xml");
	ready_left(r, "course.json");
	ready_left(r, "servers.json");
	ready_left(r, "trace.jsonl");
	json_decref(summary);
	buf_done(&broken);
	buf_done(&err);
}

/* ---- the tests ------------------------------------------------------------------------ */

static void
the_documented_verdict_comes_true(void **state)
{
	/* All but the first in their order, it at the end. */
	for (size_t i = 1; i <= READY; i++) {
		size_t at = i % READY;

		ready_start(ready_of(state, 0), 0);
		for (size_t next = i; next < i + AT_ONCE && next < READY; next++)
			ready_start(ready_of(state, next), next);
		ready_holds(ready_of(state, at), at);
	}
}

/* Why it exists, what a bad result means, which verdict is to come. */
static void
each_says_why_it_exists_and_what_a_bad_result_means(void **state)
{
	static const char *const heads[] = { "# yaml-language-server: $schema=schema.json",
		"# Why: ", "# A bad result", "# verdict: " };

	(void)state;
	for (size_t i = 0; i < READY; i++) {
		char path[PATHS], text[4096];
		FILE *f;
		size_t n;

		(void)snprintf(path, sizeof path, "scenarios/%s.yaml", ready[i]);
		f = fopen(path, "re");
		assert_non_null(f);
		n = fread(text, 1, sizeof text - 1, f);
		(void)fclose(f);
		text[n] = '\0';
		assert_memory_equal(text, heads[0], strlen(heads[0]));
		for (size_t k = 1; k < sizeof heads / sizeof *heads; k++)
			if (strstr(text, heads[k]) == NULL)
				fail_msg("%s does not say `%s'", path, heads[k]);
	}
}

static int
setup(void **state)
{
	/* A third of its day: that the other tests wait for it would show nothing more. */
	if (setenv("STAY", "100s", 0) != 0)
		return -1;
	*state = calloc(READY, sizeof(struct ready_run));
	return *state == NULL;
}

static int
teardown(void **state)
{
	free(*state);
	temp_clean();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_says_why_it_exists_and_what_a_bad_result_means),
		cmocka_unit_test(the_documented_verdict_comes_true),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
