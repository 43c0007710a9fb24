/*
 * person.c - the person at the phone: signs out, comes back and signs in, asks for an update;
 * see journey.h.
 *
 * Away is about the person, not the phone: it outlives a power cut, and while it lasts every
 * walk of the table ends at the row where somebody would have to type.
 */
#include "lane.h"

/* The row where the person types; the road's end if it does not lead there. */
static size_t
sign_in_row(const struct journey *j)
{
	size_t end = journey_road_end(j), i;

	for (i = 0; i < end; i++)
		if (j->cfg.table[i].gives & FACT_USER)
			break;
	return i;
}

size_t
person_road_end(const struct journey *j)
{
	return j->away ? sign_in_row(j) : journey_road_end(j);
}

/* Is it still on the rows above the sign-in, which nobody is needed for? */
static bool
walks_to_the_sign_in(const struct journey *j)
{
	const struct lane *l = &j->road;

	return l->state != LANE_RESTS && l->doing == NULL && l->rows == j->cfg.table &&
	    l->at < sign_in_row(j);
}

/* Will it be switched off and on in a moment?  Then that does the rest. */
static bool
restarts_soon(const struct journey *j)
{
	return j->state == JOURNEY_WALKING && j->again;
}

/* ---- out ----------------------------------------------------------------------- */

/* The sign-in and all that the rows from there on gave.  What is the phone's own stays: the
 * root, where updates come from, an image; and the lease, which came before. */
static uint32_t
forget_the_person(struct journey *j)
{
	const uint32_t own = FACTS_FLASH & ~(uint32_t)FACT_USER;
	uint32_t lost = 0;

	for (size_t i = sign_in_row(j); i < j->cfg.n_rows; i++)
		lost |= j->cfg.table[i].gives & ~own;
	j->facts.known &= ~lost;
	return lost;
}

/* Whatever it was doing for this person ends; the lease is kept meanwhile. */
static void
sign_out(struct journey *j)
{
	uint32_t lost = forget_the_person(j);

	lane_stop(&j->road);
	chores_drop(j, lost);
	journey_enter(j, JOURNEY_SIGNING_OUT);
	if (j->state != JOURNEY_SIGNING_OUT)
		return;
	if (!chores_sign_out(j))
		person_signed_out(j);
	chores_look(j);
}

void
journey_sign_out(struct journey *j)
{
	if (j->away || sign_in_row(j) == journey_road_end(j))
		return;
	switch (j->state) {
	case JOURNEY_OFF:
	case JOURNEY_FAILED:
	case JOURNEY_SIGNED_OUT:
	case JOURNEY_LEAVING:
	case JOURNEY_LEFT:
		break;
	case JOURNEY_SIGNING_OUT: /* and the one who wanted to sign in goes again */
		j->away = true;
		break;
	case JOURNEY_WALKING:
	case JOURNEY_STAYING:
	case JOURNEY_ARRIVED:
		j->away = true;
		if (restarts_soon(j)) {
			(void)forget_the_person(j);
		} else if (walks_to_the_sign_in(j)) {
			(void)forget_the_person(j);
			j->road.n_rows = sign_in_row(j);
		} else {
			sign_out(j);
		}
		break;
	}
}

/* ---- in ------------------------------------------------------------------------- */

static void
sign_in(struct journey *j)
{
	size_t row = sign_in_row(j);

	/* A line that was lost while the pool was told is nobody's any more. */
	lane_stop(&j->road);
	chores_drop(j, 0);
	journey_enter(j, JOURNEY_WALKING);
	if (j->state != JOURNEY_WALKING)
		return;
	if (lane_walk(&j->road, &j->cfg.table[row], journey_road_end(j) - row, NULL) != 0)
		journey_give_up(j);
}

void
person_signed_out(struct journey *j)
{
	if (restarts_soon(j))
		return;
	line_close(j->line);
	j->cfg.auth->ops->forget(j->cfg.auth);
	if (j->away)
		journey_enter(j, JOURNEY_SIGNED_OUT);
	else
		sign_in(j);
	chores_look(j);
}

void
journey_sign_in(struct journey *j)
{
	if (!j->away)
		return;
	switch (j->state) {
	case JOURNEY_OFF:
	case JOURNEY_FAILED:
	case JOURNEY_LEAVING:
	case JOURNEY_LEFT:
		break;
	case JOURNEY_STAYING: /* while somebody is away it is none of these two */
	case JOURNEY_ARRIVED:
		break;
	case JOURNEY_SIGNING_OUT: /* as soon as the pool has been told */
		j->away = false;
		break;
	case JOURNEY_WALKING:
		j->away = false;
		if (walks_to_the_sign_in(j))
			j->road.n_rows = journey_road_end(j);
		break;
	case JOURNEY_SIGNED_OUT:
		j->away = false;
		sign_in(j);
		chores_look(j);
		break;
	}
}

/* ---- an update ---------------------------------------------------------------------- */

void
journey_check_update(struct journey *j)
{
	if (j->state == JOURNEY_OFF || j->state == JOURNEY_FAILED ||
	    j->state == JOURNEY_LEAVING || j->state == JOURNEY_LEFT || !chores_know_updates(j))
		return;
	j->update_wanted = true;
	if (j->state == JOURNEY_ARRIVED)
		journey_enter(j, JOURNEY_STAYING);
	chores_look(j);
}
