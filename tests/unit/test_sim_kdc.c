/* test_sim_kdc.c - the toy Kerberos' messages and its KDC, where no real one is beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "krb_msg.h"
#include "mem.h"
#include "rng.h"
#include "sim_accept.h"
#include "sim_auth.h"
#include "sim_kdc.h"
#include "sim_krb.h"
#include "sim_tickets.h"

static const int64_t NOW = 1252486800ll * 1000000, MINUTE = 60ll * 1000000;
static const int64_t HOUR = 3600ll * 1000000;

/* ---- seals and messages -------------------------------------------------------- */

static void
a_seal_opens_by_its_key_only(void **state)
{
	const struct sim_krb in = { .n = 3,
		.field = { span_of("a"), { NULL, 0 }, span_of("ccc") } };
	struct buf seal = { 0 };
	struct sim_krb out;

	(void)state;
	sim_krb_seal(&seal, span_of("key"), &in, 0);
	assert_int_equal(sim_krb_open(buf_bytes(&seal), span_of("key"), &out), 0);
	assert_int_equal(out.n, 3);
	assert_true(span_is(out.field[0], "a"));
	assert_int_equal(out.field[1].n, 0);
	assert_true(span_is(out.field[2], "ccc"));
	assert_int_equal(sim_krb_open(buf_bytes(&seal), span_of("kez"), &out), -EBADMSG);
	assert_int_equal(
	    sim_krb_open(buf_bytes(&seal), (struct span){ NULL, 0 }, &out), -EBADMSG);
	buf_done(&seal);
}

static void
no_byte_of_a_seal_can_be_changed_or_left_out(void **state)
{
	const struct sim_krb in = { .n = 2,
		.field = { span_of("client"), span_of("service") } };
	struct buf seal = { 0 };
	struct sim_krb out;

	(void)state;
	sim_krb_seal(&seal, span_of("key"), &in, 200);
	assert_int_equal(seal.n, 200);
	for (size_t i = 0; i < seal.n; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			seal.p[i] ^= (uint8_t)(1u << bit);
			assert_int_equal(
			    sim_krb_open(buf_bytes(&seal), span_of("key"), &out), -EBADMSG);
			seal.p[i] ^= (uint8_t)(1u << bit);
		}
		assert_int_equal(
		    sim_krb_open((struct span){ seal.p, i }, span_of("key"), &out), -EBADMSG);
	}
	assert_int_equal(sim_krb_open(buf_bytes(&seal), span_of("key"), &out), 0);
	buf_done(&seal);
}

static void
a_mic_depends_on_key_direction_and_bytes(void **state)
{
	uint8_t mic[SIM_KRB_KEY];
	const struct span is = { mic, sizeof mic };

	(void)state;
	sim_mic(span_of("key"), "client", span_of("0123456789"), mic);
	assert_true(sim_mic_is(span_of("key"), "client", span_of("0123456789"), is));
	assert_false(sim_mic_is(span_of("key"), "server", span_of("0123456789"), is));
	assert_false(sim_mic_is(span_of("keY"), "client", span_of("0123456789"), is));
	assert_false(sim_mic_is(span_of("key"), "client", span_of("0123456788"), is));
	assert_false(sim_mic_is(span_of("key"), "client", span_of("012345678"), is));
	assert_false(sim_mic_is(
	    span_of("key"), "client", span_of("0123456789"), (struct span){ mic, 15 }));
	/* Zeros count, too. */
	sim_mic(span_of("key"), "client", (struct span){ (const uint8_t *)"\0\0", 1 }, mic);
	assert_false(sim_mic_is(
	    span_of("key"), "client", (struct span){ (const uint8_t *)"\0\0", 2 }, is));
}

static void
messages_look_like_kerberos_from_outside(void **state)
{
	const enum sim_krb_tag tags[] = { SIM_AS_REQ, SIM_AS_REP, SIM_TGS_REQ, SIM_TGS_REP };
	const char *const names[] = { "AS-REQ", "AS-REP", "TGS-REQ", "TGS-REP" };
	char name[KRB_MSG_NAME_MAX];
	struct buf b = { 0 };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		const struct sim_krb m = { .tag = tags[i], .n = 1, .field = { span_of("x") } };

		buf_clear(&b);
		sim_krb_write(&b, false, &m, 300);
		assert_int_equal(b.n, 300);
		assert_int_equal(krb_msg_name(buf_bytes(&b), name), 0);
		assert_string_equal(name, names[i]);
	}
	buf_clear(&b);
	sim_krb_write_error(&b, false, 24);
	assert_int_equal(krb_msg_name(buf_bytes(&b), name), 0);
	assert_string_equal(name, "KRB-ERROR 24");
	buf_done(&b);
}

static void
messages_are_read_as_they_were_written(void **state)
{
	const struct sim_krb m = {
		.tag = SIM_TGS_REQ, .n = 2, .field = { span_of("a"), span_of("b") }
	};
	struct buf b = { 0 };
	struct sim_krb out;

	(void)state;
	for (int stream = 0; stream < 2; stream++) {
		buf_clear(&b);
		sim_krb_write(&b, stream, &m, 0);
		assert_int_equal(sim_krb_read(buf_bytes(&b), stream, &out), 0);
		assert_int_equal(out.tag, SIM_TGS_REQ);
		assert_int_equal(out.n, 2);
		assert_true(span_is(out.field[1], "b"));
		for (size_t n = 0; n < b.n; n++)
			assert_int_not_equal(
			    sim_krb_read((struct span){ b.p, n }, stream, &out), 0);
		buf_clear(&b);
		sim_krb_write_error(&b, stream, 300);
		assert_int_equal(sim_krb_read(buf_bytes(&b), stream, &out), 0);
		assert_int_equal(out.code, 300);
	}
	/* A packet is no stream, a stream no packet. */
	assert_int_equal(sim_krb_read(buf_bytes(&b), false, &out), -EINVAL);
	buf_clear(&b);
	sim_krb_write(&b, false, &m, 0);
	assert_int_equal(sim_krb_read(buf_bytes(&b), true, &out), -EBADMSG);
	buf_done(&b);
}

static void
random_bytes_are_no_message(void **state)
{
	struct sim_kdc kdc = { .password = "secret" };
	struct buf reply = { 0 };
	struct sim_krb out;
	uint8_t bytes[300];
	struct rng rng;

	(void)state;
	rng_seed(&rng, 1, 0);
	for (int i = 0; i < 20000; i++) {
		size_t n = (size_t)rng_below(&rng, sizeof bytes);

		for (size_t at = 0; at < n; at++)
			bytes[at] = (uint8_t)rng_u32(&rng);
		/* Half of them at least begin well. */
		if (n > 5 && i % 2 == 0) {
			bytes[0] = (uint8_t)(0x6a + i / 2 % 4);
			bytes[1] = 0x82;
			bytes[2] = (uint8_t)((n - 4) >> 8);
			bytes[3] = (uint8_t)(n - 4);
			bytes[4] &= 7;
		}
		(void)sim_krb_read((struct span){ bytes, n }, i % 3 == 0, &out);
		(void)sim_krb_open((struct span){ bytes, n }, span_of("key"), &out);
		(void)sim_kdc_answer(&kdc, (struct span){ bytes, n }, false, NOW, &reply);
		buf_clear(&reply);
	}
	assert_int_equal(kdc.logins, 0);
	buf_done(&reply);
	assert_int_equal(mem_out(), 0);
}

/* ---- tickets --------------------------------------------------------------------- */

static void
a_ticket_opens_with_its_services_key_only(void **state)
{
	const struct sim_ticket in = { .client = span_of("phone00001"),
		.realm = span_of("CONTOSO.COM"),
		.spn = span_of("sip/fe01"),
		.start_us = NOW,
		.end_us = NOW + HOUR,
		.session = { 1, 2, 3 } };
	struct buf b = { 0 };
	struct sim_ticket out;

	(void)state;
	sim_ticket_write(&b, &in, SIM_KRB_TICKET);
	assert_int_equal(b.n, SIM_KRB_TICKET);
	assert_int_equal(
	    sim_ticket_read(buf_bytes(&b), span_of("sip/fe01"), span_of("CONTOSO.COM"), &out),
	    0);
	assert_true(span_is(out.client, "phone00001"));
	assert_true(out.start_us == NOW && out.end_us == NOW + HOUR);
	assert_memory_equal(out.session, in.session, sizeof in.session);
	assert_int_equal(
	    sim_ticket_read(buf_bytes(&b), span_of("sip/fe02"), span_of("CONTOSO.COM"), &out),
	    -EBADMSG);
	assert_int_equal(
	    sim_ticket_read(buf_bytes(&b), span_of("sip/fe01"), span_of("OTHER.COM"), &out),
	    -EBADMSG);
	buf_done(&b);
}

static void
kept_tickets_come_out_as_they_went_in(void **state)
{
	const uint8_t odd[] = { 1, 0, 0, 2, 0, 0 };
	const struct sim_kept like = { .end_us = NOW };
	struct sim_tickets t = { 0 };
	struct buf b = { 0 }, whole = { 0 };

	(void)state;
	sim_ticket_write(&whole, &(struct sim_ticket){ .spn = span_of("x") }, 1200);
	for (size_t n = 0; n <= sizeof odd; n++) {
		assert_int_equal(
		    sim_tickets_put(&t, &like, span_of("odd"), (struct span){ odd, n }), 0);
		buf_clear(&b);
		sim_kept_ticket(sim_tickets_find(&t, span_of("odd"), 0), &b);
		assert_true(span_eq(buf_bytes(&b), (struct span){ odd, n }));
	}
	assert_int_equal(sim_tickets_put(&t, &like, span_of("x"), buf_bytes(&whole)), 0);
	/* Without the filler it takes a tenth. */
	assert_true(sim_tickets_find(&t, span_of("x"), 0)->n_kept < 120);
	buf_clear(&b);
	sim_kept_ticket(sim_tickets_find(&t, span_of("x"), 0), &b);
	assert_true(span_eq(buf_bytes(&b), buf_bytes(&whole)));
	assert_null(sim_tickets_find(&t, span_of("x"), NOW));
	assert_null(sim_tickets_find(&t, span_of("y"), 0));
	sim_tickets_drop(&t);
	assert_null(sim_tickets_find(&t, span_of("x"), 0));
	buf_done(&b);
	buf_done(&whole);
	assert_int_equal(mem_out(), 0);
}

/* ---- the KDC ----------------------------------------------------------------------- */

struct rig {
	struct sim_kdc kdc;
	struct sim_auth *auth;
	struct auth *phone;
	int64_t wall_us;
	struct buf reply;
	size_t sent[8], got[8], turns; /* bytes of the last conversation */
	bool stream;                   /* its last request */
	char text[128];
};

static void
rig_up(struct rig *r)
{
	*r = (struct rig){ .kdc = { .realm = "CONTOSO.COM", .password = "secret" },
		.auth = sim_auth_new("phone00001", "CONTOSO.COM", "secret"),
		.wall_us = NOW };
	r->phone = sim_auth(r->auth);
}

static void
rig_down(struct rig *r)
{
	sim_auth_free(r->auth);
	buf_done(&r->reply);
	assert_int_equal(mem_out(), 0);
}

static enum auth_next
walk(struct rig *r, struct auth_talk *talk)
{
	struct auth_out out;
	enum auth_next next;

	r->turns = 0;
	buf_clear(&r->reply);
	while ((next = r->phone->ops->next(talk, buf_bytes(&r->reply), &out)) == AUTH_SEND) {
		buf_clear(&r->reply);
		r->stream = out.stream;
		r->sent[r->turns] = out.packet.n;
		assert_int_equal(
		    sim_kdc_answer(&r->kdc, out.packet, out.stream, r->wall_us, &r->reply), 0);
		r->got[r->turns++] = r->reply.n;
	}
	(void)snprintf(r->text, sizeof r->text, "%s", out.text != NULL ? out.text : "");
	r->phone->ops->drop(talk);
	return next;
}

static enum auth_next
login(struct rig *r)
{
	struct auth_talk *talk;

	assert_int_equal(r->phone->ops->login(r->phone, &talk), 0);
	return walk(r, talk);
}

static enum auth_next
ticket(struct rig *r, const char *spn)
{
	struct auth_talk *talk;

	assert_int_equal(r->phone->ops->ticket(r->phone, spn, &talk), 0);
	return walk(r, talk);
}

static void
messages_are_as_long_as_the_real_ones(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r);
	assert_int_equal(login(&r), AUTH_DONE);
	assert_int_equal(r.turns, 2);
	assert_int_equal(r.sent[0], 165);
	assert_int_equal(r.got[0], 293);
	assert_int_equal(r.sent[1], 254);
	assert_int_equal(r.got[1], 879);
	assert_int_equal(ticket(&r, "sip/fe01.contoso.com"), AUTH_DONE);
	assert_int_equal(r.sent[0], 977);
	assert_int_equal(r.got[0], 951);
	assert_false(r.stream);
	rig_down(&r);
}

static void
big_tickets_need_tcp(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r);
	r.kdc.ticket_bytes = 1200;
	assert_int_equal(login(&r), AUTH_DONE);
	assert_int_equal(r.turns, 3);
	assert_true(r.stream);
	assert_int_equal(r.got[1], 157); /* RESPONSE_TOO_BIG */
	assert_int_equal(r.got[2], 879 - 560 + 1200 + 4);
	/* With such a ticket even the request is too long for UDP. */
	assert_int_equal(ticket(&r, "sip/fe01.contoso.com"), AUTH_DONE);
	assert_int_equal(r.turns, 1);
	assert_true(r.stream);
	assert_true(r.sent[0] > 1465);
	rig_down(&r);
}

static void
when_told_so_every_ticket_needs_tcp(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r);
	r.kdc.too_big = true;
	assert_int_equal(login(&r), AUTH_DONE);
	assert_false(r.stream);
	assert_int_equal(ticket(&r, "sip/fe01.contoso.com"), AUTH_DONE);
	assert_int_equal(r.turns, 2);
	assert_true(r.stream);
	rig_down(&r);
}

struct refusal {
	int error;
	const char *text;
};

static void
a_refusal_reaches_the_phone_with_its_name(void **state)
{
	static const struct refusal refusals[] = {
		{ 6, "krb:6 KDC_ERR_C_PRINCIPAL_UNKNOWN" },
		{ 14, "krb:14 KDC_ERR_ETYPE_NOSUPP" },
		{ 18, "krb:18 KDC_ERR_CLIENT_REVOKED" },
		{ 23, "krb:23 KDC_ERR_KEY_EXPIRED" },
		{ 24, "krb:24 KDC_ERR_PREAUTH_FAILED" },
		{ 29, "krb:29 KDC_ERR_SVC_UNAVAILABLE" },
		{ 30, "krb:30 KRB5 error code 30" },
		{ 37, "krb:37 KRB_AP_ERR_SKEW" },
		{ 60, "krb:60 KRB_ERR_GENERIC" },
		{ 68, "krb:68 KDC_ERR_WRONG_REALM" },
	};
	struct rig r;

	(void)state;
	rig_up(&r);
	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
		r.kdc.login_error = refusals[i].error;
		assert_int_equal(login(&r), AUTH_FAILED);
		assert_string_equal(r.text, refusals[i].text);
	}
	assert_int_equal(r.kdc.logins, 0);
	rig_down(&r);
}

static void
another_realm_is_not_served(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r);
	r.kdc.realm = "FABRIKAM.COM";
	assert_int_equal(login(&r), AUTH_FAILED);
	assert_string_equal(r.text, "krb:68 KDC_ERR_WRONG_REALM");
	sim_auth_logged_in(r.auth);
	assert_int_equal(ticket(&r, "sip/fe01.contoso.com"), AUTH_FAILED);
	assert_string_equal(r.text, "krb:68 KDC_ERR_WRONG_REALM");
	rig_down(&r);
}

static enum sim_account
other_password(const void *arg, struct span user)
{
	(void)user;
	return *(const enum sim_account *)arg;
}

static void
accounts_are_looked_up_by_name(void **state)
{
	enum sim_account account = ACCOUNT_OTHER_PASSWORD;
	struct rig r;

	(void)state;
	rig_up(&r);
	r.kdc.account = other_password;
	r.kdc.arg = &account;
	assert_int_equal(login(&r), AUTH_FAILED);
	assert_string_equal(r.text, "krb:24 KDC_ERR_PREAUTH_FAILED");
	assert_int_equal(r.turns, 2);
	account = ACCOUNT_LOCKED;
	assert_int_equal(login(&r), AUTH_FAILED);
	assert_string_equal(r.text, "krb:18 KDC_ERR_CLIENT_REVOKED");
	assert_int_equal(r.turns, 1);
	account = ACCOUNT_GOOD;
	assert_int_equal(login(&r), AUTH_DONE);
	rig_down(&r);
}

static void
services_are_those_of_the_table(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r);
	r.kdc.services = serve_services;
	r.kdc.n_services = serve_n_services;
	assert_int_equal(login(&r), AUTH_DONE);
	assert_int_equal(ticket(&r, "HTTP/dc01"), AUTH_DONE);
	assert_int_equal(ticket(&r, "http/DC01.contoso.com"), AUTH_DONE);
	assert_int_equal(ticket(&r, "HTTP/dc02"), AUTH_FAILED);
	assert_string_equal(r.text, "krb:7 KDC_ERR_S_PRINCIPAL_UNKNOWN");
	r.kdc.services = NULL;
	r.kdc.n_services = 0;
	assert_int_equal(ticket(&r, "HTTP/dc02"), AUTH_DONE);
	rig_down(&r);
}

/* The phone has no clock here: only the KDC's counts. */
static void
a_ticket_granting_ticket_that_ended_is_good_for_nothing(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r);
	assert_int_equal(login(&r), AUTH_DONE);
	r.wall_us = NOW + 10 * HOUR + 4 * MINUTE;
	assert_int_equal(ticket(&r, "sip/fe01.contoso.com"), AUTH_DONE);
	r.wall_us = NOW + 10 * HOUR + 6 * MINUTE;
	assert_int_equal(ticket(&r, "ldap/dc01.contoso.com"), AUTH_FAILED);
	assert_string_equal(r.text, "krb:32 KRB_AP_ERR_TKT_EXPIRED");
	r.wall_us = NOW - 6 * MINUTE;
	assert_int_equal(ticket(&r, "ldap/dc01.contoso.com"), AUTH_FAILED);
	assert_string_equal(r.text, "krb:33 KRB_AP_ERR_TKT_NYV");
	rig_down(&r);
}

/* Each byte of each message changed once: nobody gets in by it, nobody falls over it. */
static void
a_changed_reply_is_never_taken_for_another(void **state)
{
	struct auth_talk *talk;
	struct auth_out out;
	unsigned failed = 0, done = 0;
	struct rig r;
	size_t n = 1;

	(void)state;
	rig_up(&r);
	assert_int_equal(login(&r), AUTH_DONE);
	for (size_t i = 0; i < n; i++) {
		enum auth_next next;

		assert_int_equal(
		    r.phone->ops->ticket(r.phone, "sip/fe01.contoso.com", &talk), 0);
		(void)r.phone->ops->next(talk, (struct span){ NULL, 0 }, &out);
		buf_clear(&r.reply);
		(void)sim_kdc_answer(&r.kdc, out.packet, false, NOW, &r.reply);
		n = r.reply.n;
		r.reply.p[i] ^= 0x40;
		next = r.phone->ops->next(talk, buf_bytes(&r.reply), &out);
		failed += next == AUTH_FAILED;
		done += next == AUTH_DONE;
		r.phone->ops->drop(talk);
		sim_auth_logged_in(r.auth);
		r.phone->ops->forget(r.phone);
		assert_int_equal(login(&r), AUTH_DONE);
	}
	/* The ticket itself is opaque to the phone. */
	assert_int_equal(done + failed, n);
	assert_true(failed > 240);
	rig_down(&r);
}

static void
a_changed_request_gets_no_ticket_for_another_service(void **state)
{
	struct auth_talk *talk;
	struct auth_out out;
	struct rig r;
	uint8_t packet[1200];
	size_t n = 1;

	(void)state;
	rig_up(&r);
	assert_int_equal(login(&r), AUTH_DONE);
	for (size_t i = 0; i < n; i++) {
		struct sim_krb m = { 0 };

		assert_int_equal(
		    r.phone->ops->ticket(r.phone, "sip/fe01.contoso.com", &talk), 0);
		(void)r.phone->ops->next(talk, (struct span){ NULL, 0 }, &out);
		n = out.packet.n;
		memcpy(packet, out.packet.p, n);
		packet[i] ^= 1;
		buf_clear(&r.reply);
		if (sim_kdc_answer(&r.kdc, (struct span){ packet, n }, false, NOW, &r.reply) ==
		    0)
			assert_int_equal(sim_krb_read(buf_bytes(&r.reply), false, &m), 0);
		/* Header, service, realm, nonce, ticket and proof; what follows is filler. */
		if (i < 4 || (i >= 7 && i < 27) || (i >= 29 && i < 40))
			assert_int_not_equal(m.tag, SIM_TGS_REP);
		r.phone->ops->drop(talk);
	}
	rig_down(&r);
}

/* ---- the phone's end ------------------------------------------------------------------ */

static void
no_memory_at_any_moment_is_an_error_and_nothing_more(void **state)
{
	struct auth_talk *talk;
	bool done = false;
	long n;

	(void)state;
	for (n = 1; !done; n++) {
		const struct sim_auth_cfg cfg = { "phone00001", "CONTOSO.COM", "secret", NULL };
		struct sim_kdc kdc = { .password = "secret" };
		struct auth *phone = NULL;
		struct auth_sa *sa = NULL;
		struct buf token = { 0 };
		struct auth_out out;
		struct buf reply = { 0 };
		enum auth_next next = AUTH_FAILED;

		mem_fail_at(n);
		if (sim_auth_make(&cfg, &phone) == 0 && phone->ops->login(phone, &talk) == 0) {
			while ((next = phone->ops->next(talk, buf_bytes(&reply), &out)) ==
			    AUTH_SEND) {
				buf_clear(&reply);
				if (sim_kdc_answer(&kdc, out.packet, false, NOW, &reply) != 0)
					break;
			}
			phone->ops->drop(talk);
		}
		if (next == AUTH_DONE) {
			sim_auth_has_ticket((struct sim_auth *)(void *)phone, "sip/x");
			mem_fail_at(n);
			done = phone->ops->sign_open(phone, "sip/x", &token, &sa) == 0;
			mem_fail_at(0);
		}
		mem_fail_at(0);
		if (sa != NULL)
			phone->ops->sign_close(sa);
		sim_auth_unmake(phone);
		buf_done(&token);
		buf_done(&reply);
		assert_int_equal(mem_out(), 0);
	}
	assert_true(n > 10);
}

static void
a_token_can_be_made_of_words(void **state)
{
	struct acceptor *acceptor = sim_acceptor_new("HTTP/refused");
	struct buf token = { 0 }, reply = { 0 };
	char client[ACCEPT_NAME_MAX];
	const char *why;
	bool wrap;

	(void)state;
	sim_auth_token("SPNEGO HTTP/any x@Y", &token);
	assert_int_equal(acceptor->ops->spnego(
			     acceptor, "HTTP", buf_bytes(&token), &reply, client, &wrap, &why),
	    0);
	assert_string_equal(client, "x@Y");
	assert_true(wrap);
	buf_clear(&token);
	sim_auth_token("SPNEGO HTTP/refused x@Y", &token);
	assert_int_equal(acceptor->ops->spnego(
			     acceptor, "HTTP", buf_bytes(&token), &reply, client, &wrap, &why),
	    -EACCES);
	assert_string_equal(why, "No key table entry found");
	buf_clear(&token);
	sim_auth_token("something else", &token);
	assert_true(span_is(buf_bytes(&token), "something else"));
	buf_done(&token);
	buf_done(&reply);
	sim_acceptor_free(acceptor);
	assert_int_equal(mem_out(), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_seal_opens_by_its_key_only),
		cmocka_unit_test(no_byte_of_a_seal_can_be_changed_or_left_out),
		cmocka_unit_test(a_mic_depends_on_key_direction_and_bytes),
		cmocka_unit_test(messages_look_like_kerberos_from_outside),
		cmocka_unit_test(messages_are_read_as_they_were_written),
		cmocka_unit_test(random_bytes_are_no_message),
		cmocka_unit_test(a_ticket_opens_with_its_services_key_only),
		cmocka_unit_test(kept_tickets_come_out_as_they_went_in),
		cmocka_unit_test(messages_are_as_long_as_the_real_ones),
		cmocka_unit_test(big_tickets_need_tcp),
		cmocka_unit_test(when_told_so_every_ticket_needs_tcp),
		cmocka_unit_test(a_refusal_reaches_the_phone_with_its_name),
		cmocka_unit_test(another_realm_is_not_served),
		cmocka_unit_test(accounts_are_looked_up_by_name),
		cmocka_unit_test(services_are_those_of_the_table),
		cmocka_unit_test(a_ticket_granting_ticket_that_ended_is_good_for_nothing),
		cmocka_unit_test(a_changed_reply_is_never_taken_for_another),
		cmocka_unit_test(a_changed_request_gets_no_ticket_for_another_service),
		cmocka_unit_test(no_memory_at_any_moment_is_an_error_and_nothing_more),
		cmocka_unit_test(a_token_can_be_made_of_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
