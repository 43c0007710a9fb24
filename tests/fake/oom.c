/*
 * oom.c - see oom.h: one test with one allocation failing.
 *
 * It runs by cmocka's own runner, so that fixtures, skip() and the jump out of a failed
 * assertion are as ever.  Only the signals are not: cmocka takes a crash for a failed test, and
 * here that is the difference.
 */
#include "oom.h"

#include <execinfo.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mem.h"
#include "oom_hooks.h"
#include "oom_priv.h"
#include "temp_file.h"

enum { OOM_FRAMES = 32, OOM_BUDGET_MS = 1000 };

static const int SIGNALS[OOM_SIGNALS] = { SIGFPE, SIGILL, SIGSEGV, SIGBUS, SIGSYS, SIGABRT };

struct oom_run {
	const struct CMUnitTest *test;
	const struct oom *oom;
	void *state; /* the test's own */
	long nth;
	bool through; /* no assertion of the test has failed */
};

/* Says where it was, for tests/oom.sh to look up, and dies of it after all. */
static void
oom_on_signal(int number)
{
	void *frames[OOM_FRAMES];

	backtrace_symbols_fd(frames, backtrace(frames, OOM_FRAMES), STDERR_FILENO);
	(void)raise(number);
}

/* cmocka's own handlers take a crash for a failed test; a sanitizer's stay. */
static void
oom_signals(const struct oom *oom)
{
	struct sigaction ours = { .sa_handler = oom_on_signal,
		.sa_flags = (int)(SA_RESETHAND | SA_NODEFER) };

	for (size_t i = 0; i < OOM_SIGNALS; i++) {
		const struct sigaction *was = &oom->on_signal[i];
		bool free = was->sa_handler == SIG_DFL && !oom->aloud;

		(void)sigaction(SIGNALS[i], free ? &ours : was, NULL);
	}
}

/* The first that cmocka calls of a test. */
static int
oom_on_setup(void **state)
{
	struct oom_run *run = *state;

	oom_signals(run->oom);
	(void)mem_fail_at(run->nth);
	return run->test->setup_func != NULL ? run->test->setup_func(&run->state) : 0;
}

static void
oom_on_test(void **state)
{
	struct oom_run *run = *state;

	oom_signals(run->oom);
	run->test->test_func(&run->state);
	run->through = true;
}

/* A jump out of a failed assertion leaves open what was open: a fixture, which insists that it
 * is not, could but complain. */
static int
oom_on_teardown(void **state)
{
	struct oom_run *run = *state;

	if (!run->through) {
		temp_clean();
		return 0;
	}
	return run->test->teardown_func != NULL ? run->test->teardown_func(&run->state) : 0;
}

void
oom_run(const struct oom *oom, const struct CMUnitTest *test, long nth, struct oom_end *end)
{
	struct oom_run run = { .test = test, .oom = oom, .nth = nth };
	const struct CMUnitTest one = { .name = test->name,
		.test_func = oom_on_test,
		.setup_func = oom_on_setup,
		.teardown_func = oom_on_teardown,
		.initial_state = &run };
	long out = mem_out() + oom_hooks_out();

	run.state = test->initial_state != NULL ? test->initial_state : oom->state;
	end->passed = _cmocka_run_group_tests(oom->name, &one, 1, NULL, NULL) == 0;
	end->came = mem_fail_at(0) < 0;
	end->out = mem_out() + oom_hooks_out() - out;
	end->whole = true;
}

/* OOM=TEST:N */
static int
oom_aloud(struct oom *oom, const char *which)
{
	size_t n = strcspn(which, ":");
	long nth = which[n] == ':' ? strtol(which + n + 1, NULL, 10) : 0;
	struct oom_end end = { .whole = false };

	oom->aloud = true;
	for (size_t i = 0; i < oom->n_tests; i++) {
		const char *name = oom->tests[i].name;

		if (strlen(name) != n || memcmp(name, which, n) != 0)
			continue;
		oom_run(oom, &oom->tests[i], nth, &end);
		printf("%s, %s, %ld not freed\n", end.passed ? "passed" : "failed",
		    end.came ? "the allocation failed" : "no allocation failed", end.out);
		return end.passed ? 0 : 1;
	}
	printf("no test %s\n", which);
	return 1;
}

bool
oom_wanted(void)
{
	return getenv("OOM") != NULL;
}

int
oom_run_group(const char *name, const struct CMUnitTest *tests, size_t n,
    CMFixtureFunction setup, CMFixtureFunction teardown)
{
	struct oom oom = { .name = name, .tests = tests, .n_tests = n };
	const char *which = getenv("OOM");
	int rc;

	if (which == NULL)
		return _cmocka_run_group_tests(name, tests, n, setup, teardown);
	oom_hooks();
	for (size_t i = 0; i < OOM_SIGNALS; i++)
		(void)sigaction(SIGNALS[i], NULL, &oom.on_signal[i]);
	/* The children share what the group's fixture makes: nothing of that is let fail. */
	if (setup != NULL && setup(&oom.state) != 0)
		return 1;
	if (strcmp(which, "all") == 0)
		rc = oom_sweep(&oom, LONG_MAX);
	else if (strcmp(which, "most") == 0)
		rc = oom_sweep(&oom, OOM_BUDGET_MS);
	else
		rc = oom_aloud(&oom, which);
	if (teardown != NULL && teardown(&oom.state) != 0)
		return 1;
	return rc;
}

/*
 * glibc's, for assert() in our tests and in their helpers: the test fails, and not the whole
 * program.  Anywhere else it is what it always is.
 */
void
__assert_fail(const char *what, const char *file, unsigned line, const char *function)
{
	(void)fprintf(
	    stderr, "%s:%u: %s: Assertion `%s' failed.\n", file, line, function, what);
	if (strncmp(file, "tests/", 6) == 0)
		_fail(file, (int)line);
	abort();
}
