/*
 * sim_basket.h - a way that keeps every parcel until the test lets it go, in front of servers
 * that only note what they hear.
 */
#ifndef TESTS_SIM_BASKET_H
#define TESTS_SIM_BASKET_H
#include "sim_parcel.h"
#include "sim_scene.h"

struct basket {
	struct sim_way way; /* first */
	struct list kept;
	size_t n;
};

/* A scene whose server at SCENE_SERVER is behind the basket: UDP 53, TCP 389, HTTP 80, 443. */
void scene_with(struct scene *, struct basket *, bool strict, size_t phones);
/* The one that has been kept longest. */
struct sim_parcel *basket_take(struct basket *);
/* All arrive, also those that come of it. */
void basket_let_go(struct basket *);

#endif
