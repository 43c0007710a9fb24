/* run_page.c - see run_page.h. */
#include "run_page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "html.h"

struct buf
run_page(struct run_folder *f)
{
	struct buf out = { 0 }, error = { 0 };
	struct run_dir *d;
	int err;

	run_folder_write(f);
	d = run_folder_open(f);
	err = html_make(d, &out, &error);
	if (err != 0)
		fail_msg("%d: %s", err, buf_cstr(&error));
	assert_int_equal(error.n, 0);
	run_dir_free(d);
	buf_done(&error);
	return out;
}

json_t *
run_page_data(struct buf *page)
{
	const char *from = strstr(buf_cstr(page), PAGE_DATA), *to;
	json_t *data;

	assert_non_null(from);
	from += strlen(PAGE_DATA);
	to = strstr(from, "</script>");
	assert_non_null(to);
	data = json_loadb(from, (size_t)(to - from), JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(data);
	return data;
}

json_t *
run_page_data_of(struct run_folder *f)
{
	struct buf page = run_page(f);
	json_t *data = run_page_data(&page);

	buf_done(&page);
	return data;
}
