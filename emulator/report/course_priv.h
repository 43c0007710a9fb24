/* course_priv.h - what course.c gathers and course_json.c writes; see course.h. */
#ifndef REPORT_COURSE_PRIV_H
#define REPORT_COURSE_PRIV_H
#include "course.h"

enum { COURSE_STAGES = 16 };

/* A bucket of a histogram in which there is something. */
struct course_bin {
	uint32_t bucket, count;
};

/* One step in one span.  Few of a histogram's buckets are met in a second, so only those are
 * kept. */
struct course_cell {
	uint32_t done, failed, retries;
	uint32_t n_bins;
	struct course_bin *bin; /* ascending */
	uint64_t max_us;
};

/* Where the phones are at a span's end. */
struct course_phones {
	uint32_t started, staying, finished, failed, off, signed_out;
	uint32_t stage[COURSE_STAGES];
};

struct course_span {
	struct course_phones phones;
	uint64_t firmware;
	struct service_metrics service[METRICS_SERVICES];
	struct course_cell cell[METRICS_ROWS];
};

struct course_failure {
	uint32_t phone, at_ms;
	uint8_t row, why;
};

struct course_slow {
	uint32_t phone, boot_ms;
};

struct course_left { /* at the end neither finished nor failed */
	uint32_t phone;
	uint8_t row;
};

struct course {
	const struct report_run *run; /* lent */
	const char *stage[COURSE_STAGES];
	uint8_t stage_of[METRICS_ROWS];
	size_t n_stages;
	uint64_t span_s;
	size_t n_spans;
	struct course_span span[COURSE_SPANS];
	struct metrics last;            /* as of the last span's end */
	uint32_t scratch[HIST_BUCKETS]; /* zero between calls */
	struct course_failure *failure; /* by time; all of them */
	size_t n_failures;
	struct course_slow *slow; /* the slowest first; all that arrived */
	size_t n_slow;
	struct course_left *left; /* by number; all of them */
	size_t n_left;
	int err; /* 0 or -ENOMEM */
};

/* Add what a row has counted since the last time. */
void course_cell_grow(struct course *, struct course_cell *, const struct row_metrics *now,
    const struct row_metrics *last);

/* Add what the next span has. */
void course_cell_join(struct course *, struct course_cell *to, const struct course_cell *from);

/* The value that a share of p does not exceed; 0 when nothing was done. */
uint64_t course_cell_at(const struct course_cell *, double p);

/* Keep who failed and who was slow; NULL: nobody tells. */
void course_outcomes(struct course *, const struct farm_phone *);

/* ---- the file ---- */

/* Append `"name": `. */
void course_put_name(struct buf *, const char *name);

/* Append one figure of a span; `which` says of what: a row, a service, an offset. */
typedef void course_figure_fn(struct buf *, const struct course_span *, size_t which);

struct course_column {
	const char *name;
	course_figure_fn *figure;
};

extern const struct course_column course_step_columns[];
extern const size_t course_step_columns_count;
extern const struct course_column course_service_columns[];
extern const size_t course_service_columns_count;

/* `which` is the offset of an uint32_t in struct course_phones; of nothing. */
course_figure_fn course_figure_phones, course_figure_firmware;

/* Append `"name": [...]`, the figure of every span. */
void course_put_list(
    struct buf *, const struct course *, const char *name, course_figure_fn *, size_t which);

/* Append the member "outcomes". */
void course_put_outcomes(struct buf *, const struct course *);

#endif
