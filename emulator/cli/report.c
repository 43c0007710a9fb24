/* report.c - `cx700farm report RUNDIR`: the reports of a run are made again from its files. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "log.h"
#include "rebuild.h"

static void
report_help(void)
{
	printf(
	    "usage: cx700farm report RUNDIR\n"
	    "Makes report.html, junit.xml and hist/ of a run again from what `cx700farm run\n"
	    "-o RUNDIR` has left: summary.json, course.json, trace.jsonl, and of the pool\n"
	    "servers.json or load.json.\n"
	    "Exit: 0, 2 when the folder is not that of a whole run, 4 when it cannot be\n"
	    "written.\n");
}

/* A folder that is not as it should be is the caller's; the rest the machine's. */
static int
report_status(int err)
{
	return err == 0                                            ? CLI_PASS
	    : err == -ENOENT || err == -ENOTDIR || err == -EBADMSG ? CLI_USAGE
								   : CLI_ENVIRONMENT;
}

int
cli_report(int argc, char **argv)
{
	struct buf error = { 0 };
	int err;

	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
		report_help();
		return CLI_PASS;
	}
	if (argc != 2 || argv[1][0] == '-') {
		log_line(LOG_ERROR, "cx700farm: report of which run? (report RUNDIR)");
		return CLI_USAGE;
	}
	err = rebuild(argv[1], &error);
	if (err != 0)
		log_line(LOG_ERROR, "cx700farm: %s", buf_cstr(&error));
	else
		printf("%s/report.html\n", argv[1]);
	buf_done(&error);
	return report_status(err);
}
