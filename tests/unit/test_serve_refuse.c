/* test_serve_refuse.c - servers that are told to refuse, each in its own words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dhcp_msg.h"
#include "ldap_msg.h"
#include "mem.h"
#include "serve_names.h"
#include "serve_plan.h"
#include "serve_user.h"
#include "serve_zone.h"
#include "sim_accept.h"
#include "sim_auth.h"
#include "sip_msg.h"

/* ---- DHCP ------------------------------------------------------------------------ */

struct dhcp_rig {
	struct serve_dhcp *d;
	struct dhcp_ask ask;
	struct buf reply;
	struct dhcp_msg m;
};

static void
dhcp_up(struct dhcp_rig *r, const uint8_t *off, size_t n_off)
{
	static const uint8_t list[] = { 1, 3, 6, 15, 42, 43, 119 };
	const struct serve_net net = {
		.net = 0x0a400000, .bits = 22, .voice_vlan = 200, .relay = 7, .dns = 9
	};
	struct serve_dhcp_scope scopes[SERVE_SCOPES_MAX];
	struct serve_dhcp_cfg cfg = serve_plan_dhcp();

	*r = (struct dhcp_rig){ .ask = { .xid = 99,
				    .vendor_class = "CPE-OCPhone",
				    .ask = list,
				    .n_ask = sizeof list,
				    .pad_to = 300,
				    .mac = { 0, 4, 0xf2, 0, 0, 10 } } };
	cfg.n_scopes = serve_scopes(&net, scopes);
	cfg.scopes = scopes;
	cfg.server = 3;
	cfg.lease_s = 600;
	cfg.off = off;
	cfg.n_off = n_off;
	assert_int_equal(serve_dhcp_new(&cfg, &r->d), 0);
}

static void
dhcp_down(struct dhcp_rig *r)
{
	serve_dhcp_free(r->d);
	buf_done(&r->reply);
	assert_int_equal(mem_out(), 0);
}

static int
dhcp_say(struct dhcp_rig *r, enum dhcp_type type)
{
	uint8_t memory[DHCP_MSG_MAX];
	struct serve_dhcp_done done;
	struct buf b;

	buf_over(&b, memory, sizeof memory);
	r->ask.type = type;
	dhcp_msg_ask(&b, &r->ask);
	memory[27] = 7; /* by the relay */
	buf_clear(&r->reply);
	assert_int_equal(serve_dhcp_answer(r->d, buf_bytes(&b), 0, &r->reply, &done), 0);
	if (r->reply.n > 0)
		assert_int_equal(dhcp_msg_decode(&r->m, buf_bytes(&r->reply)), 0);
	return r->reply.n > 0 ? (int)r->m.type : 0;
}

static void
a_dhcp_server_offers_and_then_takes_it_back(void **state)
{
	struct dhcp_rig r;

	(void)state;
	dhcp_up(&r, NULL, 0);
	serve_dhcp_refuse(r.d, true);
	for (int i = 0; i < 3; i++) {
		r.ask.wanted = r.ask.server = 0;
		assert_int_equal(dhcp_say(&r, DHCP_DISCOVER), DHCP_OFFER);
		r.ask.wanted = r.m.yiaddr;
		r.ask.server = 3;
		assert_int_equal(dhcp_say(&r, DHCP_REQUEST), DHCP_NAK);
		assert_int_equal(r.m.yiaddr, 0);
	}
	assert_int_equal(serve_dhcp_leases(r.d, 0), 0);
	serve_dhcp_refuse(r.d, false);
	assert_int_equal(dhcp_say(&r, DHCP_REQUEST), DHCP_ACK);
	assert_int_equal(serve_dhcp_leases(r.d, 0), 1);
	/* What was leased before cannot be renewed, either. */
	serve_dhcp_refuse(r.d, true);
	r.ask.ciaddr = r.m.yiaddr;
	r.ask.wanted = r.ask.server = 0;
	assert_int_equal(dhcp_say(&r, DHCP_REQUEST), DHCP_NAK);
	dhcp_down(&r);
}

static bool
has_option(const struct dhcp_rig *r, uint8_t code)
{
	uint8_t codes[32];
	size_t n = dhcp_msg_codes(&r->m, codes, sizeof codes);

	return memchr(codes, code, n) != NULL;
}

static void
options_that_are_off_are_never_sent(void **state)
{
	static const uint8_t off[] = { 43, 15, 119 };
	struct dhcp_rig r;

	(void)state;
	dhcp_up(&r, off, 0);
	assert_int_equal(dhcp_say(&r, DHCP_DISCOVER), DHCP_OFFER);
	assert_true(has_option(&r, 43) && has_option(&r, 15) && has_option(&r, 119));
	dhcp_down(&r);
	dhcp_up(&r, off, sizeof off);
	assert_int_equal(dhcp_say(&r, DHCP_DISCOVER), DHCP_OFFER);
	assert_false(has_option(&r, 43) || has_option(&r, 15) || has_option(&r, 119));
	assert_true(has_option(&r, 6));
	dhcp_down(&r);
}

/* ---- DNS -------------------------------------------------------------------------- */

static void
a_dns_server_says_its_rcode_to_everything(void **state)
{
	static const uint8_t rcodes[] = { 2, 3, 5 };
	const struct serve_hosts hosts = { .dc = 1, .pool = 2, .mail = 3 };
	struct serve_dns_record zone[SERVE_ZONE_MAX];
	struct buf query = { 0 }, reply = { 0 };
	struct serve_dns_done done;
	struct serve_dns *d;
	size_t n = serve_zone(&hosts, zone);

	(void)state;
	assert_int_equal(serve_dns_new(zone, n, 600, &d), 0);
	assert_int_equal(dns_msg_query(&query, 77, POOL_NAME, DNS_A), 0);
	for (size_t i = 0; i < sizeof rcodes; i++) {
		serve_dns_refuse(d, rcodes[i]);
		buf_clear(&reply);
		assert_int_equal(
		    serve_dns_answer(d, buf_bytes(&query), false, &reply, &done), 0);
		assert_int_equal(done.rcode, rcodes[i]);
		assert_int_equal(done.answers, 0);
		assert_int_equal(reply.p[3] & 0xf, rcodes[i]);
		/* The question comes back all the same. */
		assert_int_equal(reply.n, query.n);
		assert_int_not_equal(dns_msg_check(buf_bytes(&reply), 77, POOL_NAME, DNS_A), 0);
	}
	serve_dns_refuse(d, 0);
	buf_clear(&reply);
	assert_int_equal(serve_dns_answer(d, buf_bytes(&query), false, &reply, &done), 0);
	assert_int_equal(done.answers, 1);
	buf_done(&query);
	buf_done(&reply);
	serve_dns_free(d);
	assert_int_equal(mem_out(), 0);
}

/* ---- LDAP --------------------------------------------------------------------------- */

struct ldap_rig {
	struct serve_ldap ldap;
	struct serve_ldap_conn conn;
	struct acceptor *acceptor;
	struct buf reply;
};

static void
ldap_up(struct ldap_rig *r, bool no_enrollment)
{
	static const uint8_t root[] = { 0x30, 0 };
	struct serve_ldap_cfg cfg = { serve_plan_directory(), NULL };

	*r = (struct ldap_rig){ .acceptor = sim_acceptor_new(NULL) };
	cfg.acceptor = r->acceptor;
	cfg.dir.root = (struct span){ root, sizeof root };
	cfg.dir.no_enrollment = no_enrollment;
	assert_int_equal(serve_ldap_init(&r->ldap, &cfg), 0);
	serve_ldap_open(&r->conn, &r->ldap);
}

static void
ldap_down(struct ldap_rig *r)
{
	serve_ldap_close(&r->conn);
	buf_done(&r->reply);
	sim_acceptor_free(r->acceptor);
	assert_int_equal(mem_out(), 0);
}

/* Say it; the result code of the last message that came back, and how many entries before. */
static int
ldap_say(struct ldap_rig *r, struct buf *message, size_t *entries_out)
{
	struct ldap_msg m = { .result = { .code = -1 } };
	size_t at = 0, n;

	*entries_out = 0;
	buf_clear(&r->reply);
	assert_int_equal(serve_ldap_bytes(&r->conn, buf_bytes(message), &r->reply), 0);
	buf_done(message);
	while (at < r->reply.n) {
		const struct span rest = { r->reply.p + at, r->reply.n - at };

		assert_int_equal(ldap_msg_length(rest, &n), 0);
		assert_int_equal(ldap_msg_decode((struct span){ rest.p, n }, &m), 0);
		*entries_out += m.op == LDAP_SEARCH_ENTRY;
		at += n;
	}
	return m.result.code;
}

static int
ldap_bind(struct ldap_rig *r)
{
	struct buf token = { 0 }, message = { 0 };
	size_t entries;

	sim_auth_token("PLAIN ldap/dc01.contoso.com phone00001@CONTOSO.COM", &token);
	assert_int_equal(ldap_msg_bind_sasl(&message, 1, "GSS-SPNEGO", buf_bytes(&token)), 0);
	buf_done(&token);
	return ldap_say(r, &message, &entries);
}

static int
ldap_search(struct ldap_rig *r, const char *category, size_t *entries_out)
{
	struct ldap_search q = { .base = "CN=Configuration,DC=contoso,DC=com",
		.scope = LDAP_SUBTREE,
		.attr = "objectCategory",
		.value = category };
	struct buf message = { 0 };

	assert_int_equal(ldap_msg_search(&message, 2, &q), 0);
	return ldap_say(r, &message, entries_out);
}

static void
a_directory_ends_each_operation_with_its_code(void **state)
{
	struct ldap_rig r;
	size_t entries;

	(void)state;
	ldap_up(&r, false);
	r.ldap.refuse = 52;
	assert_int_equal(ldap_bind(&r), 52);
	r.ldap.refuse = 0;
	assert_int_equal(ldap_bind(&r), LDAP_SUCCESS);
	r.ldap.refuse = 51;
	assert_int_equal(ldap_search(&r, "pKIEnrollmentService", &entries), 51);
	assert_int_equal(entries, 0);
	r.ldap.refuse = 0;
	assert_int_equal(ldap_search(&r, "pKIEnrollmentService", &entries), LDAP_SUCCESS);
	assert_int_equal(entries, 1);
	assert_int_equal(r.ldap.refused, 2);
	ldap_down(&r);
}

static void
wrong_credentials_are_a_matter_of_binding_only(void **state)
{
	struct ldap_rig r;
	size_t entries;

	(void)state;
	ldap_up(&r, false);
	assert_int_equal(ldap_bind(&r), LDAP_SUCCESS);
	r.ldap.refuse = LDAP_INVALID_CREDENTIALS;
	assert_int_equal(ldap_search(&r, "pKIEnrollmentService", &entries), LDAP_SUCCESS);
	assert_int_equal(ldap_bind(&r), LDAP_INVALID_CREDENTIALS);
	ldap_down(&r);
}

static void
a_directory_may_know_no_enrollment_service(void **state)
{
	struct ldap_rig r;
	size_t entries;

	(void)state;
	ldap_up(&r, true);
	assert_int_equal(ldap_bind(&r), LDAP_SUCCESS);
	assert_int_equal(ldap_search(&r, "pKIEnrollmentService", &entries), LDAP_SUCCESS);
	assert_int_equal(entries, 0);
	assert_int_equal(ldap_search(&r, "certificationAuthority", &entries), LDAP_SUCCESS);
	assert_int_equal(entries, 3);
	ldap_down(&r);
}

/* ---- HTTP ----------------------------------------------------------------------------- */

static const char *
value_of(const struct serve_reply *r, const char *name)
{
	for (size_t i = 0; i < r->n_headers; i++)
		if (strcmp(r->headers[i].name, name) == 0)
			return r->headers[i].value;
	return NULL;
}

static void
a_web_server_says_its_status_and_when_to_come_again(void **state)
{
	struct serve_reply r = { 0 };

	(void)state;
	serve_refuse(&r, 503, 120);
	assert_int_equal(r.status, 503);
	assert_string_equal(value_of(&r, "Retry-After"), "120");
	assert_null(value_of(&r, "WWW-Authenticate"));
	assert_true(r.body.n > 0);
	buf_done(&r.body);

	r = (struct serve_reply){ 0 };
	serve_refuse(&r, 404, 0);
	assert_null(value_of(&r, "Retry-After"));
	buf_done(&r.body);

	r = (struct serve_reply){ 0 };
	serve_refuse(&r, 401, 0);
	assert_string_equal(value_of(&r, "WWW-Authenticate"), "Negotiate");
	buf_done(&r.body);
	assert_int_equal(mem_out(), 0);
}

/* ---- SIP -------------------------------------------------------------------------------- */

static const char request[] = "REGISTER sip:contoso.com SIP/2.0\r\n"
			      "Via: SIP/2.0/TLS 192.0.2.10:49152\r\n"
			      "From: <sip:phone00001@contoso.com>;tag=3e;epid=1234567890\r\n"
			      "To: <sip:phone00001@contoso.com>\r\n"
			      "Call-ID: 4037df92\r\n"
			      "CSeq: 1 REGISTER\r\n"
			      "Content-Length: 0\r\n\r\n";

struct sip_rig {
	struct serve_sip *sip;
	struct serve_sip_conn *conn;
	struct acceptor *acceptor;
	struct buf out;
	struct sip_msg m;
};

static void
sip_up(struct sip_rig *r)
{
	struct serve_sip_cfg cfg = serve_plan_sip();

	*r = (struct sip_rig){ .acceptor = sim_acceptor_new(NULL) };
	cfg.acceptor = r->acceptor;
	cfg.n_users = 3;
	assert_int_equal(serve_sip_new(&cfg, &r->sip), 0);
	assert_int_equal(serve_sip_open(r->sip, 1, 2, 0, NULL, &r->conn), 0);
}

static void
sip_down(struct sip_rig *r)
{
	serve_sip_close(r->conn);
	serve_sip_free(r->sip);
	sim_acceptor_free(r->acceptor);
	buf_done(&r->out);
	assert_int_equal(mem_out(), 0);
}

static int
sip_ask(struct sip_rig *r, const char *text)
{
	buf_clear(&r->out);
	assert_int_equal(serve_sip_bytes(r->conn, span_of(text), 0, 0, &r->out), 0);
	r->m = (struct sip_msg){ 0 };
	if (r->out.n > 0)
		assert_int_equal(sip_msg_parse(r->out.p, r->out.n, &r->m), 0);
	return r->m.status;
}

static void
a_front_end_in_trouble_says_when_to_come_again(void **state)
{
	struct sip_rig r;

	(void)state;
	sip_up(&r);
	serve_sip_refuse(r.sip, 503, 30);
	assert_int_equal(sip_ask(&r, request), 503);
	assert_true(span_is(sip_msg_get(&r.m, "Retry-After", 0), "30"));
	assert_null(sip_msg_get(&r.m, "ms-diagnostics", 0).p);
	assert_int_equal(serve_sip_stats(r.sip)->refused, 1);
	/* Nobody was asked who he is. */
	assert_int_equal(serve_sip_stats(r.sip)->challenged, 0);
	serve_sip_refuse(r.sip, 0, 0);
	assert_int_equal(sip_ask(&r, request), 401);
	sip_down(&r);
}

static void
the_version_filter_names_itself(void **state)
{
	struct sip_rig r;

	(void)state;
	sip_up(&r);
	serve_sip_refuse(r.sip, 403, 0);
	assert_int_equal(sip_ask(&r, request), 403);
	assert_true(span_is(sip_msg_get(&r.m, "ms-diagnostics", 0),
	    "17002;reason=\"Invalid client version\";source=\"fe01.contoso.com\""));
	assert_null(sip_msg_get(&r.m, "Retry-After", 0).p);
	sip_down(&r);
}

static void
nobody_refuses_an_ack(void **state)
{
	char ack[sizeof request];
	struct sip_rig r;

	(void)state;
	sip_up(&r);
	serve_sip_refuse(r.sip, 503, 0);
	(void)snprintf(ack, sizeof ack, "%s", request);
	memcpy(ack, "ACK     ", 8);
	memmove(ack + 4, ack + 9, strlen(ack + 9) + 1);
	memcpy(strstr(ack, "1 REGISTER"), "1 ACK     ", 10);
	assert_int_equal(sip_ask(&r, ack), 0);
	sip_down(&r);
}

static void
a_connection_is_idle_when_its_time_is_over(void **state)
{
	struct sip_rig r;
	uint64_t at_us;

	(void)state;
	sip_up(&r);
	at_us = serve_sip_idle_at(r.conn);
	assert_true(at_us == (300 + 150) * 1000000ull);
	assert_false(serve_sip_idle(r.conn, at_us));
	assert_true(serve_sip_idle(r.conn, at_us + 1));
	buf_clear(&r.out);
	assert_int_equal(serve_sip_bytes(r.conn, span_of("\r\n\r\n"), 1000, 0, &r.out), 0);
	assert_true(serve_sip_idle_at(r.conn) == at_us + 1000);
	sip_down(&r);
}

/* ---- users ------------------------------------------------------------------------------- */

struct user_case {
	const char *pattern;
	uint64_t first, count;
	const char *user;
	bool has;
	uint64_t n;
};

static void
users_are_counted_by_their_pattern(void **state)
{
	static const struct user_case cases[] = {
		{ "phone%05d", 0, 10, "phone00003", true, 3 },
		{ "phone%05d", 0, 10, "PHONE00009", true, 9 },
		{ "phone%05d", 0, 10, "phone00010", false, 0 },
		{ "phone%05d", 5, 10, "phone00014", true, 9 },
		{ "phone%05d", 5, 10, "phone00004", false, 0 },
		{ "phone%05d", 0, 10, "phone3", false, 0 },
		{ "phone%05d", 0, 200000, "phone123456", true, 123456 },
		{ "phone%05d", 0, 200000, "phone012345", false, 0 },
		{ "p%02dx", 0, 100, "p07x", true, 7 },
		{ "p%02dx", 0, 100, "p07y", false, 0 },
		{ "p%02dx", 0, 100, "px", false, 0 },
		{ "one", 0, 1, "one", true, 0 },
		{ "one", 0, 1, "two", false, 0 },
		{ "p%d", 0, 10, "p5", true, 5 },
		{ "p%d", 0, 10, "p-5", false, 0 },
		{ "p%d", 0, 10, "p", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct user_case *c = &cases[i];
		uint64_t n = 99;

		assert_int_equal(
		    serve_user_number(c->pattern, c->first, c->count, span_of(c->user), &n),
		    c->has);
		if (c->has)
			assert_int_equal(n, c->n);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dhcp_server_offers_and_then_takes_it_back),
		cmocka_unit_test(options_that_are_off_are_never_sent),
		cmocka_unit_test(a_dns_server_says_its_rcode_to_everything),
		cmocka_unit_test(a_directory_ends_each_operation_with_its_code),
		cmocka_unit_test(wrong_credentials_are_a_matter_of_binding_only),
		cmocka_unit_test(a_directory_may_know_no_enrollment_service),
		cmocka_unit_test(a_web_server_says_its_status_and_when_to_come_again),
		cmocka_unit_test(a_front_end_in_trouble_says_when_to_come_again),
		cmocka_unit_test(the_version_filter_names_itself),
		cmocka_unit_test(nobody_refuses_an_ack),
		cmocka_unit_test(a_connection_is_idle_when_its_time_is_over),
		cmocka_unit_test(users_are_counted_by_their_pattern),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
