/* front_priv.h - a front from inside: front.c listens, front_pair.c has the connections. */
#ifndef POOL_FRONT_PRIV_H
#define POOL_FRONT_PRIV_H
#include "front.h"
#include "front_sense.h"

struct front {
	struct front_cfg cfg;
	struct loop *loop;
	int fd; /* -1: nobody listens */
	struct loop_watch *watch;
	struct loop_timer *again; /* to accept, when there were no descriptors */
	struct list pairs;
	size_t n_pairs;
};

struct pair;

/* A phone has connected; the descriptor is the pair's. */
void pair_open(struct front *, int fd_take, const struct sock_peer *);

/* It is over; the phone gets a reset, or an end like others. */
void pair_close(struct pair *, bool reset);

/* The pair with this link of front.pairs. */
struct pair *pair_of(struct list *);

#endif
