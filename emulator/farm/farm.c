/* farm.c - see farm.h. */
#include "farm.h"

#include <errno.h>

#include "loop.h"
#include "mem.h"
#include "shard.h"

enum { FARM_SECOND_US = 1000000 };

/* The threads start a moment after the run's zero is set, so that none of them begins late. */
enum { FARM_LEAD_US = 20000 };

struct farm {
	struct farm_cfg cfg;
	struct shard_common common;
	struct shard **shards;
	struct loop_timer *second_timer;
	unsigned uncounted, over, closed; /* shards */
	uint32_t logins;                  /* of canaries */
	bool leaving, killing;            /* shards are to leave; to close at once */
	bool asked;                       /* all have been asked to */
	struct metrics metrics;
	struct farm_end end;
};

/* Posts bring the shard that posted; the farm is found by what shards have in common. */
static struct farm *
farm_of(void *shard)
{
	return shard_common_of(shard)->farm;
}

/* How many shards will hear of it: all, but for lack of memory. */
static unsigned
farm_ask_all(struct farm *f, int (*ask)(struct shard *))
{
	unsigned asked = 0;

	for (unsigned i = 0; i < f->common.shards; i++)
		asked += ask(f->shards[i]) == 0;
	return asked;
}

/* 0 before the beginning, which lies a moment ahead when the threads start. */
static uint64_t
farm_since_us(const struct farm *f)
{
	uint64_t now_us = loop_now_us(f->cfg.loop);

	return now_us > f->common.began_us ? now_us - f->common.began_us : 0;
}

/* From zero: the shards' counts are totals since the beginning.  Those of a single one are the
 * whole already. */
static const struct metrics *
farm_add_up(struct farm *f)
{
	if (f->common.shards == 1)
		return shard_counts(f->shards[0]);
	f->metrics = (struct metrics){ .n_rows = f->cfg.n_rows, .n_groups = f->cfg.n_groups };
	for (unsigned i = 0; i < f->common.shards; i++)
		metrics_merge(&f->metrics, shard_counts(f->shards[i]));
	return &f->metrics;
}

/* The end is asked for: whom lack of memory kept from hearing of it is asked again. */
static void
farm_ask_end(struct farm *f)
{
	unsigned asked = farm_ask_all(f, f->killing ? shard_ask_kill : shard_ask_leave);

	f->asked = asked == f->common.shards;
}

/* ---- once a second ---- */

static void
farm_on_second(void *arg)
{
	struct farm *f = arg;

	/* Not while the last second's answers are still awaited. */
	if (!f->leaving && f->uncounted == 0)
		f->uncounted = farm_ask_all(f, shard_ask_counts);
	if (f->leaving && !f->asked)
		farm_ask_end(f);
}

/* While shards leave they may be at their last counts: those are read when all have closed. */
static void
farm_on_counted(void *shard)
{
	struct farm *f = farm_of(shard);

	if (--f->uncounted > 0 || f->leaving)
		return;
	if (f->cfg.on_second != NULL)
		f->cfg.on_second(f->cfg.arg, farm_add_up(f), farm_since_us(f));
}

/* ---- the end ---- */

/* The run's time ends here: leaving is not part of it. */
static void
farm_leave(struct farm *f)
{
	if (f->leaving)
		return;
	f->leaving = true;
	f->end.wall_s = (double)farm_since_us(f) / 1e6;
	farm_ask_end(f);
}

/* All have arrived or failed: nothing is left to wait for. */
static void
farm_on_over(void *shard)
{
	struct farm *f = farm_of(shard);

	if (++f->over == f->common.shards)
		farm_leave(f);
}

/* If the last word of another shard came first, the farm leaves all the same. */
static void
farm_on_again(void *shard)
{
	farm_of(shard)->over--;
}

static void
farm_on_closed(void *shard)
{
	struct farm *f = farm_of(shard);

	if (++f->closed < f->common.shards)
		return;
	loop_timer_stop(f->second_timer);
	/* Their last counts: nobody writes them any more. */
	f->end.metrics = farm_add_up(f);
	f->end.phone = f->common.phone;
	for (unsigned i = 0; i < f->common.shards; i++) {
		if (shard_make_says(f->shards[i]) != NULL)
			f->end.make_says = shard_make_says(f->shards[i]);
		if (shard_trace_err(f->shards[i]) != 0)
			f->end.trace_err = shard_trace_err(f->shards[i]);
	}
	f->cfg.on_end(f->cfg.arg);
}

/* ---- the guards ---- */

/* All canaries are in: from here on the plan's clock runs for the others. */
static void
farm_on_login(void *shard)
{
	struct farm *f = farm_of(shard);

	/* Later logins, and those after the gate is open, change nothing. */
	if (atomic_load(&f->common.go_us) != 0 || ++f->logins < f->cfg.guard.canary)
		return;
	atomic_store(&f->common.go_us, loop_now_us(f->cfg.loop) + FARM_LEAD_US);
	(void)farm_ask_all(f, shard_ask_go);
}

/* One lost canary is enough: the rest would only fail as it did. */
static void
farm_on_canary_lost(void *shard)
{
	struct farm *f = farm_of(shard);

	if (atomic_load(&f->common.go_us) != 0)
		return;
	f->end.guard_says = "the canary did not get in, so nobody else was started";
	farm_leave(f);
}

/* Each would count against its account's lock-out at the KDC. */
static void
farm_on_wrong_password(void *shard)
{
	struct farm *f = farm_of(shard);

	f->end.guard_says = "too many wrong passwords in a row: stopped before accounts lock";
	farm_leave(f);
}

/* ---- from outside ---- */

int
farm_new(const struct farm_cfg *cfg, struct farm **out, const char **err_out)
{
	struct farm *f = mem_new(sizeof *f);
	int err = 0;

	*err_out = NULL;
	if (f == NULL)
		return -ENOMEM;
	f->cfg = *cfg;
	/* No more canaries than phones, no thread without a phone. */
	if (f->cfg.guard.canary > f->cfg.phones)
		f->cfg.guard.canary = f->cfg.phones;
	if (f->cfg.threads > f->cfg.phones)
		f->cfg.threads = f->cfg.phones;
	f->common = (struct shard_common){
		.cfg = &f->cfg,
		.shards = f->cfg.threads > 0 ? f->cfg.threads : 1,
		.own_loops = f->cfg.threads > 0,
		.on[SHARD_COUNTED] = farm_on_counted,
		.on[SHARD_OVER] = farm_on_over,
		.on[SHARD_AGAIN] = farm_on_again,
		.on[SHARD_LOGIN] = farm_on_login,
		.on[SHARD_CANARY_LOST] = farm_on_canary_lost,
		.on[SHARD_WRONG_PASSWORD] = farm_on_wrong_password,
		.on[SHARD_CLOSED] = farm_on_closed,
		.farm = f,
	};
	f->shards = mem_new(f->common.shards * sizeof *f->shards);
	f->common.phone = mem_new(f->cfg.phones * sizeof *f->common.phone);
	if (f->shards == NULL || f->common.phone == NULL)
		err = -ENOMEM;
	if (err == 0)
		err = loop_timer_new(f->cfg.loop, farm_on_second, f, &f->second_timer);
	/* In the order of the shards, as io_world_new() wants it. */
	for (unsigned i = 0; err == 0 && i < f->common.shards; i++)
		err = shard_new(&f->common, i, &f->shards[i], err_out);
	if (err != 0) {
		farm_free(f);
		return err;
	}
	*out = f;
	return 0;
}

int
farm_start(struct farm *f)
{
	uint64_t began_us = loop_now_us(f->cfg.loop) + FARM_LEAD_US;
	int err = 0;

	f->common.began_us = began_us;
	/* Without canaries the gate is open from the beginning. */
	if (f->cfg.guard.canary == 0)
		atomic_store(&f->common.go_us, began_us);
	for (unsigned i = 0; err == 0 && i < f->common.shards; i++)
		err = shard_start(f->shards[i]);
	if (err == 0)
		loop_timer_set(f->second_timer, FARM_SECOND_US, FARM_SECOND_US);
	if (err != 0) {
		/* Threads that did start end by themselves; farm_free() waits for them. */
		atomic_store(&f->common.abandoned, true);
		(void)farm_ask_all(f, shard_ask_kill);
	}
	return err;
}

void
farm_drain(struct farm *f)
{
	f->end.drained = true;
	farm_leave(f);
}

void
farm_kill(struct farm *f)
{
	f->end.drained = true;
	/* A second Ctrl-C does not move the moment at which the run ended. */
	if (!f->leaving)
		f->end.wall_s = (double)farm_since_us(f) / 1e6;
	f->leaving = f->killing = true;
	farm_ask_end(f);
}

const struct farm_end *
farm_result(const struct farm *f)
{
	return &f->end;
}

void
farm_free(struct farm *f)
{
	if (f == NULL)
		return;
	for (unsigned i = 0; f->shards != NULL && i < f->common.shards; i++)
		shard_free(f->shards[i]);
	if (f->second_timer != NULL)
		loop_timer_close(f->second_timer);
	mem_free(f->common.phone);
	mem_free(f->shards);
	mem_free(f);
}
