/* test_line_dialog.c - subscriptions of the line: asked for, notified, ended; and the dialogs
 * that live on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>

#include "line_impl.h"
#include "line_rig.h"

/* What the server said was answered so often, by so many answers in all. */
static void
is_answered(struct line_rig *t, const char *status_line, size_t n_of_these, size_t n_in_all)
{
	assert_int_equal(sip_rig_heard(&t->rig, status_line), n_of_these);
	assert_int_equal(sip_rig_heard(&t->rig, "SIP/2.0 "), n_in_all);
	assert_int_equal(serve_sip_stats(t->rig.server)->bad_signatures, 0);
	assert_int_equal(line_forged(t->line), 0);
}

/* ---- subscriptions ------------------------------------------------------------------ */

static void
a_subscription_asks_as_the_reference_has_it(void **state)
{
	struct line_rig *t = *state;
	struct line_subscribe s = { .event = "vnd-microsoft-provisioning-v2",
		.accept = "application/vnd-microsoft-roaming-provisioning-v2+xml",
		.expires_s = 0,
		.body = span_of("<x/>") };

	line_rig_start(t);
	line_rig_sign_in(t);
	buf_clear(&t->rig.heard);
	assert_int_equal(line_subscribe(t->line, &s, line_rig_owner(t), 3), 0);
	assert_int_equal(
	    sip_rig_heard(&t->rig, "SUBSCRIBE sip:phone00001@contoso.com SIP/2.0\r\n"), 1);
	assert_int_equal(sip_rig_heard(&t->rig,
			     "Event: vnd-microsoft-provisioning-v2\r\n"
			     "Accept: application/vnd-microsoft-roaming-provisioning-v2+xml\r\n"
			     "Supported: com.microsoft.autoextend\r\n"
			     "Supported: ms-benotify\r\n"
			     "Proxy-Require: ms-benotify\r\n"
			     "Supported: ms-piggyback-first-notify\r\n"
			     "Expires: 0\r\n"),
	    1);
	assert_int_equal(sip_rig_heard(&t->rig,
			     "Content-Type: application/vnd-microsoft-roaming-provisioning-v2"
			     "+xml\r\nContent-Length: 4\r\n\r\n<x/>"),
	    1);
	line_rig_run(t, SECOND);
	assert_true(t->n == 1 && t->status[0] == 200);
	assert_null(t->line->dialogs);
}

static void
before_the_registration_nothing_is_subscribed(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	assert_int_equal(
	    line_subscribe(t->line, &line_rig_self, line_rig_owner(t), 3), -ENOTCONN);
	assert_int_equal(t->rig.heard.n, 0);
	line_rig_sign_in(t);
	line_close(t->line);
	assert_int_equal(
	    line_subscribe(t->line, &line_rig_self, line_rig_owner(t), 3), -ENOTCONN);
}

static void
a_refused_subscription_is_told_and_does_not_live(void **state)
{
	struct line_rig *t = *state;
	struct line_subscribe s = { .event = "nobody-knows", .accept = "a/b", .expires_s = 60 };

	line_rig_start(t);
	line_rig_sign_in(t);
	assert_int_equal(line_subscribe(t->line, &s, line_rig_owner(t), 3), 0);
	line_rig_run(t, SECOND);
	assert_true(t->n == 1 && t->news[0] == LINE_ANSWER && t->status[0] == 489);
	assert_null(t->line->dialogs);
	assert_true(line_is_registered(t->line));
}

/* The first notification of a live subscription came in its 200; these come later. */
static void
a_notify_of_a_live_subscription_is_answered_a_benotify_is_not(void **state)
{
	struct line_rig *t = *state;
	const char *headers =
	    "Event: vnd-microsoft-roaming-self\r\nsubscription-state: active;expires=9\r\n";

	line_rig_start(t);
	line_rig_sign_in(t);
	line_rig_subscribe(t);
	buf_clear(&t->rig.heard);
	sip_rig_request(&t->rig, "NOTIFY", t->line->dialogs->call_id, headers, "<x/>");
	line_rig_run(t, SECOND);
	is_answered(t, "SIP/2.0 200 OK\r\n", 1, 1);
	sip_rig_request(&t->rig, "BENOTIFY", t->line->dialogs->call_id, headers, "<x/>");
	line_rig_run(t, SECOND);
	is_answered(t, "SIP/2.0 200 OK\r\n", 1, 1);
	assert_non_null(t->line->dialogs);
	assert_int_equal(t->n, 0);
}

static void
a_notify_of_no_subscription_is_told_so(void **state)
{
	struct line_rig *t = *state;
	const char *headers = "Event: presence\r\nsubscription-state: terminated\r\n";

	line_rig_start(t);
	line_rig_sign_in(t);
	line_rig_subscribe(t);
	buf_clear(&t->rig.heard);
	sip_rig_request(&t->rig, "NOTIFY", "c0ffee", headers, "");
	line_rig_run(t, SECOND);
	is_answered(t, "SIP/2.0 481 Call Leg/Transaction Does Not Exist\r\n", 1, 1);
	sip_rig_request(&t->rig, "BENOTIFY", "c0ffee", headers, "");
	line_rig_run(t, SECOND);
	is_answered(t, "SIP/2.0 481 ", 1, 1);
	assert_non_null(t->line->dialogs);
}

static void
a_subscription_the_server_terminates_is_not_ended_again(void **state)
{
	struct line_rig *t = *state;
	static const char *const methods[] = { "NOTIFY", "BENOTIFY" };

	line_rig_start(t);
	line_rig_sign_in(t);
	for (int i = 0; i < 2; i++) {
		line_rig_subscribe(t);
		sip_rig_request(&t->rig, methods[i], t->line->dialogs->call_id,
		    "Event: vnd-microsoft-roaming-self\r\n"
		    "subscription-state: Terminated;reason=timeout\r\n",
		    "");
		line_rig_run(t, SECOND);
		assert_null(t->line->dialogs);
	}
	buf_clear(&t->rig.heard);
	assert_int_equal(line_sign_out(t->line, line_rig_owner(t), 9), 0);
	line_rig_run(t, SECOND);
	assert_int_equal(sip_rig_heard(&t->rig, "SUBSCRIBE sip:"), 0);
	assert_true(t->n == 1 && t->tags[0] == 9 && t->status[0] == 200);
}

/* A 200 that this text is, to a SUBSCRIBE of ours. */
static void
is_subscribed(struct line_rig *t, const char *headers)
{
	struct line_call call = { .call_id = "ca11", .from_tag = "f", .cseq = 1 };
	char event[] = "presence", text[512];
	struct sip_msg m;
	int n =
	    snprintf(text, sizeof text, "SIP/2.0 200 OK\r\nCall-ID: ca11\r\n%s\r\n", headers);

	call.event = event;
	assert_int_equal(sip_msg_parse((uint8_t *)text, (size_t)n, &m), 0);
	line_subscribed(t->line, &call, &m);
}

static void
only_what_lives_and_can_be_ended_is_kept(void **state)
{
	struct line_rig *t = *state;
	static const char *const not [] = {
		"To: <sip:a@b>;tag=t\r\nContact: <sip:fe>\r\nExpires: 0\r\n",
		"To: <sip:a@b>;tag=t\r\nContact: <sip:fe>\r\nsubscription-state: "
		"TERMINATED;expires=0\r\n",
		"Contact: <sip:fe>\r\nExpires: 60\r\n",
		"To: <sip:a@b>\r\nContact: <sip:fe>\r\nExpires: 60\r\n",
		"To: <sip:a@b>;tag=t\r\nExpires: 60\r\n",
		"To: <sip:a@b>;tag=t\r\nContact: <sip:fe\r\nExpires: 60\r\n",
		"To: <sip:a@b>;tag=\r\nContact: <sip:fe>\r\n",
	};

	line_rig_start(t);
	for (size_t i = 0; i < sizeof not / sizeof not [0]; i++) {
		is_subscribed(t, not [i]);
		assert_null(t->line->dialogs);
	}
	/* How long is the server's to say; that it says nothing does not end it. */
	is_subscribed(t, "To: <sip:a@b>;tag=t\r\nContact: <sip:fe>\r\n");
	assert_non_null(t->line->dialogs);
	assert_string_equal(t->line->dialogs->to_tag, "t");
	assert_string_equal(t->line->dialogs->target, "sip:fe");
	assert_null(t->line->dialogs->route);
}

static void
the_way_back_is_the_recorded_one_in_reverse(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	is_subscribed(t,
	    "Record-Route: <sip:one;lr>, <sip:two;lr>\r\nRecord-Route: <sip:three;lr>\r\n"
	    "To: <sip:phone00001@contoso.com>;tag=t0\r\nContact: "
	    "<sip:fe01.contoso.com:5061>\r\n");
	buf_clear(&t->rig.heard);
	assert_int_equal(line_sign_out(t->line, line_rig_owner(t), 9), 0);
	line_rig_run(t, SECOND);
	assert_int_equal(
	    sip_rig_heard(&t->rig, "SUBSCRIBE sip:fe01.contoso.com:5061 SIP/2.0\r\n"), 1);
	assert_int_equal(
	    sip_rig_heard(&t->rig, "Route: <sip:three;lr>, <sip:two;lr>, <sip:one;lr>\r\n"), 1);
	assert_int_equal(
	    sip_rig_heard(&t->rig, "To: <sip:phone00001@contoso.com>;tag=t0\r\n"), 1);
	assert_int_equal(sip_rig_heard(&t->rig, "Call-ID: ca11\r\nCSeq: 2 SUBSCRIBE\r\n"), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LINE_TEST(a_subscription_asks_as_the_reference_has_it),
		LINE_TEST(before_the_registration_nothing_is_subscribed),
		LINE_TEST(a_refused_subscription_is_told_and_does_not_live),
		LINE_TEST(a_notify_of_a_live_subscription_is_answered_a_benotify_is_not),
		LINE_TEST(a_notify_of_no_subscription_is_told_so),
		LINE_TEST(a_subscription_the_server_terminates_is_not_ended_again),
		LINE_TEST(only_what_lives_and_can_be_ended_is_kept),
		LINE_TEST(the_way_back_is_the_recorded_one_in_reverse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
