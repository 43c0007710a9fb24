/* test_include.c - a scenario that is made of several files: whose word holds, and which file
 * an error names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "mem.h"
#include "scenario.h"
#include "temp_file.h"

/* A file in memory, by its path. */
struct page {
	const char *path, *text;
};

/* The pages, an empty path behind them, as a source; s.yaml is where it begins. */
static int
read_page(
    void *arg, const char *path, bool included, struct buf *out, struct config_error *error)
{
	const struct page *p = arg;

	assert_int_equal(included, strcmp(path, "s.yaml") != 0);
	for (; p->path != NULL; p++)
		if (strcmp(p->path, path) == 0) {
			buf_text(out, p->text);
			return 0;
		}
	return config_fail(error, path, (struct mark){ 0 }, "is not there");
}

static int
load(const struct page *pages, struct scenario *s, struct config_error *error)
{
	const struct include_source source = { read_page, (void *)(uintptr_t)pages };

	*error = (struct config_error){ "" };
	return scenario_load_from(&source, "s.yaml", s, error);
}

static struct scenario *
loaded(const struct page *pages)
{
	struct scenario *s = mem_new(sizeof *s);
	struct config_error error;

	assert_non_null(s);
	if (load(pages, s, &error) != 0)
		fail_msg("%s", error.text);
	return s;
}

static void
done(struct scenario *s)
{
	scenario_done(s);
	mem_free(s);
	assert_int_equal(mem_out(), 0);
}

static void
assert_error(const struct page *pages, const char *wanted)
{
	struct scenario *s = mem_new(sizeof *s);
	struct config_error error;

	assert_non_null(s);
	assert_int_not_equal(load(pages, s, &error), 0);
	assert_string_equal(error.text, wanted);
	mem_free(s);
	assert_int_equal(mem_out(), 0);
}

/* ---- whose word holds --------------------------------------------------------- */

static void
what_is_included_are_defaults(void **state)
{
	const struct page pages[] = {
		{ "s.yaml", "include: common.yaml\ntitle: ours\nphones: 9\n" },
		{ "common.yaml",
		    "title: theirs\nphones: 5\narrival: [{storm: {over: 5s}}]\nseed: 77\n" },
		{ NULL, NULL },
	};
	struct scenario *s = loaded(pages);

	(void)state;
	assert_string_equal(s->title, "ours");
	assert_int_equal(s->phones, 9);
	assert_int_equal(s->seed, 77);
	assert_int_equal(s->group[0].arrival[0].kind, ARRIVAL_STORM);
	assert_string_equal(s->file, "s.yaml");
	done(s);
}

static void
maps_are_merged_key_by_key_and_lists_replaced(void **state)
{
	const struct page pages[] = {
		{ "s.yaml",
		    "include: common.yaml\ntitle: x\nphones: 9\n"
		    "journey: {stay: 1m, override: {krb_login: {tries: 7}, ntp_sync: {tries: "
		    "3}}}\n"
		    "servers: {kdc: {workers: 2}}\n"
		    "links: {wan: {loss: 2%}}\n"
		    "expect: [wall < 5s]\n" },
		{ "common.yaml",
		    "arrival: [{at_once: 9}]\n"
		    "journey: {until: sip_register, stay: 5m,\n"
		    "  override: {krb_login: {tries: 2, limit: 2s}, dhcp_lease: {tries: 9}}}\n"
		    "servers: {kdc: {workers: 9, latency: 7ms}, ntp: {offset: 5s}}\n"
		    "links: {wan: {delay: 40ms, loss: 1%}, lan: {delay: 1ms}}\n"
		    "expect: [phones.failed == 0, boot.max < 1m]\n" },
		{ NULL, NULL },
	};
	struct scenario *s = loaded(pages);
	const struct scenario_journey *j = &s->group[0].journey;

	(void)state;
	assert_string_equal(j->until, "sip_register");
	assert_int_equal(j->stay_us, 60000000);
	assert_int_equal(j->n_overrides, 3);
	assert_string_equal(j->override[0].step, "krb_login");
	assert_int_equal(j->override[0].tries, 7);
	assert_int_equal(j->override[0].limit_us, 2000000);
	assert_int_equal(s->servers.cost[SERVERS_KDC].workers, 2);
	assert_int_equal(s->servers.cost[SERVERS_KDC].latency_us, 7000);
	assert_int_equal(s->servers.ntp.offset_us, 5000000);
	assert_int_equal(s->n_links, 2);
	assert_string_equal(s->links[0].name, "wan");
	assert_int_equal(s->links[0].link.delay_us, 40000);
	assert_float_equal(s->links[0].link.loss, 0.02, 1e-12);
	assert_int_equal(s->expect.n, 1);
	done(s);
}

static void
a_distribution_or_a_link_is_one_thing(void **state)
{
	const struct page pages[] = {
		{ "s.yaml",
		    "include: common.yaml\ntitle: x\nphones: 9\nuser: {types_for: {exp: 3s}}\n"
		    "link: {loss: 2%}\n" },
		{ "common.yaml",
		    "arrival: [{at_once: 9}]\nuser: {types_for: {normal: 20s, sd: 4s}}\n"
		    "link: {delay: 40ms, loss: 1%}\n" },
		{ NULL, NULL },
	};
	struct scenario *s = loaded(pages);

	(void)state;
	assert_int_equal(s->group[0].types_for.kind, SPREAD_EXP);
	assert_int_equal(s->group[0].link.delay_us, 0);
	assert_float_equal(s->group[0].link.loss, 0.02, 1e-12);
	done(s);
}

static void
of_several_files_the_later_ones_win(void **state)
{
	const struct page pages[] = {
		{ "s.yaml", "include: [a.yaml, b.yaml]\ntitle: x\nphones: 9\n" },
		{ "a.yaml",
		    "seed: 1\narrival: [{at_once: 9}]\njourney: {stay: 1s, until: "
		    "ntp_sync}\n" },
		{ "b.yaml", "seed: 2\njourney: {stay: 2s}\n" },
		{ NULL, NULL },
	};
	struct scenario *s = loaded(pages);

	(void)state;
	assert_int_equal(s->seed, 2);
	assert_int_equal(s->group[0].journey.stay_us, 2000000);
	assert_string_equal(s->group[0].journey.until, "ntp_sync");
	assert_int_equal(s->n_included, 2);
	done(s);
}

static void
included_files_include_others_beside_themselves(void **state)
{
	const struct page pages[] = {
		{ "s.yaml", "include: parts/a.yaml\ntitle: x\n" },
		{ "parts/a.yaml", "include: deep/b.yaml\nphones: 9\n" },
		{ "parts/deep/b.yaml", "include: ../c.yaml\nphones: 8\nseed: 5\n" },
		{ "parts/deep/../c.yaml", "include: /etc/d.yaml\nseed: 6\n" },
		{ "/etc/d.yaml", "arrival: [{at_once: 9}]\nseed: 7\n" },
		{ NULL, NULL },
	};
	struct scenario *s = loaded(pages);

	(void)state;
	assert_int_equal(s->phones, 9);
	assert_int_equal(s->seed, 5);
	assert_int_equal(s->group[0].n_arrivals, 1);
	done(s);
}

/* ---- errors ------------------------------------------------------------------ */

static void
an_error_names_the_file_in_which_the_key_stands(void **state)
{
	const struct page unknown[] = {
		{ "s.yaml",
		    "include: a/common.yaml\ntitle: x\nphones: 9\narrival: [{at_once: 9}]\n" },
		{ "a/common.yaml", "seed: 5\nprofle: x\n" },
		{ NULL, NULL },
	};
	const struct page value[] = {
		{ "s.yaml",
		    "include: common.yaml\ntitle: x\nphones: 9\narrival: [{at_once: 9}]\n" },
		{ "common.yaml", "journey:\n  stay: 5\n" },
		{ NULL, NULL },
	};
	const struct page expected[] = {
		{ "s.yaml",
		    "include: common.yaml\ntitle: x\nphones: 9\narrival: [{at_once: 9}]\n" },
		{ "common.yaml", "expect:\n- phones.finishd == 1\n" },
		{ NULL, NULL },
	};
	const struct page ours[] = {
		{ "s.yaml", "include: common.yaml\ntitle: x\nphones: 9\njourney: {sty: 5s}\n" },
		{ "common.yaml", "arrival: [{at_once: 9}]\njourney: {stay: 5s}\n" },
		{ NULL, NULL },
	};
	const struct page groups[] = {
		{ "s.yaml", "include: common.yaml\ntitle: x\nphones: 9\n" },
		{ "common.yaml", "link: lan\narrival: [{at_once: 9}]\n" },
		{ NULL, NULL },
	};

	(void)state;
	assert_error(
	    unknown, "a/common.yaml:2:1: unknown key `profle'; did you mean `profile'?");
	assert_error(value,
	    "common.yaml:2:9: `stay' must be a duration such as 250ms, 20s, 5m, 24h, not `5'");
	assert_error(expected, "common.yaml:2:10: unknown `finishd'; did you mean `finished'?");
	assert_error(ours, "s.yaml:4:11: unknown key `sty'; did you mean `stay'?");
	assert_error(groups, "common.yaml:1:7: no such link: lan");
}

static void
marks_that_are_kept_name_their_file(void **state)
{
	const struct page pages[] = {
		{ "s.yaml",
		    "include: common.yaml\ntitle: x\nphones: 9\nevents: [{at: nowhere, do: "
		    "unplug}]\n" },
		{ "common.yaml",
		    "arrival: [{at_once: 9}]\nprofile: no-such\njourney: {until: no_such}\n" },
		{ NULL, NULL },
	};
	struct scenario *s = loaded(pages);
	struct config_error error;

	(void)state;
	(void)config_fail(&error, s->file, s->group[0].profile_at, "unknown");
	assert_string_equal(error.text, "common.yaml:2:10: unknown");
	(void)config_fail(&error, s->file, s->group[0].journey.until_at, "unknown");
	assert_string_equal(error.text, "common.yaml:3:18: unknown");
	(void)config_fail(&error, s->file, s->event[0].mark, "unknown");
	assert_string_equal(error.text, "s.yaml:4:15: unknown");
	done(s);
}

static void
a_file_that_cannot_be_included_is_said_where_it_is_named(void **state)
{
	const struct page missing[] = { { "s.yaml", "title: x\ninclude: no.yaml\n" },
		{ NULL, NULL } };
	const struct page deep[] = { { "s.yaml", "include: [a.yaml]\n" },
		{ "a.yaml", "phones: 5\ninclude: [b.yaml, no.yaml]\n" },
		{ "b.yaml", "seed: 5\n" }, { NULL, NULL } };
	const struct page no_yaml[] = { { "s.yaml", "include: a.yaml\n" },
		{ "a.yaml", "seed: [\n" }, { NULL, NULL } };
	const struct page no_map[] = { { "s.yaml", "include: a.yaml\n" }, { "a.yaml", "- a\n" },
		{ NULL, NULL } };
	const struct page no_name[] = { { "s.yaml", "include: {a: b}\n" }, { NULL, NULL } };
	const struct page empty[] = { { "s.yaml", "include: ['']\n" }, { NULL, NULL } };
	const struct page nested[] = {
		{ "s.yaml", "title: x\nphones: 9\njourney: {include: a.yaml}\n" },
		{ NULL, NULL }
	};

	(void)state;
	assert_error(missing, "s.yaml:2:10: no.yaml: is not there");
	assert_error(deep, "a.yaml:2:19: no.yaml: is not there");
	assert_error(no_yaml,
	    "a.yaml:2:1: not YAML: did not find expected node content, while parsing a flow "
	    "node");
	assert_error(no_map, "a.yaml:1:1: the file must be a map of keys and values");
	assert_error(
	    no_name, "s.yaml:1:10: `include' must be the name of a file, or a list of them");
	assert_error(
	    empty, "s.yaml:1:11: `include' must be the name of a file, or a list of them");
	assert_error(nested, "s.yaml:3:11: unknown key `include'");
}

static void
files_that_include_themselves_or_too_many_are_refused(void **state)
{
	const struct page self[] = { { "s.yaml", "include: ./s.yaml\n" }, { NULL, NULL } };
	const struct page ring[] = { { "s.yaml", "include: a.yaml\n" },
		{ "a.yaml", "include: b.yaml\n" }, { "b.yaml", "seed: 5\ninclude: a.yaml\n" },
		{ NULL, NULL } };
	const struct page deep[] = { { "s.yaml", "include: a.yaml\n" },
		{ "a.yaml", "include: b.yaml\n" }, { "b.yaml", "include: c.yaml\n" },
		{ "c.yaml", "include: d.yaml\n" }, { "d.yaml", "include: e.yaml\n" },
		{ "e.yaml", "seed: 5\n" }, { NULL, NULL } };
	const struct page many[] = {
		{ "s.yaml",
		    "include: [a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a,\n a]\n" },
		{ "a", "seed: 5\n" }, { NULL, NULL }
	};

	(void)state;
	assert_error(self, "s.yaml:1:10: s.yaml includes itself");
	assert_error(ring, "b.yaml:2:10: a.yaml includes itself");
	assert_error(deep, "d.yaml:1:10: files include each other deeper than 4");
	assert_error(many, "s.yaml:2:2: more than 16 files are included");
}

/* ---- real files ---------------------------------------------------------------- */

static void
from_the_file_system_only_regular_files_are_included(void **state)
{
	struct scenario *s = mem_new(sizeof *s);
	struct config_error error;
	char path[300], pipe[320], wanted[700];
	const char *file;

	(void)state;
	assert_non_null(s);
	(void)temp_file("common.yaml", "phones: 9\narrival: [{at_once: 9}]\n", 33);
	file = temp_file("s.yaml", "title: x\ninclude: common.yaml\n", 30);
	snprintf(path, sizeof path, "%s", file);
	assert_int_equal(scenario_load(path, s, &error), 0);
	assert_int_equal(s->phones, 9);
	scenario_done(s);

	/* A pipe would keep the program waiting. */
	snprintf(pipe, sizeof pipe, "%s/pipe", temp_folder());
	assert_int_equal(mkfifo(pipe, 0600), 0);
	(void)temp_file("s.yaml", "title: x\ninclude: pipe\n", 23);
	assert_int_not_equal(scenario_load(path, s, &error), 0);
	snprintf(wanted, sizeof wanted, "%s:2:10: %s: is no regular file", path, pipe);
	assert_string_equal(error.text, wanted);
	(void)temp_file("s.yaml", "title: x\ninclude: /dev/zero\n", 28);
	assert_int_not_equal(scenario_load(path, s, &error), 0);
	snprintf(wanted, sizeof wanted, "%s:2:10: /dev/zero: is no regular file", path);
	assert_string_equal(error.text, wanted);
	(void)temp_file("s.yaml", "title: x\ninclude: .\n", 20);
	assert_int_not_equal(scenario_load(path, s, &error), 0);
	assert_non_null(strstr(error.text, ": is a directory, not a file"));
	mem_free(s);
	assert_int_equal(mem_out(), 0);
}

static void
who_plays_the_servers_reads_the_same_files(void **state)
{
	static const char ours[] =
	    "include: common.yaml\ntitle: x\nservers: {kdc: {workers: ${CX_WORKERS:-3}}}\n";
	static const char theirs[] =
	    "seed: 5\nfaults: [{server: dns, do: {drop: 5%}}]\n"
	    "servers: {kdc: {workers: 9, latency: 7ms}, dns: {add: [a.b A 10.0.0.1]}}\n";
	struct faults *faults = mem_new(sizeof *faults);
	struct servers *servers = mem_new(sizeof *servers);
	struct config_error error;
	char path[300];

	(void)state;
	assert_non_null(faults);
	assert_non_null(servers);
	(void)temp_file("common.yaml", theirs, sizeof theirs - 1);
	snprintf(path, sizeof path, "%s",
	    temp_file(
		"s.yaml", "title: x\ninclude: common.yaml\nservers: {kdc: {wokers: 3}}\n", 57));
	assert_int_not_equal(scenario_load_servers(path, faults, servers, &error), 0);
	assert_non_null(strstr(error.text, "s.yaml:3:17: unknown key `wokers'"));
	/* Flow style wants quotes around the braces of a variable. */
	(void)temp_file("s.yaml", ours, sizeof ours - 1);
	assert_int_not_equal(scenario_load_servers(path, faults, servers, &error), 0);
	(void)temp_file("s.yaml",
	    "include: common.yaml\nservers: {kdc: {workers: '${CX_WORKERS:-3}'}}\n", 66);
	if (scenario_load_servers(path, faults, servers, &error) != 0)
		fail_msg("%s", error.text);
	assert_int_equal(faults->n, 1);
	assert_string_equal(faults->fault[0].server, "dns");
	assert_int_equal(servers->cost[SERVERS_KDC].workers, 3);
	assert_int_equal(servers->cost[SERVERS_KDC].latency_us, 7000);
	/* The names of the files are gone with the tree: nothing points to them. */
	assert_null(faults->fault[0].at.file);
	assert_int_equal(servers->dns.n_add, 1);
	assert_null(servers->dns.add[0].at.file);
	mem_free(faults);
	mem_free(servers);
	assert_int_equal(mem_out(), 0);
}

static void
an_included_file_has_an_end(void **state)
{
	struct scenario *s = mem_new(sizeof *s);
	struct config_error error;
	char *big = mem_new(TREE_BYTES_MAX + 2);
	char path[300];

	(void)state;
	assert_non_null(s);
	assert_non_null(big);
	memset(big, '#', TREE_BYTES_MAX + 1);
	(void)temp_file("big.yaml", big, TREE_BYTES_MAX + 1);
	snprintf(path, sizeof path, "%s", temp_file("s.yaml", "include: big.yaml\n", 18));
	assert_int_not_equal(scenario_load(path, s, &error), 0);
	assert_non_null(strstr(error.text, "s.yaml:1:10: "));
	assert_non_null(strstr(error.text, "big.yaml: is larger than 1048576 bytes"));
	mem_free(big);
	mem_free(s);
	assert_int_equal(mem_out(), 0);
}

static void
given_no_memory_at_the_nth_allocation_nothing_leaks(void **state)
{
	const struct page pages[] = {
		{ "s.yaml",
		    "include: [a.yaml, b.yaml]\ntitle: ${NONE_OF_OURS:-x}\nphones: 9\n" },
		{ "a.yaml", "arrival: [{at_once: 9}]\njourney: {stay: 5s}\n" },
		{ "b.yaml", "include: c.yaml\njourney: {until: ntp_sync}\n" },
		{ "c.yaml", "seed: 5\n" },
		{ NULL, NULL },
	};
	struct scenario *s = mem_new(sizeof *s);
	struct config_error error;
	int err = -1;

	(void)state;
	for (long n = 1; err != 0; n++) {
		assert_in_range(n, 1, 1000);
		mem_fail_at(n);
		err = load(pages, s, &error);
		mem_fail_at(0);
		if (err != 0) {
			assert_int_equal(mem_out(), 1);
			assert_true(error.text[0] != '\0');
		}
	}
	done(s);
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
		cmocka_unit_test(what_is_included_are_defaults),
		cmocka_unit_test(maps_are_merged_key_by_key_and_lists_replaced),
		cmocka_unit_test(a_distribution_or_a_link_is_one_thing),
		cmocka_unit_test(of_several_files_the_later_ones_win),
		cmocka_unit_test(included_files_include_others_beside_themselves),
		cmocka_unit_test(an_error_names_the_file_in_which_the_key_stands),
		cmocka_unit_test(marks_that_are_kept_name_their_file),
		cmocka_unit_test(a_file_that_cannot_be_included_is_said_where_it_is_named),
		cmocka_unit_test(files_that_include_themselves_or_too_many_are_refused),
		cmocka_unit_test(from_the_file_system_only_regular_files_are_included),
		cmocka_unit_test(who_plays_the_servers_reads_the_same_files),
		cmocka_unit_test(an_included_file_has_an_end),
		cmocka_unit_test(given_no_memory_at_the_nth_allocation_nothing_leaks),
	};

	return cmocka_run_group_tests(tests, NULL, clean);
}
