/* io_shaper.c - see io_shaper.h. */
#include "io_shaper.h"

#include <errno.h>
#include <string.h>

#include "mem.h"

struct held { /* a datagram */
	struct list of_shaper;
	struct io_due due;
	struct io_shaper *shaper;
	enum io_shape_to to;
	io_held_fn *fn;
	void *arg;
	size_t n;
	uint8_t bytes[];
};

static struct io_world *
shaper_world(const struct io_shaper *shaper)
{
	return shaper->phone->world;
}

/* ---- datagrams ---- */

static void
held_free(struct held *held)
{
	struct io_world *w = shaper_world(held->shaper);

	list_remove(&held->of_shaper);
	io_due_done(w, &held->due);
	io_world_let(w);
	io_bury(w, held);
}

/* It is none of ours any more when its receiver hears of it. */
static void
held_arrive(struct held *held)
{
	struct io_world *w = shaper_world(held->shaper);

	io_turn_begin(w);
	held_free(held);
	held->fn(held->shaper->phone, held->arg, (struct span){ held->bytes, held->n });
	io_turn_end(w);
}

static void
held_on_due(struct io_due *due)
{
	held_arrive(LIST_ITEM(due, struct held, due));
}

static struct held *
held_new(struct io_world *w, size_t n)
{
	struct held *held = mem_new(sizeof(*held) + n);

	if (held == NULL)
		return NULL;
	if (io_due_init(w, &held->due, held_on_due) < 0) {
		mem_free(held);
		return NULL;
	}
	return held;
}

int
io_shaper_hold(
    struct io_shaper *shaper, enum io_shape_to to, struct span bytes, io_held_fn *fn, void *arg)
{
	struct io_world *w = shaper_world(shaper);
	uint64_t at_us =
	    io_shape_datagram(&shaper->shape, to, io_now_us(), io_shape_datagram_n(bytes.n));
	struct held *held;

	if (at_us == IO_SHAPE_NEVER)
		return 0;
	held = held_new(w, bytes.n);
	if (held == NULL && to == IO_SHAPE_UP)
		return -ENOMEM;
	if (held == NULL) {
		/* Sooner than it should, but it comes. */
		fn(shaper->phone, arg, bytes);
		return 0;
	}
	held->shaper = shaper;
	held->to = to;
	held->fn = fn;
	held->arg = arg;
	held->n = bytes.n;
	if (bytes.n > 0)
		memcpy(held->bytes, bytes.p, bytes.n);
	list_add_tail(&shaper->held, &held->of_shaper);
	/* What has left goes out, even if its handle is closed: the loop has to wait for it. */
	io_world_hold(w);
	io_due_set(w, &held->due, at_us);
	return 0;
}

/* The first of this arg behind `after`, which is a link of the list or its head. */
static struct held *
held_next(const struct io_shaper *shaper, const struct list *after, enum io_shape_to to,
    const void *arg)
{
	for (const struct list *link = after->next; link != &shaper->held; link = link->next) {
		struct held *held = LIST_ITEM(link, struct held, of_shaper);

		if (held->to == to && (held->arg == arg || arg == NULL))
			return held;
	}
	return NULL;
}

bool
io_shaper_holds(const struct io_shaper *shaper, enum io_shape_to to, const void *arg)
{
	return held_next(shaper, &shaper->held, to, arg) != NULL;
}

void
io_shaper_drop(struct io_shaper *shaper, enum io_shape_to to, const void *arg)
{
	struct held *held;

	while ((held = held_next(shaper, &shaper->held, to, arg)) != NULL)
		held_free(held);
}

void
io_shaper_hurry(struct io_shaper *shaper, const void *arg)
{
	struct held *held;

	while ((held = held_next(shaper, &shaper->held, IO_SHAPE_UP, arg)) != NULL)
		held_arrive(held);
}

void
io_shaper_cut(struct io_shaper *shaper)
{
	io_shaper_hurry(shaper, NULL);
	io_shaper_drop(shaper, IO_SHAPE_DOWN, NULL);
	io_shape_rest(&shaper->shape);
}

/* ---- turns ---- */

static uint64_t
side_room(const struct io_shaper_side *side)
{
	return io_shape_room(&side->shaper->shape, side->to, io_now_us());
}

static void
side_wait(struct io_shaper_side *side)
{
	if (!list_empty(&side->turns))
		io_due_set(shaper_world(side->shaper), &side->room,
		    io_shape_room_us(&side->shaper->shape, side->to));
}

/* One piece each, around and around, until the wire has enough. */
static void
side_on_room(struct io_due *due)
{
	struct io_shaper_side *side = LIST_ITEM(due, struct io_shaper_side, room);

	while (!list_empty(&side->turns) && side_room(side) > 0) {
		struct io_turn *turn = LIST_ITEM(side->turns.next, struct io_turn, link);

		list_remove(&turn->link);
		side->called = turn;
		turn->go(turn);
		side->called = NULL;
	}
	side_wait(side);
}

uint64_t
io_shaper_room(struct io_shaper *shaper, enum io_shape_to to, struct io_turn *turn)
{
	struct io_shaper_side *side = &shaper->side[to];
	bool mine = list_empty(&side->turns) || side->called == turn;
	uint64_t room = mine ? side_room(side) : 0;

	/* One piece; then it is another's turn. */
	side->called = NULL;
	if (room > 0 || !list_empty(&turn->link))
		return room;
	list_add_tail(&side->turns, &turn->link);
	side_wait(side);
	return 0;
}

/* ---- birth and end ---- */

int
io_shaper_new(struct io_phone *phone, const struct io_link *link, uint64_t seed)
{
	struct io_shaper *shaper = mem_new(sizeof(*shaper));

	if (shaper == NULL)
		return -ENOMEM;
	shaper->phone = phone;
	io_shape_init(&shaper->shape, link, seed, phone->index);
	list_init(&shaper->held);
	for (int to = 0; to < IO_SHAPER_WAYS; to++) {
		struct io_shaper_side *side = &shaper->side[to];

		side->shaper = shaper;
		side->to = (enum io_shape_to)to;
		list_init(&side->turns);
		if (io_due_init(phone->world, &side->room, side_on_room) < 0) {
			io_shaper_free(shaper);
			return -ENOMEM;
		}
	}
	phone->shaper = shaper;
	return 0;
}

void
io_shaper_free(struct io_shaper *shaper)
{
	if (shaper == NULL)
		return;
	for (int to = 0; to < IO_SHAPER_WAYS; to++)
		io_due_done(shaper_world(shaper), &shaper->side[to].room);
	/* Its phone may be freed within what the line brings just now. */
	io_bury(shaper_world(shaper), shaper);
}
