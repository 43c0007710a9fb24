/*
 * sim_clock.h - virtual time: a heap of events.  Time stands still while an event runs and
 * jumps to the next when it is over, so that a run takes no longer than its work.
 *
 * Events of the same microsecond happen in the order in which they were set: the same
 * calls give the same history, on every machine.
 */
#ifndef SIM_SIM_CLOCK_H
#define SIM_SIM_CLOCK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sim_clock;
typedef void sim_event_fn(void *arg);

/* Something that is to happen; embedded in its owner.  fn and arg are the owner's to fill in,
 * the rest is the clock's.  Zeroed memory is one that is not set. */
struct sim_event {
	size_t place; /* in the heap, from 1; 0: not set */
	bool held;    /* its place is kept for it */
	uint64_t at_us;
	sim_event_fn *fn;
	void *arg;
};

/* Time 0.  0 or -ENOMEM. */
int sim_clock_new(struct sim_clock **out);
/* Events that are still set are forgotten; they stay their owners'.  NULL is fine. */
void sim_clock_free(struct sim_clock *);

/* Microseconds since it began. */
uint64_t sim_clock_us(const struct sim_clock *);

/* Call ev->fn(ev->arg) after so long (0: next, after what is due now already).  One that is set
 * is moved.  0 or -ENOMEM; then it is as it was. */
int sim_clock_set(struct sim_clock *, struct sim_event *, uint64_t after_us);
/* It does not happen; one that is not set stays so. */
void sim_clock_unset(struct sim_clock *, struct sim_event *);

/* Keep a place for it, so that setting it cannot fail: 0 or -ENOMEM.  Unset it and give the
 * place back; one that is not held is only unset. */
int sim_clock_hold(struct sim_clock *, struct sim_event *);
void sim_clock_let(struct sim_clock *, struct sim_event *);

/*
 * Let the next event happen if it is due by then; it is not set any more when its function is
 * called, which may set it again.  false: none was; if there are later ones it is now until_us,
 * if there are none time stands where it stood.
 */
bool sim_clock_step(struct sim_clock *, uint64_t until_us);

/* Is nothing set? */
bool sim_clock_idle(const struct sim_clock *);
/* When the next event is due; UINT64_MAX: none is set. */
uint64_t sim_clock_next_us(const struct sim_clock *);

#endif
