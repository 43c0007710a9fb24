/* test_sip_msg.c - reading messages out of streams cut anywhere, values, writing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "rng.h"
#include "sip_msg.h"

static const char session[] =
    "\r\n\r\n"
    "SIP/2.0 200 OK\r\n"
    "f: \"Alice \\\"A\\\"\"<sip:alice@contoso.test>;tag=386;epid=abb2\r\n"
    "t: sip:alice@contoso.test;tag=EB7\r\n"
    "i: 54A0\r\n"
    "CSeq: 2  REGISTER\r\n"
    "Allow-Events: a,b,\r\n"
    "\tc\r\n"
    "ALLOW-EVENTS: presence.wpending , d\r\n"
    "l: 5\r\n"
    "c: text/plain\r\n"
    "\r\n"
    "hello\r\n"
    "BENOTIFY sip:alice@contoso.test;opaque=user:epid:x;gruu SIP/2.0\r\n"
    "Content-Length: 0\r\n"
    "\r\n";

/* What must come out of `session`. */
static void
read_session(struct sip_stream *s, int *n)
{
	struct sip_msg m;
	struct span method;
	uint32_t cseq;

	while (sip_stream_next(s, &m) == 0) {
		if (++*n == 2) {
			assert_true(span_is(m.method, "BENOTIFY"));
			assert_int_equal(m.status, 0);
			continue;
		}
		assert_int_equal(m.status, 200);
		assert_true(span_is(m.phrase, "OK"));
		assert_true(span_is(m.body, "hello"));
		assert_true(span_is(sip_msg_get(&m, "call-id", 0), "54A0"));
		assert_true(sip_msg_lists(&m, "Allow-Events", "c"));
		assert_true(sip_msg_lists(&m, "Allow-Events", "D"));
		assert_false(sip_msg_lists(&m, "Allow-Events", "presence"));
		assert_int_equal(sip_msg_cseq(&m, &cseq, &method), 0);
		assert_int_equal(cseq, 2);
		assert_true(span_is(method, "REGISTER"));
	}
}

static void
messages_come_out_whole_wherever_the_stream_is_cut(void **state)
{
	const size_t n = sizeof session - 1;

	(void)state;
	for (size_t cut = 0; cut <= n; cut++) {
		struct sip_stream s = { 0 };
		int messages = 0;

		assert_int_equal(
		    sip_stream_put(&s, (struct span){ (const uint8_t *)session, cut }), 0);
		read_session(&s, &messages);
		assert_int_equal(sip_stream_put(&s,
				     (struct span){ (const uint8_t *)session + cut, n - cut }),
		    0);
		read_session(&s, &messages);
		assert_int_equal(messages, 2);
		assert_null(s.in.p);
		sip_stream_done(&s);
	}
}

static void
byte_by_byte_is_as_good(void **state)
{
	struct sip_stream s = { 0 };
	int messages = 0;

	(void)state;
	for (size_t i = 0; i < sizeof session - 1; i++) {
		assert_int_equal(
		    sip_stream_put(&s, (struct span){ (const uint8_t *)session + i, 1 }), 0);
		read_session(&s, &messages);
	}
	assert_int_equal(messages, 2);
	assert_int_equal(mem_out(), 0);
}

/* The error of a stream that gets this; 0: a message came. */
static int
error_of(const char *text)
{
	struct sip_stream s = { 0 };
	struct sip_msg m;
	int err;

	assert_int_equal(sip_stream_put(&s, span_of(text)), 0);
	err = sip_stream_next(&s, &m);
	sip_stream_done(&s);
	return err;
}

static void
what_is_no_sip_is_refused(void **state)
{
	(void)state;
	assert_int_equal(error_of("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), -EBADMSG);
	assert_int_equal(error_of("SIP/2.0 099 X\r\n\r\n"), -EBADMSG);
	assert_int_equal(error_of("SIP/2.0 700 X\r\n\r\n"), -EBADMSG);
	assert_int_equal(error_of("SIP/2.0 2000 X\r\n\r\n"), -EBADMSG);
	assert_int_equal(error_of("SIP/2.0\r\n\r\n"), -EBADMSG);
	assert_int_equal(error_of(" OPTIONS x SIP/2.0\r\n\r\n"), -EBADMSG);
	assert_int_equal(error_of("OPTIONS x SIP/2.0\r\nno colon\r\n\r\n"), -EBADMSG);
	assert_int_equal(error_of("OPTIONS x SIP/2.0\r\n: no name\r\n\r\n"), -EBADMSG);
	assert_int_equal(error_of("OPTIONS x SIP/2.0\r\nA: b\rc\r\n\r\n"), -EBADMSG);
	assert_int_equal(error_of("OPTIONS x SIP/2.0\r\nA: b\nc: d\r\n\r\n"), -EBADMSG);
	assert_int_equal(error_of("OPTIONS x SIP/2.0\r\nA: b\r\n\r\n"), 0);
	assert_int_equal(error_of("SIP/2.0 200 \r\nA:\r\n\r\n"), 0);
	assert_int_equal(error_of("OPTIONS x SIP/2.0\r\nA: b\r\n"), -EAGAIN);
}

static void
the_length_of_the_body_must_be_said_and_be_one(void **state)
{
#define OPTIONS "OPTIONS x SIP/2.0\r\n"
	(void)state;
	assert_int_equal(error_of(OPTIONS "Content-Type: a/b\r\n\r\n"), -EBADMSG);
	assert_int_equal(error_of(OPTIONS "Content-Length: -1\r\n\r\n"), -EBADMSG);
	assert_int_equal(error_of(OPTIONS "Content-Length: \r\n\r\n"), -EBADMSG);
	assert_int_equal(error_of(OPTIONS "Content-Length: 1x\r\n\r\n"), -EBADMSG);
	assert_int_equal(error_of(OPTIONS "Content-Length: 1\r\nl: 2\r\n\r\nab"), -EBADMSG);
	assert_int_equal(error_of(OPTIONS "Content-Length: 1\r\nl: 1\r\n\r\na"), 0);
	assert_int_equal(error_of(OPTIONS "Content-Length: 70000\r\n\r\n"), -EMSGSIZE);
	assert_int_equal(error_of(OPTIONS "Content-Length: 65530\r\n\r\n"), -EMSGSIZE);
	assert_int_equal(
	    error_of(OPTIONS "Content-Length: 99999999999999999999\r\n\r\n"), -EBADMSG);
}

static void
a_head_without_end_is_too_large_at_64_kib(void **state)
{
	struct sip_stream s = { 0 };
	struct sip_msg m;
	char line[1024];
	int err = -EAGAIN;

	(void)state;
	memset(line, 'a', sizeof line);
	for (int i = 0; i < 64 && err == -EAGAIN; i++) {
		assert_int_equal(
		    sip_stream_put(&s, (struct span){ (const uint8_t *)line, sizeof line }), 0);
		err = sip_stream_next(&s, &m);
	}
	assert_int_equal(err, -EMSGSIZE);
	sip_stream_done(&s);
}

static void
more_headers_than_there_is_room_for_are_refused(void **state)
{
	char text[2048] = "OPTIONS x SIP/2.0\r\n";

	(void)state;
	for (int i = 0; i < SIP_HEADERS_MAX; i++)
		strcat(text, "A: b\r\n");
	strcat(text, "\r\n");
	assert_int_equal(error_of(text), 0);
	text[strlen(text) - 2] = '\0';
	strcat(text, "A: b\r\n\r\n");
	assert_int_equal(error_of(text), -EBADMSG);
}

static void
random_bytes_and_damaged_messages_do_no_harm(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 3, 0);
	for (int round = 0; round < 20000; round++) {
		struct sip_stream s = { 0 };
		char text[sizeof session];
		struct sip_addr addr;
		struct sip_uri uri;
		struct span value;
		struct sip_msg m;

		memcpy(text, session, sizeof text);
		for (uint64_t i = rng_below(&rng, 8) + 1; i > 0; i--)
			text[rng_below(&rng, sizeof text)] = (char)rng_u32(&rng);
		(void)sip_stream_put(
		    &s, (struct span){ (const uint8_t *)text, sizeof text - 1 });
		while (sip_stream_next(&s, &m) == 0) {
			if (sip_msg_addr(&m, "From", &addr) == 0)
				(void)sip_uri_parse(addr.uri, &uri);
			(void)sip_auth_param(sip_msg_get(&m, "From", 0), "tag", &value);
		}
		sip_stream_done(&s);
	}
	assert_int_equal(mem_out(), 0);
}

static void
contacts_are_taken_one_by_one_with_their_parameters(void **state)
{
	struct span list = span_of(
	    "<sip:192.0.2.10:49152;transport=tls;ms-opaque=1,2>;expires=7200;"
	    "methods=\"INVITE, MESSAGE; x=\\\"y\\\"\";proxy=replace;"
	    "+sip.instance=\"<urn:uuid:34d8>\";gruu=\"sip:a@b;opaque=user:epid:x;gruu\" , "
	    ",sip:c@d;expires=1, \"E, <F>\" <sip:e@f>;lone ; q = 1");
	struct sip_addr a;
	struct span v;

	(void)state;
	assert_int_equal(sip_addr_next(&list, &a), 0);
	assert_true(span_is(a.uri, "sip:192.0.2.10:49152;transport=tls;ms-opaque=1,2"));
	assert_true(sip_param(a.params, "Expires", &v) && span_is(v, "7200"));
	assert_true(sip_param(a.params, "+sip.instance", &v) && span_is(v, "<urn:uuid:34d8>"));
	assert_true(
	    sip_param(a.params, "gruu", &v) && span_is(v, "sip:a@b;opaque=user:epid:x;gruu"));
	assert_true(sip_param(a.params, "proxy", &v) && span_is(v, "replace"));
	assert_false(sip_param(a.params, "x", &v));
	assert_false(sip_param(a.params, "opaque", &v));

	assert_int_equal(sip_addr_next(&list, &a), 0);
	assert_true(span_is(a.uri, "sip:c@d"));
	assert_true(sip_param(a.params, "expires", &v) && span_is(v, "1"));

	assert_int_equal(sip_addr_next(&list, &a), 0);
	assert_true(span_is(a.display, "E, <F>"));
	assert_true(sip_param(a.params, "lone", &v) && v.n == 0);
	assert_true(sip_param(a.params, "q", &v) && span_is(v, "1"));
	assert_int_equal(sip_addr_next(&list, &a), -ENOENT);

	list = span_of(" , ,");
	assert_int_equal(sip_addr_next(&list, &a), -ENOENT);
}

static void
what_is_no_address_leaves_what_was_read_before(void **state)
{
	static const char *const bad[] = { "<sip:a@b", "<>", "\"x\" < >;tag=1", ";tag=1" };
	struct span list = span_of("\"E\" <sip:e@f>;tag=2");
	struct sip_addr a, before;

	(void)state;
	assert_int_equal(sip_addr_next(&list, &a), 0);
	before = a;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		list = span_of(bad[i]);
		assert_int_equal(sip_addr_next(&list, &a), -EBADMSG);
		assert_memory_equal(&a, &before, sizeof a);
	}
}

static void
names_of_parameters_do_not_match_parts_of_others(void **state)
{
	struct span v,
	    info = span_of("Kerberos srand=\"5E\", snum=\"1\", "
			   "opaque=\"rand=\\\"x\\\", num=9\",version = 4");

	(void)state;
	assert_true(span_is(sip_auth_scheme(info), "Kerberos"));
	assert_false(sip_auth_param(info, "rand", &v));
	assert_false(sip_auth_param(info, "num", &v));
	assert_true(sip_auth_param(info, "SNUM", &v) && span_is(v, "1"));
	assert_true(sip_auth_param(info, "version", &v) && span_is(v, "4"));
	assert_false(sip_auth_param(span_of("Kerberos"), "realm", &v));
	assert_false(sip_auth_param(span_of(""), "realm", &v));
}

static void
uris_come_apart(void **state)
{
	struct sip_uri u, before;

	(void)state;
	assert_int_equal(
	    sip_uri_parse(span_of("sip:a;b=c@fe01.contoso.test:17064;transport=tls"), &u), 0);
	assert_true(span_is(u.user, "a;b=c") && span_is(u.host, "fe01.contoso.test"));
	assert_true(u.port == 17064 && span_is(u.params, "transport=tls"));
	assert_int_equal(sip_uri_parse(span_of("SIPS:host"), &u), 0);
	assert_true(u.user.n == 0 && span_is(u.host, "host") && u.port == 0);
	assert_int_equal(sip_uri_parse(span_of("sip:[::1]:5061"), &u), 0);
	assert_true(span_is(u.host, "[::1]") && u.port == 5061);
	assert_int_equal(sip_uri_parse(span_of("tel:+15551234;ext=1"), &u), 0);
	assert_true(span_is(u.scheme, "tel") && span_is(u.user, "+15551234"));
	memcpy(&before, &u, sizeof u);
	assert_int_equal(sip_uri_parse(span_of("tel:;ext=1"), &u), -EBADMSG);
	assert_int_equal(sip_uri_parse(span_of("sip:"), &u), -EBADMSG);
	assert_int_equal(sip_uri_parse(span_of("sip:a@"), &u), -EBADMSG);
	assert_int_equal(sip_uri_parse(span_of("sip:a@b:0"), &u), -EBADMSG);
	assert_int_equal(sip_uri_parse(span_of("sip:a@b:65536"), &u), -EBADMSG);
	assert_int_equal(sip_uri_parse(span_of("contoso.com"), &u), -EBADMSG);
	assert_int_equal(sip_uri_parse(span_of(""), &u), -EBADMSG);
	assert_memory_equal(&u, &before, sizeof u);
}

static void
what_is_written_reads_back(void **state)
{
	struct buf b = { 0 };
	struct sip_msg m;

	(void)state;
	sip_write_request(&b, "SUBSCRIBE", "sip:a@b");
	sip_write(&b, "CSeq", "%d %s", 7, "SUBSCRIBE");
	sip_write_span(&b, "Call-ID", span_of("x"));
	sip_write(&b, "Content-Length", "%d", 4);
	sip_write_body(&b, span_of("body"));
	assert_string_equal(buf_cstr(&b),
	    "SUBSCRIBE sip:a@b SIP/2.0\r\nCSeq: 7 SUBSCRIBE\r\nCall-ID: x\r\n"
	    "Content-Length: 4\r\n\r\nbody");
	assert_int_equal(sip_msg_parse(b.p, b.n, &m), 0);
	assert_true(span_is(m.uri, "sip:a@b") && span_is(m.body, "body"));

	buf_clear(&b);
	sip_write_status(&b, 489, sip_phrase(489));
	sip_write_body(&b, (struct span){ NULL, 0 });
	assert_int_equal(sip_msg_parse(b.p, b.n, &m), 0);
	assert_true(m.status == 489 && span_is(m.phrase, "Bad Event"));
	buf_done(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_come_out_whole_wherever_the_stream_is_cut),
		cmocka_unit_test(byte_by_byte_is_as_good),
		cmocka_unit_test(what_is_no_sip_is_refused),
		cmocka_unit_test(the_length_of_the_body_must_be_said_and_be_one),
		cmocka_unit_test(a_head_without_end_is_too_large_at_64_kib),
		cmocka_unit_test(more_headers_than_there_is_room_for_are_refused),
		cmocka_unit_test(random_bytes_and_damaged_messages_do_no_harm),
		cmocka_unit_test(contacts_are_taken_one_by_one_with_their_parameters),
		cmocka_unit_test(what_is_no_address_leaves_what_was_read_before),
		cmocka_unit_test(names_of_parameters_do_not_match_parts_of_others),
		cmocka_unit_test(uris_come_apart),
		cmocka_unit_test(what_is_written_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
