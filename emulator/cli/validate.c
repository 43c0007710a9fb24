/* validate.c - `cx700farm validate FILE...`: what each file is, and whether it is sound. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "log.h"
#include "mem.h"
#include "pool_file.h"
#include "profile_load.h"
#include "run_plan.h"
#include "tree.h"
#include "validate_tell.h"

enum file_kind { FILE_SCENARIO, FILE_POOL, FILE_PROFILE, FILE_UNKNOWN };

static const char *const kind_names[] = { "scenario", "pool file", "profile" };

struct kind_key { /* a key that only this kind of file has */
	const char *key;
	enum file_kind kind;
};

static const struct kind_key kind_keys[] = {
	{ "arrival", FILE_SCENARIO },
	{ "phones", FILE_SCENARIO },
	{ "journey", FILE_SCENARIO },
	{ "include", FILE_SCENARIO },
	{ "groups", FILE_SCENARIO },
	{ "expect", FILE_SCENARIO },
	{ "users", FILE_POOL },
	{ "network", FILE_POOL },
	{ "macs", FILE_POOL },
	{ "tls", FILE_PROFILE },
	{ "trust", FILE_PROFILE },
	{ "sip", FILE_PROFILE },
};

/* By the first key that only one kind has; the file is then read again by its own reader. */
static int
validate_kind(const char *path, enum file_kind *kind_out, struct config_error *error)
{
	struct tree tree = { 0 };
	int err = tree_load(path, &tree, error);

	if (err != 0)
		return err;
	*kind_out = FILE_UNKNOWN;
	for (size_t i = 0; i < sizeof kind_keys / sizeof *kind_keys; i++)
		if (*kind_out == FILE_UNKNOWN && tree.root->kind == NODE_MAP &&
		    tree_get(tree.root, kind_keys[i].key) != NULL)
			*kind_out = kind_keys[i].kind;
	tree_free(&tree);
	return *kind_out == FILE_UNKNOWN ? config_fail(error, path, (struct mark){ 0 },
					       "neither a scenario (arrival:), nor a pool file "
					       "(users:), nor a profile (tls:)")
					 : 0;
}

/* With everything that `run` would check before it starts a pool. */
static int
validate_scenario(const char *path, struct config_error *error)
{
	const struct run_options options = { .scenario = path };
	struct run_plan *plan = mem_new(sizeof *plan);
	int err;

	if (plan == NULL)
		return config_fail(error, path, (struct mark){ 0 }, "no memory");
	err = run_plan_make(plan, &options, error);
	run_plan_done(plan);
	mem_free(plan);
	return err;
}

/* As `run --pool` would read it. */
static int
validate_pool(const char *path, struct config_error *error)
{
	struct pool_file *pool = mem_new(sizeof *pool);
	int err;

	if (pool == NULL)
		return config_fail(error, path, (struct mark){ 0 }, "no memory");
	err = pool_file_load(path, pool, error);
	pool_file_done(pool);
	mem_free(pool);
	return err;
}

static int
validate_profile(const char *path, struct config_error *error)
{
	char as_path[4096];
	struct profile *profile = NULL;
	int err;

	/* Without a slash it would be taken for a name of the program's own. */
	(void)snprintf(as_path, sizeof as_path, "%s%s", strchr(path, '/') ? "" : "./", path);
	err = profile_load(as_path, &profile, error);
	profile_free(profile);
	return err;
}

/* The complaint goes to standard error, "ok" to standard output. */
static int
validate_file(const char *path)
{
	static int (*const load[])(const char *, struct config_error *) = { validate_scenario,
		validate_pool, validate_profile };
	struct config_error error = { { 0 } };
	enum file_kind kind;
	int err = validate_kind(path, &kind, &error);

	if (err == 0)
		err = load[kind](path, &error);
	if (err != 0)
		log_line(LOG_ERROR, "%s", error.text);
	else
		printf("%s: %s, ok\n", path, kind_names[kind]);
	return err;
}

/* A scenario is what people write most; its tables know their keys. */
static void
validate_help(void)
{
	struct buf out = { 0 };

	buf_text(&out,
	    "usage: cx700farm validate FILE...\n"
	    "       cx700farm validate --keys scenario|pool|profile\n"
	    "       cx700farm validate --schema scenario\n"
	    "       cx700farm validate --names scenarios|profiles|steps\n"
	    "Says of each file if it is a scenario, a pool file or a profile, and what is "
	    "wrong\n"
	    "with it: file, line and column.  Exit: 0 all are sound, 2 one is not.\n\n"
	    "The keys of a scenario, [what holds without]:\n");
	scenario_help(&out);
	(void)fwrite(out.p, 1, out.n, stdout);
	buf_done(&out);
}

/* All files are looked at; one that is bad makes the whole bad. */
int
cli_validate(int argc, char **argv)
{
	int status = CLI_PASS;

	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
		validate_help();
		return CLI_PASS;
	}
	if (argc >= 2 && strncmp(argv[1], "--", 2) == 0)
		return validate_tell(argc, argv);
	if (argc < 2) {
		log_line(LOG_ERROR, "cx700farm: validate which files?");
		return CLI_USAGE;
	}
	for (int i = 1; i < argc; i++)
		if (validate_file(argv[i]) != 0)
			status = CLI_USAGE;
	return status;
}
