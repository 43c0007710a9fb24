/* test_browser.c - the driver of the browser tests: it sees what a person would see, and says
 * what went wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "browser.h"
#include "temp_file.h"

static int
setup(void **state)
{
	const char *why = NULL;

	*state = browser_open(&why);
	if (*state == NULL)
		print_message("%s\n", why);
	return 0;
}

static int
teardown(void **state)
{
	browser_close(*state);
	temp_clean();
	return 0;
}

static struct browser *
page(void **state, const char *html)
{
	if (*state == NULL)
		skip();
	browser_go(*state, temp_file("page.html", html, strlen(html)));
	return *state;
}

static void
it_reads_numbers_truths_and_texts(void **state)
{
	struct browser *b = page(state, "<title>hello</title><p>one<p>two");
	char text[16];

	assert_true(browser_number(b, "document.querySelectorAll('p').length") == 2);
	assert_true(browser_true(b, "document.title === 'hello'"));
	assert_string_equal(
	    "one", browser_text(b, "document.querySelector('p').innerText", text, sizeof text));
	assert_true(browser_number(b, "Promise.resolve(7)") == 7);
	assert_string_equal("", browser_complaints(b));
}

static void
it_hears_exceptions_and_errors_of_the_console(void **state)
{
	struct browser *b = page(state,
	    "<script>console.log('quiet'); console.error('it', 'hurts')</script>"
	    "<script>gone.away()</script>");

	assert_non_null(strstr(browser_complaints(b), "console error: it hurts\n"));
	assert_non_null(strstr(browser_complaints(b), "gone is not defined"));
	assert_null(strstr(browser_complaints(b), "quiet"));
}

static void
it_hears_what_a_policy_forbids_and_what_is_asked_for(void **state)
{
	struct browser *b = page(state,
	    "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; "
	    "style-src *\"><link rel=stylesheet href='gone.css'>"
	    "<img src='http://127.0.0.1:9/never.png'>");

	assert_non_null(strstr(browser_complaints(b), "Content Security Policy"));
	assert_non_null(strstr(browser_asked(b), "gone.css"));
	assert_non_null(strstr(browser_asked(b), "page.html"));
}

static void
its_keys_and_clicks_arrive(void **state)
{
	struct browser *b = page(state,
	    "<input id=i><div style='height:3000px'></div><button id=b>"
	    "press</button><script>let n = 0, keys = [];"
	    "document.getElementById('b').onclick = () => n++;"
	    "onkeydown = (e) => keys.push((e.shiftKey ? 'shift ' : '') + e.key);"
	    "</script>");
	char text[64];

	browser_click(b, "#i");
	browser_press(b, "a", false);
	browser_press(b, "z", false);
	assert_string_equal(
	    "az", browser_text(b, "document.getElementById('i').value", text, sizeof text));
	browser_press(b, "Tab", false);
	browser_press(b, "Enter", false);
	browser_click(b, "#b");
	browser_until(b, "n === 2");
	browser_press(b, "Tab", true);
	assert_string_equal(
	    "a z Tab Enter shift Tab", browser_text(b, "keys.join(' ')", text, sizeof text));
	assert_true(browser_true(b, "document.activeElement.id === 'i'"));
}

static void
it_looks_as_it_is_told(void **state)
{
	struct browser *b = page(state, "<p>look");

	assert_true(browser_number(b, "innerWidth") == 1400);
	assert_false(browser_true(b, "matchMedia('(prefers-color-scheme: dark)').matches"));
	browser_look(b, &(struct browser_look){ .width = 400, .height = 700, .dark = true });
	assert_true(browser_number(b, "innerWidth") == 400);
	assert_true(browser_true(b, "matchMedia('(prefers-color-scheme: dark)').matches"));
	browser_look(b, &(struct browser_look){ .width = 400, .height = 700, .paper = true });
	assert_true(browser_true(b, "matchMedia('print').matches"));
}

/* The first bytes of a file. */
static void
starts_with(const char *path, const char *magic)
{
	char bytes[8] = "";
	FILE *f = fopen(path, "rb");

	assert_non_null(f);
	assert_int_equal(strlen(magic), fread(bytes, 1, strlen(magic), f));
	assert_string_equal(magic, bytes);
	assert_int_equal(0, fclose(f));
}

static void
it_makes_pictures_and_prints(void **state)
{
	struct browser *b = page(state, "<h1>picture</h1>");
	char path[128];

	snprintf(path, sizeof path, "%s/shot.png", temp_folder());
	browser_shot(b, path, true);
	starts_with(path, "\x89PNG");
	snprintf(path, sizeof path, "%s/paper.pdf", temp_folder());
	browser_pdf(b, path);
	starts_with(path, "%PDF-");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    it_reads_numbers_truths_and_texts, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    it_hears_exceptions_and_errors_of_the_console, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    it_hears_what_a_policy_forbids_and_what_is_asked_for, setup, teardown),
		cmocka_unit_test_setup_teardown(its_keys_and_clicks_arrive, setup, teardown),
		cmocka_unit_test_setup_teardown(it_looks_as_it_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(it_makes_pictures_and_prints, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
