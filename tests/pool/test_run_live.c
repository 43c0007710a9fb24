/* test_run_live.c - runs that somebody looks at: --metrics and --ui, from the first second to
 * the verdict. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loop.h"
#include "mem.h"
#include "program.h"
#include "prom_read.h"
#include "temp_file.h"
#include "web_client.h"

#define EMBEDDED "--pool-arg=--listen", "--pool-arg=127.0.17.1"
#define SCENARIO                                                              \
	"title: Looked at\narrival: [{at_once: 20}]\nuser: {types_for: 0s}\n" \
	"phones: 20\ngroups: [{name: branch, phones: 5}, {name: campus}]\n"   \
	"journey: {until: krb_login}\n"

struct looker { /* in the test's own process */
	struct loop *loop;
	struct program farm;
	struct buf said, body;
	struct web_addr ui, metrics;
};

static int
setup(void **state)
{
	struct looker *l = calloc(1, sizeof *l);

	assert_non_null(l);
	assert_int_equal(loop_new(&l->loop), 0);
	*state = l;
	return 0;
}

static int
teardown(void **state)
{
	struct looker *l = *state;

	buf_done(&l->said);
	buf_done(&l->body);
	loop_free(l->loop);
	free(l);
	temp_clean();
	assert_int_equal(mem_out(), 0);
	return 0;
}

static const char *
scenario(const char *more)
{
	char text[800];
	int n = snprintf(text, sizeof text, SCENARIO "%s", more);

	return temp_file("live.yaml", text, (size_t)n);
}

/* Where it says that it serves this. */
static void
find(struct looker *l, const char *what, struct web_addr *at)
{
	char line[80], url[200];
	const char *p;

	snprintf(line, sizeof line, "cx700farm: %s: http://", what);
	program_await(&l->farm, line, &l->said);
	/* The line may still be on its way. */
	for (;;) {
		p = strstr(buf_cstr(&l->said), line) + strlen(line);
		if (strchr(p, '\n') != NULL)
			break;
		program_await(&l->farm, "\n", &l->said);
	}
	assert_int_equal(sscanf(p, "%199[^/]", url), 1);
	assert_int_equal(web_addr_read(url, at), 0);
}

static int
get(struct looker *l, const struct web_addr *at, const char *path)
{
	return web_client_get(l->loop, at, path, &l->body);
}

static json_t *
get_json(struct looker *l, const char *path)
{
	json_t *tree;

	assert_int_equal(get(l, &l->ui, path), 200);
	tree = json_loadb((const char *)l->body.p, l->body.n, 0, NULL);
	assert_non_null(tree);
	return tree;
}

static void
on_pause(void *arg)
{
	loop_stop(arg);
}

/* As a page does, only more often: until it is told of the end. */
static json_t *
look_until_the_end(struct looker *l)
{
	struct loop_timer *pause;
	json_t *tree;

	assert_int_equal(loop_timer_new(l->loop, on_pause, l->loop, &pause), 0);
	for (;;) {
		tree = get_json(l, "/summary");
		if (!json_is_null(json_object_get(tree, "end")))
			break;
		json_decref(tree);
		loop_timer_set(pause, 50000, 0);
		loop_run(l->loop);
	}
	loop_timer_close(pause);
	return tree;
}

/* A machine that is too busy makes it invalid, which changes no figure. */
static void
ends_well(struct looker *l)
{
	int status = program_end(&l->farm, NULL, &l->said);

	if (status != 0 && status != 5)
		fail_msg("exit %d: %s", status, buf_cstr(&l->said));
}

static json_int_t
count_of(json_t *tree, const char *map, const char *key)
{
	json_t *n = json_object_get(json_object_get(tree, map), key);

	assert_true(json_is_integer(n));
	return json_integer_value(n);
}

static void
is(struct looker *l, const char *series, json_int_t value)
{
	double v = prom_read(buf_cstr(&l->body), series);

	if (v != (double)value)
		fail_msg("%s is %g, not %lld", series, v, (long long)value);
}

/* The last metrics, in l->body, against the file. */
static void
metrics_are_the_summarys(struct looker *l, json_t *file)
{
	char series[200];
	json_t *step, *servers = json_object_get(file, "servers"), *server;
	const char *name;
	size_t i;

	is(l, "cx700farm_run_ended", 1);
	is(l, "cx700farm_phones{state=\"finished\"}", count_of(file, "phones", "finished"));
	is(l, "cx700farm_phones{state=\"failed\"}", count_of(file, "phones", "failed"));
	is(l, "cx700farm_phones_started_total", count_of(file, "phones", "started"));
	is(l, "cx700farm_group_phones_finished{group=\"branch\"}", 5);
	is(l, "cx700farm_group_phones_finished{group=\"campus\"}", 15);
	json_array_foreach(json_object_get(file, "steps"), i, step)
	{
		snprintf(series, sizeof series,
		    "cx700farm_step_tries_total{stage=\"%s\",step=\"%s\"}",
		    json_string_value(json_object_get(step, "stage")),
		    json_string_value(json_object_get(step, "name")));
		is(l, series, json_integer_value(json_object_get(step, "attempts")));
		snprintf(series, sizeof series,
		    "cx700farm_step_duration_seconds_count{stage=\"%s\",step=\"%s\"}",
		    json_string_value(json_object_get(step, "stage")),
		    json_string_value(json_object_get(step, "name")));
		is(l, series, json_integer_value(json_object_get(step, "done")));
	}
	json_object_foreach(servers, name, server)
	{
		snprintf(series, sizeof series,
		    "cx700farm_service_requests_total{service=\"%s\"}", name);
		is(l, series, count_of(servers, name, "requests"));
	}
}

static json_t *
summary_in(const char *dir)
{
	char path[300];
	json_t *tree;

	snprintf(path, sizeof path, "%s/summary.json", dir);
	tree = json_load_file(path, 0, NULL);
	assert_non_null(tree);
	return tree;
}

static void
a_run_is_shown_and_its_last_figures_are_the_summarys(void **state)
{
	struct looker *l = *state;
	const char *yaml =
	    scenario("events: [{at: 2s, do: power_cycle, off_for: 1s, phones: 3}]\n");
	char dir[200], path[200], said[4096];
	const char *tool;
	json_t *tree, *end;

	snprintf(path, sizeof path, "%s", yaml);
	snprintf(dir, sizeof dir, "%s/out", temp_folder());
	program_start(&l->farm, "cx700farm",
	    (const char *[]){ "run", path, EMBEDDED, "-o", dir, "--ui", "127.0.0.1:0",
		"--metrics=localhost:0", NULL });
	find(l, "live page", &l->ui);
	find(l, "metrics", &l->metrics);

	tree = get_json(l, "/run");
	assert_string_equal(json_string_value(json_object_get(tree, "title")), "Looked at");
	assert_int_equal(json_integer_value(json_object_get(tree, "phones")), 20);
	assert_int_equal(json_array_size(json_object_get(tree, "groups")), 2);
	assert_true(json_is_false(json_object_get(tree, "rehearsal")));
	json_decref(tree);
	assert_int_equal(get(l, &l->ui, "/"), 200);
	/* Each only where it was asked for. */
	assert_int_equal(get(l, &l->ui, "/metrics"), 404);
	assert_int_equal(get(l, &l->metrics, "/run"), 404);
	assert_int_equal(get(l, &l->metrics, "/"), 200);
	/* From the beginning on, before anything has been counted. */
	assert_int_equal(get(l, &l->metrics, "/metrics"), 200);
	is(l, "cx700farm_phones_planned", 20);
	is(l, "cx700farm_run_ended", 0);

	tree = look_until_the_end(l);
	end = json_object_get(tree, "end");
	assert_true(json_is_string(json_object_get(end, "verdict")));
	json_decref(tree);
	tree = get_json(l, "/phone/3");
	assert_non_null(strstr(json_string_value(json_object_get(tree, "who")), "00:04:f2"));
	/* Its power went and came: it walked twice. */
	assert_true(json_integer_value(json_object_get(tree, "told")) > 12);
	json_decref(tree);

	assert_int_equal(get(l, &l->metrics, "/metrics"), 200);
	tool = prom_read_tool(buf_cstr(&l->body), said, sizeof said);
	if (tool != NULL)
		assert_string_equal(tool, "");
	tree = summary_in(dir);
	metrics_are_the_summarys(l, tree);
	json_decref(tree);
	/* Having seen all of the end it lets go. */
	assert_int_equal(get(l, &l->ui, "/state"), 200);
	assert_int_equal(l->body.n, 16 + 4 * 20);
	ends_well(l);
}

static void
one_address_may_serve_both(void **state)
{
	struct looker *l = *state;
	struct web_addr free_one;
	char at[80], path[200];
	int fd;

	/* A port that is free now. */
	assert_int_equal(web_addr_read(":0", &free_one), 0);
	fd = web_listen(&free_one);
	assert_true(fd >= 0);
	snprintf(at, sizeof at, "127.0.0.1:%u", free_one.port);
	close(fd);
	snprintf(
	    path, sizeof path, "%s", scenario("events: [{at: 1s, do: plug, phones: 3}]\n"));
	program_start(&l->farm, "cx700farm",
	    (const char *[]){ "run", path, EMBEDDED, "--ui", at, "--metrics", at, NULL });
	find(l, "live page", &l->ui);
	find(l, "metrics", &l->metrics);
	assert_true(web_addr_same(&l->ui, &l->metrics));
	json_decref(look_until_the_end(l));
	assert_int_equal(get(l, &l->ui, "/metrics"), 200);
	is(l, "cx700farm_phones_planned", 20);
	assert_int_equal(get(l, &l->ui, "/state"), 200);
	ends_well(l);
}

static void
a_rehearsal_can_be_looked_at_too(void **state)
{
	struct looker *l = *state;
	char path[200];
	json_t *tree, *counted;

	snprintf(
	    path, sizeof path, "%s", scenario("events: [{at: 24h, do: plug, phones: 3}]\n"));
	program_start(&l->farm, "cx700farm",
	    (const char *[]){
		"run", path, "--dry-run", "--ui", ":0", "--metrics", "[::1]:0", NULL });
	find(l, "live page", &l->ui);
	tree = look_until_the_end(l);
	counted = json_object_get(json_object_get(tree, "counted"), "phones");
	assert_int_equal(json_integer_value(json_object_get(counted, "finished")), 20);
	assert_true(json_integer_value(json_object_get(tree, "since_ms")) >= 24 * 3600 * 1000);
	json_decref(tree);
	tree = get_json(l, "/run");
	assert_true(json_is_true(json_object_get(tree, "rehearsal")));
	json_decref(tree);
	assert_int_equal(get(l, &l->ui, "/state"), 200);
	ends_well(l);
}

static void
an_address_that_is_taken_ends_it_before_it_begins(void **state)
{
	struct looker *l = *state;
	char at[80], path[200], line[200];
	int fd;

	assert_int_equal(web_addr_read(":0", &l->ui), 0);
	fd = web_listen(&l->ui);
	assert_true(fd >= 0);
	snprintf(at, sizeof at, "127.0.0.1:%u", l->ui.port);
	snprintf(path, sizeof path, "%s", scenario(""));
	snprintf(line, sizeof line, "cx700farm: --ui %s: Address already in use", at);
	assert_int_equal(
	    program_run("cx700farm",
		(const char *[]){ "run", path, "--dry-run", "--ui", at, NULL }, NULL, &l->said),
	    4);
	assert_non_null(strstr(buf_cstr(&l->said), line));
	buf_clear(&l->said);
	snprintf(line, sizeof line, "cx700farm: --metrics %s: Address already in use", at);
	assert_int_equal(program_run("cx700farm",
			     (const char *[]){ "run", path, EMBEDDED, "--metrics", at, NULL },
			     NULL, &l->said),
	    4);
	assert_non_null(strstr(buf_cstr(&l->said), line));
	close(fd);
}

#define LIVE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LIVE_TEST(a_run_is_shown_and_its_last_figures_are_the_summarys),
		LIVE_TEST(one_address_may_serve_both),
		LIVE_TEST(a_rehearsal_can_be_looked_at_too),
		LIVE_TEST(an_address_that_is_taken_ends_it_before_it_begins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
