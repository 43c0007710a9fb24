/* shard_make.c - a shard is made, asked by the farm, and freed.  See shard.h. */
#include <errno.h>

#include "io_uv.h"
#include "mem.h"
#include "shard_priv.h"

/* The starts of the plan that are this shard's, and who of them are canaries. */
static void
shard_plan(struct shard *sh)
{
	const struct farm_cfg *cfg = sh->common->cfg;
	uint32_t shards = sh->common->shards, n = 0;

	for (uint32_t i = 0; i < cfg->phones; i++) {
		uint32_t phone = cfg->order != NULL ? cfg->order[i] : i;

		if (phone % shards != sh->number)
			continue;
		sh->starts[n++] = (struct shard_start){ i, phone / shards };
		sh->slots[phone / shards].canary = i < cfg->guard.canary;
	}
}

/* Instance i on shard i mod shards: the first shards may have one more. */
static int
shard_make_slots(struct shard *sh)
{
	uint32_t phones = sh->common->cfg->phones, shards = sh->common->shards;
	uint32_t n = phones / shards + (sh->number < phones % shards);

	sh->slots = mem_new(n * sizeof *sh->slots);
	sh->starts = mem_new(n * sizeof *sh->starts);
	if (sh->slots == NULL || sh->starts == NULL)
		return -ENOMEM;
	sh->n_slots = n;
	for (uint32_t i = 0; i < n; i++)
		slot_init(&sh->slots[i], &sh->desk, sh->number + i * shards);
	shard_plan(sh);
	return 0;
}

/* The farm's world, cut to this shard's part. */
static int
shard_make_world(struct shard *sh, const char **err_out)
{
	struct io_world_cfg world;

	if (sh->common->cfg->world == NULL)
		return 0;
	world = *sh->common->cfg->world;
	world.shard = sh->number;
	world.shards = sh->common->shards;
	world.max_phones = sh->n_slots;
	return io_world_new(sh->loop, &world, &sh->world, err_out);
}

/* One timer each for starts, the second, the end. */
static int
shard_make_loop(struct shard *sh)
{
	int err = 0;

	if (sh->common->own_loops)
		err = loop_new(&sh->loop);
	else
		sh->loop = sh->common->cfg->loop;
	if (err == 0)
		err = loop_timer_new(sh->loop, shard_on_start, sh, &sh->start_timer);
	if (err == 0)
		err = loop_timer_new(sh->loop, shard_on_second, sh, &sh->second_timer);
	if (err == 0)
		err = loop_timer_new(sh->loop, shard_on_end, sh, &sh->end_timer);
	return err;
}

static int
shard_make_events(struct shard *sh)
{
	const struct events_cfg cfg = {
		.farm = sh->common->cfg,
		.loop = sh->loop,
		.shard = sh->number,
		.shards = sh->common->shards,
		.n_slots = sh->n_slots,
		.arg = sh,
		.power = shard_power,
		.command = shard_command,
		.turned = shard_turned,
	};

	return cfg.farm->n_events > 0 ? events_new(&cfg, &sh->events) : 0;
}

/* A shard that is half made may lack some. */
static void
shard_close_timer(struct loop_timer *timer)
{
	if (timer != NULL)
		loop_timer_close(timer);
}

int
shard_new(
    struct shard_common *common, unsigned number, struct shard **out, const char **err_out)
{
	struct shard *sh = mem_new(sizeof *sh);
	int err;

	*err_out = NULL;
	if (sh == NULL)
		return -ENOMEM;
	sh->common = common;
	sh->number = number;
	sh->metrics.n_rows = common->cfg->n_rows;
	sh->metrics.n_groups = common->cfg->n_groups;
	err = shard_make_loop(sh);
	shard_desk_init(sh);
	if (err == 0)
		err = shard_make_slots(sh);
	if (err == 0)
		err = shard_make_events(sh);
	if (err == 0)
		err = shard_make_world(sh, err_out);
	if (err != 0) {
		shard_free(sh);
		return err;
	}
	*out = sh;
	return 0;
}

int
shard_start(struct shard *sh)
{
	int err;

	if (!sh->common->own_loops) {
		shard_begin(sh);
		return 0;
	}
	err = pthread_create(&sh->thread, NULL, shard_thread, sh);
	sh->running = err == 0;
	/* pthread_create() gives its error, not errno. */
	return -err;
}

void
shard_free(struct shard *sh)
{
	if (sh == NULL)
		return;
	if (sh->running)
		(void)pthread_join(sh->thread, NULL);
	/* A thread frees its own, if it ever ran. */
	io_world_free(sh->world);
	events_free(sh->events);
	shard_close_timer(sh->start_timer);
	shard_close_timer(sh->second_timer);
	shard_close_timer(sh->end_timer);
	if (sh->common->own_loops)
		loop_free(sh->loop);
	buf_done(&sh->trace);
	mem_free(sh->starts);
	mem_free(sh->slots);
	mem_free(sh);
}

/* ---- what the farm asks ---- */

/* On the farm's loop a post would outlive a shard that has told its end. */
static int
shard_ask(struct shard *sh, loop_fn *what)
{
	if (!sh->common->own_loops && sh->closed_told)
		return 0;
	return loop_post(sh->loop, what, sh);
}

int
shard_ask_counts(struct shard *sh)
{
	return shard_ask(sh, shard_on_ask_counts);
}

int
shard_ask_go(struct shard *sh)
{
	return shard_ask(sh, shard_on_start);
}

int
shard_ask_leave(struct shard *sh)
{
	return shard_ask(sh, shard_on_leave);
}

int
shard_ask_kill(struct shard *sh)
{
	return shard_ask(sh, shard_on_end);
}

const struct metrics *
shard_counts(const struct shard *sh)
{
	return sh->common->own_loops ? &sh->counts : &sh->metrics;
}

struct shard_common *
shard_common_of(const struct shard *sh)
{
	return sh->common;
}

const char *
shard_make_says(const struct shard *sh)
{
	return sh->make_says;
}

int
shard_trace_err(const struct shard *sh)
{
	return sh->trace_err;
}
