/* plan_names.c - see plan_names.h. */
#include "plan_names.h"

#include <errno.h>
#include <string.h>

#include "nearest.h"

enum { NAMES_MAX = METRICS_ROWS + SERVERS_COUNT + METRICS_SERVICES + WHY_COUNT + 1 };

/* Is it one of these?  Else the error says which one it is most like. */
static int
names_have(const struct run_plan *p, const char *what, const char *name, struct mark at,
    const char *const *names, struct config_error *error)
{
	char hint[NEAREST_HINT_MAX];
	size_t i = 0;

	while (names[i] != NULL && strcmp(names[i], name) != 0)
		i++;
	if (names[i] != NULL)
		return 0;
	return config_fail(error, p->scenario.file, at, "no such %s: %s%s", what, name,
	    nearest_hint(span_of(name), names, hint, sizeof hint));
}

static int
check_step(
    const struct run_plan *p, const char *name, struct mark at, struct config_error *error)
{
	const char *names[NAMES_MAX] = { NULL };

	for (size_t i = 0; i < p->n_rows; i++)
		names[i] = p->rows[i].name;
	return names_have(p, "step", name, at, names, error);
}

/* The first reason is none. */
static int
check_reason(
    const struct run_plan *p, const char *name, struct mark at, struct config_error *error)
{
	const char *names[NAMES_MAX] = { NULL };

	memcpy(names, p->reasons + 1, (WHY_COUNT - 1) * sizeof *names);
	return names_have(p, "reason", name, at, names, error);
}

/* Real runs count by protocol, a rehearsal by server. */
static int
check_server(
    const struct run_plan *p, const char *name, struct mark at, struct config_error *error)
{
	const char *names[NAMES_MAX] = { NULL };

	memcpy(names, servers_name, SERVERS_COUNT * sizeof *names);
	memcpy(names + SERVERS_COUNT, metrics_service, METRICS_SERVICES * sizeof *names);
	return names_have(p, "server", name, at, names, error);
}

static int
check_group(
    const struct run_plan *p, const char *name, struct mark at, struct config_error *error)
{
	const char *names[NAMES_MAX] = { NULL };

	if (p->n_named == 0)
		return config_fail(error, p->scenario.file, at,
		    "no such group: %s; this scenario has no `groups:'", name);
	for (size_t i = 0; i < p->n_named; i++)
		names[i] = p->scenario.group[i].name;
	return names_have(p, "group", name, at, names, error);
}

static int
check_expectation(
    const struct run_plan *p, const struct expectation *e, struct config_error *error)
{
	if (e->subject == EXPECT_STEP || e->subject == EXPECT_LATENCY)
		return check_step(p, e->name, e->at, error);
	if (e->subject == EXPECT_GROUP || e->subject == EXPECT_GROUP_BOOT)
		return check_group(p, e->name, e->at, error);
	if (e->subject == EXPECT_REASON)
		return check_reason(p, e->name, e->at, error);
	if (e->subject == EXPECT_SERVER)
		return check_server(p, e->name, e->at, error);
	return 0;
}

int
plan_no_step(const char *file, struct mark at, const char *name, struct config_error *error)
{
	const char *names[METRICS_ROWS + 1] = { NULL };
	char hint[NEAREST_HINT_MAX];

	for (size_t i = 0; i < journey_rows && i < METRICS_ROWS; i++)
		names[i] = journey_table[i].step->name;
	nearest_hint(span_of(name), names, hint, sizeof hint);
	return config_fail(error, file, at, "no such step: %s%s", name,
	    hint[0] != '\0' ? hint : " (see cx700farm steps)");
}

int
plan_names(const struct run_plan *p, struct config_error *error)
{
	const struct scenario *s = &p->scenario;
	int err = 0;

	for (size_t i = 0; err == 0 && i < s->n_events; i++)
		if (s->event[i].step[0] != '\0')
			err = check_step(p, s->event[i].step, s->event[i].mark, error);
	for (size_t i = 0; err == 0 && i < s->expect.n; i++)
		err = check_expectation(p, &s->expect.item[i], error);
	return err;
}

/* Would every server that something is expected of be counted under its name? */
static int
check_counted(const struct run_plan *p, const char *const *names, size_t n, const char *where,
    struct config_error *error)
{
	for (size_t i = 0; i < p->scenario.expect.n; i++) {
		const struct expectation *e = &p->scenario.expect.item[i];
		size_t k = 0;

		while (k < n && strcmp(names[k], e->name) != 0)
			k++;
		if (e->subject == EXPECT_SERVER && k == n)
			return config_fail(error, p->scenario.file, e->at,
			    "%s does not count server.%s by itself (validate --help)", where,
			    e->name);
	}
	return 0;
}

int
plan_for_rehearsal(const struct run_plan *p, struct config_error *error)
{
	return check_counted(p, servers_name, SERVERS_COUNT, "a rehearsal", error);
}

int
plan_for_embedded(const struct run_plan *p, struct config_error *error)
{
	const struct scenario *s = &p->scenario;
	const char *cannot = servers_only_rehearsed(&s->servers);

	if (cannot != NULL)
		return config_fail(error, s->file, s->servers_at,
		    "`servers': only a rehearsal (--dry-run) can play %s", cannot);
	return check_counted(p, metrics_service, METRICS_SERVICES, "a real run", error);
}

int
plan_for_real(const struct run_plan *p, struct config_error *error)
{
	const struct scenario *s = &p->scenario;

	if (s->faults_at.line != 0)
		return config_fail(error, s->file, s->faults_at,
		    "faults are played by the embedded pool or in a rehearsal (--dry-run), not "
		    "by "
		    "the servers of --pool");
	if (s->servers_at.line != 0)
		return config_fail(error, s->file, s->servers_at,
		    "`servers' are habits of the embedded pool or of a rehearsal (--dry-run), "
		    "not "
		    "of the servers of --pool");
	return check_counted(p, metrics_service, METRICS_SERVICES, "a real run", error);
}
