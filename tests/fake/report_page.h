/* report_page.h - a report.html in a browser, for tests that look at what it shows. */
#ifndef FAKE_REPORT_PAGE_H
#define FAKE_REPORT_PAGE_H
#include "browser.h"

struct report_page {
	struct browser *browser; /* NULL: not opened */
	char dir[128];           /* the run's folder */
	json_t *summary;         /* its summary.json */
};

/* Rehearse a scenario into DIR below the test's folder; its exit status must be this one. */
void report_page_rehearse(const char *name, const char *scenario, int status);

/* Fixtures: *state is a struct report_page, without a browser yet. */
int report_page_setup(void **state);
int report_page_teardown(void **state);

/* Open the page of a folder below the test's own: it is ready, and nothing has gone wrong.
 * Without a browser on this machine the test is skipped. */
struct report_page *report_page_open(void **state, const char *name);

/* Nothing has gone wrong since: no exception, no word on the console, nothing was asked of
 * anybody but the page itself. */
void report_page_clean(struct report_page *);

#endif
