/* test_serve_dns.c - the name server's logic, asked and read with the phone's codec. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "golden.h"
#include "mem.h"
#include "rng.h"
#include "serve_dns.h"

static const struct serve_dns_record zone[] = {
	{ .name = "_sipinternaltls._tcp.contoso.com",
	    .type = DNS_SRV,
	    .target = "pool01.contoso.com",
	    .priority = 10,
	    .weight = 5,
	    .port = 5061 },
	{ .name = "pool01.contoso.com", .type = DNS_A, .ip = 0x7f000001 },
	{ .name = "pool01.contoso.com", .type = DNS_A, .ip = 0x7f000002 },
	{ .name = "sip.contoso.com", .type = DNS_CNAME, .target = "Pool01.Contoso.com." },
	{ .name = "round.contoso.com", .type = DNS_CNAME, .target = "about.contoso.com" },
	{ .name = "about.contoso.com", .type = DNS_CNAME, .target = "round.contoso.com" },
};

enum { ID = 77, N_ZONE = sizeof zone / sizeof zone[0] };

static struct serve_dns *
server(void)
{
	struct serve_dns *d;

	assert_int_equal(serve_dns_new(zone, N_ZONE, 600, &d), 0);
	return d;
}

/* Ask; the reply is in b.  Returns what dns_msg_check() says. */
static int
ask(const struct serve_dns *d, const char *name, enum dns_type type, struct buf *b,
    struct serve_dns_done *done)
{
	uint8_t memory[DNS_MSG_UDP_MAX];
	struct buf query;

	buf_over(&query, memory, sizeof memory);
	assert_int_equal(dns_msg_query(&query, ID, name, type), 0);
	buf_clear(b);
	assert_int_equal(serve_dns_answer(d, buf_bytes(&query), false, b, done), 0);
	return dns_msg_check(buf_bytes(b), ID, name, type);
}

static void
a_service_comes_with_its_host_s_addresses(void **state)
{
	struct dns_srv srv[DNS_MSG_SRV_MAX];
	struct serve_dns *d = server();
	struct serve_dns_done done;
	struct buf b = { 0 };
	size_t n;

	(void)state;
	assert_int_equal(ask(d, "_SipInternalTls._tcp.contoso.com", DNS_SRV, &b, &done), 0);
	assert_int_equal(done.answers, 1);
	assert_int_equal(done.rcode, 0);
	assert_int_equal(dns_msg_services(buf_bytes(&b), srv, DNS_MSG_SRV_MAX, &n), 0);
	assert_int_equal(n, 1);
	assert_string_equal(srv[0].target, "pool01.contoso.com");
	assert_int_equal(srv[0].port, 5061);
	assert_int_equal(srv[0].ip, 0x7f000001);
	buf_done(&b);
	serve_dns_free(d);
}

static void
an_alias_leads_to_the_addresses(void **state)
{
	struct serve_dns *d = server();
	struct serve_dns_done done;
	struct buf b = { 0 };
	uint32_t ips[4];
	size_t n;

	(void)state;
	assert_int_equal(ask(d, "sip.contoso.com", DNS_A, &b, &done), 0);
	assert_int_equal(done.answers, 3);
	assert_int_equal(dns_msg_addresses(buf_bytes(&b), ips, 4, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(ips[0], 0x7f000001);
	assert_int_equal(ips[1], 0x7f000002);

	/* Aliases in a circle end somewhere. */
	(void)ask(d, "round.contoso.com", DNS_A, &b, &done);
	assert_int_equal(dns_msg_addresses(buf_bytes(&b), ips, 4, &n), -ENOENT);
	buf_done(&b);
	serve_dns_free(d);
}

static void
unknown_names_and_types_are_told_apart(void **state)
{
	struct serve_dns *d = server();
	struct serve_dns_done done;
	struct buf b = { 0 };

	(void)state;
	assert_int_equal(ask(d, "nope.contoso.com", DNS_A, &b, &done), -ENOENT);
	assert_int_equal(done.rcode, 3);
	assert_string_equal(dns_msg_rcode(buf_bytes(&b)), "NXDOMAIN");
	assert_int_equal(ask(d, "pool01.contoso.com", DNS_SRV, &b, &done), -ENOENT);
	assert_int_equal(done.rcode, 0);
	assert_string_equal(done.name, "pool01.contoso.com");
	assert_int_equal(done.type, DNS_SRV);
	buf_done(&b);
	serve_dns_free(d);
}

static void
what_does_not_fit_udp_comes_over_tcp(void **state)
{
	struct serve_dns_record many[40];
	uint8_t memory[DNS_MSG_UDP_MAX];
	struct buf in = { 0 }, out = { 0 }, query;
	struct serve_dns_done done;
	struct serve_dns *d;
	uint32_t ips[16];
	size_t n;

	(void)state;
	for (size_t i = 0; i < 40; i++)
		many[i] = (struct serve_dns_record){ .name = "farm.contoso.com",
			.type = DNS_A,
			.ip = 0x0a000000 + (uint32_t)i };
	assert_int_equal(serve_dns_new(many, 40, 600, &d), 0);
	assert_int_equal(ask(d, "farm.contoso.com", DNS_A, &out, &done), -EMSGSIZE);
	assert_true(done.truncated);
	assert_in_range(out.n, DNS_MSG_HEAD, DNS_MSG_UDP_MAX);

	/* Over TCP, one byte at a time, two queries in a row. */
	buf_over(&query, memory, sizeof memory);
	assert_int_equal(dns_msg_query(&query, ID, "farm.contoso.com", DNS_A), 0);
	buf_clear(&out);
	for (int twice = 0; twice < 2; twice++) {
		buf_u8(&in, 0);
		assert_int_equal(serve_dns_stream(d, &in, &out, &done), 0);
		buf_u8(&in, (uint8_t)query.n);
		for (size_t i = 0; i + 1 < query.n; i++) {
			buf_put(&in, memory + i, 1);
			assert_int_equal(serve_dns_stream(d, &in, &out, &done), 0);
		}
		buf_put(&in, memory + query.n - 1, 1);
		assert_int_equal(serve_dns_stream(d, &in, &out, &done), 1);
		assert_int_equal(in.n, 0);
	}
	n = (size_t)(out.p[0] << 8 | out.p[1]);
	assert_int_equal(out.n, 2 * (n + 2));
	assert_int_equal(dns_msg_addresses((struct span){ out.p + 2, n }, ips, 16, &n), 0);
	assert_int_equal(n, 16);
	buf_done(&in);
	buf_done(&out);
	serve_dns_free(d);
}

static void
what_is_no_query_gets_an_error_or_nothing(void **state)
{
	struct serve_dns *d = server();
	struct serve_dns_done done;
	struct buf bytes = { 0 }, out = { 0 };
	struct span q = golden(&bytes, "dns_query_a.hex");
	struct rng r;

	(void)state;
	for (size_t n = 0; n < q.n; n++)
		assert_int_equal(
		    serve_dns_answer(d, (struct span){ q.p, n }, false, &out, &done), -EBADMSG);
	assert_int_equal(out.n, 0);
	bytes.p[2] |= 0x80;
	assert_int_equal(serve_dns_answer(d, q, false, &out, &done), -EBADMSG);
	bytes.p[2] = 0x28; /* an update */
	assert_int_equal(serve_dns_answer(d, q, false, &out, &done), 0);
	assert_int_equal(done.rcode, 4);

	rng_seed(&r, 1, 0);
	for (int round = 0; round < 20000; round++) {
		for (int k = 0; k < 3; k++)
			bytes.p[rng_below(&r, q.n)] = (uint8_t)rng_u32(&r);
		buf_clear(&out);
		(void)serve_dns_answer(d, q, round % 2 != 0, &out, &done);
	}
	buf_done(&bytes);
	buf_done(&out);
	serve_dns_free(d);
}

static void
a_zone_that_dns_cannot_carry_is_refused(void **state)
{
	struct serve_dns_record bad = { .name = "a b", .type = DNS_A };
	struct serve_dns *d = NULL;
	long before = mem_out();

	(void)state;
	assert_int_equal(serve_dns_new(&bad, 1, 600, &d), -EINVAL);
	bad = (struct serve_dns_record){ .name = "a", .type = DNS_SRV, .target = "" };
	assert_int_equal(serve_dns_new(&bad, 1, 600, &d), -EINVAL);
	for (long at = 1; at <= 2; at++) {
		mem_fail_at(at);
		assert_int_equal(serve_dns_new(zone, N_ZONE, 600, &d), -ENOMEM);
		mem_fail_at(0);
	}
	assert_null(d);
	assert_int_equal(mem_out(), before);
	serve_dns_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_service_comes_with_its_host_s_addresses),
		cmocka_unit_test(an_alias_leads_to_the_addresses),
		cmocka_unit_test(unknown_names_and_types_are_told_apart),
		cmocka_unit_test(what_does_not_fit_udp_comes_over_tcp),
		cmocka_unit_test(what_is_no_query_gets_an_error_or_nothing),
		cmocka_unit_test(a_zone_that_dns_cannot_carry_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
