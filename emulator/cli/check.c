/*
 * check.c - `cx700farm check`: is a pool ready for these phones?  One phone walks through it,
 * each row is told as it ends, then what was found, the gravest first, and how to mend it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "check_walk.h"
#include "cli.h"
#include "doctor.h"
#include "log.h"
#include "mem.h"
#include "run_machine.h"
#include "run_outputs.h"
#include "tree.h"

static const char check_help[] =
    "usage: cx700farm check POOL.yaml|SCENARIO.yaml|embedded [options]\n\n"
    "Is the pool ready for these phones?  One phone walks the journey from power-on to its\n"
    "new firmware; each row is told with what was asked and what came back.  Then what is to\n"
    "be mended, the gravest first: what blocks a phone, what harms it, and what is only worth\n"
    "knowing.  At the end the phone's own ClientHello, all eleven suites, is shown to the TLS\n"
    "servers that it met.  The phone signs out and gives its lease back.\n\n"
    "A scenario names no pool: the embedded one plays its `servers:' and `faults:'.\n\n"
    "  --profile NAME    the phone's firmware [cx700-1.0.199.123]\n"
    "  --json            the report as JSON (cx700farm-check/1), nothing else\n"
    "  -o, --out DIR     leave check.txt, check.json and the phone's trace.jsonl in DIR\n"
    "  --ssl2            show the hello framed as SSL 2, as phones with SSL 2.0 enabled do\n"
    "  --pool-arg ARG    hand ARG on to the embedded pool; may be repeated\n"
    "  -v, --verbose     tell every try on standard error\n"
    "  -q, --quiet       only the verdict and what was found\n\n"
    "Exit: 0 ready, 1 not ready, 2 usage or a bad file, 4 the environment, 130 or 143 after\n"
    "a signal.\n";

struct check {
	struct check_cfg cfg;
	const char *target; /* as it was named */
	const char *out_dir;
	bool json, quiet, help;
	struct check_walk walk;
	struct buf text; /* what was told */
};

/* ---- what is asked for ----------------------------------------------------------------------
 */

struct check_flag {
	const char *name, *letter;
	bool takes_value;
};

enum check_option {
	OPT_PROFILE,
	OPT_JSON,
	OPT_OUT,
	OPT_SSL2,
	OPT_POOL_ARG,
	OPT_V,
	OPT_Q,
	OPT_H
};

static const struct check_flag check_flags[] = {
	[OPT_PROFILE] = { "--profile", "", true },
	[OPT_JSON] = { "--json", "", false },
	[OPT_OUT] = { "--out", "-o", true },
	[OPT_SSL2] = { "--ssl2", "", false },
	[OPT_POOL_ARG] = { "--pool-arg", "", true },
	[OPT_V] = { "--verbose", "-v", false },
	[OPT_Q] = { "--quiet", "-q", false },
	[OPT_H] = { "--help", "-h", false },
};

enum { CHECK_FLAGS = sizeof check_flags / sizeof *check_flags };

static int
check_complain(const char *what, const char *word)
{
	log_line(LOG_ERROR, "cx700farm: check: %s%s (see check --help)", what, word);
	return -EINVAL;
}

static int
check_set(struct check *c, enum check_option opt, const char *value)
{
	struct run_options *o = &c->cfg.options;

	switch (opt) {
	case OPT_PROFILE:
		o->profile = value;
		break;
	case OPT_JSON:
		c->json = true;
		break;
	case OPT_OUT:
		c->out_dir = value;
		break;
	case OPT_SSL2:
		c->cfg.ssl2 = true;
		break;
	case OPT_POOL_ARG:
		if (o->n_pool_args == RUN_POOL_ARGS_MAX)
			return check_complain("too many of ", "--pool-arg");
		o->pool_args[o->n_pool_args++] = value;
		break;
	case OPT_V:
		o->verbose = true;
		break;
	case OPT_Q:
		c->quiet = true;
		break;
	case OPT_H:
		c->help = true;
		break;
	}
	return 0;
}

/* The option that this word is: "--name", "--name=value" or "-n"; CHECK_FLAGS: none. */
static size_t
check_find(const char *word, const char **value_out)
{
	size_t i = 0, n = strcspn(word, "=");

	*value_out = word[n] == '=' ? word + n + 1 : NULL;
	for (; i < CHECK_FLAGS; i++) {
		const struct check_flag *f = &check_flags[i];
		bool named = strlen(f->name) == n && strncmp(word, f->name, n) == 0;

		if (strcmp(word, f->letter) == 0 ||
		    (named && (*value_out == NULL || f->takes_value)))
			break;
	}
	return i;
}

/* One word of the command line and, if it takes one, the value behind it. */
static int
check_word(struct check *c, char **argv, int *at)
{
	const char *word = argv[*at], *value;
	size_t i;

	if (word[0] != '-') {
		if (c->target != NULL)
			return check_complain("one pool at a time, not also ", word);
		c->target = word;
		return 0;
	}
	i = check_find(word, &value);
	if (i == CHECK_FLAGS)
		return check_complain("no such option: ", word);
	if (check_flags[i].takes_value && value == NULL) {
		value = argv[++*at];
		if (value == NULL)
			return check_complain("a value is missing behind ", word);
	}
	return check_set(c, (enum check_option)i, value);
}

static int
check_read(struct check *c, int argc, char **argv)
{
	int err = 0;

	for (int i = 1; i < argc && err == 0; i++)
		err = check_word(c, argv, &i);
	if (err == 0 && c->target == NULL && !c->help)
		err = check_complain("which pool?", "");
	return err;
}

/* A pool file has users, a scenario has not. */
static int
check_target(struct check *c)
{
	struct config_error error = { { 0 } };
	struct tree tree = { 0 };
	int err;

	if (strcmp(c->target, "embedded") == 0)
		return 0;
	err = tree_load(c->target, &tree, &error);
	if (err != 0) {
		log_line(LOG_ERROR, "%s", error.text);
		return err;
	}
	if (tree.root->kind == NODE_MAP && tree_get(tree.root, "users") != NULL)
		c->cfg.pool = c->target;
	else
		c->cfg.scenario = c->target;
	tree_free(&tree);
	if (c->cfg.pool != NULL && c->cfg.options.n_pool_args > 0)
		return check_complain(
		    "--pool-arg is for the embedded pool, not for ", c->target);
	return 0;
}

/* ---- what is told
 * ----------------------------------------------------------------------------- */

/* At once to the terminal, and kept for the folder. */
static void
check_say(struct check *c, struct buf *words, bool aloud)
{
	buf_span(&c->text, buf_bytes(words));
	if (aloud) {
		(void)fwrite(words->p, 1, words->n, stdout);
		(void)fflush(stdout);
	}
	buf_done(words);
}

static void
check_told(void *arg, json_t *row)
{
	struct check *c = arg;
	struct buf words = { 0 };

	doctor_text_row(row, &words);
	check_say(c, &words, !c->json && !c->quiet);
}

static const char *
check_profile(const struct check *c)
{
	return c->walk.plan.n_profiles > 0 ? c->walk.plan.profiles[0]->name : "";
}

static const char *
check_pool(const struct check *c)
{
	return c->cfg.pool != NULL ? c->walk.plan.pool.name : "embedded";
}

static int
check_leave(struct check *c, struct span json)
{
	const char *dir = c->out_dir;
	int fd, err = run_outputs_open(dir, &fd);

	if (err == 0) {
		run_outputs_drop(dir, fd);
		err = run_outputs_write(dir, "check.json", json);
	}
	if (err == 0)
		err = run_outputs_write(dir, "check.txt", buf_bytes(&c->text));
	if (err == 0)
		err = run_outputs_write(dir, "trace.jsonl", buf_bytes(&c->walk.watch.lines));
	if (err != 0)
		log_line(LOG_ERROR, "cx700farm: %s: %s", dir, strerror(-err));
	return err;
}

/* The phone has walked: what it met, judged. */
static int
check_tell(struct check *c)
{
	const struct doctor_patient patient = { VERSION, check_pool(c), check_profile(c) };
	struct doctor *doctor = mem_new(sizeof *doctor);
	struct buf words = { 0 }, json = { 0 };
	int err, status = CLI_ENVIRONMENT;

	if (doctor == NULL)
		return status;
	doctor_judge(c->walk.watch.rows, c->walk.watch.arrived, doctor);
	doctor_text_end(doctor, &words);
	check_say(c, &words, !c->json);
	err = doctor_json(doctor, &patient, &json);
	if (err == 0 && c->json)
		(void)fwrite(json.p, 1, json.n, stdout);
	if (err == 0 && c->out_dir != NULL)
		err = check_leave(c, buf_bytes(&json));
	if (err == 0)
		status = doctor->ready ? CLI_PASS : CLI_FAIL;
	buf_done(&json);
	mem_free(doctor);
	return status;
}

static int
check_run(struct check *c)
{
	struct buf words = { 0 };
	int status;

	c->walk.watch.told = check_told;
	c->walk.watch.arg = c;
	buf_printf(
	    &words, "check of %s: one phone, from power-on to its new firmware\n\n", c->target);
	check_say(c, &words, !c->json && !c->quiet);
	status = check_walk(&c->walk, &c->cfg);
	if (status == CLI_PASS)
		status = check_tell(c);
	check_walk_done(&c->walk);
	return status;
}

int
cli_check(int argc, char **argv)
{
	struct check *c = mem_new(sizeof *c);
	int status = CLI_USAGE;

	run_machine_memory();
	if (c == NULL)
		return CLI_ENVIRONMENT;
	if (check_read(c, argc, argv) == 0) {
		log_set(c->cfg.options.verbose ? LOG_DEBUG : LOG_NOTE);
		if (c->help) {
			printf("%s", check_help);
			status = CLI_PASS;
		} else if (check_target(c) == 0) {
			status = check_run(c);
		}
	}
	buf_done(&c->text);
	mem_free(c);
	return status;
}
