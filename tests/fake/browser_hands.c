/* browser_hands.c - keys, clicks and pictures; see browser.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "browser_pipe.h"
#include "text.h"

static void
browser_do(struct browser *b, const char *method, json_t *params_take)
{
	json_decref(browser_call(b, method, params_take));
}

/* ---- hands ---- */

struct browser_key { /* keys whose name is not what they type */
	const char *key, *types;
	int code;
};

static const struct browser_key browser_keys[] = { { "Enter", "\r", 13 }, { "Tab", "", 9 },
	{ "Escape", "", 27 }, { " ", " ", 32 }, { "ArrowLeft", "", 37 }, { "ArrowUp", "", 38 },
	{ "ArrowRight", "", 39 }, { "ArrowDown", "", 40 }, { "Home", "", 36 },
	{ "End", "", 35 }, { "PageUp", "", 33 }, { "PageDown", "", 34 }, { "Backspace", "", 8 },
	{ "Delete", "", 46 } };

void
browser_press(struct browser *b, const char *key, bool shift)
{
	struct browser_key k = { key, key,
		key[0] >= 'a' && key[0] <= 'z' ? key[0] - 32 : key[0] };

	for (size_t i = 0; i < sizeof browser_keys / sizeof *browser_keys; i++)
		if (strcmp(key, browser_keys[i].key) == 0)
			k = browser_keys[i];
	for (int up = 0; up < 2; up++)
		browser_do(b, "Input.dispatchKeyEvent",
		    json_pack("{s:s, s:s, s:s, s:i, s:i}", "type",
			up                       ? "keyUp"
			    : k.types[0] != '\0' ? "keyDown"
						 : "rawKeyDown",
			"key", k.key, "text", up ? "" : k.types, "windowsVirtualKeyCode",
			k.code, "modifiers", shift ? 8 : 0));
}

void
browser_click(struct browser *b, const char *selector)
{
	struct buf script = { 0 };
	json_t *name = json_string(selector);
	char *quoted = json_dumps(name, JSON_ENCODE_ANY);
	json_t *at;
	double x, y;

	buf_printf(&script,
	    "(() => { const e = document.querySelector(%s); if (!e) return null;"
	    " e.scrollIntoView({block: 'center', behavior: 'instant'});"
	    " const r = e.getBoundingClientRect();"
	    " return [r.left + r.width / 2, r.top + r.height / 2]; })()",
	    quoted);
	at = browser_eval(b, buf_cstr(&script));
	if (!json_is_array(at))
		fail_msg("there is no %s to click", selector);
	x = json_number_value(json_array_get(at, 0));
	y = json_number_value(json_array_get(at, 1));
	for (int up = 0; up < 2; up++)
		browser_do(b, "Input.dispatchMouseEvent",
		    json_pack("{s:s, s:f, s:f, s:s, s:i}", "type",
			up ? "mouseReleased" : "mousePressed", "x", x, "y", y, "button", "left",
			"clickCount", 1));
	json_decref(at);
	json_decref(name);
	free(quoted);
	buf_done(&script);
}

/* ---- pictures ---- */

/* The result's data, base64, becomes a file. */
static void
browser_save(json_t *result_take, const char *path)
{
	const char *data = json_string_value(json_object_get(result_take, "data"));
	struct buf bytes = { 0 };
	FILE *f = fopen(path, "wbe");

	assert_non_null(data);
	assert_int_equal(0, text_unbase64(&bytes, span_of(data)));
	if (f == NULL || fwrite(bytes.p, 1, bytes.n, f) != bytes.n || fclose(f) != 0)
		fail_msg("cannot write %s", path);
	buf_done(&bytes);
	json_decref(result_take);
}

void
browser_shot(struct browser *b, const char *path, bool whole)
{
	browser_save(
	    browser_call(b, "Page.captureScreenshot",
		json_pack("{s:s, s:b}", "format", "png", "captureBeyondViewport", (int)whole)),
	    path);
}

void
browser_pdf(struct browser *b, const char *path)
{
	browser_save(browser_call(b, "Page.printToPDF",
			 json_pack("{s:b, s:f, s:f, s:b}", "printBackground", 1, "paperWidth",
			     8.27, "paperHeight", 11.69, "preferCSSPageSize", 1)),
	    path);
}
