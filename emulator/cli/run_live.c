/* run_live.c - see run_live.h.  Where both are wanted at one address, one server has both. */
#include "run_live.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "board.h"
#include "log.h"
#include "loop.h"
#include "mem.h"
#include "phone_id.h"
#include "prometheus.h"
#include "text.h"
#include "ui.h"
#include "web.h"

enum {
	LIVE_ROUTES = 8,
	LIVE_LOOK_US = 20000,
	LIVE_LOOKS = 100, /* so often, at the end, whether those who look on have seen it */
};

/* One server, with what it answers to. */
struct live_desk {
	struct web_route routes[LIVE_ROUTES];
	size_t n_routes;
	struct web *web;
};

struct run_live {
	struct run_live_cfg cfg;
	struct board *board;
	struct ui *ui;
	struct live_desk page, monitor;
	struct prometheus_now now;
	struct metrics *none;
	unsigned lingered;
};

/* ---- what is served ---- */

/* Of the farm's process alone; the embedded pool is another. */
static void
live_cost(struct prometheus_now *now)
{
	struct rusage use;

	if (getrusage(RUSAGE_SELF, &use) != 0)
		return;
	now->cpu_user_s = (double)use.ru_utime.tv_sec + (double)use.ru_utime.tv_usec / 1e6;
	now->cpu_sys_s = (double)use.ru_stime.tv_sec + (double)use.ru_stime.tv_usec / 1e6;
	now->max_rss_bytes = (uint64_t)use.ru_maxrss * 1024;
}

static void
live_on_metrics(void *arg, const struct web_request *request, struct web_reply *reply)
{
	struct run_live *l = arg;

	(void)request;
	if (!l->now.ended)
		live_cost(&l->now);
	reply->type = PROMETHEUS_TYPE;
	prometheus_text(&l->now, &reply->body);
}

/* A person finds the metrics. */
static void
live_on_root(void *arg, const struct web_request *request, struct web_reply *reply)
{
	(void)arg;
	(void)request;
	reply->type = "text/html; charset=utf-8";
	buf_text(&reply->body,
	    "<!doctype html><title>cx700farm</title><a href=\"/metrics\">/metrics</a>\n");
}

/* As the servers' logs know the phone. */
static void
live_who(void *arg, uint32_t phone, struct buf *out)
{
	const struct run_live *l = arg;
	char mac[TEXT_MAC_MAX];
	struct identity id;

	if (phone_id(&l->cfg.plan->phone, l->cfg.plan->seed, phone, &id) != 0)
		return;
	buf_printf(out, "%s@%s %s", id.sip_user, id.sip_domain, text_mac_str(id.mac, mac));
}

/* ---- opened ---- */

static bool
live_is_shared(const struct run_options *o)
{
	return o->ui != NULL && o->metrics != NULL && web_addr_same(&o->ui_at, &o->metrics_at);
}

static void
live_route(struct live_desk *d, const char *path, web_fn *fn, struct run_live *l)
{
	d->routes[d->n_routes++] = (struct web_route){ path, fn, l };
}

/* 0, or -errno with the complaint. */
static int
live_listen(struct run_live *l, struct live_desk *d, const char *option,
    const struct web_addr *at, struct config_error *error)
{
	const struct web_cfg cfg = {
		.loop = l->cfg.loop, .at = *at, .routes = d->routes, .n_routes = d->n_routes
	};
	int err = web_new(&cfg, &d->web);

	if (err != 0)
		(void)config_fail(error, "cx700farm", (struct mark){ 0 }, "--%s %s:%u: %s",
		    option, at->host, at->port, strerror(-err));
	return err;
}

static void
live_say(const char *what, const struct web *web, const char *path)
{
	struct buf url = { 0 };

	web_url(web, &url);
	log_line(LOG_NOTE, "cx700farm: %s: %s%s", what, buf_cstr(&url), path);
	buf_done(&url);
}

static int
live_open_ui(struct run_live *l, struct config_error *error)
{
	const struct run_options *o = l->cfg.options;
	struct ui_cfg cfg = {
		.run = l->cfg.run,
		.rehearsal = o->dry_run,
		.who = live_who,
		.arg = l,
	};
	const struct web_route *routes;
	int err = board_new(l->cfg.plan->phones, &l->board);

	cfg.board = l->board;
	if (err == 0)
		err = ui_new(&cfg, &l->ui);
	if (err != 0)
		return config_fail(
		    error, "cx700farm", (struct mark){ 0 }, "--ui: %s", strerror(-err));
	routes = ui_routes(l->ui, &l->page.n_routes);
	memcpy(l->page.routes, routes, l->page.n_routes * sizeof *routes);
	if (live_is_shared(o))
		live_route(&l->page, "/metrics", live_on_metrics, l);
	err = live_listen(l, &l->page, "ui", &o->ui_at, error);
	if (err != 0)
		return err;
	live_say("live page", l->page.web, "/");
	if (live_is_shared(o))
		live_say("metrics", l->page.web, "/metrics");
	return 0;
}

static int
live_open_metrics(struct run_live *l, struct config_error *error)
{
	int err;

	live_route(&l->monitor, "/metrics", live_on_metrics, l);
	live_route(&l->monitor, "/", live_on_root, l);
	err = live_listen(l, &l->monitor, "metrics", &l->cfg.options->metrics_at, error);
	if (err == 0)
		live_say("metrics", l->monitor.web, "/metrics");
	return err;
}

int
run_live_open(const struct run_live_cfg *cfg, struct run_live **out, struct config_error *error)
{
	const struct run_options *o = cfg->options;
	struct run_live *l;
	int err = 0;

	*out = NULL;
	if (o->ui == NULL && o->metrics == NULL)
		return 0;
	l = mem_new(sizeof *l);
	if (l == NULL)
		return config_fail(
		    error, "cx700farm", (struct mark){ 0 }, "%s", strerror(ENOMEM));
	l->cfg = *cfg;
	l->now.run = cfg->run;
	/* Until the first second is over all counts are 0. */
	l->none = mem_new(sizeof *l->none);
	l->now.metrics = l->none;
	if (l->none == NULL)
		err =
		    config_fail(error, "cx700farm", (struct mark){ 0 }, "%s", strerror(ENOMEM));
	if (err == 0 && o->ui != NULL)
		err = live_open_ui(l, error);
	if (err == 0 && o->metrics != NULL && !live_is_shared(o))
		err = live_open_metrics(l, error);
	if (err == 0)
		*out = l;
	else
		run_live_free(l);
	return err;
}

void
run_live_free(struct run_live *l)
{
	if (l == NULL)
		return;
	web_free(l->page.web);
	web_free(l->monitor.web);
	ui_free(l->ui);
	board_free(l->board);
	mem_free(l->none);
	mem_free(l);
}

/* ---- what the run tells ---- */

struct board *
run_live_board(const struct run_live *l)
{
	return l != NULL ? l->board : NULL;
}

void
run_live_second(struct run_live *l, const struct metrics *m, uint64_t since_us)
{
	if (l == NULL)
		return;
	l->now.metrics = m;
	l->now.since_began_us = since_us;
	if (l->ui != NULL)
		ui_second(l->ui, m, since_us);
}

static void
live_on_linger(void *arg)
{
	struct run_live *l = arg;

	l->lingered++;
	loop_stop(l->cfg.loop);
}

/* A page asks once a second; without this the last thing it shows would be a second old. */
static void
live_linger(struct run_live *l)
{
	struct loop_timer *timer;

	if (loop_timer_new(l->cfg.loop, live_on_linger, l, &timer) != 0)
		return;
	loop_timer_set(timer, LIVE_LOOK_US, LIVE_LOOK_US);
	while (ui_owes_the_end(l->ui) && l->lingered < LIVE_LOOKS)
		loop_run(l->cfg.loop);
	loop_timer_close(timer);
}

void
run_live_end(struct run_live *l, const struct report_end *end)
{
	if (l == NULL)
		return;
	l->now = (struct prometheus_now){
		.run = l->cfg.run,
		.metrics = end->metrics,
		.since_began_us = (uint64_t)(end->wall_s * 1e6),
		.cpu_user_s = end->cpu_user_s,
		.cpu_sys_s = end->cpu_sys_s,
		.max_rss_bytes = end->max_rss_bytes,
		.ended = true,
	};
	if (l->ui == NULL)
		return;
	ui_end(l->ui, end);
	live_linger(l);
}
