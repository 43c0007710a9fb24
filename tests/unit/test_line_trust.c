/* test_line_trust.c - whom the line believes: each side checks the other's signatures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "line_impl.h"
#include "line_rig.h"

/* ---- trust ------------------------------------------------------------------- */

static void
an_answer_with_a_wrong_signature_is_silence_and_counted(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_register(t, 1);
	t->rig.from = "Expires: 7200";
	t->rig.to = "Expires: 7201";
	line_rig_register(t, 2);
	assert_int_equal(t->n, 1);
	assert_false(line_is_registered(t->line));
	assert_int_equal(line_forged(t->line), 1);

	line_rig_run(t, (uint64_t)t->profile->sip.transaction_ms * 1000);
	assert_true(t->n == 2 && t->news[1] == LINE_FORGED && t->tags[1] == 2);
}

static void
an_unsigned_200_is_dropped_before_and_after_the_challenge(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	t->rig.from = "SIP/2.0 401 Unauthorized";
	t->rig.to = "SIP/2.0 200 Unauthorized";
	line_rig_register(t, 1);
	assert_int_equal(t->n, 0);
	assert_int_equal(line_forged(t->line), 1);
	line_rig_run(t, (uint64_t)t->profile->sip.transaction_ms * 1000);
	assert_int_equal(t->news[0], LINE_FORGED);

	t->rig.from = NULL;
	line_rig_register(t, 1);
	t->rig.from = "Authentication-Info: Kerberos";
	t->rig.to = "Authentication-Nope: Kerberos";
	t->n = 0;
	line_rig_register(t, 2);
	assert_int_equal(t->n, 0);
	assert_int_equal(line_forged(t->line), 2);
}

static void
a_refusal_before_the_context_stands_needs_no_signature(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	t->rig.from = "SIP/2.0 401 Unauthorized";
	t->rig.to = "SIP/2.0 503 Unauthorized";
	line_rig_register(t, 1);
	assert_true(t->n == 1 && t->status[0] == 503);

	t->rig.from = NULL;
	t->n = 0;
	line_rig_sign_in(t);
	t->rig.from = "Authentication-Info: Kerberos";
	t->rig.to = "Authentication-Nope: Kerberos";
	line_rig_register(t, 3);
	assert_int_equal(t->n, 0);
	assert_int_equal(line_forged(t->line), 1);
}

static void
a_provisional_answer_ends_nothing(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	t->rig.from = "SIP/2.0 401 Unauthorized";
	t->rig.to = "SIP/2.0 100 Unauthorized";
	line_rig_register(t, 1);
	assert_int_equal(t->n, 0);
	assert_int_equal(line_forged(t->line), 0);
	line_rig_run(t, (uint64_t)t->profile->sip.transaction_ms * 1000);
	assert_true(t->n == 1 && t->news[0] == LINE_SILENCE);
}

static void
what_was_said_once_is_not_heard_twice(void **state)
{
	struct line_rig *t = *state;
	struct buf ping = { 0 };

	line_rig_start(t);
	line_rig_sign_in(t);
	buf_clear(&t->rig.heard);
	assert_int_equal(serve_sip_ping(sip_rig_conn(&t->rig), &ping), 0);
	sip_rig_say(&t->rig, buf_bytes(&ping));
	sip_rig_say(&t->rig, buf_bytes(&ping));
	line_rig_run(t, SECOND);
	assert_int_equal(sip_rig_heard(&t->rig, "SIP/2.0 200 OK"), 1);
	assert_int_equal(line_forged(t->line), 1);
	assert_int_equal(serve_sip_stats(t->rig.server)->responses, 1);
	assert_int_equal(serve_sip_stats(t->rig.server)->bad_signatures, 0);
	buf_done(&ping);
}

static void
an_unsigned_request_is_not_answered(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	buf_clear(&t->rig.heard);
	sip_rig_say(&t->rig,
	    span_of("OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/TLS fe\r\nFrom: <sip:a@b>;tag=1\r\n"
		    "To: <sip:c@d>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n"));
	line_rig_run(t, SECOND);
	assert_int_equal(t->rig.heard.n, 0);
	assert_int_equal(line_forged(t->line), 1);
}

/* ---- signatures that are not what they should be ------------------------------------ */

/* A ping that says it is signed so. */
static void
ping(struct line_rig *t, const char *signature)
{
	char text[512];

	(void)snprintf(text, sizeof text,
	    "OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/TLS fe\r\nFrom: <sip:a@b>;tag=1\r\n"
	    "To: <sip:c@d>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n%s\r\n\r\n",
	    signature);
	buf_clear(&t->rig.heard);
	sip_rig_say(&t->rig, span_of(text));
	line_rig_run(t, SECOND);
}

#define SIGNED "Authentication-Info: Kerberos rspauth=\"" MIC "\", srand=\"1\", "
#define MIC "602306092A864886F71201020201011100FFFFFFFF0102030405060708"
#define REALM "realm=\"SIP Communications Service\", "
#define TARGET "targetname=\"sip/fe01.contoso.com\", "

static void
a_signature_of_anything_else_is_forged(void **state)
{
	struct line_rig *t = *state;
	static const char *const said[] = {
		/* wrong bytes, but all that a signature has */
		SIGNED "snum=\"99\", " REALM TARGET "opaque=\"1\"",
		/* no number, none that counts, none that fits */
		SIGNED REALM "targetname=\"sip/fe01.contoso.com\"",
		SIGNED "snum=\"0\", " REALM "targetname=\"sip/fe01.contoso.com\"",
		SIGNED "snum=\"4294967296\", " REALM "targetname=\"sip/fe01.contoso.com\"",
		/* another realm, another server */
		SIGNED "snum=\"99\", realm=\"x\", targetname=\"sip/fe01.contoso.com\"",
		SIGNED "snum=\"99\", " REALM "targetname=\"sip/fe02.contoso.com\"",
		/* without one of them it is not even a signature */
		SIGNED "snum=\"99\", targetname=\"sip/fe01.contoso.com\"",
		SIGNED "snum=\"99\", realm=\"SIP Communications Service\"",
		/* no hexadecimal, half of it, too much of it */
		"Authentication-Info: Kerberos rspauth=\"xyz!\", srand=\"1\", "
		"snum=\"99\", " REALM "targetname=\"sip/fe01.contoso.com\"",
		"Authentication-Info: Kerberos rspauth=\"602\", srand=\"1\", "
		"snum=\"99\", " REALM "targetname=\"sip/fe01.contoso.com\"",
		"Authentication-Info: Kerberos rspauth=\"" MIC MIC MIC "\", srand=\"1\", "
		"snum=\"99\", " REALM "targetname=\"sip/fe01.contoso.com\"",
		/* signed, but by another scheme, or by nobody */
		"Authentication-Info: NTLM rspauth=\"" MIC
		"\", srand=\"1\", snum=\"99\", " REALM "targetname=\"sip/fe01.contoso.com\"",
		"Authentication-Info: Kerberos rspauth=\"\", srand=\"1\", snum=\"99\", " REALM
		"targetname=\"sip/fe01.contoso.com\"",
	};

	line_rig_start(t);
	line_rig_sign_in(t);
	for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
		ping(t, said[i]);
		assert_int_equal(t->rig.heard.n, 0);
		assert_int_equal(line_forged(t->line), i + 1);
	}
	/* None of them has used up a number or shaken the line. */
	assert_true(line_is_registered(t->line));
	line_rig_subscribe(t);
	assert_int_equal(line_forged(t->line), sizeof said / sizeof said[0]);
}

static void
a_signature_before_there_is_a_context_is_forged(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	ping(t, SIGNED "snum=\"1\", " REALM "targetname=\"sip/fe01.contoso.com\"");
	assert_int_equal(line_forged(t->line), 1);
	line_rig_register(t, 1);
	ping(t, SIGNED "snum=\"1\", " REALM "targetname=\"sip/fe01.contoso.com\"");
	assert_int_equal(line_forged(t->line), 2);
	assert_int_equal(t->rig.heard.n, 0);
}

static void
what_overtakes_is_heard_too_but_each_only_once(void **state)
{
	struct line_rig *t = *state;
	struct buf first = { 0 }, second = { 0 };

	line_rig_start(t);
	line_rig_sign_in(t);
	assert_int_equal(serve_sip_ping(sip_rig_conn(&t->rig), &first), 0);
	assert_int_equal(serve_sip_ping(sip_rig_conn(&t->rig), &second), 0);
	buf_clear(&t->rig.heard);
	sip_rig_say(&t->rig, buf_bytes(&second));
	sip_rig_say(&t->rig, buf_bytes(&first));
	line_rig_run(t, SECOND);
	assert_int_equal(sip_rig_heard(&t->rig, "SIP/2.0 200 OK"), 2);
	assert_int_equal(line_forged(t->line), 0);
	sip_rig_say(&t->rig, buf_bytes(&first));
	line_rig_run(t, SECOND);
	assert_int_equal(sip_rig_heard(&t->rig, "SIP/2.0 200 OK"), 2);
	assert_int_equal(line_forged(t->line), 1);
	buf_done(&first);
	buf_done(&second);
}

static void
the_servers_name_of_the_context_goes_into_what_follows(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	assert_int_equal(sip_rig_heard(&t->rig, "opaque=\""), 0);
	assert_non_null(t->line->sa.opaque);
	line_rig_subscribe(t);
	assert_int_equal(sip_rig_heard(&t->rig, "opaque=\""), 1);
	assert_int_equal(sip_rig_heard(&t->rig, t->line->sa.opaque), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LINE_TEST(an_answer_with_a_wrong_signature_is_silence_and_counted),
		LINE_TEST(an_unsigned_200_is_dropped_before_and_after_the_challenge),
		LINE_TEST(a_refusal_before_the_context_stands_needs_no_signature),
		LINE_TEST(a_provisional_answer_ends_nothing),
		LINE_TEST(what_was_said_once_is_not_heard_twice),
		LINE_TEST(an_unsigned_request_is_not_answered),
		LINE_TEST(a_signature_of_anything_else_is_forged),
		LINE_TEST(a_signature_before_there_is_a_context_is_forged),
		LINE_TEST(what_overtakes_is_heard_too_but_each_only_once),
		LINE_TEST(the_servers_name_of_the_context_goes_into_what_follows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
