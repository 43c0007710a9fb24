/* check_options.h - what `cx700farm check` is told on its command line. */
#ifndef CLI_CHECK_OPTIONS_H
#define CLI_CHECK_OPTIONS_H
#include "check_walk.h"

struct check_options { /* zeroed; texts are argv's */
	struct check_cfg cfg;
	const char *target; /* as it was named */
	const char *out_dir;
	bool json, quiet, help;
};

/* Read argv, argv[0] being the command.  0, or -EINVAL, and the complaint has been logged. */
int check_options_read(struct check_options *, int argc, char **argv);

/* What is the target: a pool file has users, a scenario has not.  0 or -errno, and the
 * complaint has been logged. */
int check_options_target(struct check_options *);

/* Print the manual. */
void check_options_help(void);

#endif
