/*
 * oom.h - every test once more for each of its allocations, with that one failing.
 *
 * The Makefile includes this in every test program, whose cmocka_run_group_tests() it takes
 * over.  Without OOM in the environment that is plain cmocka.  OOM=all runs each test in a
 * child process with allocation 1, 2, 3 ... failing until the test passes without having come
 * so far; OOM=TEST:N runs one test with allocation N failing, here and aloud, for a debugger.
 *
 * A failed assertion of cmocka's is well: the test has seen the error.  A signal, a report of a
 * sanitizer, a hang and memory lost by a test that passes are findings.
 */
#ifndef FAKE_OOM_H
#define FAKE_OOM_H
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* As cmocka's; with OOM 0 if nothing was found. */
int oom_run_group(const char *name, const struct CMUnitTest *, size_t n_tests,
    CMFixtureFunction group_setup, CMFixtureFunction group_teardown);

/* Is OOM set?  Then whoever waits in vain, and would fail his test, aborts: it hangs. */
bool oom_wanted(void);

#undef cmocka_run_group_tests
#undef cmocka_run_group_tests_name
#define cmocka_run_group_tests_name(name, tests, setup, teardown) \
	oom_run_group(name, tests, sizeof(tests) / sizeof(tests)[0], setup, teardown)
#define cmocka_run_group_tests(tests, setup, teardown) \
	cmocka_run_group_tests_name(#tests, tests, setup, teardown)

#endif
