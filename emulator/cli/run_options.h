/* run_options.h - what `cx700farm run` is told on its command line. */
#ifndef CLI_RUN_OPTIONS_H
#define CLI_RUN_OPTIONS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "scenario.h"
#include "web.h"

enum { RUN_POOL_ARGS_MAX = 32 };

struct run_options { /* texts are argv's */
	const char *scenario;
	const char *pool; /* a pool file; NULL: the embedded pool */
	const char *profile, *until, *out_dir;
	uint32_t phones;  /* 0: as the scenario says */
	unsigned threads; /* 0: one per core */
	uint64_t seed;
	bool has_seed;
	bool has_trace; /* else as the scenario says */
	enum scenario_trace trace;
	uint32_t trace_sample;
	const char *metrics, *ui; /* as they were written; NULL: not wanted */
	struct web_addr metrics_at, ui_at;
	bool listen_anywhere;
	bool yes; /* public targets are meant */
	bool pcap, dry_run, json, quiet, verbose, no_color, help;
	const char *pool_args[RUN_POOL_ARGS_MAX]; /* for the embedded pool */
	size_t n_pool_args;
};

/* Read argv, argv[0] being the command.  0, or -EINVAL and one line (without its end) in
 * `complaint`. */
int run_options_read(struct run_options *, int argc, char **argv, struct buf *complaint);

/* What only the whole shows; run_options_read() asks it.  The same. */
int run_options_check(const struct run_options *, struct buf *complaint);

/* Append the manual: one line an option. */
void run_options_help(struct buf *);

#endif
