/*
 * test_report_page.c - report.html of two rehearsals, in a browser: 5,000 phones that all get
 * there, and 1,000 with every kind of trouble.  Its numbers are those of summary.json, its
 * charts are drawn, it is light, and nothing goes wrong.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "report_page.h"
#include "temp_file.h"

#define TROUBLE "tests/scenarios/a_bad_day.yaml"

/* A campus gets its power back. */
static const char storm[] = "title: Power restored\n"
			    "phones: 5000\n"
			    "profile: cx700-1.0.522.101\n"
			    "arrival: [{at_once: 500}, {steady: {rate: 100/s, for: 45s}}]\n"
			    "user: {types_for: 20s±8s}\n"
			    "journey: {until: sip_provision, stay: 5m}\n";

static int
rehearse(void **state)
{
	(void)state;
	report_page_rehearse("storm", temp_file("storm.yaml", storm, sizeof storm - 1), 0);
	report_page_rehearse("trouble", TROUBLE, 0);
	return 0;
}

static int
clean(void **state)
{
	(void)state;
	temp_clean();
	return 0;
}

/* ---- weight ---- */

static void
of_5000_phones_it_is_under_3_mb_and_opens_within_2_s(void **state)
{
	struct report_page *p = report_page_open(state, "storm");
	char path[160];
	struct stat st;

	snprintf(path, sizeof path, "%s/report.html", p->dir);
	assert_int_equal(0, stat(path, &st));
	assert_true(st.st_size < 3000000);
	assert_true(browser_worked_s(p->browser) < 2);
}

static void
every_chart_is_drawn(void **state)
{
	struct report_page *p = report_page_open(state, "storm");
	struct browser *b = p->browser;

	assert_true(browser_number(b, "document.querySelectorAll('.plot').length") >= 25);
	assert_true(browser_true(b,
	    "[...document.querySelectorAll('.plot')].every((e) => e.dataset.drawn === '1' && "
	    "e.querySelector('svg').getBoundingClientRect().width > 100 && "
	    "e.querySelector('svg path, svg rect.bar') !== null)"));
	/* Where a chart has no data it has a hole in a path. */
	assert_true(browser_true(b,
	    "[...document.querySelectorAll('svg [d], svg [x], svg [y]')].every((e) => "
	    "!/NaN|undefined|Infinity/.test(e.outerHTML))"));
	/* All phones over time: each stage a layer. */
	assert_true(browser_number(b,
			"document.querySelectorAll('[data-chart=phones] .layer').length") >= 6);
	assert_true(browser_number(
			b, "document.querySelectorAll('[data-chart=heat] .heat').length") >= 3);
}

/* ---- numbers ---- */

/* What the page shows under that name equals a member of the summary's phones. */
static void
shows(struct report_page *p, const char *name, const char *key)
{
	char expression[160];

	snprintf(expression, sizeof expression,
	    "Number(document.querySelector('dd[data-name=\"%s\"]').dataset.v)", name);
	assert_true(browser_number(p->browser, expression) ==
	    json_number_value(json_object_get(json_object_get(p->summary, "phones"), key)));
}

static void
its_verdict_and_its_phones_are_the_summarys(void **state)
{
	struct report_page *p = report_page_open(state, "trouble");
	char text[64];

	shows(p, "Finished", "finished");
	shows(p, "Failed", "failed");
	shows(p, "Unfinished", "unfinished");
	assert_string_equal(json_string_value(json_object_get(p->summary, "verdict")),
	    browser_text(p->browser, "document.getElementById('verdict-word').dataset.v", text,
		sizeof text));
	assert_string_equal("Pass",
	    browser_text(p->browser, "document.getElementById('verdict-word').textContent",
		text, sizeof text));
	assert_string_equal(json_string_value(json_object_get(p->summary, "title")),
	    browser_text(
		p->browser, "document.querySelector('h1').textContent", text, sizeof text));
}

/* A table's rows as texts, cells parted by tabs. */
#define ROWS(table)                                                        \
	"[...document.querySelectorAll('" table " tbody tr')].map((r) => " \
	"[...r.cells].map((c) => c.textContent).join('\\t'))"

/* "9,464" */
static void
with_commas(char out[32], json_int_t n)
{
	if (n >= 1000000)
		snprintf(out, 32, "%lld,%03lld,%03lld", (long long)n / 1000000,
		    (long long)n / 1000 % 1000, (long long)n % 1000);
	else if (n >= 1000)
		snprintf(out, 32, "%lld,%03lld", (long long)n / 1000, (long long)n % 1000);
	else
		snprintf(out, 32, "%lld", (long long)n);
}

static void
each_steps_counts_are_the_summarys(void **state)
{
	static const char *const keys[] = { "done", "failed", "skipped", "retries" };
	struct report_page *p = report_page_open(state, "trouble");
	json_t *rows = browser_eval(p->browser, ROWS("table.steps")), *step;
	size_t i, seen = 0;

	json_array_foreach(json_object_get(p->summary, "steps"), i, step)
	{
		char expected[160], n[4][32];

		if (json_integer_value(json_object_get(step, "attempts")) == 0)
			continue;
		for (int k = 0; k < 4; k++)
			with_commas(n[k], json_integer_value(json_object_get(step, keys[k])));
		snprintf(expected, sizeof expected, "\t%s\t%s\t%s\t%s\t%s\t",
		    json_string_value(json_object_get(step, "stage")), n[0], n[1], n[2], n[3]);
		if (strstr(json_string_value(json_array_get(rows, seen)), expected) == NULL)
			fail_msg("%s is not in %s", expected,
			    json_string_value(json_array_get(rows, seen)));
		seen++;
	}
	assert_int_equal(json_array_size(rows), seen);
	assert_true(seen > 20);
	json_decref(rows);
}

static void
each_steps_latency_is_the_summarys(void **state)
{
	struct report_page *p = report_page_open(state, "storm");
	json_t *cells = browser_eval(p->browser,
	    "Object.fromEntries([...document.querySelectorAll('tr[data-step]')].map((r) => "
	    "[r.dataset.step, [7, 8, 9, 10].map((i) => Number(r.cells[i].dataset.v))]))");
	static const char *const keys[] = { "p50", "p95", "p99", "max" };
	json_t *step, *shown;
	size_t i;

	json_array_foreach(json_object_get(p->summary, "steps"), i, step)
	{
		json_t *ms = json_object_get(step, "latency_ms");

		shown =
		    json_object_get(cells, json_string_value(json_object_get(step, "name")));
		for (size_t k = 0; shown != NULL && k < 4; k++)
			assert_true(json_number_value(json_array_get(shown, k)) ==
			    json_number_value(json_object_get(ms, keys[k])));
	}
	assert_true(json_object_size(cells) > 10);
	json_decref(cells);
}

static void
its_expectations_are_the_summarys(void **state)
{
	struct report_page *p = report_page_open(state, "trouble");
	json_t *rows = browser_eval(p->browser, ROWS("#expect")), *e;
	json_t *expect = json_object_get(p->summary, "expect");
	size_t i;

	assert_int_equal(json_array_size(expect), json_array_size(rows));
	json_array_foreach(expect, i, e)
	{
		char expected[256];

		snprintf(expected, sizeof expected, "%s\t%s\t%s",
		    json_string_value(json_object_get(e, "text")),
		    json_string_value(json_object_get(e, "value")),
		    json_is_true(json_object_get(e, "pass")) ? "✓ yes" : "✗ no");
		assert_string_equal(expected, json_string_value(json_array_get(rows, i)));
	}
	json_decref(rows);
}

static void
its_servers_are_the_summarys(void **state)
{
	struct report_page *p = report_page_open(state, "storm");
	json_t *shown = browser_eval(p->browser,
	    "Object.fromEntries([...document.querySelectorAll('tr[data-service]')].map((r) => "
	    "[r.dataset.service, [1, 2, 3, 4].map((i) => Number(r.cells[i].dataset.v))]))");
	static const char *const keys[] = { "requests", "replies", "bytes_in", "bytes_out" };
	json_t *service;
	const char *name;

	json_object_foreach(json_object_get(p->summary, "servers"), name, service)
	{
		for (size_t k = 0; k < 4; k++)
			assert_true(json_number_value(
					json_array_get(json_object_get(shown, name), k)) ==
			    json_number_value(json_object_get(service, keys[k])));
	}
	assert_int_equal(
	    json_object_size(json_object_get(p->summary, "servers")), json_object_size(shown));
	json_decref(shown);
}

/* The causes' counts add up to the phones that failed, and each has its first phones. */
static void
the_phones_that_failed_are_named_by_step_and_reason(void **state)
{
	struct report_page *p = report_page_open(state, "trouble");
	struct browser *b = p->browser;

	assert_true(browser_number(b,
			"[...document.querySelectorAll('.kind')].reduce((n, k) => n + "
			"Number(k.dataset.v), 0)") ==
	    json_number_value(
		json_object_get(json_object_get(p->summary, "phones"), "failed")));
	assert_true(browser_true(b,
	    "[...document.querySelectorAll('.kind')].every((k) => "
	    "k.querySelectorAll('details.phone').length === Math.min(10, k.dataset.v))"));
}

int
main(void)
{
#define LOOKED_AT(test) \
	cmocka_unit_test_setup_teardown(test, report_page_setup, report_page_teardown)
	const struct CMUnitTest tests[] = {
		LOOKED_AT(of_5000_phones_it_is_under_3_mb_and_opens_within_2_s),
		LOOKED_AT(every_chart_is_drawn),
		LOOKED_AT(its_verdict_and_its_phones_are_the_summarys),
		LOOKED_AT(each_steps_counts_are_the_summarys),
		LOOKED_AT(each_steps_latency_is_the_summarys),
		LOOKED_AT(its_expectations_are_the_summarys),
		LOOKED_AT(its_servers_are_the_summarys),
		LOOKED_AT(the_phones_that_failed_are_named_by_step_and_reason),
	};

	return cmocka_run_group_tests(tests, rehearse, clean);
}
