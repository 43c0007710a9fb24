/* test_run_outputs.c - the folder of a run: made, without an earlier run's files, or refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run_outputs.h"
#include "summary.h"

struct place {
	char top[64], above[80], dir[96];
};

static int
setup(void **state)
{
	struct place *p = calloc(1, sizeof *p);

	assert_non_null(p);
	strcpy(p->top, "/tmp/cx700farm-test-XXXXXX");
	assert_non_null(mkdtemp(p->top));
	snprintf(p->above, sizeof p->above, "%s/a", p->top);
	snprintf(p->dir, sizeof p->dir, "%s/b", p->above);
	*state = p;
	return 0;
}

static const char *
in(const struct place *p, const char *name)
{
	static char path[160];

	snprintf(path, sizeof path, "%s/%s", p->dir, name);
	return path;
}

static int
teardown(void **state)
{
	struct place *p = *state;

	unlink(in(p, "trace.jsonl"));
	unlink(in(p, "trace.jsonl.part"));
	unlink(in(p, "notes.txt"));
	unlink(in(p, "servers.json"));
	rmdir(p->dir);
	rmdir(p->above);
	unlink(p->above);
	rmdir(p->top);
	free(p);
	return 0;
}

static void
put(const char *path)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs("old\n", f);
	fclose(f);
}

static void
the_folders_above_are_made_too(void **state)
{
	struct place *p = *state;
	struct stat s;
	int fd = -1;

	assert_int_equal(run_outputs_open(p->dir, &fd), 0);
	assert_int_equal(write(fd, "{}\n", 3), 3);
	assert_int_equal(close(fd), 0);
	assert_int_equal(stat(in(p, "trace.jsonl.part"), &s), 0);
	assert_int_equal(s.st_size, 3);
}

static void
what_an_earlier_run_left_is_gone_and_nothing_else(void **state)
{
	static const char *const of_a_run[] = { "summary.json", "servers.json", "run.pcapng",
		"keys.log", "trace.jsonl" };
	struct place *p = *state;
	struct stat s;
	int fd = -1;

	assert_int_equal(mkdir(p->above, 0755), 0);
	assert_int_equal(mkdir(p->dir, 0755), 0);
	for (size_t i = 0; i < 5; i++)
		put(in(p, of_a_run[i]));
	put(in(p, "trace.jsonl.part"));
	put(in(p, "notes.txt"));
	assert_int_equal(run_outputs_open(p->dir, &fd), 0);
	assert_int_equal(close(fd), 0);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(access(in(p, of_a_run[i]), F_OK), -1);
	assert_int_equal(access(in(p, "notes.txt"), F_OK), 0);
	assert_int_equal(stat(in(p, "trace.jsonl.part"), &s), 0);
	assert_int_equal(s.st_size, 0);
}

static void
a_folder_that_cannot_be_is_refused(void **state)
{
	struct place *p = *state;
	char endless[PATH_MAX + 8];
	int fd = -1;

	put(p->above); /* a file where a folder should be */
	assert_int_equal(run_outputs_open(p->dir, &fd), -ENOTDIR);
	assert_int_equal(run_outputs_open(p->above, &fd), -ENOTDIR);
	assert_int_equal(run_outputs_open("", &fd), -ENOENT);
	memset(endless, 'a', sizeof endless - 1);
	endless[sizeof endless - 1] = '\0';
	assert_int_equal(run_outputs_open(endless, &fd), -ENAMETOOLONG);
	assert_int_equal(fd, -1);
}

static void
a_file_of_the_run_is_written_whole(void **state)
{
	struct place *p = *state;
	struct stat s;
	int fd = -1;

	assert_int_equal(run_outputs_open(p->dir, &fd), 0);
	assert_int_equal(close(fd), 0);
	assert_int_equal(summary_write(p->dir, "servers.json", span_of("{}\n{}\n")), 0);
	assert_int_equal(summary_write(p->dir, "servers.json", span_of("{}\n")), 0);
	assert_int_equal(stat(in(p, "servers.json"), &s), 0);
	assert_int_equal(s.st_size, 3);
	assert_int_equal(
	    summary_write(in(p, "nowhere"), "servers.json", span_of("{}\n")), -ENOENT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    the_folders_above_are_made_too, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    what_an_earlier_run_left_is_gone_and_nothing_else, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_folder_that_cannot_be_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_file_of_the_run_is_written_whole, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
