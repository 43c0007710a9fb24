/* run_report.c - see run_report.h. */
#include "run_report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli.h"
#include "expect.h"
#include "log.h"
#include "run_verdict.h"
#include "summary.h"

enum { RUN_WIDTH = 80 };

/* By the descriptor: standard error may be a terminal while standard output is a file. */
static struct live_look
report_look(const struct run_options *o, int fd)
{
	const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
	bool plain = o->no_color || (no_color != NULL && no_color[0] != '\0');
	struct live_look look = { .width = RUN_WIDTH };
	struct winsize size;

	/* Lines that come in between would be drawn over. */
	look.terminal = !o->verbose && isatty(fd) && term != NULL && strcmp(term, "dumb") != 0;
	look.colour = look.terminal && !plain;
	if (look.terminal && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		look.width = size.ws_col;
	return look;
}

/* What the run was against, for whoever compares it with another. */
static const char *
report_pool(const struct run_options *o, const struct run_plan *plan)
{
	if (o->dry_run)
		return "simulated";
	return o->pool != NULL ? plan->pool.name : "embedded";
}

void
run_report_init(struct run_report *r, const struct run_options *o, const struct run_plan *plan,
    unsigned threads, int argc, char **argv)
{
	r->options = o;
	r->look_err = report_look(o, STDERR_FILENO);
	r->look_out = report_look(o, STDOUT_FILENO);
	r->run = (struct report_run){
		.version = VERSION,
		.scenario = o->scenario,
		.title = plan->scenario.title,
		.pool = report_pool(o, plan),
		.seed = plan->seed,
		.threads = threads,
		.argc = argc,
		.argv = argv,
		.planned = plan->phones,
		.groups = plan->farm_groups,
		.n_groups = plan->n_named,
		.last_start_us = plan->start_us[plan->phones - 1],
		.stay_us = run_plan_stay_us(plan),
		.rows = plan->rows,
		.n_rows = plan->n_rows,
		.reasons = plan->reasons,
		.n_reasons = WHY_COUNT,
		.expect = &plan->scenario.expect,
		.watch = plan->watch,
		.n_watch = plan->n_watch,
		.ports = plan->pool.ports,
		.n_ports = plan->pool.n_ports,
	};
	r->trace = (struct trace_choice){
		.keep = plan->trace,
		.sample = plan->trace_sample,
		.phones = plan->phones,
	};
	/* Without memory for it the run is made all the same; its end says what is missing. */
	if (o->out_dir != NULL)
		(void)course_new(&r->run, &r->course);
}

void
run_report_done(struct run_report *r)
{
	course_free(r->course);
	r->course = NULL;
}

bool
run_report_due(const struct run_report *r, uint64_t since_us)
{
	/* Whatever stops a run is looked for each second. */
	return expect_may_stop(&r->run) ||
	    (r->course != NULL && course_due(r->course, since_us));
}

void
run_report_count(struct run_report *r, const struct metrics *m, uint64_t since_us)
{
	if (r->course != NULL)
		course_second(r->course, m, since_us);
}

void
run_report_second(struct run_report *r, const struct metrics *m, uint64_t since_us)
{
	struct buf out = { 0 };

	run_report_count(r, m, since_us);
	run_live_second(r->live, m, since_us);
	if (r->options->quiet)
		return;
	live_render(&r->run, &r->look_err, m, since_us, &r->memory, &out);
	/* Past stdio: the view is one write, not cut by buffers. */
	(void)!write(STDERR_FILENO, out.p, out.n);
	buf_done(&out);
}

/* Of the farm's process alone; the embedded pool is another. */
static void
report_cost(struct report_end *end)
{
	struct rusage use;

	if (getrusage(RUSAGE_SELF, &use) != 0)
		return;
	end->cpu_user_s = (double)use.ru_utime.tv_sec + (double)use.ru_utime.tv_usec / 1e6;
	end->cpu_sys_s = (double)use.ru_stime.tv_sec + (double)use.ru_stime.tv_usec / 1e6;
	end->max_rss_bytes = (uint64_t)use.ru_maxrss * 1024;
}

bool
run_report_stops(struct run_report *r, const struct metrics *m, uint64_t since_us)
{
	struct report_end now = {
		.metrics = m, .wall_s = (double)since_us / 1e6, .load = r->load
	};
	struct report_expect broken;

	if (r->stopped[0] != '\0' || !expect_may_stop(&r->run))
		return false;
	report_cost(&now);
	if (!expect_broken_now(&r->run, &now, &broken))
		return false;
	(void)snprintf(r->stopped, sizeof r->stopped, "stopped at %.1f s: %s is broken: %s",
	    now.wall_s, broken.text, broken.value);
	log_line(LOG_NOTE, "cx700farm: %s", r->stopped);
	return true;
}

/* ---- what is left ---- */

/* A summary that did not get out is a failure, as one that could not be written is. */
static int
report_print(const struct buf *out)
{
	if (fwrite(out->p, 1, out->n, stdout) == out->n && fflush(stdout) == 0)
		return 0;
	log_line(LOG_ERROR, "cx700farm: standard output: %s", strerror(errno));
	return -EIO;
}

/* The file and --json are the same text. */
static int
report_summary(struct run_report *r, const struct report_end *end)
{
	struct buf out = { 0 };
	int err = summary_json(&r->run, end, &out);

	if (err == 0 && r->options->out_dir != NULL)
		err = summary_write(r->options->out_dir, "summary.json", buf_bytes(&out));
	if (err != 0)
		log_line(LOG_ERROR, "cx700farm: summary.json: %s", strerror(-err));
	if (err == 0 && r->options->json && report_print(&out) != 0)
		err = -EIO;
	buf_done(&out);
	return err;
}

/* Nobody writes into it any more. */
static int
report_trace(struct run_report *r, const struct farm_end *farm)
{
	int err;

	if (r->options->out_dir == NULL)
		return 0;
	r->trace.phone = farm->phone;
	err = trace_filter(r->options->out_dir, &r->trace);
	if (err != 0)
		log_line(LOG_ERROR, "cx700farm: " TRACE_NAME ": %s", strerror(-err));
	return err;
}

static int
report_course(struct run_report *r, const struct farm_end *farm)
{
	struct buf out = { 0 };
	int err = -ENOMEM;

	if (r->options->out_dir == NULL)
		return 0;
	if (r->course != NULL) {
		course_end(r->course, farm);
		err = course_json(r->course, &out);
	}
	if (err == 0)
		err = summary_write(r->options->out_dir, "course.json", buf_bytes(&out));
	if (err != 0)
		log_line(LOG_ERROR, "cx700farm: course.json: %s", strerror(-err));
	buf_done(&out);
	return err;
}

/* --json leaves standard output to the summary. */
static void
report_table(struct run_report *r, const struct report_end *end)
{
	struct buf out = { 0 };

	if (r->options->quiet || r->options->json)
		return;
	live_table(&r->run, &r->look_out, end, &out);
	(void)fwrite(out.p, 1, out.n, stdout);
	buf_done(&out);
}

int
run_report_end(struct run_report *r, const struct farm_end *farm, int signum)
{
	struct report_end end = {
		.metrics = farm->metrics, .wall_s = farm->wall_s, .load = r->load
	};
	struct run_verdict verdict;
	int status, err;

	/* First, before the reports cost something themselves. */
	report_cost(&end);
	end.n_expect = expect_judge(&r->run, &end, r->expect);
	end.expect = r->expect;
	run_verdict(r, farm, signum, &verdict, &end);
	status = run_verdict_status(end.verdict, signum);
	if (farm->make_says != NULL)
		log_line(LOG_ERROR, "cx700farm: phones could not be made: %s", farm->make_says);
	if (farm->trace_err != 0)
		log_line(LOG_ERROR, "cx700farm: trace.jsonl: %s", strerror(farm->trace_err));

	report_table(r, &end);
	err = report_trace(r, farm);
	if (report_course(r, farm) != 0)
		err = -EIO;
	/* Last: where there is a summary the run has got to its end. */
	if (report_summary(r, &end) != 0)
		err = -EIO;
	run_live_end(r->live, &end);
	/* A run that passed but could not leave what was asked for has not; the phones did. */
	return (status == CLI_PASS && err != 0) || verdict.unwritten ? CLI_ENVIRONMENT : status;
}
