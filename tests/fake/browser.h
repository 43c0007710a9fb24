/*
 * browser.h - Chromium without a window, driven by a test as a person would use it.
 *
 * One page in one browser, spoken to by the DevTools protocol over two pipes: no port, no
 * network but loopback.  What cannot be had (no answer within a minute, an exception in an
 * expression) fails the test.
 *
 *	struct browser *b = browser_open(&why);
 *	if (b == NULL) { print_message("%s\n", why); skip(); }
 *	browser_go(b, "/tmp/x/report.html");
 *	browser_until(b, "document.documentElement.dataset.ready === '1'");
 *	assert_string_equal("", browser_complaints(b));
 */
#ifndef FAKE_BROWSER_H
#define FAKE_BROWSER_H
#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

struct browser;

/* Start one with an empty page of 1400 x 900, light.  NULL when this machine has none; *why_out
 * then says so. */
struct browser *browser_open(const char **why_out);

/* End it and remove its files.  NULL is fine. */
void browser_close(struct browser *);

/* From now on the page is so large (CSS pixels), its reader prefers dark or light, and it is
 * shown as on a screen or as on paper. */
struct browser_look {
	unsigned width, height;
	bool dark, paper;
};
void browser_look(struct browser *, const struct browser_look *);

/* Go to an URL, or to a file by its absolute path; returns after the page's load event. */
void browser_go(struct browser *, const char *where);

/* What the expression comes to; a promise is awaited.  The caller's to json_decref(). */
json_t *browser_eval(struct browser *, const char *expression);

/* The same as a number, as a truth, as a text (in memory of the caller's, cut to fit). */
double browser_number(struct browser *, const char *expression);
bool browser_true(struct browser *, const char *expression);
const char *browser_text(struct browser *, const char *expression, char *out, size_t cap);

/* How long the page's main thread has worked so far: processor time, so that a busy machine
 * does not count. */
double browser_worked_s(struct browser *);

/* Until the expression is true; looked at once a frame. */
void browser_until(struct browser *, const char *expression);

/* Press and release a key by its DOM name: "Tab", "Enter", " ", "ArrowDown", "Escape", "f";
 * shift: with Shift held. */
void browser_press(struct browser *, const char *key, bool shift);

/* Click with the mouse into the middle of the first element of a CSS selector, which is
 * scrolled into view. */
void browser_click(struct browser *, const char *selector);

/* A picture of the window, or of the whole page however long, as a PNG file. */
void browser_shot(struct browser *, const char *path, bool whole);

/* Print it to a PDF file, A4 with backgrounds. */
void browser_pdf(struct browser *, const char *path);

/* All that went wrong on the pages so far, a line each: exceptions, console.error() and
 * console.warn(), what could not be loaded or was forbidden.  "": nothing.  Lent. */
const char *browser_complaints(struct browser *);

/* The URLs that the pages asked for, a line each; data: and blob: are not asked of anybody.
 * Lent. */
const char *browser_asked(struct browser *);

#endif
