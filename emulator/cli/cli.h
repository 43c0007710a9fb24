/* cli.h - the subcommands of cx700farm, one file each, and how they end. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

enum cli_exit { /* DESIGN section 5 */
	CLI_PASS = 0,
	CLI_FAIL = 1,
	CLI_USAGE = 2,
	CLI_ENVIRONMENT = 4,
	CLI_INVALID = 5,
	CLI_SIGNAL = 128 /* + the signal's number */
};

/* argv[0] is the subcommand's name.  Returns the exit status. */
int cli_run(int argc, char **argv);
int cli_validate(int argc, char **argv);
int cli_steps(int argc, char **argv);

#endif
