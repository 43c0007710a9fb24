/* dc_turn.c - see dc_turn.h. */
#include "dc_turn.h"

void
dc_turn(struct step *s)
{
	struct facts *f = s->facts;

	/* The first try stays with the controller that served the rows before. */
	if (s->attempt < 2 || f->n_dcs < 2)
		return;
	f->dc_at = (uint8_t)((f->dc_at + 1) % f->n_dcs);
	f->dc = f->dcs[f->dc_at];
}
