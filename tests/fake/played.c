/* played.c - see played.h. */
#include "played.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "program.h"
#include "temp_file.h"

static json_t *
left(const struct played *p, const char *name)
{
	char path[192];

	snprintf(path, sizeof path, "%s/%s", p->dir, name);
	return json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
}

static void
play(struct played *p, unsigned phones, const char *tail, const char *dry_run)
{
	struct buf text = { 0 }, said = { 0 };
	const char *file;

	memset(p, 0, sizeof *p);
	buf_printf(&text,
	    "title: played\nphones: %u\narrival: [{at_once: %u}]\nuser: {types_for: 50ms}\n%s",
	    phones, phones, tail);
	file = temp_file("played.yaml", text.p, text.n);
	snprintf(p->dir, sizeof p->dir, "%s/run", temp_folder());
	p->status = program_run_farm(
	    (const char *[]){ "run", file, "-q", "-o", p->dir, dry_run, NULL }, NULL, &said);
	snprintf(p->said, sizeof p->said, "%s", buf_cstr(&said));
	p->summary = left(p, "summary.json");
	p->servers = left(p, "servers.json");
	buf_done(&said);
	buf_done(&text);
}

void
played_run(struct played *p, unsigned phones, const char *tail)
{
	play(p, phones, tail, NULL);
}

void
played_rehearse(struct played *p, unsigned phones, const char *tail)
{
	play(p, phones, tail, "--dry-run");
}

void
played_done(struct played *p)
{
	json_decref(p->summary);
	json_decref(p->servers);
	p->summary = p->servers = NULL;
}

static json_t *
step_of(const struct played *p, const char *name)
{
	json_t *steps = json_object_get(p->summary, "steps"), *step;
	size_t i;

	json_array_foreach(steps, i,
	    step) if (strcmp(json_string_value(json_object_get(step, "name")), name) ==
	    0) return step;
	fail_msg("no step %s in the summary: exit %d, %s", name, p->status, p->said);
	return NULL;
}

json_int_t
played_step(const struct played *p, const char *step, const char *what)
{
	json_t *n = json_object_get(step_of(p, step), what);

	assert_non_null(n);
	return json_integer_value(n);
}

json_int_t
played_reason(const struct played *p, const char *step, const char *reason)
{
	return json_integer_value(
	    json_object_get(json_object_get(step_of(p, step), "reasons"), reason));
}

double
played_ms(const struct played *p, const char *step, const char *percentile)
{
	json_t *n =
	    json_object_get(json_object_get(step_of(p, step), "latency_ms"), percentile);

	return json_is_number(n) ? json_number_value(n) : -1;
}

json_int_t
played_phones(const struct played *p, const char *what)
{
	json_t *n = json_object_get(json_object_get(p->summary, "phones"), what);

	if (n == NULL)
		fail_msg("no phones.%s: exit %d, %s", what, p->status, p->said);
	return json_integer_value(n);
}

json_int_t
played_fault(const struct played *p, const char *server, const char *what)
{
	json_t *of = json_object_get(json_object_get(p->servers, server), "faults");

	return json_integer_value(json_object_get(of, what));
}
