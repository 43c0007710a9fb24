/*
 * test_report_command.c - `cx700farm report RUNDIR` as its user calls it; and that a run leaves
 * the same page by itself, with the embedded pool's counters in it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mem.h"
#include "program.h"
#include "report_page.h"
#include "run_folder.h"
#include "temp_file.h"

static int
teardown(void **state)
{
	(void)report_page_teardown(state);
	temp_clean();
	return 0;
}

/* `report DIR` ends so, and says this. */
static void
report(const char *dir, int expected, const char *words)
{
	const char *const args[] = { "report", dir, NULL };
	struct buf said = { 0 };
	int status = program_run("cx700farm", args, &said, &said);

	if (status != expected || strstr(buf_cstr(&said), words) == NULL)
		fail_msg("exit %d: %s", status, buf_cstr(&said));
	buf_done(&said);
}

static void
all_reports_are_made_again_as_they_were(void **state)
{
	static const char *const names[] = { "report.html", "junit.xml" };
	struct run_folder f = { .trace = { 0 } };
	char words[160], *before[2];

	(void)state;
	report_page_rehearse("again", "tests/scenarios/lossy_network.yaml", 0);
	snprintf(f.path, sizeof f.path, "%s/again", temp_folder());
	for (int i = 0; i < 2; i++) {
		before[i] = run_folder_get(&f, names[i]);
		run_folder_drop(&f, names[i]);
	}
	snprintf(words, sizeof words, "%.100s/report.html\n", f.path);
	report(f.path, 0, words);
	for (int i = 0; i < 2; i++) {
		char *after = run_folder_get(&f, names[i]);

		assert_string_equal(before[i], after);
		mem_free(after);
		mem_free(before[i]);
	}
}

static void
a_folder_that_is_no_runs_is_the_users_mistake(void **state)
{
	struct run_folder *f = run_folder_new("half");

	(void)state;
	report(f->path, 2, "not a run's folder");
	report("/nowhere/at/all", 2, "/nowhere/at/all: ");
	run_folder_put(f, "trace.jsonl", "");
	report(f->path, 2, "did not get to its end");
	run_folder_write(f);
	run_folder_put(f, "summary.json", "{\"format\": \"cx700farm-summary/2\"}");
	report(f->path, 2, "its format is cx700farm-summary/2");
	run_folder_free(f);
}

static void
what_cannot_be_written_is_the_machines(void **state)
{
	struct run_folder *f = run_folder_new("full");
	char path[300];

	(void)state;
	run_folder_write(f);
	snprintf(path, sizeof path, "%s/report.html", f->path);
	assert_int_equal(0, mkdir(path, 0700));
	report(f->path, 4, "report.html: Is a directory");
	run_folder_free(f);
}

static void
without_a_folder_it_says_what_it_wants(void **state)
{
	const char *const none[] = { "report", NULL },
			  *const help[] = { "report", "--help", NULL };
	const char *const two[] = { "report", "a", "b", NULL },
			  *const odd[] = { "report", "-x", NULL };
	struct buf said = { 0 };

	(void)state;
	assert_int_equal(2, program_run("cx700farm", none, NULL, NULL));
	assert_int_equal(2, program_run("cx700farm", two, NULL, NULL));
	assert_int_equal(2, program_run("cx700farm", odd, NULL, NULL));
	assert_int_equal(0, program_run("cx700farm", help, &said, NULL));
	assert_non_null(strstr(buf_cstr(&said), "usage: cx700farm report RUNDIR"));
	buf_done(&said);
}

static void
of_a_run_against_the_embedded_pool_it_compares_both_sides(void **state)
{
	char dir[128];
	const char *const args[] = { "run", "scenarios/first_boot.yaml", "-n", "5", "-q", "-o",
		dir, "--pool-arg=--listen", "--pool-arg=127.0.7.9", NULL };
	struct report_page *p;
	struct buf err = { 0 };
	int status;

	snprintf(dir, sizeof dir, "%s/real", temp_folder());
	status = program_run_farm(args, NULL, &err);
	if (status != 0)
		fail_msg("exit %d: %s", status, buf_cstr(&err));
	buf_done(&err);
	p = report_page_open(state, "real");
	/* Nothing is lost on loopback: what was sent has arrived, what was answered too. */
	assert_true(browser_number(p->browser,
			"document.querySelectorAll('#servers table:first-of-type tbody tr')"
			".length") >= 7);
	assert_true(browser_number(p->browser,
			"document.querySelectorAll('#servers td.warn').length") == 0);
}

int
main(void)
{
#define CALLED(test) cmocka_unit_test_setup_teardown(test, report_page_setup, teardown)
	const struct CMUnitTest tests[] = {
		CALLED(all_reports_are_made_again_as_they_were),
		CALLED(a_folder_that_is_no_runs_is_the_users_mistake),
		CALLED(what_cannot_be_written_is_the_machines),
		CALLED(without_a_folder_it_says_what_it_wants),
		CALLED(of_a_run_against_the_embedded_pool_it_compares_both_sides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
