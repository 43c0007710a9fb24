/* test_line_loss.c - connections that end in the middle of transactions, and signing out
 * there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "line_impl.h"
#include "line_rig.h"
#include "profile.h"

static void
ask(struct line_rig *t, int tag)
{
	assert_int_equal(line_subscribe(t->line, &line_rig_self, line_rig_owner(t), tag), 0);
}

static uint64_t
patience(const struct line_rig *t)
{
	return (uint64_t)t->profile->sip.transaction_ms * 1000;
}

/* ---- the connection goes -------------------------------------------------------------- */

static void
all_who_wait_are_told_in_the_order_they_asked_and_the_journey_last(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	t->rig.deaf = true;
	assert_int_equal(line_register(t->line, line_rig_owner(t), 5), 0);
	ask(t, 6);
	ask(t, 7);
	sip_rig_cut(&t->rig, -ETIMEDOUT);
	line_rig_run(t, SECOND);
	assert_int_equal(t->n, 3);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(t->tags[i], 5 + i);
		assert_int_equal(t->news[i], LINE_LOST);
		assert_int_equal(t->err[i], -ETIMEDOUT);
	}
	assert_int_equal(t->told_before_lost, 3);
	assert_string_equal(t->lost_detail, "errno:ETIMEDOUT");
}

static void
an_end_in_order_is_called_closed(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	t->rig.deaf = true;
	ask(t, 1);
	sip_rig_cut(&t->rig, 0);
	line_rig_run(t, SECOND);
	assert_true(t->n == 1 && t->err[0] == 0 && t->news[0] == LINE_LOST);
	assert_string_equal(t->lost_detail, "closed");
}

static void
an_error_without_a_name_is_called_unknown(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	sip_rig_cut(&t->rig, -4095);
	line_rig_run(t, SECOND);
	assert_string_equal(t->lost_detail, "errno:unknown");
}

static void
what_was_half_said_when_it_went_is_not_kept_for_the_next_connection(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	sip_rig_say(&t->rig, span_of("OPTIONS sip:a SIP/2.0\r\nVia: half a mess"));
	line_rig_run(t, SECOND);
	sip_rig_cut(&t->rig, -ECONNRESET);
	line_rig_run(t, SECOND);
	assert_int_equal(t->lost, 1);
	line_rig_connect(t);
	line_rig_sign_in(t);
	assert_int_equal(line_forged(t->line), 0);
	assert_int_equal(t->lost, 1);
}

static void
reconnect(struct line_rig *t)
{
	line_rig_open(t);
}

static void
who_waits_may_connect_again_and_the_loss_is_told_all_the_same(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	t->rig.deaf = true;
	ask(t, 1);
	t->then = reconnect;
	sip_rig_cut(&t->rig, -ECONNRESET);
	line_rig_run(t, SECOND);
	assert_int_equal(t->lost, 1);
	assert_true(line_is_up(t->line));
	t->rig.deaf = false;
	line_rig_sign_in(t);
	assert_int_equal(t->lost, 1);
}

static void
the_journey_may_connect_again_when_it_is_told(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	t->when_lost = reconnect;
	sip_rig_cut(&t->rig, -ECONNRESET);
	line_rig_run(t, SECOND);
	assert_true(line_is_up(t->line));
	line_rig_sign_in(t);
	assert_int_equal(t->lost, 1);
	assert_int_equal(t->rig.opened, 2);
}

static void
free_line(struct line_rig *t)
{
	line_free(t->line);
	t->line = NULL;
}

static void
freed_by_who_waits_the_journey_is_not_told(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	t->rig.deaf = true;
	ask(t, 1);
	t->then = free_line;
	sip_rig_cut(&t->rig, -ECONNRESET);
	line_rig_run(t, SECOND);
	assert_int_equal(t->n, 1);
	assert_int_equal(t->lost, 0);
	assert_null(t->line);
}

static void
it_may_be_freed_when_the_journey_is_told(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	t->when_lost = free_line;
	sip_rig_cut(&t->rig, -ECONNRESET);
	line_rig_run(t, SECOND);
	assert_int_equal(t->lost, 1);
	assert_null(t->line);
}

/* ---- taking a connection ----------------------------------------------------------------- */

static void
without_an_alarm_a_connection_is_not_taken(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_close(t->line);
	line_rig_open(t);
	sim_fail_open(t->f, -ENOMEM);
	line_rig_run(t, SECOND);
	sim_fail_open(t->f, 0);
	assert_false(line_is_up(t->line));
	assert_int_equal(line_register(t->line, line_rig_owner(t), 1), -ENOTCONN);
	line_rig_connect(t);
	line_rig_sign_in(t);
}

static void
a_new_connection_takes_the_place_of_the_old_one(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	t->rig.deaf = true;
	ask(t, 1);
	line_rig_connect(t);
	assert_int_equal(t->rig.opened, 2);
	assert_int_equal(t->rig.closed, 1);
	assert_false(line_is_registered(t->line));
	line_rig_run(t, 2 * patience(t));
	/* Whoever replaces it knows: nothing is told of the old one. */
	assert_int_equal(t->n, 0);
	assert_int_equal(t->lost, 0);
}

static void
nothing_is_done_to_no_line(void **state)
{
	struct line_rig *t = *state;

	line_free(NULL);
	line_rig_start(t);
	line_close(t->line);
	line_close(t->line);
	assert_false(line_is_up(t->line));
	assert_null(line_reply(t->line));
	assert_int_equal(line_refresh_after_us(t->line), 0);
	assert_int_equal(line_sign_out(t->line, line_rig_owner(t), 1), -ENOTCONN);
}

/* ---- signing out ---------------------------------------------------------------------------
 */

static void
signing_out_unregistered_only_closes(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	assert_int_equal(line_sign_out(t->line, line_rig_owner(t), 9), -ENOTCONN);
	line_rig_run(t, SECOND);
	assert_false(line_is_up(t->line));
	assert_int_equal(t->rig.closed, 1);
	assert_int_equal(t->rig.heard.n, 0);
	assert_int_equal(t->n, 0);
}

static void
signing_out_in_the_middle_of_a_register_is_not_possible_and_closes(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	assert_int_equal(line_register(t->line, line_rig_owner(t), 5), 0);
	assert_int_equal(line_sign_out(t->line, line_rig_owner(t), 9), -EBUSY);
	assert_false(line_is_up(t->line));
	line_rig_run(t, patience(t));
	assert_int_equal(t->n, 0);
}

static void
what_else_was_waiting_when_it_signed_out_is_lost(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	t->rig.from = "CSeq: 1 SUBSCRIBE";
	t->rig.to = "CSeq: 9 SUBSCRIBE";
	ask(t, 1);
	assert_int_equal(line_sign_out(t->line, line_rig_owner(t), 9), 0);
	line_rig_run(t, SECOND);
	assert_int_equal(t->n, 2);
	assert_true(t->tags[0] == 9 && t->news[0] == LINE_ANSWER && t->status[0] == 200);
	assert_true(t->tags[1] == 1 && t->news[1] == LINE_LOST && t->err[1] == 0);
	assert_int_equal(t->lost, 0);
}

static void
what_else_was_waiting_when_no_answer_came_is_lost_too(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	t->rig.deaf = true;
	assert_int_equal(line_sign_out(t->line, line_rig_owner(t), 9), 0);
	ask(t, 1);
	line_rig_run(t, patience(t));
	assert_int_equal(t->n, 2);
	assert_true(t->tags[0] == 9 && t->news[0] == LINE_SILENCE);
	assert_true(t->tags[1] == 1 && t->news[1] == LINE_LOST);
	assert_false(line_is_up(t->line));
}

static void
the_connection_lost_while_signing_out_is_told_as_a_loss(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	t->rig.deaf = true;
	assert_int_equal(line_sign_out(t->line, line_rig_owner(t), 9), 0);
	sip_rig_cut(&t->rig, -ECONNRESET);
	line_rig_run(t, SECOND);
	assert_true(t->n == 1 && t->tags[0] == 9 && t->news[0] == LINE_LOST);
	assert_int_equal(t->err[0], -ECONNRESET);
	assert_false(line_is_up(t->line));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LINE_TEST(all_who_wait_are_told_in_the_order_they_asked_and_the_journey_last),
		LINE_TEST(an_end_in_order_is_called_closed),
		LINE_TEST(an_error_without_a_name_is_called_unknown),
		LINE_TEST(what_was_half_said_when_it_went_is_not_kept_for_the_next_connection),
		LINE_TEST(who_waits_may_connect_again_and_the_loss_is_told_all_the_same),
		LINE_TEST(the_journey_may_connect_again_when_it_is_told),
		LINE_TEST(freed_by_who_waits_the_journey_is_not_told),
		LINE_TEST(it_may_be_freed_when_the_journey_is_told),
		LINE_TEST(without_an_alarm_a_connection_is_not_taken),
		LINE_TEST(a_new_connection_takes_the_place_of_the_old_one),
		LINE_TEST(nothing_is_done_to_no_line),
		LINE_TEST(signing_out_unregistered_only_closes),
		LINE_TEST(signing_out_in_the_middle_of_a_register_is_not_possible_and_closes),
		LINE_TEST(what_else_was_waiting_when_it_signed_out_is_lost),
		LINE_TEST(what_else_was_waiting_when_no_answer_came_is_lost_too),
		LINE_TEST(the_connection_lost_while_signing_out_is_told_as_a_loss),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
