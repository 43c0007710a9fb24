/* test_step_kit.c - what steps may ask for: verdicts, reasons, details. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "step.h"

static void
assert_lost(int err, enum reason why, const char *detail)
{
	struct step s = { 0 };

	assert_int_equal(step_lost(&s, err), STEP_RETRY);
	assert_int_equal(s.why, why);
	assert_string_equal(s.detail, detail);
}

static void
every_errno_has_its_reason_and_keeps_its_name(void **state)
{
	(void)state;
	assert_lost(-ETIMEDOUT, WHY_TIMEOUT, "errno:ETIMEDOUT");
	assert_lost(-ECONNREFUSED, WHY_REFUSED, "errno:ECONNREFUSED");
	assert_lost(-EHOSTUNREACH, WHY_REFUSED, "errno:EHOSTUNREACH");
	assert_lost(-ENETUNREACH, WHY_REFUSED, "errno:ENETUNREACH");
	assert_lost(-ECONNRESET, WHY_RESET, "errno:ECONNRESET");
	assert_lost(-ENOTCONN, WHY_RESET, "errno:ENOTCONN");
	assert_lost(-EPIPE, WHY_RESET, "errno:EPIPE");
	assert_lost(0, WHY_RESET, "tcp:closed");
	assert_lost(-EBADMSG, WHY_BAD_REPLY, "errno:EBADMSG");
	assert_lost(-EPROTO, WHY_BAD_REPLY, "errno:EPROTO");
	assert_lost(-EMSGSIZE, WHY_BAD_REPLY, "errno:EMSGSIZE");
	assert_lost(-ENOENT, WHY_NOT_FOUND, "errno:ENOENT");
	assert_lost(-EACCES, WHY_AUTH, "errno:EACCES");
	assert_lost(-EKEYREJECTED, WHY_AUTH, "errno:EKEYREJECTED");
	assert_lost(-ENOKEY, WHY_AUTH, "errno:ENOKEY");
	assert_lost(-EREMOTEIO, WHY_SERVER_ERROR, "errno:EREMOTEIO");
	assert_lost(-EMFILE, WHY_LOCAL, "errno:EMFILE");
	assert_lost(-ENOMEM, WHY_LOCAL, "errno:ENOMEM");
	assert_lost(-99999, WHY_LOCAL, "errno:99999");
}

static void
assert_tls(const struct io_tls_seen *tls, int err, enum reason why, const char *detail)
{
	struct io_event ev = { .kind = IO_DOWN, .tls = tls, .err = err };
	struct step s = { 0 };

	assert_int_equal(step_tls_lost(&s, &ev), STEP_RETRY);
	assert_int_equal(s.why, why);
	assert_string_equal(s.detail, detail);
}

static void
a_tls_failure_is_told_by_its_alert_or_its_flaw(void **state)
{
	(void)state;
	assert_tls(&(struct io_tls_seen){ .alert_sent = 48, .flaw = TLS_NO_ROOT }, -EPROTO,
	    WHY_TLS, "tls:48");
	assert_tls(&(struct io_tls_seen){ .alert_got = 40 }, -EPROTO, WHY_TLS, "tls:40");
	assert_tls(
	    &(struct io_tls_seen){ .flaw = TLS_EXPIRED }, -EPROTO, WHY_TLS, "tls:expired");
	assert_tls(&(struct io_tls_seen){ .flaw = TLS_SHA2 }, -EPROTO, WHY_TLS, "tls:sha2");
	assert_tls(&(struct io_tls_seen){ .version = 0x0301 }, -ECONNRESET, WHY_RESET,
	    "errno:ECONNRESET");
	assert_tls(NULL, -ECONNREFUSED, WHY_REFUSED, "errno:ECONNREFUSED");
}

static void
verdicts_keep_reason_and_detail_within_bounds(void **state)
{
	struct step s = { 0 };
	char longest[200];

	(void)state;
	memset(longest, 'x', sizeof longest);
	longest[sizeof longest - 1] = '\0';
	assert_int_equal(step_fail(&s, WHY_AUTH, "sip:%d/%d", 403, 4004), STEP_FAIL);
	assert_string_equal(s.detail, "sip:403/4004");
	assert_int_equal(s.why, WHY_AUTH);
	assert_int_equal(step_skip(&s, "%s", longest), STEP_SKIP);
	assert_int_equal(strlen(s.detail), sizeof s.detail - 1);
	assert_int_equal(s.why, WHY_NONE);
}

static void
reasons_have_the_names_of_the_reports_columns(void **state)
{
	static const char *const names[] = { "none", "timeout", "refused", "reset", "bad_reply",
		"not_found", "auth", "tls", "server_error", "local" };

	(void)state;
	for (int i = 0; i < WHY_COUNT; i++)
		assert_string_equal(reason_name((enum reason)i), names[i]);
}

static void
facts_have_names(void **state)
{
	char text[64], small[12];

	(void)state;
	assert_string_equal(facts_names(0, text, sizeof text), "");
	assert_string_equal(
	    facts_names(FACT_ADDRESS | FACT_URLS, text, sizeof text), "ADDRESS URLS");
	assert_string_equal(facts_names(FACT_CA | FACT_CA_WEB, text, sizeof text), "CA CA_WEB");
	assert_string_equal(facts_names(~0u, small, sizeof small), "ADDRESS NTP");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_errno_has_its_reason_and_keeps_its_name),
		cmocka_unit_test(a_tls_failure_is_told_by_its_alert_or_its_flaw),
		cmocka_unit_test(verdicts_keep_reason_and_detail_within_bounds),
		cmocka_unit_test(reasons_have_the_names_of_the_reports_columns),
		cmocka_unit_test(facts_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
