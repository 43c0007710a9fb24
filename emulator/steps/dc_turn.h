/* dc_turn.h - a domain has several controllers, and one of them may be down. */
#ifndef STEPS_DC_TURN_H
#define STEPS_DC_TURN_H
#include "step.h"

/* To be called when a try with the controller begins: from the second try on facts->dc becomes
 * the next of those that DNS named.  What was learned of the last one holds for all. */
void dc_turn(struct step *);

#endif
