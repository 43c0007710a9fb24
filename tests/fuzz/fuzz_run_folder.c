/* fuzz_run_folder.c - any bytes as the three files of a run's folder (a record separator
 * between them): every report is made, or one line says why not. */
#include "diff.h"
#include "explain.h"
#include "fuzz.h"
#include "hist_text.h"
#include "html.h"
#include "junit.h"
#include "mem.h"
#include "summary.h"
#include "temp_file.h"

/* Plain text: nothing in it moves a cursor, whatever the files said. */
static void
plain(const struct buf *text)
{
	for (size_t i = 0; i < text->n; i++)
		HOLDS(text->p[i] == '\n' || (text->p[i] >= ' ' && text->p[i] != 127));
}

static void
one_line(struct buf *error)
{
	HOLDS(error->n > 0);
	HOLDS(strchr(buf_cstr(error), '\n') == NULL);
	buf_clear(error);
}

static void
explained(const struct run_dir *d, uint32_t phone)
{
	struct buf out = { 0 }, error = { 0 };

	if (explain_phone(d, phone, &out, &error) != 0)
		one_line(&error);
	plain(&out);
	buf_done(&out);
	buf_done(&error);
}

static void
compared(const struct run_dir *d)
{
	struct diff *diff = mem_new(sizeof *diff);
	struct buf out = { 0 };

	HOLDS(diff != NULL && diff_runs(d, d, diff) == 0);
	/* Nothing differs from itself. */
	HOLDS(diff->all == DIFF_SAME);
	diff_text(diff, &out);
	plain(&out);
	buf_clear(&out);
	HOLDS(diff_json(diff, &out) == 0 && out.n > 2);
	buf_done(&out);
	mem_free(diff);
}

static void
reported(const struct run_dir *d, size_t n)
{
	struct hist *h = mem_new(sizeof *h);
	struct buf out = { 0 }, error = { 0 };

	HOLDS(h != NULL);
	run_dir_hist(d, "krb_login", h);
	HOLDS(hist_at(h, 0.5) <= hist_at(h, 0.99) && hist_at(h, 0.99) <= h->max_us);
	hist_text(h, &out);
	plain(&out);
	buf_clear(&out);
	HOLDS(junit_xml(d, &out, &error) == 0 && out.n > 0);
	plain(&out);
	buf_clear(&out);
	/* The page has half a megabyte of parts: now and then is enough. */
	if (n % 16 == 0 && html_make(d, &out, &error) != 0)
		one_line(&error);
	buf_done(&out);
	buf_done(&error);
	mem_free(h);
}

/* The three parts of the input as files; the folder's path. */
static const char *
folder(const uint8_t *p, size_t n)
{
	static const char *const name[] = { "summary.json", "course.json", "trace.jsonl" };
	static const char *path;
	struct span rest = { p, n };

	if (path == NULL) {
		path = temp_folder();
		HOLDS(atexit(temp_clean) == 0);
	}
	for (size_t i = 0; i < 3; i++)
		HOLDS(summary_write(path, name[i], span_cut(&rest, '\x1e')) == 0);
	return path;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const char *path = folder(p, n);
	struct buf error = { 0 };
	struct run_dir *d = NULL;

	if (run_dir_open(path, &d, &error) != 0) {
		HOLDS(d == NULL);
		one_line(&error);
	} else {
		for (uint32_t phone = 0; phone < 3; phone++)
			explained(d, phone);
		compared(d);
		reported(d, n);
	}
	run_dir_free(d);
	buf_done(&error);
	return 0;
}
