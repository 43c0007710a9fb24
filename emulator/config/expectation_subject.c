/* expectation_subject.c - the names of what can be measured; see expectation_subject.h.  The
 * tables are the format. */
#include "expectation_subject.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "nearest.h"
#include "text.h"

enum { GUIDE_LAST = 28 };

/* Room for the words of a table, and NULL behind them. */
enum { WORDS_MAX = 16 };

/* clang-format off */
static const struct expect_figure phones_figures[] = {
	{ "planned", EXPECT_PHONES, EXPECT_PLANNED, 0 },
	{ "started", EXPECT_PHONES, EXPECT_STARTED, 0 },
	{ "finished", EXPECT_PHONES, EXPECT_FINISHED, 0 },
	{ "failed", EXPECT_PHONES, EXPECT_FAILED, 0 },
	{ "unfinished", EXPECT_PHONES, EXPECT_UNFINISHED, 0 },
	{ NULL, EXPECT_PHONES, 0, 0 },
};

#define PERCENTILES(of, subject) \
	{ of "p50", subject, 0, 0.5 }, { of "p90", subject, 0, 0.9 }, { of "p95", subject, 0, 0.95 }, \
	{ of "p99", subject, 0, 0.99 }, { of "p99.9", subject, 0, 0.999 }, { of "max", subject, 0, 1 }, \
	{ NULL, subject, 0, 0 }
static const struct expect_figure boot_figures[] = { PERCENTILES("", EXPECT_BOOT) };
static const struct expect_figure step_figures[] = {
	{ "attempts", EXPECT_STEP, EXPECT_ATTEMPTS, 0 },
	{ "done", EXPECT_STEP, EXPECT_STEP_DONE, 0 },
	{ "failed", EXPECT_STEP, EXPECT_STEP_FAILED, 0 },
	{ "skipped", EXPECT_STEP, EXPECT_SKIPPED, 0 },
	{ "retries", EXPECT_STEP, EXPECT_RETRIES, 0 },
	PERCENTILES("", EXPECT_LATENCY),
};

static const struct expect_figure server_figures[] = {
	{ "requests", EXPECT_SERVER, EXPECT_REQUESTS, 0 },
	{ "replies", EXPECT_SERVER, EXPECT_REPLIES, 0 },
	{ "bytes_in", EXPECT_SERVER, EXPECT_BYTES_IN, 0 },
	{ "bytes_out", EXPECT_SERVER, EXPECT_BYTES_OUT, 0 },
	{ NULL, EXPECT_SERVER, 0, 0 },
};
static const struct expect_figure group_figures[] = {
	{ "started", EXPECT_GROUP, EXPECT_STARTED, 0 },
	{ "finished", EXPECT_GROUP, EXPECT_FINISHED, 0 },
	{ "failed", EXPECT_GROUP, EXPECT_FAILED, 0 },
	{ "unfinished", EXPECT_GROUP, EXPECT_UNFINISHED, 0 },
	PERCENTILES("", EXPECT_GROUP_BOOT),
};
static const struct expect_figure farm_figures[] = {
	{ "cpu", EXPECT_CPU, 0, 0 },
	{ "rss", EXPECT_RSS, 0, 0 },
	{ "loop_lag.p99", EXPECT_LOOP_LAG, 0, 0.99 },
	PERCENTILES("start_lag.", EXPECT_START_LAG),
};
static const struct expect_figure bytes_figures[] = { { "firmware", EXPECT_FIRMWARE, 0, 0 },
	{ NULL, EXPECT_FIRMWARE, 0, 0 } };

const struct expect_head expect_heads[EXPECT_HEADS] = {
	{ "phones", false, phones_figures, 0, "phones.finished" },
	{ "step", true, step_figures, 0, "step.krb_login.p99" },
	{ "boot", false, boot_figures, 0, "boot.p99" },
	{ "group", true, group_figures, 0, "group.branch.finished" },
	{ "reason", true, NULL, EXPECT_REASON, "reason.timeout" },
	{ "detail", true, NULL, EXPECT_DETAIL, "detail.krb:24" },
	{ "guide", true, NULL, EXPECT_GUIDE, "guide.28" },
	{ "server", true, server_figures, 0, "server.kdc.requests" },
	{ "wall", false, NULL, EXPECT_WALL, "wall" },
	{ "farm", false, farm_figures, 0, "farm.cpu" },
	{ "bytes", false, bytes_figures, 0, "bytes.firmware" },
};
/* clang-format on */
_Static_assert((int)EXPECT_HEADS < (int)WORDS_MAX, "words of the heads");
_Static_assert(sizeof step_figures / sizeof *step_figures <= WORDS_MAX, "words of a step");

int
expectation_fail(const struct field_place *at, const struct node *n, const uint8_t *part,
    const char *fmt, ...)
{
	size_t offset = (size_t)(part - (const uint8_t *)n->text);
	struct mark mark = n->at;
	char text[300];
	va_list ap;

	/* A quote stands in front of the text.  Blocks of several lines are not worth it. */
	if (!n->filled)
		mark.col += (unsigned)offset + n->quoted;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return config_fail(at->error, at->file, mark, "%s", text);
}

/* "unknown `finishd' in `phones.finishd < 3'; did you mean `finished'?" */
static int
unknown(const struct field_place *at, const struct node *n, struct span word,
    const char *const *names)
{
	char hint[NEAREST_HINT_MAX];

	return expectation_fail(at, n, word.p, "unknown `%.*s'%s", (int)word.n, word.p,
	    nearest_hint(word, names, hint, sizeof hint));
}

static const struct expect_head *
find_head(const struct field_place *at, const struct node *n, struct span word)
{
	const char *names[WORDS_MAX] = { NULL };

	for (size_t i = 0; i < EXPECT_HEADS; i++) {
		if (span_is(word, expect_heads[i].word))
			return &expect_heads[i];
		names[i] = expect_heads[i].word;
	}
	(void)unknown(at, n, word, names);
	return NULL;
}

static int
find_figure(const struct field_place *at, const struct node *n, struct span word,
    const struct expect_figure *f, struct expectation *e)
{
	const char *names[WORDS_MAX] = { NULL };
	size_t n_names = 0;

	for (; f->word != NULL; f++) {
		if (span_is(word, f->word)) {
			e->subject = f->subject;
			e->figure = f->figure;
			e->share = f->share;
			return 0;
		}
		names[n_names++] = f->word;
	}
	return unknown(at, n, word, names);
}

/* Somebody's name: up to the next dot if figures follow; else all of it. */
static int
read_name(const struct field_place *at, const struct node *n, const struct expect_head *head,
    struct span *rest, struct expectation *e)
{
	struct span name = *rest;

	if (head->figures != NULL)
		name = span_cut(rest, '.');
	if (text_copy(e->name, sizeof e->name, name) != 0)
		return expectation_fail(at, n, name.p, "this name is too long");
	return 0;
}

static int
read_guide(const struct field_place *at, const struct node *n, struct span number,
    struct expectation *e)
{
	uint64_t v;

	if (text_u64(number, GUIDE_LAST, &v) != 0 || v == 0)
		return expectation_fail(
		    at, n, number.p, "the guide has the numbers 1 to %d", GUIDE_LAST);
	e->number = (unsigned)v;
	return 0;
}

int
expectation_subject(
    const struct field_place *at, const struct node *n, struct span text, struct expectation *e)
{
	struct span rest = text, word = span_cut(&rest, '.');
	const struct expect_head *head = find_head(at, n, word);
	int err = 0;

	if (head == NULL)
		return -EINVAL;
	/* More or less than there should be? */
	if ((head->named || head->figures != NULL) != (rest.n > 0))
		return expectation_fail(at, n, text.p, "`%.*s' should be like `%s'",
		    (int)text.n, text.p, head->form);
	e->subject = head->subject;
	if (head->subject == EXPECT_GUIDE)
		return read_guide(at, n, rest, e);
	if (head->named)
		err = read_name(at, n, head, &rest, e);
	if (err || head->figures == NULL)
		return err;
	if (rest.n == 0 || (head->named && e->name[0] == '\0'))
		return expectation_fail(at, n, text.p, "`%.*s' should be like `%s'",
		    (int)text.n, text.p, head->form);
	return find_figure(at, n, rest, head->figures, e);
}
