/* test_io_lane.c - one way of one stream over a phone's own line: what has left, what is there,
 * what there is room for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "io_lane.h"
#include "io_rig.h"
#include "mem.h"

enum { MS = 1000, KIB = 1024, D = 40 * MS };

struct fixture {
	struct rig rig;
	struct io *io; /* whose line it is */
	struct io_lane lane;
	unsigned called;
};

static void
on_turn(struct io_turn *turn)
{
	struct io_lane *lane = LIST_ITEM(turn, struct io_lane, turn);

	LIST_ITEM(lane, struct fixture, lane)->called++;
}

static void
begin(struct fixture *f, struct io_link link)
{
	const struct io_phone_cfg phone = { .index = 1, .link = &link };
	struct io_world_cfg cfg = rig_cfg();

	memset(f, 0, sizeof(*f));
	rig_begin(&f->rig, &cfg);
	assert_int_equal(io_phone_new(f->rig.world, &phone, &f->io), 0);
	io_lane_init(
	    &f->lane, ((struct io_phone *)(void *)f->io)->shaper, IO_SHAPE_UP, on_turn);
}

static void
end(struct fixture *f)
{
	io_lane_done(&f->lane);
	io_phone_free(f->io);
	rig_end(&f->rig);
	assert_int_equal(mem_out(), 0);
}

/* So many bytes are said, and leave; when they are there. */
static uint64_t
leave(struct fixture *f, uint64_t now_us, const char *text, uint64_t *gave_up_us)
{
	buf_text(&f->lane.bytes, text);
	return io_lane_leave(&f->lane, now_us, (uint32_t)strlen(text), false, gave_up_us);
}

static void
pieces_are_there_one_after_the_other_and_may_be_taken_in_parts(void **state)
{
	static struct fixture f;
	uint64_t gave_up_us = IO_SHAPE_NEVER, now_us = 1000 * MS;

	(void)state;
	begin(&f, (struct io_link){ .delay_us = D });
	assert_true(io_lane_next_us(&f.lane) == IO_SHAPE_NEVER);
	assert_int_equal(leave(&f, now_us, "one", &gave_up_us), now_us + D);
	assert_int_equal(leave(&f, now_us + 5, "two", &gave_up_us), now_us + D + 5);
	assert_int_equal(io_lane_next_us(&f.lane), now_us + D);
	io_lane_land(&f.lane, now_us + D - 1);
	assert_int_equal(f.lane.there, 0);
	io_lane_land(&f.lane, now_us + D);
	assert_int_equal(f.lane.there, 3);
	assert_int_equal(f.lane.landed_us, now_us + D);
	io_lane_take(&f.lane, 2);
	assert_memory_equal(f.lane.bytes.p, "etwo", 4);
	assert_int_equal(io_lane_next_us(&f.lane), now_us + D + 5);
	io_lane_land(&f.lane, now_us + 2 * D);
	assert_int_equal(f.lane.there, 4);
	/* By the line's time, however late it is looked at. */
	assert_int_equal(f.lane.landed_us, now_us + D + 5);
	io_lane_take(&f.lane, 4);
	/* A line that is kept for hours keeps no memory. */
	assert_null(f.lane.bytes.p);
	assert_true(gave_up_us == IO_SHAPE_NEVER);
	end(&f);
}

static void
the_end_comes_behind_all_pieces(void **state)
{
	static struct fixture f;
	uint64_t gave_up_us = IO_SHAPE_NEVER, at_us;

	(void)state;
	begin(&f, (struct io_link){ .delay_us = D, .jitter_us = D });
	at_us = leave(&f, 0, "last words", &gave_up_us);
	f.lane.end_us = io_lane_leave(&f.lane, 1, 0, false, &gave_up_us);
	assert_true(f.lane.end_us >= at_us);
	io_lane_land(&f.lane, at_us - 1);
	assert_false(f.lane.ended);
	io_lane_land(&f.lane, f.lane.end_us);
	assert_true(f.lane.ended);
	assert_int_equal(f.lane.there, 10);
	assert_true(io_lane_next_us(&f.lane) == IO_SHAPE_NEVER);
	end(&f);
}

static void
room_is_a_piece_at_a_time_until_the_window_is_full(void **state)
{
	static struct fixture f;
	static uint8_t some[IO_SHAPE_PIECE];
	uint64_t gave_up_us = IO_SHAPE_NEVER;

	(void)state;
	begin(&f, (struct io_link){ .delay_us = D });
	for (int i = 0; i < IO_SHAPE_WINDOW / IO_SHAPE_PIECE; i++) {
		assert_int_equal(io_lane_room(&f.lane), IO_SHAPE_PIECE);
		buf_put(&f.lane.bytes, some, sizeof(some));
		(void)io_lane_leave(&f.lane, 0, sizeof(some), false, &gave_up_us);
	}
	assert_int_equal(io_lane_room(&f.lane), 0);
	/* There, but not taken: no room yet. */
	io_lane_land_all(&f.lane);
	assert_int_equal(f.lane.there, IO_SHAPE_WINDOW);
	assert_int_equal(io_lane_room(&f.lane), 0);
	io_lane_take(&f.lane, 2000);
	assert_int_equal(io_lane_room(&f.lane), 2000);
	assert_int_equal(f.called, 0);
	end(&f);
}

static void
many_small_pieces_fill_the_lane_too(void **state)
{
	static struct fixture f;
	uint64_t gave_up_us = IO_SHAPE_NEVER;

	(void)state;
	begin(&f, (struct io_link){ .delay_us = D });
	for (int i = 0; i < IO_LANE_PIECES; i++) {
		assert_true(io_lane_room(&f.lane) > 0);
		assert_int_equal(leave(&f, (uint64_t)i, "x", &gave_up_us), (uint64_t)i + D);
	}
	assert_int_equal(io_lane_room(&f.lane), 0);
	io_lane_land(&f.lane, D);
	assert_int_equal(f.lane.there, 1);
	assert_true(io_lane_room(&f.lane) > 0);
	(void)leave(&f, D, "y", &gave_up_us);
	io_lane_land(&f.lane, 3 * D);
	assert_int_equal(f.lane.there, IO_LANE_PIECES + 1);
	assert_int_equal(f.lane.bytes.p[IO_LANE_PIECES], 'y');
	end(&f);
}

/* Its turn is called when the wire has sent enough of what others have put on it. */
static void
without_room_on_the_wire_its_turn_comes_by_the_loop(void **state)
{
	static struct fixture f;
	struct io_shaper *shaper;
	struct io_handle *h = NULL;

	(void)state;
	begin(&f, (struct io_link){ .up_per_s = 10000000 });
	shaper = f.lane.shaper;
	/* An alarm keeps the loop going. */
	assert_int_equal(f.rig.io->ops->alarm(f.rig.io, rig_owner(&f.rig, 0), &h), 0);
	f.rig.io->ops->alarm_set(h, 900 * MS);
	shaper->shape.free_us[IO_SHAPE_UP] = io_now_us() + 600 * MS;
	assert_int_equal(io_lane_room(&f.lane), 0);
	assert_false(list_empty(&f.lane.turn.link));
	assert_int_equal(io_lane_room(&f.lane), 0);
	rig_until(&f.rig, 1);
	assert_int_equal(f.called, 1);
	assert_true(list_empty(&f.lane.turn.link));
	assert_int_equal(io_lane_room(&f.lane), IO_SHAPE_PIECE);
	end(&f);
}

static void
what_is_lost_is_taken_out_and_nothing_arrives_any_more(void **state)
{
	static struct fixture f;
	uint64_t gave_up_us = IO_SHAPE_NEVER;

	(void)state;
	begin(&f, (struct io_link){ .loss = 1 });
	assert_false(io_lane_is_dead(&f.lane));
	assert_true(leave(&f, 1 * MS, "lost", &gave_up_us) == IO_SHAPE_NEVER);
	assert_true(io_lane_is_dead(&f.lane));
	/* tcp_retries2 of Linux: more than a quarter of an hour. */
	assert_in_range(gave_up_us, 900 * UINT64_C(1000000), 930 * UINT64_C(1000000));
	assert_int_equal(f.lane.bytes.n, 0);
	assert_true(leave(&f, 2 * MS, "also", &gave_up_us) == IO_SHAPE_NEVER);
	assert_in_range(gave_up_us, 900 * UINT64_C(1000000), 930 * UINT64_C(1000000));
	assert_true(io_lane_next_us(&f.lane) == IO_SHAPE_NEVER);
	end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    pieces_are_there_one_after_the_other_and_may_be_taken_in_parts),
		cmocka_unit_test(the_end_comes_behind_all_pieces),
		cmocka_unit_test(room_is_a_piece_at_a_time_until_the_window_is_full),
		cmocka_unit_test(many_small_pieces_fill_the_lane_too),
		cmocka_unit_test(without_room_on_the_wire_its_turn_comes_by_the_loop),
		cmocka_unit_test(what_is_lost_is_taken_out_and_nothing_arrives_any_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
