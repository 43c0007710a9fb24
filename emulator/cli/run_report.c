/* run_report.c - see run_report.h. */
#include "run_report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bottleneck.h"
#include "cli.h"
#include "expect.h"
#include "log.h"
#include "summary.h"

enum { RUN_WIDTH = 80, RUN_WHY_MAX = 400 };

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
	return r->course != NULL && course_due(r->course, since_us);
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
	if (r->options->quiet)
		return;
	live_render(&r->run, &r->look_err, m, since_us, &r->memory, &out);
	/* Past stdio: the view is one write, not cut by buffers. */
	(void)!write(STDERR_FILENO, out.p, out.n);
	buf_done(&out);
}

/* ---- the verdict ---- */

/* What was expected; where nothing was said, that all phones finish. */
static bool
report_broken(const struct run_report *r, const struct report_end *end,
    const struct phone_counts *n, char why[RUN_WHY_MAX])
{
	const char *lost = r->pool_lost ? "; the embedded pool had ended" : "";
	uint32_t planned = r->run.planned;
	size_t broken = 0;

	for (size_t i = 0; i < end->n_expect; i++)
		broken += !end->expect[i].pass;
	if (end->n_expect > 0)
		(void)snprintf(why, RUN_WHY_MAX, "%zu of %zu expectations %s broken%s", broken,
		    end->n_expect, broken == 1 ? "is" : "are", lost);
	else
		(void)snprintf(why, RUN_WHY_MAX, "%u of %u phones failed, %u did not finish%s",
		    n->failed, planned, planned - n->finished - n->failed, lost);
	return end->n_expect > 0 ? broken > 0 : n->finished != planned;
}

/* Which limits it has hit, and how much of the processor it had: what to give it more of. */
static void
report_behind(const struct run_report *r, const struct report_end *end, char why[RUN_WHY_MAX])
{
	double cpu_s = end->cpu_user_s + end->cpu_sys_s;
	struct buf b;

	buf_over(&b, why, RUN_WHY_MAX);
	buf_printf(&b, "the farm fell behind: %s", end->limit);
	if (end->wall_s > 0)
		buf_printf(&b, "; on %u %s it used %.0f %% of a core", r->run.threads,
		    r->run.threads == 1 ? "thread" : "threads", cpu_s / end->wall_s * 100);
}

static void
report_judge(const struct run_report *r, struct report_end *end, const struct farm_end *farm,
    int signum, char why[RUN_WHY_MAX])
{
	end->why = why;
	/* What makes the numbers meaningless comes before what they say. */
	if (signum != 0) {
		end->verdict = REPORT_INTERRUPTED;
		end->why = NULL;
	} else if (end->limit != NULL) {
		end->verdict = REPORT_INVALID;
		report_behind(r, end, why);
	} else if (end->stopped != NULL) {
		end->verdict = REPORT_FAIL;
		end->why = end->stopped;
	} else if (farm->guard_says != NULL) {
		end->verdict = REPORT_FAIL;
		end->why = farm->guard_says;
	} else if (report_broken(r, end, &farm->metrics->phones, why)) {
		end->verdict = REPORT_FAIL;
	} else if (farm->trace_err != 0) {
		end->verdict = REPORT_FAIL;
		(void)snprintf(why, RUN_WHY_MAX, "trace.jsonl is not whole: %s",
		    strerror(farm->trace_err));
	} else {
		end->verdict = REPORT_PASS;
		end->why = NULL;
	}
}

/* Of a signal, what a shell would say: 128 and its number. */
static int
report_status(enum report_verdict verdict, int signum)
{
	switch (verdict) {
	case REPORT_PASS:
		return CLI_PASS;
	case REPORT_FAIL:
		return CLI_FAIL;
	case REPORT_INVALID:
		return CLI_INVALID;
	case REPORT_INTERRUPTED:
		break;
	}
	return CLI_SIGNAL + signum;
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

int
run_report_end(struct run_report *r, const struct farm_end *farm, int signum)
{
	struct report_end end = {
		.metrics = farm->metrics, .wall_s = farm->wall_s, .load = r->load
	};
	char why[RUN_WHY_MAX], limit[RUN_WHY_MAX];
	struct buf limits;
	int status, err;

	buf_over(&limits, limit, sizeof limit);
	if (farm_bottleneck(farm->metrics, &limits))
		end.limit = limit;
	if (r->stopped[0] != '\0')
		end.stopped = r->stopped;
	/* First, before the reports cost something themselves. */
	report_cost(&end);
	end.n_expect = expect_judge(&r->run, &end, r->expect);
	end.expect = r->expect;
	report_judge(r, &end, farm, signum, why);
	status = report_status(end.verdict, signum);
	if (farm->make_says != NULL)
		log_line(LOG_ERROR, "cx700farm: phones could not be made: %s", farm->make_says);
	if (farm->trace_err != 0)
		log_line(LOG_ERROR, "cx700farm: trace.jsonl: %s", strerror(farm->trace_err));

	report_table(r, &end);
	err = report_course(r, farm);
	/* Last: where there is a summary the run has got to its end. */
	if (report_summary(r, &end) != 0)
		err = -EIO;
	/* A run that passed but left no summary has not. */
	return status == CLI_PASS && err != 0 ? CLI_FAIL : status;
}
