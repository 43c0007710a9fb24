/*
 * course.h - the run over time: where the phones were, what each step did, what the servers
 * were asked, span by span; course.json, format cx700farm-course/1.
 *
 * A span is one second at first.  When there are COURSE_SPANS of them, neighbours are joined
 * and a span is twice as long: so a day takes no more memory than an hour, and every figure of
 * a joined span is exact, because the spans keep their histograms.
 */
#ifndef REPORT_COURSE_H
#define REPORT_COURSE_H
#include "buf.h"
#include "farm.h"
#include "report.h"

enum {
	COURSE_SPANS = 240,
	COURSE_BANDS = 64, /* of the heat map: three to an octave of time */
	COURSE_FAILED =
	    1000, /* phones that failed are named, at most so many; or did not finish */
	COURSE_SLOWEST = 100
};

struct course;

/* The course of this run, which is lent.  0 or -ENOMEM. */
int course_new(const struct report_run *, struct course **out);

/* NULL is fine. */
void course_free(struct course *);

/* Does a span end now?  Else course_second() has nothing to do: for whoever has a cost in
 * finding out the counts. */
bool course_due(const struct course *, uint64_t since_began_us);

/* The counts of the whole run at this time, once a second.  Want of memory stays: then
 * course_json() says it. */
void course_second(struct course *, const struct metrics *, uint64_t since_began_us);

/* And at its end; the phones' outcomes are copied as far as they are told. */
void course_end(struct course *, const struct farm_end *);

/* Append course.json; valid after course_end().  0 or -ENOMEM. */
int course_json(const struct course *, struct buf *out);

/* The band of the heat map that a latency is in; the latencies of band i are below
 * course_band_ms(i), the last one's have no limit (0). */
unsigned course_band(uint64_t us);
double course_band_ms(unsigned band);

#endif
