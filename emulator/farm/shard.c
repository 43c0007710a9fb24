/*
 * shard.c - see shard.h.  In the order of a run, but for the end: counting,
 * leaving and closing come first, then who is started when.
 */
#include "shard.h"

#include <errno.h>
#include <unistd.h>

#include "io_uv.h"
#include "shard_priv.h"

_Static_assert(METRICS_SERVICES == (int)IO_SVC_COUNT, "metrics_service[] names them all");

enum {
	SHARD_TRACE_CHUNK = 64 * 1024,
	SHARD_STARTS_FOR_US = 5000, /* then the instances that run get a turn */
	SHARD_SECOND_US = 1000000
};

static void
shard_tell(struct shard *sh, loop_fn *what)
{
	(void)loop_post(sh->common->cfg->loop, what, sh);
}

/* ---- the trace ---- */

/* Whole lines, so that the shards' chunks mix well in the one file. */
static void
shard_trace_flush(struct shard *sh)
{
	size_t at = 0;

	if (sh->trace.err != 0 && sh->trace_err == 0)
		sh->trace_err = -sh->trace.err;
	while (at < sh->trace.n && sh->trace_err == 0) {
		ssize_t n =
		    write(sh->common->cfg->trace_fd, sh->trace.p + at, sh->trace.n - at);

		if (n < 0 && errno != EINTR)
			sh->trace_err = errno;
		if (n > 0)
			at += (size_t)n;
	}
	buf_clear(&sh->trace);
}

/* ---- counting ---- */

static void
shard_count_services(struct shard *sh)
{
	const struct io_count *io = sh->world ? io_world_counts(sh->world) : NULL;

	for (size_t i = 0; io != NULL && i < METRICS_SERVICES; i++)
		sh->metrics.service[i] = (struct service_metrics){
			.requests = io[i].requests,
			.replies = io[i].replies,
			.bytes_out = io[i].bytes_out,
			.bytes_in = io[i].bytes_in,
		};
}

static void
shard_count(struct shard *sh)
{
	sh->metrics.phones = (struct phone_counts){ 0 };
	for (uint32_t i = 0; i < sh->next; i++)
		slot_count(&sh->slots[i], &sh->metrics.phones);
	shard_count_services(sh);
	sh->metrics.loop_lag_p99_ms = loop_lag_p99_ms(sh->loop);
	sh->counts = sh->metrics;
}

void
shard_on_ask_counts(void *arg)
{
	struct shard *sh = arg;

	if (sh->ending)
		return;
	shard_count(sh);
	shard_tell(sh, sh->common->on_counted);
}

/* ---- the end ---- */

static void
shard_close(struct shard *sh)
{
	sh->ending = sh->no_more = true;
	for (uint32_t i = 0; i < sh->next; i++)
		slot_judge(&sh->slots[i]);
	shard_count(sh);
	for (uint32_t i = 0; i < sh->next; i++)
		slot_close(&sh->slots[i]);
	shard_trace_flush(sh);
}

/* Closes everything, once; says so until the farm has it, and then lets the thread end. */
void
shard_on_end(void *arg)
{
	struct shard *sh = arg;

	/* The last one to leave and a kill may come in the same turn. */
	if (sh->closed_told)
		return;
	if (!sh->ending)
		shard_close(sh);
	sh->closed_told = atomic_load(&sh->common->abandoned) ||
	    loop_post(sh->common->cfg->loop, sh->common->on_closed, sh) == 0;
	if (sh->closed_told)
		loop_stop(sh->loop);
	else
		loop_timer_set(sh->end_timer, SHARD_SECOND_US / 100, 0);
}

/* Not closed here and now: we are inside the instance's own call. */
static void
shard_left(void *arg, struct slot *slot)
{
	struct shard *sh = arg;

	(void)slot;
	if (--sh->leaving == 0)
		loop_timer_set(sh->end_timer, 0, 0);
}

/* Everybody leaves; when the last has left, or time is up, all is closed. */
void
shard_on_leave(void *arg)
{
	struct shard *sh = arg;

	if (sh->ending || sh->leave_asked)
		return;
	sh->leave_asked = sh->no_more = true;
	loop_timer_set(sh->end_timer, FARM_LEAVE_MAX_US, 0);
	sh->leaving = 1; /* this loop counts as one, or it could end before its end */
	for (uint32_t i = 0; i < sh->next; i++) {
		if (sh->slots[i].instance == NULL)
			continue;
		sh->leaving++;
		slot_leave(&sh->slots[i]);
	}
	shard_left(sh, NULL);
}

/* Have all been started, and has each arrived or failed?  Said once; said again with the next
 * second if the post found no memory. */
static void
shard_say_over(struct shard *sh)
{
	if (sh->over_told || sh->over < sh->next || (!sh->no_more && sh->next < sh->n_slots))
		return;
	sh->over_told = loop_post(sh->common->cfg->loop, sh->common->on_over, sh) == 0;
}

/* ---- starting instances ---- */

static bool
shard_is_canary(const struct shard *sh, uint32_t index)
{
	return index < sh->common->cfg->guard.canary;
}

/* When is the next one meant to start?  0: it has to wait for the canaries. */
static uint64_t
shard_next_us(struct shard *sh)
{
	uint32_t index = sh->slots[sh->next].index;
	uint64_t go_us = atomic_load(&sh->common->go_us);

	if (shard_is_canary(sh, index))
		return sh->common->began_us;
	return go_us == 0 ? 0 : go_us + sh->common->cfg->start_us[index];
}

static void
shard_start_one(struct shard *sh, uint64_t intended_us, uint64_t now_us)
{
	struct slot *slot = &sh->slots[sh->next++];
	struct instance_place place = {
		.loop = sh->loop,
		.world = sh->world,
		.index = slot->index,
		.seed = sh->common->cfg->seed,
		.sink = &slot->sink,
	};
	const char *says = "an instance could not be made";

	slot->sink.run_began_us = sh->common->began_us;
	if (slot_start(slot, &place, intended_us, now_us, &says) != 0)
		sh->make_says = says;
}

/* Start whoever is due, but not longer than a turn; then set the timer for the next one. */
void
shard_on_start(void *arg)
{
	struct shard *sh = arg;
	uint64_t begin_us = loop_now_us(sh->loop), now_us = begin_us;

	while (!sh->no_more && sh->next < sh->n_slots) {
		uint64_t due_us = shard_next_us(sh);

		if (due_us == 0)
			break;
		if (due_us > now_us || now_us - begin_us > SHARD_STARTS_FOR_US) {
			uint64_t wait_us = due_us > now_us ? due_us - now_us : 0;

			loop_timer_set(sh->start_timer, wait_us, 0);
			break;
		}
		shard_start_one(sh, due_us, now_us);
		now_us = loop_now_us(sh->loop);
	}
	shard_say_over(sh);
}

/* One more canary is in; each counts once. */
static void
shard_let_in(struct shard *sh, struct slot *slot)
{
	if (!shard_is_canary(sh, slot->index) || slot->let_in)
		return;
	slot->let_in = true;
	shard_tell(sh, sh->common->on_login);
}

static void
shard_over(void *arg, struct slot *slot)
{
	struct shard *sh = arg;

	sh->over++;
	if (slot->state != INSTANCE_FAILED)
		shard_let_in(sh, slot);
	else if (shard_is_canary(sh, slot->index) && !slot->let_in)
		shard_tell(sh, sh->common->on_canary_lost);
	shard_say_over(sh);
}

/* Logins are watched in all shards at once: in a row means nobody got in between. */
static void
shard_login(void *arg, struct slot *slot, bool wrong_password)
{
	struct shard *sh = arg;
	struct shard_common *c = sh->common;

	if (!wrong_password) {
		atomic_store(&c->wrong_passwords, 0);
		shard_let_in(sh, slot);
		return;
	}
	if (atomic_fetch_add(&c->wrong_passwords, 1) + 1 == c->cfg->guard.wrong_passwords)
		shard_tell(sh, c->on_wrong_password);
}

static void
shard_traced(void *arg)
{
	struct shard *sh = arg;

	if (sh->trace.n >= SHARD_TRACE_CHUNK)
		shard_trace_flush(sh);
}

void
shard_on_second(void *arg)
{
	struct shard *sh = arg;

	shard_trace_flush(sh);
	shard_say_over(sh);
}

/* ---- its thread ---- */

void *
shard_thread(void *arg)
{
	struct shard *sh = arg;

	loop_timer_set(sh->second_timer, SHARD_SECOND_US, SHARD_SECOND_US);
	loop_timer_set(sh->start_timer, 0, 0);
	loop_run(sh->loop);
	io_world_free(sh->world);
	sh->world = NULL;
	return NULL;
}

void
shard_desk_init(struct shard *sh)
{
	sh->desk = (struct slot_desk){
		.cfg = sh->common->cfg,
		.loop = sh->loop,
		.metrics = &sh->metrics,
		.trace = sh->common->cfg->trace_fd >= 0 ? &sh->trace : NULL,
		.arg = sh,
		.traced = shard_traced,
		.over = shard_over,
		.left = shard_left,
		.login = shard_login,
	};
}
