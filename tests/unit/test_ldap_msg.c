/*
 * test_ldap_msg.c - LDAP messages: against bytes made by `openssl asn1parse -genconf`, against
 * their own inverse, cut off at every length, and random.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "edge.h"
#include "ldap_msg.h"
#include "rng.h"

/* clang-format off */
static const uint8_t gold_search[] = {
	0x30, 0x81, 0x99, 0x02, 0x01, 0x65, 0x63, 0x6e, 0x04, 0x22, 0x43, 0x4e,
	0x3d, 0x43, 0x6f, 0x6e, 0x66, 0x69, 0x67, 0x75, 0x72, 0x61, 0x74, 0x69,
	0x6f, 0x6e, 0x2c, 0x44, 0x43, 0x3d, 0x63, 0x6f, 0x6e, 0x74, 0x6f, 0x73,
	0x6f, 0x2c, 0x44, 0x43, 0x3d, 0x63, 0x6f, 0x6d, 0x0a, 0x01, 0x02, 0x0a,
	0x01, 0x00, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00, 0x01, 0x01, 0x00, 0xa3,
	0x28, 0x04, 0x0e, 0x6f, 0x62, 0x6a, 0x65, 0x63, 0x74, 0x43, 0x61, 0x74,
	0x65, 0x67, 0x6f, 0x72, 0x79, 0x04, 0x16, 0x63, 0x65, 0x72, 0x74, 0x69,
	0x66, 0x69, 0x63, 0x61, 0x74, 0x69, 0x6f, 0x6e, 0x41, 0x75, 0x74, 0x68,
	0x6f, 0x72, 0x69, 0x74, 0x79, 0x30, 0x0f, 0x04, 0x0d, 0x63, 0x41, 0x43,
	0x65, 0x72, 0x74, 0x69, 0x66, 0x69, 0x63, 0x61, 0x74, 0x65, 0xa0, 0x24,
	0x30, 0x22, 0x04, 0x16, 0x31, 0x2e, 0x32, 0x2e, 0x38, 0x34, 0x30, 0x2e,
	0x31, 0x31, 0x33, 0x35, 0x35, 0x36, 0x2e, 0x31, 0x2e, 0x34, 0x2e, 0x33,
	0x31, 0x39, 0x04, 0x08, 0x30, 0x06, 0x02, 0x02, 0x01, 0x00, 0x04, 0x00,
};

static const uint8_t gold_bind[] = {
	0x30, 0x1d, 0x02, 0x01, 0x02, 0x60, 0x18, 0x02, 0x01, 0x03, 0x04, 0x00,
	0xa3, 0x11, 0x04, 0x0a, 0x47, 0x53, 0x53, 0x2d, 0x53, 0x50, 0x4e, 0x45,
	0x47, 0x4f, 0x04, 0x03, 0x60, 0x01, 0x02,
};

static const uint8_t gold_bres[] = {
	0x30, 0x1b, 0x02, 0x01, 0x02, 0x61, 0x16, 0x0a, 0x01, 0x31, 0x04, 0x00,
	0x04, 0x0b, 0x38, 0x30, 0x30, 0x39, 0x30, 0x33, 0x30, 0x43, 0x20, 0x6e,
	0x6f, 0x87, 0x02, 0xa1, 0x02,
};

static const uint8_t gold_entry[] = {
	0x30, 0x5c, 0x02, 0x01, 0x65, 0x64, 0x57, 0x04, 0x04, 0x43, 0x4e, 0x3d,
	0x78, 0x30, 0x4f, 0x30, 0x20, 0x04, 0x14, 0x63, 0x41, 0x43, 0x65, 0x72,
	0x74, 0x69, 0x66, 0x69, 0x63, 0x61, 0x74, 0x65, 0x3b, 0x62, 0x69, 0x6e,
	0x61, 0x72, 0x79, 0x31, 0x08, 0x04, 0x02, 0x30, 0x00, 0x04, 0x02, 0x30,
	0x01, 0x30, 0x08, 0x04, 0x04, 0x6e, 0x6f, 0x6e, 0x65, 0x31, 0x00, 0x30,
	0x21, 0x04, 0x0b, 0x64, 0x4e, 0x53, 0x48, 0x6f, 0x73, 0x74, 0x4e, 0x61,
	0x6d, 0x65, 0x31, 0x12, 0x04, 0x10, 0x64, 0x63, 0x30, 0x31, 0x2e, 0x63,
	0x6f, 0x6e, 0x74, 0x6f, 0x73, 0x6f, 0x2e, 0x63, 0x6f, 0x6d,
};

static const uint8_t gold_done[] = {
	0x30, 0x33, 0x02, 0x01, 0x65, 0x65, 0x07, 0x0a, 0x01, 0x00, 0x04, 0x00,
	0x04, 0x00, 0xa0, 0x25, 0x30, 0x23, 0x04, 0x16, 0x31, 0x2e, 0x32, 0x2e,
	0x38, 0x34, 0x30, 0x2e, 0x31, 0x31, 0x33, 0x35, 0x35, 0x36, 0x2e, 0x31,
	0x2e, 0x34, 0x2e, 0x33, 0x31, 0x39, 0x04, 0x09, 0x30, 0x07, 0x02, 0x01,
	0x00, 0x04, 0x02, 0x00, 0x07,
};

/* clang-format on */

#define SPAN(bytes) ((struct span){ bytes, sizeof bytes })

static const char *const want_certificate[] = { "cACertificate" };
static const struct ldap_search query = {
	.base = "CN=Configuration,DC=contoso,DC=com",
	.scope = LDAP_SUBTREE,
	.attr = "objectCategory",
	.value = "certificationAuthority",
	.want = want_certificate,
	.n_want = 1,
	.page = 256,
};

static void
assert_bytes(struct buf *b, int err, struct span want)
{
	assert_int_equal(err, 0);
	assert_int_equal(b->n, want.n);
	assert_memory_equal(b->p, want.p, want.n);
	buf_done(b);
}

/* ---- golden --------------------------------------------------------------------- */

static void
it_writes_what_openssl_writes(void **state)
{
	const uint8_t token[] = { 0x60, 1, 2 }, answer[] = { 0xa1, 2 }, cookie[] = { 0, 7 };
	struct ldap_result refused = {
		.code = 49, .text = span_of("8009030C no"), .creds = SPAN(answer)
	};
	struct ldap_result done = { .cookie = SPAN(cookie) };
	struct buf b = { 0 };

	(void)state;
	assert_bytes(&b, ldap_msg_search(&b, 101, &query), SPAN(gold_search));
	assert_bytes(&b, ldap_msg_bind_sasl(&b, 2, "GSS-SPNEGO", SPAN(token)), SPAN(gold_bind));
	assert_bytes(&b, ldap_msg_bind_response(&b, 2, &refused), SPAN(gold_bres));
	assert_bytes(&b, ldap_msg_done(&b, 101, &done, true), SPAN(gold_done));
}

static void
it_reads_a_search(void **state)
{
	struct ldap_msg m;

	(void)state;
	assert_int_equal(ldap_msg_decode(SPAN(gold_search), &m), 0);
	assert_int_equal(m.id, 101);
	assert_int_equal(m.op, LDAP_SEARCH_REQUEST);
	assert_true(span_is(m.search.base, query.base));
	assert_int_equal(m.search.scope, LDAP_SUBTREE);
	assert_int_equal(m.search.page, 256);
	assert_int_equal(m.search.cookie.n, 0);
	assert_int_equal(m.search.n_want, 1);
	assert_true(span_is(m.search.want[0], "cACertificate"));
}

static void
it_reads_binds(void **state)
{
	struct ldap_msg m;

	(void)state;
	assert_int_equal(ldap_msg_decode(SPAN(gold_bind), &m), 0);
	assert_int_equal(m.op, LDAP_BIND_REQUEST);
	assert_int_equal(m.bind.version, 3);
	assert_true(m.bind.sasl);
	assert_true(span_is(m.bind.mechanism, "GSS-SPNEGO"));
	assert_int_equal(m.bind.creds.n, 3);

	assert_int_equal(ldap_msg_decode(SPAN(gold_bres), &m), 0);
	assert_int_equal(m.op, LDAP_BIND_RESPONSE);
	assert_int_equal(m.result.code, LDAP_INVALID_CREDENTIALS);
	assert_true(span_is(m.result.text, "8009030C no"));
	assert_int_equal(m.result.creds.n, 2);
}

static void
it_reads_an_entry_value_by_value(void **state)
{
	struct span type, value;
	struct ldap_walk walk;
	struct ldap_msg m;

	(void)state;
	assert_int_equal(ldap_msg_decode(SPAN(gold_entry), &m), 0);
	assert_true(span_is(m.entry.dn, "CN=x"));
	walk = (struct ldap_walk){ .attrs = m.entry.attrs };
	for (uint8_t i = 0; i < 2; i++) {
		assert_int_equal(ldap_entry_next(&walk, &type, &value), 1);
		assert_true(ldap_attr_is(type, "CACERTIFICATE"));
		assert_int_equal(value.p[1], i);
	}
	/* The attribute without values is passed over. */
	assert_int_equal(ldap_entry_next(&walk, &type, &value), 1);
	assert_true(ldap_attr_is(type, "dNSHostName"));
	assert_true(span_is(value, "dc01.contoso.com"));
	assert_int_equal(ldap_entry_next(&walk, &type, &value), 0);
}

static void
it_reads_the_cookie_of_a_page(void **state)
{
	struct ldap_msg m;

	(void)state;
	assert_int_equal(ldap_msg_decode(SPAN(gold_done), &m), 0);
	assert_int_equal(m.op, LDAP_SEARCH_DONE);
	assert_int_equal(m.result.cookie.n, 2);
	assert_int_equal(m.result.cookie.p[1], 7);
}

/* ---- its own inverse ---------------------------------------------------------------- */

static void
an_entry_comes_back_as_it_was_written(void **state)
{
	const struct ldap_value values[] = { { "a", span_of("1") }, { "a", span_of("2") },
		{ "b", span_of("") }, { "a", span_of("3") } };
	struct span type, value;
	struct ldap_walk walk;
	struct ldap_msg m;
	struct buf b = { 0 };

	(void)state;
	assert_int_equal(ldap_msg_entry(&b, 9, "DC=x", values, 4), 0);
	assert_int_equal(ldap_msg_decode(buf_bytes(&b), &m), 0);
	walk = (struct ldap_walk){ .attrs = m.entry.attrs };
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(ldap_entry_next(&walk, &type, &value), 1);
		assert_true(span_is(type, values[i].attr));
		assert_true(span_eq(value, values[i].value));
	}
	assert_int_equal(ldap_entry_next(&walk, &type, &value), 0);
	buf_done(&b);
}

static void
the_other_messages_come_back(void **state)
{
	struct ldap_result r = { .code = 2, .text = span_of("no") };
	struct buf b = { 0 };
	struct ldap_msg m;

	(void)state;
	assert_int_equal(ldap_msg_unbind(&b, 7), 0);
	assert_int_equal(ldap_msg_decode(buf_bytes(&b), &m), 0);
	assert_int_equal(m.op, LDAP_UNBIND);
	buf_clear(&b);
	assert_int_equal(ldap_msg_reference(&b, 8, "ldap://x/"), 0);
	assert_int_equal(ldap_msg_decode(buf_bytes(&b), &m), 0);
	assert_int_equal(m.op, LDAP_SEARCH_REFERENCE);
	buf_clear(&b);
	assert_int_equal(ldap_msg_extended(&b, 0, &r, "1.2.3"), 0);
	assert_int_equal(ldap_msg_decode(buf_bytes(&b), &m), 0);
	assert_int_equal(m.op, LDAP_EXTENDED_RESPONSE);
	assert_int_equal(m.id, 0);
	assert_int_equal(m.result.code, 2);
	buf_done(&b);
}

/* ---- lengths ---------------------------------------------------------------------------- */

static void
a_length_needs_no_whole_message(void **state)
{
	const uint8_t four[] = { 0x30, 0x84, 0, 0, 1, 0 }, huge[] = { 0x30, 0x84, 0, 1, 0, 0 };
	const uint8_t endless[] = { 0x30, 0x80 }, no[] = { 0x31 }, five[] = { 0x30, 0x85 };
	size_t n = 0;

	(void)state;
	assert_int_equal(ldap_msg_length((struct span){ four, 0 }, &n), -EAGAIN);
	for (size_t i = 1; i < sizeof four; i++)
		assert_int_equal(ldap_msg_length((struct span){ four, i }, &n), -EAGAIN);
	assert_int_equal(n, 0);
	assert_int_equal(ldap_msg_length(SPAN(four), &n), 0);
	assert_int_equal(n, 6 + 256);
	assert_int_equal(ldap_msg_length(SPAN(gold_bind), &n), 0);
	assert_int_equal(n, sizeof gold_bind);
	assert_int_equal(ldap_msg_length(SPAN(huge), &n), -EMSGSIZE);
	assert_int_equal(ldap_msg_length(SPAN(endless), &n), -EBADMSG);
	assert_int_equal(ldap_msg_length(SPAN(five), &n), -EBADMSG);
	assert_int_equal(ldap_msg_length(SPAN(no), &n), -EBADMSG);
}

/* Active Directory writes all lengths with four octets. */
static void
it_reads_lengths_longer_than_needed(void **state)
{
	const uint8_t done[] = { 0x30, 0x84, 0, 0, 0, 0x10, 0x02, 0x01, 5, 0x65, 0x84, 0, 0, 0,
		7, 0x0a, 0x01, 4, 0x04, 0x00, 0x04, 0x00 };
	struct ldap_msg m;

	(void)state;
	assert_int_equal(ldap_msg_decode(SPAN(done), &m), 0);
	assert_int_equal(m.id, 5);
	assert_int_equal(m.result.code, LDAP_SIZE_LIMIT);
}

/* ---- garbage ---------------------------------------------------------------------------- */

/* Read whatever there is to read. */
static void
read_all(struct span bytes)
{
	struct span type, value;
	struct ldap_walk walk;
	struct ldap_msg m;

	if (ldap_msg_decode(edge(bytes), &m) != 0 || m.op != LDAP_SEARCH_ENTRY)
		return;
	walk = (struct ldap_walk){ .attrs = m.entry.attrs };
	while (ldap_entry_next(&walk, &type, &value) == 1)
		;
}

static void
a_message_cut_off_anywhere_is_refused(void **state)
{
	const struct span golds[] = { SPAN(gold_search), SPAN(gold_bind), SPAN(gold_bres),
		SPAN(gold_entry), SPAN(gold_done) };

	(void)state;
	for (size_t g = 0; g < 5; g++) {
		for (size_t n = 0; n < golds[g].n; n++) {
			struct ldap_msg m;

			assert_int_equal(
			    ldap_msg_decode((struct span){ golds[g].p, n }, &m), -EBADMSG);
			read_all((struct span){ golds[g].p, n });
		}
	}
}

static void
a_changed_byte_does_no_harm(void **state)
{
	const struct span golds[] = { SPAN(gold_search), SPAN(gold_bres), SPAN(gold_entry),
		SPAN(gold_done) };
	uint8_t bytes[sizeof gold_search];

	(void)state;
	for (size_t g = 0; g < 4; g++) {
		for (size_t i = 0; i < golds[g].n * 256; i++) {
			memcpy(bytes, golds[g].p, golds[g].n);
			bytes[i / 256] = (uint8_t)i;
			read_all((struct span){ bytes, golds[g].n });
		}
	}
}

static void
random_bytes_do_no_harm(void **state)
{
	uint8_t bytes[64];
	struct rng rng;

	(void)state;
	rng_seed(&rng, 1, 0);
	for (int i = 0; i < 20000; i++) {
		for (size_t k = 0; k < sizeof bytes; k++)
			bytes[k] = (uint8_t)rng_u32(&rng);
		bytes[0] = 0x30;
		bytes[1] = sizeof bytes - 2;
		read_all(SPAN(bytes));
	}
}

/* ---- filters ------------------------------------------------------------------------------
 */

/* The object of these tests: cn=x. */
static bool
is_cn_x(const void *object, struct span attr, struct span value)
{
	(void)object;
	return span_is(attr, "cn") && (value.p == NULL || span_is(value, "x"));
}

static int
match(const uint8_t *filter, size_t n)
{
	return ldap_filter_match((struct span){ filter, n }, is_cn_x, NULL);
}

#define CN_IS(c) 0xa3, 7, 4, 2, 'c', 'n', 4, 1, c

static void
filters_are_and_or_not_equality_presence(void **state)
{
	const uint8_t yes[] = { CN_IS('x') }, no[] = { CN_IS('y') },
		      has[] = { 0x87, 2, 'c', 'n' };
	const uint8_t and[] = { 0xa0, 18, CN_IS('x'), CN_IS('y') };
	const uint8_t or [] = { 0xa1, 18, CN_IS('x'), CN_IS('y') };
	const uint8_t not [] = { 0xa2, 9, CN_IS('y') };
	const uint8_t substring[] = { 0xa4, 0 },
		      broken[] = { 0xa1, 12, CN_IS('x'), 0xa3, 9, 4 };

	(void)state;
	assert_int_equal(match(yes, sizeof yes), 1);
	assert_int_equal(match(no, sizeof no), 0);
	assert_int_equal(match(has, sizeof has), 1);
	assert_int_equal(match(and, sizeof and), 0);
	assert_int_equal(match(or, sizeof or), 1);
	assert_int_equal(match(not, sizeof not ), 1);
	assert_int_equal(match(substring, sizeof substring), -EOPNOTSUPP);
	assert_int_equal(match(broken, sizeof broken), -EBADMSG);
}

static void
a_filter_nested_too_deep_is_refused(void **state)
{
	uint8_t deep[64];
	const uint8_t innermost[] = { CN_IS('x') };
	size_t n = 20;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		deep[2 * i] = 0xa2;
		deep[2 * i + 1] = (uint8_t)(2 * (n - 1 - i) + sizeof innermost);
	}
	memcpy(deep + 2 * n, innermost, sizeof innermost);
	assert_int_equal(match(deep, 2 * n + sizeof innermost), -ELOOP);
}

static void
without_memory_it_says_so(void **state)
{
	struct buf b = { .max = 8 };

	(void)state;
	assert_int_equal(ldap_msg_search(&b, 1, &query), -ENOBUFS);
	buf_done(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_writes_what_openssl_writes),
		cmocka_unit_test(it_reads_a_search),
		cmocka_unit_test(it_reads_binds),
		cmocka_unit_test(it_reads_an_entry_value_by_value),
		cmocka_unit_test(it_reads_the_cookie_of_a_page),
		cmocka_unit_test(an_entry_comes_back_as_it_was_written),
		cmocka_unit_test(the_other_messages_come_back),
		cmocka_unit_test(a_length_needs_no_whole_message),
		cmocka_unit_test(it_reads_lengths_longer_than_needed),
		cmocka_unit_test(a_message_cut_off_anywhere_is_refused),
		cmocka_unit_test(a_changed_byte_does_no_harm),
		cmocka_unit_test(random_bytes_do_no_harm),
		cmocka_unit_test(filters_are_and_or_not_equality_presence),
		cmocka_unit_test(a_filter_nested_too_deep_is_refused),
		cmocka_unit_test(without_memory_it_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
