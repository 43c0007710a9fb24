/* test_serve_ca_web.c - certsrv, request by request. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cert_chain.h"
#include "dir_rig.h"
#include "http_auth.h"
#include "mem.h"
#include "sim_accept.h"

struct rig {
	struct serve_ca_web web;
	struct acceptor *acceptor;
	struct buf p7b;
	struct serve_reply reply;
};

#define CHAIN "/certsrv/certnew.p7b?ReqID=CACert&Renewal=-1&Enc=b64"
#define GOOD "SPNEGO HTTP/dc01.contoso.com phone00001@CONTOSO.COM"

static void
rig_up(struct rig *r)
{
	memset(r, 0, sizeof *r);
	r->acceptor = sim_acceptor_new("HTTP/dc01");
	r->p7b = dir_rig_load("chain2.p7b");
	assert_int_equal(serve_ca_web_init(&r->web, r->acceptor, buf_bytes(&r->p7b)), 0);
}

static void
rig_down(struct rig *r)
{
	buf_done(&r->reply.body);
	buf_done(&r->p7b);
	serve_ca_web_done(&r->web);
	sim_acceptor_free(r->acceptor);
	assert_int_equal(mem_out(), 0);
}

/* One request, with a Negotiate token unless it is NULL; the status. */
static int
ask(struct rig *r, const char *method, const char *path, const char *token)
{
	struct serve_request q = { .method = method, .path = path };
	struct serve_header header = { "Authorization", "" };
	struct buf value = { 0 }, bytes = { 0 };

	if (token != NULL) {
		sim_auth_token(token, &bytes);
		http_auth_negotiate(&value, buf_bytes(&bytes));
		header.value = buf_cstr(&value);
		q.headers = &header;
		q.n_headers = 1;
	}
	buf_done(&r->reply.body);
	r->reply = (struct serve_reply){ 0 };
	serve_ca_web(&r->web, &q, &r->reply);
	buf_done(&value);
	buf_done(&bytes);
	return r->reply.status;
}

static bool
has(const struct rig *r, const char *name, const char *value)
{
	for (size_t i = 0; i < r->reply.n_headers; i++)
		if (strcasecmp(r->reply.headers[i].name, name) == 0 &&
		    strcmp(r->reply.headers[i].value, value) == 0)
			return true;
	return false;
}

static void
without_a_token_it_offers_negotiate_and_ntlm(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r);
	assert_int_equal(ask(&r, "GET", CHAIN, NULL), 401);
	assert_true(has(&r, "WWW-Authenticate", "Negotiate"));
	assert_true(has(&r, "WWW-Authenticate", "NTLM"));
	assert_int_equal(r.web.refused, 1);
	rig_down(&r);
}

static void
with_a_token_for_another_key_it_refuses(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r);
	assert_int_equal(ask(&r, "GET", CHAIN, "SPNEGO HTTP/dc01 phone00001@CONTOSO.COM"), 401);
	assert_int_equal(ask(&r, "GET", CHAIN, "garbage"), 401);
	rig_down(&r);
}

static void
with_a_good_token_it_sends_the_chain_in_armour(void **state)
{
	struct buf der = { 0 };
	struct span line, rest;
	struct rig r;
	size_t n = 0;

	(void)state;
	rig_up(&r);
	assert_int_equal(ask(&r, "GET", CHAIN, GOOD), 200);
	assert_true(has(&r, "Content-Type", "application/x-pkcs7-certificates"));
	assert_true(has(&r, "WWW-Authenticate", "Negotiate YWNjZXB0LWNvbXBsZXRlZA=="));
	rest = buf_bytes(&r.reply.body);
	while (rest.n != 0) {
		line = span_cut(&rest, '\n');
		assert_int_equal(line.p[line.n - 1], '\r');
		assert_true(line.n <= 65);
		n++;
	}
	assert_true(n > 3);
	assert_int_equal(cert_unarmour(&der, buf_bytes(&r.reply.body)), 0);
	assert_true(span_eq(buf_bytes(&der), buf_bytes(&r.p7b)));
	buf_done(&der);
	rig_down(&r);
}

static void
a_token_is_good_for_one_request(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r);
	assert_int_equal(ask(&r, "GET", CHAIN, GOOD), 200);
	assert_int_equal(ask(&r, "GET", CHAIN, NULL), 401);
	rig_down(&r);
}

static void
the_chain_can_be_had_as_der(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r);
	assert_int_equal(
	    ask(&r, "GET", "/certsrv/certnew.p7b?ReqID=CACert&Enc=bin", GOOD), 200);
	assert_true(span_eq(buf_bytes(&r.reply.body), buf_bytes(&r.p7b)));
	rig_down(&r);
}

static void
everything_else_is_not_found(void **state)
{
	const char *const paths[] = { "/certsrv/", "/certsrv/certnew.p7b",
		"/certsrv/certnew.p7b?ReqID=1", "/certsrv/certnew.p7bx?ReqID=CACert" };
	struct rig r;

	(void)state;
	rig_up(&r);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(ask(&r, "GET", paths[i], GOOD), 404);
	assert_int_equal(ask(&r, "POST", CHAIN, GOOD), 405);
	assert_true(serve_ca_web_is(CHAIN));
	assert_true(serve_ca_web_is("/CertSrv/"));
	assert_false(serve_ca_web_is("/certsrvx"));
	rig_down(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_token_it_offers_negotiate_and_ntlm),
		cmocka_unit_test(with_a_token_for_another_key_it_refuses),
		cmocka_unit_test(with_a_good_token_it_sends_the_chain_in_armour),
		cmocka_unit_test(a_token_is_good_for_one_request),
		cmocka_unit_test(the_chain_can_be_had_as_der),
		cmocka_unit_test(everything_else_is_not_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
