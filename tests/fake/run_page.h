/* run_page.h - report.html of a folder that a test has made. */
#ifndef TESTS_RUN_PAGE_H
#define TESTS_RUN_PAGE_H
#include "run_folder.h"

#define PAGE_DATA "<script type=\"application/json\" id=\"run\">"

/* Write the folder and make its page, which must succeed; the caller's to buf_done(). */
struct buf run_page(struct run_folder *);

/* The page's data as its reader's browser will have them; the caller's to json_decref(). */
json_t *run_page_data(struct buf *page);

/* Both in one. */
json_t *run_page_data_of(struct run_folder *);

#endif
