/*
 * load.h - what a rehearsal offered to each server, second by second: the table at its end,
 * load.json, and which server would be the first to have more to do than it can.
 */
#ifndef REPORT_LOAD_H
#define REPORT_LOAD_H
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

#define LOAD_NEVER UINT64_MAX

struct load_span { /* load_server.span_s seconds */
	uint64_t requests, replies, bytes_in, bytes_out;
	double offered;   /* work asked for, as a share of what all workers can do */
	double wire;      /* the share of the time that its line was sending */
	uint64_t wait_us; /* the longest wait for a worker */
};

struct load_server { /* times since the run's beginning */
	const char *name;
	uint32_t workers;
	uint64_t takes_us; /* one request, on the average */
	uint64_t requests, replies, bytes_in, bytes_out;
	uint64_t peak_requests, peak_requests_at_s; /* within one second */
	uint64_t peak_bytes, peak_bytes_at_s;       /* sent, or received if that is more */
	uint64_t bytes_per_s;                       /* what its line carries; 0: no limit */
	/* Work offered within the worst second; more than 1: its workers could not keep up.
	 * When a second first asked for all they can do; or LOAD_NEVER. */
	double busiest;
	uint64_t full_at_us;
	uint64_t wait_us; /* the longest wait */
	uint64_t lost;    /* packets that the scenario's faults took, and what found no room */
	const struct load_span *span; /* lent */
	size_t n_spans;
	uint64_t span_s;
};

/* What was rehearsed. */
struct load_report {
	const struct load_server *server;
	size_t n_servers;
	double wall_s; /* virtual */
};

/* Append the table, the course of the requests, and what would saturate first. */
void load_table(const struct load_report *, struct buf *out);

/* Append load.json, format cx700farm-load/1.  0 or -ENOMEM. */
int load_json(const struct load_report *, struct buf *out);

/* What a server has too little of. */
enum load_limit { LOAD_WORKERS, LOAD_WIRE };

struct load_first {
	const struct load_server *server; /* NULL: there was no load at all */
	enum load_limit limit;
	uint64_t at_us; /* when it was full; LOAD_NEVER: it only came closest to it */
	double share;   /* the worst second's, of what there is of it */
};

/* The server that is the first to be full, its workers or its line; if none is, the one that
 * comes closest. */
struct load_first load_first(const struct load_report *);

#endif
