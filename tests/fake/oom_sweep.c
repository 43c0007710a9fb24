/*
 * oom_sweep.c - see oom.h: a test for each of its allocations, in child processes.
 *
 * A few of them run at once: tests of real sockets and timers mostly wait.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "oom_priv.h"

enum {
	OOM_AT_ONCE = 8,
	OOM_CPU_S = 20, /* a test that needs more than this hangs */
	OOM_WALL_S = 120,
	OOM_TOLD = 3, /* findings of one test that are told */
	OOM_TEXT = 65536
};

struct oom_child {
	pid_t pid; /* 0: none */
	long nth;
	int log;             /* what it prints */
	struct oom_end *end; /* shared with it */
};

struct oom_work {
	const struct oom *oom;
	const struct CMUnitTest *test;
	struct oom_child child[OOM_AT_ONCE];
	long running;
	long budget_ms; /* of CPU, for each test */
	double spent_ms;
	long out;              /* what the test leaves when all is well */
	long tried;            /* the last allocation that was let fail, or is */
	long tried_all;        /* up to here there was time for every one */
	long last;             /* that did fail */
	bool over;             /* the test has passed without having come so far */
	long failed, findings; /* of the test */
};

/* ---- a child ------------------------------------------------------------------ */

/* A jump out of a failed assertion leaves behind what it leaves: then no leak is looked for. */
_Noreturn static void
child_main(const struct oom_work *w, const struct oom_child *c)
{
	struct rlimit cpu = { OOM_CPU_S, OOM_CPU_S + 1 }, core = { 0, 0 };

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)setpgid(0, 0);
	(void)setrlimit(RLIMIT_CPU, &cpu);
	(void)setrlimit(RLIMIT_CORE, &core);
	(void)alarm(OOM_WALL_S);
	(void)dup2(c->log, STDOUT_FILENO);
	(void)dup2(c->log, STDERR_FILENO);
	oom_run(w->oom, w->test, c->nth, c->end);
	(void)fflush(stdout);
	if (!c->end->passed)
		_exit(0);
	exit(0);
}

static void
child_init(struct oom_child *c)
{
	c->log = memfd_create("oom", MFD_CLOEXEC);
	c->end = mmap(
	    NULL, sizeof *c->end, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (c->log < 0 || c->end == MAP_FAILED)
		abort();
}

static void
child_start(struct oom_work *w, struct oom_child *c, long nth)
{
	*c->end = (struct oom_end){ .out = 0 };
	c->nth = nth;
	(void)ftruncate(c->log, 0);
	(void)lseek(c->log, 0, SEEK_SET);
	(void)fflush(stdout);
	c->pid = fork();
	if (c->pid == 0)
		child_main(w, c);
	if (c->pid < 0)
		abort();
	w->running++;
}

static double
ms_of(struct timeval t)
{
	return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

/* The next one that ends; others may be what the group's fixture has started. */
static struct oom_child *
child_wait(struct oom_work *w, int *status)
{
	struct rusage used;

	for (;;) {
		pid_t pid = wait4(-1, status, 0, &used);

		if (pid < 0)
			abort();
		for (size_t i = 0; i < OOM_AT_ONCE; i++) {
			if (w->child[i].pid != pid)
				continue;
			/* What it has started ends with it. */
			(void)kill(-pid, SIGKILL);
			w->child[i].pid = 0;
			w->running--;
			w->spent_ms += ms_of(used.ru_utime) + ms_of(used.ru_stime);
			return &w->child[i];
		}
	}
}

/* ---- findings ------------------------------------------------------------------- */

/* The lines of a child's that say why it died. */
static void
tell_why(const struct oom_child *c)
{
	static const char *const signs[] = { "Assertion",
		"SUMMARY:", "runtime error:", "[  ERROR   ]", "[   LINE   ]",
		"error: ", "(+0x" };
	static char text[OOM_TEXT];
	ssize_t n = pread(c->log, text, sizeof text - 1, 0);
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
find(struct oom_work *w, const struct oom_child *c, const char *what, long n)
{
	if (++w->findings > OOM_TOLD)
		return;
	printf("oom: finding: %s:%ld: %s %ld\n", w->test->name, c->nth, what, n);
	tell_why(c);
}

/* Is its end a good one? */
static void
judge(struct oom_work *w, const struct oom_child *c, int status)
{
	if (WIFSIGNALED(status))
		find(w, c, "signal", WTERMSIG(status));
	else if (!c->end->whole || WEXITSTATUS(status) != 0)
		find(w, c, "exit", WEXITSTATUS(status));
	else if (c->end->passed && c->end->out > w->out)
		find(w, c, "passes, but not freed:", c->end->out - w->out);
}

/* ---- the sweep ------------------------------------------------------------------ */

/* Without a failure it must pass, and may leave what it leaves: libraries do. */
static bool
passes_by_itself(struct oom_work *w)
{
	struct oom_child *c = &w->child[0];
	int status;

	child_start(w, c, 0);
	(void)child_wait(w, &status);
	w->out = c->end->out;
	if (c->end->whole && c->end->passed && status == 0)
		return true;
	find(w, c, "it fails by itself:", status);
	return false;
}

static void
note_failed(struct oom_work *w, long nth)
{
	w->failed++;
	if (nth > w->last)
		w->last = nth;
}

static void
start_some(struct oom_work *w)
{
	/* Of a test that allocates little not many are started in vain. */
	for (size_t i = 0; i < OOM_AT_ONCE && !w->over; i++) {
		if (w->child[i].pid != 0 || w->running > w->failed)
			continue;
		if (w->spent_ms < (double)w->budget_ms)
			w->tried_all = w->tried;
		else if (w->spent_ms > 2 * (double)w->budget_ms)
			w->over = true;
		w->tried += 1 + (w->tried - w->tried_all) / 2;
		child_start(w, &w->child[i], w->tried);
	}
}

static void
sweep_test(struct oom_work *w)
{
	struct oom_child *c;
	int status;

	w->tried = w->tried_all = w->last = w->failed = w->findings = 0;
	w->spent_ms = 0;
	w->over = !passes_by_itself(w);
	start_some(w);
	while (w->running > 0) {
		c = child_wait(w, &status);
		judge(w, c, status);
		if (c->end->whole && c->end->passed && !c->end->came)
			w->over = true;
		else
			note_failed(w, c->nth);
		start_some(w);
	}
	printf(
	    "oom: %s: %ld of %ld, %.0f ms\n", w->test->name, w->failed, w->last, w->spent_ms);
}

int
oom_sweep(const struct oom *oom, long budget_ms)
{
	struct oom_work w = { .oom = oom, .budget_ms = budget_ms };
	long failed = 0, findings = 0;

	for (size_t i = 0; i < OOM_AT_ONCE; i++)
		child_init(&w.child[i]);
	for (size_t i = 0; i < oom->n_tests; i++) {
		w.test = &oom->tests[i];
		sweep_test(&w);
		failed += w.failed;
		findings += w.findings;
	}
	printf("oom: all: %ld failed allocations, %ld findings\n", failed, findings);
	return findings != 0;
}
