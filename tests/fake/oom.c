/*
 * oom.c - see oom.h.
 *
 * A child runs one test by cmocka's own runner, so that fixtures, skip() and the jump out of a
 * failed assertion are as ever.  Only the signals are not: cmocka takes a crash for a failed
 * test, and here that is the difference.
 */
#include "oom.h"

#include <execinfo.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mem.h"
#include "oom_hooks.h"
#include "temp_file.h"

/* A test that needs more than this hangs. */
enum { OOM_CPU_S = 20, OOM_WALL_S = 30 };

enum {
	OOM_SIGNALS = 6,
	OOM_FRAMES = 32,
	OOM_TEXT = 65536,
	OOM_TOLD = 3,
	OOM_DENSE = 500,
	OOM_SPARSE = 8
};
static const int SIGNALS[OOM_SIGNALS] = { SIGFPE, SIGILL, SIGSEGV, SIGBUS, SIGSYS, SIGABRT };

struct oom_end {    /* how a child's test ended; in memory shared with it */
	bool whole; /* it came to its end */
	bool passed;
	bool came; /* the allocation that was to fail did */
	long out;  /* not freed */
};

struct oom {
	const char *name;
	void *state;                             /* of the group's fixture */
	struct sigaction on_signal[OOM_SIGNALS]; /* as they were before cmocka */
	struct oom_end *end;
	int log; /* what a child prints */
	long pairs, findings;
	long dense;   /* behind this allocation only ever fewer are made to fail */
	long of_test; /* findings of the test at hand */
};

struct oom_run {
	const struct CMUnitTest *test;
	const struct oom *oom;
	void *state; /* the test's own */
	long nth;
	bool through; /* no assertion of the test has failed */
};

/* ---- in the child ------------------------------------------------------------- */

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

		(void)sigaction(SIGNALS[i],
		    was->sa_handler == SIG_DFL && oom->log >= 0 ? &ours : was, NULL);
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

static void
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

/* A jump out of a failed assertion leaves behind what it leaves: then no leak is looked for. */
_Noreturn static void
oom_child(const struct oom *oom, const struct CMUnitTest *test, long nth)
{
	struct rlimit cpu = { OOM_CPU_S, OOM_CPU_S + 1 }, core = { 0, 0 };

	(void)setpgid(0, 0);
	(void)setrlimit(RLIMIT_CPU, &cpu);
	(void)setrlimit(RLIMIT_CORE, &core);
	(void)alarm(OOM_WALL_S);
	(void)dup2(oom->log, STDOUT_FILENO);
	(void)dup2(oom->log, STDERR_FILENO);
	oom_run(oom, test, nth, oom->end);
	(void)fflush(stdout);
	if (!oom->end->passed)
		_exit(0);
	exit(0);
}

/* ---- in the parent -------------------------------------------------------------- */

/* The lines of a child's that say why it died. */
static void
oom_tell_why(const struct oom *oom)
{
	static const char *const signs[] = { "Assertion",
		"SUMMARY:", "runtime error:", "[  ERROR   ]", "[   LINE   ]",
		"error: ", "(+0x" };
	static char text[OOM_TEXT];
	ssize_t n = pread(oom->log, text, sizeof text - 1, 0);
	char *rest = text;

	text[n > 0 ? n : 0] = '\0';
	for (char *line; (line = strsep(&rest, "\n")) != NULL;)
		for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
			if (strstr(line, signs[i]) != NULL) {
				printf("\t%s\n", line);
				break;
			}
}

static void
oom_find(struct oom *oom, const struct CMUnitTest *test, long nth, const char *what, long n)
{
	oom->findings++;
	if (++oom->of_test > OOM_TOLD)
		return;
	printf("oom: finding: %s:%ld: %s %ld\n", test->name, nth, what, n);
	oom_tell_why(oom);
}

/* One test in a child with allocation nth failing (0: none); what it did is in oom->end. */
static int
oom_fork(struct oom *oom, const struct CMUnitTest *test, long nth)
{
	int status;
	pid_t pid;

	*oom->end = (struct oom_end){ .out = 0 };
	(void)ftruncate(oom->log, 0);
	(void)lseek(oom->log, 0, SEEK_SET);
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0)
		oom_child(oom, test, nth);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		abort();
	/* What it has started ends with it. */
	(void)kill(-pid, SIGKILL);
	return status;
}

/* Is the end of a child's test a good one?  It may leave what it also leaves when all is well.
 */
static void
oom_judge(struct oom *oom, const struct CMUnitTest *test, long nth, int status, long out)
{
	if (WIFSIGNALED(status))
		oom_find(oom, test, nth, "signal", WTERMSIG(status));
	else if (!oom->end->whole || WEXITSTATUS(status) != 0)
		oom_find(oom, test, nth, "exit", WEXITSTATUS(status));
	else if (oom->end->passed && oom->end->out > out)
		oom_find(oom, test, nth, "passes, but not freed:", oom->end->out - out);
}

static void
oom_sweep(struct oom *oom, const struct CMUnitTest *test)
{
	int status = oom_fork(oom, test, 0);
	long out = oom->end->out, nth = 0, pairs = 0;

	oom->of_test = 0;
	if (!oom->end->whole || !oom->end->passed || status != 0) {
		oom_find(oom, test, 0, "it fails by itself:", status);
		return;
	}
	for (;;) {
		nth += nth < oom->dense ? 1 : 1 + (nth - oom->dense) / OOM_SPARSE;
		status = oom_fork(oom, test, nth);
		oom_judge(oom, test, nth, status, out);
		if (oom->end->whole && oom->end->passed && !oom->end->came)
			break;
		pairs++;
	}
	oom->pairs += pairs;
	printf("oom: %s: %ld\n", test->name, pairs);
}

/* OOM=TEST:N */
static int
oom_aloud(const struct oom *oom, const struct CMUnitTest *tests, size_t n, const char *which)
{
	size_t length = strcspn(which, ":");
	struct oom_end end = { .whole = false };

	for (size_t i = 0; i < n; i++)
		if (strncmp(tests[i].name, which, length) == 0 &&
		    tests[i].name[length] == '\0') {
			oom_run(oom, &tests[i],
			    which[length] == ':' ? atol(which + length + 1) : 0, &end);
			printf("%s, %s, %ld not freed\n", end.passed ? "passed" : "failed",
			    end.came ? "the allocation failed" : "no allocation failed",
			    end.out);
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

static int
oom_all(struct oom *oom, const struct CMUnitTest *tests, size_t n)
{
	oom->log = memfd_create("oom", MFD_CLOEXEC);
	oom->end = mmap(
	    NULL, sizeof *oom->end, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (oom->log < 0 || oom->end == MAP_FAILED)
		abort();
	for (size_t i = 0; i < n; i++)
		oom_sweep(oom, &tests[i]);
	printf("oom: all: %ld failed allocations, %ld findings\n", oom->pairs, oom->findings);
	return oom->findings != 0;
}

int
oom_run_group(const char *name, const struct CMUnitTest *tests, size_t n,
    CMFixtureFunction setup, CMFixtureFunction teardown)
{
	struct oom oom = { .name = name, .log = -1 };
	const char *which = getenv("OOM");
	int rc;

	if (which == NULL)
		return _cmocka_run_group_tests(name, tests, n, setup, teardown);
	oom_hooks();
	for (size_t i = 0; i < OOM_SIGNALS; i++)
		(void)sigaction(SIGNALS[i], NULL, &oom.on_signal[i]);
	oom.dense = strcmp(which, "all") == 0 ? LONG_MAX : OOM_DENSE;
	/* The children share what the group's fixture makes: nothing of that is let fail. */
	if (setup != NULL && setup(&oom.state) != 0)
		return 1;
	rc = strcmp(which, "all") == 0 || strcmp(which, "most") == 0
	    ? oom_all(&oom, tests, n)
	    : oom_aloud(&oom, tests, n, which);
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
