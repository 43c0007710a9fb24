/* io_lane.c - see io_lane.h. */
#include "io_lane.h"

void
io_lane_init(struct io_lane *lane, struct io_shaper *shaper, enum io_shape_to to,
    void (*go)(struct io_turn *))
{
	*lane = (struct io_lane){ .shaper = shaper, .to = to, .end_us = IO_SHAPE_NEVER };
	list_init(&lane->turn.link);
	lane->turn.go = go;
}

void
io_lane_done(struct io_lane *lane)
{
	list_remove(&lane->turn.link);
	buf_done(&lane->bytes);
}

bool
io_lane_is_dead(const struct io_lane *lane)
{
	return lane->flow.last_us == IO_SHAPE_NEVER;
}

static uint64_t
lane_smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

size_t
io_lane_room(struct io_lane *lane)
{
	uint64_t window, room;

	/* Nobody waits for a turn that he cannot use. */
	if (lane->bytes.n + IO_SHAPE_MSS > IO_SHAPE_WINDOW || lane->n_pieces == IO_LANE_PIECES)
		return 0;
	room = io_shaper_room(lane->shaper, lane->to, &lane->turn);
	window = IO_SHAPE_WINDOW - lane->bytes.n;
	return (size_t)lane_smaller(lane_smaller(room, window), IO_SHAPE_PIECE);
}

uint64_t
io_lane_leave(struct io_lane *lane, uint64_t now_us, uint32_t n, bool syn, uint64_t *gave_up_us)
{
	const struct io_shape_piece piece = { .to = lane->to,
		.wire_n = io_shape_stream_n(n),
		.packets = io_shape_packets(n),
		.handshakes = syn };
	uint64_t at_us;

	if (!io_shape_piece(&lane->shaper->shape, now_us, &piece, &lane->flow, &at_us)) {
		*gave_up_us = lane_smaller(*gave_up_us, at_us);
		lane->bytes.n -= n;
		return IO_SHAPE_NEVER;
	}
	if (n > 0)
		lane->piece[(lane->first + lane->n_pieces++) % IO_LANE_PIECES] =
		    (struct io_piece){ at_us, n };
	return at_us;
}

uint64_t
io_lane_next_us(const struct io_lane *lane)
{
	if (lane->n_pieces > 0)
		return lane->piece[lane->first].at_us;
	return lane->ended ? IO_SHAPE_NEVER : lane->end_us;
}

void
io_lane_land(struct io_lane *lane, uint64_t now_us)
{
	while (lane->n_pieces > 0 && lane->piece[lane->first].at_us <= now_us) {
		lane->there += lane->piece[lane->first].n;
		lane->landed_us = lane->piece[lane->first].at_us;
		lane->first = (lane->first + 1) % IO_LANE_PIECES;
		lane->n_pieces--;
	}
	lane->ended = lane->end_us <= now_us;
}

void
io_lane_land_all(struct io_lane *lane)
{
	lane->there = lane->bytes.n;
	lane->n_pieces = 0;
}

void
io_lane_take(struct io_lane *lane, size_t n)
{
	buf_eat(&lane->bytes, n);
	lane->there -= n;
	/* A line that is kept for hours keeps no memory for what it carried. */
	if (lane->bytes.n == 0)
		buf_done(&lane->bytes);
}
