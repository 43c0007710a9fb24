/* junit_cases.c - the verdict, the expectations and the steps as test cases; see junit.h. */
#include <string.h>

#include "junit_priv.h"

/* ---- a case -------------------------------------------------------------------------- */

static void
junit_begin(struct junit *j, const char *class_name, const char *name, double time_s)
{
	j->tests++;
	buf_text(&j->cases, "  <testcase");
	junit_attribute(&j->cases, "classname", class_name);
	junit_attribute(&j->cases, "name", name);
	buf_printf(&j->cases, " time=\"%.6f\">\n", time_s);
}

/* It is a failure of the servers, or an error: nothing can be said about them. */
static void
junit_fail(struct junit *j, bool error, const char *message, const struct buf *text)
{
	const char *what = error ? "error" : "failure";

	if (error)
		j->errors++;
	else
		j->failures++;
	buf_printf(&j->cases, "   <%s", what);
	junit_attribute(&j->cases, "message", message);
	junit_attribute(&j->cases, "type", error ? "invalid" : "failed");
	buf_text(&j->cases, ">");
	junit_lines(&j->cases, buf_bytes(text));
	if (text->err != 0)
		j->cases.err = text->err;
	buf_printf(&j->cases, "</%s>\n", what);
}

static void
junit_end(struct junit *j, const char *says)
{
	if (says[0] != '\0') {
		buf_text(&j->cases, "   <system-out>");
		junit_lines(&j->cases, span_of(says));
		buf_text(&j->cases, "</system-out>\n");
	}
	buf_text(&j->cases, "  </testcase>\n");
}

/* What the first of them did. */
static void
junit_timelines(const struct junit *j, const struct first_phones *who, struct buf *out)
{
	for (size_t i = 0; i < who->n; i++) {
		buf_text(out, "\n");
		timeline_text(j->timeline, who->phone[i], out);
	}
}

/* ---- the cases ----------------------------------------------------------------------- */

static void
junit_verdict(struct junit *j)
{
	const char *verdict = junit_word(j->dir->summary, "verdict");
	bool failed = strcmp(verdict, "fail") == 0;
	const char *why = junit_word(j->dir->summary, "why");
	struct buf text = { 0 };

	junit_begin(j, "run", "verdict", junit_number(j->dir->summary, "wall_s"));
	if (!j->passed) {
		buf_printf(&text, "%s: %s\n", verdict, why);
		if (failed)
			junit_timelines(j, &j->first->run, &text);
		junit_fail(j, !failed, why[0] != '\0' ? why : verdict, &text);
	}
	junit_end(j, buf_cstr(&j->trace_says));
	buf_done(&text);
}

/* "step.krb_login.p99 < 1s" is about the phones that failed there; others about all. */
static const struct first_phones *
junit_who(const struct junit *j, const char *expectation)
{
	static const char prefix[] = "step.";
	char step[FIRST_NAME];
	size_t n;

	if (strncmp(expectation, prefix, sizeof prefix - 1) != 0)
		return &j->first->run;
	expectation += sizeof prefix - 1;
	n = strcspn(expectation, ". ");
	if (n >= sizeof step)
		return &j->first->run;
	memcpy(step, expectation, n);
	step[n] = '\0';
	return first_failed_of(j->first, step);
}

static void
junit_expectation(struct junit *j, json_t *one)
{
	const char *text = junit_word(one, "text");
	struct buf message = { 0 }, body = { 0 };

	junit_begin(j, "expect", text, 0);
	if (!json_is_true(json_object_get(one, "pass"))) {
		buf_printf(&message, "it is %s", junit_word(one, "value"));
		buf_printf(
		    &body, "expected: %s\nmeasured: %s\n", text, junit_word(one, "value"));
		junit_timelines(j, junit_who(j, text), &body);
		junit_fail(j, false, buf_cstr(&message), &body);
	}
	junit_end(j, "");
	buf_done(&message);
	buf_done(&body);
}

static void
junit_reasons(json_t *step, struct buf *out)
{
	const char *reason, *before = "; lost tries: ";
	json_t *n;

	json_object_foreach(json_object_get(step, "reasons"), reason, n)
	{
		buf_printf(out, "%s%s %lld", before, reason, (long long)json_integer_value(n));
		before = ", ";
	}
}

static void
junit_step(struct junit *j, json_t *step)
{
	json_t *ms = json_object_get(step, "latency_ms");
	json_int_t failed = json_integer_value(json_object_get(step, "failed"));
	const char *name = junit_word(step, "name");
	struct buf says = { 0 }, class_name = { 0 }, message = { 0 };

	buf_printf(&class_name, "step.%s", junit_word(step, "stage"));
	buf_printf(&says, "%.0f done, %lld failed, %.0f skipped, %.0f retries",
	    junit_number(step, "done"), (long long)failed, junit_number(step, "skipped"),
	    junit_number(step, "retries"));
	if (json_is_number(json_object_get(ms, "p50")))
		buf_printf(&says, "; p50 %.1f ms, p95 %.1f ms, p99 %.1f ms, max %.1f ms",
		    junit_number(ms, "p50"), junit_number(ms, "p95"), junit_number(ms, "p99"),
		    junit_number(ms, "max"));
	junit_reasons(step, &says);
	junit_begin(j, buf_cstr(&class_name), name, junit_number(ms, "p50") / 1e3);
	if (failed > 0 && !j->passed) {
		struct buf body = { 0 };

		buf_printf(&message, "%lld failed", (long long)failed);
		buf_span(&body, buf_bytes(&says));
		buf_text(&body, "\n");
		junit_timelines(j, first_failed_of(j->first, name), &body);
		junit_fail(j, false, buf_cstr(&message), &body);
		buf_done(&body);
	}
	junit_end(j, buf_cstr(&says));
	buf_done(&says);
	buf_done(&class_name);
	buf_done(&message);
}

void
junit_cases(struct junit *j)
{
	json_t *one;
	size_t i;

	junit_verdict(j);
	json_array_foreach(json_object_get(j->dir->summary, "expect"), i, one)
	    junit_expectation(j, one);
	json_array_foreach(json_object_get(j->dir->summary, "steps"), i, one)
	{
		if (json_integer_value(json_object_get(one, "attempts")) > 0)
			junit_step(j, one);
	}
}
