/*
 * check.c - `cx700farm check`: is a pool ready for these phones?  One phone walks through it,
 * each row is told as it ends, then what was found, the gravest first, and how to mend it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "check_options.h"
#include "check_walk.h"
#include "cli.h"
#include "doctor.h"
#include "log.h"
#include "mem.h"
#include "run_machine.h"
#include "run_outputs.h"
#include "summary.h"

struct check {
	struct check_options options;
	struct check_walk walk;
	struct buf text; /* what was told */
};

/* ---- what is told --------------------------------------------------------------- */

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

	if (row == NULL)
		buf_printf(&words,
		    "check of %s: one phone, from power-on to its new firmware\n\n",
		    c->options.target);
	else
		doctor_text_row(row, &words);
	check_say(c, &words, !c->options.json && !c->options.quiet);
}

static const char *
check_profile(const struct check *c)
{
	return c->walk.plan.n_profiles > 0 ? c->walk.plan.profiles[0]->name : "";
}

static const char *
check_pool(const struct check *c)
{
	return c->options.cfg.pool != NULL ? c->walk.plan.pool.name : "embedded";
}

static int
check_leave(struct check *c, struct span json)
{
	const char *dir = c->options.out_dir;
	int err = run_outputs_clear(dir);

	if (err == 0)
		err = summary_write(dir, "check.json", json);
	if (err == 0)
		err = summary_write(dir, "check.txt", buf_bytes(&c->text));
	if (err == 0)
		err = summary_write(dir, "trace.jsonl", buf_bytes(&c->walk.watch.lines));
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
	check_say(c, &words, !c->options.json);
	err = doctor_json(doctor, &patient, &json);
	if (err == 0 && c->options.json)
		(void)fwrite(json.p, 1, json.n, stdout);
	if (err == 0 && c->options.out_dir != NULL)
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
	int status;

	c->walk.watch.told = check_told;
	c->walk.watch.arg = c;
	status = check_walk(&c->walk, &c->options.cfg);
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
	if (check_options_read(&c->options, argc, argv) == 0) {
		log_set(c->options.quiet                 ? LOG_ERROR
			: c->options.cfg.options.verbose ? LOG_DEBUG
							 : LOG_NOTE);
		if (c->options.help) {
			check_options_help();
			status = CLI_PASS;
		} else if (check_options_target(&c->options) == 0) {
			status = check_run(c);
		}
	}
	buf_done(&c->text);
	mem_free(c);
	return status;
}
