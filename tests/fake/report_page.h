/* report_page.h - a report.html in a browser, for tests that look at what it shows. */
#ifndef FAKE_REPORT_PAGE_H
#define FAKE_REPORT_PAGE_H
#include "browser.h"

struct report_page {
	struct browser *browser; /* NULL: there is none on this machine */
	char dir[128];           /* the run's folder */
	json_t *summary;         /* its summary.json */
};

/* Rehearse a scenario into DIR below the test's folder; its exit status must be this one. */
void report_page_rehearse(const char *name, const char *scenario, int status);

/* Open the page of a folder below the test's own: it is ready, and nothing has gone wrong. */
void report_page_open(struct report_page *, const char *name);

/* Nothing has gone wrong since: no exception, no word on the console, nothing was asked of
 * anybody but the page itself. */
void report_page_clean(struct report_page *);

void report_page_close(struct report_page *);

#endif
