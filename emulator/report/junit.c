/* junit.c - see junit.h. */
#include "junit.h"

#include <errno.h>
#include <string.h>

#include "junit_priv.h"
#include "mem.h"
#include "summary.h"
#include "text.h"

/* ---- XML ----------------------------------------------------------------------------- */

const char *
junit_word(json_t *map, const char *key)
{
	const char *text = json_string_value(json_object_get(map, key));

	return text != NULL ? text : "";
}

double
junit_number(json_t *map, const char *key)
{
	return json_number_value(json_object_get(map, key));
}

/* DEL is a control character; U+FFFE and U+FFFF are no characters of XML, but JSON may say
 * them. How many bytes of such a one are here? */
static size_t
junit_odd(struct span s)
{
	if (s.p[0] == 127)
		return 1;
	return s.n > 2 && s.p[0] == 0xef && s.p[1] == 0xbf && s.p[2] >= 0xbe ? 3 : 0;
}

static void
junit_escaped(struct buf *b, struct span s)
{
	for (size_t i = 0; i < s.n;) {
		size_t odd = junit_odd((struct span){ s.p + i, s.n - i });

		if (odd == 0) {
			i++;
			continue;
		}
		text_xml(b, (struct span){ s.p, i });
		buf_text(b, "?");
		s = (struct span){ s.p + i + odd, s.n - i - odd };
		i = 0;
	}
	text_xml(b, s);
}

void
junit_attribute(struct buf *b, const char *name, const char *value)
{
	buf_printf(b, " %s=\"", name);
	junit_escaped(b, span_of(value));
	buf_text(b, "\"");
}

/* Lines stay lines. */
void
junit_lines(struct buf *b, struct span text)
{
	while (text.n > 0) {
		junit_escaped(b, span_cut(&text, '\n'));
		buf_text(b, "\n");
	}
}

/* ---- the file ------------------------------------------------------------------------ */

static void
junit_property(struct buf *b, const char *name, const char *value)
{
	buf_text(b, "   <property");
	junit_attribute(b, "name", name);
	junit_attribute(b, "value", value);
	buf_text(b, "/>\n");
}

/* All that is needed to make the run again. */
static void
junit_properties(const struct junit *j, struct buf *b)
{
	json_t *summary = j->dir->summary, *word;
	struct buf argv = { 0 }, seed = { 0 };
	size_t i;

	json_array_foreach(json_object_get(summary, "argv"), i, word) buf_printf(&argv, "%s%s",
	    i > 0 ? " " : "", json_string_value(word) != NULL ? json_string_value(word) : "?");
	buf_printf(
	    &seed, "%lld", (long long)json_integer_value(json_object_get(summary, "seed")));
	buf_text(b, "  <properties>\n");
	junit_property(b, "scenario", junit_word(summary, "scenario"));
	junit_property(b, "seed", buf_cstr(&seed));
	junit_property(b, "version", junit_word(summary, "version"));
	junit_property(b, "argv", buf_cstr(&argv));
	junit_property(b, "pool", junit_word(summary, "pool"));
	junit_property(b, "verdict", junit_word(summary, "verdict"));
	buf_text(b, "  </properties>\n");
	buf_done(&argv);
	buf_done(&seed);
}

static void
junit_counts(const struct junit *j, const char *name, struct buf *b)
{
	junit_attribute(b, "name", name);
	buf_printf(b, " tests=\"%u\" failures=\"%u\" errors=\"%u\" time=\"%.3f\"", j->tests,
	    j->failures, j->errors, junit_number(j->dir->summary, "wall_s"));
}

static void
junit_file(const struct junit *j, struct buf *b)
{
	const char *title = junit_word(j->dir->summary, "title");
	const char *name = title[0] != '\0' ? title : junit_word(j->dir->summary, "scenario");

	buf_text(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
	junit_counts(j, "cx700farm", b);
	buf_text(b, ">\n <testsuite");
	junit_counts(j, name, b);
	buf_text(b, " skipped=\"0\">\n");
	junit_properties(j, b);
	buf_span(b, buf_bytes(&j->cases));
	buf_text(b, " </testsuite>\n</testsuites>\n");
}

/* Who failed first, and what they did.  A trace that is not whole, for want of disk perhaps, is
 * told as far as it goes: such a run needs its report most. */
static int
junit_read(struct junit *j)
{
	uint32_t phone[FIRST_PHONES * (FIRST_STEPS + 1)];
	struct buf again = { 0 };
	int err, says;

	j->first = mem_new(sizeof *j->first);
	if (j->first == NULL)
		return -ENOMEM;
	says = first_failed_read(j->dir, j->first, &j->trace_says);
	err = timeline_new(phone, first_failed_all(j->first, phone), &j->timeline);
	if (err == 0)
		err = timeline_read(j->timeline, j->dir, &again);
	buf_done(&again);
	return says == -ENOMEM || err == -ENOMEM ? -ENOMEM : 0;
}

int
junit_xml(const struct run_dir *d, struct buf *out, struct buf *error)
{
	struct junit j = { .dir = d,
		.passed = strcmp(junit_word(d->summary, "verdict"), "pass") == 0 };
	int err = junit_read(&j);

	if (err == 0) {
		junit_cases(&j);
		junit_file(&j, out);
		err = j.cases.err != 0 ? -ENOMEM : out->err;
	}
	if (err != 0 && error->n == 0)
		buf_printf(error, "%s/junit.xml: %s", d->path, strerror(-err));
	timeline_free(j.timeline);
	mem_free(j.first);
	buf_done(&j.cases);
	buf_done(&j.trace_says);
	return err;
}

int
junit_write(const struct run_dir *d, struct buf *error)
{
	struct buf out = { 0 };
	int err = junit_xml(d, &out, error);

	if (err == 0) {
		err = summary_write(d->path, "junit.xml", buf_bytes(&out));
		if (err != 0)
			buf_printf(error, "%s/junit.xml: %s", d->path, strerror(-err));
	}
	buf_done(&out);
	return err;
}
