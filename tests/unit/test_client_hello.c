/* test_client_hello.c - the phone's ClientHello byte by byte, and what servers answer to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "client_hello.h"

enum { DRAWN = 0xa5 };

/* As GnuTLS says it: a ServerHello with a session and one extension, and behind it the first
 * bytes of the certificate. */
static const char server_hello[] =
    "1603010051"
    "0200004d0301"
    "4aa79a40000102030405060708090a0b0c0d0e0f101112131415161718191a1b"
    "20"
    "c0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf"
    "000400"
    "0005ff01000100"
    "16030102bf0b0002bb";

static void
hex(struct buf *out, const char *text)
{
	for (; text[0] != '\0' && text[1] != '\0'; text += 2) {
		const char digits[] = "0123456789abcdef";

		buf_u8(out,
		    (uint8_t)((strchr(digits, text[0]) - digits) << 4 |
			(strchr(digits, text[1]) - digits)));
	}
}

static void
reads(const char *text, int want, struct server_answer *out)
{
	struct buf bytes = { 0 };

	hex(&bytes, text);
	assert_int_equal(server_answer_read(buf_bytes(&bytes), out), want);
	buf_done(&bytes);
}

/* ---- what the phone says --------------------------------------------------------------- */

static void
it_offers_eleven_suites_and_no_extension(void **state)
{
	uint8_t random[CLIENT_HELLO_RANDOM];
	struct buf got = { 0 }, want = { 0 };

	(void)state;
	memset(random, DRAWN, sizeof random);
	client_hello_write(&got, random);
	/* The documents' order: 3DES stands before DES. */
	hex(&want,
	    "1603010041"
	    "0100003d0301"
	    "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"
	    "00"
	    "001600040005000a0009"
	    "0064006200030006001300120063"
	    "0100");
	assert_int_equal(got.err, 0);
	assert_int_equal(got.n, want.n);
	assert_memory_equal(got.p, want.p, want.n);
	buf_done(&got);
	buf_done(&want);
}

static void
the_suites_have_the_fingerprint_of_the_documents(void **state)
{
	/* JA3 of the hello: 769,4-5-10-9-100-98-3-6-19-18-99,,, */
	static const unsigned ja3[] = { 4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99 };

	(void)state;
	assert_int_equal(sizeof ja3 / sizeof *ja3, CLIENT_HELLO_SUITES);
	for (size_t i = 0; i < CLIENT_HELLO_SUITES; i++)
		assert_int_equal(client_hello_suites[i], ja3[i]);
}

static void
framed_as_ssl_2_it_mixes_the_suites_of_both(void **state)
{
	uint8_t challenge[CLIENT_HELLO_CHALLENGE];
	struct buf got = { 0 }, want = { 0 };

	(void)state;
	memset(challenge, DRAWN, sizeof challenge);
	client_hello_write_v2(&got, challenge);
	hex(&want,
	    "804c"
	    "010301"
	    "0033"
	    "0000"
	    "0010"
	    "00000400000500000a"
	    "0100800700c0030080"
	    "000009060040"
	    "000064000062000003000006"
	    "020080040080"
	    "000013000012000063"
	    "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5");
	assert_int_equal(got.n, want.n);
	assert_memory_equal(got.p, want.p, want.n);
	/* What the header says of its length is what follows. */
	assert_int_equal((got.p[0] & 0x7f) << 8 | got.p[1], got.n - 2);
	buf_done(&got);
	buf_done(&want);
}

static void
given_no_room_the_error_sticks(void **state)
{
	uint8_t random[CLIENT_HELLO_RANDOM] = { 0 }, memory[69];
	struct buf b;

	(void)state;
	buf_over(&b, memory, sizeof memory);
	client_hello_write(&b, random);
	assert_int_equal(b.err, -ENOBUFS);
	buf_over(&b, memory, 40);
	client_hello_write_v2(&b, random);
	assert_int_equal(b.err, -ENOBUFS);
}

/* ---- what a server says ------------------------------------------------------------------ */

static void
it_reads_version_and_suite_of_a_server_hello(void **state)
{
	struct server_answer a;

	(void)state;
	reads(server_hello, 0, &a);
	assert_false(a.alert);
	assert_int_equal(a.version, 0x0301);
	assert_int_equal(a.suite, 0x0004);
}

static void
it_reads_a_server_hello_without_a_session(void **state)
{
	struct server_answer a;

	(void)state;
	reads("160300002a"
	      "020000260300"
	      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
	      "00"
	      "000a"
	      "00",
	    0, &a);
	assert_int_equal(a.version, 0x0300);
	assert_int_equal(a.suite, 0x000a);
}

static void
it_reads_an_alert(void **state)
{
	struct server_answer a;

	(void)state;
	reads("15030100020228", 0, &a);
	assert_true(a.alert);
	assert_int_equal(a.level, 2);
	assert_int_equal(a.description, 40);
	reads("15030300020246", 0, &a);
	assert_int_equal(a.description, 70);
}

static void
until_the_suite_has_come_it_wants_more(void **state)
{
	struct buf bytes = { 0 };
	struct server_answer a, untouched;
	const size_t enough = 5 + 39 + 32 + 2;

	(void)state;
	hex(&bytes, server_hello);
	for (size_t n = 0; n < bytes.n; n++) {
		int err;

		memset(&a, DRAWN, sizeof a);
		untouched = a;
		err = server_answer_read((struct span){ bytes.p, n }, &a);
		assert_int_equal(err, n < enough ? -EAGAIN : 0);
		if (err != 0)
			assert_memory_equal(&a, &untouched, sizeof a);
	}
	for (size_t n = 0; n < 7; n++) {
		buf_clear(&bytes);
		hex(&bytes, "15030100020228");
		assert_int_equal(server_answer_read((struct span){ bytes.p, n }, &a), -EAGAIN);
	}
	buf_done(&bytes);
}

/* As servers do that think of small packets. */
static void
a_server_hello_may_lie_in_many_records(void **state)
{
	struct buf whole = { 0 }, cut = { 0 };
	struct server_answer a;

	(void)state;
	hex(&whole, server_hello);
	assert_int_equal(whole.err, 0);
	for (size_t piece = 1; piece < 20; piece++) {
		buf_clear(&cut);
		for (size_t at = 5; at < 5 + 81; at += piece) {
			size_t n = at + piece < 5 + 81 ? piece : 5 + 81 - at;

			buf_u8(&cut, 22);
			buf_u16(&cut, 0x0301);
			buf_u16(&cut, (uint16_t)n);
			buf_put(&cut, whole.p + at, n);
		}
		memset(&a, 0, sizeof a);
		assert_int_equal(server_answer_read(buf_bytes(&cut), &a), 0);
		assert_int_equal(a.suite, 0x0004);
		assert_int_equal(a.version, 0x0301);
	}
	buf_done(&whole);
	buf_done(&cut);
}

static void
what_is_no_tls_is_told_by_its_first_bytes(void **state)
{
	struct server_answer a;

	(void)state;
	reads("48545450", -EBADMSG, &a);           /* "HTTP" */
	reads("5349502f322e30", -EBADMSG, &a);     /* "SIP/2.0" */
	reads("17030100020228", -EBADMSG, &a);     /* application data */
	reads("1602", -EBADMSG, &a);               /* of no version that there is */
	reads("1603010000", -EBADMSG, &a);         /* an empty record */
	reads("160301ffff02", -EBADMSG, &a);       /* a record that is too long */
	reads("160301000401000000", -EBADMSG, &a); /* a ClientHello */
	reads("804c01", -EBADMSG, &a);             /* SSL 2 */
}

static void
a_session_that_is_too_long_is_no_server_hello(void **state)
{
	struct server_answer a;

	(void)state;
	reads("1603010051"
	      "0200004d0301"
	      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
	      "21",
	    -EBADMSG, &a);
}

static void
an_alert_within_a_server_hello_is_no_answer(void **state)
{
	struct server_answer a;

	(void)state;
	reads("16030100020200"
	      "15030100020228",
	    -EBADMSG, &a);
}

/* ---- names ---------------------------------------------------------------------------------
 */

static void
each_suite_it_offers_has_a_name(void **state)
{
	unsigned weak = 0;

	(void)state;
	for (size_t i = 0; i < CLIENT_HELLO_SUITES; i++) {
		assert_non_null(client_hello_suite_name(client_hello_suites[i]));
		weak += client_hello_suite_is_weak(client_hello_suites[i]);
	}
	assert_int_equal(weak, 7);
	assert_string_equal(client_hello_suite_name(0x0005), "RC4-128 SHA");
	assert_null(client_hello_suite_name(0x002f));
	assert_false(client_hello_suite_is_weak(0x002f));
	assert_false(client_hello_suite_is_weak(0x000a));
	assert_true(client_hello_suite_is_weak(0x0003));
}

static void
the_phone_speaks_two_versions(void **state)
{
	(void)state;
	assert_string_equal(client_hello_version_name(0x0301), "TLS 1.0");
	assert_string_equal(client_hello_version_name(0x0300), "SSL 3.0");
	assert_null(client_hello_version_name(0x0303));
	assert_null(client_hello_version_name(0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_offers_eleven_suites_and_no_extension),
		cmocka_unit_test(the_suites_have_the_fingerprint_of_the_documents),
		cmocka_unit_test(framed_as_ssl_2_it_mixes_the_suites_of_both),
		cmocka_unit_test(given_no_room_the_error_sticks),
		cmocka_unit_test(it_reads_version_and_suite_of_a_server_hello),
		cmocka_unit_test(it_reads_a_server_hello_without_a_session),
		cmocka_unit_test(it_reads_an_alert),
		cmocka_unit_test(until_the_suite_has_come_it_wants_more),
		cmocka_unit_test(a_server_hello_may_lie_in_many_records),
		cmocka_unit_test(what_is_no_tls_is_told_by_its_first_bytes),
		cmocka_unit_test(a_session_that_is_too_long_is_no_server_hello),
		cmocka_unit_test(an_alert_within_a_server_hello_is_no_answer),
		cmocka_unit_test(each_suite_it_offers_has_a_name),
		cmocka_unit_test(the_phone_speaks_two_versions),
	};

	return cmocka_run_group_tests_name("client_hello", tests, NULL, NULL);
}
