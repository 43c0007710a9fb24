/* validate_tell.c - see validate_tell.h. */
#include "validate_tell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "data_dir.h"
#include "journey.h"
#include "log.h"
#include "mem.h"
#include "pool_file.h"
#include "profile_load.h"
#include "profile_names.h"
#include "scenario.h"
#include "schema.h"

typedef void tell_fn(struct buf *);

struct tell {
	const char *option, *what;
	tell_fn *tell;
};

static void
tell_profiles(struct buf *out)
{
	struct profile_names *all = mem_new(sizeof *all);

	if (all != NULL)
		profile_names(all);
	for (size_t i = 0; all != NULL && i < all->n; i++)
		buf_printf(out, "%s\n", all->name[i]);
	mem_free(all);
}

static void
tell_steps(struct buf *out)
{
	for (size_t i = 0; i < journey_rows; i++)
		buf_printf(out, "%s\n", journey_table[i].step->name);
}

/* "DIR/scenarios/first_boot.yaml" is called first_boot. */
static void
tell_scenario(void *out, const char *file)
{
	buf_printf(out, "%.*s\n", (int)(strlen(file) - strlen(".yaml")), file);
}

static void
tell_scenarios(struct buf *out)
{
	data_list("scenarios", ".yaml", tell_scenario, out);
}

static const struct tell tells[] = {
	{ "--keys", "scenario", scenario_help },
	{ "--keys", "pool", pool_file_help },
	{ "--keys", "profile", profile_help },
	{ "--schema", "scenario", schema_scenario },
	{ "--names", "scenarios", tell_scenarios },
	{ "--names", "profiles", tell_profiles },
	{ "--names", "steps", tell_steps },
};

int
validate_tell(int argc, char **argv)
{
	struct buf out = { 0 };

	for (size_t i = 0; argc == 3 && i < sizeof tells / sizeof *tells; i++) {
		if (strcmp(tells[i].option, argv[1]) != 0 ||
		    strcmp(tells[i].what, argv[2]) != 0)
			continue;
		tells[i].tell(&out);
		(void)fwrite(out.p, 1, out.n, stdout);
		buf_done(&out);
		return CLI_PASS;
	}
	log_line(LOG_ERROR,
	    "cx700farm: validate FILE..., --keys scenario|pool|profile, --schema "
	    "scenario, or --names scenarios|profiles|steps; not %s",
	    argv[1]);
	return CLI_USAGE;
}
