/*
 * metrics.h - what one shard, or the whole farm, has counted: per row, per number of
 * the guide, per service.  A shard counts for itself; the farm adds copies up.
 */
#ifndef FARM_METRICS_H
#define FARM_METRICS_H
#include <stddef.h>
#include <stdint.h>

#include "hist.h"
#include "instance.h"

enum {
	METRICS_ROWS = 48,
	METRICS_REASONS = 16,
	METRICS_GUIDE = 28,
	METRICS_SERVICES = 9,
	METRICS_GROUPS = 16,
	METRICS_WATCHES = 16
};

/* What the farm knows of a row: its name, where it stands.  The chores' rows that are not in
 * the table follow the table's. */
struct farm_row {
	const char *name, *stage;
	uint8_t first, last; /* the guide's numbers; 0: not in the guide */
	bool chore;          /* not on the road: no phone is ever at it */
};

struct row_metrics {
	uint64_t attempts; /* tries that ended in anything but a skip */
	uint64_t done, failed, skipped;
	uint64_t reasons[METRICS_REASONS]; /* of tries */
	struct hist latency;               /* of done rows, pauses included */
};

struct service_metrics { /* as the server's log would count it: in is what it received */
	uint64_t requests, replies, bytes_out, bytes_in;
};

struct group_metrics { /* phones as in phone_counts; boot from the intended start */
	uint32_t started, finished, failed;
	struct hist boot;
};

/* Names of the services, in io_uv.h's order. */
extern const char *const metrics_service[METRICS_SERVICES];

/* Where the phones are, at this moment. */
struct phone_counts {
	uint32_t started;
	uint32_t arrived; /* reached the end of their way, staying or not; not failed since */
	uint32_t finished, failed;
	uint32_t off;              /* without power: an event's doing */
	uint32_t signed_out;       /* or about to be: nobody uses the phone */
	uint32_t at[METRICS_ROWS]; /* those on their way, by the row they are at */
};

struct metrics {
	size_t n_rows;
	struct row_metrics row[METRICS_ROWS];
	uint64_t guide[METRICS_GUIDE + 1]; /* phones that completed the number at least once */
	uint64_t firmware_bytes;
	struct hist start_lag;                  /* actual minus intended start */
	struct hist from_intended, from_actual; /* boot: start to arrival */
	struct phone_counts phones;
	struct service_metrics service[METRICS_SERVICES];
	struct group_metrics group[METRICS_GROUPS]; /* by farm_cfg.groups */
	size_t n_groups;
	uint64_t watched[METRICS_WATCHES]; /* tries, by farm_cfg.watch */
	uint64_t without_descriptor;       /* tries lost because the process had none left */
	double loop_lag_p99_ms;            /* the worst shard's */
	unsigned loop_lag_shard;           /* and which one that is */
};

/* Count one try, and the row if it has ended.  *guide_seen are the numbers this phone has
 * completed so far, a bit each. */
void metrics_try(struct metrics *, const struct farm_row *, const struct instance_row *,
    uint32_t *guide_seen);

/* Count one try for each watched text that its detail begins with. */
void metrics_watch(
    struct metrics *, const char *const *watch, size_t n, const struct instance_row *);

/* Add all of `from` to `to`; of the loop lag the worse one stays. */
void metrics_merge(struct metrics *to, const struct metrics *from);

/* attempts - (done + failed). */
uint64_t metrics_retries(const struct row_metrics *);

#endif
