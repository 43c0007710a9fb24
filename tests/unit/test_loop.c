/* test_loop.c - the loop with real descriptors, children and a second thread; nothing waits by
 * sleeping. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "loop.h"
#include "mem.h"

struct seen { /* what the callbacks noted */
	struct loop *loop;
	struct loop_timer *timer;
	struct loop_watch *watch;
	struct loop_child *child;
	struct loop_signal *sig;
	int n, status, fd;
	uint64_t at_us;
	bool running;
};

static int
seen_begin(void **state)
{
	static struct seen seen;

	memset(&seen, 0, sizeof(seen));
	assert_int_equal(loop_new(&seen.loop), 0);
	*state = &seen;
	return 0;
}

static int
seen_end(void **state)
{
	struct seen *seen = *state;

	loop_free(seen->loop);
	assert_int_equal(mem_out(), 0);
	return 0;
}

static void
seen_on_ring(void *arg)
{
	struct seen *seen = arg;

	seen->n++;
	seen->at_us = loop_now_us(seen->loop);
	if (seen->n == 3)
		loop_timer_stop(seen->timer);
}

static void
given_a_timer_it_rings_once_and_not_too_early(void **state)
{
	struct seen *seen = *state;
	uint64_t start_us;

	assert_int_equal(loop_timer_new(seen->loop, seen_on_ring, seen, &seen->timer), 0);
	start_us = loop_now_us(seen->loop);
	loop_timer_set(seen->timer, 2500, 0);
	loop_run(seen->loop);
	assert_int_equal(seen->n, 1);
	assert_true(seen->at_us >= start_us + 2000);
	loop_timer_close(seen->timer);
}

static void
given_a_period_it_rings_until_stopped(void **state)
{
	struct seen *seen = *state;

	assert_int_equal(loop_timer_new(seen->loop, seen_on_ring, seen, &seen->timer), 0);
	loop_timer_set(seen->timer, 0, 1000);
	loop_run(seen->loop);
	assert_int_equal(seen->n, 3);
	loop_timer_close(seen->timer);
}

/* Whatever part of a millisecond has passed when it is set. */
static void
a_timer_is_never_early(void **state)
{
	struct seen *seen = *state;

	assert_int_equal(loop_timer_new(seen->loop, seen_on_ring, seen, &seen->timer), 0);
	for (int i = 0; i < 100; i++) {
		uint64_t after_us = 500 + (uint64_t)i * 37, set_us = loop_now_us(seen->loop);

		seen->n = 3;
		loop_timer_set(seen->timer, after_us, 0);
		loop_run(seen->loop);
		assert_int_equal(seen->n, 4);
		assert_true(seen->at_us >= set_us + after_us);
	}
	loop_timer_close(seen->timer);
}

static void
seen_on_note(void *arg)
{
	struct seen *seen = arg;

	seen->n++;
}

static void
seen_on_last_note(void *arg)
{
	struct seen *seen = arg;

	seen->n++;
	loop_stop(seen->loop);
}

static void
given_a_note_before_the_run_it_is_read_though_nothing_else_is_open(void **state)
{
	struct seen *seen = *state;

	assert_int_equal(loop_post(seen->loop, seen_on_note, seen), 0);
	loop_run(seen->loop);
	assert_int_equal(seen->n, 1);
}

static void *
seen_thread(void *arg)
{
	struct seen *seen = arg;

	for (int i = 0; i < 999; i++)
		loop_post(seen->loop, seen_on_note, seen);
	/* Without it the test would not end. */
	while (loop_post(seen->loop, seen_on_last_note, seen) != 0)
		;
	return NULL;
}

static void
given_notes_from_another_thread_all_arrive(void **state)
{
	struct seen *seen = *state;
	pthread_t thread;

	assert_int_equal(loop_timer_new(seen->loop, seen_on_ring, seen, &seen->timer), 0);
	loop_timer_set(seen->timer, 3600000000u, 0); /* keeps the loop alive */
	assert_int_equal(pthread_create(&thread, NULL, seen_thread, seen), 0);
	loop_run(seen->loop);
	pthread_join(thread, NULL);
	assert_int_equal(seen->n, 1000);
	loop_timer_close(seen->timer);
}

static void
given_a_note_that_is_never_read_it_is_not_leaked(void **state)
{
	struct seen *seen = *state;

	assert_int_equal(loop_post(seen->loop, seen_on_note, seen), 0);
	assert_int_equal(seen->n, 0);
}

static void
given_no_memory_a_post_says_so(void **state)
{
	struct seen *seen = *state;

	mem_fail_at(1);
	assert_int_equal(loop_post(seen->loop, seen_on_note, seen), -ENOMEM);
	mem_fail_at(0);
}

static void
seen_on_readable(void *arg, int possible)
{
	struct seen *seen = arg;
	char byte;

	assert_int_equal(possible, LOOP_READ);
	assert_int_equal(read(seen->fd, &byte, 1), 1);
	seen->n++;
	loop_watch_close(seen->watch);
}

static void
given_a_watched_descriptor_fn_gets_what_is_possible(void **state)
{
	struct seen *seen = *state;
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	seen->fd = pair[0];
	assert_int_equal(
	    loop_watch_new(seen->loop, pair[0], seen_on_readable, seen, &seen->watch), 0);
	assert_int_equal(loop_watch_set(seen->watch, LOOP_READ), 0);
	assert_int_equal(write(pair[1], "x", 1), 1);
	loop_run(seen->loop);
	assert_int_equal(seen->n, 1);
	close(pair[0]);
	close(pair[1]);
}

static void
given_a_descriptor_that_cannot_be_watched_it_says_so(void **state)
{
	struct seen *seen = *state;

	assert_true(loop_watch_new(seen->loop, -1, seen_on_readable, seen, &seen->watch) < 0);
}

static void
seen_on_signal(void *arg)
{
	struct seen *seen = arg;

	seen->n++;
	loop_signal_close(seen->sig);
}

static void
given_a_signal_it_is_told_on_the_loop(void **state)
{
	struct seen *seen = *state;

	assert_int_equal(
	    loop_signal_new(seen->loop, SIGUSR1, seen_on_signal, seen, &seen->sig), 0);
	raise(SIGUSR1);
	loop_run(seen->loop);
	assert_int_equal(seen->n, 1);
}

static void
seen_on_exit(void *arg, int status)
{
	struct seen *seen = arg;

	seen->n++;
	seen->status = status;
	loop_child_close(seen->child);
}

static int
seen_child(struct seen *seen, const char *script, int out_fd)
{
	const char *argv[] = { "/bin/sh", "-c", script, NULL };
	const char *env[] = { "WORD=farm", NULL };

	return loop_child_new(seen->loop,
	    &(struct loop_child_cfg){ .argv = argv,
		.env = env,
		.out_fd = out_fd,
		.err_fd = -1,
		.on_exit = seen_on_exit,
		.arg = seen },
	    &seen->child);
}

static void
given_a_child_its_output_and_status_come_back(void **state)
{
	struct seen *seen = *state;
	char text[16] = "";
	int pipe_fd[2];

	assert_int_equal(pipe(pipe_fd), 0);
	assert_int_equal(seen_child(seen, "echo $WORD; exit 7", pipe_fd[1]), 0);
	assert_true(loop_child_pid(seen->child) > 0);
	loop_run(seen->loop);
	assert_int_equal(seen->n, 1);
	assert_int_equal(seen->status, 7);
	assert_int_equal(read(pipe_fd[0], text, sizeof(text) - 1), 5);
	assert_string_equal(text, "farm\n");
	close(pipe_fd[0]);
	close(pipe_fd[1]);
}

static void
given_a_killed_child_its_status_is_128_and_the_signal(void **state)
{
	struct seen *seen = *state;

	assert_int_equal(seen_child(seen, "exec cat /dev/zero", -1), 0);
	loop_child_kill(seen->child, SIGTERM);
	loop_run(seen->loop);
	assert_int_equal(seen->status, 128 + SIGTERM);
}

static void
given_a_closed_child_it_is_killed_and_nobody_hears_of_it(void **state)
{
	struct seen *seen = *state;
	int pid;

	assert_int_equal(seen_child(seen, "exec cat /dev/zero", -1), 0);
	pid = loop_child_pid(seen->child);
	loop_child_close(seen->child);
	loop_run(seen->loop);
	assert_int_equal(seen->n, 0);
	assert_int_equal(kill(pid, 0), -1);
}

static void
given_no_such_program_it_says_so(void **state)
{
	struct seen *seen = *state;
	const char *argv[] = { "/nonexistent/program", NULL };
	struct loop_child_cfg cfg = {
		.argv = argv, .out_fd = -1, .err_fd = -1, .on_exit = seen_on_exit
	};

	assert_int_equal(loop_child_new(seen->loop, &cfg, &seen->child), -ENOENT);
}

#define SEEN_TEST(f) cmocka_unit_test_setup_teardown(f, seen_begin, seen_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SEEN_TEST(given_a_timer_it_rings_once_and_not_too_early),
		SEEN_TEST(a_timer_is_never_early),
		SEEN_TEST(given_a_period_it_rings_until_stopped),
		SEEN_TEST(given_a_note_before_the_run_it_is_read_though_nothing_else_is_open),
		SEEN_TEST(given_notes_from_another_thread_all_arrive),
		SEEN_TEST(given_a_note_that_is_never_read_it_is_not_leaked),
		SEEN_TEST(given_no_memory_a_post_says_so),
		SEEN_TEST(given_a_watched_descriptor_fn_gets_what_is_possible),
		SEEN_TEST(given_a_descriptor_that_cannot_be_watched_it_says_so),
		SEEN_TEST(given_a_signal_it_is_told_on_the_loop),
		SEEN_TEST(given_a_child_its_output_and_status_come_back),
		SEEN_TEST(given_a_killed_child_its_status_is_128_and_the_signal),
		SEEN_TEST(given_a_closed_child_it_is_killed_and_nobody_hears_of_it),
		SEEN_TEST(given_no_such_program_it_says_so),
	};

	return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
