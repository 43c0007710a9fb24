/* test_line.c - the line against the front end of harness/serve: signing in, keep-alive,
 * refresh. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "line_impl.h"
#include "line_rig.h"
#include "mem.h"

/* ---- signing in ------------------------------------------------------------- */

static void
it_signs_in_after_a_challenge(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_register(t, 1);
	assert_true(t->n == 1 && t->news[0] == LINE_ANSWER && t->status[0] == 401);
	assert_string_equal(line_target(t->line), "sip/fe01.contoso.com");
	assert_int_equal(line_version(t->line), 4);
	assert_false(line_is_registered(t->line));

	line_rig_register(t, 2);
	assert_true(t->n == 2 && t->status[1] == 200 && t->tags[1] == 2);
	assert_true(line_is_registered(t->line));
	assert_int_equal(line_facts(t->line)->expires_s, 7200);
	assert_int_equal(line_facts(t->line)->keep_alive_s, 300);
	assert_int_equal(line_facts(t->line)->action, LINE_ADDED);
	assert_true(line_allows(t->line, "vnd-microsoft-provisioning-v2"));
	assert_false(line_allows(t->line, "vnd-microsoft"));
	assert_int_equal(serve_sip_stats(t->rig.server)->registered, 1);
	assert_int_equal(serve_sip_stats(t->rig.server)->bad_signatures, 0);
	assert_int_equal(line_forged(t->line), 0);
}

static void
the_first_message_is_as_the_reference_has_it(void **state)
{
	struct line_rig *t = *state;
	static const uint32_t numbers[] = { 0x10 };

	line_rig_start(t);
	sim_random(t->f, numbers, 1);
	assert_int_equal(line_register(t->line, line_rig_owner(t), 0), 0);
	{
		char want[1024];

		snprintf(want, sizeof want,
		    "REGISTER sip:contoso.com SIP/2.0\r\n"
		    "Via: SIP/2.0/TLS 127.42.0.1:%u\r\n"
		    "Max-Forwards: 70\r\n"
		    "From: <sip:phone00001@contoso.com>;tag=%s;epid=0004f2100001\r\n"
		    "To: <sip:phone00001@contoso.com>\r\n"
		    "Call-ID: %s\r\n"
		    "CSeq: 1 REGISTER\r\n"
		    "Contact: <sip:127.42.0.1:%u;transport=tls;ms-opaque=%s>;methods=\"INVITE, "
		    "MESSAGE, INFO, OPTIONS, BYE, CANCEL, NOTIFY, ACK, REFER, "
		    "BENOTIFY\";proxy=replace;+sip.instance=\"<urn:uuid:"
		    "75547813-caf0-5225-bd74-cefe7abde99a>\"\r\n"
		    "User-Agent: %s\r\n"
		    "Supported: gruu-10, adhoclist, msrtc-event-categories\r\n"
		    "Supported: ms-forking\r\n"
		    "ms-keep-alive: UAC;hop-hop=yes\r\n"
		    "Event: registration\r\n"
		    "Content-Length: 0\r\n\r\n",
		    t->line->local.port, t->line->from_tag, t->line->call_id,
		    t->line->local.port, t->line->ms_opaque, t->profile->sip.user_agent);
		assert_string_equal(buf_cstr(&t->rig.heard), want);
	}
}

static void
before_version_4_the_token_is_not_signed(void **state)
{
	struct line_rig *t = *state;

	t->rig.cfg.version = 3;
	line_rig_start(t);
	line_rig_sign_in(t);
	assert_int_equal(line_version(t->line), 3);
	assert_int_equal(sip_rig_heard(&t->rig, "version=3"), 1);
	assert_int_equal(sip_rig_heard(&t->rig, "crand"), 0);

	assert_int_equal(line_subscribe(t->line, &line_rig_self, line_rig_owner(t), 3), 0);
	line_rig_run(t, SECOND);
	assert_true(t->n == 1 && t->status[0] == 200);
	assert_int_equal(sip_rig_heard(&t->rig, "cnum=\"1\""), 1);
	assert_int_equal(line_forged(t->line), 0);
}

static void
without_a_version_the_short_form_is_signed(void **state)
{
	struct line_rig *t = *state;

	t->rig.cfg.version = 2;
	line_rig_start(t);
	line_rig_sign_in(t);
	assert_int_equal(line_version(t->line), 2);
	assert_int_equal(sip_rig_heard(&t->rig, "version="), 0);
	assert_int_equal(line_subscribe(t->line, &line_rig_self, line_rig_owner(t), 3), 0);
	line_rig_run(t, SECOND);
	assert_true(t->n == 1 && t->status[0] == 200);
}

/* "version=0": not a version, and not "not challenged" either. */
static void
a_version_below_two_is_the_short_form(void **state)
{
	struct line_rig *t = *state;
	char text[] = "SIP/2.0 401 Unauthorized\r\n"
		      "WWW-Authenticate: Kerberos realm=\"SIP Communications Service\", "
		      "targetname=\"sip/fe01.contoso.com\", version=0\r\n\r\n";
	struct sip_msg m;

	line_rig_start(t);
	assert_int_equal(sip_msg_parse((uint8_t *)text, sizeof text - 1, &m), 0);
	assert_int_equal(line_challenged(t->line, &m), 0);
	assert_int_equal(line_version(t->line), 2);
	assert_int_equal(line_register(t->line, line_rig_owner(t), 2), 0);
	assert_int_equal(sip_rig_heard(&t->rig, "gssapi-data"), 1);
}

static void
a_407_wants_the_other_header(void **state)
{
	struct line_rig *t = *state;
	char text[] = "SIP/2.0 407 Proxy Authentication Required\r\n"
		      "Proxy-Authenticate: NTLM realm=\"SIP Communications Service\", "
		      "targetname=\"fe01.contoso.com\", version=3\r\n"
		      "Proxy-Authenticate: Kerberos realm=\"SIP Communications Service\", "
		      "targetname=\"sip/fe01.contoso.com\", version=3\r\n\r\n";
	struct sip_msg m;

	line_rig_start(t);
	assert_int_equal(sip_msg_parse((uint8_t *)text, sizeof text - 1, &m), 0);
	assert_int_equal(line_challenged(t->line, &m), 0);
	line_rig_register(t, 2);
	assert_true(t->n == 1 && t->status[0] == 200);
	assert_int_equal(sip_rig_heard(&t->rig, "Proxy-Authorization: Kerberos"), 1);
}

static void
answers_may_be_cut_anywhere(void **state)
{
	struct line_rig *t = *state;

	t->rig.cut = 1;
	line_rig_start(t);
	line_rig_sign_in(t);
	t->rig.cut = 7;
	assert_int_equal(line_subscribe(t->line, &line_rig_self, line_rig_owner(t), 3), 0);
	line_rig_run(t, SECOND);
	assert_true(t->n == 1 && t->status[0] == 200);
	assert_null(t->line->in.in.p); /* nothing is kept while nothing is said */
}

static void
the_gruu_is_the_contact_of_what_follows(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	assert_int_equal(line_subscribe(t->line, &line_rig_self, line_rig_owner(t), 3), 0);
	line_rig_run(t, SECOND);
	assert_int_equal(sip_rig_heard(&t->rig,
			     "Contact: <sip:phone00001@contoso.com;opaque=user:epid:"
			     "E3hUdfDKJVK9dM7-er3pmgAA;gruu>\r\n"),
	    1);
}

/* ---- keep-alive, refresh ------------------------------------------------------ */

static void
keep_alives_go_out_when_nothing_else_does(void **state)
{
	struct line_rig *t = *state;
	uint32_t n;

	t->rig.cfg.keep_alive_s = 20;
	line_rig_start(t);
	line_rig_sign_in(t);
	for (int i = 0; i < 120; i++) {
		line_rig_run(t, 10 * SECOND);
		assert_false(serve_sip_idle(sip_rig_conn(&t->rig), sim_now_us(t->f)));
	}
	n = line_keep_alives(t->line); /* 1200 s, every 12 to 16 s */
	assert_in_range(n, 1200 / 16, 1200 / 12);
	assert_int_equal(serve_sip_stats(t->rig.server)->keep_alives, n);
}

static void
other_messages_put_the_keep_alive_off(void **state)
{
	struct line_rig *t = *state;

	t->rig.cfg.keep_alive_s = 20;
	line_rig_start(t);
	line_rig_sign_in(t);
	for (int i = 0; i < 20; i++) {
		line_rig_run(t, 10 * SECOND);
		assert_int_equal(
		    line_subscribe(t->line, &line_rig_self, line_rig_owner(t), 3), 0);
	}
	assert_int_equal(line_keep_alives(t->line), 0);
}

static void
a_refresh_is_signed_and_goes_on_counting(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	assert_in_range(line_refresh_after_us(t->line), 7168ull * SECOND, 7170ull * SECOND);
	line_rig_run(t, line_refresh_after_us(t->line));
	assert_int_equal(line_refresh_after_us(t->line), 1);

	line_rig_register(t, 3);
	assert_true(t->n == 1 && t->status[0] == 200);
	assert_int_equal(line_facts(t->line)->action, LINE_REFRESHED);
	assert_int_equal(sip_rig_heard(&t->rig, "gssapi-data"), 1);
	assert_int_equal(sip_rig_heard(&t->rig, "cnum=\"2\""), 1);
	assert_int_equal(sip_rig_heard(&t->rig, "CSeq: 3 REGISTER"), 1);
	assert_in_range(line_refresh_after_us(t->line), 7168ull * SECOND, 7170ull * SECOND);
}

static void
a_refresh_without_a_word_of_keep_alives_leaves_them(void **state)
{
	struct line_rig *t = *state;

	t->rig.cfg.keep_alive_s = 20;
	line_rig_start(t);
	line_rig_sign_in(t);
	t->rig.from = "ms-keep-alive";
	t->rig.to = "ms-keep-quiet";
	line_rig_register(t, 3);
	assert_true(t->n == 1 && t->status[0] == 200);
	assert_int_equal(line_facts(t->line)->keep_alive_s, 20);
	line_rig_run(t, 16 * SECOND);
	assert_int_equal(line_keep_alives(t->line), 1);
}

static void
the_context_is_old_after_eight_hours(void **state)
{
	struct line_rig *t = *state;

	t->rig.cfg.expires_s = 100000;
	line_rig_start(t);
	line_rig_sign_in(t);
	assert_false(line_sign_is_old(t->line));
	line_rig_run(t, 8ull * 3600 * SECOND - 310ull * SECOND);
	assert_false(line_sign_is_old(t->line));
	line_rig_run(t, 20ull * SECOND);
	assert_true(line_sign_is_old(t->line));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LINE_TEST(it_signs_in_after_a_challenge),
		LINE_TEST(the_first_message_is_as_the_reference_has_it),
		LINE_TEST(before_version_4_the_token_is_not_signed),
		LINE_TEST(without_a_version_the_short_form_is_signed),
		LINE_TEST(a_version_below_two_is_the_short_form),
		LINE_TEST(a_407_wants_the_other_header),
		LINE_TEST(answers_may_be_cut_anywhere),
		LINE_TEST(the_gruu_is_the_contact_of_what_follows),
		LINE_TEST(keep_alives_go_out_when_nothing_else_does),
		LINE_TEST(other_messages_put_the_keep_alive_off),
		LINE_TEST(a_refresh_is_signed_and_goes_on_counting),
		LINE_TEST(a_refresh_without_a_word_of_keep_alives_leaves_them),
		LINE_TEST(the_context_is_old_after_eight_hours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
