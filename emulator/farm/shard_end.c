/* shard_end.c - a shard's accounts and its end: the trace, the counts, leaving, closing.  See
 * shard.h. */
#include <errno.h>
#include <unistd.h>

#include "io_uv.h"
#include "shard_priv.h"

_Static_assert(METRICS_SERVICES == (int)IO_SVC_COUNT, "metrics_service[] names them all");

enum { SHARD_TELL_AGAIN_US = 10000 };

/* ---- words to the farm ---- */

void
shard_tell(struct shard *sh, enum shard_word word)
{
	if (loop_post(sh->common->cfg->loop, sh->common->on[word], sh) != 0)
		sh->untold[word]++;
}

void
shard_tell_rest(struct shard *sh)
{
	for (unsigned word = 0; word < SHARD_WORDS; word++)
		for (unsigned n = sh->untold[word]; n > 0; n--) {
			sh->untold[word]--;
			shard_tell(sh, (enum shard_word)word);
		}
}

/* ---- the trace ---- */

/* Whole lines, so that the shards' chunks mix well in the one file. */
void
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
			/* What comes in at the phones went out at the server. */
			.bytes_in = io[i].bytes_out,
			.bytes_out = io[i].bytes_in,
		};
}

static void
shard_count(struct shard *sh)
{
	shard_count_services(sh);
	sh->metrics.loop_lag_p99_ms = loop_lag_p99_ms(sh->loop);
	sh->metrics.loop_lag_shard = sh->number;
	/* On one thread nothing is counted while the farm reads. */
	if (sh->common->own_loops)
		sh->counts = sh->metrics;
}

void
shard_on_ask_counts(void *arg)
{
	struct shard *sh = arg;

	if (sh->ending)
		return;
	shard_count(sh);
	shard_tell(sh, SHARD_COUNTED);
}

/* ---- the end ---- */

static void
shard_close(struct shard *sh)
{
	sh->ending = sh->no_more = true;
	if (sh->events != NULL)
		events_stop(sh->events);
	for (uint32_t i = 0; i < sh->n_slots; i++) {
		slot_judge(&sh->slots[i]);
		slot_tell(&sh->slots[i], &sh->common->phone[sh->slots[i].index]);
	}
	shard_count(sh);
	for (uint32_t i = 0; i < sh->n_slots; i++)
		slot_close(&sh->slots[i]);
	shard_trace_flush(sh);
}

/* Its thread ends; on the farm's own loop it only takes its hands off. */
static void
shard_let_go(struct shard *sh)
{
	loop_timer_stop(sh->start_timer);
	loop_timer_stop(sh->second_timer);
	loop_timer_stop(sh->end_timer);
	if (sh->common->own_loops)
		loop_stop(sh->loop);
}

/* Closes everything, once; says so until the farm has it. */
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
	    loop_post(sh->common->cfg->loop, sh->common->on[SHARD_CLOSED], sh) == 0;
	if (sh->closed_told)
		shard_let_go(sh);
	else
		loop_timer_set(sh->end_timer, SHARD_TELL_AGAIN_US, 0);
}

/* Not closed here and now: we are inside the instance's own call. */
void
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
	if (sh->events != NULL)
		events_stop(sh->events);
	loop_timer_set(sh->end_timer, FARM_LEAVE_MAX_US, 0);
	sh->leaving = 1; /* this loop counts as one, or it could end before its end */
	/* Those that have not been started are not there to leave. */
	for (uint32_t i = 0; i < sh->n_slots; i++) {
		sh->leaving++;
		if (!slot_leave(&sh->slots[i]))
			sh->leaving--;
	}
	shard_left(sh, NULL);
}

/* Have all been started, has each come to its end, and is no event to come?  Said once. */
void
shard_say_over(struct shard *sh)
{
	if (sh->over_told || sh->over < sh->next || (!sh->no_more && sh->next < sh->n_slots))
		return;
	if (sh->events != NULL && events_pending(sh->events))
		return;
	sh->over_told = true;
	shard_tell(sh, SHARD_OVER);
}
