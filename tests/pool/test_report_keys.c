/* test_report_keys.c - report.html by keyboard alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "report_page.h"
#include "temp_file.h"

#define TROUBLE "tests/scenarios/a_bad_day.yaml"

static int
rehearse(void **state)
{
	(void)state;
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

static struct browser *
page(void **state)
{
	return report_page_open(state, "trouble")->browser;
}

static void
focus(struct browser *b, const char *selector)
{
	char script[256];

	snprintf(script, sizeof script,
	    "document.querySelector('%s').focus(), document.activeElement === "
	    "document.querySelector('%s')",
	    selector, selector);
	assert_true(browser_true(b, script));
}

#define FAILED_HEAD "table.steps th:nth-child(5)"
#define FAILED_COLUMN                                                        \
	"[...document.querySelectorAll('table.steps tbody tr')].map((r) => " \
	"Number(r.cells[4].dataset.v))"

static void
a_table_is_sorted_with_the_enter_key_and_back(void **state)
{
	struct browser *b = page(state);
	char first[64], text[64];

	browser_text(b, "document.querySelector('table.steps tbody th').textContent", first,
	    sizeof first);
	focus(b, FAILED_HEAD " button");
	browser_press(b, "Enter", false);
	assert_string_equal("descending",
	    browser_text(b,
		"document.querySelector('" FAILED_HEAD "').getAttribute('aria-sort')", text,
		sizeof text));
	assert_true(
	    browser_true(b, FAILED_COLUMN ".every((v, i, all) => i === 0 || all[i - 1] >= v)"));
	assert_true(browser_true(b, FAILED_COLUMN "[0] > 0"));
	browser_press(b, "Enter", false);
	assert_true(
	    browser_true(b, FAILED_COLUMN ".every((v, i, all) => i === 0 || all[i - 1] <= v)"));
	/* Texts begin with the first; the column that was sorted says so no more. */
	focus(b, "table.steps th:nth-child(1) button");
	browser_press(b, "Enter", false);
	assert_true(browser_number(b, "document.querySelectorAll('[aria-sort]').length") == 1);
	assert_string_equal("autodiscover_find",
	    browser_text(b, "document.querySelector('table.steps tbody th').textContent", text,
		sizeof text));
	assert_string_equal("dhcp_lease", first);
	report_page_clean(*state);
}

static void
what_is_missing_is_sorted_last_either_way(void **state)
{
	struct browser *b = page(state);
	const char *last = "[...document.querySelectorAll('table.steps tbody tr')].pop()"
			   ".cells[1].dataset.v === undefined";

	/* Rows that are not in the guide have no number. */
	focus(b, "table.steps th:nth-child(2) button");
	browser_press(b, "Enter", false);
	assert_true(browser_true(b, last));
	browser_press(b, "Enter", false);
	assert_true(browser_true(b, last));
}

/* What is told under the chart of the phones is what the course says of that time. */
static void
the_arrow_keys_move_all_charts_in_time(void **state)
{
	struct browser *b = page(state);
	char said[512], expected[64];

	focus(b, "[data-chart=phones]");
	browser_press(b, "Home", false);
	browser_press(b, "PageDown", false);
	browser_press(b, "ArrowRight", false);
	browser_press(b, "ArrowLeft", false);
	browser_text(b, "document.querySelector('[data-chart=phones] .readout').textContent",
	    said, sizeof said);
	browser_text(
	    b, "'At ' + text.s(11 * page.run.course.span_s) + ': '", expected, sizeof expected);
	assert_int_equal(strncmp(said, expected, strlen(expected)), 0);
	assert_true(browser_true(b,
	    "page.run.course.stages.every((s) => { const n = "
	    "page.run.course.phones.stage[s][10];"
	    " return n === 0 || document.querySelector('[data-chart=phones] .readout')"
	    ".textContent.includes(s + ' ' + text.count(n)); })"));
	/* The others follow. */
	assert_int_equal(strncmp(browser_text(b,
				     "document.querySelector('[data-chart=heat] "
				     ".readout').textContent",
				     said, sizeof said),
			     expected, strlen(expected)),
	    0);
	browser_press(b, "Escape", false);
	assert_string_equal("",
	    browser_text(b,
		"document.querySelector('[data-chart=phones] .readout').textContent", said,
		sizeof said));
}

static void
a_step_is_chosen_with_the_enter_key(void **state)
{
	struct browser *b = page(state);
	char text[64];

	focus(b, "[data-step=ldap_bind].tile");
	browser_press(b, "Enter", false);
	assert_string_equal("ldap_bind",
	    browser_text(
		b, "document.querySelector('#heat-large h3').textContent", text, sizeof text));
	assert_true(browser_true(b,
	    "[...document.querySelectorAll('.tile[aria-pressed=true]')].map((t) => "
	    "t.dataset.step).join() === 'ldap_bind'"));
	assert_true(browser_true(
	    b, "document.querySelector('[data-chart=heat]').dataset.drawn === '1'"));
	/* Its table by time is made when it is opened, and adds up. */
	focus(b, "#heat-large summary");
	browser_press(b, "Enter", false);
	browser_until(b, "document.querySelector('#heat-large tbody') !== null");
	assert_true(browser_true(b,
	    "[...document.querySelectorAll('#heat-large tbody tr')].reduce((n, r) => n + "
	    "Number(r.cells[1].dataset.v), 0) === page.run.summary.steps.find((s) => s.name "
	    "=== "
	    "'ldap_bind').done"));
	report_page_clean(*state);
}

static void
a_phones_way_is_opened_with_the_enter_key(void **state)
{
	struct browser *b = page(state);

	assert_true(
	    browser_true(b, "document.querySelector('.slowest details table') === null"));
	focus(b, ".slowest summary");
	browser_press(b, "Enter", false);
	browser_until(b, "document.querySelector('.slowest details table') !== null");
	/* A line a row, a bar each, none beyond the end. */
	assert_true(browser_true(b,
	    "(() => { const d = document.querySelector('.slowest details');"
	    " const way = page.run.ways[d.dataset.phone];"
	    " return d.querySelectorAll('tbody tr').length === way.rows.length &&"
	    " d.querySelectorAll('.lap').length === way.rows.length; })()"));
	assert_true(browser_true(b,
	    "[...document.querySelectorAll('.slowest .lap')].every((l) => "
	    "l.getBoundingClientRect().right <= "
	    "l.parentNode.getBoundingClientRect().right + 2)"));
	report_page_clean(*state);
}

static void
the_tab_key_reaches_everything_in_its_order(void **state)
{
	struct browser *b = page(state);
	char text[64];

	browser_press(b, "Tab", false);
	assert_string_equal("Skip to the verdict",
	    browser_text(b, "document.activeElement.textContent", text, sizeof text));
	/* The link can be seen when it has the focus. */
	assert_true(
	    browser_true(b, "document.activeElement.getBoundingClientRect().left >= 0"));
	browser_press(b, "Tab", false);
	assert_string_equal(
	    "theme", browser_text(b, "document.activeElement.id", text, sizeof text));
	assert_true(browser_number(b, "document.querySelectorAll('[tabindex]').length") > 15);
	assert_true(browser_true(
	    b, "[...document.querySelectorAll('[tabindex]')].every((e) => e.tabIndex === 0)"));
}

static void
all_that_is_used_or_read_has_a_name(void **state)
{
	struct browser *b = page(state);

	assert_true(browser_true(b,
	    "[...document.querySelectorAll('button, a, summary')].every((e) => "
	    "e.textContent.trim() !== '')"));
	assert_true(browser_true(b,
	    "[...document.querySelectorAll('svg')].every((e) => e.getAttribute('role') === "
	    "'img' "
	    "&& e.getAttribute('aria-label').length > 8)"));
	assert_true(browser_true(b,
	    "[...document.querySelectorAll('table')].every((e) => e.caption.textContent !== '' "
	    "&& "
	    "e.querySelectorAll('th[scope]').length > 0)"));
	assert_true(browser_true(b,
	    "new Set([...document.querySelectorAll('[id]')].map((e) => e.id)).size === "
	    "document.querySelectorAll('[id]').length"));
	/* Each line of the contents leads somewhere. */
	assert_true(browser_true(b,
	    "[...document.querySelectorAll('nav a')].every((a) => "
	    "document.querySelector(a.getAttribute('href')) !== null)"));
}

int
main(void)
{
#define LOOKED_AT(test) \
	cmocka_unit_test_setup_teardown(test, report_page_setup, report_page_teardown)
	const struct CMUnitTest tests[] = {
		LOOKED_AT(a_table_is_sorted_with_the_enter_key_and_back),
		LOOKED_AT(what_is_missing_is_sorted_last_either_way),
		LOOKED_AT(the_arrow_keys_move_all_charts_in_time),
		LOOKED_AT(a_step_is_chosen_with_the_enter_key),
		LOOKED_AT(a_phones_way_is_opened_with_the_enter_key),
		LOOKED_AT(the_tab_key_reaches_everything_in_its_order),
		LOOKED_AT(all_that_is_used_or_read_has_a_name),
	};

	return cmocka_run_group_tests(tests, rehearse, clean);
}
