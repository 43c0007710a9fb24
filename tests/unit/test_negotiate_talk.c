/* test_negotiate_talk.c - a request with Negotiate in the fake world. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "http_auth.h"
#include "mem.h"
#include "negotiate_talk.h"
#include "sim_accept.h"
#include "sim_auth.h"
#include "sim_kdc.h"

struct rig {
	struct sim *f;
	struct sim_auth *auth;
	struct sim_kdc kdc;
	struct io_scope scope;
	struct io_handle *http;
	struct negotiate_talk talk;
	enum talk_state state;
	struct buf body, notes;
	/* What the server was asked, and what it does. */
	unsigned asked;
	char line[128], token[256], body_got[64], headers[128];
	int status, hang_up;
};

static void
on_note(void *arg, enum talk_fact fact, const char *text)
{
	struct rig *r = arg;

	(void)fact;
	buf_printf(&r->notes, "%s;", text);
}

static void
on_event(void *arg, const struct io_event *ev)
{
	struct rig *r = arg;

	if (ev->kind == IO_BODY && r->talk.status == 200)
		buf_span(&r->body, ev->bytes);
	r->state = negotiate_talk_event(&r->talk, ev);
}

/* Whose token for which service is it?  As the server would ask. */
static void
read_token(struct rig *r, struct span token)
{
	struct acceptor *acceptor = sim_acceptor_new(NULL);
	struct buf reply = { 0 };
	const char *why;
	bool wrap;

	assert_int_equal(
	    acceptor->ops->spnego(acceptor, "HTTP", token, &reply, r->token, &wrap, &why), 0);
	buf_done(&reply);
	sim_acceptor_free(acceptor);
}

static void
server_reads(struct rig *r, const struct io_ask *ask)
{
	snprintf(r->line, sizeof r->line, "%s %s", ask->method, ask->path);
	snprintf(r->body_got, sizeof r->body_got, "%.*s", (int)ask->body.n,
	    (const char *)ask->body.p);
	for (size_t i = 0; i < ask->n_headers; i++) {
		size_t n = strlen(r->headers);
		struct buf token = { 0 };

		snprintf(r->headers + n, sizeof r->headers - n, "%s;", ask->headers[i].name);
		if (strcasecmp(ask->headers[i].name, "Authorization") != 0)
			continue;
		assert_int_equal(http_auth_token(span_of(ask->headers[i].value), &token), 0);
		read_token(r, buf_bytes(&token));
		buf_done(&token);
	}
}

static void
server(void *arg, struct sim *f, const struct sim_call *c)
{
	struct rig *r = arg;

	if (c->deed != SIM_ASKED)
		return;
	r->asked++;
	server_reads(r, c->ask);
	if (r->hang_up != 0)
		sim_down(f, c->h, 1000, r->hang_up, NULL);
	else
		sim_http(f, c->h, 1000, r->status, NULL, 0, span_of("the body"), 8);
}

static void
rig_up(struct rig *r)
{
	struct io_stream_cfg to = { .to = { 0x7f000001, 80 } };
	struct io_owner owner = { &r->scope, on_event, r };
	struct io *io;

	memset(r, 0, sizeof *r);
	r->f = sim_new();
	r->auth = sim_auth_new("phone00001", "CONTOSO.COM", "secret");
	r->status = 200;
	io = sim_io(r->f);
	io->ops->address(io, 0x7f2a0001, 0);
	sim_auth_logged_in(r->auth);
	sim_kdc_listen(r->f, &r->kdc);
	sim_listen(r->f, SIM_HTTP, 80, server, r);
	assert_int_equal(io->ops->http(io, owner, &to, &r->http), 0);
}

static void
rig_down(struct rig *r)
{
	negotiate_talk_drop(&r->talk);
	io_scope_close(sim_io(r->f), &r->scope);
	assert_int_equal(sim_open(r->f), 0);
	buf_done(&r->body);
	buf_done(&r->notes);
	sim_auth_free(r->auth);
	sim_free(r->f);
	assert_int_equal(mem_out(), 0);
}

static void
start(struct rig *r)
{
	const struct io_header headers[] = { { "User-Agent", "CE" }, { "Host", "dc01" } };
	struct io_ask ask = { .method = "POST",
		.path = "/a?b",
		.headers = headers,
		.n_headers = 2,
		.body = span_of("question") };
	struct talk_cfg cfg = {
		.io = sim_io(r->f),
		.auth = sim_auth(r->auth),
		.owner = { &r->scope, on_event, r },
		.kdc_ip = 0x7f000001,
		.note = on_note,
		.note_arg = r,
	};

	r->state = negotiate_talk_start(&r->talk, &cfg, r->http, "HTTP/dc01.contoso.com", &ask);
}

static void
go(struct rig *r)
{
	start(r);
	sim_run(r->f, UINT64_MAX);
}

/* ---- tests ---------------------------------------------------------------------------- */

static void
the_request_goes_out_with_the_token_behind_its_own_headers(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r);
	go(&r);
	assert_int_equal(r.state, TALK_DONE);
	assert_int_equal(r.talk.status, 200);
	assert_string_equal(r.line, "POST /a?b");
	assert_string_equal(r.headers, "User-Agent;Host;Authorization;");
	assert_string_equal(r.body_got, "question");
	assert_string_equal(r.token, "phone00001@CONTOSO.COM");
	assert_string_equal(buf_cstr(&r.body), "the body");
	rig_down(&r);
}

static void
it_notes_what_can_be_seen_but_no_token(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r);
	go(&r);
	assert_string_equal(buf_cstr(&r.notes),
	    "HTTP/dc01.contoso.com;TGS-REQ;TGS-REP;POST /a?b;"
	    "User-Agent;Host;Authorization;200;");
	rig_down(&r);
}

static void
the_session_can_be_asked_again_afterwards(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r);
	r.status = 401;
	go(&r);
	assert_int_equal(r.state, TALK_DONE);
	assert_int_equal(r.talk.status, 401);
	assert_false(negotiate_talk_asked(&r.talk));
	r.status = 200;
	go(&r);
	assert_int_equal(r.talk.status, 200);
	assert_int_equal(r.asked, 2);
	rig_down(&r);
}

static void
a_refused_ticket_fails_with_the_kdcs_words(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r);
	r.kdc.unknown_spn = "HTTP/dc01.contoso.com";
	go(&r);
	assert_int_equal(r.state, TALK_FAILED);
	assert_int_equal(r.talk.err, -EACCES);
	assert_int_equal(r.talk.krb_code, 7);
	assert_string_equal(r.talk.detail, "krb:7 KDC_ERR_S_PRINCIPAL_UNKNOWN");
	assert_int_equal(r.asked, 0);
	rig_down(&r);
}

static void
a_lost_connection_fails(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r);
	r.hang_up = -ECONNRESET;
	go(&r);
	assert_int_equal(r.state, TALK_FAILED);
	assert_int_equal(r.talk.err, -ECONNRESET);
	rig_down(&r);
}

static void
an_idle_session_that_ends_while_the_ticket_is_fetched_is_no_loss(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r);
	r.kdc.delay_us = 5000;
	start(&r);
	sim_down(r.f, r.http, 1000, 0, NULL);
	sim_run(r.f, UINT64_MAX);
	assert_int_equal(r.state, TALK_DONE);
	rig_down(&r);
}

static void
dropped_after_each_event_it_leaves_nothing(void **state)
{
	(void)state;
	for (int stop = 0; stop < 6; stop++) {
		struct rig r;

		rig_up(&r);
		start(&r);
		for (int i = 0; i < stop; i++)
			sim_step(r.f, UINT64_MAX);
		rig_down(&r);
	}
}

static void
a_name_too_long_is_our_own_fault(void **state)
{
	char spn[NEGOTIATE_SPN_MAX + 1];
	struct io_ask ask = { .method = "GET", .path = "/" };
	struct talk_cfg cfg = { 0 };
	struct negotiate_talk t;

	(void)state;
	memset(spn, 'x', sizeof spn);
	spn[sizeof spn - 1] = '\0';
	assert_int_equal(negotiate_talk_start(&t, &cfg, NULL, spn, &ask), TALK_FAILED);
	assert_int_equal(t.err, -EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_request_goes_out_with_the_token_behind_its_own_headers),
		cmocka_unit_test(it_notes_what_can_be_seen_but_no_token),
		cmocka_unit_test(the_session_can_be_asked_again_afterwards),
		cmocka_unit_test(a_refused_ticket_fails_with_the_kdcs_words),
		cmocka_unit_test(a_lost_connection_fails),
		cmocka_unit_test(
		    an_idle_session_that_ends_while_the_ticket_is_fetched_is_no_loss),
		cmocka_unit_test(dropped_after_each_event_it_leaves_nothing),
		cmocka_unit_test(a_name_too_long_is_our_own_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
