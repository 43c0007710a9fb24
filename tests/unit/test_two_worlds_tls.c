/*
 * test_two_worlds_tls.c - what a phone makes of a certificate, and what goes over the wire of
 * it, is the same in both worlds: with every flaw alone, and where several meet.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>
#include <time.h>

#include "two_worlds.h"

enum { DAY_S = 86400, YEAR_S = 365 * DAY_S };

static const char POOL[] = "pool01.contoso.com";

/* Connect to this name; what the first event said is compared, and looked at here. */
struct meeting {
	struct stage_cfg cfg;
	struct peer_cert cert;
	const char *name;
	enum io_kind kind;
	enum io_flaw flaw;
	int alert_sent;
};

static const struct meeting *meeting_of(const struct stage *);

static void
story_meeting(struct stage *s)
{
	const struct meeting *m = meeting_of(s);
	struct io_handle *h = stage_stream(s, 5061, true, m->name);
	const struct rig_note *note = &s->rig.note[0];

	while (s->rig.n == 0)
		stage_until(s, m->kind);
	assert_int_equal(note->kind, m->kind);
	assert_int_equal(note->tls.flaw, m->flaw);
	assert_int_equal(note->tls.alert_sent, m->alert_sent);
	if (m->kind == IO_UP) {
		stage_send(s, h, "hello");
		stage_until(s, IO_BYTES);
	} else {
		assert_int_equal(note->err, -EPROTO);
		assert_int_equal(stage_send(s, h, "hello"), -ENOTCONN);
	}
	stage_close(s, h);
}

static const struct meeting *
meeting_of(const struct stage *s)
{
	return (const struct meeting *)(const void *)((const char *)s->cfg -
	    offsetof(struct meeting, cfg));
}

static void
meet(struct meeting m)
{
	if (m.cert.common_name == NULL)
		m.cert.common_name = POOL;
	if (m.name == NULL)
		m.name = POOL;
	m.cfg.cert = &m.cert;
	two_worlds(&m.cfg, story_meeting);
}

/* ---- good ones ---- */

static void
a_good_certificate_of_a_trusted_root_comes_up(void **state)
{
	(void)state;
	meet((struct meeting){ .cfg = { .trust = true }, .kind = IO_UP });
}

static void
names_are_alternative_ones_or_the_common_one_whatever_their_case(void **state)
{
	(void)state;
	meet((struct meeting){
	    .cfg = { .trust = true }, .name = "POOL01.contoso.COM", .kind = IO_UP });
	meet((struct meeting){ .cfg = { .trust = true },
	    .cert = { .common_name = "anything", .dns_name = POOL },
	    .kind = IO_UP });
	meet((struct meeting){ .cfg = { .trust = true },
	    .cert = { .common_name = "*.contoso.com" },
	    .kind = IO_UP });
}

static void
what_is_wrong_with_a_name_is_wrong_in_both(void **state)
{
	const struct meeting bad = {
		.cfg = { .trust = true }, .kind = IO_DOWN, .flaw = TLS_NAME, .alert_sent = 42
	};
	struct meeting m = bad;

	(void)state;
	m.name = "pool02.contoso.com";
	meet(m);
	/* With an alternative name the common one does not count. */
	m = bad;
	m.cert.dns_name = "pool02.contoso.com";
	meet(m);
	/* A star is one label. */
	m = bad;
	m.cert.common_name = "*.contoso.com";
	m.name = "pool01.lab.contoso.com";
	meet(m);
	m.name = "contoso.com";
	meet(m);
	m = bad;
	m.cert.common_name = "*";
	meet(m);
}

/* ---- flaws, one at a time ---- */

static void
an_unknown_root_is_alert_48(void **state)
{
	struct meeting m = { .kind = IO_DOWN, .flaw = TLS_NO_ROOT, .alert_sent = 48 };

	(void)state;
	meet(m);
	/* Row 9 of a first boot: known or not. */
	m.cfg.trust_nothing = true;
	meet(m);
	m.cfg.trust = true;
	meet(m);
}

static void
sha_2_anywhere_in_the_chain_is_alert_46(void **state)
{
	struct meeting m = { .cfg = { .trust = true },
		.cert = { .sha2 = true },
		.kind = IO_DOWN,
		.flaw = TLS_SHA2,
		.alert_sent = 46 };

	(void)state;
	meet(m);
	m.cert.sha2 = false;
	m.cert.sha2_root = true;
	meet(m);
	m.cert.sha2 = true;
	meet(m);
}

static void
dates_are_judged_by_the_phones_own_clock(void **state)
{
	time_t now = time(NULL);
	struct meeting m = { .cfg = { .trust = true }, .kind = IO_DOWN };

	(void)state;
	m.flaw = TLS_EXPIRED;
	m.alert_sent = 45;
	m.cert.from = now - 3 * DAY_S;
	m.cert.to = now - 2 * DAY_S;
	meet(m);
	m.flaw = TLS_EARLY;
	m.alert_sent = 46;
	m.cert.from = now + 2 * DAY_S;
	m.cert.to = now + 3 * DAY_S;
	meet(m);
	/* The same certificate is good to a phone whose clock is wrong. */
	m.flaw = TLS_OK;
	m.alert_sent = 0;
	m.kind = IO_UP;
	m.cfg.set_clock = true;
	m.cfg.clock_off_s = 2 * DAY_S + 3600;
	m.cert.from = now - 2 * DAY_S;
	m.cert.root_to = now + YEAR_S;
	meet(m);
}

static void
a_wrong_clock_finds_a_good_certificate_bad(void **state)
{
	struct meeting m = { .cfg = { .trust = true, .set_clock = true }, .kind = IO_DOWN };

	(void)state;
	m.cfg.clock_off_s = -YEAR_S;
	m.flaw = TLS_EARLY;
	m.alert_sent = 46;
	meet(m);
	m.cfg.clock_off_s = YEAR_S;
	m.flaw = TLS_EXPIRED;
	m.alert_sent = 45;
	meet(m);
}

static void
an_expired_root_counts_only_where_it_is_trusted(void **state)
{
	struct meeting m = { .cfg = { .trust = true },
		.cert = { .root_to = time(NULL) - DAY_S },
		.kind = IO_DOWN,
		.flaw = TLS_EXPIRED,
		.alert_sent = 45 };

	(void)state;
	meet(m);
	m.cfg.trust = false;
	m.flaw = TLS_NO_ROOT;
	m.alert_sent = 48;
	meet(m);
}

/* ---- several at once: one is told, another may be in the alert ---- */

static void
where_several_flaws_meet_both_worlds_tell_the_same_one(void **state)
{
	time_t now = time(NULL);
	struct meeting m = { .kind = IO_DOWN };

	(void)state;
	/* Everything. */
	m.name = "other.contoso.com";
	m.cert.from = now - 3 * DAY_S;
	m.cert.to = now - 2 * DAY_S;
	m.cert.sha2 = true;
	m.flaw = TLS_EXPIRED;
	m.alert_sent = 42;
	meet(m);
	m.name = NULL;
	m.alert_sent = 45;
	meet(m);
	/* To come, and unknown: the alert is of the root. */
	m.cert.from = now + 2 * DAY_S;
	m.cert.to = now + 3 * DAY_S;
	m.flaw = TLS_EARLY;
	m.alert_sent = 48;
	meet(m);
	m.cert.from = m.cert.to = 0;
	m.flaw = TLS_NO_ROOT;
	meet(m);
	m.name = "other.contoso.com";
	m.flaw = TLS_NAME;
	m.alert_sent = 42;
	meet(m);
}

/* ---- suites ---- */

static void
of_the_suites_only_those_that_tls_here_can_offer_are_offered(void **state)
{
	static const uint16_t profile[] = { 0x0004, 0x0005, 0x000a, 0x0009, 0x0064, 0x0062,
		0x0003, 0x0006, 0x0013, 0x0012, 0x0063 };
	static const uint16_t backwards[] = { 0x000a, 0x0005, 0x0004 };
	static const uint16_t later[] = { 0x0012, 0x002f, 0x0005, 0x003c };

	(void)state;
	meet((struct meeting){
	    .cfg = { .trust = true, .suites = profile, .n_suites = 11 }, .kind = IO_UP });
	meet((struct meeting){
	    .cfg = { .trust = true, .suites = later, .n_suites = 4 }, .kind = IO_UP });
	meet((struct meeting){
	    .cfg = { .trust = true, .suites = backwards, .n_suites = 3 }, .kind = IO_UP });
}

static void
nothing_in_common_is_the_servers_alert_40(void **state)
{
	static const uint16_t camellia[] = { 0x0041 };

	(void)state;
	meet((struct meeting){
	    .cfg = { .trust = true, .suites = camellia, .n_suites = 1, .none_in_common = true },
	    .kind = IO_DOWN });
}

/* ---- ends ---- */

static void
ends(struct stage *s, const char *word, int err)
{
	struct io_handle *h = stage_stream(s, 5061, true, POOL);

	stage_until(s, IO_UP);
	stage_send(s, h, word);
	stage_until(s, IO_DOWN);
	assert_int_equal(s->rig.note[1].err, err);
	assert_int_equal(s->rig.note[1].tls.version, 0x0301);
	assert_int_equal(stage_send(s, h, word), -ENOTCONN);
	stage_close(s, h);
}

static void
story_bye(struct stage *s)
{
	ends(s, "bye", 0);
}

static void
story_reset(struct stage *s)
{
	ends(s, "reset", -ECONNRESET);
}

static void
the_end_of_a_tls_stream_says_how_and_what_was_seen(void **state)
{
	const struct peer_cert cert = { .common_name = POOL };
	const struct stage_cfg cfg = { .cert = &cert, .trust = true };

	(void)state;
	two_worlds(&cfg, story_bye);
	two_worlds(&cfg, story_reset);
}

static void
story_nobody(struct stage *s)
{
	struct io_handle *session = stage_http(s, 443, POOL);

	stage_stream(s, 5061, true, POOL);
	stage_until(s, IO_DOWN);
	assert_int_equal(s->rig.note[0].err, -ECONNREFUSED);
	stage_get(s, session, "/");
	stage_until_end(s);
	assert_int_equal(s->rig.note[1].err, -ECONNREFUSED);
}

static void
where_nobody_speaks_tls_it_is_refused_before_any_of_it(void **state)
{
	(void)state;
	two_worlds(&(struct stage_cfg){ .trust = false }, story_nobody);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_certificate_of_a_trusted_root_comes_up),
		cmocka_unit_test(
		    names_are_alternative_ones_or_the_common_one_whatever_their_case),
		cmocka_unit_test(what_is_wrong_with_a_name_is_wrong_in_both),
		cmocka_unit_test(an_unknown_root_is_alert_48),
		cmocka_unit_test(sha_2_anywhere_in_the_chain_is_alert_46),
		cmocka_unit_test(dates_are_judged_by_the_phones_own_clock),
		cmocka_unit_test(a_wrong_clock_finds_a_good_certificate_bad),
		cmocka_unit_test(an_expired_root_counts_only_where_it_is_trusted),
		cmocka_unit_test(where_several_flaws_meet_both_worlds_tell_the_same_one),
		cmocka_unit_test(of_the_suites_only_those_that_tls_here_can_offer_are_offered),
		cmocka_unit_test(nothing_in_common_is_the_servers_alert_40),
		cmocka_unit_test(the_end_of_a_tls_stream_says_how_and_what_was_seen),
		cmocka_unit_test(where_nobody_speaks_tls_it_is_refused_before_any_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
