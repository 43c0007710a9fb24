/* html_priv.h - what html.c and html_ways.c share. */
#ifndef REPORT_HTML_PRIV_H
#define REPORT_HTML_PRIV_H
#include "html.h"

/*
 * The ways of the phones that the page tells of, by the phone's number:
 *
 *	{ "17": { "mac": "00:04:..", "left_out": 0,
 *	    "rows": [[t_ms, ms, step, tries, verdict, why, detail, seen], ...] } }
 *
 * `seen` is there only for a row that did not go well.  A phone that was not traced is not
 * there.  Errors as html_make(); the caller's to json_decref().
 */
int html_ways(const struct run_dir *, json_t **out, struct buf *error);

#endif
