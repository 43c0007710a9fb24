/* prometheus.c - see prometheus.h.  A metric's lines stand together below its help and type. */
#include "prometheus.h"

#include "prom_write.h"

/* ---- the run ---- */

static void
prom_run(const struct prometheus_now *now, struct buf *out)
{
	const struct report_run *run = now->run;

	prom_head(out, "build_info", "gauge", "The version of this program; always 1.");
	prom_label(out, "cx700farm_build_info{", "version", run->version);
	buf_text(out, "} 1\n");
	prom_head(out, "run_info", "gauge", "What is being run; always 1.");
	prom_label(out, "cx700farm_run_info{", "scenario", run->scenario);
	prom_label(out, ",", "pool", run->pool);
	buf_printf(out, ",seed=\"%llu\",threads=\"%u\"} 1\n", (unsigned long long)run->seed,
	    run->threads);
	prom_one_real(out, "run_duration_seconds", "gauge", "Since the run began.",
	    (double)now->since_began_us / 1e6);
	prom_one(out, "run_ended", "gauge", "1: the run has ended, these figures are final.",
	    now->ended);
}

/* ---- the phones ---- */

static void
prom_state(struct buf *out, const char *state, uint32_t n)
{
	prom_label(out, "cx700farm_phones{", "state", state);
	buf_text(out, "}");
	prom_count(out, n);
}

/* The states add up to the phones planned. */
static void
prom_phones(const struct prometheus_now *now, struct buf *out)
{
	const struct phone_counts *n = &now->metrics->phones;
	uint32_t walking = 0;

	for (size_t i = 0; i < now->run->n_rows; i++)
		walking += n->at[i];
	prom_one(out, "phones_planned", "gauge", "Phones of this run.", now->run->planned);
	prom_one(out, "phones_started_total", "counter", "Phones that have been started.",
	    n->started);
	prom_head(out, "phones", "gauge", "Phones by what they are doing.");
	prom_state(out, "waiting", now->run->planned - n->started);
	prom_state(out, "walking", walking);
	prom_state(out, "staying", n->arrived - n->finished);
	prom_state(out, "finished", n->finished);
	prom_state(out, "failed", n->failed);
	prom_state(out, "off", n->off);
	prom_state(out, "signed_out", n->signed_out);
	prom_head(
	    out, "phones_walking", "gauge", "Phones on their way, by the step they are at.");
	for (size_t i = 0; i < now->run->n_rows; i++) {
		const struct farm_row *row = &now->run->rows[i];

		if (row->chore)
			continue;
		prom_label(out, "cx700farm_phones_walking{", "stage", row->stage);
		prom_label(out, ",", "step", row->name);
		buf_text(out, "}");
		prom_count(out, n->at[i]);
	}
}

struct prom_group_count {
	const char *name, *type, *help;
	size_t at; /* in struct group_metrics */
};

static const struct prom_group_count prom_group_counts[] = {
	{ "group_phones_started_total", "counter", "Phones of a group that have been started.",
	    offsetof(struct group_metrics, started) },
	{ "group_phones_finished", "gauge", "Phones of a group that have finished.",
	    offsetof(struct group_metrics, finished) },
	{ "group_phones_failed", "gauge", "Phones of a group that have failed.",
	    offsetof(struct group_metrics, failed) },
};

static void
prom_group_label(struct buf *out, const struct report_run *run, size_t group)
{
	prom_label(out, "", "group", run->groups[group].name);
}

static void
prom_groups(const struct prometheus_now *now, struct buf *out)
{
	const struct report_run *run = now->run;

	for (size_t i = 0; i < sizeof prom_group_counts / sizeof *prom_group_counts; i++) {
		const struct prom_group_count *c = &prom_group_counts[i];

		prom_head(out, c->name, c->type, c->help);
		for (size_t g = 0; g < run->n_groups; g++) {
			const char *of = (const char *)&now->metrics->group[g];

			buf_printf(out, "cx700farm_%s{", c->name);
			prom_group_label(out, run, g);
			buf_text(out, "}");
			prom_count(out, *(const uint32_t *)(const void *)(of + c->at));
		}
	}
	prom_head(out, "group_boot_duration_seconds", "histogram",
	    "From a phone's intended start to the end of its way, by group.");
	for (size_t g = 0; g < run->n_groups; g++) {
		struct buf labels = { 0 };

		prom_group_label(&labels, run, g);
		prom_histogram(out, "group_boot_duration_seconds", buf_cstr(&labels),
		    &now->metrics->group[g].boot);
		buf_done(&labels);
	}
}

/* ---- the steps ---- */

/* The labels that all metrics of a step have. */
static void
prom_step_labels(struct buf *out, const struct farm_row *row)
{
	prom_label(out, "", "stage", row->stage);
	prom_label(out, ",", "step", row->name);
}

static void
prom_step_count(struct buf *out, const char *name, const struct farm_row *row, const char *more,
    const char *value, uint64_t n)
{
	buf_printf(out, "cx700farm_%s{", name);
	prom_step_labels(out, row);
	if (more != NULL)
		prom_label(out, ",", more, value);
	buf_text(out, "}");
	prom_count(out, n);
}

static void
prom_tries(const struct prometheus_now *now, struct buf *out)
{
	const struct report_run *run = now->run;

	prom_head(out, "step_tries_total", "counter", "Tries of a step, lost ones with them.");
	for (size_t i = 0; i < run->n_rows; i++)
		prom_step_count(out, "step_tries_total", &run->rows[i], NULL, NULL,
		    now->metrics->row[i].attempts);
	prom_head(out, "step_retries_total", "counter", "Tries of a step after its first.");
	for (size_t i = 0; i < run->n_rows; i++)
		prom_step_count(out, "step_retries_total", &run->rows[i], NULL, NULL,
		    metrics_retries(&now->metrics->row[i]));
	/* A reason that never came is not listed: most never come. */
	prom_head(out, "step_lost_tries_total", "counter", "Tries of a step that were lost.");
	for (size_t i = 0; i < run->n_rows; i++)
		for (size_t why = 1; why < run->n_reasons && why < METRICS_REASONS; why++)
			if (now->metrics->row[i].reasons[why] > 0)
				prom_step_count(out, "step_lost_tries_total", &run->rows[i],
				    "reason", run->reasons[why],
				    now->metrics->row[i].reasons[why]);
}

static void
prom_steps(const struct prometheus_now *now, struct buf *out)
{
	const struct report_run *run = now->run;

	prom_head(out, "step_ends_total", "counter", "How steps of phones have ended.");
	for (size_t i = 0; i < run->n_rows; i++) {
		const struct row_metrics *m = &now->metrics->row[i];
		const struct farm_row *row = &run->rows[i];

		prom_step_count(out, "step_ends_total", row, "outcome", "done", m->done);
		prom_step_count(out, "step_ends_total", row, "outcome", "failed", m->failed);
		prom_step_count(out, "step_ends_total", row, "outcome", "skipped", m->skipped);
	}
	prom_head(out, "step_duration_seconds", "histogram",
	    "From a step's first try to its good end, pauses included.");
	for (size_t i = 0; i < run->n_rows; i++) {
		struct buf labels = { 0 };

		prom_step_labels(&labels, &run->rows[i]);
		prom_histogram(out, "step_duration_seconds", buf_cstr(&labels),
		    &now->metrics->row[i].latency);
		buf_done(&labels);
	}
}

/* The numbers of the guide's page. */
static void
prom_guide(const struct prometheus_now *now, struct buf *out)
{
	prom_head(out, "guide_phones_total", "counter",
	    "Phones that have completed a number of the guide.");
	for (unsigned n = 1; n <= METRICS_GUIDE; n++) {
		buf_printf(out, "cx700farm_guide_phones_total{number=\"%u\"}", n);
		prom_count(out, now->metrics->guide[n]);
	}
}

/* ---- the boot, the servers, the farm itself ---- */

static void
prom_boots(const struct metrics *m, struct buf *out)
{
	prom_head(out, "boot_duration_seconds", "histogram",
	    "From a phone's start, as it was intended or as it was, to the end of its way.");
	prom_histogram(out, "boot_duration_seconds", "from=\"intended\"", &m->from_intended);
	prom_histogram(out, "boot_duration_seconds", "from=\"actual\"", &m->from_actual);
	prom_head(
	    out, "start_lag_seconds", "histogram", "How late the farm itself started phones.");
	prom_histogram(out, "start_lag_seconds", "", &m->start_lag);
}

struct prom_service_count {
	const char *name, *help;
	size_t at; /* in struct service_metrics */
};

static const struct prom_service_count prom_service_counts[] = {
	{ "service_requests_total", "Requests or packets that a service was sent.",
	    offsetof(struct service_metrics, requests) },
	{ "service_replies_total", "Replies of a service.",
	    offsetof(struct service_metrics, replies) },
	{ "service_received_bytes_total", "Bytes that a service received.",
	    offsetof(struct service_metrics, bytes_in) },
	{ "service_sent_bytes_total", "Bytes that a service sent.",
	    offsetof(struct service_metrics, bytes_out) },
};

static void
prom_services(const struct metrics *m, struct buf *out)
{
	for (size_t i = 0; i < sizeof prom_service_counts / sizeof *prom_service_counts; i++) {
		const struct prom_service_count *c = &prom_service_counts[i];

		prom_head(out, c->name, "counter", c->help);
		for (size_t s = 0; s < METRICS_SERVICES; s++) {
			const char *of = (const char *)&m->service[s];

			buf_printf(
			    out, "cx700farm_%s{service=\"%s\"}", c->name, metrics_service[s]);
			prom_count(out, *(const uint64_t *)(const void *)(of + c->at));
		}
	}
	prom_one(out, "firmware_bytes_total", "counter",
	    "Bytes of firmware that phones received.", m->firmware_bytes);
}

static void
prom_farm(const struct prometheus_now *now, struct buf *out)
{
	prom_one_real(out, "loop_lag_p99_seconds", "gauge",
	    "How late the worst of the farm's loops was, 99th percentile since it began.",
	    now->metrics->loop_lag_p99_ms / 1e3);
	prom_head(out, "cpu_seconds_total", "counter", "CPU that the farm's process has used.");
	buf_text(out, "cx700farm_cpu_seconds_total{mode=\"user\"}");
	prom_seconds(out, now->cpu_user_s);
	buf_text(out, "cx700farm_cpu_seconds_total{mode=\"system\"}");
	prom_seconds(out, now->cpu_sys_s);
	prom_one(out, "max_resident_memory_bytes", "gauge",
	    "The most memory that the farm's process has had.", now->max_rss_bytes);
}

void
prometheus_text(const struct prometheus_now *now, struct buf *out)
{
	prom_run(now, out);
	prom_phones(now, out);
	if (now->run->n_groups > 0)
		prom_groups(now, out);
	prom_steps(now, out);
	prom_tries(now, out);
	prom_guide(now, out);
	prom_boots(now->metrics, out);
	prom_services(now->metrics, out);
	prom_farm(now, out);
}
