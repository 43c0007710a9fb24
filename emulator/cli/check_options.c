/* check_options.c - see check_options.h. */
#include "check_options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "log.h"
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
    "  --yes             also where the pool file allows public addresses\n"
    "  --pool-arg ARG    hand ARG on to the embedded pool; may be repeated\n"
    "  -v, --verbose     tell every try on standard error\n"
    "  -q, --quiet       only the verdict and what was found\n\n"
    "Exit: 0 ready, 1 not ready, 2 usage or a bad file, 4 the environment, 130 or 143 after\n"
    "a signal.\n";

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
	OPT_YES,
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
	[OPT_YES] = { "--yes", "", false },
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
check_set(struct check_options *c, enum check_option opt, const char *value)
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
	case OPT_YES:
		o->yes = true;
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
check_word(struct check_options *c, char **argv, int *at)
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

int
check_options_read(struct check_options *c, int argc, char **argv)
{
	int err = 0;

	for (int i = 1; i < argc && err == 0; i++)
		err = check_word(c, argv, &i);
	if (err == 0 && c->target == NULL && !c->help)
		err = check_complain("which pool?", "");
	return err;
}

int
check_options_target(struct check_options *c)
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

void
check_options_help(void)
{
	printf("%s", check_help);
}
