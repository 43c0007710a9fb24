/* live.c - the view while the run goes on.  See live.h; the table at its end is in table.c. */
#include "live.h"

#include <string.h>

#define LIVE_RED "\033[31m"
#define LIVE_PLAIN "\033[0m"

/* What has changed since the last view, by the second. */
struct live_rates {
	double started, ended, megabytes;
};

/* ---- numbers ---- */

/* What the servers had to give. */
static uint64_t
live_bytes(const struct metrics *m)
{
	uint64_t n = 0;

	for (size_t i = 0; i < METRICS_SERVICES; i++)
		n += m->service[i].bytes_out;
	return n;
}

/* Since the last view, whose numbers are then forgotten. */
static struct live_rates
live_rates(const struct metrics *m, uint64_t since_us, struct live_memory *mem)
{
	double s = (double)(since_us - mem->since_us) / 1e6;
	uint32_t ended = m->phones.arrived + m->phones.failed;
	struct live_rates r = { 0 };

	if (s > 0)
		r = (struct live_rates){
			.started = ((double)m->phones.started - mem->started) / s,
			/* Power that goes takes arrivals back. */
			.ended = ended > mem->ended ? (ended - mem->ended) / s : 0,
			.megabytes = (double)(live_bytes(m) - mem->bytes) / 1e6 / s,
		};
	mem->since_us = since_us;
	mem->started = m->phones.started;
	mem->ended = ended;
	mem->bytes = live_bytes(m);
	return r;
}

/*
 * How long it may still take: until the last phone has started, booted like those before it,
 * and stayed; or by the rate, if that should already have been.  False: nobody can say yet.
 */
static bool
live_left(const struct report_run *run, const struct metrics *m, uint64_t since_us, double rate,
    uint64_t *left_us_out)
{
	uint32_t open = run->planned - m->phones.finished - m->phones.failed;
	uint64_t end_us = run->last_start_us + hist_at(&m->from_intended, 0.95) + run->stay_us;

	if (m->from_intended.count == 0 && open > 0)
		return false;
	if (open == 0)
		*left_us_out = 0;
	else if (end_us > since_us)
		*left_us_out = end_us - since_us;
	else if (rate > 0)
		*left_us_out = (uint64_t)((double)open / rate * 1e6);
	else
		return false;
	return true;
}

/* "1:05" or "1:00:05". */
static void
live_time(struct buf *out, uint64_t us)
{
	uint64_t s = (us + 500000) / 1000000; /* the views come a little before their second */

	if (s >= 3600)
		buf_printf(out, "%u:%02u:%02u", (unsigned)(s / 3600), (unsigned)(s / 60 % 60),
		    (unsigned)(s % 60));
	else
		buf_printf(out, "%u:%02u", (unsigned)(s / 60), (unsigned)(s % 60));
}

/* ---- pieces both views have ---- */

/* ", 1:05 left", or nothing while nobody can say. */
static void
live_put_left(struct buf *out, const struct report_run *run, const struct metrics *m,
    uint64_t since_us, const struct live_rates *r)
{
	uint64_t left_us;

	if (!live_left(run, m, since_us, r->ended, &left_us))
		return;
	buf_text(out, ", ");
	live_time(out, left_us);
	buf_text(out, " left");
}

/* ", 9 off, 3 signed out", or nothing when all have power and somebody who uses them. */
static void
live_put_off(struct buf *out, const struct metrics *m)
{
	if (m->phones.off > 0)
		buf_printf(out, ", %u off", m->phones.off);
	if (m->phones.signed_out > 0)
		buf_printf(out, ", %u signed out", m->phones.signed_out);
}

/* Over all rows; reason 0 is none. */
static void
live_put_reasons(struct buf *out, const struct report_run *run, const struct metrics *m)
{
	const char *before = "";

	for (size_t why = 1; why < run->n_reasons && why < METRICS_REASONS; why++) {
		uint64_t n = 0;

		for (size_t i = 0; i < run->n_rows; i++)
			n += m->row[i].reasons[why];
		if (n == 0)
			continue;
		buf_printf(out, "%s%s %llu", before, run->reasons[why], (unsigned long long)n);
		before = ", ";
	}
}

/* ---- a plain line ---- */

static void
live_line(struct buf *out, const struct report_run *run, const struct metrics *m,
    uint64_t since_us, const struct live_rates *r)
{
	struct buf why = { 0 };

	live_time(out, since_us);
	/* Totals first, then rates since the last line. */
	buf_printf(out, " started %u/%u, arrived %u, failed %u", m->phones.started,
	    run->planned, m->phones.arrived, m->phones.failed);
	live_put_off(out, m);
	buf_printf(out, ", %.1f/s, %.1f MB/s", r->ended, r->megabytes);
	live_put_left(out, run, m, since_us, r);
	live_put_reasons(&why, run, m);
	if (why.n > 0)
		buf_printf(out, "; lost tries: %s", buf_cstr(&why));
	buf_text(out, "\n");
	buf_done(&why);
}

/* ---- the view on a terminal ---- */

struct live_canvas {
	struct buf *out;
	const struct live_look *look;
	unsigned lines;
};

/* So many bytes of a line fit into the width; UTF-8 is one column a character, and not cut
 * inside one.  The last column stays free: erasing behind it would erase it. */
static size_t
live_fitting(struct span s, unsigned width)
{
	size_t n = 0;
	unsigned columns = 0;

	if (width == 0)
		return s.n;
	for (; n < s.n; n++)
		if ((s.p[n] & 0xc0) != 0x80 && ++columns >= width)
			break;
	return n;
}

/* One line, cut to the width.  What a title brings along moves no cursor. */
static void
live_draw(struct live_canvas *c, const char *colour, struct buf *line)
{
	struct span s = buf_bytes(line);
	bool coloured = c->look->colour && colour != NULL;

	s.n = live_fitting(s, c->look->width);
	buf_text(c->out, coloured ? colour : "");
	for (size_t i = 0; i < s.n; i++)
		buf_put(c->out, s.p[i] < ' ' || s.p[i] == 127 ? "?" : (const char *)s.p + i, 1);
	buf_text(c->out, coloured ? LIVE_PLAIN "\033[K\n" : "\033[K\n");
	buf_clear(line);
	c->lines++;
}

/* "identity      37 ########": a bar of the share of all phones. */
static void
live_draw_stage(
    struct live_canvas *c, const char *name, const char *colour, uint32_t n, uint32_t of)
{
	struct buf line = { 0 };
	unsigned room = c->look->width > 28 ? c->look->width - 24 : 4;
	unsigned most = room > 50 ? 50 : room;
	unsigned bar = of > n ? (unsigned)((uint64_t)n * most / of) : of > 0 ? most : 0;

	buf_printf(&line, "  %-12s %7u ", name, n);
	for (unsigned i = 0; i < bar + (n > 0 && bar == 0); i++)
		buf_text(&line, "#");
	live_draw(c, colour, &line);
	buf_done(&line);
}

static void
live_draw_stages(struct live_canvas *c, const struct report_run *run, const struct metrics *m)
{
	const struct phone_counts *n = &m->phones;

	for (size_t i = 0; i < run->n_rows; i++) {
		const char *stage = run->rows[i].stage;
		uint32_t there = 0;
		bool before = run->rows[i].chore;

		for (size_t k = 0; k < i && !before; k++)
			before = strcmp(run->rows[k].stage, stage) == 0;
		/* A stage whose rows do not all stand together is drawn once, where it begins.
		 */
		if (before)
			continue;
		for (size_t k = i; k < run->n_rows; k++)
			if (strcmp(run->rows[k].stage, stage) == 0)
				there += n->at[k];
		live_draw_stage(c, stage, NULL, there, run->planned);
	}
	/* Of those that are through some may have lost their power since. */
	live_draw_stage(c, "staying", NULL,
	    n->arrived > n->finished ? n->arrived - n->finished : 0, run->planned);
	live_draw_stage(c, "finished", NULL, n->finished, run->planned);
	live_draw_stage(c, "failed", n->failed ? LIVE_RED : NULL, n->failed, run->planned);
}

static void
live_view(struct live_canvas *c, const struct report_run *run, const struct metrics *m,
    uint64_t since_us, const struct live_rates *r)
{
	struct buf line = { 0 };

	buf_printf(&line, "%s: ", run->title != NULL ? run->title : run->scenario);
	live_time(&line, since_us);
	live_put_left(&line, run, m, since_us, r);
	live_draw(c, NULL, &line);

	buf_printf(&line, "%u of %u phones started, %.1f/s; %.1f/s through; %.1f MB/s",
	    m->phones.started, run->planned, r->started, r->ended, r->megabytes);
	live_put_off(&line, m);
	live_draw(c, NULL, &line);
	live_draw_stages(c, run, m);

	buf_text(&line, "lost tries: ");
	live_put_reasons(&line, run, m);
	if (line.n == strlen("lost tries: "))
		buf_text(&line, "none");
	live_draw(c, NULL, &line);
	buf_done(&line);
}

void
live_render(const struct report_run *run, const struct live_look *look, const struct metrics *m,
    uint64_t since_us, struct live_memory *mem, struct buf *out)
{
	struct live_rates r = live_rates(m, since_us, mem);
	struct live_canvas canvas = { .out = out, .look = look };

	if (!look->terminal) {
		live_line(out, run, m, since_us, &r);
		return;
	}
	/* Up to the view's first line; each line erases what was behind it. */
	if (mem->lines > 0)
		buf_printf(out, "\033[%uA\r", mem->lines);
	live_view(&canvas, run, m, since_us, &r);
	buf_text(out, "\033[J");
	mem->lines = canvas.lines;
}
