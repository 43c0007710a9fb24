/*
 * live.h - what a person sees while the run goes on: a view that is redrawn in
 * place on a terminal, a plain line a second elsewhere; and the table at the end.
 *
 * All of it renders into a buffer and depends on nothing but its arguments.
 */
#ifndef REPORT_LIVE_H
#define REPORT_LIVE_H
#include "buf.h"
#include "report.h"

struct live_look {
	unsigned width; /* columns; lines are cut to it */
	bool terminal;  /* redraw in place; else a plain line */
	bool colour;
};

/* What the next view needs of this one; zeroed memory is the beginning. */
struct live_memory {
	uint64_t since_us, bytes;
	uint32_t started, ended;
	unsigned lines; /* drawn, to go up by */
};

/* Append the view of this moment. */
void live_render(const struct report_run *, const struct live_look *, const struct metrics *,
    uint64_t since_began_us, struct live_memory *, struct buf *out);

/* Append the table of steps, the expectations and the verdict. */
void live_table(const struct report_run *, const struct live_look *, const struct report_end *,
    struct buf *out);

#endif
