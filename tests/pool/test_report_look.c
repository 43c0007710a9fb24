/* test_report_look.c - report.html in light and in the dark, on screens of any width, on paper.
 */
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

/* The contrast of an element's text with the page, as WCAG counts it. */
#define CONTRAST                                                                          \
	"(() => { const c = document.createElement('canvas').getContext('2d', "           \
	"{willReadFrequently: true});"                                                    \
	" const l = (colour) => { c.fillStyle = colour; c.fillRect(0, 0, 1, 1);"          \
	" const [r, g, b] = [...c.getImageData(0, 0, 1, 1).data].map((v) => { v /= 255;"  \
	" return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });"            \
	" return 0.2126 * r + 0.7152 * g + 0.0722 * b; };"                                \
	" const back = l(getComputedStyle(document.documentElement).backgroundColor);"    \
	" return Math.min(...[...document.querySelectorAll('p, th, td, a, .warn, small, " \
	"h2')].map((e) => l(getComputedStyle(e).color)).map((f) => (Math.max(f, back) + " \
	"0.05) / "                                                                        \
	"(Math.min(f, back) + 0.05))); })()"

static void
its_words_can_be_read_in_light_and_in_the_dark(void **state)
{
	struct browser *b = page(state);
	char light[64], dark[64];

	browser_text(b, "getComputedStyle(document.documentElement).backgroundColor", light,
	    sizeof light);
	assert_true(browser_number(b, CONTRAST) >= 4.5);
	browser_look(b, &(struct browser_look){ .width = 1400, .height = 900, .dark = true });
	browser_text(
	    b, "getComputedStyle(document.documentElement).backgroundColor", dark, sizeof dark);
	assert_string_not_equal(light, dark);
	assert_true(browser_number(b, CONTRAST) >= 4.5);
}

static void
its_colours_can_be_chosen_against_the_systems(void **state)
{
	struct browser *b = page(state);
	const char *back = "getComputedStyle(document.documentElement).backgroundColor";
	char light[64], dark[64], again[64];

	browser_text(b, back, light, sizeof light);
	browser_click(b, "#theme"); /* light */
	browser_click(b, "#theme"); /* dark */
	browser_text(b, back, dark, sizeof dark);
	assert_string_not_equal(light, dark);
	assert_true(
	    browser_true(b, "document.getElementById('theme').textContent.includes('dark')"));
	browser_click(b, "#theme"); /* as the system */
	assert_string_equal(light, browser_text(b, back, again, sizeof again));
}

static void
on_a_narrow_screen_only_tables_scroll_sideways(void **state)
{
	struct browser *b = page(state);
	static const unsigned widths[] = { 320, 400, 768, 1400, 1920 };

	for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
		browser_look(b, &(struct browser_look){ .width = widths[i], .height = 800 });
		browser_until(b,
		    "[...document.querySelectorAll('.plot')].every((p) => p.clientWidth === "
		    "Number(p.querySelector('svg').getAttribute('viewBox').split(' ')[2]))");
		assert_true(browser_number(
				b, "document.documentElement.scrollWidth - innerWidth") <= 0);
		/* A table that scrolls can be reached by keyboard, and only such a one. */
		assert_true(browser_true(b,
		    "[...document.querySelectorAll('.wide')].every((w) => "
		    "w.hasAttribute('tabindex') === (w.scrollWidth > w.clientWidth + 1))"));
	}
	report_page_clean(*state);
}

static void
paper_has_all_of_it_and_nothing_to_press(void **state)
{
	struct browser *b = page(state);
	char path[128], head[6] = "";
	FILE *f;

	browser_look(b,
	    &(struct browser_look){
		.width = 694, .height = 1000, .dark = true, .paper = true });
	browser_until(b, "page.paper(true), true");
	/* Nothing is wider than the paper, or all would be made smaller. */
	assert_true(browser_number(b, "document.documentElement.scrollWidth") <= 694);
	assert_true(browser_true(b,
	    "[...document.querySelectorAll('nav, #theme, .readout')].every((e) => "
	    "getComputedStyle(e).display === 'none')"));
	/* White, although the reader likes it dark. */
	assert_true(browser_true(b,
	    "getComputedStyle(document.documentElement).backgroundColor === 'rgb(255, 255, "
	    "255)'"));
	snprintf(path, sizeof path, "%s/paper.pdf", temp_folder());
	browser_pdf(b, path);
	f = fopen(path, "rb");
	assert_non_null(f);
	assert_int_equal(5, fread(head, 1, 5, f));
	assert_int_equal(0, fclose(f));
	assert_string_equal("%PDF-", head);
	report_page_clean(*state);
}

int
main(void)
{
#define LOOKED_AT(test) \
	cmocka_unit_test_setup_teardown(test, report_page_setup, report_page_teardown)
	const struct CMUnitTest tests[] = {
		LOOKED_AT(its_words_can_be_read_in_light_and_in_the_dark),
		LOOKED_AT(its_colours_can_be_chosen_against_the_systems),
		LOOKED_AT(on_a_narrow_screen_only_tables_scroll_sideways),
		LOOKED_AT(paper_has_all_of_it_and_nothing_to_press),
	};

	return cmocka_run_group_tests(tests, rehearse, clean);
}
