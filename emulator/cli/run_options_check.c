/* run_options_check.c - which options of a run go together.  See run_options.h. */
#include <errno.h>
#include <string.h>

#include "run_options.h"

/* From other machines only when that is meant. */
static void
run_check_listen(const struct run_options *o, struct buf *complaint)
{
	const char *option = o->ui != NULL && !o->ui_at.loopback ? "ui"
	    : o->metrics != NULL && !o->metrics_at.loopback      ? "metrics"
								 : NULL;

	if (option != NULL && !o->listen_anywhere)
		buf_printf(complaint,
		    "--%s %s could be reached from other machines; --listen-anywhere allows "
		    "that",
		    option, strcmp(option, "ui") == 0 ? o->ui : o->metrics);
	else if (o->listen_anywhere && o->ui == NULL && o->metrics == NULL)
		buf_text(complaint, "--listen-anywhere is for --ui and --metrics");
}

int
run_options_check(const struct run_options *o, struct buf *complaint)
{
	/* --help needs no scenario. */
	if (o->help)
		return 0;
	if (o->scenario == NULL)
		buf_text(complaint, "which scenario? (see cx700farm run --help)");
	else if (o->pcap && o->out_dir == NULL)
		buf_text(complaint, "--pcap needs -o DIR to write into");
	else if (o->quiet && o->verbose)
		buf_text(complaint, "-q and -v exclude each other");
	else if (o->dry_run && (o->pool != NULL || o->n_pool_args > 0))
		buf_text(complaint,
		    "--dry-run simulates a pool: --pool and --pool-arg do not go "
		    "with it (see servers: in the scenario)");
	else if (o->dry_run && o->pcap)
		buf_text(complaint, "--dry-run sends no packets that --pcap could capture");
	else if (o->pool != NULL && o->n_pool_args > 0)
		buf_text(complaint, "--pool-arg is for the embedded pool");
	else
		run_check_listen(o, complaint);
	return complaint->n > 0 ? -EINVAL : 0;
}
