/*
 * sim_loop.h - a loop.h loop in virtual time: the farm runs on it in the simulated world, one
 * thread, as fast as the machine can.
 */
#ifndef SIM_SIM_LOOP_H
#define SIM_SIM_LOOP_H
#include "loop.h"
#include "sim_clock.h"

/*
 * A loop on this clock, which is lent and outlives it: loop_now_us() is the clock's, and
 * loop_run() lets whatever is set on the clock happen, the world's events among the loop's own,
 * until loop_stop() or until nothing is set.  Only times, posts and timers; a descriptor,
 * signal or child on it is an assert.  0 or -ENOMEM.
 */
int sim_loop_new(struct sim_clock *, struct loop **out);

#endif
