/* load.c - see load.h.  The table for people first, then the file. */
#include "load.h"

#include <errno.h>
#include <math.h>

#include <jansson.h>

enum { LOAD_COLUMNS = 60 };

/* A line that was sending for all but so little of a second could not have sent more. */
static const double LOAD_WIRE_FULL = 0.995;

/* How full its line was in the worst span, and when it first had no room left. */
static void
load_wire(const struct load_server *s, struct load_first *out)
{
	*out = (struct load_first){ s, LOAD_WIRE, LOAD_NEVER, 0 };
	for (size_t i = 0; i < s->n_spans; i++) {
		double share = s->span[i].wire;

		if (share > out->share)
			out->share = share;
		if (share >= LOAD_WIRE_FULL && out->at_us == LOAD_NEVER)
			out->at_us = (uint64_t)i * s->span_s * 1000000;
	}
}

/* Whoever was full earlier; among those that never were, the one that came closest. */
static void
load_earlier(struct load_first *first, const struct load_first *other)
{
	if (first->server == NULL || other->at_us < first->at_us ||
	    (other->at_us == first->at_us && other->share > first->share))
		*first = *other;
}

struct load_first
load_first(const struct load_report *r)
{
	struct load_first first = { .at_us = LOAD_NEVER };

	for (size_t i = 0; i < r->n_servers; i++) {
		const struct load_server *s = &r->server[i];
		struct load_first workers = { s, LOAD_WORKERS, s->full_at_us, s->busiest },
				  wire;

		/* TLS handshakes are work too, but no requests. */
		if (s->requests == 0 && s->busiest <= 0)
			continue;
		load_wire(s, &wire);
		load_earlier(&first, &workers);
		if (s->bytes_per_s != 0)
			load_earlier(&first, &wire);
	}
	return first;
}

/* ---- the table ------------------------------------------------------------------ */

static void
load_row(const struct load_report *r, const struct load_server *s, struct buf *out)
{
	double wall_s = r->wall_s > 0 ? r->wall_s : 1;
	struct load_first wire;

	load_wire(s, &wire);
	buf_printf(out, "%-9s %9llu %7.1f %7llu %9.1f %9.2f %6.0f%% %4.0f%% %8.1f", s->name,
	    (unsigned long long)s->requests, (double)s->requests / wall_s,
	    (unsigned long long)s->peak_requests, (double)(s->bytes_in + s->bytes_out) / 1e6,
	    (double)s->peak_bytes / 1e6, 100 * s->busiest, 100 * wire.share,
	    (double)s->wait_us / 1e3);
	if (s->full_at_us != LOAD_NEVER)
		buf_printf(out, " %7.1f s", (double)s->full_at_us / 1e6);
	else
		buf_printf(out, " %9s", "-");
	if (s->lost > 0)
		buf_printf(out, "  %llu lost", (unsigned long long)s->lost);
	buf_text(out, "\n");
}

/* The most requests a second in the spans that one column stands for. */
static double
load_column(const struct load_server *s, uint64_t from_s, uint64_t till_s)
{
	double most = 0;

	for (size_t i = (size_t)(from_s / s->span_s); i < s->n_spans && i * s->span_s < till_s;
	     i++) {
		double rate = (double)s->span[i].requests / (double)s->span_s;

		if (rate > most)
			most = rate;
	}
	return most;
}

/* Each line by itself: blank is nothing, # the most this server ever got. */
static void
load_course(const struct load_server *s, uint64_t step_s, uint64_t columns, struct buf *out)
{
	static const char shades[] = " .:-=+*%#";
	double peak = load_column(s, 0, step_s * columns);

	buf_printf(out, "%-9s |", s->name);
	for (uint64_t c = 0; c < columns; c++) {
		double share = load_column(s, c * step_s, (c + 1) * step_s) / peak;
		size_t shade = (size_t)ceil(share * (double)(sizeof shades - 2));

		buf_u8(out, (uint8_t)shades[shade]);
	}
	buf_text(out, "|\n");
}

/* All servers over the same time, in at most so many columns. */
static void
load_courses(const struct load_report *r, struct buf *out)
{
	uint64_t end_s = 1, step_s, columns;

	for (size_t i = 0; i < r->n_servers; i++) {
		uint64_t s = r->server[i].n_spans * r->server[i].span_s;

		if (s > end_s)
			end_s = s;
	}
	step_s = (end_s + LOAD_COLUMNS - 1) / LOAD_COLUMNS;
	columns = (end_s + step_s - 1) / step_s;
	buf_printf(out,
	    "\nrequests/s over %llu s, a column is %llu s, # the server's own peak\n",
	    (unsigned long long)end_s, (unsigned long long)step_s);
	for (size_t i = 0; i < r->n_servers; i++)
		if (r->server[i].requests > 0 && r->server[i].n_spans > 0)
			load_course(&r->server[i], step_s, columns, out);
}

/* One sentence, with the figures to judge it by. */
static void
load_verdict(const struct load_report *r, struct buf *out)
{
	const struct load_first first = load_first(r);
	const struct load_server *s = first.server;

	if (s == NULL) {
		buf_text(out, "\nno server was asked anything\n");
		return;
	}
	if (first.at_us == LOAD_NEVER)
		buf_printf(out,
		    "\nno server saturates; %s comes closest: its %s %.0f %% busy in the worst "
		    "second, so about %.1f times this load would fill it\n",
		    s->name, first.limit == LOAD_WORKERS ? "workers were" : "line was",
		    100 * first.share, 1 / first.share);
	else if (first.limit == LOAD_WORKERS)
		buf_printf(out,
		    "\nfirst to saturate: %s, %.1f s after the beginning: %u workers at %.2f "
		    "ms a "
		    "request were offered %.1f times what they can do\n",
		    s->name, (double)first.at_us / 1e6, s->workers, (double)s->takes_us / 1e3,
		    first.share);
	else
		buf_printf(out,
		    "\nfirst to saturate: %s, %.1f s after the beginning: its line carries "
		    "%.1f "
		    "MB/s and had no room left\n",
		    s->name, (double)first.at_us / 1e6, (double)s->bytes_per_s / 1e6);
}

void
load_table(const struct load_report *r, struct buf *out)
{
	buf_printf(out, "%-9s %9s %7s %7s %9s %9s %7s %5s %8s %9s\n", "server", "requests",
	    "mean/s", "peak/s", "MB", "peak MB/s", "workers", "line", "wait ms", "full at");
	for (size_t i = 0; i < r->n_servers; i++)
		load_row(r, &r->server[i], out);
	load_courses(r, out);
	load_verdict(r, out);
}

/* ---- load.json -------------------------------------------------------------------- */

static json_t *
load_count(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static json_t *
load_share(double v)
{
	return json_real(round(v * 1e4) / 1e4);
}

/* Columns rather than objects: a chart wants them so, and there are thousands. */
static json_t *
load_spans(const struct load_server *s)
{
	json_t *requests = json_array(), *replies = json_array(), *in = json_array(),
	       *sent = json_array(), *offered = json_array(), *wire = json_array(),
	       *wait = json_array();

	for (size_t i = 0; i < s->n_spans; i++) {
		const struct load_span *c = &s->span[i];

		json_array_append_new(requests, load_count(c->requests));
		json_array_append_new(replies, load_count(c->replies));
		json_array_append_new(in, load_count(c->bytes_in));
		json_array_append_new(sent, load_count(c->bytes_out));
		json_array_append_new(offered, load_share(c->offered));
		json_array_append_new(wire, load_share(c->wire));
		json_array_append_new(wait, load_share((double)c->wait_us / 1e3));
	}
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "seconds",
	    load_count(s->span_s), "requests", requests, "replies", replies, "bytes_in", in,
	    "bytes_out", sent, "offered", offered, "line", wire, "wait_ms", wait);
}

static json_t *
load_server_json(const struct load_server *s)
{
	json_t *full =
	    s->full_at_us != LOAD_NEVER ? load_share((double)s->full_at_us / 1e6) : json_null();

	return json_pack(
	    "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "workers",
	    load_count(s->workers), "takes_ms", load_share((double)s->takes_us / 1e3),
	    "line_bytes_per_s", load_count(s->bytes_per_s), "requests", load_count(s->requests),
	    "replies", load_count(s->replies), "bytes_in", load_count(s->bytes_in), "bytes_out",
	    load_count(s->bytes_out), "peak_requests_per_s", load_count(s->peak_requests),
	    "peak_bytes_per_s", load_count(s->peak_bytes), "busiest", load_share(s->busiest),
	    "full_at_s", full, "wait_max_ms", load_share((double)s->wait_us / 1e3), "lost",
	    load_count(s->lost), "course", load_spans(s));
}

/* jansson's callback; want of memory stays in the buffer's err. */
static int
load_chunk(const char *bytes, size_t n, void *out)
{
	buf_put(out, bytes, n);
	return 0;
}

int
load_json(const struct load_report *r, struct buf *out)
{
	const struct load_first first = load_first(r);
	json_t *servers = json_object(), *all;
	int rc;

	for (size_t i = 0; i < r->n_servers; i++)
		json_object_set_new(
		    servers, r->server[i].name, load_server_json(&r->server[i]));
	all = json_pack("{s:s, s:o, s:o, s:b, s:o}", "format", "cx700farm-load/1", "wall_s",
	    load_share(r->wall_s), "first",
	    first.server != NULL ? json_string(first.server->name) : json_null(), "saturates",
	    first.at_us != LOAD_NEVER, "servers", servers);
	rc = all == NULL ? -1 : json_dump_callback(all, load_chunk, out, JSON_INDENT(1));
	json_decref(all);
	buf_text(out, "\n");
	return rc != 0 || out->err != 0 ? -ENOMEM : 0;
}
