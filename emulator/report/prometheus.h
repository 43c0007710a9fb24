/*
 * prometheus.h - a running farm's figures as Prometheus reads them: text format 0.0.4.
 *
 * The figures are those of summary.json; at the run's end they are the same.  Nothing has a
 * label per phone, so that a run of a million is as small as one of ten.
 */
#ifndef REPORT_PROMETHEUS_H
#define REPORT_PROMETHEUS_H
#include "buf.h"
#include "report.h"

#define PROMETHEUS_TYPE "text/plain; version=0.0.4; charset=utf-8"

struct prometheus_now {
	const struct report_run *run;
	const struct metrics *metrics; /* the whole farm's */
	uint64_t since_began_us;
	double cpu_user_s, cpu_sys_s; /* of this process */
	uint64_t max_rss_bytes;
	bool ended;
};

/* Append all of them. */
void prometheus_text(const struct prometheus_now *, struct buf *out);

#endif
