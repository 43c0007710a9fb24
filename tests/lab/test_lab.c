/*
 * test_lab.c - phones on a wire with servers that nobody here wrote: Samba, Kea, chrony,
 * Apache. What the farm counted and what the servers' own logs say must be the same.
 *
 * The lab is brought up for these tests, and taken down again if it was not there before.  They
 * skip where it cannot be: without root, or without its packages.
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
#include <unistd.h>

#include "lab_rig.h"
#include "program.h"
#include "temp_file.h"

enum { PHONES = 200, CROWD = 2000 };

#define POOL "harness/lab/pool.yaml"
#define FARM_NS "ip netns exec cxlab-farm "
/* Ours among all routes: `proto 199' is the farm's. */
#define ROUTES "ip -n cxlab-farm route show table all proto 199"

/* Each server's own count, to be compared before and after. */
struct counted {
	unsigned kdc, web, exchange, update, downloads, refused;
};

struct fixture {
	bool possible, ours;
	char out[128];
	struct counted before, after;
	json_t *summary; /* of the run of PHONES */
};

static struct counted
count_now(void)
{
	return (struct counted){
		.kdc = lab_lines("samba/samba.log", "-REQ ", " from ipv4:"),
		.web = lab_lines("apache-web/access.log", "/certsrv/", "HTTP/1.1\""),
		.exchange =
		    lab_lines("apache-web/access.log", "POST /autodiscover/", "\" 200 "),
		.update = lab_lines("apache-pool/access.log", "HTTP/1.1\"", ""),
		.downloads = lab_lines("apache-pool/access.log", "CPE.nbt", "\" 200 "),
		.refused =
		    lab_lines("apache-web/error.log", "HTTP/ca01@", "not found in keytab"),
	};
}

static json_t *
load_summary(const char *dir)
{
	char path[192];
	json_t *summary;

	snprintf(path, sizeof path, "%s/summary.json", dir);
	summary = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(summary);
	return summary;
}

static json_int_t
number(json_t *summary, const char *group, const char *name)
{
	json_t *value = json_object_get(json_object_get(summary, group), name);

	assert_true(json_is_integer(value));
	return json_integer_value(value);
}

static json_int_t
requests(json_t *summary, const char *server)
{
	json_t *servers = json_object_get(summary, "servers");

	return number(servers, server, "requests");
}

/* A run against the lab, which must pass; the summary is the caller's. */
static json_t *
run_lab(const char *scenario, const char *phones, const char *dir)
{
	const char *args[] = { "run", scenario, "--pool", POOL, "-n", phones, "-o", dir, "-q",
		NULL };
	struct buf err = { 0 };
	int status = program_run_farm(args, NULL, &err);

	if (status != 0)
		fail_msg("exit %d: %s", status, buf_cstr(&err));
	buf_done(&err);
	return load_summary(dir);
}

/* So many phones at once, so far. */
static const char *
scenario(const char *phones, const char *arrival, const char *until)
{
	char text[300];
	int n = snprintf(text, sizeof text,
	    "title: lab\nphones: %s\nprofile: cx700-1.0.199.123\narrival: [%s]\n"
	    "user: {types_for: 0s}\njourney: {until: %s}\n",
	    phones, arrival, until);

	return temp_file("lab.yaml", text, (size_t)n);
}

/* Without a run there is nothing that the tests could look at. */
static struct fixture *
need(void **state)
{
	struct fixture *f = *state;

	if (!f->possible)
		skip();
	return f;
}

static json_t *
need_run(void **state)
{
	struct fixture *f = need(state);

	if (f->summary != NULL)
		return f->summary;
	snprintf(f->out, sizeof f->out, "%s/out", temp_folder());
	f->before = count_now();
	f->summary = run_lab("scenarios/first_boot.yaml", "200", f->out);
	f->after = count_now();
	return f->summary;
}

/* ---- a run without loss ---- */

static void
given_servers_of_others_200_phones_walk_all_28_steps(void **state)
{
	json_t *summary = need_run(state);

	assert_string_equal(json_string_value(json_object_get(summary, "verdict")), "pass");
	assert_int_equal(number(summary, "phones", "finished"), PHONES);
	for (int i = 1; i <= 28; i++) {
		char name[8];

		snprintf(name, sizeof name, "%d", i);
		assert_int_equal(number(summary, "guide", name), PHONES);
	}
}

/* Samba logs each AS-REQ and TGS-REQ, whatever it answers. */
static void
given_its_log_samba_counts_as_many_kerberos_requests(void **state)
{
	json_t *summary = need_run(state);
	const struct fixture *f = *state;

	assert_int_equal(requests(summary, "kdc"), f->after.kdc - f->before.kdc);
}

static void
given_its_logs_apache_counts_as_many_requests(void **state)
{
	json_t *summary = need_run(state);
	const struct fixture *f = *state;

	assert_int_equal(requests(summary, "http"),
	    f->after.web - f->before.web + f->after.update - f->before.update);
	assert_int_equal(requests(summary, "https"), f->after.exchange - f->before.exchange);
	assert_int_equal(
	    number(summary, "guide", "27"), f->after.downloads - f->before.downloads);
}

/* The short name is the machine's account; the web server has another's key: row 17. */
static void
given_a_ticket_for_the_short_name_apache_refuses_it_every_time(void **state)
{
	json_t *summary = need_run(state);
	const struct fixture *f = *state;

	assert_int_equal(number(summary, "guide", "17"), f->after.refused - f->before.refused);
}

static void
given_a_run_that_ended_the_wire_is_clean(void **state)
{
	need_run(state);
	assert_int_equal(lab_printed(ROUTES), 0);
}

/* ---- a crowd ---- */

/* The kernel itself notes from which addresses packets come. */
static void
given_2000_phones_each_has_a_lease_and_a_source_of_its_own(void **state)
{
	char dir[160];
	json_t *summary;

	need(state);
	lab_must("ip netns exec cxlab-dc nft -f - <<-END\n"
		 "table inet seen { set from { type ipv4_addr; size 65535; flags dynamic; }\n"
		 "chain in { type filter hook input priority 0; udp dport 123 add @from "
		 "{ ip saddr }; }\n}\nEND",
	    NULL);
	snprintf(dir, sizeof dir, "%s/crowd", temp_folder());
	summary = run_lab(
	    scenario("2000", "{steady: {rate: 100/s, for: 20s}}", "ntp_sync"), "2000", dir);
	assert_int_equal(number(summary, "guide", "5"), CROWD);
	json_decref(summary);
	assert_int_equal(lab_printed("ip netns exec cxlab-dc nft list set inet seen from | "
				     "grep -oE '10\\.42\\.[0-9.]+'"),
	    CROWD);
	lab_must("ip netns exec cxlab-dc nft delete table inet seen", NULL);
	assert_int_equal(lab_printed("cut -d, -f2 /run/cx700lab/kea/leases.csv | "
				     "grep -i '^00:04:f2:10:' | sort -u"),
	    CROWD);
}

/* ---- what goes wrong ---- */

static void
given_a_fifth_of_all_packets_lost_all_phones_still_finish(void **state)
{
	char dir[160];
	json_t *summary;

	need(state);
	lab_must(FARM_NS
	    "nft -f - <<-END\n"
	    "table inet loss {\n"
	    "chain in { type filter hook input priority 0; numgen random mod 100 < "
	    "20 drop; }\n"
	    "chain out { type filter hook output priority 0; numgen random mod 100 < "
	    "20 drop; }\n}\nEND",
	    NULL);
	snprintf(dir, sizeof dir, "%s/loss", temp_folder());
	summary = run_lab(scenario("10", "{at_once: 10}", "update_ask"), "10", dir);
	lab_must(FARM_NS "nft delete table inet loss", NULL);
	assert_int_equal(number(summary, "phones", "finished"), 10);
	/* It was seen that something was lost. */
	assert_true(requests(summary, "dns") >
	    number(json_object_get(summary, "servers"), "dns", "replies"));
	json_decref(summary);
}

/* Start 40 phones over eight seconds, and do something to the lab while they come. */
static void
run_through(const char *deed)
{
	const char *file = scenario("40", "{steady: {rate: 5/s, for: 8s}}", "update_ask");
	char dir[160];
	const char *args[] = { "run", file, "--pool", POOL, "-v", "-o", dir, NULL };
	struct buf said = { 0 }, err = { 0 };
	struct program farm;
	json_t *summary;

	snprintf(dir, sizeof dir, "%s/through", temp_folder());
	program_start(&farm, "cx700farm", args);
	program_await(&farm, "phone=0005", &said);
	lab_do(deed);
	(void)program_end(&farm, NULL, &err);
	summary = load_summary(dir);
	if (number(summary, "phones", "finished") != 40)
		fail_msg("%s: not all have finished: %s", deed, buf_cstr(&err));
	json_decref(summary);
	buf_done(&said);
	buf_done(&err);
}

static void
given_samba_restarts_during_a_run_all_phones_recover(void **state)
{
	need(state);
	run_through("restart samba");
}

static void
given_apache_restarts_during_a_run_all_phones_recover(void **state)
{
	need(state);
	run_through("restart apache-web");
}

static void
given_kea_restarts_during_a_run_all_phones_recover(void **state)
{
	need(state);
	run_through("restart kea");
}

/* What a farm that was killed leaves on the wire, the next one clears away. */
static void
given_a_killed_farm_the_next_one_finds_a_clean_wire(void **state)
{
	const char *file;
	char dir[160];
	const char *args[] = { "run", NULL, "--pool", POOL, "-v", NULL };
	struct buf said = { 0 };
	struct program farm;

	need(state);
	file = scenario("20", "{at_once: 20}", "update_ask");
	args[1] = file;
	program_start(&farm, "cx700farm", args);
	program_await(&farm, "step=pool_find", &said);
	kill(farm.pid, SIGKILL);
	assert_int_equal(program_end(&farm, NULL, NULL), 128 + SIGKILL);
	assert_true(lab_printed(ROUTES) > 0);
	snprintf(dir, sizeof dir, "%s/next", temp_folder());
	json_decref(run_lab(scenario("3", "{at_once: 3}", "update_ask"), "3", dir));
	assert_int_equal(lab_printed(ROUTES), 0);
	buf_done(&said);
}

/* Kamailio wants Digest: TLS comes about, and the phone says why it goes no further. */
static void
given_a_registrar_that_is_no_pool_the_phone_says_what_it_misses(void **state)
{
	const char *args[] = { "run", NULL, "--pool", "harness/lab/foreign.yaml", "-v", NULL };
	struct buf err = { 0 };
	unsigned before;

	need(state);
	before = lab_lines("kamailio.log", "request REGISTER", "phone00000@");
	args[1] = scenario("1", "{at_once: 1}", "sip_register");
	assert_int_equal(program_run_farm(args, NULL, &err), 1);
	assert_non_null(strstr(buf_cstr(&err), "step=pool_tls try=1 done"));
	assert_non_null(strstr(buf_cstr(&err), "sip:401 without Kerberos"));
	assert_true(lab_lines("kamailio.log", "request REGISTER", "phone00000@") > before);
	buf_done(&err);
}

/* ---- up and down ---- */

static void
given_a_lab_that_is_up_up_changes_nothing(void **state)
{
	struct buf before = { 0 }, after = { 0 };

	need(state);
	lab_must("cat /run/cx700lab/*.pid", &before);
	lab_do("up");
	lab_must("cat /run/cx700lab/*.pid", &after);
	assert_string_equal(buf_cstr(&before), buf_cstr(&after));
	lab_do("status");
	buf_done(&before);
	buf_done(&after);
}

/* All the host has of its own, before and after. */
static void
given_down_nothing_is_left(void **state)
{
	static const char host[] = "ip -o link; ip -o addr; ip route; ip rule; ip netns list";
	struct buf with = { 0 }, without = { 0 };
	struct fixture *f = need(state);

	if (!f->ours)
		skip();
	lab_must("ip -o link | grep -v cxlab; ip -o addr; ip route; ip rule", &with);
	lab_do("down");
	assert_int_equal(lab_printed("ip netns list | grep cxlab || :"), 0);
	assert_int_equal(lab_printed("pgrep -f '[/]run/cx700lab' || :"), 0);
	lab_must("ip -o link | grep -v cxlab; ip -o addr; ip route; ip rule", &without);
	assert_string_equal(buf_cstr(&with), buf_cstr(&without));
	assert_int_equal(lab_shell("sh harness/lab/lab.sh status", &without), 1);
	lab_must(host, &without);
	buf_done(&with);
	buf_done(&without);
}

/* ---- before and after all of them ---- */

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct buf why = { 0 };

	assert_non_null(f);
	f->possible = lab_possible(&why);
	if (!f->possible)
		printf("skipped: %s", buf_cstr(&why));
	f->ours = f->possible && !lab_is_up();
	if (f->possible)
		lab_do("up");
	buf_done(&why);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	if (f->ours)
		lab_do("down");
	json_decref(f->summary);
	temp_clean();
	free(f);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_servers_of_others_200_phones_walk_all_28_steps),
		cmocka_unit_test(given_its_log_samba_counts_as_many_kerberos_requests),
		cmocka_unit_test(given_its_logs_apache_counts_as_many_requests),
		cmocka_unit_test(
		    given_a_ticket_for_the_short_name_apache_refuses_it_every_time),
		cmocka_unit_test(given_a_run_that_ended_the_wire_is_clean),
		cmocka_unit_test(given_2000_phones_each_has_a_lease_and_a_source_of_its_own),
		cmocka_unit_test(given_a_fifth_of_all_packets_lost_all_phones_still_finish),
		cmocka_unit_test(given_samba_restarts_during_a_run_all_phones_recover),
		cmocka_unit_test(given_apache_restarts_during_a_run_all_phones_recover),
		cmocka_unit_test(given_kea_restarts_during_a_run_all_phones_recover),
		cmocka_unit_test(given_a_killed_farm_the_next_one_finds_a_clean_wire),
		cmocka_unit_test(
		    given_a_registrar_that_is_no_pool_the_phone_says_what_it_misses),
		cmocka_unit_test(given_a_lab_that_is_up_up_changes_nothing),
		cmocka_unit_test(given_down_nothing_is_left),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
