/*
 * test_report_odd.c - report.html of runs that are not as one would wish: nobody was started,
 * the farm was too slow, words that want to be markup, phones that were not traced; and of runs
 * that have more to show: groups, an embedded pool's counters.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "report_page.h"
#include "run_page.h"
#include "summary.h"
#include "temp_file.h"

static int
teardown(void **state)
{
	(void)report_page_teardown(state);
	temp_clean();
	return 0;
}

/* The page of that folder, which is done with. */
static struct browser *
shown(void **state, struct run_folder *f)
{
	struct buf page = run_page(f);
	const char *name = strrchr(f->path, '/') + 1;
	char folder[64];

	snprintf(folder, sizeof folder, "%s", name);
	assert_int_equal(0, summary_write(f->path, "report.html", buf_bytes(&page)));
	buf_done(&page);
	run_folder_free(f);
	return report_page_open(state, folder)->browser;
}

/* The text of the first such element; numbers and units have a fixed gap between them. */
static void
says(struct browser *b, const char *selector, const char *words)
{
	char script[192], text[4096];

	snprintf(script, sizeof script,
	    "document.querySelector('%s').textContent.replaceAll('\\u00a0', ' ')", selector);
	browser_text(b, script, text, sizeof text);
	if (strstr(text, words) == NULL)
		fail_msg("\"%s\" is not in: %s", words, text);
}

static void
a_run_in_which_nobody_started_is_shown(void **state)
{
	struct run_folder *f = run_folder_new("nobody");
	struct browser *b;

	memset(&f->m->phones, 0, sizeof f->m->phones);
	f->end.verdict = REPORT_INTERRUPTED;
	b = shown(state, f);
	says(b, "#verdict-word", "Interrupted");
	says(b, ".lead", "0 of 20 phones finished; 20 never started.");
	says(b, "#failures", "No phone failed");
	assert_true(
	    browser_number(b, "document.querySelectorAll('table.steps tbody tr').length") == 0);
}

static void
a_run_of_a_second_is_shown(void **state)
{
	struct run_folder *f = run_folder_new("short");
	struct browser *b;

	f->end.wall_s = 0.2;
	run_folder_done(f, RF_LEASE, 300, 1);
	b = shown(state, f);
	says(b, "tr[data-step=dhcp_lease]", "dhcp_lease");
	says(b, "#steps .aside", "sip_register");
}

static void
what_made_a_run_invalid_is_the_first_thing_it_says(void **state)
{
	struct run_folder *f = run_folder_new("invalid");
	struct browser *b;

	f->end.verdict = REPORT_INVALID;
	f->end.why = "the farm fell behind: loop lag p99 134 ms > 100 ms on shard 1";
	f->end.limit = "loop lag p99 134 ms > 100 ms on shard 1";
	f->m->loop_lag_p99_ms = 134;
	b = shown(state, f);
	says(b, ".verdict.invalid", "says nothing about the pool");
	says(b, ".verdict.invalid", "134 ms > 100 ms on shard 1");
	says(b, "#farm", "It was not: loop lag");
	/* The figure stands beside its limit, and is marked. */
	assert_true(browser_true(b,
	    "[...document.querySelectorAll('#farm tr')].some((r) => r.textContent.startsWith("
	    "'Loop lag, p99134\\u00a0ms100\\u00a0ms') && "
	    "r.cells[1].classList.contains('warn'))"));
}

static void
why_a_run_was_stopped_is_said_once(void **state)
{
	static const char why[] =
	    "stopped at 31.0 s: step.krb_login.p99 < 800ms is broken: 1.2 s";
	struct run_folder *f = run_folder_new("stopped");
	struct browser *b;

	f->end.verdict = REPORT_FAIL;
	f->end.why = f->end.stopped = why;
	b = shown(state, f);
	says(b, ".verdict.fail", why);
	assert_true(browser_true(b,
	    "document.querySelector('.verdict').textContent.split('stopped at').length === 2"));
}

static void
broken_expectations_stand_out(void **state)
{
	struct run_folder *f = run_folder_new("broken");
	struct browser *b;

	run_folder_expect(f, "phones.finished == 100%", "95% (19 of 20)", false);
	run_folder_expect(f, "wall < 1min", "10 s", true);
	b = shown(state, f);
	says(b, "#expect .aid", "1 of 2 hold");
	says(b, "#expect tr.bad", "phones.finished == 100%95% (19 of 20)✗ no");
	assert_true(
	    browser_number(b, "document.querySelectorAll('#expect tr.bad').length") == 1);
}

static void
words_of_a_run_stay_words(void **state)
{
	static const char evil[] = "<img src=x onerror=document.title=1></script><b>";
	struct run_folder *f = run_folder_new("evil");
	struct browser *b;
	char text[128];

	f->run.title = f->run.scenario = evil;
	run_folder_expect(f, evil, evil, false);
	run_folder_phone(f, 3, RF_LOGIN, RF_AUTH, 9);
	run_folder_row(f, 3,
	    &(struct run_folder_row){ .ms = 9,
		.step = "krb_login",
		.verdict = "fail",
		.why = "auth",
		.detail = evil,
		.seen = "{\"<b>\": [\"<img src=x>\"]}" });
	b = shown(state, f);
	assert_string_equal(evil,
	    browser_text(b, "document.querySelector('h1').textContent", text, sizeof text));
	says(b, "#expect td", evil);
	says(b, ".phone .came", evil);
	says(b, ".phone .seen", "<b>: <img src=x>");
	assert_true(browser_number(b, "document.images.length") == 0);
	assert_true(browser_true(b, "document.title.startsWith('<img')"));
}

static void
a_phone_that_was_not_traced_says_so(void **state)
{
	struct run_folder *f = run_folder_new("untraced");
	struct browser *b;

	run_folder_failed(f, RF_LOGIN, RF_AUTH, 1);
	run_folder_phone(f, 3, RF_LOGIN, RF_AUTH, 9000);
	b = shown(state, f);
	says(b, ".kind h4", "krb_login · auth 1 phone");
	says(b, ".phone summary", "Phone 3 at 9 s");
	says(b, ".phone", "This phone was not traced");
}

static void
tries_that_went_wrong_are_a_table_by_step_and_reason(void **state)
{
	struct run_folder *f = run_folder_new("reasons");
	struct browser *b;

	run_folder_failed(f, RF_LOGIN, RF_TIMEOUT, 7);
	run_folder_failed(f, RF_LOGIN, RF_AUTH, 2);
	run_folder_failed(f, RF_TLS, RF_REFUSED, 1);
	b = shown(state, f);
	/* The most frequent reason first. */
	assert_true(browser_true(b,
	    "[...document.querySelectorAll('.matrix th[scope=col]')].map((h) => "
	    "h.textContent.trim()).join() === 'Step,timeout,auth,refused,Sum,Failed for "
	    "good'"));
	assert_true(browser_true(b,
	    "[...document.querySelector('.matrix tbody tr').cells].map((c) => "
	    "c.textContent).join() === 'krb_login,7,2,·,9,9'"));
}

static void
groups_stand_beside_each_other(void **state)
{
	struct run_folder *f = run_folder_new("groups");
	struct browser *b;

	f->patch = json_pack("{s:{s:{s:i, s:i, s:i, s:i, s:i, s:{s:f, s:f, s:f, s:f}}, s:{s:i, "
			     "s:i, s:i, s:i, s:i, s:{s:n, s:n, s:n, s:n}}}}",
	    "groups", "hq", "planned", 15, "started", 15, "finished", 14, "failed", 1,
	    "unfinished", 0, "boot_ms", "p50", 2000.0, "p95", 3000.0, "p99", 4000.0, "max",
	    5000.0, "branch", "planned", 5, "started", 0, "finished", 0, "failed", 0,
	    "unfinished", 0, "boot_ms", "p50", "p95", "p99", "max");
	b = shown(state, f);
	says(b, "#groups tbody tr:nth-child(1)",
	    "hq1515141"
	    "02 s3 s4 s5 s");
	says(b, "#groups tbody tr:nth-child(2)",
	    "branch5000"
	    "0––––");
}

static void
the_pools_own_counters_stand_beside_the_farms(void **state)
{
	struct run_folder *f = run_folder_new("pool");
	struct browser *b;

	f->m->service[3] = (struct service_metrics){ .requests = 100, .replies = 98 };
	f->m->service[5] = (struct service_metrics){ .requests = 60, .replies = 60 };
	f->m->service[6] = (struct service_metrics){ .requests = 40, .replies = 40 };
	run_folder_put(f, "servers.json",
	    "{\"kdc\": {\"requests\": 98, \"replies\": 98, \"bytes_in\": 1, \"bytes_out\": 2},"
	    "\"ca-web\": {\"requests\": 30, \"replies\": 30, \"bytes_in\": 0, \"bytes_out\": "
	    "0},"
	    "\"exchange\": {\"requests\": 70, \"replies\": 70, \"bytes_in\": 0, \"bytes_out\": "
	    "0}"
	    "}");
	b = shown(state, f);
	/* Two were lost on the way there, none on the way back. */
	says(b, "#servers tbody tr:nth-child(1)", "Kerberos (KDC)10098−29898=");
	/* The farm counts the web by port, the pool by server: their sums are compared. */
	says(b, "#servers tbody tr:nth-child(2)", "Web (HTTP, HTTPS)100100=100100=");
	assert_true(
	    browser_number(b, "document.querySelectorAll('#servers td.warn').length") == 1);
}

static void
a_pool_that_is_not_ours_has_no_counters(void **state)
{
	struct run_folder *f = run_folder_new("foreign");
	struct browser *b;

	f->run.pool = "contoso-lab";
	b = shown(state, f);
	says(b, "#servers", "The pool is not ours");
	says(b, "#facts", "pool contoso-lab");
}

static void
the_command_can_be_pasted_into_a_shell(void **state)
{
	static const char *const argv[] = { "run", "my scenario's.yaml", "-n", "20", "$HOME" };
	struct run_folder *f = run_folder_new("argv");
	struct browser *b;
	char text[128];

	f->run.argv = (char **)(uintptr_t)argv;
	b = shown(state, f);
	assert_string_equal("cx700farm run 'my scenario'\\''s.yaml' -n 20 '$HOME'",
	    browser_text(
		b, "document.getElementById('command').textContent", text, sizeof text));
}

int
main(void)
{
#define SHOWN(test) cmocka_unit_test_setup_teardown(test, report_page_setup, teardown)
	const struct CMUnitTest tests[] = {
		SHOWN(a_run_in_which_nobody_started_is_shown),
		SHOWN(a_run_of_a_second_is_shown),
		SHOWN(what_made_a_run_invalid_is_the_first_thing_it_says),
		SHOWN(why_a_run_was_stopped_is_said_once),
		SHOWN(broken_expectations_stand_out),
		SHOWN(words_of_a_run_stay_words),
		SHOWN(a_phone_that_was_not_traced_says_so),
		SHOWN(tries_that_went_wrong_are_a_table_by_step_and_reason),
		SHOWN(groups_stand_beside_each_other),
		SHOWN(the_pools_own_counters_stand_beside_the_farms),
		SHOWN(a_pool_that_is_not_ours_has_no_counters),
		SHOWN(the_command_can_be_pasted_into_a_shell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
