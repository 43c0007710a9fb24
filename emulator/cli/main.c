/* main.c - cx700farm: finds the subcommand. */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "data_dir.h"
#include "log.h"

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *usage;
};

static const struct command commands[] = {
	{ "run", cli_run, "run SCENARIO [options]   boot the phones of a scenario" },
	{ "check", cli_check, "check POOL               is the pool ready for these phones?" },
	{ "validate", cli_validate,
	    "validate FILE...         check scenarios, pool files, profiles" },
	{ "steps", cli_steps, "steps                    show the journey of a phone" },
	{ "report", cli_report, "report RUNDIR            make report.html of a run again" },
	{ "explain", cli_explain, "explain RUNDIR PHONE     what a phone did, in plain words" },
	{ "diff", cli_diff,
	    "diff RUNDIR RUNDIR       what has changed from one run to another" },
	{ "users", cli_users, "users FORMAT N           what creates the phones' accounts" },
};

enum { N_COMMANDS = sizeof commands / sizeof *commands };

/* To standard output when asked for, else to standard error. */
static void
main_usage(FILE *to)
{
	fprintf(to, "usage:\n");
	for (int i = 0; i < N_COMMANDS; i++)
		fprintf(to, "  cx700farm %s\n", commands[i].usage);
	fprintf(to,
	    "  cx700farm COMMAND --help    cx700farm --version\n"
	    "  cx700farm --data DIR COMMAND ...   with the profiles and scenarios of DIR\n");
}

/* Commands that are planned and not made yet. */
static bool
main_is_for_later(const char *name)
{
	static const char *const later[] = { "hw", "compare", "learn" };

	for (size_t i = 0; i < sizeof later / sizeof *later; i++)
		if (strcmp(name, later[i]) == 0)
			return true;
	return false;
}

/* Before any command, so that all of them find what is there. */
static int
main_data(const char *dir)
{
	int err = data_dir_set(dir);

	if (err != 0)
		log_line(LOG_ERROR, "cx700farm: --data %s: %s", dir, strerror(-err));
	return err;
}

int
main(int argc, char **argv)
{
	/* A peer that is gone is an error of write(), not our end. */
	signal(SIGPIPE, SIG_IGN);
	if (argc > 2 && strcmp(argv[1], "--data") == 0) {
		if (main_data(argv[2]) != 0)
			return CLI_USAGE;
		argc -= 2;
		argv += 2;
	}
	if (argc < 2) {
		main_usage(stderr);
		return CLI_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		main_usage(stdout);
		return CLI_PASS;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("cx700farm %s\n", VERSION);
		return CLI_PASS;
	}
	for (int i = 0; i < N_COMMANDS; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);

	if (main_is_for_later(argv[1]))
		log_line(LOG_ERROR, "cx700farm: not in this version: %s", argv[1]);
	else
		log_line(LOG_ERROR, "cx700farm: no such command: %s (see cx700farm --help)",
		    argv[1]);
	return CLI_USAGE;
}
