/*
 * toy_steps.h - steps that do what a test's script says, to try the runner.
 *
 * Four steps, toy_a to toy_d; each reads its own script, a string of moves, one
 * a try, of which the last is repeated:
 *	d done   s skip   f fail (server_error)   t fail (tls)   r retry (reset)
 *	w wait for ever   u ask 127.0.0.1:9 by UDP, done when it answers
 *	a done by an alarm after 10 s    n retry, not before 100 s from now    o retry at once
 *	h open a stream to 127.0.0.1:9 and hold it, done when up
 *	l let the held connection go, retry
 *	k done if a connection is held, else retry
 */
#ifndef TESTS_TOY_STEPS_H
#define TESTS_TOY_STEPS_H
#include "fake_phone.h"

enum { TOYS = 4 };

struct toys {
	const char *script[TOYS];
	unsigned begun[TOYS], cancelled[TOYS], events[TOYS];
	uint64_t began_us[TOYS][16]; /* when its tries began */
};

extern const struct step_ops toy_a, toy_b, toy_c, toy_d;

/* A phone whose toys follow this script; it has an address. */
struct fake_phone *toy_phone(struct toys *);

#endif
