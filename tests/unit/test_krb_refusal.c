/* test_krb_refusal.c - requests read from their outside, and the KRB-ERROR that answers them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "edge.h"
#include "krb_msg.h"
#include "krb_refusal.h"
#include "mem.h"

enum { AS_REQ = 0x6a, TGS_REQ = 0x6c, SEQUENCE = 0x30, INTEGER = 2, OCTETS = 4, STRING = 0x1b };

/* 2009-09-09 09:09:09 and 4711 microseconds. */
#define WALL_US INT64_C(1252487349004711)

/* An element around what is in it; the outer one's bytes are put before. */
static void
wrap(struct buf *b, uint8_t tag)
{
	struct buf all = { 0 };

	buf_u8(&all, tag);
	if (b->n >= 128)
		buf_u8(&all, 0x81);
	assert_true(b->n < 256);
	buf_u8(&all, (uint8_t)b->n);
	buf_span(&all, buf_bytes(b));
	buf_clear(b);
	buf_span(b, buf_bytes(&all));
	buf_done(&all);
}

/* [tag] { type bytes } */
static void
member(struct buf *to, unsigned n, uint8_t type, const char *bytes, size_t n_bytes)
{
	struct buf one = { 0 };

	buf_put(&one, bytes, n_bytes);
	wrap(&one, type);
	wrap(&one, (uint8_t)(0xa0 + n));
	buf_span(to, buf_bytes(&one));
	buf_done(&one);
}

/* PrincipalName { name-type 2, { "krbtgt", "CONTOSO.COM" } } */
static void
service(struct buf *to)
{
	static const uint8_t name[] = { 0x30, 0x1e, 0xa0, 3, 2, 1, 2, 0xa1, 0x17, 0x30, 0x15,
		STRING, 6, 'k', 'r', 'b', 't', 'g', 't', STRING, 0x0b, 'C', 'O', 'N', 'T', 'O',
		'S', 'O', '.', 'C', 'O', 'M' };

	buf_put(to, name, sizeof name);
}

/* PA-DATA { type, "x" } */
static void
padata(struct buf *to, char type)
{
	struct buf one = { 0 };

	member(&one, 1, INTEGER, &type, 1);
	member(&one, 2, OCTETS, "x", 1);
	wrap(&one, SEQUENCE);
	buf_span(to, buf_bytes(&one));
	buf_done(&one);
}

/* A request as a client of MIT's makes it: with these kinds of preauthentication. */
static void
request(struct buf *to, uint8_t tag, const char *types)
{
	struct buf body = { 0 }, part = { 0 };

	member(to, 1, INTEGER, "\5", 1);
	member(to, 2, INTEGER, tag == AS_REQ ? "\12" : "\14", 1);
	for (; *types != '\0'; types++)
		padata(&part, *types);
	if (part.n > 0) {
		wrap(&part, SEQUENCE);
		wrap(&part, 0xa3);
		buf_span(to, buf_bytes(&part));
	}
	member(&body, 0, 3, "\0\0\0\0\20", 5);
	member(&body, 2, STRING, "CONTOSO.COM", 11);
	buf_clear(&part);
	service(&part);
	wrap(&part, 0xa3);
	buf_span(&body, buf_bytes(&part));
	wrap(&body, SEQUENCE);
	wrap(&body, 0xa4);
	buf_span(to, buf_bytes(&body));
	wrap(to, SEQUENCE);
	wrap(to, tag);
	buf_done(&part);
	buf_done(&body);
}

static void
a_login_is_told_from_a_ticket_and_its_proof_is_seen(void **state)
{
	struct expected {
		uint8_t tag;
		const char *types;
		bool login, proof;
	};
	static const struct expected all[] = { { AS_REQ, "", true, false },
		{ AS_REQ, "\x10", true, false }, { AS_REQ, "\2", true, true },
		{ AS_REQ, "\x10\2\1", true, true }, { TGS_REQ, "\1", false, false } };

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		struct buf bytes = { 0 };
		struct krb_asked asked;

		request(&bytes, all[i].tag, all[i].types);
		assert_int_equal(krb_asked_read(buf_bytes(&bytes), &asked), 0);
		assert_int_equal(asked.login, all[i].login);
		assert_int_equal(asked.proof, all[i].proof);
		assert_true(span_is(asked.realm, "CONTOSO.COM"));
		buf_done(&bytes);
	}
}

static void
the_refusal_names_code_time_realm_and_service(void **state)
{
	struct buf bytes = { 0 }, reply = { 0 }, expected = { 0 }, part = { 0 };
	char name[KRB_MSG_NAME_MAX];
	struct krb_asked asked;

	(void)state;
	request(&bytes, AS_REQ, "");
	assert_int_equal(krb_asked_read(buf_bytes(&bytes), &asked), 0);
	assert_int_equal(krb_refusal_write(&asked, 18, WALL_US, &reply), 0);

	member(&expected, 0, INTEGER, "\5", 1);
	member(&expected, 1, INTEGER, "\x1e", 1);
	member(&expected, 4, 0x18, "20090909090909Z", 15);
	member(&expected, 5, INTEGER, "\x12\x67", 2);
	member(&expected, 6, INTEGER, "\x12", 1);
	member(&expected, 9, STRING, "CONTOSO.COM", 11);
	service(&part);
	wrap(&part, 0xaa);
	buf_span(&expected, buf_bytes(&part));
	wrap(&expected, SEQUENCE);
	wrap(&expected, 0x7e);
	assert_int_equal(reply.n, expected.n);
	assert_memory_equal(reply.p, expected.p, expected.n);
	assert_int_equal(krb_msg_name(buf_bytes(&reply), name), 0);
	assert_string_equal(name, "KRB-ERROR 18");
	buf_done(&part);
	buf_done(&expected);
	buf_done(&reply);
	buf_done(&bytes);
}

static void
every_code_comes_back_as_it_was_meant(void **state)
{
	struct buf bytes = { 0 };
	struct krb_asked asked;

	(void)state;
	request(&bytes, TGS_REQ, "\1");
	assert_int_equal(krb_asked_read(buf_bytes(&bytes), &asked), 0);
	for (int code = 1; code <= 127; code++) {
		char name[KRB_MSG_NAME_MAX], expected[KRB_MSG_NAME_MAX];
		struct buf reply = { 0 };

		assert_int_equal(krb_refusal_write(&asked, code, WALL_US, &reply), 0);
		assert_int_equal(krb_msg_name(buf_bytes(&reply), name), 0);
		snprintf(expected, sizeof expected, "KRB-ERROR %d", code);
		assert_string_equal(name, expected);
		buf_done(&reply);
	}
	buf_done(&bytes);
}

static void
what_is_no_request_is_not_read(void **state)
{
	static const uint8_t reply[] = { 0x6b, 2, 0x30, 0 }, empty[] = { 0x6a, 2, 0x30, 0 };
	struct krb_asked asked = { .login = true };

	(void)state;
	assert_int_equal(krb_asked_read((struct span){ reply, 4 }, &asked), -EBADMSG);
	assert_int_equal(krb_asked_read((struct span){ empty, 4 }, &asked), -EBADMSG);
	assert_int_equal(krb_asked_read((struct span){ NULL, 0 }, &asked), -EBADMSG);
	assert_true(asked.login);
}

static void
cut_off_anywhere_or_changed_it_does_no_harm(void **state)
{
	struct buf bytes = { 0 };
	struct krb_asked asked;

	(void)state;
	request(&bytes, AS_REQ, "\x10\2");
	for (size_t n = 0; n < bytes.n; n++)
		assert_int_equal(
		    krb_asked_read(edge((struct span){ bytes.p, n }), &asked), -EBADMSG);
	for (size_t i = 0; i < bytes.n * 256; i++) {
		uint8_t was = bytes.p[i / 256];

		bytes.p[i / 256] = (uint8_t)i;
		(void)krb_asked_read(edge(buf_bytes(&bytes)), &asked);
		bytes.p[i / 256] = was;
	}
	buf_done(&bytes);
}

static void
without_memory_for_the_reply_it_says_so(void **state)
{
	struct buf bytes = { 0 }, reply;
	uint8_t little[10];
	struct krb_asked asked;

	(void)state;
	request(&bytes, AS_REQ, "");
	assert_int_equal(krb_asked_read(buf_bytes(&bytes), &asked), 0);
	buf_over(&reply, little, sizeof little);
	assert_int_equal(krb_refusal_write(&asked, 6, WALL_US, &reply), -ENOBUFS);
	buf_done(&bytes);
	assert_int_equal(mem_out(), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_login_is_told_from_a_ticket_and_its_proof_is_seen),
		cmocka_unit_test(the_refusal_names_code_time_realm_and_service),
		cmocka_unit_test(every_code_comes_back_as_it_was_meant),
		cmocka_unit_test(what_is_no_request_is_not_read),
		cmocka_unit_test(cut_off_anywhere_or_changed_it_does_no_harm),
		cmocka_unit_test(without_memory_for_the_reply_it_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
