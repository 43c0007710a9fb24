/* test_line_end.c - how a line ends: lost, signed out, closed by its owner, out of memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "line_impl.h"
#include "line_rig.h"
#include "mem.h"

/* ---- the end ---------------------------------------------------------------------- */

static void
a_lost_connection_is_told_to_who_waits_and_then_to_the_journey(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	t->rig.mute = true;
	assert_int_equal(line_subscribe(t->line, &line_rig_self, line_rig_owner(t), 7), 0);
	sip_rig_cut(&t->rig, -ECONNRESET);
	line_rig_run(t, SECOND);
	assert_true(t->n == 1 && t->news[0] == LINE_LOST && t->tags[0] == 7);
	assert_int_equal(t->lost, 1);
	assert_int_equal(t->lost_news, LINE_LOST);
	assert_string_equal(t->lost_detail, "errno:ECONNRESET");
	assert_int_equal(t->told_before_lost, 1);
	assert_int_equal(line_register(t->line, line_rig_owner(t), 0), -ENOTCONN);
}

static void
a_loss_before_the_registration_is_only_the_owners(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	t->rig.mute = true;
	assert_int_equal(line_register(t->line, line_rig_owner(t), 7), 0);
	assert_int_equal(line_register(t->line, line_rig_owner(t), 8), -EBUSY);
	sip_rig_cut(&t->rig, 0);
	line_rig_run(t, SECOND);
	assert_true(t->n == 1 && t->news[0] == LINE_LOST);
	assert_int_equal(t->lost, 0);
}

static void
garbage_ends_the_connection(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	sip_rig_say(&t->rig, span_of("HTTP/1.1 200 OK\r\n\r\n"));
	line_rig_run(t, SECOND);
	assert_int_equal(t->lost, 1);
	assert_string_equal(t->lost_detail, "sip:garbage");
	assert_int_equal(t->rig.closed, 1);
}

static void
who_no_longer_waits_is_not_told(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	assert_int_equal(line_register(t->line, line_rig_owner(t), 1), 0);
	line_unwait(t->line, t);
	line_rig_run(t, 100 * SECOND);
	assert_int_equal(t->n, 0);
}

static void
a_register_that_nobody_waits_for_makes_way(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	assert_int_equal(line_register(t->line, line_rig_owner(t), 1), 0);
	line_unwait(t->line, t);
	assert_int_equal(line_register(t->line, line_rig_owner(t), 2), 0);
	assert_int_equal(line_register(t->line, line_rig_owner(t), 3), -EBUSY);
	line_rig_run(t, SECOND);
	assert_int_equal(sip_rig_heard(&t->rig, "CSeq: 2 REGISTER"), 1);
	assert_true(t->n == 1 && t->tags[0] == 2 && t->status[0] == 401);
	line_rig_register(t, 4);
	assert_true(line_is_registered(t->line));
}

static void
sign_out_ends_subscriptions_and_registration(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	assert_int_equal(line_subscribe(t->line, &line_rig_self, line_rig_owner(t), 3), 0);
	line_rig_run(t, SECOND);
	t->n = 0;
	buf_clear(&t->rig.heard);

	assert_int_equal(line_sign_out(t->line, line_rig_owner(t), 9), 0);
	line_rig_run(t, SECOND);
	assert_true(t->n == 1 && t->news[0] == LINE_ANSWER && t->tags[0] == 9);
	assert_int_equal(t->status[0], 200);
	assert_int_equal(sip_rig_heard(&t->rig, "CSeq: 2 SUBSCRIBE"), 1);
	assert_int_equal(
	    sip_rig_heard(&t->rig, "SUBSCRIBE sip:fe01.contoso.com:5061;transport=tls SIP/2.0"),
	    1);
	assert_int_equal(sip_rig_heard(&t->rig, "Expires: 0\r\n"), 2);
	assert_int_equal(serve_sip_stats(t->rig.server)->registered, 0);
	assert_int_equal(serve_sip_stats(t->rig.server)->refused, 0);
	assert_false(line_is_up(t->line));
	assert_int_equal(t->lost, 0);
	assert_int_equal(line_sign_out(t->line, line_rig_owner(t), 9), -ENOTCONN);
}

static void
sign_out_does_not_wait_for_ever(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	t->rig.mute = true;
	assert_int_equal(line_sign_out(t->line, line_rig_owner(t), 9), 0);
	line_rig_run(t, 100 * SECOND);
	assert_true(t->n == 1 && t->news[0] == LINE_SILENCE);
	assert_false(line_is_up(t->line));
}

static void
free_it(struct line_rig *t)
{
	line_free(t->line);
	t->line = NULL;
}

static void
it_may_be_freed_inside_its_own_event(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	t->then = free_it;
	line_rig_register(t, 1);
	assert_null(t->line);
	assert_int_equal(t->n, 1);
}

static void
close_and_connect(struct line_rig *t)
{
	line_close(t->line);
	line_rig_open(t);
}

static void
it_may_be_closed_inside_its_own_event_and_taken_again(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	t->then = close_and_connect;
	assert_int_equal(line_subscribe(t->line, &line_rig_self, line_rig_owner(t), 3), 0);
	assert_int_equal(line_subscribe(t->line, &line_rig_self, line_rig_owner(t), 4), 0);
	line_rig_run(t, SECOND);
	assert_int_equal(t->n, 1);
	assert_true(line_is_up(t->line));
	assert_false(line_is_registered(t->line));
	assert_int_equal(t->lost, 0);
	t->n = 0;
	line_rig_sign_in(t);
	assert_int_equal(sip_rig_heard(&t->rig, "CSeq: 1 REGISTER"), 2);
}

static void
a_power_cut_leaves_nothing(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	assert_int_equal(line_subscribe(t->line, &line_rig_self, line_rig_owner(t), 3), 0);
	t->io->ops->power_cut(t->io);
	line_power_cut(t->line);
	line_rig_run(t, 1000 * SECOND);
	assert_int_equal(t->n, 0);
	assert_int_equal(t->lost, 0);
	assert_int_equal(sim_open(t->f), 0);
	assert_false(line_is_up(t->line));
}

/* Whatever allocation fails when something is sent: it is not sent, and nothing leaks. */
static void
it_survives_every_allocation_that_fails_when_it_asks(void **state)
{
	struct line_rig *t = *state;
	long n = 0;
	int err = -ENOMEM;

	line_rig_start(t);
	line_rig_register(t, 1);
	t->rig.deaf = true;
	while (err != 0) {
		mem_fail_at(++n);
		err = line_register(t->line, line_rig_owner(t), 1);
		mem_fail_at(0);
		assert_true(err == 0 || (err == -ENOMEM && t->line->sa.sa == NULL));
	}
	assert_int_equal(sip_rig_heard(&t->rig, "gssapi-data"), 0);
	t->rig.deaf = false;
	line_rig_run(t, 100 * SECOND);
	line_rig_sign_in(t);
	assert_in_range(n, 5, 60);
}

/* And when it is told something: at worst the line is lost. */
static void
it_survives_every_allocation_that_fails_when_it_hears(void **state)
{
	struct line_rig *t = *state;
	long n = 0;

	line_rig_start(t);
	while (!line_is_registered(t->line) || n < 20) {
		if (!line_is_up(t->line))
			line_rig_connect(t);
		line_rig_register(t, 1);
		assert_int_equal(line_register(t->line, line_rig_owner(t), 1), 0);
		mem_fail_at(++n);
		line_rig_run(t, SECOND);
		mem_fail_at(0);
		t->n = 0;
		if (n < 20)
			line_close(t->line);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LINE_TEST(a_lost_connection_is_told_to_who_waits_and_then_to_the_journey),
		LINE_TEST(a_loss_before_the_registration_is_only_the_owners),
		LINE_TEST(garbage_ends_the_connection),
		LINE_TEST(who_no_longer_waits_is_not_told),
		LINE_TEST(a_register_that_nobody_waits_for_makes_way),
		LINE_TEST(sign_out_ends_subscriptions_and_registration),
		LINE_TEST(sign_out_does_not_wait_for_ever),
		LINE_TEST(it_may_be_freed_inside_its_own_event),
		LINE_TEST(it_may_be_closed_inside_its_own_event_and_taken_again),
		LINE_TEST(a_power_cut_leaves_nothing),
		LINE_TEST(it_survives_every_allocation_that_fails_when_it_asks),
		LINE_TEST(it_survives_every_allocation_that_fails_when_it_hears),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
