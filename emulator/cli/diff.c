/* diff.c - `cx700farm diff`: what has changed from one run to another. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "diff.h"
#include "log.h"
#include "mem.h"

struct diff_options {
	const char *run[2];
	size_t n_runs;
	bool json, help;
};

static const char diff_help[] =
    "usage: cx700farm diff RUNDIR RUNDIR [--json]\n\n"
    "Compare the second run with the first, step by step.  A latency has changed if a rank\n"
    "test says so (p < 0.01) and its median or p95 is off by more than 10 % and 5 ms.\n\n"
    "  --json   print the comparison as JSON\n\n"
    "Exit: 0 nothing is worse, 1 something is, 2 they cannot be compared.\n";

/* 0, or -EINVAL, which has been told. */
static int
diff_options_read(struct diff_options *o, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *arg = argv[i];

		if (strcmp(arg, "--json") == 0) {
			o->json = true;
		} else if (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0) {
			o->help = true;
		} else if (arg[0] == '-' && arg[1] != '\0') {
			log_line(LOG_ERROR, "cx700farm: diff: no such option: %s", arg);
			return -EINVAL;
		} else if (o->n_runs == 2) {
			log_line(LOG_ERROR,
			    "cx700farm: diff: two runs are compared, not more: %s", arg);
			return -EINVAL;
		} else {
			o->run[o->n_runs++] = arg;
		}
	}
	if (o->help || o->n_runs == 2)
		return 0;
	log_line(LOG_ERROR, "cx700farm: diff: name two folders of runs (see diff --help)");
	return -EINVAL;
}

static int
diff_tell(const struct diff *d, bool json)
{
	struct buf out = { 0 };
	int err = 0;

	if (json)
		err = diff_json(d, &out);
	else
		diff_text(d, &out);
	if (err == 0)
		err = out.err;
	if (err == 0 && (fwrite(out.p, 1, out.n, stdout) != out.n || fflush(stdout) != 0))
		err = -errno;
	buf_done(&out);
	return err;
}

static int
diff_compare(const struct diff_options *o, struct run_dir *run[2])
{
	struct diff *d = mem_new(sizeof *d);
	int err = d == NULL ? -ENOMEM : diff_runs(run[0], run[1], d);
	int status = CLI_ENVIRONMENT;

	if (err == 0)
		err = diff_tell(d, o->json);
	if (err == 0)
		status = d->all == DIFF_WORSE ? CLI_FAIL : CLI_PASS;
	else
		log_line(LOG_ERROR, "cx700farm: diff: %s", strerror(-err));
	mem_free(d);
	return status;
}

int
cli_diff(int argc, char **argv)
{
	struct diff_options o = { { NULL, NULL }, 0, false, false };
	struct run_dir *run[2] = { NULL, NULL };
	struct buf error = { 0 };
	int status = CLI_USAGE;

	if (diff_options_read(&o, argc, argv) != 0)
		return CLI_USAGE;
	if (o.help) {
		printf("%s", diff_help);
		return CLI_PASS;
	}
	if (run_dir_open(o.run[0], &run[0], &error) == 0 &&
	    run_dir_open(o.run[1], &run[1], &error) == 0)
		status = diff_compare(&o, run);
	else
		log_line(LOG_ERROR, "cx700farm: %s", buf_cstr(&error));
	run_dir_free(run[0]);
	run_dir_free(run[1]);
	buf_done(&error);
	return status;
}
