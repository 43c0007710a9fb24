/*
 * shard.c - a shard at work: who is started when, whose power goes and comes, and what the
 * guards hear of it.  See shard.h.
 */
#include "shard.h"

#include "io_uv.h"
#include "shard_priv.h"

enum {
	SHARD_TRACE_CHUNK = 64 * 1024,
	SHARD_STARTS_FOR_US = 5000, /* then the instances that run get a turn */
	SHARD_SECOND_US = 1000000
};

/* ---- starting instances ---- */

/* When is the next one meant to start?  0: it has to wait for the canaries. */
static uint64_t
shard_next_us(struct shard *sh)
{
	const struct shard_start *start = &sh->starts[sh->next];
	uint64_t go_us = atomic_load(&sh->common->go_us);

	if (sh->slots[start->slot].canary)
		return sh->common->began_us;
	return go_us == 0 ? 0 : go_us + sh->common->cfg->start_us[start->number];
}

static void
shard_start_one(struct shard *sh, uint64_t intended_us, uint64_t now_us)
{
	struct slot *slot = &sh->slots[sh->starts[sh->next++].slot];
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
	uint64_t zero_us = atomic_load(&sh->common->go_us);

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
	if (sh->events != NULL && zero_us != 0 && !sh->no_more)
		events_begin(sh->events, zero_us);
	shard_say_over(sh);
}

/* ---- power that goes and comes, and people ---- */

bool
shard_power(void *arg, uint32_t s, enum events_power power)
{
	struct shard *sh = arg;
	struct slot *slot = &sh->slots[s];

	if (!slot_has_power(slot))
		return false;
	if (power == EVENTS_ON)
		slot_on(slot);
	else
		slot_off(slot, power == EVENTS_OFF);
	return true;
}

void
shard_command(void *arg, uint32_t s, enum instance_command command)
{
	struct shard *sh = arg;

	(void)slot_command(&sh->slots[s], command);
}

void
shard_turned(void *arg)
{
	shard_say_over(arg);
}

static void
shard_did(void *arg, struct slot *slot, unsigned row)
{
	struct shard *sh = arg;

	if (sh->events != NULL)
		events_row(sh->events, (uint32_t)(slot - sh->slots), row);
}

/* ---- what the guards and the farm hear ---- */

/* One more canary is in; each counts once. */
static void
shard_let_in(struct shard *sh, struct slot *slot)
{
	if (!slot->canary || slot->let_in)
		return;
	slot->let_in = true;
	shard_tell(sh, SHARD_LOGIN);
}

static void
shard_over(void *arg, struct slot *slot)
{
	struct shard *sh = arg;

	sh->over++;
	/* A canary that is off for good before it got in keeps the others waiting for ever. */
	if (slot->state == INSTANCE_ARRIVED)
		shard_let_in(sh, slot);
	else if (slot->canary && !slot->let_in)
		shard_tell(sh, SHARD_CANARY_LOST);
	shard_say_over(sh);
}

/* Only an event at a row can still do this when the shard has said that it is over. */
static void
shard_again(void *arg, struct slot *slot)
{
	struct shard *sh = arg;

	(void)slot;
	sh->over--;
	if (!sh->over_told)
		return;
	sh->over_told = false;
	shard_tell(sh, SHARD_AGAIN);
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
		shard_tell(sh, SHARD_WRONG_PASSWORD);
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
	shard_tell_rest(sh);
	/* Should the farm's word that the canaries are in have been lost. */
	shard_on_start(sh);
}

/* ---- its thread ---- */

void
shard_begin(struct shard *sh)
{
	loop_timer_set(sh->second_timer, SHARD_SECOND_US, SHARD_SECOND_US);
	loop_timer_set(sh->start_timer, 0, 0);
}

void *
shard_thread(void *arg)
{
	struct shard *sh = arg;

	shard_begin(sh);
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
		.again = shard_again,
		.left = shard_left,
		.did = shard_did,
		.login = shard_login,
	};
}
