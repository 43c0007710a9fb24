/* run_options.c - see run_options.h.  One table: name, letter, what it takes, help. */
#include "run_options.h"

#include <errno.h>
#include <string.h>

#include "data_dir.h"
#include "text.h"

enum run_option_id {
	OPT_PHONES,
	OPT_POOL,
	OPT_POOL_ARG,
	OPT_SEED,
	OPT_THREADS,
	OPT_OUT,
	OPT_PROFILE,
	OPT_DATA,
	OPT_UNTIL,
	OPT_TRACE,
	OPT_METRICS,
	OPT_UI,
	OPT_LISTEN_ANYWHERE,
	OPT_PCAP,
	OPT_BIND,
	OPT_YES,
	OPT_DRY_RUN,
	OPT_QUIET,
	OPT_VERBOSE,
	OPT_JSON,
	OPT_NO_COLOR,
	OPT_HELP
};

struct run_option {
	enum run_option_id id;
	char letter; /* 0: none */
	const char *name;
	const char *takes; /* what its value is called; NULL: it takes none */
	const char *help;  /* NULL: not in this version */
};

static const struct run_option run_option_table[] = {
	/* clang-format off */
	{ OPT_PHONES,   'n', "phones",   "N",         "so many phones; rates stay as they are" },
	{ OPT_POOL,     0,   "pool",     "FILE",      "the pool: `embedded' (default) or a pool file" },
	{ OPT_POOL_ARG, 0,   "pool-arg", "ARG",       "one more argument for the embedded cx700pool" },
	{ OPT_SEED,     's', "seed",     "N",         "the seed of all chance" },
	{ OPT_THREADS,  't', "threads",  "N",         "so many threads; default: one per core" },
	{ OPT_OUT,      'o', "out",      "DIR",       "leave summary.json and trace.jsonl there" },
	{ OPT_PROFILE,  0,   "profile",  "NAME",      "another firmware: a profile's name or file" },
	{ OPT_DATA,     0,   "data",     "DIR",       "the folder of profiles/ and scenarios/" },
	{ OPT_UNTIL,    0,   "until",    "STEP",      "the last step walked" },
	{ OPT_TRACE,    0,   "trace",    "WHOSE",     "whose lines are in the trace: all, failures, or of N phones and failures" },
	{ OPT_METRICS,  0,   "metrics",  "ADDR:PORT", "serve /metrics there, for Prometheus" },
	{ OPT_UI,       0,   "ui",       "ADDR:PORT", "serve a live page there, a tile per phone" },
	{ OPT_LISTEN_ANYWHERE, 0, "listen-anywhere", NULL, "let these two be reached from other machines" },
	{ OPT_PCAP,     0,   "pcap",     NULL,        "capture into DIR/run.pcapng, keys in keys.log" },
	{ OPT_BIND,     0,   "bind",     "PHONE=SRC", NULL },
	{ OPT_YES,      0,   "yes",      NULL,        "send to the public addresses too that the pool file allows" },
	{ OPT_DRY_RUN,  0,   "dry-run",  NULL,        "rehearse: simulated servers, virtual time; no packet is sent" },
	{ OPT_QUIET,    'q', "quiet",    NULL,        "say nothing but errors" },
	{ OPT_VERBOSE,  'v', "verbose",  NULL,        "a line for every try of every phone" },
	{ OPT_JSON,     0,   "json",     NULL,        "print the summary as JSON, nothing else" },
	{ OPT_NO_COLOR, 0,   "no-color", NULL,        "no colours; NO_COLOR does the same" },
	{ OPT_HELP,     'h', "help",     NULL,        "this" },
	/* clang-format on */
};

enum { RUN_OPTIONS = sizeof run_option_table / sizeof *run_option_table };

/* ---- values ---- */

/* A value outside its bounds is refused, never cut to them. */
static int
run_number(const char *name, const char *value, uint64_t min, uint64_t max, uint64_t *out,
    struct buf *complaint)
{
	uint64_t n;

	if (text_u64(span_of(value), max, &n) != 0 || n < min) {
		buf_printf(complaint, "--%s %s: a number from %llu to %llu is wanted", name,
		    value, (unsigned long long)min, (unsigned long long)max);
		return -EINVAL;
	}
	*out = n;
	return 0;
}

/* Handed on as it is: cx700pool knows its own options. */
static int
run_pool_arg(struct run_options *o, const char *value, struct buf *complaint)
{
	if (o->n_pool_args == RUN_POOL_ARGS_MAX) {
		buf_printf(complaint, "--pool-arg: not more than %d", RUN_POOL_ARGS_MAX);
		return -EINVAL;
	}
	o->pool_args[o->n_pool_args++] = value;
	return 0;
}

/* At once: the options' other names may be found there. */
static int
run_data(const char *dir, struct buf *complaint)
{
	int err = data_dir_set(dir);

	if (err != 0)
		buf_printf(complaint, "--data %s: %s", dir, strerror(-err));
	return err != 0 ? -EINVAL : 0;
}

/* Where to listen. */
static int
run_listen(struct run_options *o, const struct run_option *opt, const char *value,
    struct buf *complaint)
{
	bool ui = opt->id == OPT_UI;

	if (web_addr_read(value, ui ? &o->ui_at : &o->metrics_at) != 0) {
		buf_printf(complaint,
		    "--%s %s: ADDR:PORT is wanted, as 127.0.0.1:8080 or [::1]:8080", opt->name,
		    value);
		return -EINVAL;
	}
	*(ui ? &o->ui : &o->metrics) = value;
	return 0;
}

/* The seed may be 0 and fills an int64, as JSON has it; the others begin at 1. */
static int
run_numbers(struct run_options *o, const struct run_option *opt, const char *value,
    struct buf *complaint)
{
	uint64_t max = opt->id == OPT_SEED ? INT64_MAX : opt->id == OPT_THREADS ? 256 : 1000000;
	uint64_t n = 0;
	int err = run_number(opt->name, value, opt->id != OPT_SEED, max, &n, complaint);

	if (err != 0)
		return err;
	if (opt->id == OPT_PHONES)
		o->phones = (uint32_t)n;
	if (opt->id == OPT_THREADS)
		o->threads = (unsigned)n;
	if (opt->id == OPT_SEED)
		o->seed = n;
	o->has_seed |= opt->id == OPT_SEED;
	return 0;
}

static int
run_trace(struct run_options *o, const char *value, struct buf *complaint)
{
	uint64_t n = 0;

	o->has_trace = true;
	if (strcmp(value, "all") == 0) {
		o->trace = SCENARIO_TRACE_ALL;
	} else if (strcmp(value, "failures") == 0) {
		o->trace = SCENARIO_TRACE_FAILURES;
	} else if (text_u64(span_of(value), 1000000, &n) == 0 && n > 0) {
		o->trace = SCENARIO_TRACE_SAMPLE;
		o->trace_sample = (uint32_t)n;
	} else {
		buf_printf(complaint,
		    "--trace %s: `all', `failures' or a number of phones is wanted", value);
		return -EINVAL;
	}
	return 0;
}

static int
run_set(struct run_options *o, const struct run_option *opt, const char *value,
    struct buf *complaint)
{
	switch (opt->id) {
	case OPT_PHONES:
	case OPT_SEED:
	case OPT_THREADS:
		return run_numbers(o, opt, value, complaint);
	case OPT_METRICS:
	case OPT_UI:
		return run_listen(o, opt, value, complaint);
	case OPT_LISTEN_ANYWHERE:
		o->listen_anywhere = true;
		return 0;
	case OPT_POOL_ARG:
		return run_pool_arg(o, value, complaint);
	case OPT_POOL:
		o->pool = strcmp(value, "embedded") == 0 ? NULL : value;
		return 0;
	case OPT_OUT:
		o->out_dir = value;
		return 0;
	case OPT_PROFILE:
		o->profile = value;
		return 0;
	case OPT_DATA:
		return run_data(value, complaint);
	case OPT_UNTIL:
		o->until = value;
		return 0;
	case OPT_TRACE:
		return run_trace(o, value, complaint);
	case OPT_PCAP:
		o->pcap = true;
		return 0;
	case OPT_YES:
		o->yes = true;
		return 0;
	case OPT_DRY_RUN:
		o->dry_run = true;
		return 0;
	case OPT_QUIET:
		o->quiet = true;
		return 0;
	case OPT_VERBOSE:
		o->verbose = true;
		return 0;
	case OPT_JSON:
		o->json = true;
		return 0;
	case OPT_NO_COLOR:
		o->no_color = true;
		return 0;
	case OPT_HELP:
		o->help = true;
		return 0;
	/* In the table, so that it is refused by name. */
	case OPT_BIND:
		break;
	}
	buf_printf(complaint, "not in this version: --%s", opt->name);
	return -EINVAL;
}

/* ---- arguments ---- */

/* "--name", "--name=value" or "-x": which option, and where in the word its value begins. */
static const struct run_option *
run_find(const char *arg, const char **value_out)
{
	const char *equals = strchr(arg, '=');
	size_t n = equals != NULL ? (size_t)(equals - arg) : strlen(arg);

	*value_out = NULL;
	for (int i = 0; i < RUN_OPTIONS; i++) {
		const struct run_option *opt = &run_option_table[i];

		if (arg[1] == '-' && strlen(opt->name) == n - 2 &&
		    memcmp(arg + 2, opt->name, n - 2) == 0) {
			*value_out = equals != NULL ? equals + 1 : NULL;
			return opt;
		}
		if (arg[1] != '-' && arg[1] == opt->letter) {
			*value_out = arg[2] != '\0' ? arg + 2 : NULL;
			return opt;
		}
	}
	return NULL;
}

/* One option; returns how many words it took, or -EINVAL. */
static int
run_option(struct run_options *o, int left, char **argv, struct buf *complaint)
{
	const char *value;
	const struct run_option *opt = run_find(argv[0], &value);
	int words = 1, err;

	if (opt == NULL) {
		buf_printf(complaint, "no such option: %s (see cx700farm run --help)", argv[0]);
		return -EINVAL;
	}
	if (opt->takes == NULL && value != NULL) {
		buf_printf(complaint, "--%s takes no value", opt->name);
		return -EINVAL;
	}
	/* The value is the next word, even if that begins with a dash. */
	if (opt->takes != NULL && value == NULL) {
		if (left < 2) {
			buf_printf(complaint, "--%s: %s is missing", opt->name, opt->takes);
			return -EINVAL;
		}
		value = argv[1];
		words = 2;
	}
	err = run_set(o, opt, value, complaint);
	return err != 0 ? err : words;
}

int
run_options_read(struct run_options *o, int argc, char **argv, struct buf *complaint)
{
	bool only_names = false;
	int i = 1;

	*o = (struct run_options){ 0 };
	while (i < argc) {
		int words = 1;

		/* What follows "--" is no option, whatever it looks like. */
		if (!only_names && strcmp(argv[i], "--") == 0) {
			only_names = true;
		} else if (!only_names && argv[i][0] == '-' && argv[i][1] != '\0') {
			words = run_option(o, argc - i, argv + i, complaint);
		} else if (o->scenario == NULL) {
			o->scenario = argv[i];
		} else {
			buf_printf(complaint, "one scenario at a time, not also %s", argv[i]);
			return -EINVAL;
		}
		if (words < 0)
			return words;
		i += words;
	}
	return run_options_check(o, complaint);
}

void
run_options_help(struct buf *out)
{
	buf_text(out, "usage: cx700farm run SCENARIO [options]\n");
	for (int i = 0; i < RUN_OPTIONS; i++) {
		const struct run_option *opt = &run_option_table[i];
		char left[40] = "";
		struct buf b;

		/* Not in this version: not in the manual either. */
		if (opt->help == NULL)
			continue;
		buf_over(&b, left, sizeof left);
		buf_printf(&b, opt->letter ? "-%c, " : "    ", opt->letter);
		buf_printf(&b, "--%s", opt->name);
		if (opt->takes != NULL)
			buf_printf(&b, " %s", opt->takes);
		buf_printf(out, "  %-24s %s\n", left, opt->help);
	}
}
