/* explain.c - `cx700farm explain`: one phone's story in plain words. */
#include "explain.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "log.h"
#include "text.h"

static const char explain_help[] =
    "usage: cx700farm explain RUNDIR PHONE\n\n"
    "Tell what a phone of a run did, row by row: what it asked of whom, what came of it, why\n"
    "it failed and what to look at in the pool; and how to find its frames in the capture.\n"
    "Phones count from 0.\n\n"
    "Exit: 0, or 2: there is no such run or phone.\n";

static int
explain_print(const struct buf *out)
{
	if (fwrite(out->p, 1, out->n, stdout) == out->n && fflush(stdout) == 0)
		return CLI_PASS;
	log_line(LOG_ERROR, "cx700farm: standard output: %s", strerror(errno));
	return CLI_ENVIRONMENT;
}

static int
explain_tell(const char *path, uint32_t phone)
{
	struct run_dir *dir = NULL;
	struct buf out = { 0 }, error = { 0 };
	int status = CLI_USAGE, err = run_dir_open(path, &dir, &error);

	if (err == 0)
		err = explain_phone(dir, phone, &out, &error);
	if (err == 0)
		status = explain_print(&out);
	else
		log_line(LOG_ERROR, "cx700farm: %s", buf_cstr(&error));
	run_dir_free(dir);
	buf_done(&out);
	buf_done(&error);
	return status;
}

int
cli_explain(int argc, char **argv)
{
	bool help = argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);
	uint64_t phone;

	if (help) {
		printf("%s", explain_help);
		return CLI_PASS;
	}
	if (argc != 3) {
		log_line(LOG_ERROR,
		    "cx700farm: explain: name a run's folder and a phone (see "
		    "explain --help)");
		return CLI_USAGE;
	}
	if (text_u64(span_of(argv[2]), UINT32_MAX, &phone) != 0) {
		log_line(
		    LOG_ERROR, "cx700farm: explain: not the number of a phone: %s", argv[2]);
		return CLI_USAGE;
	}
	return explain_tell(argv[1], (uint32_t)phone);
}
