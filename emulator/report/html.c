/* html.c - see html.h.  The template's {{name}} stands for a part of the page, {{data}} for the
 * run as JSON, {{title}} for what the run calls itself. */
#include "html.h"

#include <errno.h>
#include <string.h>

#include "bottleneck.h"
#include "data_file.h"
#include "html_priv.h"
#include "summary.h"
#include "text.h"

#define HTML_NAME "report.html" /* the template's, and the page's */

/* ---- the data ------------------------------------------------------------------------ */

/* Of a rehearsed server only what the page draws: it is one list of seven. */
static json_t *
html_server(json_t *server)
{
	json_t *few = json_copy(server), *course = json_object_get(server, "course");
	json_t *seconds = json_object_get(course, "seconds");
	json_t *offered = json_object_get(course, "offered");

	if (few != NULL && offered != NULL)
		json_object_set_new(few, "course",
		    json_pack("{s:O, s:O}", "seconds", seconds, "offered", offered));
	return few;
}

static json_t *
html_load(json_t *load)
{
	json_t *few, *servers = json_object(), *server;
	const char *name;

	if (load == NULL) {
		json_decref(servers);
		return json_null();
	}
	few = json_copy(load);
	json_object_foreach(json_object_get(load, "servers"), name, server)
	{
		json_object_set_new(servers, name, html_server(server));
	}
	json_object_set_new(few, "servers", servers);
	return few;
}

static json_t *
html_data(const struct run_dir *dir, json_t *ways_take)
{
	/* Beyond the limits the farm was the bottleneck. */
	json_t *limits = json_pack("{s:f, s:f}", "loop_lag_ms", FARM_LOOP_LAG_MAX_MS,
	    "start_lag_ms", FARM_START_LAG_MAX_MS);

	return json_pack("{s:s, s:O, s:O, s:O?, s:o, s:b, s:b, s:o, s:o}", "format",
	    "cx700farm-page/1", "summary", dir->summary, "course", dir->course, "servers",
	    dir->servers, "load", html_load(dir->load), "captured", (int)dir->captured, "keys",
	    (int)dir->keys, "limits", limits, "ways", ways_take);
}

/*
 * jansson's callback.  What is not ASCII it has escaped already, U+2028 among it.  A `<' is
 * only ever in a text; it must not be read as markup: a title may say </script>.
 */
static int
html_chunk(const char *bytes, size_t n, void *arg)
{
	struct buf *out = arg;
	struct span rest = { (const uint8_t *)bytes, n };

	while (rest.n > 0) {
		const uint8_t *sign = memchr(rest.p, '<', rest.n);
		size_t plain = sign != NULL ? (size_t)(sign - rest.p) : rest.n;

		buf_put(out, rest.p, plain);
		if (sign == NULL)
			break;
		buf_text(out, "\\u003c");
		rest = (struct span){ sign + 1, rest.n - plain - 1 };
	}
	return 0;
}

static int
html_put_data(const struct run_dir *dir, struct buf *out, struct buf *error)
{
	json_t *ways = NULL, *data;
	int rc, err = html_ways(dir, &ways, error);

	if (err != 0)
		return err;
	data = html_data(dir, ways);
	rc = data == NULL ? -1
			  : json_dump_callback(data, html_chunk, out,
				JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(12));
	json_decref(data);
	return rc != 0 ? -ENOMEM : 0;
}

/* ---- the page ------------------------------------------------------------------------ */

static const struct data_file *
html_part(struct span name)
{
	for (size_t i = 0; i < page_files_count; i++)
		if (span_is(name, page_files[i].name))
			return &page_files[i];
	return NULL;
}

/* "A title - pass": what a browser's tab shows. */
static void
html_put_title(const struct run_dir *dir, struct buf *out)
{
	const char *title = json_string_value(json_object_get(dir->summary, "title"));
	const char *scenario = json_string_value(json_object_get(dir->summary, "scenario"));
	const char *verdict = json_string_value(json_object_get(dir->summary, "verdict"));

	text_xml(out, span_of(title != NULL ? title : scenario != NULL ? scenario : "A run"));
	buf_text(out, " - ");
	text_xml(out, span_of(verdict != NULL ? verdict : "?"));
}

/* A name that the template uses and the program does not have would be our own mistake; the
 * test of the page finds it. */
static int
html_put(const struct run_dir *dir, struct span name, struct buf *out, struct buf *error)
{
	const struct data_file *part;

	if (span_is(name, "data"))
		return html_put_data(dir, out, error);
	if (span_is(name, "title")) {
		html_put_title(dir, out);
		return 0;
	}
	part = html_part(name);
	if (part == NULL)
		return -ENOENT;
	buf_put(out, part->bytes, part->n);
	return 0;
}

/* The next {{name}} of a text: what is before it, the name, and the rest of the text. */
static bool
html_next(struct span *rest, struct span *before_out, struct span *name_out)
{
	const uint8_t *open = memmem(rest->p, rest->n, "{{", 2), *end = rest->p + rest->n;
	const uint8_t *close =
	    open != NULL ? memmem(open, (size_t)(end - open), "}}", 2) : NULL;

	if (close == NULL)
		return false;
	*before_out = (struct span){ rest->p, (size_t)(open - rest->p) };
	*name_out = (struct span){ open + 2, (size_t)(close - open) - 2 };
	*rest = (struct span){ close + 2, (size_t)(end - close) - 2 };
	return true;
}

int
html_make(const struct run_dir *dir, struct buf *out, struct buf *error)
{
	const struct data_file *template = html_part(span_of(HTML_NAME));
	struct span rest = { template->bytes, template->n }, before, name;
	int err = 0;

	while (err == 0 && html_next(&rest, &before, &name)) {
		buf_span(out, before);
		err = html_put(dir, name, out, error);
	}
	buf_span(out, rest);
	if (err == 0 && out->err != 0)
		err = -ENOMEM;
	if (err != 0 && error->n == 0)
		buf_printf(error, "%s/" HTML_NAME ": %s", dir->path, strerror(-err));
	return err;
}

int
html_write(const struct run_dir *dir, struct buf *error)
{
	struct buf out = { 0 };
	int err = html_make(dir, &out, error);

	if (err == 0) {
		err = summary_write(dir->path, HTML_NAME, buf_bytes(&out));
		if (err != 0)
			buf_printf(error, "%s/" HTML_NAME ": %s", dir->path, strerror(-err));
	}
	buf_done(&out);
	return err;
}
