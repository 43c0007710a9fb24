/* test_line_serve.c - what the server asks of the line, and how it ends a registration. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "line_impl.h"
#include "line_rig.h"

/* ---- the server's requests ------------------------------------------------------ */

static void
the_server_may_sign_it_off(void **state)
{
	struct line_rig *t = *state;
	struct buf off = { 0 };

	line_rig_start(t);
	line_rig_sign_in(t);
	assert_int_equal(
	    serve_sip_sign_off(sip_rig_conn(&t->rig), "rejected", 4141, "User disabled", &off),
	    0);
	sip_rig_say(&t->rig, buf_bytes(&off));
	buf_clear(&t->rig.heard);
	line_rig_run(t, SECOND);
	assert_int_equal(sip_rig_heard(&t->rig, "SIP/2.0 200 OK"), 1);
	assert_int_equal(t->lost, 1);
	assert_int_equal(t->lost_news, LINE_SIGNED_OFF);
	assert_string_equal(t->lost_detail, "sip:rejected");
	assert_false(line_is_up(t->line));
	assert_int_equal(serve_sip_stats(t->rig.server)->registered, 0);
	buf_done(&off);
}

static void
a_reason_of_the_servers_own_is_unknown(void **state)
{
	struct line_rig *t = *state;
	struct buf off = { 0 };

	line_rig_start(t);
	line_rig_sign_in(t);
	assert_int_equal(
	    serve_sip_sign_off(sip_rig_conn(&t->rig), "\x1b[2Jgone", 1, "x", &off), 0);
	sip_rig_say(&t->rig, buf_bytes(&off));
	line_rig_run(t, SECOND);
	assert_int_equal(t->lost, 1);
	assert_string_equal(t->lost_detail, "sip:unknown");
	buf_done(&off);
}

/* What the server said was answered so often, by so many answers in all. */
static void
is_answered(struct line_rig *t, const char *status_line, size_t n_of_these, size_t n_in_all)
{
	assert_int_equal(sip_rig_heard(&t->rig, status_line), n_of_these);
	assert_int_equal(sip_rig_heard(&t->rig, "SIP/2.0 "), n_in_all);
	assert_int_equal(serve_sip_stats(t->rig.server)->bad_signatures, 0);
	assert_int_equal(line_forged(t->line), 0);
}

/* The server asks, outside all dialogs, with this method. */
static void
server_asks(struct line_rig *t, const char *method)
{
	buf_clear(&t->rig.heard);
	sip_rig_request(&t->rig, method, "c0ffee", "", "");
	line_rig_run(t, SECOND);
}

/* The server says in the registration's dialog that something has become of it. */
static void
server_tells(struct line_rig *t, const char *method, const char *call_id, const char *body)
{
	buf_clear(&t->rig.heard);
	sip_rig_request(&t->rig, method, call_id, "Event: registration-notify\r\n", body);
	line_rig_run(t, SECOND);
}

/* ---- requests outside its dialogs ------------------------------------------------- */

static void
a_ping_is_answered_with_the_methods_it_knows(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	server_asks(t, "OPTIONS");
	is_answered(t, "SIP/2.0 200 OK\r\n", 1, 1);
	assert_int_equal(sip_rig_heard(&t->rig, "\r\nAllow: INVITE, MESSAGE, INFO"), 1);
	assert_int_equal(sip_rig_heard(&t->rig, "\r\nCall-ID: c0ffee\r\n"), 1);
	assert_int_equal(sip_rig_heard(&t->rig, "\r\nContent-Length: 0\r\n\r\n"), 1);
}

static void
a_call_finds_nobody_there(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	server_asks(t, "INVITE");
	is_answered(t, "SIP/2.0 480 Temporarily Unavailable\r\n", 1, 1);
	assert_int_equal(sip_rig_heard(&t->rig, "Allow:"), 0);
}

static void
what_belongs_to_no_call_is_refused_as_such(void **state)
{
	struct line_rig *t = *state;
	static const char *const methods[] = { "BYE", "CANCEL", "INFO" };

	line_rig_start(t);
	line_rig_sign_in(t);
	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
		server_asks(t, methods[i]);
		is_answered(t, "SIP/2.0 481 ", 1, 1);
		assert_int_equal(sip_rig_heard(&t->rig, methods[i]), 1);
	}
}

static void
an_ack_is_never_answered(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	server_asks(t, "ACK");
	is_answered(t, "SIP/2.0 ", 0, 0);
	assert_true(line_is_registered(t->line));
}

static void
a_method_it_does_not_know_is_not_implemented(void **state)
{
	struct line_rig *t = *state;
	static const char *const methods[] = { "MESSAGE", "REFER", "PUBLISH", "notify" };

	line_rig_start(t);
	line_rig_sign_in(t);
	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
		server_asks(t, methods[i]);
		is_answered(t, "SIP/2.0 501 Not Implemented\r\n", 1, 1);
	}
}

static void
an_answer_repeats_every_via_and_gives_a_new_dialog_a_tag(void **state)
{
	struct line_rig *t = *state;
	char text[] = "OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/TLS proxy:5061;branch=1\r\n"
		      "Via: SIP/2.0/TLS fe01:5061;branch=2\r\nFrom: <sip:a@b>;tag=1\r\n"
		      "To: <sip:c@d>\r\nCall-ID: 1\r\nCSeq: 7 OPTIONS\r\n\r\n";
	char tagged[] = "OPTIONS sip:x SIP/2.0\r\nFrom: <sip:a@b>;tag=1\r\n"
			"To: <sip:c@d>;tag=mine\r\nCall-ID: 1\r\nCSeq: 8 OPTIONS\r\n\r\n";
	char want[32];
	struct sip_msg m;

	line_rig_start(t);
	buf_clear(&t->rig.heard);
	assert_int_equal(sip_msg_parse((uint8_t *)text, sizeof text - 1, &m), 0);
	assert_int_equal(line_answer(t->line, &m, 200), 0);
	assert_int_equal(sip_rig_heard(&t->rig,
			     "Via: SIP/2.0/TLS proxy:5061;branch=1\r\n"
			     "Via: SIP/2.0/TLS fe01:5061;branch=2\r\n"
			     "From: <sip:a@b>;tag=1\r\n"),
	    1);
	(void)snprintf(want, sizeof want, "To: <sip:c@d>;tag=%s\r\n", t->line->from_tag);
	assert_int_equal(sip_rig_heard(&t->rig, want), 1);
	assert_int_equal(sip_rig_heard(&t->rig, "CSeq: 7 OPTIONS\r\n"), 1);

	buf_clear(&t->rig.heard);
	assert_int_equal(sip_msg_parse((uint8_t *)tagged, sizeof tagged - 1, &m), 0);
	assert_int_equal(line_answer(t->line, &m, 200), 0);
	assert_int_equal(sip_rig_heard(&t->rig, "To: <sip:c@d>;tag=mine\r\n"), 1);
	assert_int_equal(sip_rig_heard(&t->rig, "Via:"), 0);
}

/* ---- the end of the registration ---------------------------------------------------- */

static void
each_reason_of_the_server_is_named(void **state)
{
	struct line_rig *t = *state;
	static const char *const said[][2] = {
		{ "deregistered;event=unregistered", "sip:unregistered" },
		{ "deregistered;event=rejected", "sip:rejected" },
		{ "deregistered;event=deactivated", "sip:deactivated" },
		{ "deregistered;event=preferred-registrar-change",
		    "sip:preferred-registrar-change" },
		{ " DEREGISTERED ; event=\"Rejected\" \r\n", "sip:rejected" },
		{ "deregistered", "sip:unknown" },
		{ "deregistered;event=", "sip:unknown" },
		{ "deregistered;event=rejected-ish", "sip:unknown" },
	};

	line_rig_start(t);
	for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
		if (i > 0)
			line_rig_connect(t);
		line_rig_sign_in(t);
		server_tells(t, "NOTIFY", NULL, said[i][0]);
		is_answered(t, "SIP/2.0 200 OK\r\n", 1, 1);
		assert_int_equal(t->lost, i + 1);
		assert_int_equal(t->lost_news, LINE_SIGNED_OFF);
		assert_string_equal(t->lost_detail, said[i][1]);
		assert_false(line_is_up(t->line));
	}
}

static void
a_benotify_ends_it_without_an_answer(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	server_tells(t, "BENOTIFY", NULL, "deregistered;event=deactivated");
	is_answered(t, "SIP/2.0 ", 0, 0);
	assert_int_equal(t->lost, 1);
	assert_string_equal(t->lost_detail, "sip:deactivated");
	assert_false(line_is_up(t->line));
}

static void
the_end_of_another_registration_is_not_ours(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	server_tells(t, "NOTIFY", "c0ffee", "deregistered;event=rejected");
	is_answered(t, "SIP/2.0 200 OK\r\n", 1, 1);
	assert_int_equal(t->lost, 0);
	assert_true(line_is_registered(t->line));
}

static void
other_news_of_the_registration_does_not_end_it(void **state)
{
	struct line_rig *t = *state;
	static const char *const said[] = { "", "registered", "registered;event=rejected",
		"deregistered-soon;event=rejected", ";event=rejected" };

	line_rig_start(t);
	line_rig_sign_in(t);
	for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
		server_tells(t, "NOTIFY", NULL, said[i]);
		is_answered(t, "SIP/2.0 200 OK\r\n", 1, 1);
		assert_int_equal(t->lost, 0);
		assert_true(line_is_registered(t->line));
	}
}

static void
who_waits_when_it_is_signed_off_hears_it_with_the_reason_first(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	t->rig.deaf = true;
	assert_int_equal(line_subscribe(t->line, &line_rig_self, line_rig_owner(t), 7), 0);
	server_tells(t, "BENOTIFY", NULL, "deregistered;event=rejected");
	assert_int_equal(t->n, 1);
	assert_int_equal(t->news[0], LINE_SIGNED_OFF);
	assert_int_equal(t->tags[0], 7);
	assert_int_equal(t->err[0], 0);
	assert_int_equal(t->told_before_lost, 1);
	assert_int_equal(t->lost, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LINE_TEST(the_server_may_sign_it_off),
		LINE_TEST(a_reason_of_the_servers_own_is_unknown),
		LINE_TEST(a_ping_is_answered_with_the_methods_it_knows),
		LINE_TEST(a_call_finds_nobody_there),
		LINE_TEST(what_belongs_to_no_call_is_refused_as_such),
		LINE_TEST(an_ack_is_never_answered),
		LINE_TEST(a_method_it_does_not_know_is_not_implemented),
		LINE_TEST(an_answer_repeats_every_via_and_gives_a_new_dialog_a_tag),
		LINE_TEST(each_reason_of_the_server_is_named),
		LINE_TEST(a_benotify_ends_it_without_an_answer),
		LINE_TEST(the_end_of_another_registration_is_not_ours),
		LINE_TEST(other_news_of_the_registration_does_not_end_it),
		LINE_TEST(who_waits_when_it_is_signed_off_hears_it_with_the_reason_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
