/* test_dns_talk.c - the phone's resolver against name servers that are good, slow, deaf, lying
 * or dead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dns_talk.h"
#include "fake_dns.h"

enum { FIRST = 1, SECOND = 0, S = 1000000 }; /* 127.0.0.53 and .54, by their last bit */

static const struct serve_dns_record zone[] = {
	{ .name = "host.contoso.com", .type = DNS_A, .ip = 0x0a000001 },
	{ .name = "other.contoso.com", .type = DNS_A, .ip = 0x0a000002 },
	{ .name = "alias.contoso.com", .type = DNS_CNAME, .target = "host.contoso.com" },
	{ .name = "dangling.contoso.com", .type = DNS_CNAME, .target = "nowhere.contoso.com" },
	{ .name = "host.lab.contoso.com", .type = DNS_A, .ip = 0x0a000003 },
	{ .name = "_s._tcp.contoso.com",
	    .type = DNS_SRV,
	    .target = "other.contoso.com",
	    .priority = 2,
	    .port = 443 },
	{ .name = "_s._tcp.contoso.com",
	    .type = DNS_SRV,
	    .target = "host.contoso.com",
	    .priority = 1,
	    .port = 5061 },
	{ .name = "_half._tcp.contoso.com",
	    .type = DNS_SRV,
	    .target = "nowhere.contoso.com",
	    .priority = 1,
	    .port = 1 },
	{ .name = "_half._tcp.contoso.com",
	    .type = DNS_SRV,
	    .target = "alias.contoso.com",
	    .priority = 2,
	    .port = 5061 },
	{ .name = "_lost._tcp.contoso.com",
	    .type = DNS_SRV,
	    .target = "nowhere.contoso.com",
	    .port = 1 },
};
static const char suffixes[][DNS_TALK_NAME_MAX] = { "contoso.com", "lab.contoso.com" };

struct rig {
	struct sim *f;
	struct fake_dns dns;
	struct io_scope scope;
	struct dns_talk talk;
	struct dns_resolver resolver;
	struct talk_cfg cfg;
	enum talk_state state;
	char notes[1024];
	bool ended;
};

static void
on_event(void *arg, const struct io_event *ev)
{
	struct rig *r = arg;

	assert_false(r->ended);
	r->state = dns_talk_event(&r->talk, ev);
	r->ended = r->state != TALK_WAIT;
}

static void
on_note(void *arg, enum talk_fact fact, const char *text)
{
	struct rig *r = arg;
	size_t n = strlen(r->notes);

	(void)snprintf(r->notes + n, sizeof r->notes - n, "%s%s|",
	    fact == TALK_DNS_ANSWER ? "=" : "", text);
}

static void
rig_new(struct rig *r)
{
	*r = (struct rig){ .f = sim_new() };
	r->cfg = (struct talk_cfg){ .io = sim_io(r->f),
		.owner = { &r->scope, on_event, r },
		.note = on_note,
		.note_arg = r };
	r->resolver = (struct dns_resolver){
		.servers = { 0x7f000035, 0x7f000036 }, .timeout_ms = 2000, .tries = 3
	};
	fake_dns_listen(&r->dns, r->f, zone, sizeof zone / sizeof zone[0]);
	assert_int_equal(r->cfg.io->ops->address(r->cfg.io, 0x7f2a0001, 0), 0);
}

/* Nothing may be left open. */
static void
rig_done(struct rig *r)
{
	assert_int_equal(sim_open(r->f), 0);
	fake_dns_done(&r->dns);
	sim_free(r->f);
}

static enum talk_state
look_up(struct rig *r, const char *name, enum dns_type type)
{
	r->notes[0] = '\0';
	r->ended = false;
	r->state = dns_talk_start(&r->talk, &r->cfg, &r->resolver, name, type);
	if (r->state == TALK_WAIT)
		(void)sim_run(r->f, sim_now_us(r->f) + 3600ull * S);
	assert_int_not_equal(r->state, TALK_WAIT);
	return r->state;
}

/* ---- answers --------------------------------------------------------------------- */

static void
a_host_is_found_also_by_an_alias(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r);
	assert_int_equal(look_up(&r, "host.contoso.com", DNS_A), TALK_DONE);
	assert_int_equal(r.talk.n_found, 1);
	assert_int_equal(r.talk.found[0].ip, 0x0a000001);
	assert_string_equal(r.talk.found[0].name, "host.contoso.com");
	assert_string_equal(r.notes, "A host.contoso.com|=10.0.0.1|");
	assert_int_equal(r.dns.server[FIRST].udp, 1);
	assert_int_equal(r.dns.server[SECOND].udp, 0);

	assert_int_equal(look_up(&r, "alias.contoso.com", DNS_A), TALK_DONE);
	assert_int_equal(r.talk.found[0].ip, 0x0a000001);
	assert_string_equal(r.talk.found[0].name, "alias.contoso.com");
	rig_done(&r);
}

static void
the_targets_of_a_service_come_in_order_with_their_addresses(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r);
	assert_int_equal(look_up(&r, "_s._tcp.contoso.com", DNS_SRV), TALK_DONE);
	assert_int_equal(r.talk.n_found, 2);
	assert_string_equal(r.talk.found[0].name, "host.contoso.com");
	assert_int_equal(r.talk.found[0].port, 5061);
	assert_int_equal(r.talk.found[0].ip, 0x0a000001);
	assert_string_equal(r.talk.found[1].name, "other.contoso.com");
	assert_int_equal(r.talk.found[1].ip, 0x0a000002);
	assert_string_equal(
	    r.notes, "SRV _s._tcp.contoso.com|=host.contoso.com:5061|=other.contoso.com:443|");
	rig_done(&r);
}

static void
a_target_without_address_is_looked_up_or_left_out(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r);
	assert_int_equal(look_up(&r, "_half._tcp.contoso.com", DNS_SRV), TALK_DONE);
	assert_int_equal(r.talk.n_found, 1);
	assert_string_equal(r.talk.found[0].name, "alias.contoso.com");
	assert_int_equal(r.talk.found[0].ip, 0x0a000001);
	assert_string_equal(r.notes,
	    "SRV _half._tcp.contoso.com|=nowhere.contoso.com:1|=alias.contoso.com:5061|"
	    "A nowhere.contoso.com|=NXDOMAIN|A alias.contoso.com|=10.0.0.1|");

	assert_int_equal(look_up(&r, "_lost._tcp.contoso.com", DNS_SRV), TALK_FAILED);
	assert_int_equal(r.talk.err, -ENOENT);
	rig_done(&r);
}

static void
a_target_nobody_answers_for_does_not_cost_the_others(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r);
	r.state =
	    dns_talk_start(&r.talk, &r.cfg, &r.resolver, "_half._tcp.contoso.com", DNS_SRV);
	while (strstr(r.notes, "A nowhere") == NULL)
		assert_true(sim_step(r.f, 1 * S));
	r.dns.server[FIRST].mood = r.dns.server[SECOND].mood = FAKE_DNS_SILENT;
	while (strstr(r.notes, "A alias") == NULL)
		assert_true(sim_step(r.f, 100 * S));
	r.dns.server[FIRST].mood = r.dns.server[SECOND].mood = FAKE_DNS_GOOD;
	(void)sim_run(r.f, 200 * S);
	assert_int_equal(r.state, TALK_DONE);
	assert_int_equal(r.talk.n_found, 1);
	assert_string_equal(r.talk.found[0].name, "alias.contoso.com");

	/* When nobody answers for any of them, that is what is told. */
	rig_done(&r);
	rig_new(&r);
	r.state =
	    dns_talk_start(&r.talk, &r.cfg, &r.resolver, "_half._tcp.contoso.com", DNS_SRV);
	while (strstr(r.notes, "A nowhere") == NULL)
		assert_true(sim_step(r.f, 1 * S));
	r.dns.server[FIRST].mood = r.dns.server[SECOND].mood = FAKE_DNS_SILENT;
	(void)sim_run(r.f, 200 * S);
	assert_int_equal(r.state, TALK_FAILED);
	assert_int_equal(r.talk.err, -ETIMEDOUT);
	rig_done(&r);
}

/* ---- names that do not exist ---------------------------------------------------------- */

static void
a_failing_name_is_asked_again_with_each_suffix(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r);
	r.resolver.suffix = suffixes;
	r.resolver.n_suffixes = 2;
	assert_int_equal(look_up(&r, "host", DNS_A), TALK_DONE);
	assert_int_equal(r.talk.found[0].ip, 0x0a000001);
	assert_string_equal(r.talk.found[0].name, "host.contoso.com");
	assert_string_equal(r.notes, "A host|=NXDOMAIN|A host.contoso.com|=10.0.0.1|");

	assert_int_equal(look_up(&r, "nope", DNS_A), TALK_FAILED);
	assert_int_equal(r.talk.err, -ENOENT);
	assert_string_equal(r.talk.rcode, "NXDOMAIN");
	assert_string_equal(r.notes,
	    "A nope|=NXDOMAIN|A nope.contoso.com|=NXDOMAIN|A nope.lab.contoso.com|=NXDOMAIN|");
	rig_done(&r);
}

static void
nothing_of_that_kind_is_not_found_either(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r);
	assert_int_equal(look_up(&r, "host.contoso.com", DNS_SRV), TALK_FAILED);
	assert_int_equal(r.talk.err, -ENOENT);
	assert_string_equal(r.talk.rcode, "NODATA");
	assert_int_equal(look_up(&r, "dangling.contoso.com", DNS_A), TALK_FAILED);
	assert_int_equal(r.talk.err, -ENOENT);
	assert_int_equal(look_up(&r, "not a name", DNS_A), TALK_FAILED);
	assert_int_equal(r.talk.err, -ENOENT);
	r.resolver.servers[0] = r.resolver.servers[1] = 0;
	assert_int_equal(look_up(&r, "host.contoso.com", DNS_A), TALK_FAILED);
	assert_string_equal(r.talk.rcode, "no server");
	rig_done(&r);
}

/* ---- servers that do not help ------------------------------------------------------------ */

static void
a_silent_server_is_passed_over_for_the_second(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r);
	r.dns.server[FIRST].mood = FAKE_DNS_SILENT;
	assert_int_equal(look_up(&r, "host.contoso.com", DNS_A), TALK_DONE);
	assert_in_range(sim_now_us(r.f), 2 * S, 2 * S + 2000);
	assert_string_equal(r.notes, "A host.contoso.com|=10.0.0.1|");
	rig_done(&r);
}

static void
silence_of_all_ends_after_every_server_s_tries(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r);
	r.dns.server[FIRST].mood = r.dns.server[SECOND].mood = FAKE_DNS_SILENT;
	assert_int_equal(look_up(&r, "host.contoso.com", DNS_A), TALK_FAILED);
	assert_int_equal(r.talk.err, -ETIMEDOUT);
	assert_int_equal(sim_now_us(r.f), 12 * S);
	assert_int_equal(r.dns.server[FIRST].udp, 3);
	assert_int_equal(r.dns.server[SECOND].udp, 3);
	rig_done(&r);
}

static void
a_late_answer_is_taken_while_the_next_server_is_asked(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r);
	r.dns.server[FIRST].delay_us = 3 * S;
	r.dns.server[SECOND].mood = FAKE_DNS_SILENT;
	assert_int_equal(look_up(&r, "host.contoso.com", DNS_A), TALK_DONE);
	assert_int_equal(sim_now_us(r.f), 3 * S);
	rig_done(&r);
}

static void
a_server_that_fails_is_passed_over_at_once(void **state)
{
	static const struct {
		enum fake_dns_mood mood;
		int err;
	} cases[] = { { FAKE_DNS_SERVFAIL, -EREMOTEIO }, { FAKE_DNS_REFUSED, -ECONNREFUSED } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct rig r;

		rig_new(&r);
		r.dns.server[FIRST].mood = cases[i].mood;
		assert_int_equal(look_up(&r, "host.contoso.com", DNS_A), TALK_DONE);
		assert_in_range(sim_now_us(r.f), 0, 10000);
		r.dns.server[SECOND].mood = cases[i].mood;
		assert_int_equal(look_up(&r, "host.contoso.com", DNS_A), TALK_FAILED);
		assert_int_equal(r.talk.err, cases[i].err);
		rig_done(&r);
	}
}

static void
a_servfail_outweighs_an_nxdomain_of_a_suffix(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r);
	r.dns.server[FIRST].mood = r.dns.server[SECOND].mood = FAKE_DNS_SERVFAIL;
	r.resolver.suffix = suffixes;
	r.resolver.n_suffixes = 1;
	assert_int_equal(look_up(&r, "host", DNS_A), TALK_FAILED);
	assert_int_equal(r.talk.err, -EREMOTEIO);
	assert_string_equal(r.talk.rcode, "SERVFAIL");
	rig_done(&r);
}

/* ---- answers that are none ----------------------------------------------------------------
 */

static void
forged_answers_do_not_end_the_question(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r);
	r.dns.server[FIRST].mood = FAKE_DNS_FORGED;
	assert_int_equal(look_up(&r, "host.contoso.com", DNS_A), TALK_DONE);
	assert_int_equal(r.dns.server[FIRST].udp, 1);
	assert_int_equal(r.talk.found[0].ip, 0x0a000001);
	rig_done(&r);
}

static void
only_foreign_answers_are_silence_and_only_garbage_is_unreadable(void **state)
{
	static const struct {
		enum fake_dns_mood mood;
		int err;
	} cases[] = { { FAKE_DNS_WRONG_ID, -ETIMEDOUT }, { FAKE_DNS_OTHER_NAME, -ETIMEDOUT },
		{ FAKE_DNS_GARBAGE, -EBADMSG } };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct rig r;

		rig_new(&r);
		r.dns.server[FIRST].mood = r.dns.server[SECOND].mood = cases[i].mood;
		assert_int_equal(look_up(&r, "host.contoso.com", DNS_A), TALK_FAILED);
		assert_int_equal(r.talk.err, cases[i].err);
		rig_done(&r);
	}
}

/* ---- TCP
 * --------------------------------------------------------------------------------------- */

static void
a_truncated_answer_is_fetched_over_tcp(void **state)
{
	(void)state;
	for (int crawls = 0; crawls < 2; crawls++) {
		struct rig r;

		rig_new(&r);
		r.dns.server[FIRST].mood = FAKE_DNS_TRUNCATED;
		r.dns.tcp_crawls = crawls;
		assert_int_equal(look_up(&r, "_s._tcp.contoso.com", DNS_SRV), TALK_DONE);
		assert_int_equal(r.talk.n_found, 2);
		assert_int_equal(r.dns.server[FIRST].udp, 1);
		assert_int_equal(r.dns.server[FIRST].tcp, 1);
		/* The question counts once. */
		assert_string_equal(r.notes,
		    "SRV _s._tcp.contoso.com|=host.contoso.com:5061|=other.contoso.com:443|");
		rig_done(&r);
	}
}

static void
a_tcp_connection_that_dies_leads_to_the_second_server(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r);
	r.dns.server[FIRST].mood = FAKE_DNS_TRUNCATED;
	r.dns.tcp_dies = true;
	assert_int_equal(look_up(&r, "host.contoso.com", DNS_A), TALK_DONE);
	assert_int_equal(r.dns.server[SECOND].udp, 1);
	rig_done(&r);
}

/* ---- ends
 * ------------------------------------------------------------------------------------------ */

static void
dropped_at_any_event_it_leaves_nothing_open(void **state)
{
	(void)state;
	for (size_t after = 0; after < 12; after++) {
		struct rig r;

		rig_new(&r);
		r.dns.server[FIRST].mood = FAKE_DNS_TRUNCATED;
		r.dns.tcp_crawls = true;
		r.state = dns_talk_start(
		    &r.talk, &r.cfg, &r.resolver, "_half._tcp.contoso.com", DNS_SRV);
		for (size_t i = 0; i < after && r.state == TALK_WAIT; i++)
			(void)sim_step(r.f, 3600ull * S);
		dns_talk_drop(&r.talk);
		dns_talk_drop(&r.talk);
		rig_done(&r);
	}
}

static void
what_cannot_be_opened_fails_with_io_s_error(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r);
	sim_fail_open(r.f, -EMFILE);
	assert_int_equal(look_up(&r, "host.contoso.com", DNS_A), TALK_FAILED);
	assert_int_equal(r.talk.err, -EMFILE);
	rig_done(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_is_found_also_by_an_alias),
		cmocka_unit_test(the_targets_of_a_service_come_in_order_with_their_addresses),
		cmocka_unit_test(a_target_without_address_is_looked_up_or_left_out),
		cmocka_unit_test(a_target_nobody_answers_for_does_not_cost_the_others),
		cmocka_unit_test(a_failing_name_is_asked_again_with_each_suffix),
		cmocka_unit_test(nothing_of_that_kind_is_not_found_either),
		cmocka_unit_test(a_silent_server_is_passed_over_for_the_second),
		cmocka_unit_test(silence_of_all_ends_after_every_server_s_tries),
		cmocka_unit_test(a_late_answer_is_taken_while_the_next_server_is_asked),
		cmocka_unit_test(a_server_that_fails_is_passed_over_at_once),
		cmocka_unit_test(a_servfail_outweighs_an_nxdomain_of_a_suffix),
		cmocka_unit_test(forged_answers_do_not_end_the_question),
		cmocka_unit_test(
		    only_foreign_answers_are_silence_and_only_garbage_is_unreadable),
		cmocka_unit_test(a_truncated_answer_is_fetched_over_tcp),
		cmocka_unit_test(a_tcp_connection_that_dies_leads_to_the_second_server),
		cmocka_unit_test(dropped_at_any_event_it_leaves_nothing_open),
		cmocka_unit_test(what_cannot_be_opened_fails_with_io_s_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
