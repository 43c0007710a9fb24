/* summary.c - see summary.h.  In the order of the file. */
#include "summary.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

#include <jansson.h>

const char *
report_verdict_name(enum report_verdict v)
{
	static const char *const names[] = { "pass", "fail", "invalid", "interrupted" };

	return names[v];
}

uint32_t
report_group_phones(const struct report_run *run, size_t group)
{
	bool last = group + 1 == run->n_groups;

	return (last ? run->planned : run->groups[group + 1].first) - run->groups[group].first;
}

/* Three decimals are enough for milliseconds and seconds. */
static json_t *
summary_real(double v)
{
	return json_real(round(v * 1e3) / 1e3);
}

struct summary_figure {
	const char *name;
	double p;
};

/* jansson's integers are signed; no count comes near their end. */
static json_t *
summary_count(uint64_t n)
{
	return json_integer((json_int_t)n);
}

/* Text that is not UTF-8 (an argument, a file's name) keeps its place; NULL is null. */
static json_t *
summary_text(const char *text)
{
	json_t *s = text != NULL ? json_string(text) : json_null();

	return s != NULL ? s : json_string("?");
}

static json_t *
summary_argv(const struct report_run *run)
{
	json_t *list = json_array();

	for (int i = 0; i < run->argc; i++)
		json_array_append_new(list, summary_text(run->argv[i]));
	return list;
}

/* Unfinished is what is left, so that the three add up to started. */
static json_t *
summary_phones(uint32_t planned, const struct phone_counts *n)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "planned", summary_count(planned),
	    "started", summary_count(n->started), "finished", summary_count(n->finished),
	    "failed", summary_count(n->failed), "unfinished",
	    summary_count(n->started - n->finished - n->failed));
}

/* Figures of a histogram; null each when there was nothing to measure. */
static json_t *
summary_figures(const struct hist *h)
{
	static const struct summary_figure figures[] = { { "p50", 0.5 }, { "p90", 0.9 },
		{ "p95", 0.95 }, { "p99", 0.99 }, { "p99.9", 0.999 }, { "max", 1 } };
	json_t *map = json_object();

	for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
		uint64_t us = figures[i].p < 1 ? hist_at(h, figures[i].p) : h->max_us;

		json_object_set_new(map, figures[i].name,
		    h->count == 0 ? json_null() : summary_real((double)us / 1e3));
	}
	return map;
}

/* Starts a second that the plan asked for; null: all at once. */
static json_t *
summary_offered(const struct report_run *run)
{
	if (run->last_start_us == 0)
		return json_null();
	return summary_real((double)run->planned / ((double)run->last_start_us / 1e6));
}

/* How hard the farm itself had to work, and whether it kept up. */
static json_t *
summary_farm(const struct report_run *run, const struct report_end *end)
{
	const struct metrics *m = end->metrics;

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "limit",
	    summary_text(end->limit), "offered_per_s", summary_offered(run), "cpu_user_s",
	    summary_real(end->cpu_user_s), "cpu_sys_s", summary_real(end->cpu_sys_s),
	    "max_rss_bytes", summary_count(end->max_rss_bytes), "loop_lag_p99_ms",
	    summary_real(m->loop_lag_p99_ms), "start_lag_p99_ms",
	    summary_real((double)hist_at(&m->start_lag, 0.99) / 1e3), "start_lag_ms",
	    summary_figures(&m->start_lag));
}

static json_t *
summary_group(const struct report_run *run, size_t i, const struct group_metrics *m)
{
	const struct phone_counts n = {
		.started = m->started, .finished = m->finished, .failed = m->failed
	};
	json_t *map = summary_phones(report_group_phones(run, i), &n);

	json_object_set_new(map, "boot_ms", summary_figures(&m->boot));
	return map;
}

static json_t *
summary_groups(const struct report_run *run, const struct metrics *m)
{
	json_t *map = json_object();

	for (size_t i = 0; i < run->n_groups; i++)
		json_object_set_new(
		    map, run->groups[i].name, summary_group(run, i, &m->group[i]));
	return map;
}

/* Services nobody spoke to are left out. */
static json_t *
summary_servers(const struct metrics *m)
{
	json_t *map = json_object();

	for (size_t i = 0; i < METRICS_SERVICES; i++) {
		const struct service_metrics *s = &m->service[i];

		if (s->requests == 0 && s->replies == 0)
			continue;
		json_object_set_new(map, metrics_service[i],
		    json_pack("{s:o, s:o, s:o, s:o}", "requests", summary_count(s->requests),
			"replies", summary_count(s->replies), "bytes_in",
			summary_count(s->bytes_in), "bytes_out", summary_count(s->bytes_out)));
	}
	return map;
}

/* All numbers, also those nobody reached: 0 says so. */
static json_t *
summary_guide(const struct metrics *m)
{
	json_t *map = json_object();
	char number[8];

	for (unsigned n = 1; n <= METRICS_GUIDE; n++) {
		(void)snprintf(number, sizeof number, "%u", n);
		json_object_set_new(map, number, summary_count(m->guide[n]));
	}
	return map;
}

/* By name, so that a reader needs no table of numbers. */
static json_t *
summary_reasons(const struct report_run *run, const struct row_metrics *row)
{
	json_t *map = json_object();

	for (size_t i = 1; i < run->n_reasons && i < METRICS_REASONS; i++)
		if (row->reasons[i] != 0)
			json_object_set_new(
			    map, run->reasons[i], summary_count(row->reasons[i]));
	return map;
}

/* guide is a pair, the same number twice for one; null for a row that is not in it. */
static json_t *
summary_step(
    const struct report_run *run, const struct farm_row *row, const struct row_metrics *m)
{
	json_t *guide =
	    row->first == 0 ? json_null() : json_pack("[i, i]", row->first, row->last);

	return json_pack("{s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "name",
	    row->name, "guide", guide, "stage", row->stage, "attempts",
	    summary_count(m->attempts), "done", summary_count(m->done), "failed",
	    summary_count(m->failed), "skipped", summary_count(m->skipped), "retries",
	    summary_count(metrics_retries(m)), "latency_ms", summary_figures(&m->latency),
	    "reasons", summary_reasons(run, m));
}

static json_t *
summary_steps(const struct report_run *run, const struct metrics *m)
{
	json_t *list = json_array();

	for (size_t i = 0; i < run->n_rows; i++)
		json_array_append_new(list, summary_step(run, &run->rows[i], &m->row[i]));
	return list;
}

static json_t *
summary_expect(const struct report_end *end)
{
	json_t *list = json_array();

	for (size_t i = 0; i < end->n_expect; i++) {
		const struct report_expect *e = &end->expect[i];

		json_array_append_new(list,
		    json_pack("{s:o, s:o, s:b}", "text", summary_text(e->text), "value",
			summary_text(e->value), "pass", (int)e->pass));
	}
	return list;
}

/* The order of the pairs is the order in the file. */
static json_t *
summary_tree(const struct report_run *run, const struct report_end *end)
{
	const struct metrics *m = end->metrics;
	json_t *boot =
	    json_pack("{s:o, s:o}", "from_intended_start", summary_figures(&m->from_intended),
		"from_actual_start", summary_figures(&m->from_actual));

	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:i, s:o,"
			 " s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
	    "format", "cx700farm-summary/1", "version", run->version, "scenario",
	    summary_text(run->scenario), "title", summary_text(run->title), "seed",
	    summary_count(run->seed), "pool", summary_text(run->pool), "threads",
	    (int)run->threads, "argv", summary_argv(run), /* what it came to: */
	    "verdict", report_verdict_name(end->verdict), "why", summary_text(end->why),
	    "phones", summary_phones(run->planned, &m->phones), "wall_s",
	    summary_real(end->wall_s), "farm", summary_farm(run, end), "boot_ms", boot, "bytes",
	    json_pack("{s:o}", "firmware", summary_count(m->firmware_bytes)), "servers",
	    summary_servers(m), "guide", summary_guide(m), "steps", summary_steps(run, m),
	    "expect", summary_expect(end));
}

/* What only some runs have comes last. */
static json_t *
summary_whole(const struct report_run *run, const struct report_end *end)
{
	json_t *tree = summary_tree(run, end);

	if (tree != NULL && run->n_groups > 0)
		json_object_set_new(tree, "groups", summary_groups(run, end->metrics));
	if (tree != NULL && end->stopped != NULL)
		json_object_set_new(tree, "stopped", summary_text(end->stopped));
	return tree;
}

/* jansson's callback; want of memory stays in the buffer's err. */
static int
summary_chunk(const char *bytes, size_t n, void *out)
{
	buf_put(out, bytes, n);
	return 0;
}

int
summary_json(const struct report_run *run, const struct report_end *end, struct buf *out)
{
	json_t *tree = summary_whole(run, end);
	int rc = tree == NULL ? -1
			      : json_dump_callback(tree, summary_chunk, out,
				    JSON_INDENT(1) | JSON_REAL_PRECISION(12));

	json_decref(tree);
	buf_text(out, "\n");
	return rc != 0 || out->err ? -ENOMEM : 0;
}
