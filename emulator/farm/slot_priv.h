/* slot_priv.h - what slot.c (what is done with a slot) and slot_told.c (what its instance
 * tells) share. */
#ifndef FARM_SLOT_PRIV_H
#define FARM_SLOT_PRIV_H
#include "slot.h"

/* What its instance tells comes here. */
extern const struct instance_sink_ops slot_sink_ops;

/* One more where it is, or (by UINT32_MAX) one less. */
void slot_count(const struct slot *, uint32_t by);

/* For whoever looks on at the board. */
void slot_show(const struct slot *);

/* It is there and so from now on: counted and shown. */
void slot_enter(struct slot *, enum instance_state, unsigned row);

/* It has come to its end; and not so any more.  The desk hears of changes only. */
void slot_over(struct slot *);
void slot_again(struct slot *);

#endif
