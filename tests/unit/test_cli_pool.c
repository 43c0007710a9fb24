/* test_cli_pool.c - cx700pool as a child, played by a shell script in a PATH of our own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "embedded.h"
#include "mem.h"

struct watch {
	struct loop *loop;
	struct embedded *pool;
	unsigned up, lost, stopped;
};

struct place {
	char dir[64], program[96], path[512];
};

static void
on_up(void *arg)
{
	struct watch *w = arg;

	w->up++;
	loop_stop(w->loop);
}

static void
on_lost(void *arg)
{
	struct watch *w = arg;

	w->lost++;
	loop_stop(w->loop);
}

static void
on_stopped(void *arg)
{
	struct watch *w = arg;

	w->stopped++;
	loop_stop(w->loop);
}

/* A folder with a cx700pool that does this, before everything else in PATH. */
static void
place_open(struct place *p, const char *script)
{
	FILE *f;

	strcpy(p->dir, "/tmp/cx700farm-test-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->program, sizeof p->program, "%s/cx700pool", p->dir);
	snprintf(p->path, sizeof p->path, "%s", getenv("PATH"));
	f = fopen(p->program, "w");
	assert_non_null(f);
	fprintf(f, "#!/bin/sh\nPATH=%s\n%s\n", p->path, script);
	fclose(f);
	assert_int_equal(chmod(p->program, 0755), 0);
	setenv("PATH", p->dir, 1);
}

static void
place_close(struct place *p)
{
	setenv("PATH", p->path, 1);
	unlink(p->program);
	rmdir(p->dir);
}

static int
begin(struct watch *w, const char *const *args, size_t n)
{
	const struct embedded_cfg cfg = { .loop = w->loop,
		.users = 7,
		.seed = 9,
		.args = args,
		.n_args = n,
		.on_up = on_up,
		.on_lost = on_lost,
		.on_stopped = on_stopped,
		.arg = w };

	return embedded_start(&cfg, &w->pool);
}

static void
end(struct watch *w, struct place *p)
{
	embedded_free(w->pool);
	loop_free(w->loop);
	place_close(p);
	assert_int_equal(mem_out(), 0);
}

static void
when_it_says_ready_its_pool_file_is_known_and_it_can_be_stopped(void **state)
{
	static const char *const args[] = { "--keep-alive", "20s" };
	struct watch w = { 0 };
	struct place p;

	(void)state;
	place_open(&p,
	    "[ \"$1 $2 $3 $5 $6 $7 $8\" = '--users 7 --ready-fd --seed 9 --keep-alive 20s' ] "
	    "|| exit 9\n"
	    "echo ready /some/where/pool.yaml >/proc/self/fd/$4\n"
	    "exec tail -f /dev/null");
	assert_int_equal(loop_new(&w.loop), 0);
	assert_int_equal(begin(&w, args, 2), 0);
	assert_string_equal(embedded_pool_file(w.pool), "");
	loop_run(w.loop);
	assert_int_equal(w.up, 1);
	assert_string_equal(embedded_pool_file(w.pool), "/some/where/pool.yaml");

	embedded_stop(w.pool);
	loop_run(w.loop);
	assert_int_equal(w.stopped, 1);
	assert_int_equal(w.lost, 0);
	end(&w, &p);
}

static void
when_it_ends_before_it_is_ready_it_is_lost(void **state)
{
	struct watch w = { 0 };
	struct place p;

	(void)state;
	place_open(&p, "exit 4");
	assert_int_equal(loop_new(&w.loop), 0);
	assert_int_equal(begin(&w, NULL, 0), 0);
	while (w.lost == 0)
		loop_run(w.loop);
	assert_int_equal(w.up, 0);
	assert_int_equal(embedded_status(w.pool), 4);
	end(&w, &p);
}

static void
another_word_than_ready_is_not_believed(void **state)
{
	struct watch w = { 0 };
	struct place p;

	(void)state;
	place_open(&p, "echo steady /x >/proc/self/fd/$4; exit 3");
	assert_int_equal(loop_new(&w.loop), 0);
	assert_int_equal(begin(&w, NULL, 0), 0);
	while (w.lost == 0)
		loop_run(w.loop);
	assert_int_equal(w.up, 0);
	end(&w, &p);
}

static void
given_no_program_it_says_so(void **state)
{
	struct watch w = { 0 };
	struct place p;

	(void)state;
	place_open(&p, "exit 0");
	unlink(p.program);
	assert_int_equal(loop_new(&w.loop), 0);
	assert_int_equal(begin(&w, NULL, 0), -ENOENT);
	end(&w, &p);
}

static void
freed_while_it_runs_it_is_killed(void **state)
{
	struct watch w = { 0 };
	struct place p;

	(void)state;
	place_open(&p, "echo ready /x >/proc/self/fd/$4; exec tail -f /dev/null");
	assert_int_equal(loop_new(&w.loop), 0);
	assert_int_equal(begin(&w, NULL, 0), 0);
	loop_run(w.loop);
	assert_int_equal(w.up, 1);
	end(&w, &p);
	assert_int_equal(w.lost + w.stopped, 0);
}

/* The last two arguments are --begin-fd N, whatever else there is. */
#define BEGIN_FD "for begin; do :; done; "

static void
when_the_run_begins_the_pool_hears_of_it_and_not_before(void **state)
{
	struct watch w = { 0 };
	struct place p;

	(void)state;
	/* It is ready before it waits; when it has heard, it ends by itself with 7. */
	place_open(
	    &p, BEGIN_FD "echo ready /x >/proc/self/fd/$4; cat /proc/self/fd/$begin; exit 7");
	assert_int_equal(loop_new(&w.loop), 0);
	assert_int_equal(begin(&w, NULL, 0), 0);
	loop_run(w.loop);
	assert_int_equal(w.up, 1);
	assert_int_equal(w.lost, 0);
	embedded_begin(w.pool);
	embedded_begin(w.pool);
	while (w.lost == 0)
		loop_run(w.loop);
	assert_int_equal(embedded_status(w.pool), 7);
	end(&w, &p);
}

static void
what_it_counted_is_known_when_it_has_ended(void **state)
{
	struct watch w = { 0 };
	struct place p;

	(void)state;
	place_open(&p,
	    BEGIN_FD "trap 'echo \"{counts}\" >/proc/self/fd/$4; exit 0' TERM\n"
		     "echo ready /x >/proc/self/fd/$4\n"
		     "read x </proc/self/fd/$begin");
	assert_int_equal(loop_new(&w.loop), 0);
	assert_int_equal(begin(&w, NULL, 0), 0);
	loop_run(w.loop);
	assert_string_equal(embedded_pool_file(w.pool), "/x");
	assert_string_equal(embedded_stats(w.pool), "");
	embedded_stop(w.pool);
	while (w.stopped == 0)
		loop_run(w.loop);
	assert_string_equal(embedded_stats(w.pool), "{counts}\n");
	end(&w, &p);
}

static void
a_pool_that_is_killed_has_counted_nothing(void **state)
{
	struct watch w = { 0 };
	struct place p;

	(void)state;
	place_open(&p, "echo ready /x >/proc/self/fd/$4; kill -KILL $$");
	assert_int_equal(loop_new(&w.loop), 0);
	assert_int_equal(begin(&w, NULL, 0), 0);
	while (w.lost == 0)
		loop_run(w.loop);
	assert_string_equal(embedded_stats(w.pool), "");
	end(&w, &p);
}

static void
given_a_scenario_with_faults_the_pool_is_told_its_file(void **state)
{
	struct watch w = { 0 };
	struct place p;
	const struct embedded_cfg cfg = { .users = 7,
		.seed = 9,
		.faults = "/a/b.yaml",
		.on_up = on_up,
		.on_lost = on_lost,
		.on_stopped = on_stopped,
		.arg = &w };
	struct embedded_cfg with = cfg;

	(void)state;
	place_open(&p, "[ \"$7 $8\" = '--faults /a/b.yaml' ] && exit 6\nexit 9");
	assert_int_equal(loop_new(&w.loop), 0);
	with.loop = w.loop;
	assert_int_equal(embedded_start(&with, &w.pool), 0);
	while (w.lost == 0)
		loop_run(w.loop);
	assert_int_equal(embedded_status(w.pool), 6);
	end(&w, &p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    when_it_says_ready_its_pool_file_is_known_and_it_can_be_stopped),
		cmocka_unit_test(when_it_ends_before_it_is_ready_it_is_lost),
		cmocka_unit_test(another_word_than_ready_is_not_believed),
		cmocka_unit_test(given_no_program_it_says_so),
		cmocka_unit_test(freed_while_it_runs_it_is_killed),
		cmocka_unit_test(when_the_run_begins_the_pool_hears_of_it_and_not_before),
		cmocka_unit_test(what_it_counted_is_known_when_it_has_ended),
		cmocka_unit_test(a_pool_that_is_killed_has_counted_nothing),
		cmocka_unit_test(given_a_scenario_with_faults_the_pool_is_told_its_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
