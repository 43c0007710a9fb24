/* test_line_call.c - transactions of the line that are answered late, wrongly or never. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

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

/* ---- silence ------------------------------------------------------------------------- */

static void
silence_is_told_to_each_when_his_own_time_is_over(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	t->rig.deaf = true;
	ask(t, 1);
	line_rig_run(t, 3 * SECOND);
	ask(t, 2);
	ask(t, 3);
	line_rig_run(t, patience(t) - 3 * SECOND - 1);
	assert_int_equal(t->n, 0);
	line_rig_run(t, 1);
	assert_int_equal(t->n, 1);
	assert_true(t->news[0] == LINE_SILENCE && t->tags[0] == 1);
	line_rig_run(t, 3 * SECOND - 1);
	assert_int_equal(t->n, 1);
	line_rig_run(t, 1);
	assert_int_equal(t->n, 3);
	assert_true(t->tags[1] == 2 && t->tags[2] == 3);
	/* The line itself is none the worse. */
	assert_int_equal(t->lost, 0);
	t->rig.deaf = false;
	t->n = 0;
	line_rig_subscribe(t);
}

static void
ask_again(struct line_rig *t)
{
	ask(t, t->tags[t->n - 1] + 10);
}

static void
who_asks_again_inside_silence_is_answered_and_the_others_are_told(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	t->rig.deaf = true;
	ask(t, 1);
	ask(t, 2);
	line_rig_run(t, patience(t) - 1);
	t->rig.deaf = false;
	t->then = ask_again;
	line_rig_run(t, SECOND);
	assert_int_equal(t->n, 3);
	assert_true(t->tags[0] == 1 && t->news[0] == LINE_SILENCE);
	assert_true(t->tags[1] == 2 && t->news[1] == LINE_SILENCE);
	assert_true(t->tags[2] == 11 && t->status[2] == 200);
}

static void
close_line(struct line_rig *t)
{
	line_close(t->line);
}

static void
who_closes_inside_silence_is_the_last_to_hear_of_it(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	t->rig.deaf = true;
	ask(t, 1);
	ask(t, 2);
	t->then = close_line;
	line_rig_run(t, 2 * patience(t));
	assert_int_equal(t->n, 1);
	assert_false(line_is_up(t->line));
	assert_int_equal(t->lost, 0);
}

static void
an_answer_after_the_silence_is_nobodys(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	t->rig.mute = true;
	ask(t, 1);
	line_rig_run(t, patience(t));
	assert_true(t->n == 1 && t->news[0] == LINE_SILENCE);
	t->rig.mute = false;
	sip_rig_say(&t->rig, buf_bytes(&t->rig.said));
	line_rig_run(t, SECOND);
	assert_int_equal(t->n, 1);
	assert_null(t->line->dialogs);
	assert_int_equal(line_forged(t->line), 0);
	assert_true(line_is_registered(t->line));
}

/* ---- answers that are no answers ------------------------------------------------------ */

/* Before the challenge a refusal needs no signature: these reach the look for their call. */
static void
an_answer_that_names_no_request_of_ours_ends_nothing(void **state)
{
	struct line_rig *t = *state;
	static const char *const tails[] = {
		"CSeq: 2 REGISTER\r\n",              /* another number */
		"CSeq: 1 SUBSCRIBE\r\n",             /* another method */
		"CSeq: 1\r\n", "CSeq: REGISTER\r\n", /* half of it */
		"",                                  /* none */
	};
	char text[256];

	line_rig_start(t);
	t->rig.deaf = true;
	assert_int_equal(line_register(t->line, line_rig_owner(t), 1), 0);
	for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
		(void)snprintf(text, sizeof text,
		    "SIP/2.0 503 Service Unavailable\r\nCall-ID: %s\r\n%s\r\n",
		    t->line->call_id, tails[i]);
		sip_rig_say(&t->rig, span_of(text));
		line_rig_run(t, SECOND);
		assert_int_equal(t->n, 0);
	}
	(void)snprintf(text, sizeof text,
	    "SIP/2.0 503 Service Unavailable\r\nCall-ID: else\r\nCSeq: 1 REGISTER\r\n\r\n");
	sip_rig_say(&t->rig, span_of(text));
	line_rig_run(t, SECOND);
	assert_int_equal(t->n, 0);

	(void)snprintf(text, sizeof text,
	    "SIP/2.0 503 Service Unavailable\r\nCall-ID: %s\r\nCSeq: 1 REGISTER\r\n\r\n",
	    t->line->call_id);
	sip_rig_say(&t->rig, span_of(text));
	line_rig_run(t, SECOND);
	assert_true(t->n == 1 && t->status[0] == 503 && t->tags[0] == 1);
}

static void
a_forged_answer_makes_only_its_own_silence_forged(void **state)
{
	struct line_rig *t = *state;
	char text[256];

	line_rig_start(t);
	line_rig_sign_in(t);
	t->rig.deaf = true;
	ask(t, 1);
	ask(t, 2);
	(void)snprintf(text, sizeof text,
	    "SIP/2.0 200 OK\r\nCall-ID: %s\r\nCSeq: 1 SUBSCRIBE\r\n\r\n",
	    t->line->calls->next->call_id);
	sip_rig_say(&t->rig, span_of(text));
	line_rig_run(t, patience(t));
	assert_int_equal(t->n, 2);
	assert_true(t->tags[0] == 1 && t->news[0] == LINE_SILENCE);
	assert_true(t->tags[1] == 2 && t->news[1] == LINE_FORGED);
}

static void
blank_lines_between_messages_mean_nothing(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	sip_rig_say(&t->rig, span_of("\r\n\r\n\r\n"));
	line_rig_run(t, SECOND);
	line_rig_subscribe(t);
	assert_int_equal(t->lost, 0);
}

static void
a_message_without_end_ends_the_connection(void **state)
{
	struct line_rig *t = *state;
	static char head[SIP_MSG_MAX];

	for (size_t i = 0; i < sizeof head; i++)
		head[i] = 'x';
	line_rig_start(t);
	line_rig_sign_in(t);
	sip_rig_say(&t->rig, span_of("OPTIONS sip:a SIP/2.0\r\nX: "));
	sip_rig_say(&t->rig, (struct span){ (const uint8_t *)head, sizeof head });
	line_rig_run(t, SECOND);
	assert_int_equal(t->lost, 1);
	assert_string_equal(t->lost_detail, "sip:garbage");
	assert_false(line_is_up(t->line));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LINE_TEST(silence_is_told_to_each_when_his_own_time_is_over),
		LINE_TEST(who_asks_again_inside_silence_is_answered_and_the_others_are_told),
		LINE_TEST(who_closes_inside_silence_is_the_last_to_hear_of_it),
		LINE_TEST(an_answer_after_the_silence_is_nobodys),
		LINE_TEST(an_answer_that_names_no_request_of_ours_ends_nothing),
		LINE_TEST(a_forged_answer_makes_only_its_own_silence_forged),
		LINE_TEST(blank_lines_between_messages_mean_nothing),
		LINE_TEST(a_message_without_end_ends_the_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
