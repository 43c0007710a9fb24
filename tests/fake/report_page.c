/* report_page.c - see report_page.h. */
#include "report_page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "program.h"
#include "temp_file.h"

void
report_page_rehearse(const char *name, const char *scenario, int status)
{
	char dir[128];
	const char *const args[] = { "run", "--dry-run", "-q", "-o", dir, scenario, NULL };
	struct buf err = { 0 };
	int got;

	(void)snprintf(dir, sizeof dir, "%s/%s", temp_folder(), name);
	got = program_run("cx700farm", args, NULL, &err);
	if (got != status)
		fail_msg("%s: exit %d: %s", scenario, got, buf_cstr(&err));
	buf_done(&err);
}

int
report_page_setup(void **state)
{
	*state = calloc(1, sizeof(struct report_page));
	assert_non_null(*state);
	return 0;
}

int
report_page_teardown(void **state)
{
	struct report_page *p = *state;

	browser_close(p->browser);
	json_decref(p->summary);
	free(p);
	return 0;
}

struct report_page *
report_page_open(void **state, const char *name)
{
	struct report_page *p = *state;
	const char *why = NULL;
	char path[160];

	p->browser = browser_open(&why);
	if (p->browser == NULL) {
		print_message("%s\n", why);
		skip();
	}
	(void)snprintf(p->dir, sizeof p->dir, "%s/%s", temp_folder(), name);
	(void)snprintf(path, sizeof path, "%s/summary.json", p->dir);
	p->summary = json_load_file(path, 0, NULL);
	assert_non_null(p->summary);
	(void)snprintf(path, sizeof path, "%s/report.html", p->dir);
	browser_go(p->browser, path);
	browser_until(p->browser, "document.documentElement.dataset.ready === '1'");
	report_page_clean(p);
	return p;
}

void
report_page_clean(struct report_page *p)
{
	char expected[160];

	(void)snprintf(expected, sizeof expected, "file://%s/report.html\n", p->dir);
	assert_string_equal("", browser_complaints(p->browser));
	assert_string_equal(expected, browser_asked(p->browser));
}
