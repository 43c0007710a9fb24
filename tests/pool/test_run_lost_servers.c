/*
 * test_run_lost_servers.c - runs under which a server dies: the KDC, or the whole embedded
 * pool.  They end by themselves, the phones say why, the files are whole.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "program.h"
#include "temp_file.h"

enum { PHONES = 6 };

/* The users take their time, so that the server is gone before they need it. */
#define HEAD                                                                             \
	"title: Lost\nphones: 6\nprofile: cx700-1.0.199.123\narrival:\n  - at_once: 6\n" \
	"user: {types_for: 4s}\n"

#define EMBEDDED "--pool-arg=--listen", "--pool-arg=127.0.35.1"

struct place {
	char scenario[96], out[96];
};

static int
setup(void **state)
{
	struct place *p = calloc(1, sizeof *p);

	assert_non_null(p);
	snprintf(p->scenario, sizeof p->scenario, "%s/lost.yaml", temp_folder());
	snprintf(p->out, sizeof p->out, "%s/out", temp_folder());
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	temp_clean();
	free(*state);
	return 0;
}

static json_t *
member(json_t *tree, const char *map, const char *key)
{
	return json_object_get(json_object_get(tree, map), key);
}

static json_t *
summary_of(const struct place *p)
{
	char path[128];
	json_t *tree;

	snprintf(path, sizeof path, "%s/summary.json", p->out);
	tree = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(tree);
	return tree;
}

static json_t *
step_of(json_t *summary, const char *name)
{
	json_t *step;
	size_t i;

	json_array_foreach(json_object_get(summary, "steps"), i,
	    step) if (strcmp(json_string_value(json_object_get(step, "name")), name) ==
	    0) return step;
	fail_msg("no step %s", name);
	return NULL;
}

/* Every line of the trace is whole; returns how many there are of this step and verdict. */
static int
trace_count(const struct place *p, const char *step, const char *verdict)
{
	char path[128], line[16384];
	int n = 0;
	FILE *f;

	snprintf(path, sizeof path, "%s/trace.jsonl", p->out);
	f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof line, f) != NULL) {
		json_t *row = json_loads(line, JSON_REJECT_DUPLICATES, NULL);

		assert_non_null(row);
		n += strcmp(json_string_value(json_object_get(row, "step")), step) == 0 &&
		    strcmp(json_string_value(json_object_get(row, "verdict")), verdict) == 0;
		json_decref(row);
	}
	fclose(f);
	return n;
}

/* Start the phones of this journey; when all have started, but none has typed, they are told
 * where the farm is. */
static void
start(struct place *p, const char *journey, struct program *farm, struct buf *said)
{
	const char *const args[] = { "run", p->scenario, "-o", p->out, EMBEDDED, NULL };
	FILE *f = fopen(p->scenario, "w");

	assert_non_null(f);
	fprintf(f, "%s%s\n", HEAD, journey);
	fclose(f);
	program_start(farm, "cx700farm", args);
	program_await(farm, "started 6/6", said);
}

static void
end(struct place *p, struct program *farm, struct buf *said, const char *why)
{
	int status = program_end(farm, NULL, said);
	json_t *s = summary_of(p);

	if (status != 1)
		fail_msg("exit %d: %s", status, buf_cstr(said));
	assert_string_equal(json_string_value(json_object_get(s, "verdict")), "fail");
	assert_non_null(strstr(json_string_value(json_object_get(s, "why")), why));
	assert_int_equal(json_integer_value(member(s, "phones", "started")), PHONES);
	assert_int_equal(json_integer_value(member(s, "phones", "failed")), PHONES);
	json_decref(s);
}

static void
given_a_killed_kdc_every_login_fails_and_says_so(void **state)
{
	struct place *p = *state;
	struct program farm;
	struct buf said = { 0 };
	json_t *s, *login;
	json_int_t lost;
	pid_t pool, kdc;

	start(p, "journey: {until: krb_login, override: {krb_login: {tries: 1, limit: 1s}}}",
	    &farm, &said);
	pool = program_child(farm.pid, "cx700pool");
	kdc = program_child(pool, "krb5kdc");
	assert_true(pool > 0 && kdc > 0);
	assert_int_equal(kill(kdc, SIGKILL), 0);
	end(p, &farm, &said, "6 of 6 phones failed");

	s = summary_of(p);
	login = step_of(s, "krb_login");
	assert_int_equal(json_integer_value(json_object_get(login, "failed")), PHONES);
	lost = json_integer_value(member(login, "reasons", "timeout")) +
	    json_integer_value(member(login, "reasons", "refused"));
	assert_int_equal(lost, PHONES);
	assert_int_equal(trace_count(p, "krb_login", "fail"), PHONES);
	json_decref(s);
	buf_done(&said);
}

/* rmdir() takes only what is empty: the killed pool's secrets are gone too. */
static void
given_a_killed_pool_the_run_ends_and_says_so(void **state)
{
	struct place *p = *state;
	char tmp[128];
	struct program farm;
	struct buf said = { 0 };
	pid_t pool;

	snprintf(tmp, sizeof tmp, "%s/tmp", temp_folder());
	assert_int_equal(mkdir(tmp, 0700), 0);
	setenv("TMPDIR", tmp, 1);
	start(p, "journey: {until: krb_login, override: {pool_find: {tries: 1, limit: 1s}}}",
	    &farm, &said);
	pool = program_child(farm.pid, "cx700pool");
	assert_true(pool > 0);
	assert_int_equal(kill(pool, SIGKILL), 0);
	end(p, &farm, &said, "the embedded pool had ended");
	assert_non_null(strstr(buf_cstr(&said), "the embedded pool has ended"));
	assert_int_equal(trace_count(p, "pool_find", "fail"), PHONES);
	assert_int_equal(trace_count(p, "dhcp_lease", "done"), PHONES);
	unsetenv("TMPDIR");
	assert_int_equal(rmdir(tmp), 0);
	buf_done(&said);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    given_a_killed_kdc_every_login_fails_and_says_so, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    given_a_killed_pool_the_run_ends_and_says_so, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
