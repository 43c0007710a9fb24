/* run_verdict.c - see run_verdict.h. */
#include "run_verdict.h"

#include <stdio.h>
#include <string.h>

#include "bottleneck.h"
#include "cli.h"

/* What was expected; where nothing was said, that all phones finish. */
static bool
verdict_broken(const struct run_report *r, const struct report_end *end, char why[RUN_WHY_MAX])
{
	const char *lost = r->pool_lost ? "; the embedded pool had ended" : "";
	const struct phone_counts *n = &end->metrics->phones;
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
verdict_behind(const struct run_report *r, const struct report_end *end, char why[RUN_WHY_MAX])
{
	double cpu_s = end->cpu_user_s + end->cpu_sys_s;
	struct buf b;

	buf_over(&b, why, RUN_WHY_MAX);
	buf_printf(&b, "the farm fell behind: %s", end->limit);
	if (end->wall_s > 0)
		buf_printf(&b, "; on %u %s it used %.0f %% of a core", r->run.threads,
		    r->run.threads == 1 ? "thread" : "threads", cpu_s / end->wall_s * 100);
}

/* The verdict, and why if that is not what a signal was sent for. */
static enum report_verdict
verdict_of(const struct run_report *r, const struct farm_end *farm,
    const struct report_end *end, struct run_verdict *v)
{
	char *why = v->why;

	if (end->limit != NULL) {
		verdict_behind(r, end, why);
		return REPORT_INVALID;
	}
	if (end->stopped != NULL || farm->guard_says != NULL) {
		(void)snprintf(why, RUN_WHY_MAX, "%s",
		    end->stopped != NULL ? end->stopped : farm->guard_says);
		return REPORT_FAIL;
	}
	if (verdict_broken(r, end, why))
		return REPORT_FAIL;
	v->unwritten = farm->trace_err != 0;
	if (!v->unwritten)
		return REPORT_PASS;
	(void)snprintf(
	    why, RUN_WHY_MAX, "trace.jsonl is not whole: %s", strerror(farm->trace_err));
	return REPORT_FAIL;
}

void
run_verdict(const struct run_report *r, const struct farm_end *farm, int signum,
    struct run_verdict *v, struct report_end *end)
{
	struct buf limits;

	v->unwritten = false;
	buf_over(&limits, v->limit, sizeof v->limit);
	end->limit = farm_bottleneck(farm->metrics, &limits) ? v->limit : NULL;
	end->stopped = r->stopped[0] != '\0' ? r->stopped : NULL;
	end->verdict = signum != 0 ? REPORT_INTERRUPTED : verdict_of(r, farm, end, v);
	end->why =
	    end->verdict == REPORT_FAIL || end->verdict == REPORT_INVALID ? v->why : NULL;
}

int
run_verdict_status(enum report_verdict verdict, int signum)
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
