/* browser.c - see browser.h.  What a person does with a page, as commands of the DevTools
 * protocol. */
#include "browser.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "browser_pipe.h"
#include "mem.h"

/* A command of whose result nothing is wanted. */
static void
browser_do(struct browser *b, const char *method, json_t *params_take)
{
	json_decref(browser_call(b, method, params_take));
}

/* The first page is there when the browser is: attach to it. */
static void
browser_attach(struct browser *b)
{
	static const char *const domains[] = { "Page.enable", "Runtime.enable", "Log.enable",
		"Network.enable" };
	json_t *made =
	    browser_call(b, "Target.createTarget", json_pack("{s:s}", "url", "about:blank"));
	json_t *attached = browser_call(b, "Target.attachToTarget",
	    json_pack(
		"{s:O, s:b}", "targetId", json_object_get(made, "targetId"), "flatten", 1));
	const char *session = json_string_value(json_object_get(attached, "sessionId"));

	assert_non_null(session);
	b->session = mem_copy(session, strlen(session));
	json_decref(made);
	json_decref(attached);
	for (size_t i = 0; i < sizeof domains / sizeof *domains; i++)
		browser_do(b, domains[i], NULL);
	browser_do(b, "Performance.enable", json_pack("{s:s}", "timeDomain", "threadTicks"));
	buf_clear(&b->asked);
}

struct browser *
browser_open(const char **why_out)
{
	struct browser *b = mem_new(sizeof *b);

	assert_non_null(b);
	if (browser_pipe_start(b) != 0) {
		*why_out = "skipped: there is no chromium on this machine";
		mem_free(b);
		return NULL;
	}
	browser_attach(b);
	browser_look(b, &(struct browser_look){ .width = 1400, .height = 900 });
	return b;
}

void
browser_close(struct browser *b)
{
	if (b == NULL)
		return;
	browser_pipe_end(b);
	buf_done(&b->in);
	buf_done(&b->complaints);
	buf_done(&b->asked);
	mem_free(b->session);
	mem_free(b);
}

void
browser_look(struct browser *b, const struct browser_look *look)
{
	browser_do(b, "Emulation.setDeviceMetricsOverride",
	    json_pack("{s:i, s:i, s:i, s:b}", "width", (int)look->width, "height",
		(int)look->height, "deviceScaleFactor", 1, "mobile", 0));
	browser_do(b, "Emulation.setEmulatedMedia",
	    json_pack("{s:s, s:[{s:s, s:s}]}", "media", look->paper ? "print" : "", "features",
		"name", "prefers-color-scheme", "value", look->dark ? "dark" : "light"));
}

void
browser_go(struct browser *b, const char *where)
{
	char url[1024];
	unsigned loads = b->loads;
	json_t *result, *failed;

	(void)snprintf(url, sizeof url, "%s%s", where[0] == '/' ? "file://" : "", where);
	result = browser_call(b, "Page.navigate", json_pack("{s:s}", "url", url));
	failed = json_object_get(result, "errorText");
	if (failed != NULL)
		fail_msg("%s: %s", url, json_string_value(failed));
	json_decref(result);
	while (b->loads == loads)
		assert_null(browser_take(b));
}

json_t *
browser_eval(struct browser *b, const char *expression)
{
	json_t *result = browser_call(b, "Runtime.evaluate",
	    json_pack("{s:s, s:b, s:b}", "expression", expression, "returnByValue", 1,
		"awaitPromise", 1));
	const json_t *thrown = json_object_get(result, "exceptionDetails");
	json_t *value = json_object_get(json_object_get(result, "result"), "value");

	if (thrown != NULL)
		fail_msg("%s: %s", expression,
		    json_string_value(
			json_object_get(json_object_get(thrown, "exception"), "description")));
	value = value != NULL ? json_incref(value) : json_null();
	json_decref(result);
	return value;
}

double
browser_number(struct browser *b, const char *expression)
{
	json_t *value = browser_eval(b, expression);
	double n = json_number_value(value);

	if (!json_is_number(value))
		fail_msg("%s: is not a number", expression);
	json_decref(value);
	return n;
}

bool
browser_true(struct browser *b, const char *expression)
{
	json_t *value = browser_eval(b, expression);
	bool truth = json_is_true(value);

	if (!json_is_boolean(value))
		fail_msg("%s: is neither true nor false", expression);
	json_decref(value);
	return truth;
}

const char *
browser_text(struct browser *b, const char *expression, char *out, size_t cap)
{
	json_t *value = browser_eval(b, expression);

	if (!json_is_string(value))
		fail_msg("%s: is not a text", expression);
	(void)snprintf(out, cap, "%s", json_string_value(value));
	json_decref(value);
	return out;
}

double
browser_worked_s(struct browser *b)
{
	json_t *result = browser_call(b, "Performance.getMetrics", NULL), *metric;
	double s = -1;
	size_t i;

	json_array_foreach(json_object_get(result, "metrics"), i, metric)
	{
		if (strcmp(json_string_value(json_object_get(metric, "name")),
			"TaskDuration") == 0)
			s = json_number_value(json_object_get(metric, "value"));
	}
	json_decref(result);
	assert_true(s >= 0);
	return s;
}

void
browser_until(struct browser *b, const char *expression)
{
	struct buf script = { 0 };

	/* A frame may never come to a page that is not drawn: a timer is the second way. */
	buf_printf(&script,
	    "new Promise((done) => { const end = Date.now() + 45000; const look = () => {"
	    " if (%s) done(true); else if (Date.now() > end) done(false);"
	    " else setTimeout(look, 16); }; look(); })",
	    expression);
	if (!browser_true(b, buf_cstr(&script)))
		fail_msg("it does not become true: %s\n%s", expression, browser_complaints(b));
	buf_done(&script);
}

const char *
browser_complaints(struct browser *b)
{
	return buf_cstr(&b->complaints);
}

const char *
browser_asked(struct browser *b)
{
	return buf_cstr(&b->asked);
}
