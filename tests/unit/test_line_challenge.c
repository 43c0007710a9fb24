/* test_line_challenge.c - challenges the line takes and does not take, and who may watch what
 * it sends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>

#include "line_impl.h"
#include "line_rig.h"

/* ---- challenges ---------------------------------------------------------------------- */

/* An answer with these headers is taken as a challenge. */
static int
challenge(struct line_rig *t, const char *headers)
{
	char text[512];
	struct sip_msg m;
	int n = snprintf(text, sizeof text, "SIP/2.0 401 Unauthorized\r\n%s\r\n\r\n", headers);

	assert_int_equal(sip_msg_parse((uint8_t *)text, (size_t)n, &m), 0);
	return line_challenged(t->line, &m);
}

static void
of_several_schemes_kerberos_is_taken(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	assert_int_equal(
	    challenge(t,
		"WWW-Authenticate: NTLM realm=\"a\", targetname=\"fe\", version=4\r\n"
		"WWW-Authenticate: Kerberos realm=\"a\", targetname=\"sip/fe\", "
		"version=3"),
	    0);
	assert_string_equal(line_target(t->line), "sip/fe");
	assert_int_equal(line_version(t->line), 3);
}

static void
a_version_of_the_future_is_ours(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	assert_int_equal(challenge(t,
			     "WWW-Authenticate: Kerberos realm=\"a\", targetname=\"sip/fe\", "
			     "version=9"),
	    0);
	assert_int_equal(line_version(t->line), 4);
	assert_int_equal(challenge(t,
			     "WWW-Authenticate: Kerberos realm=\"a\", targetname=\"sip/fe\", "
			     "version=many"),
	    0);
	assert_int_equal(line_version(t->line), 2);
}

static void
what_it_cannot_answer_it_does_not_take(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	assert_int_equal(
	    challenge(t, "WWW-Authenticate: NTLM realm=\"a\", targetname=\"fe\""), -ENOTSUP);
	assert_int_equal(challenge(t, "WWW-Authenticate: Digest realm=\"a\""), -ENOTSUP);
	assert_int_equal(
	    challenge(t, "Proxy-Authenticate: NTLM realm=\"a\", targetname=\"fe\""), -ENOTSUP);
	assert_int_equal(challenge(t, "Server: RTC/3.5"), -EBADMSG);
	assert_int_equal(challenge(t, "WWW-Authenticate: Kerberos realm=\"a\""), -EBADMSG);
	assert_int_equal(
	    challenge(t, "WWW-Authenticate: Kerberos targetname=\"sip/fe\""), -EBADMSG);
	assert_null(line_target(t->line));
	assert_int_equal(line_version(t->line), 0);
}

static void
a_bad_challenge_leaves_the_context_that_stands(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	assert_int_equal(challenge(t, "Server: RTC/3.5"), -EBADMSG);
	line_rig_subscribe(t);
	assert_int_equal(line_forged(t->line), 0);
}

static void
a_new_challenge_ends_the_context_that_stood(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	assert_false(line_sign_is_old(t->line));
	assert_int_equal(challenge(t,
			     "WWW-Authenticate: Kerberos realm=\"SIP Communications Service\", "
			     "targetname=\"sip/fe01.contoso.com\", version=4"),
	    0);
	assert_true(line_sign_is_old(t->line));
	line_rig_register(t, 3);
	assert_int_equal(sip_rig_heard(&t->rig, "gssapi-data"), 2);
	assert_true(t->n == 1 && t->status[0] == 200);
}

static void
unsigned_it_begins_again_without_credentials(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	line_rig_sign_in(t);
	line_unsign(t->line);
	assert_null(line_target(t->line));
	assert_int_equal(line_version(t->line), 0);
	buf_clear(&t->rig.heard);
	assert_int_equal(line_register(t->line, line_rig_owner(t), 3), 0);
	assert_int_equal(sip_rig_heard(&t->rig, "REGISTER sip:contoso.com"), 1);
	assert_int_equal(sip_rig_heard(&t->rig, "Authorization"), 0);
}

static void
without_a_ticket_nothing_is_sent(void **state)
{
	struct line_rig *t = *state;

	line_rig_start(t);
	assert_int_equal(challenge(t,
			     "WWW-Authenticate: Kerberos realm=\"a\", targetname=\"sip/fe02\", "
			     "version=4"),
	    0);
	assert_int_equal(line_register(t->line, line_rig_owner(t), 2), -ENOKEY);
	assert_int_equal(t->rig.heard.n, 0);
	line_rig_run(t, 100 * SECOND);
	assert_int_equal(t->n, 0);
	/* And nothing of it stands in the way of the next. */
	line_unsign(t->line);
	line_rig_sign_in(t);
}

/* ---- who may watch -------------------------------------------------------------------- */

struct watched {
	size_t n;
	char method[16];
	bool has_signature;
};

static void
on_sent(void *arg, const struct sip_msg *m)
{
	struct watched *w = arg;

	w->n++;
	(void)snprintf(w->method, sizeof w->method, "%.*s", (int)m->method.n,
	    m->method.n > 0 ? (const char *)m->method.p : "");
	w->has_signature = sip_msg_get(m, "Authorization", 0).p != NULL ||
	    sip_msg_get(m, "Proxy-Authorization", 0).p != NULL;
}

static void
a_watcher_sees_what_goes_out_with_its_signature(void **state)
{
	struct line_rig *t = *state;
	struct watched w = { 0 };

	line_rig_start(t);
	line_watch(t->line, on_sent, &w);
	line_rig_register(t, 1);
	assert_int_equal(w.n, 1);
	assert_string_equal(w.method, "REGISTER");
	assert_false(w.has_signature);
	line_rig_register(t, 2);
	assert_int_equal(w.n, 2);
	assert_true(w.has_signature);
	/* An answer of ours is a message, too; its method is empty. */
	sip_rig_request(&t->rig, "OPTIONS", "1", "", "");
	line_rig_run(t, SECOND);
	assert_int_equal(w.n, 3);
	assert_string_equal(w.method, "");

	line_watch(t->line, NULL, NULL);
	line_rig_register(t, 3);
	assert_int_equal(w.n, 3);
}

static void
a_watcher_does_not_see_what_could_not_go_out(void **state)
{
	struct line_rig *t = *state;
	struct watched w = { 0 };

	line_rig_start(t);
	line_rig_sign_in(t);
	line_watch(t->line, on_sent, &w);
	line_close(t->line);
	assert_int_equal(line_register(t->line, line_rig_owner(t), 3), -ENOTCONN);
	assert_int_equal(w.n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LINE_TEST(of_several_schemes_kerberos_is_taken),
		LINE_TEST(a_version_of_the_future_is_ours),
		LINE_TEST(what_it_cannot_answer_it_does_not_take),
		LINE_TEST(a_bad_challenge_leaves_the_context_that_stands),
		LINE_TEST(a_new_challenge_ends_the_context_that_stood),
		LINE_TEST(unsigned_it_begins_again_without_credentials),
		LINE_TEST(without_a_ticket_nothing_is_sent),
		LINE_TEST(a_watcher_sees_what_goes_out_with_its_signature),
		LINE_TEST(a_watcher_does_not_see_what_could_not_go_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
