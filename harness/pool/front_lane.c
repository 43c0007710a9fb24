/* front_lane.c - see front_lane.h. */
#include "front_lane.h"

#include <string.h>

#include "loop.h"
#include "mem.h"

void
lane_init(struct lane *lane, bool tls)
{
	*lane = (struct lane){ .sense.tls = tls };
	list_init(&lane->pieces);
}

void
lane_take(struct lane *lane, struct piece *piece)
{
	lane->queued -= piece->n;
	list_remove(&piece->link);
	mem_free(piece);
}

void
lane_done(struct lane *lane)
{
	while (!list_empty(&lane->pieces))
		lane_take(lane, LIST_ITEM(lane->pieces.next, struct piece, link));
}

struct piece *
lane_add(struct lane *lane, enum piece_kind kind, struct span bytes, uint64_t due_us)
{
	struct piece *piece = mem_new(sizeof *piece + bytes.n);

	if (piece == NULL)
		return NULL;
	if (due_us < lane->last_us)
		due_us = lane->last_us;
	lane->last_us = due_us;
	*piece = (struct piece){ .kind = kind, .due_us = due_us, .n = bytes.n };
	if (bytes.n > 0)
		memcpy(piece->bytes, bytes.p, bytes.n);
	list_init(&piece->link);
	list_add_tail(&lane->pieces, &piece->link);
	lane->queued += bytes.n;
	return piece;
}

struct piece *
lane_due(struct lane *lane, struct wire *wire)
{
	uint64_t now_us = loop_now_us(wire_loop(wire));
	struct piece *piece;

	if (list_empty(&lane->pieces))
		return NULL;
	piece = LIST_ITEM(lane->pieces.next, struct piece, link);
	if (piece->due_us <= now_us && piece->work) {
		piece->work = false;
		piece->due_us = wire_work_us(wire);
		now_us = loop_now_us(wire_loop(wire));
	}
	return piece->due_us <= now_us ? piece : NULL;
}
