/* rebuild.c - see rebuild.h. */
#include "rebuild.h"

#include "hist_text.h"
#include "html.h"
#include "junit.h"
#include "run_dir.h"

typedef int rebuild_fn(const struct run_dir *, struct buf *error);

static rebuild_fn *const rebuild_all[] = { hist_text_write, junit_write, html_write };

int
rebuild(const char *path, struct buf *error)
{
	struct run_dir *dir;
	int first = 0, err = run_dir_open(path, &dir, error);

	if (err != 0)
		return err;
	for (size_t i = 0; i < sizeof rebuild_all / sizeof *rebuild_all; i++) {
		struct buf says = { 0 };

		err = rebuild_all[i](dir, &says);
		/* The first error speaks for all. */
		if (err != 0 && first == 0) {
			first = err;
			buf_span(error, buf_bytes(&says));
		}
		buf_done(&says);
	}
	run_dir_free(dir);
	return first;
}
