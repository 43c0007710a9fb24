/* rehearse_load.c - see rehearse_load.h. */
#include "rehearse_load.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "io_uv.h"
#include "load.h"
#include "log.h"
#include "mem.h"
#include "sim_link.h"
#include "summary.h"

struct rehearse_load {
	struct load_server server[SERVERS_COUNT];
	struct load_span *span[SERVERS_COUNT]; /* ours */
};

/* The protocol under which a real run counts each server. */
static const enum io_service rehearse_service[SERVERS_COUNT] = {
	[SERVERS_DHCP] = IO_SVC_DHCP,
	[SERVERS_DNS] = IO_SVC_DNS,
	[SERVERS_NTP] = IO_SVC_NTP,
	[SERVERS_KDC] = IO_SVC_KDC,
	[SERVERS_LDAP] = IO_SVC_LDAP,
	[SERVERS_CA_WEB] = IO_SVC_HTTP,
	[SERVERS_SIP] = IO_SVC_SIP,
	[SERVERS_EXCHANGE] = IO_SVC_HTTPS,
	[SERVERS_UPDATE] = IO_SVC_HTTP,
};

/* The phones' io counts nothing here: the links do. */
void
rehearse_count(const struct sim_pool *pool, struct metrics *m)
{
	for (unsigned i = 0; i < SERVERS_COUNT; i++) {
		const struct sim_load_total *t =
		    sim_load_total(sim_link_load(sim_pool_link(pool, (enum servers_id)i)));
		struct service_metrics *s = &m->service[rehearse_service[i]];

		s->requests += t->requests;
		s->replies += t->replies;
		s->bytes_in += t->bytes_in;
		s->bytes_out += t->bytes_out;
	}
}

/* Without their courses: those are made once, at the end. */
bool
rehearse_stops(const struct sim_pool *pool, struct run_report *report, const struct metrics *m,
    uint64_t since_us)
{
	struct load_server server[SERVERS_COUNT];
	const struct load_report load = { server, SERVERS_COUNT, (double)since_us / 1e6 };
	bool stops;

	for (unsigned i = 0; i < SERVERS_COUNT; i++) {
		const struct sim_load_total *t =
		    sim_load_total(sim_link_load(sim_pool_link(pool, (enum servers_id)i)));

		server[i] = (struct load_server){
			.name = servers_name[i],
			.requests = t->requests,
			.replies = t->replies,
			.bytes_in = t->bytes_in,
			.bytes_out = t->bytes_out,
		};
	}
	report->load = &load;
	stops = run_report_stops(report, m, since_us);
	report->load = NULL;
	return stops;
}

/* A cell's work, as a share of what all workers can do in its time. */
static void
rehearse_span(
    const struct sim_load_cell *cell, uint64_t width_s, uint32_t workers, struct load_span *out)
{
	*out = (struct load_span){
		.requests = cell->requests,
		.replies = cell->replies,
		.bytes_in = cell->bytes_in,
		.bytes_out = cell->bytes_out,
		.offered = (double)cell->work_us / ((double)width_s * 1e6 * (double)workers),
		.wire = (double)cell->wire_us / ((double)width_s * 1e6),
		.wait_us = cell->wait_us,
	};
}

static int
rehearse_server(const struct sim_load *load, const struct servers_cost *cost,
    struct load_server *out, struct load_span **spans_out)
{
	const struct sim_load_total *t = sim_load_total(load);
	uint64_t width_s;
	size_t n;
	const struct sim_load_cell *cells = sim_load_cells(load, &n, &width_s);
	const struct sim_load_peak *bytes =
	    t->out_peak.most >= t->in_peak.most ? &t->out_peak : &t->in_peak;
	struct load_span *spans = mem_new((n + 1) * sizeof *spans);

	if (spans == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		rehearse_span(&cells[i], width_s, sim_load_workers(load), &spans[i]);
	*spans_out = spans;
	*out = (struct load_server){
		.name = out->name,
		.workers = sim_load_workers(load),
		.takes_us = cost->takes.a_us,
		.requests = t->requests,
		.replies = t->replies,
		.bytes_in = t->bytes_in,
		.bytes_out = t->bytes_out,
		.peak_requests = t->requests_peak.most,
		.peak_requests_at_s = t->requests_peak.at_s,
		.peak_bytes = bytes->most,
		.peak_bytes_at_s = bytes->at_s,
		.bytes_per_s = cost->bytes_per_s,
		.busiest = sim_load_saturation(load),
		.full_at_us = t->full_at_us == SIM_NEVER ? LOAD_NEVER : t->full_at_us,
		.wait_us = t->longest_wait_us,
		.lost = t->mishap[SIM_DROPPED] + t->mishap[SIM_OVERFLOWED],
		.span = spans,
		.n_spans = n,
		.span_s = width_s,
	};
	return 0;
}

static int
rehearse_leave(const struct load_report *load, const char *dir)
{
	struct buf out = { 0 };
	int err = load_json(load, &out);

	if (err == 0)
		err = summary_write(dir, "load.json", buf_bytes(&out));
	if (err != 0)
		log_line(LOG_ERROR, "cx700farm: load.json: %s", strerror(-err));
	buf_done(&out);
	return err;
}

static void
rehearse_show(const struct load_report *load)
{
	struct buf out = { 0 };

	buf_text(&out,
	    "\nA rehearsal: no packet was sent.  The servers were simulated; how long they "
	    "take "
	    "is said by\nservers: in the scenario, or assumed.\n\n");
	load_table(load, &out);
	(void)fwrite(out.p, 1, out.n, stdout);
	buf_done(&out);
}

int
rehearse_tell(const struct sim_pool *pool, struct run_report *report,
    const struct farm_end *end, int signum, const struct servers_cost *cost)
{
	struct rehearse_load all = { 0 };
	const struct load_report load = { all.server, SERVERS_COUNT, end->wall_s };
	const struct run_options *o = report->options;
	int status = CLI_ENVIRONMENT, err = 0;

	for (unsigned i = 0; err == 0 && i < SERVERS_COUNT; i++) {
		all.server[i].name = servers_name[i];
		err = rehearse_server(sim_link_load(sim_pool_link(pool, (enum servers_id)i)),
		    &cost[i], &all.server[i], &all.span[i]);
	}
	if (err == 0) {
		report->load = &load;
		status = run_report_end(report, end, signum);
		report->load = NULL;
	}
	if (err == 0 && !o->quiet && !o->json)
		rehearse_show(&load);
	if (err == 0 && o->out_dir != NULL)
		err = rehearse_leave(&load, o->out_dir);
	for (unsigned i = 0; i < SERVERS_COUNT; i++)
		mem_free(all.span[i]);
	return status == CLI_PASS && err != 0 ? CLI_ENVIRONMENT : status;
}
