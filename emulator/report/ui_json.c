/* ui_json.c - see ui_json.h. */
#include "ui_json.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include <jansson.h>

/* ---- pieces ---- */

static json_t *
ui_count(uint64_t n)
{
	return json_integer((json_int_t)n);
}

/* Three decimals are enough for milliseconds and seconds. */
static json_t *
ui_real(double v)
{
	return json_real(round(v * 1e3) / 1e3);
}

static json_t *
ui_ms(uint64_t us)
{
	return ui_real((double)us / 1e3);
}

/* Text that is not UTF-8 keeps its place; NULL is null. */
static json_t *
ui_text(const char *text)
{
	json_t *s = text != NULL ? json_string(text) : json_null();

	return s != NULL ? s : json_string("?");
}

static int
ui_chunk(const char *bytes, size_t n, void *out)
{
	buf_put(out, bytes, n);
	return 0;
}

static void
ui_dump(json_t *tree_take, struct buf *out)
{
	int rc = tree_take == NULL ? -1
				   : json_dump_callback(tree_take, ui_chunk, out,
					 JSON_COMPACT | JSON_REAL_PRECISION(12));

	json_decref(tree_take);
	if (rc != 0 && out->err == 0)
		out->err = -ENOMEM;
}

/* null each when there was nothing to measure. */
static json_t *
ui_figures(const struct hist *h)
{
	if (h->count == 0)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:o}", "p50", ui_ms(hist_at(h, 0.5)), "p95",
	    ui_ms(hist_at(h, 0.95)), "p99", ui_ms(hist_at(h, 0.99)), "max", ui_ms(h->max_us));
}

/* ---- /run ---- */

static json_t *
ui_rows(const struct report_run *run)
{
	json_t *list = json_array();

	for (size_t i = 0; i < run->n_rows; i++) {
		const struct farm_row *row = &run->rows[i];

		json_array_append_new(list,
		    json_pack("{s:s, s:s, s:o, s:b}", "name", row->name, "stage", row->stage,
			"guide",
			row->first == 0 ? json_null()
					: json_pack("[i, i]", row->first, row->last),
			"chore", (int)row->chore));
	}
	return list;
}

static json_t *
ui_reasons(const struct report_run *run)
{
	json_t *list = json_array();

	for (size_t i = 0; i < run->n_reasons; i++)
		json_array_append_new(list, ui_text(run->reasons[i]));
	return list;
}

/* With -n a group may have got no phone. */
static json_t *
ui_groups(const struct report_run *run)
{
	json_t *list = json_array();

	for (size_t i = 0; i < run->n_groups; i++) {
		uint32_t first = run->groups[i].first;
		uint32_t end = i + 1 < run->n_groups ? run->groups[i + 1].first : run->planned;

		json_array_append_new(list,
		    json_pack("{s:o, s:o, s:o}", "name", ui_text(run->groups[i].name), "first",
			ui_count(first), "phones", ui_count(end - first)));
	}
	return list;
}

void
ui_json_run(const struct ui_cfg *cfg, struct buf *out)
{
	const struct report_run *run = cfg->run;

	ui_dump(json_pack("{s:s, s:o, s:o, s:o, s:o, s:b, s:o, s:i, s:o, s:o, s:o}", "version",
		    run->version, "scenario", ui_text(run->scenario), "title",
		    ui_text(run->title), "pool", ui_text(run->pool), "seed",
		    ui_count(run->seed), "rehearsal", (int)cfg->rehearsal, "phones",
		    ui_count(run->planned), "threads", (int)run->threads, "rows", ui_rows(run),
		    "reasons", ui_reasons(run), "groups", ui_groups(run)),
	    out);
}

/* ---- /summary ---- */

static json_t *
ui_step(const struct farm_row *row, const struct row_metrics *m, uint32_t at)
{
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "name", row->name, "at",
	    ui_count(at), "done", ui_count(m->done), "failed", ui_count(m->failed), "skipped",
	    ui_count(m->skipped), "retries", ui_count(metrics_retries(m)), "ms",
	    ui_figures(&m->latency));
}

static json_t *
ui_steps(const struct report_run *run, const struct metrics *m)
{
	json_t *list = json_array();

	for (size_t i = 0; i < run->n_rows; i++)
		json_array_append_new(
		    list, ui_step(&run->rows[i], &m->row[i], m->phones.at[i]));
	return list;
}

/* Lost tries by reason, over all steps; what never came is left out. */
static json_t *
ui_lost(const struct report_run *run, const struct metrics *m)
{
	json_t *map = json_object();

	for (size_t why = 1; why < run->n_reasons && why < METRICS_REASONS; why++) {
		uint64_t n = 0;

		for (size_t i = 0; i < run->n_rows; i++)
			n += m->row[i].reasons[why];
		if (n > 0)
			json_object_set_new(map, run->reasons[why], ui_count(n));
	}
	return map;
}

static json_t *
ui_phones(const struct report_run *run, const struct phone_counts *n)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "planned",
	    ui_count(run->planned), "started", ui_count(n->started), "arrived",
	    ui_count(n->arrived), "finished", ui_count(n->finished), "failed",
	    ui_count(n->failed), "off", ui_count(n->off), "signed_out",
	    ui_count(n->signed_out));
}

static json_t *
ui_rates(const struct ui_rates *r)
{
	return json_pack("{s:o, s:o, s:o}", "started", ui_real(r->started), "ended",
	    ui_real(r->ended), "megabytes", ui_real(r->megabytes));
}

static json_t *
ui_end_of(const struct report_end *end)
{
	if (end == NULL)
		return json_null();
	return json_pack("{s:s, s:o, s:o}", "verdict", report_verdict_name(end->verdict), "why",
	    ui_text(end->why), "wall_s", ui_real(end->wall_s));
}

/* Before the first second is over nothing has been counted. */
static json_t *
ui_counted(const struct report_run *run, const struct metrics *m)
{
	if (m == NULL)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "phones",
	    ui_phones(run, &m->phones), "boot_ms", ui_figures(&m->from_intended),
	    "loop_lag_p99_ms", ui_real(m->loop_lag_p99_ms), "start_lag_ms",
	    ui_figures(&m->start_lag), "firmware_bytes", ui_count(m->firmware_bytes),
	    "lost_tries", ui_lost(run, m), "steps", ui_steps(run, m));
}

void
ui_json_summary(const struct ui_cfg *cfg, const struct ui_now *now, struct buf *out)
{
	ui_dump(
	    json_pack("{s:o, s:o, s:o, s:o}", "since_ms", ui_count(now->since_began_us / 1000),
		"end", ui_end_of(now->end), "per_second", ui_rates(&now->rates), "counted",
		ui_counted(cfg->run, now->metrics)),
	    out);
}

/* ---- /phone/N ---- */

static const char *
ui_verdict(unsigned verdict)
{
	static const char *const names[] = {
		[INSTANCE_RETRY] = "retry",
		[INSTANCE_DONE] = "done",
		[INSTANCE_NOT_DONE] = "not done",
		[INSTANCE_SKIPPED] = "skipped",
	};

	return names[verdict];
}

static const char *
ui_reason(const struct report_run *run, unsigned why)
{
	return why != 0 && why < run->n_reasons ? run->reasons[why] : NULL;
}

static json_t *
ui_try(const struct report_run *run, const struct board_try *t)
{
	return json_pack("{s:i, s:s, s:o, s:o, s:o, s:o, s:b}", "row", (int)t->row, "verdict",
	    ui_verdict(t->verdict), "why", ui_text(ui_reason(run, t->why)), "t_ms",
	    ui_count(t->t_ms), "ms", ui_real((double)t->ms), "detail", ui_text(t->detail),
	    "chore", (int)t->chore);
}

static json_t *
ui_tries(const struct report_run *run, const struct board_phone *p)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < p->n; i++)
		json_array_append_new(list, ui_try(run, &p->tries[i]));
	return list;
}

void
ui_json_phone(
    const struct ui_cfg *cfg, uint32_t number, const struct board_phone *p, struct buf *out)
{
	struct buf who = { 0 };

	if (cfg->who != NULL)
		cfg->who(cfg->arg, number, &who);
	ui_dump(
	    json_pack("{s:o, s:o, s:i, s:i, s:o, s:o, s:o}", "phone", ui_count(number), "who",
		ui_text(who.n > 0 ? buf_cstr(&who) : NULL), "state", (int)p->place.state, "row",
		(int)p->place.row, "why", ui_text(ui_reason(cfg->run, p->place.why)), "told",
		ui_count(p->told), "tries", ui_tries(cfg->run, p)),
	    out);
	buf_done(&who);
}
