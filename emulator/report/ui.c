/* ui.c - see ui.h. */
#include "ui.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "data_file.h"
#include "mem.h"
#include "text.h"
#include "ui_json.h"

_Static_assert(sizeof(struct board_place) == 4, "four bytes a phone");

enum {
	UI_ROUTES = 6,
	UI_WHY_MAX = 300,
	UI_LOOKS = 4, /* seconds: who has asked so recently is still there */
};

struct ui {
	struct ui_cfg cfg;
	struct web_route routes[UI_ROUTES];
	struct ui_now now;
	struct ui_counted {
		uint64_t since_us, bytes;
		uint32_t started, ended;
	} last;                   /* what the rates are since */
	uint64_t seconds, looked; /* counted from 1; in which somebody last asked, 0: never */
	struct report_end end;    /* a copy, with its why; the rest of it is not kept */
	char why[UI_WHY_MAX];
	bool end_told, end_seen;
};

/* ---- the page and its parts ---- */

struct ui_type {
	const char *ends_in, *type;
};

static const struct ui_type ui_types[] = {
	{ ".html", "text/html; charset=utf-8" },
	{ ".css", "text/css; charset=utf-8" },
	{ ".js", "text/javascript; charset=utf-8" },
};

static void
ui_not_found(struct web_reply *reply)
{
	reply->status = 404;
	reply->type = "text/plain; charset=utf-8";
	buf_text(&reply->body, "not here\n");
}

static void
ui_put_file(const struct data_file *f, struct web_reply *reply)
{
	const char *dot = strrchr(f->name, '.');

	for (size_t i = 0; i < sizeof ui_types / sizeof *ui_types; i++)
		if (dot != NULL && strcmp(dot, ui_types[i].ends_in) == 0)
			reply->type = ui_types[i].type;
	buf_put(&reply->body, f->bytes, f->n);
}

/* The report's files travel in the same place: only what is called ui is the live page's. */
static void
ui_file(struct span name, struct web_reply *reply)
{
	for (size_t i = 0; i < page_files_count; i++) {
		const struct data_file *f = &page_files[i];

		if (strncmp(f->name, "ui", 2) == 0 && span_is(name, f->name)) {
			ui_put_file(f, reply);
			return;
		}
	}
	ui_not_found(reply);
}

static void
ui_on_page(void *arg, const struct web_request *request, struct web_reply *reply)
{
	(void)arg;
	(void)request;
	ui_file(span_of("ui.html"), reply);
}

static void
ui_on_file(void *arg, const struct web_request *request, struct web_reply *reply)
{
	(void)arg;
	ui_file(request->behind, reply);
}

/* ---- JSON ---- */

static void
ui_on_run(void *arg, const struct web_request *request, struct web_reply *reply)
{
	const struct ui *ui = arg;

	(void)request;
	reply->type = "application/json";
	ui_json_run(&ui->cfg, &reply->body);
}

static void
ui_on_summary(void *arg, const struct web_request *request, struct web_reply *reply)
{
	struct ui *ui = arg;

	(void)request;
	ui->looked = ui->seconds + 1;
	ui->end_told = ui->now.end != NULL;
	reply->type = "application/json";
	ui_json_summary(&ui->cfg, &ui->now, &reply->body);
}

static void
ui_on_phone(void *arg, const struct web_request *request, struct web_reply *reply)
{
	const struct ui *ui = arg;
	struct board_phone *phone;
	uint64_t n;

	if (text_u64(request->behind, UINT32_MAX, &n) != 0) {
		ui_not_found(reply);
		return;
	}
	phone = mem_new(sizeof *phone);
	if (phone == NULL)
		reply->body.err = -ENOMEM;
	else if (board_phone(ui->cfg.board, (uint32_t)n, phone) != 0)
		ui_not_found(reply);
	else {
		reply->type = "application/json";
		ui_json_phone(&ui->cfg, (uint32_t)n, phone, &reply->body);
	}
	mem_free(phone);
}

/* ---- all phones ---- */

static void
ui_put_u32(struct buf *out, uint32_t v)
{
	for (unsigned shift = 0; shift < 32; shift += 8)
		buf_u8(out, (uint8_t)(v >> shift));
}

static void
ui_on_state(void *arg, const struct web_request *request, struct web_reply *reply)
{
	struct ui *ui = arg;
	uint32_t n = board_phones(ui->cfg.board);
	struct buf *out = &reply->body;
	size_t at;

	(void)request;
	reply->type = "application/octet-stream";
	ui_put_u32(out, 1);
	ui_put_u32(out, n);
	ui_put_u32(out, (uint32_t)(ui->now.since_began_us / 1000));
	ui_put_u32(out, ui->now.end != NULL);
	at = out->n;
	buf_zero(out, (size_t)n * sizeof(struct board_place));
	if (out->err == 0)
		board_places(ui->cfg.board, (struct board_place *)(void *)(out->p + at));
	/* The page asks for the figures first: who has this then has seen all of the end. */
	ui->end_seen = ui->end_told;
}

/* ---- made, told, freed ---- */

int
ui_new(const struct ui_cfg *cfg, struct ui **out)
{
	struct ui *ui = mem_new(sizeof *ui);

	if (ui == NULL)
		return -ENOMEM;
	ui->cfg = *cfg;
	ui->routes[0] = (struct web_route){ "/", ui_on_page, ui };
	ui->routes[1] = (struct web_route){ "/page/", ui_on_file, ui };
	ui->routes[2] = (struct web_route){ "/run", ui_on_run, ui };
	ui->routes[3] = (struct web_route){ "/summary", ui_on_summary, ui };
	ui->routes[4] = (struct web_route){ "/state", ui_on_state, ui };
	ui->routes[5] = (struct web_route){ "/phone/", ui_on_phone, ui };
	*out = ui;
	return 0;
}

void
ui_free(struct ui *ui)
{
	mem_free(ui);
}

const struct web_route *
ui_routes(const struct ui *ui, size_t *n_out)
{
	*n_out = UI_ROUTES;
	return ui->routes;
}

/* ---- what the run tells ---- */

static struct ui_counted
ui_count_up(const struct metrics *m, uint64_t since_us)
{
	struct ui_counted c = { .since_us = since_us,
		.started = m->phones.started,
		.ended = m->phones.arrived + m->phones.failed };

	for (size_t i = 0; i < METRICS_SERVICES; i++)
		c.bytes += m->service[i].bytes_out;
	return c;
}

/* Power that goes takes arrivals back: no rate is below nothing. */
static double
ui_rate(double to, double from, double s)
{
	return to > from && s > 0 ? (to - from) / s : 0;
}

void
ui_second(struct ui *ui, const struct metrics *m, uint64_t since_us)
{
	struct ui_counted c = ui_count_up(m, since_us), last = ui->last;
	double s = since_us > last.since_us ? (double)(since_us - last.since_us) / 1e6 : 0;

	ui->now.metrics = m;
	ui->now.since_began_us = since_us;
	ui->now.rates = (struct ui_rates){
		.started = ui_rate(c.started, last.started, s),
		.ended = ui_rate(c.ended, last.ended, s),
		.megabytes = ui_rate((double)c.bytes, (double)last.bytes, s) / 1e6,
	};
	ui->last = c;
	ui->seconds++;
}

void
ui_end(struct ui *ui, const struct report_end *end)
{
	ui->now.metrics = end->metrics;
	ui->now.since_began_us = (uint64_t)(end->wall_s * 1e6);
	ui->now.rates = (struct ui_rates){ .started = 0 };
	ui->end = (struct report_end){ .verdict = end->verdict, .wall_s = end->wall_s };
	if (end->why != NULL) {
		(void)snprintf(ui->why, sizeof ui->why, "%s", end->why);
		ui->end.why = ui->why;
	}
	ui->now.end = &ui->end;
}

bool
ui_owes_the_end(const struct ui *ui)
{
	return ui->now.end != NULL && !ui->end_seen && ui->looked > 0 &&
	    ui->seconds + 1 - ui->looked <= UI_LOOKS;
}
