/*
 * test_rehearsal_end.c - how a rehearsal ends and what it leaves: Ctrl-C is heeded although its
 * time is not the user's, and the summary counts by protocol, as a real run's does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "program.h"
#include "temp_file.h"

/* Months of it: nobody waits for the end. */
static const char endless[] = "title: phones that stay for a long time\n"
			      "phones: 20\n"
			      "arrival: [{at_once: 20}]\n"
			      "journey: {stay: 4000h}\n";

static const char boots[] = "title: phones that boot once\n"
			    "phones: 5\n"
			    "arrival: [{at_once: 5}]\n"
			    "journey: {restart_after_update: false}\n";

/* ---- Ctrl-C --------------------------------------------------------------------------- */

/* Rehearse what does not end, and send so many signals as soon as it has begun. */
static json_t *
interrupted_by(int signum, unsigned times, int *status_out)
{
	const char *path = temp_file("endless.yaml", endless, strlen(endless));
	const char *args[] = { "run", path, "--dry-run", "--json", NULL };
	struct buf said = { 0 }, out = { 0 };
	struct program farm;
	json_t *summary;

	program_start(&farm, "cx700farm", args);
	program_await(&farm, "a rehearsal", &said);
	while (times-- > 0)
		assert_int_equal(kill(farm.pid, signum), 0);
	*status_out = program_end(&farm, &out, NULL);
	summary = json_loadb((const char *)out.p, out.n, 0, NULL);
	buf_done(&said);
	buf_done(&out);
	return summary;
}

static void
assert_interrupted(int signum, unsigned times, int wanted)
{
	int status;
	json_t *summary = interrupted_by(signum, times, &status);
	const json_t *phones = json_object_get(summary, "phones");

	assert_int_equal(status, wanted);
	assert_non_null(summary);
	assert_string_equal(
	    json_string_value(json_object_get(summary, "verdict")), "interrupted");
	assert_int_equal(json_integer_value(json_object_get(phones, "finished")), 0);
	assert_true(json_real_value(json_object_get(summary, "wall_s")) < 4000 * 3600);
	json_decref(summary);
}

static void
given_ctrl_c_it_ends_and_leaves_its_summary(void **state)
{
	(void)state;
	assert_interrupted(SIGINT, 1, 130);
}

static void
given_ctrl_c_twice_it_ends_too(void **state)
{
	(void)state;
	assert_interrupted(SIGINT, 2, 130);
}

static void
given_a_term_signal_it_says_so(void **state)
{
	(void)state;
	assert_interrupted(SIGTERM, 1, 143);
}

/* ---- what it leaves ------------------------------------------------------------------ */

static json_t *
file_of(const char *name)
{
	char path[256];
	json_t *file;

	(void)snprintf(path, sizeof path, "%s/run/%s", temp_folder(), name);
	file = json_load_file(path, 0, NULL);
	assert_non_null(file);
	return file;
}

static json_int_t
count_of(const json_t *servers, const char *server, const char *figure)
{
	return json_integer_value(json_object_get(json_object_get(servers, server), figure));
}

/* The protocol's figures in the summary are those of these servers in load.json. */
static void
assert_counts(const json_t *all, const char *protocol, const json_t *load, const char *one,
    const char *two)
{
	assert_true(count_of(load, one, "requests") > 0);
	assert_int_equal(count_of(all, protocol, "requests"),
	    count_of(load, one, "requests") + count_of(load, two, "requests"));
	assert_int_equal(count_of(all, protocol, "replies"),
	    count_of(load, one, "replies") + count_of(load, two, "replies"));
	assert_int_equal(count_of(all, protocol, "bytes_in"),
	    count_of(load, one, "bytes_in") + count_of(load, two, "bytes_in"));
	assert_int_equal(count_of(all, protocol, "bytes_out"),
	    count_of(load, one, "bytes_out") + count_of(load, two, "bytes_out"));
}

static void
the_summary_counts_by_protocol_as_a_real_runs_does(void **state)
{
	const char *path = temp_file("boots.yaml", boots, strlen(boots));
	char dir[200];
	const char *args[] = { "run", path, "--dry-run", "-q", "-o", dir, NULL };
	json_t *summary, *load;
	const json_t *all, *servers;

	(void)state;
	(void)snprintf(dir, sizeof dir, "%s/run", temp_folder());
	assert_int_equal(program_run("cx700farm", args, NULL, NULL), 0);
	summary = file_of("summary.json");
	load = file_of("load.json");
	all = json_object_get(summary, "servers");
	servers = json_object_get(load, "servers");

	assert_int_equal(json_object_size(all), 8);
	assert_counts(all, "dhcp", servers, "dhcp", "-");
	assert_counts(all, "dns", servers, "dns", "-");
	assert_counts(all, "ntp", servers, "ntp", "-");
	assert_counts(all, "kdc", servers, "kdc", "-");
	assert_counts(all, "ldap", servers, "ldap", "-");
	assert_counts(all, "http", servers, "ca_web", "update");
	assert_counts(all, "https", servers, "exchange", "-");
	assert_counts(all, "sip", servers, "sip", "-");
	/* Each has fetched 15 MiB. */
	assert_true(count_of(all, "http", "bytes_out") > 5 * 15 * 1024 * 1024);
	json_decref(summary);
	json_decref(load);
}

static int
clean(void **state)
{
	(void)state;
	temp_clean();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_ctrl_c_it_ends_and_leaves_its_summary),
		cmocka_unit_test(given_ctrl_c_twice_it_ends_too),
		cmocka_unit_test(given_a_term_signal_it_says_so),
		cmocka_unit_test(the_summary_counts_by_protocol_as_a_real_runs_does),
	};

	return cmocka_run_group_tests_name("rehearsal_end", tests, NULL, clean);
}
