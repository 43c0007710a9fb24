/* test_ui_page.c - the live page in a browser, over a farm of 5,000.  UI_SHOTS=DIR leaves
 * pictures of it there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "browser.h"
#include "ui_farm.h"

struct sight {
	struct ui_farm farm;
	struct browser *b; /* NULL: this machine has none */
};

/* One farm and one browser for all; each test loads the page anew. */
static int
open_all(void **state)
{
	struct sight *s = calloc(1, sizeof *s);
	const char *why;

	assert_non_null(s);
	ui_farm_start(&s->farm);
	s->b = browser_open(&why);
	if (s->b == NULL)
		print_message("%s\n", why);
	*state = s;
	return 0;
}

static int
close_all(void **state)
{
	struct sight *s = *state;

	browser_close(s->b);
	ui_farm_stop(&s->farm);
	free(s);
	return 0;
}

#define TICKS "Number(document.documentElement.dataset.ticks || 0)"

/* The page of a farm whose toys are all where they stay, on a screen of this size. */
static struct browser *
page(struct sight *s, unsigned width, unsigned height)
{
	if (s->b == NULL)
		skip();
	browser_look(s->b, &(struct browser_look){ .width = width, .height = height });
	browser_go(s->b, s->farm.url);
	/* The last thing they tell is of tries that are lost. */
	browser_until(s->b,
	    "document.documentElement.dataset.ready === '1' && "
	    "document.querySelector('#figures').textContent.includes('lost tries1,000')");
	browser_until(s->b, TICKS " >= 2");
	return s->b;
}

static void
shot(struct browser *b, const char *name)
{
	const char *dir = getenv("UI_SHOTS");
	char path[300];

	if (dir == NULL)
		return;
	snprintf(path, sizeof path, "%s/%s.png", dir, name);
	browser_shot(b, path, false);
}

static void
says(struct browser *b, const char *expression, const char *text)
{
	char said[400];

	assert_string_equal(browser_text(b, expression, said, sizeof said), text);
}

/* What stands on the legend's button of this name. */
static double
legend(struct browser *b, const char *kind)
{
	char js[200];

	snprintf(js, sizeof js,
	    "Number([...document.querySelectorAll('#legend button')].find(x => "
	    "x.textContent.startsWith('%s ')).querySelector('b').textContent.replace(/,/g, "
	    "''))",
	    kind);
	return browser_number(b, js);
}

/* An expression for the colour at the left edge of a phone's tile, as "r,g,b": the crosses are
 * elsewhere. */
static void
tile_js(unsigned phone, char *js, size_t cap)
{
	unsigned first = phone < UI_FARM_BRANCH ? 0 : UI_FARM_BRANCH;

	snprintf(js, cap,
	    "(() => { const c = document.getElementById('tiles'), s = +c.dataset.size, n = "
	    "+c.dataset.columns, k = %u, up = %u ? 22 + Math.ceil(%d / n) * s : 0; const x = k "
	    "%% n "
	    "* s + 1, y = 22 + up + Math.floor(k / n) * s + Math.floor(s / 2), one = "
	    "document.createElement('canvas').getContext('2d', {willReadFrequently: true}); "
	    "one.drawImage(c, x, y, 1, 1, 0, 0, 1, 1); return [...one.getImageData(0, 0, 1, "
	    "1).data].slice(0, 3).join(); })()",
	    phone - first, first, UI_FARM_BRANCH);
}

/* What a colour of the page comes to, in the same words. */
static void
colour(struct browser *b, const char *name, char out[40])
{
	char js[300];

	snprintf(js, sizeof js,
	    "(() => { const e = document.body.appendChild(document.createElement('i')); "
	    "e.style.color = 'var(%s)'; const c = getComputedStyle(e).color; e.remove(); "
	    "return "
	    "c.match(/\\d+/g).join(); })()",
	    name);
	(void)browser_text(b, js, out, 40);
}

/* Now, or with the next frame. */
static void
tile_is(struct browser *b, unsigned phone, const char *name)
{
	char want[40], js[900], is[1000];

	colour(b, name, want);
	tile_js(phone, js, sizeof js);
	snprintf(is, sizeof is, "%s === '%s'", js, want);
	browser_until(b, is);
}

/* It is not wanted. */
static void
tile_is_dimmed(struct browser *b, unsigned phone, const char *name)
{
	char full[40], js[900], is[1000];

	colour(b, name, full);
	tile_js(phone, js, sizeof js);
	snprintf(is, sizeof is, "%s !== '%s'", js, full);
	browser_until(b, is);
}

static void
click_tile(struct browser *b, unsigned phone)
{
	char js[700];

	snprintf(js, sizeof js,
	    "(() => { const c = document.getElementById('tiles'), s = +c.dataset.size, n = "
	    "+c.dataset.columns, r = c.getBoundingClientRect(), k = %u; c.dispatchEvent(new "
	    "MouseEvent('click', {bubbles: true, clientX: r.left + (k %% n + .5) * s, clientY: "
	    "r.top + 22 + (Math.floor(k / n) + .5) * s})); return true; })()",
	    phone);
	assert_true(browser_true(b, js));
	browser_until(b, "!document.getElementById('phone').hidden");
}

/* ---- the tiles ---- */

static void
each_phone_has_a_tile_and_the_legend_counts_them(void **state)
{
	struct browser *b = page(*state, 1400, 900);

	says(b, "document.title", "Toys </script> & more – cx700farm");
	says(b, "document.getElementById('title').textContent", "Toys </script> & more");
	assert_true(legend(b, "staying") == 3500);
	assert_true(legend(b, "failed") == 1000);
	assert_true(legend(b, "update") == 500);
	assert_true(legend(b, "waiting") == 0);
	assert_true(browser_number(b,
			"[...document.querySelectorAll('#legend b')].reduce((n, x) => n + "
			"Number(x.textContent.replace(/,/g, '')), 0)") == UI_FARM_PHONES);
	shot(b, "wide");
	assert_string_equal(browser_complaints(b), "");
}

static void
a_tile_has_its_phones_colour(void **state)
{
	struct browser *b = page(*state, 1400, 900);

	tile_is(b, 0, "--staying");
	tile_is(b, 3, "--failed");
	tile_is(b, 995, "--failed");
	tile_is(b, 7, "--s9"); /* the last stage */
	tile_is(b, 1000, "--staying");
	tile_is(b, 1003, "--failed");
	tile_is(b, 4999, "--staying");
}

static void
nothing_is_asked_of_anybody_else(void **state)
{
	struct sight *s = *state;
	struct browser *b = page(s, 1400, 900);
	char others[400], js[300];

	snprintf(js, sizeof js,
	    "performance.getEntriesByType('resource').map(x => x.name).filter(x => "
	    "!x.startsWith('%s/') && !x.startsWith('data:')).join()",
	    s->farm.url);
	assert_string_equal(browser_text(b, js, others, sizeof others), "");
	for (const char *line = browser_asked(b); *line != '\0'; line = strchr(line, '\n') + 1)
		assert_int_equal(strncmp(line, s->farm.url, strlen(s->farm.url)), 0);
}

static void
it_goes_on_asking_and_only_what_differs_is_drawn(void **state)
{
	struct browser *b = page(*state, 1400, 900);

	browser_eval(b, "window.was = " TICKS);
	browser_until(b, TICKS " >= window.was + 2");
	tile_is(b, 0, "--staying");
	assert_string_equal(browser_complaints(b), "");
}

/* ---- figures and tables ---- */

static void
figures_and_tables_are_the_farms(void **state)
{
	struct browser *b = page(*state, 1400, 900);

	says(b, "document.querySelector('#figures div:nth-child(1) dd').textContent",
	    "5,000 of 5,000");
	says(b, "document.querySelector('#figures div:nth-child(3) dd').textContent", "1,000");
	assert_true(browser_true(b,
	    "document.querySelector('#figures div:nth-child(3)').classList.contains('bad')"));
	says(b, "document.querySelector('#failed tbody tr:nth-child(1) th').textContent",
	    "login");
	says(b,
	    "document.querySelector('#failed tbody tr:nth-child(1) "
	    "td:nth-child(3)').textContent",
	    "500");
	says(b, "document.querySelector('#failed tbody tr:nth-child(2) th').textContent",
	    "update");
	/* Rows of the road, and no chore that nobody had. */
	says(b,
	    "[...document.querySelectorAll('#steps tbody th')].map(x => x.textContent).join()",
	    "lease,login,line,update");
	says(b,
	    "[...document.querySelectorAll('#steps tbody tr:nth-child(2) td')].slice(3, "
	    "5).map(x => x.textContent).join()",
	    "4,500,500");
}

/* ---- filters ---- */

static void
failures_stand_out_when_only_they_are_wanted(void **state)
{
	struct browser *b = page(*state, 1400, 900);

	browser_click(b, "#failures");
	says(b, "document.getElementById('shown').textContent", "1,000 of 5,000 phones");
	says(b, "document.getElementById('failures').getAttribute('aria-pressed')", "true");
	tile_is(b, 3, "--failed");
	tile_is_dimmed(b, 0, "--staying");
	says(b,
	    "[...document.querySelectorAll('#matches .phone')].slice(0, 4).map(x => "
	    "x.textContent).join()",
	    "3,5,13,15");
	shot(b, "failures");

	/* Its second press, by key. */
	browser_press(b, "f", false);
	says(b, "document.getElementById('shown').textContent", "");
	tile_is(b, 0, "--staying");
}

static void
filters_go_together(void **state)
{
	struct browser *b = page(*state, 1400, 900);

	browser_press(b, "r", false);
	says(b, "document.getElementById('shown').textContent", "500 of 5,000 phones");
	assert_true(browser_true(b,
	    "(() => { const g = document.getElementById('group'); g.value = '0'; "
	    "g.dispatchEvent(new Event('change')); return true; })()"));
	says(b, "document.getElementById('shown').textContent", "100 of 5,000 phones");
	says(b, "document.querySelector('#matches .phone').textContent", "7");
	/* None that loses tries is staying. */
	browser_click(b, "#legend button:nth-child(6)");
	says(b, "document.getElementById('shown').textContent", "0 of 5,000 phones");
	browser_press(b, "a", false);
	says(b, "document.getElementById('shown').textContent", "");
	says(b, "document.getElementById('group').value", "-1");
	assert_string_equal(browser_complaints(b), "");
}

static void
a_stage_is_chosen_by_its_place_in_the_legend(void **state)
{
	struct browser *b = page(*state, 1400, 900);

	browser_click(b, "#legend button:nth-child(5)");
	says(b, "document.getElementById('shown').textContent", "500 of 5,000 phones");
	browser_click(b, "#legend button:nth-child(6)");
	says(b, "document.getElementById('shown').textContent", "4,000 of 5,000 phones");
	browser_click(b, "#legend button:nth-child(5)");
	says(b, "document.getElementById('shown').textContent", "3,500 of 5,000 phones");
}

/* ---- one phone ---- */

static void
a_click_on_a_tile_tells_its_phones_story(void **state)
{
	struct browser *b = page(*state, 1400, 900);

	click_tile(b, 13);
	says(b, "document.querySelector('#phone h2').textContent", "Phone 13");
	says(b, "document.querySelector('#phone .state').textContent",
	    "failed at login – timeout");
	says(b,
	    "[...document.querySelectorAll('#phone tbody tr')].map(x => "
	    "x.cells[3].textContent).join()",
	    "done,not done");
	says(b, "document.querySelector('#phone .why').textContent", "timeout: toy:7 gave up");
	says(b, "document.querySelector('#phone tbody td:nth-child(3)').textContent", "1–2");
	shot(b, "phone");

	/* A tile of the other group, below its heading; tiles have become smaller meanwhile. */
	browser_click(b, "#phone .close");
	assert_true(browser_true(b, "document.getElementById('phone').hidden"));
	says(b, "document.activeElement.id", "tiles");
	assert_string_equal(browser_complaints(b), "");
}

static void
what_a_server_said_is_text_and_no_markup(void **state)
{
	struct browser *b = page(*state, 1400, 900);

	click_tile(b, 7);
	says(b, "document.querySelector('#phone .state').textContent",
	    "at update, stage update – timeout");
	assert_true(browser_true(
	    b, "document.getElementById('phone').textContent.includes('<b>silence</b>')"));
	assert_true(browser_true(b, "document.querySelector('#phone b') === null"));
}

static void
the_keyboard_reaches_every_tile(void **state)
{
	struct browser *b = page(*state, 1400, 900);

	browser_eval(b, "document.getElementById('tiles').focus()");
	browser_press(b, "ArrowRight", false);
	browser_press(b, "ArrowRight", false);
	browser_press(b, "ArrowRight", false);
	says(b, "document.getElementById('told').textContent",
	    "Phone 3: failed at login, timeout, 1 try lost");
	browser_press(b, "Enter", false);
	browser_until(b, "!document.getElementById('phone').hidden");
	says(b, "document.querySelector('#phone h2').textContent", "Phone 3");
	says(b, "document.activeElement.id", "phone");
	browser_press(b, "Escape", false);
	assert_true(browser_true(b, "document.getElementById('phone').hidden"));
	says(b, "document.activeElement.id", "tiles");

	browser_press(b, "End", false);
	says(b, "document.getElementById('told').textContent", "Phone 4999: staying");
	browser_press(b, "ArrowRight", false);
	says(b, "document.getElementById('told').textContent", "Phone 4999: staying");
	browser_press(b, "Home", false);
	browser_press(b, "ArrowUp", false);
	says(b, "document.getElementById('told').textContent", "Phone 0: staying");
	browser_press(b, "ArrowDown", false);
	assert_true(browser_true(b,
	    "document.getElementById('told').textContent === 'Phone ' + "
	    "document.getElementById('tiles').dataset.columns + ': ' + "
	    "document.getElementById('told').textContent.split(': ')[1]"));
}

static void
a_phone_is_found_by_its_number(void **state)
{
	struct browser *b = page(*state, 1400, 900);

	browser_click(b, "#number");
	browser_press(b, "5", false);
	browser_press(b, "5", false);
	/* In a field a letter is no command. */
	browser_press(b, "f", false);
	says(b, "document.getElementById('shown').textContent", "");
	browser_press(b, "Enter", false);
	browser_until(b, "!document.getElementById('phone').hidden");
	says(b, "document.querySelector('#phone h2').textContent", "Phone 55");
}

/* ---- looks ---- */

static void
dark_and_light_are_the_readers_choice(void **state)
{
	struct browser *b = page(*state, 1400, 900);
	const struct browser_look dark = { .width = 1400, .height = 900, .dark = true };
	char light_page[40], dark_page[40], now[40];

	colour(b, "--page", light_page);
	browser_look(b, &dark);
	colour(b, "--page", dark_page);
	assert_string_not_equal(light_page, dark_page);
	tile_is(b, 0, "--staying");
	tile_is(b, 3, "--failed");
	shot(b, "dark");

	browser_click(b, "#theme");
	colour(b, "--page", now);
	assert_string_equal(now, light_page);
	tile_is(b, 0, "--staying");
	browser_press(b, "t", false);
	colour(b, "--page", now);
	assert_string_equal(now, dark_page);
	tile_is(b, 7, "--s9");
}

static void
nothing_sticks_out_of_a_narrow_screen(void **state)
{
	static const unsigned widths[] = { 1400, 900, 420, 320 };
	struct sight *s = *state;
	char name[20];

	for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
		struct browser *b = page(s, widths[i], 860);

		click_tile(b, 3);
		assert_true(
		    browser_true(b, "document.documentElement.scrollWidth <= innerWidth"));
		tile_is(b, 0, "--staying");
		snprintf(name, sizeof name, "width_%u", widths[i]);
		shot(b, name);
	}
}

static void
whoever_cannot_see_it_is_told_what_everything_is(void **state)
{
	struct browser *b = page(*state, 1400, 900);

	assert_true(browser_true(b,
	    "[...document.querySelectorAll('button, canvas, section, aside')].every(x => "
	    "(x.getAttribute('aria-label') || x.textContent).trim() !== '')"));
	assert_true(browser_true(b,
	    "[...document.querySelectorAll('input, select')].every(x => x.labels.length === "
	    "1)"));
	assert_true(
	    browser_true(b, "[...document.querySelectorAll('th')].every(x => x.scope !== '')"));
	says(b, "document.getElementById('tiles').getAttribute('aria-describedby')", "keys");
	says(b, "document.documentElement.lang", "en");
}

/* ---- pause, end, silence ---- */

static void
paused_it_shows_what_was_until_it_may_go_on(void **state)
{
	struct browser *b = page(*state, 1400, 900);

	browser_press(b, "p", false);
	assert_true(browser_true(
	    b, "document.getElementById('status').textContent.startsWith('paused')"));
	says(b, "document.getElementById('pause').textContent", "Go on");
	/* Filters and timelines do not stand still. */
	browser_press(b, "f", false);
	says(b, "document.getElementById('shown').textContent", "1,000 of 5,000 phones");
	browser_click(b, "#pause");
	browser_eval(b, "window.was = " TICKS);
	browser_until(b, TICKS " > window.was + 1");
	assert_true(browser_true(
	    b, "document.getElementById('status').textContent.startsWith('running')"));
}

static void
at_the_runs_end_its_verdict_is_shown_and_its_phones_are_still_told_of(void **state)
{
	struct sight *s = *state;
	struct browser *b = page(s, 1400, 900);

	ui_farm_end_run(&s->farm);
	browser_until(b, "document.documentElement.dataset.ended === '1'");
	assert_true(browser_true(
	    b, "document.getElementById('status').textContent.startsWith('ended: fail')"));
	says(b, "document.getElementById('why').textContent", "1000 of 5000 phones failed");
	assert_true(legend(b, "failed") == 1000);
	click_tile(b, 5);
	says(b, "document.querySelector('#phone .state').textContent",
	    "failed at update – timeout");
	assert_string_equal(browser_complaints(b), "");
	shot(b, "ended");

	/* Then nobody answers any more. */
	browser_click(b, "#phone .close");
	ui_farm_stop(&s->farm);
	click_tile(b, 3);
	says(b, "document.querySelector('#phone').textContent",
	    "Phone 3ClosePhone 3: failed at login, timeout, 1 try lostNobody answers any more: "
	    "see the report of the run.");
}

static void
when_a_run_dies_the_page_says_that_nobody_answers(void **state)
{
	struct sight *s = *state;
	struct browser *b;

	ui_farm_start(&s->farm);
	b = page(s, 1400, 900);
	ui_farm_stop(&s->farm);
	browser_until(
	    b, "document.getElementById('status').textContent.startsWith('no answer')");
	assert_true(legend(b, "failed") == 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_phone_has_a_tile_and_the_legend_counts_them),
		cmocka_unit_test(a_tile_has_its_phones_colour),
		cmocka_unit_test(nothing_is_asked_of_anybody_else),
		cmocka_unit_test(it_goes_on_asking_and_only_what_differs_is_drawn),
		cmocka_unit_test(figures_and_tables_are_the_farms),
		cmocka_unit_test(failures_stand_out_when_only_they_are_wanted),
		cmocka_unit_test(filters_go_together),
		cmocka_unit_test(a_stage_is_chosen_by_its_place_in_the_legend),
		cmocka_unit_test(a_click_on_a_tile_tells_its_phones_story),
		cmocka_unit_test(what_a_server_said_is_text_and_no_markup),
		cmocka_unit_test(the_keyboard_reaches_every_tile),
		cmocka_unit_test(a_phone_is_found_by_its_number),
		cmocka_unit_test(dark_and_light_are_the_readers_choice),
		cmocka_unit_test(nothing_sticks_out_of_a_narrow_screen),
		cmocka_unit_test(whoever_cannot_see_it_is_told_what_everything_is),
		cmocka_unit_test(paused_it_shows_what_was_until_it_may_go_on),
		cmocka_unit_test(
		    at_the_runs_end_its_verdict_is_shown_and_its_phones_are_still_told_of),
		cmocka_unit_test(when_a_run_dies_the_page_says_that_nobody_answers),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
