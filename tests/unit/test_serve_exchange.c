/* test_serve_exchange.c - the client access server, request by request. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "autodiscover_xml.h"
#include "http_auth.h"
#include "mem.h"
#include "serve_exchange.h"
#include "sim_accept.h"
#include "sim_auth.h"

#define PAGE "/autodiscover/autodiscover.xml"
#define GOOD "SPNEGO HTTP/autodiscover.contoso.com phone00001@CONTOSO.COM"

struct rig {
	struct serve_exchange exchange;
	struct acceptor *acceptor;
	struct serve_reply reply;
};

static int
setup(void **state)
{
	struct rig *r = mem_new(sizeof *r);

	r->acceptor = sim_acceptor_new(NULL);
	r->exchange.cfg =
	    (struct serve_exchange_cfg){ .ews_url =
					     "https://mail01.contoso.com/EWS/Exchange.asmx",
		    .sip_domain = "contoso.com",
		    .acceptor = r->acceptor };
	*state = r;
	return 0;
}

static int
teardown(void **state)
{
	struct rig *r = *state;

	buf_done(&r->reply.body);
	sim_acceptor_free(r->acceptor);
	mem_free(r);
	assert_int_equal(mem_out(), 0);
	return 0;
}

/* One request over TLS, with a Negotiate token unless it is NULL; the status. */
static int
ask(struct rig *r, const char *method, const char *path, const char *token, const char *body)
{
	struct serve_request q = {
		.method = method, .path = path, .body = span_of(body), .tls = true
	};
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
	serve_exchange(&r->exchange, &q, &r->reply);
	buf_done(&value);
	buf_done(&bytes);
	return r->reply.status;
}

static int
discover(struct rig *r, const char *path, const char *email)
{
	char body[512];

	snprintf(body, sizeof body,
	    "<Autodiscover xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/outlook/"
	    "requestschema/2006\"><Request><EMailAddress>%s</EMailAddress></Request>"
	    "</Autodiscover>",
	    email);
	return ask(r, "POST", path, GOOD, body);
}

static void
given_an_address_of_ours_it_says_where_the_mailbox_is(void **state)
{
	struct rig *r = *state;
	struct autodiscover_answer a;

	assert_int_equal(
	    discover(r, "/AutoDiscover/AUTODISCOVER.xml", "Phone00001@Contoso.com"), 200);
	assert_int_equal(autodiscover_xml_read(buf_bytes(&r->reply.body), &a), 0);
	assert_int_equal(a.error_code, 0);
	assert_string_equal(a.ews_url, "https://mail01.contoso.com/EWS/Exchange.asmx");
	assert_int_equal(r->exchange.autodiscovers, 1);
}

static void
given_an_address_of_others_it_knows_no_mailbox(void **state)
{
	struct rig *r = *state;
	struct autodiscover_answer a;

	assert_int_equal(discover(r, PAGE, "somebody@fabrikam.com"), 200);
	assert_int_equal(autodiscover_xml_read(buf_bytes(&r->reply.body), &a), 0);
	assert_int_equal(a.error_code, 500);
	assert_int_equal(discover(r, PAGE, "nobody"), 200);
	assert_int_equal(autodiscover_xml_read(buf_bytes(&r->reply.body), &a), 0);
	assert_int_equal(a.error_code, 500);
}

static void
what_it_refuses(void **state)
{
	struct serve_request plain = { .method = "POST", .path = PAGE };
	struct rig *r = *state;

	assert_int_equal(ask(r, "POST", PAGE, NULL, "x"), 401);
	assert_int_equal(ask(r, "POST", PAGE, "garbage", "x"), 401);
	assert_int_equal(ask(r, "POST", PAGE, GOOD, "x"), 400);
	assert_int_equal(ask(r, "POST", PAGE, GOOD, ""), 400);
	assert_int_equal(ask(r, "GET", PAGE, GOOD, ""), 405);
	assert_int_equal(ask(r, "POST", "/autodiscover/other.xml", GOOD, "x"), 404);
	assert_int_equal(ask(r, "POST", "/EWS/Exchange.asmx", GOOD, "<x/>"), 500);
	buf_done(&r->reply.body);
	r->reply = (struct serve_reply){ 0 };
	serve_exchange(&r->exchange, &plain, &r->reply);
	assert_int_equal(r->reply.status, 403);
}

static void
given_a_poll_it_counts_the_inbox(void **state)
{
	struct rig *r = *state;

	assert_int_equal(
	    ask(r, "POST", "/EWS/Exchange.asmx", GOOD, "<m:GetFolder></m:GetFolder>"), 200);
	assert_non_null(strstr(buf_cstr(&r->reply.body), "<t:UnreadCount>0</t:UnreadCount>"));
	assert_int_equal(r->exchange.polls, 1);
}

int
main(void)
{
#define EXCHANGE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		EXCHANGE_TEST(given_an_address_of_ours_it_says_where_the_mailbox_is),
		EXCHANGE_TEST(given_an_address_of_others_it_knows_no_mailbox),
		EXCHANGE_TEST(what_it_refuses),
		EXCHANGE_TEST(given_a_poll_it_counts_the_inbox),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
