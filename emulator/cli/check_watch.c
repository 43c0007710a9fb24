/* check_watch.c - see check_watch.h. */
#include "check_watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "loop.h"

enum { WATCH_LINES_MAX = 1 << 20 };

static struct check_watch *
watch_of(struct instance_sink *sink)
{
	return (
	    struct check_watch *)(void *)((char *)sink - offsetof(struct check_watch, sink));
}

/* ---- rows -------------------------------------------------------------------------------- */

/* Kept, and told to whoever prints. */
static void
watch_keep(void *arg, json_t *row_take)
{
	struct check_watch *w = arg;

	/* A row that is missing might be the one that matters. */
	if (json_array_append(w->rows, row_take) == 0)
		w->told(w->arg, row_take);
	else
		w->failed = "no memory for a row";
	json_decref(row_take);
}

/* A try that is lost leaves no line, but what was wrong with it may be all there is to know. */
static void
watch_lost(struct check_watch *w, const char *number, const char *detail)
{
	json_t *list = json_object_get(w->lost, number);

	if (list == NULL) {
		(void)json_object_set_new(w->lost, number, json_array());
		list = json_object_get(w->lost, number);
	}
	(void)json_array_append_new(list, json_string(detail));
}

/* The line of a row that has ended, with its lost tries. */
static void
watch_ended(struct check_watch *w, const char *number)
{
	json_t *row = json_loadb((const char *)w->line.p, w->line.n, 0, NULL);

	if (row == NULL) {
		w->failed = "no memory for a row";
		return;
	}
	(void)json_object_set(row, "lost", json_object_get(w->lost, number));
	(void)json_object_del(w->lost, number);
	watch_keep(w, row);
}

static void
watch_on_row(struct instance_sink *sink, const struct instance_row *told)
{
	struct check_watch *w = watch_of(sink);
	char number[16];

	(void)snprintf(number, sizeof number, "%u", told->row);
	if (w->line.n > 0)
		watch_ended(w, number);
	else if (told->detail != NULL)
		watch_lost(w, number, told->detail);
	buf_span(&w->lines, buf_bytes(&w->line));
	buf_clear(&w->line);
	w->farm->ops->row(w->farm, told);
}

static struct buf *
watch_trace(struct instance_sink *sink)
{
	return &watch_of(sink)->line;
}

/* ---- the end: what the TLS servers choose -------------------------------------------------
 */

static void
watch_target(struct check_hello *hello, const struct facts_target *t)
{
	struct check_target *to = &hello->target[hello->n++];

	(void)snprintf(to->name, sizeof to->name, "%s", t->name);
	to->to = (struct io_addr){ t->ip, t->port };
}

static void
watch_on_asked(void *arg)
{
	struct check_watch *w = arg;

	w->farm->ops->state(w->farm, w->held);
}

/* The time that the phone was given, and this machine's: a row of its own. */
static void
watch_clocks(struct check_watch *w, const struct facts *f)
{
	int64_t phone_us = f->clock_offset_us + (int64_t)w->hello.io->ops->now_us(w->hello.io);
	long long s = (long long)((phone_us - loop_wall_us()) / 1000000);
	long long off_s = llabs(s);
	char text[64];

	(void)snprintf(text, sizeof text, "%lld min %lld s %s", off_s / 60, off_s % 60,
	    s < 0 ? "behind" : "ahead of");
	watch_keep(w,
	    json_pack("{s:i, s:s, s:n, s:i, s:s, s:n, s:s, s:{s:I, s:s}}", "phone", 0, "step",
		"clock_compare", "guide", "try", 1, "verdict", "done", "why", "detail", "",
		"seen", "clock_off_s", (json_int_t)off_s, "clock_off", text));
}

/* It has learned where they are; only those that it knows are asked. */
static void
watch_ask(struct check_watch *w)
{
	const struct facts *f = phone_facts(w->instance);
	struct check_hello *hello = &w->hello;

	w->asked = true;
	hello->io = phone_io(w->instance);
	hello->ssl2 = w->ssl2;
	hello->wall_us = f->clock_offset_us;
	hello->zero_us = w->sink.run_began_us;
	hello->on_row = watch_keep;
	hello->on_end = watch_on_asked;
	hello->arg = w;
	if (facts_know(f, FACT_CLOCK))
		watch_clocks(w, f);
	if (facts_know(f, FACT_POOL | FACT_ADDRESS))
		watch_target(hello, &f->pool[f->pool_at]);
	if (facts_know(f, FACT_CAS | FACT_ADDRESS))
		watch_target(hello, &f->cas);
	check_hello_start(hello);
}

static void
watch_on_state(struct instance_sink *sink, enum instance_state state)
{
	struct check_watch *w = watch_of(sink);
	bool ends = state == INSTANCE_ARRIVED || state == INSTANCE_FAILED;

	w->arrived |= state == INSTANCE_ARRIVED;
	if (!ends || w->asked) {
		w->farm->ops->state(w->farm, state);
		return;
	}
	w->held = state;
	watch_ask(w);
}

static void
watch_on_restart(struct instance_sink *sink)
{
	struct check_watch *w = watch_of(sink);

	w->farm->ops->restart(w->farm);
}

/* ---- the phone ------------------------------------------------------------------------------
 */

int
check_watch_make(
    void *arg, const struct instance_place *place, struct instance **out, const char **err_out)
{
	static const struct instance_sink_ops ops = {
		.row = watch_on_row,
		.state = watch_on_state,
		.restart = watch_on_restart,
		.trace = watch_trace,
	};
	struct check_watch *w = arg;
	struct instance_place mine = *place;
	int err;

	w->farm = place->sink;
	w->sink = (struct instance_sink){ &ops, place->sink->run_began_us };
	buf_init(&w->lines, WATCH_LINES_MAX);
	w->rows = json_array();
	w->lost = json_object();
	mine.sink = &w->sink;
	w->told(w->arg, NULL);
	err = phone_make(w->phone, &mine, out, err_out);
	if (err != 0)
		w->failed = *err_out;
	else
		w->instance = *out;
	return err;
}

/* The phone is gone, and with its world whatever was open in it. */
void
check_watch_done(struct check_watch *w)
{
	buf_done(&w->hello.got);
	buf_done(&w->line);
	buf_done(&w->lines);
	json_decref(w->rows);
	json_decref(w->lost);
	w->rows = w->lost = NULL;
}
