/* oom_priv.h - what oom.c (one test) and oom_sweep.c (all of its allocations) share. */
#ifndef FAKE_OOM_PRIV_H
#define FAKE_OOM_PRIV_H
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "oom.h"

enum { OOM_SIGNALS = 6 };

struct oom_end {     /* how a test ended */
	bool whole;  /* it came to its end */
	bool passed; /* and no assertion failed */
	bool came;   /* the allocation that was to fail did */
	long out;    /* not freed */
};

struct oom {
	const char *name;
	const struct CMUnitTest *tests;
	size_t n_tests;
	void *state;                             /* of the group's fixture */
	struct sigaction on_signal[OOM_SIGNALS]; /* as they were before cmocka */
	bool aloud; /* here, for a debugger: a signal is left alone */
};

/* This test by cmocka's runner, with allocation nth failing (0: none). */
void oom_run(const struct oom *, const struct CMUnitTest *, long nth, struct oom_end *);

/* All tests, each with every allocation until it has cost so much CPU, then with ever fewer,
 * until it has cost as much again.  0: nothing was found. */
int oom_sweep(const struct oom *, long budget_ms);

#endif
