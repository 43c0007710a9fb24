/* test_ticket_talk.c - conversations with the KDC in the fake world: UDP, silence, TCP,
 * refusals.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "mem.h"
#include "sim_auth.h"
#include "sim_kdc.h"
#include "ticket_talk.h"

/* One talk and who listens to it. */
struct rig {
	struct sim *f;
	struct sim_auth *auth;
	struct sim_kdc kdc;
	struct io_scope scope;
	struct ticket_talk talk;
	enum talk_state state;
	unsigned endings;
	struct buf notes; /* "AS-REQ;KRB-ERROR 25;" */
};

static void
on_note(void *arg, enum talk_fact fact, const char *text)
{
	struct rig *r = arg;

	assert_true(fact == TALK_KRB_MESSAGE || fact == TALK_SPN);
	buf_printf(&r->notes, "%s;", text);
}

static void
on_event(void *arg, const struct io_event *ev)
{
	struct rig *r = arg;

	r->state = ticket_talk_event(&r->talk, ev);
	r->endings += r->state != TALK_WAIT;
}

static struct talk_cfg
cfg_of(struct rig *r)
{
	return (struct talk_cfg){
		.io = sim_io(r->f),
		.auth = sim_auth(r->auth),
		.owner = { &r->scope, on_event, r },
		.kdc_ip = 0x7f000001,
		.note = on_note,
		.note_arg = r,
	};
}

static void
rig_up(struct rig *r)
{
	memset(r, 0, sizeof *r);
	r->f = sim_new();
	r->auth = sim_auth_new("phone00001", "CONTOSO.COM", "secret");
	sim_io(r->f)->ops->address(sim_io(r->f), 0x7f2a0001, 0);
}

/* Nothing may be left of the talk. */
static void
rig_down(struct rig *r)
{
	ticket_talk_drop(&r->talk);
	assert_int_equal(sim_open(r->f), 0);
	buf_done(&r->notes);
	sim_auth_free(r->auth);
	sim_free(r->f);
	assert_int_equal(mem_out(), 0);
}

static void
log_in(struct rig *r)
{
	struct talk_cfg cfg = cfg_of(r);

	r->state = ticket_talk_login(&r->talk, &cfg);
	sim_run(r->f, UINT64_MAX);
}

static void
get_ticket(struct rig *r)
{
	struct talk_cfg cfg = cfg_of(r);

	sim_auth_logged_in(r->auth);
	r->state = ticket_talk_ticket(&r->talk, &cfg, "HTTP/dc01.contoso.com");
	sim_run(r->f, UINT64_MAX);
}

/* ---- how it should go --------------------------------------------------------------- */

static void
a_login_takes_two_packets_each_way(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r);
	sim_kdc_listen(r.f, &r.kdc);
	log_in(&r);
	assert_int_equal(r.state, TALK_DONE);
	assert_int_equal(r.kdc.packets, 2);
	assert_string_equal(buf_cstr(&r.notes), "AS-REQ;KRB-ERROR 25;AS-REQ;AS-REP;");
	assert_int_equal(r.endings, 1);
	rig_down(&r);
}

static void
a_ticket_too_big_for_udp_comes_over_tcp(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r);
	r.kdc.too_big = true;
	sim_kdc_listen(r.f, &r.kdc);
	get_ticket(&r);
	assert_int_equal(r.state, TALK_DONE);
	assert_string_equal(
	    buf_cstr(&r.notes), "HTTP/dc01.contoso.com;TGS-REQ;KRB-ERROR 52;TGS-REQ;TGS-REP;");
	rig_down(&r);
}

static void
a_ticket_that_is_there_needs_no_packet(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r);
	sim_auth_has_ticket(r.auth, "HTTP/dc01.contoso.com");
	get_ticket(&r);
	assert_int_equal(r.state, TALK_DONE);
	assert_int_equal(r.kdc.packets, 0);
	rig_down(&r);
}

/* ---- silence ---------------------------------------------------------------------------- */

static void
given_silence_it_sends_after_1_and_2_and_gives_up_after_4_more_seconds(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r);
	r.kdc.silent = true;
	sim_kdc_listen(r.f, &r.kdc);
	log_in(&r);
	assert_int_equal(r.state, TALK_FAILED);
	assert_int_equal(r.talk.err, -ETIMEDOUT);
	assert_int_equal(r.kdc.packets, 3);
	assert_int_equal(sim_now_us(r.f), 7000000);
	assert_string_equal(buf_cstr(&r.notes), "AS-REQ;");
	rig_down(&r);
}

/* Every packet is answered after 1.5 s, so the first is sent twice and answered twice. */
static void
a_late_second_answer_is_not_taken_for_the_next_one(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r);
	r.kdc.delay_us = 1500000;
	sim_kdc_listen(r.f, &r.kdc);
	log_in(&r);
	assert_int_equal(r.state, TALK_DONE);
	assert_int_equal(r.kdc.packets, 4);
	assert_int_equal(r.endings, 1);
	assert_string_equal(buf_cstr(&r.notes), "AS-REQ;KRB-ERROR 25;AS-REQ;AS-REP;");
	rig_down(&r);
}

/* ---- refusals --------------------------------------------------------------------------- */

static void
a_refusal_says_its_code(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r);
	r.kdc.password = "another";
	sim_kdc_listen(r.f, &r.kdc);
	log_in(&r);
	assert_int_equal(r.state, TALK_FAILED);
	assert_int_equal(r.talk.err, -EACCES);
	assert_int_equal(r.talk.krb_code, 24);
	assert_string_equal(r.talk.detail, "krb:24 KDC_ERR_PREAUTH_FAILED");
	rig_down(&r);
}

static void
a_kdc_that_fails_is_no_refusal(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r);
	r.kdc.login_error = 60;
	sim_kdc_listen(r.f, &r.kdc);
	log_in(&r);
	assert_int_equal(r.talk.err, -EREMOTEIO);
	rig_down(&r);
}

static void
a_service_nobody_knows_is_refused_with_7(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r);
	r.kdc.unknown_spn = "HTTP/dc01.contoso.com";
	sim_kdc_listen(r.f, &r.kdc);
	get_ticket(&r);
	assert_int_equal(r.state, TALK_FAILED);
	assert_int_equal(r.talk.krb_code, 7);
	rig_down(&r);
}

static void
without_a_ticket_granting_ticket_it_fails_at_once(void **state)
{
	struct talk_cfg cfg;
	struct rig r;

	(void)state;
	rig_up(&r);
	cfg = cfg_of(&r);
	assert_int_equal(ticket_talk_ticket(&r.talk, &cfg, "HTTP/x"), TALK_FAILED);
	assert_int_equal(r.talk.err, -ENOKEY);
	rig_down(&r);
}

/* A Kerberos that asks our realm's KDC first and another's then. */
static enum auth_next
refer(struct auth_talk *talk, struct span reply, struct auth_out *out)
{
	(void)talk;
	*out = (struct auth_out){ .packet = span_of("?"),
		.realm = reply.n == 0 ? "CONTOSO.COM" : "FABRIKAM.COM" };
	return AUTH_SEND;
}

static int
refer_ticket(struct auth *auth, const char *spn, struct auth_talk **out)
{
	(void)spn;
	*out = (struct auth_talk *)(void *)auth; /* any pointer will do */
	return 0;
}

static void
refer_drop(struct auth_talk *talk)
{
	(void)talk;
}

static void
answer_anything(void *arg, struct sim *f, const struct sim_call *c)
{
	(void)arg;
	if (c->deed == SIM_SENT)
		sim_packet(f, c->h, 1000, span_of("!"));
}

static void
a_referral_to_another_realm_is_not_followed(void **state)
{
	const struct auth_ops ops = {
		.ticket = refer_ticket, .next = refer, .drop = refer_drop
	};
	struct auth auth = { &ops };
	struct talk_cfg cfg;
	struct rig r;

	(void)state;
	rig_up(&r);
	sim_listen(r.f, SIM_UDP, 88, answer_anything, NULL);
	cfg = cfg_of(&r);
	cfg.auth = &auth;
	assert_int_equal(ticket_talk_ticket(&r.talk, &cfg, "HTTP/x"), TALK_WAIT);
	sim_run(r.f, UINT64_MAX);
	assert_int_equal(r.state, TALK_FAILED);
	assert_int_equal(r.talk.err, -ENOENT);
	assert_string_equal(r.talk.detail, "krb:referral to FABRIKAM.COM");
	rig_down(&r);
}

/* ---- the wire ------------------------------------------------------------------------------
 */

/* What a test's own KDC does with each thing it hears. */
enum rude { RUDE_GARBAGE, RUDE_REFUSES, RUDE_HANGS_UP, RUDE_TOO_LONG, RUDE_IN_BITS };

static void
rude_tcp(struct sim *f, const struct sim_call *c, enum rude how)
{
	const uint8_t too_long[] = { 0x7f, 0, 0, 0 };
	struct sim_kdc kdc = { 0 };
	struct buf reply = { 0 };

	if (c->deed == SIM_OPENED)
		sim_up(f, c->h, 1000, NULL);
	if (c->deed != SIM_SENT)
		return;
	if (how == RUDE_HANGS_UP)
		sim_down(f, c->h, 1000, 0, NULL);
	else if (how == RUDE_TOO_LONG)
		sim_bytes(f, c->h, 1000, (struct span){ too_long, 4 });
	if (how == RUDE_IN_BITS)
		assert_int_equal(sim_kdc_answer(&kdc, c->bytes, true, 0, &reply), 0);
	for (size_t i = 0; i < reply.n; i++)
		sim_bytes(f, c->h, 1000, (struct span){ reply.p + i, 1 });
	buf_done(&reply);
}

static void
rude_kdc(void *arg, struct sim *f, const struct sim_call *c)
{
	struct sim_kdc kdc = { .too_big = true };
	enum rude how = *(enum rude *)arg;
	struct buf too_big = { 0 };

	if (c->type == SIM_STREAM)
		rude_tcp(f, c, how);
	else if (c->deed != SIM_SENT)
		return;
	else if (how == RUDE_GARBAGE)
		sim_packet(f, c->h, 1000, span_of("what?"));
	else if (how == RUDE_REFUSES)
		sim_down(f, c->h, 1000, -ECONNREFUSED, NULL);
	else if (sim_kdc_answer(&kdc, c->bytes, false, 0, &too_big) == 0)
		sim_packet(f, c->h, 1000, buf_bytes(&too_big));
	buf_done(&too_big);
}

static void
with_rude_kdc(enum rude how, enum talk_state state, int err)
{
	struct rig r;

	rig_up(&r);
	sim_listen(r.f, SIM_UDP, 88, rude_kdc, &how);
	sim_listen(r.f, SIM_STREAM, 88, rude_kdc, &how);
	get_ticket(&r);
	assert_int_equal(r.state, state);
	assert_int_equal(r.talk.err, err);
	assert_int_equal(r.endings, 1);
	rig_down(&r);
}

static void
garbage_is_a_bad_reply(void **state)
{
	(void)state;
	with_rude_kdc(RUDE_GARBAGE, TALK_FAILED, -EBADMSG);
}

static void
a_closed_port_ends_it_at_once(void **state)
{
	(void)state;
	with_rude_kdc(RUDE_REFUSES, TALK_FAILED, -ECONNREFUSED);
}

static void
a_lost_tcp_connection_ends_it(void **state)
{
	(void)state;
	with_rude_kdc(RUDE_HANGS_UP, TALK_FAILED, -ECONNRESET);
}

static void
a_length_beyond_reason_ends_it(void **state)
{
	(void)state;
	with_rude_kdc(RUDE_TOO_LONG, TALK_FAILED, -EMSGSIZE);
}

static void
a_tcp_reply_may_come_byte_by_byte(void **state)
{
	(void)state;
	with_rude_kdc(RUDE_IN_BITS, TALK_DONE, 0);
}

static void
dropped_after_each_event_it_leaves_nothing(void **state)
{
	(void)state;
	for (int stop = 0; stop < 6; stop++) {
		struct talk_cfg cfg;
		struct rig r;

		rig_up(&r);
		r.kdc.too_big = true;
		sim_kdc_listen(r.f, &r.kdc);
		sim_auth_logged_in(r.auth);
		cfg = cfg_of(&r);
		r.state = ticket_talk_ticket(&r.talk, &cfg, "HTTP/dc01.contoso.com");
		for (int i = 0; i < stop; i++)
			sim_step(r.f, UINT64_MAX);
		ticket_talk_drop(&r.talk);
		assert_int_equal(sim_run(r.f, UINT64_MAX), 0);
		rig_down(&r);
	}
}

static void
when_nothing_can_be_opened_it_fails_with_the_reason(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r);
	sim_fail_open(r.f, -EMFILE);
	get_ticket(&r);
	assert_int_equal(r.state, TALK_FAILED);
	assert_int_equal(r.talk.err, -EMFILE);
	rig_down(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_login_takes_two_packets_each_way),
		cmocka_unit_test(a_ticket_too_big_for_udp_comes_over_tcp),
		cmocka_unit_test(a_ticket_that_is_there_needs_no_packet),
		cmocka_unit_test(
		    given_silence_it_sends_after_1_and_2_and_gives_up_after_4_more_seconds),
		cmocka_unit_test(a_late_second_answer_is_not_taken_for_the_next_one),
		cmocka_unit_test(a_refusal_says_its_code),
		cmocka_unit_test(a_kdc_that_fails_is_no_refusal),
		cmocka_unit_test(a_service_nobody_knows_is_refused_with_7),
		cmocka_unit_test(without_a_ticket_granting_ticket_it_fails_at_once),
		cmocka_unit_test(a_referral_to_another_realm_is_not_followed),
		cmocka_unit_test(garbage_is_a_bad_reply),
		cmocka_unit_test(a_closed_port_ends_it_at_once),
		cmocka_unit_test(a_lost_tcp_connection_ends_it),
		cmocka_unit_test(a_length_beyond_reason_ends_it),
		cmocka_unit_test(a_tcp_reply_may_come_byte_by_byte),
		cmocka_unit_test(dropped_after_each_event_it_leaves_nothing),
		cmocka_unit_test(when_nothing_can_be_opened_it_fails_with_the_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
