/* cli.h - the subcommands of cx700farm, one file each, and how they end. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

enum cli_exit { /* the program's exit status; README says them too */
	CLI_PASS = 0,
	CLI_FAIL = 1,
	CLI_USAGE = 2,
	CLI_ENVIRONMENT = 4,
	CLI_INVALID = 5,
	CLI_SIGNAL = 128 /* + the signal's number */
};

/* Of each: argv[0] is the subcommand's name, the exit status is returned. */

/* Boot the phones of a scenario. */
int cli_run(int argc, char **argv);

/* Walk one phone through a pool, and say what in the pool is to be mended. */
int cli_check(int argc, char **argv);

/* Say of each file what it is and whether it is sound. */
int cli_validate(int argc, char **argv);

/* Show the journey's table. */
int cli_steps(int argc, char **argv);

/* Make the reports of a run again from its folder. */
int cli_report(int argc, char **argv);

/* Tell what a phone of a run did. */
int cli_explain(int argc, char **argv);

/* Compare two runs. */
int cli_diff(int argc, char **argv);

/* Write what creates or removes the phones' accounts. */
int cli_users(int argc, char **argv);

#endif
