/* test_board.c - where each phone is and what it has tried, as somebody who looks on sees it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "mem.h"
#include "toy_farm.h"

enum { MS = 1000, SECOND = 1000 * MS, ZERO = 5 * SECOND };

static struct board *
new_board(uint32_t phones)
{
	struct board *b;

	assert_int_equal(board_new(phones, &b), 0);
	assert_int_equal(board_phones(b), phones);
	return b;
}

static void
tell(struct board *b, uint32_t phone, unsigned row, enum instance_verdict verdict, unsigned why)
{
	const struct instance_row t = {
		.row = row,
		.verdict = verdict,
		.why = why,
		.started_us = ZERO + 20 * MS,
		.ended_us = ZERO + 50 * MS + 250,
		.detail = why != 0 ? "krb:24" : NULL,
	};

	board_tell(b, phone, &t, ZERO);
}

static void
tell_chore(struct board *b, uint32_t phone, unsigned row, enum instance_verdict verdict)
{
	const struct instance_row t = {
		.row = row,
		.chore = true,
		.verdict = verdict,
		.why = verdict == INSTANCE_DONE ? 0 : 3,
		.detail = "",
	};

	board_tell(b, phone, &t, ZERO);
}

static struct board_place
place(struct board *b, uint32_t phone)
{
	struct board_place *all = calloc(board_phones(b), sizeof *all), one;

	assert_non_null(all);
	board_places(b, all);
	one = all[phone];
	free(all);
	return one;
}

static void
is_at(struct board *b, uint32_t phone, enum board_state state, unsigned row)
{
	struct board_place p = place(b, phone);

	assert_int_equal(p.state, state);
	assert_int_equal(p.row, row);
}

static void
at_first_all_wait(void **state)
{
	struct board *b = new_board(200);
	struct board_phone one;

	(void)state;
	for (uint32_t i = 0; i < 200; i += 63)
		is_at(b, i, BOARD_WAITING, 0);
	assert_int_equal(board_phone(b, 199, &one), 0);
	assert_int_equal(one.n, 0);
	assert_int_equal(one.told, 0);
	board_free(b);
	board_free(NULL);
	assert_int_equal(mem_out(), 0);
}

static void
a_phone_that_is_not_there_is_not_found_and_nothing_is_written(void **state)
{
	struct board *b = new_board(64);
	struct board_phone one = { .n = 7 };

	(void)state;
	assert_int_equal(board_phone(b, 64, &one), -ENOENT);
	assert_int_equal(board_phone(b, UINT32_MAX, &one), -ENOENT);
	assert_int_equal(one.n, 7);
	board_enter(b, 64, BOARD_FAILED, 3);
	tell(b, 64, 3, INSTANCE_DONE, 0);
	is_at(b, 63, BOARD_WAITING, 0);
	board_free(b);
}

static void
what_one_phone_does_shows_at_no_other(void **state)
{
	struct board *b = new_board(130);

	(void)state;
	board_enter(b, 64, BOARD_WALKING, 2);
	tell(b, 64, 2, INSTANCE_RETRY, 1);
	is_at(b, 63, BOARD_WAITING, 0);
	is_at(b, 64, BOARD_WALKING, 2);
	is_at(b, 65, BOARD_WAITING, 0);
	assert_int_equal(place(b, 64).lost, 1);
	assert_int_equal(place(b, 0).lost + place(b, 65).lost + place(b, 129).lost, 0);
	board_free(b);
}

static void
lost_tries_count_in_their_row_and_are_forgotten_in_the_next(void **state)
{
	struct board *b = new_board(1);

	(void)state;
	board_enter(b, 0, BOARD_WALKING, 4);
	tell(b, 0, 4, INSTANCE_RETRY, 1);
	tell(b, 0, 4, INSTANCE_RETRY, 2);
	assert_int_equal(place(b, 0).lost, 2);
	assert_int_equal(place(b, 0).why, 2);
	tell(b, 0, 4, INSTANCE_DONE, 0);
	assert_int_equal(place(b, 0).lost, 0);
	assert_int_equal(place(b, 0).why, 0);

	tell(b, 0, 4, INSTANCE_RETRY, 1);
	board_enter(b, 0, BOARD_WALKING, 5);
	assert_int_equal(place(b, 0).lost, 0);
	for (int i = 0; i < 300; i++)
		tell(b, 0, 5, INSTANCE_RETRY, 1);
	assert_int_equal(place(b, 0).lost, 255);
	board_free(b);
}

/* The farm moves a phone on with each row that ends, also with one that was not done. */
static void
a_failed_phone_is_at_the_row_it_failed_in(void **state)
{
	struct board *b = new_board(1);

	(void)state;
	board_enter(b, 0, BOARD_WALKING, 9);
	tell(b, 0, 9, INSTANCE_RETRY, 6);
	tell(b, 0, 9, INSTANCE_NOT_DONE, 6);
	board_enter(b, 0, BOARD_WALKING, 10);
	board_enter(b, 0, BOARD_FAILED, 10);
	is_at(b, 0, BOARD_FAILED, 9);
	assert_int_equal(place(b, 0).why, 6);
	assert_int_equal(place(b, 0).lost, 2);

	/* Its power comes back. */
	board_enter(b, 0, BOARD_WALKING, 0);
	is_at(b, 0, BOARD_WALKING, 0);
	assert_int_equal(place(b, 0).lost, 0);
	board_free(b);
}

static void
a_phone_that_could_not_be_made_failed_where_it_stood(void **state)
{
	struct board *b = new_board(1);

	(void)state;
	board_enter(b, 0, BOARD_FAILED, 0);
	is_at(b, 0, BOARD_FAILED, 0);
	assert_int_equal(place(b, 0).why, 0);
	board_free(b);
}

static void
a_chore_says_nothing_of_the_row_but_may_be_what_it_fails_for(void **state)
{
	struct board *b = new_board(1);

	(void)state;
	board_enter(b, 0, BOARD_WALKING, 5);
	tell(b, 0, 5, INSTANCE_RETRY, 1);
	tell_chore(b, 0, 30, INSTANCE_RETRY);
	tell_chore(b, 0, 30, INSTANCE_DONE);
	assert_int_equal(place(b, 0).lost, 1);
	assert_int_equal(place(b, 0).why, 1);

	board_enter(b, 0, BOARD_STAYING, 6);
	tell_chore(b, 0, 31, INSTANCE_NOT_DONE);
	is_at(b, 0, BOARD_STAYING, 6);
	board_enter(b, 0, BOARD_FAILED, 6);
	is_at(b, 0, BOARD_FAILED, 31);
	assert_int_equal(place(b, 0).why, 3);
	board_free(b);
}

static void
its_tries_are_told_in_their_order_with_their_times(void **state)
{
	struct board *b = new_board(2);
	struct board_phone one;

	(void)state;
	tell(b, 1, 3, INSTANCE_RETRY, 5);
	tell(b, 1, 3, INSTANCE_DONE, 0);
	tell_chore(b, 1, 30, INSTANCE_SKIPPED);
	assert_int_equal(board_phone(b, 1, &one), 0);
	assert_int_equal(one.n, 3);
	assert_int_equal(one.told, 3);
	assert_int_equal(one.tries[0].row, 3);
	assert_int_equal(one.tries[0].verdict, INSTANCE_RETRY);
	assert_int_equal(one.tries[0].why, 5);
	assert_int_equal(one.tries[0].t_ms, 20);
	assert_true(one.tries[0].ms > 30.2F && one.tries[0].ms < 30.3F);
	assert_string_equal(one.tries[0].detail, "krb:24");
	assert_false(one.tries[0].chore);
	assert_int_equal(one.tries[1].verdict, INSTANCE_DONE);
	assert_string_equal(one.tries[1].detail, "");
	assert_true(one.tries[2].chore);
	/* It began before the run's zero: not four thousand million seconds later. */
	assert_int_equal(one.tries[2].t_ms, 0);
	board_free(b);
}

static void
of_too_many_tries_the_latest_are_kept(void **state)
{
	struct board *b = new_board(1);
	struct board_phone one;

	(void)state;
	for (unsigned i = 0; i < BOARD_TRIES + 10; i++)
		tell(b, 0, i, INSTANCE_DONE, 0);
	assert_int_equal(board_phone(b, 0, &one), 0);
	assert_int_equal(one.n, BOARD_TRIES);
	assert_int_equal(one.told, BOARD_TRIES + 10);
	for (unsigned i = 0; i < BOARD_TRIES; i++)
		assert_int_equal(one.tries[i].row, i + 10);
	board_free(b);
}

static void
of_very_many_phones_fewer_tries_are_kept(void **state)
{
	struct board *b = new_board(100000);
	struct board_phone one;

	(void)state;
	for (unsigned i = 0; i < BOARD_TRIES; i++) {
		tell(b, 99998, 1, INSTANCE_DONE, 0);
		tell(b, 99999, i, INSTANCE_DONE, 0);
	}
	assert_int_equal(board_phone(b, 99999, &one), 0);
	assert_in_range(one.n, 8, BOARD_TRIES - 1);
	assert_int_equal(one.told, BOARD_TRIES);
	assert_int_equal(one.tries[one.n - 1].row, BOARD_TRIES - 1);
	assert_int_equal(one.tries[0].row, BOARD_TRIES - one.n);
	assert_int_equal(board_phone(b, 0, &one), 0);
	assert_int_equal(one.n, 0);
	board_free(b);
}

static void
told_whole(const char *detail, const char *kept)
{
	struct board *b = new_board(1);
	const struct instance_row t = { .detail = detail };
	struct board_phone one;

	board_tell(b, 0, &t, 0);
	assert_int_equal(board_phone(b, 0, &one), 0);
	assert_string_equal(one.tries[0].detail, kept);
	board_free(b);
}

static void
a_detail_that_is_too_long_ends_in_a_whole_character(void **state)
{
	char text[BOARD_DETAIL + 8] = "", kept[BOARD_DETAIL + 8] = "";

	(void)state;
	memset(text, 'x', BOARD_DETAIL - 1);
	told_whole(text, text);
	memcpy(kept, text, sizeof kept);
	text[BOARD_DETAIL - 1] = 'y';
	told_whole(text, kept);
	/* U+00E9 just at the edge: two bytes, of which one would fit. */
	memcpy(text + BOARD_DETAIL - 2, "\xc3\xa9!", 4);
	kept[BOARD_DETAIL - 2] = '\0';
	told_whole(text, kept);
	told_whole(NULL, "");
}

static void
when_memory_is_short_there_is_none(void **state)
{
	struct board *b = NULL;

	(void)state;
	for (long n = 1; n <= 4; n++) {
		mem_fail_at(n);
		assert_int_equal(board_new(10, &b), -ENOMEM);
		mem_fail_at(0);
		assert_null(b);
		assert_int_equal(mem_out(), 0);
	}
}

/* ---- written by a farm ---- */

static enum toy_fate
some_fail(const struct toy_farm *all, uint32_t index, unsigned walk)
{
	(void)all;
	(void)walk;
	if (index % 10 == 3)
		return TOY_WRONG_PASSWORD;
	if (index % 10 == 4)
		return TOY_CANNOT_BE_MADE;
	return index % 10 == 5 ? TOY_FAILS : TOY_ARRIVES;
}

static void
ended_as_fated(struct board *b, uint32_t phone)
{
	switch (phone % 10) {
	case 3:
		is_at(b, phone, BOARD_FAILED, TOY_LOGIN);
		break;
	case 4:
		is_at(b, phone, BOARD_FAILED, 0);
		break;
	case 5:
		is_at(b, phone, BOARD_FAILED, TOY_UPDATE);
		break;
	default:
		is_at(b, phone, BOARD_FINISHED, TOY_UPDATE);
	}
}

/* Each phone's last word, whichever thread it lived on. */
static void
run_on_board(struct toy_farm *all)
{
	struct board *b = new_board(all->cfg.phones);
	struct board_phone one;

	all->cfg.board = b;
	all->fate = some_fail;
	for (unsigned row = 0; row < TOY_CHORE; row++)
		all->row_us[row] = MS;
	toy_farm_run(all);
	for (uint32_t i = 0; i < all->cfg.phones; i++)
		ended_as_fated(b, i);

	assert_int_equal(board_phone(b, 13, &one), 0);
	assert_int_equal(one.n, 2);
	assert_int_equal(one.tries[1].row, TOY_LOGIN);
	assert_int_equal(one.tries[1].verdict, INSTANCE_NOT_DONE);
	assert_string_equal(one.tries[1].detail, "toy:7 gave up");
	assert_int_equal(board_phone(b, 11, &one), 0);
	assert_int_equal(one.n, TOY_CHORE);
	board_free(b);
	toy_farm_free(all);
}

static void
in_virtual_time_the_board_shows_what_became_of_each(void **state)
{
	(void)state;
	run_on_board(toy_farm_new(100));
}

static void
on_three_threads_the_board_shows_what_became_of_each(void **state)
{
	(void)state;
	run_on_board(toy_farm_new_real(200, 3));
}

static void
whose_power_is_cut_is_off_and_walks_again(void **state)
{
	const struct farm_event events[] = {
		toy_event(SCENARIO_UNPLUG, 2500 * MS, "0-1"),
		toy_event(SCENARIO_PLUG, 60 * SECOND, "1"),
	};
	struct toy_farm *all = toy_farm_ten();
	struct board *b = new_board(10);
	struct board_phone one;

	(void)state;
	all->cfg.board = b;
	toy_farm_run_with(all, events, 2);
	is_at(b, 0, BOARD_OFF, TOY_LINE - 1);
	is_at(b, 1, BOARD_FINISHED, TOY_UPDATE);
	assert_int_equal(board_phone(b, 1, &one), 0);
	assert_int_equal(one.tries[one.n - 1].row, TOY_UPDATE);
	assert_true(one.tries[one.n - 1].t_ms > 60000);
	board_free(b);
	toy_farm_free(all);
}

static void
who_no_longer_holds_at_the_end_is_signed_out(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	struct board *b = new_board(10);

	(void)state;
	all->cfg.board = b;
	all->cfg.must_hold = true;
	all->lets_down = true;
	toy_farm_run(all);
	for (uint32_t i = 0; i < 10; i++)
		is_at(b, i, BOARD_SIGNED_OUT, TOY_UPDATE);
	board_free(b);
	toy_farm_free(all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_first_all_wait),
		cmocka_unit_test(a_phone_that_is_not_there_is_not_found_and_nothing_is_written),
		cmocka_unit_test(what_one_phone_does_shows_at_no_other),
		cmocka_unit_test(lost_tries_count_in_their_row_and_are_forgotten_in_the_next),
		cmocka_unit_test(a_failed_phone_is_at_the_row_it_failed_in),
		cmocka_unit_test(a_phone_that_could_not_be_made_failed_where_it_stood),
		cmocka_unit_test(a_chore_says_nothing_of_the_row_but_may_be_what_it_fails_for),
		cmocka_unit_test(its_tries_are_told_in_their_order_with_their_times),
		cmocka_unit_test(of_too_many_tries_the_latest_are_kept),
		cmocka_unit_test(of_very_many_phones_fewer_tries_are_kept),
		cmocka_unit_test(a_detail_that_is_too_long_ends_in_a_whole_character),
		cmocka_unit_test(when_memory_is_short_there_is_none),
		cmocka_unit_test(in_virtual_time_the_board_shows_what_became_of_each),
		cmocka_unit_test(on_three_threads_the_board_shows_what_became_of_each),
		cmocka_unit_test(whose_power_is_cut_is_off_and_walks_again),
		cmocka_unit_test(who_no_longer_holds_at_the_end_is_signed_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
