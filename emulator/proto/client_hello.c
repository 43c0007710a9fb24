/* client_hello.c - see client_hello.h. */
#include "client_hello.h"

#include <errno.h>
#include <string.h>

enum {
	TLS_1_0 = 0x0301,
	SSL_3_0 = 0x0300,
	RECORD_ALERT = 21,
	RECORD_HANDSHAKE = 22,
	RECORD_HEAD = 5,
	RECORD_MAX = 16384 + 2048,
	HELLO_CLIENT = 1,
	HELLO_SERVER = 2,
	HELLO_MIN = 4 + 2 + CLIENT_HELLO_RANDOM + 1, /* up to the session's length */
	SESSION_MAX = 32,
	HELLO_MAX = HELLO_MIN + SESSION_MAX + 2 /* up to the suite */
};

struct suite {
	uint16_t number;
	bool weak;
	const char *name;
};

/* clang-format off */
static const struct suite suites[] = {
	{ 0x0004, false, "RC4-128 MD5" },
	{ 0x0005, false, "RC4-128 SHA" },
	{ 0x000a, false, "3DES SHA" },
	{ 0x0009, true,  "DES SHA" },
	{ 0x0064, true,  "EXP1024 RC4-56 SHA" },
	{ 0x0062, true,  "EXP1024 DES SHA" },
	{ 0x0003, true,  "EXP RC4-40 MD5" },
	{ 0x0006, true,  "EXP RC2-40 MD5" },
	{ 0x0013, false, "DHE-DSS 3DES SHA" },
	{ 0x0012, true,  "DHE-DSS DES SHA" },
	{ 0x0063, true,  "EXP1024 DHE-DSS DES SHA" },
};

const uint16_t client_hello_suites[CLIENT_HELLO_SUITES] = {
	0x0004, 0x0005, 0x000a, 0x0009, 0x0064, 0x0062, 0x0003, 0x0006, 0x0013, 0x0012, 0x0063,
};

/* Three bytes each: those of SSL 3 begin with 0. */
static const uint8_t suites_v2[][3] = {
	{ 0, 0, 0x04 }, { 0, 0, 0x05 }, { 0, 0, 0x0a }, { 0x01, 0, 0x80 }, { 0x07, 0, 0xc0 },
	{ 0x03, 0, 0x80 }, { 0, 0, 0x09 }, { 0x06, 0, 0x40 }, { 0, 0, 0x64 }, { 0, 0, 0x62 },
	{ 0, 0, 0x03 }, { 0, 0, 0x06 }, { 0x02, 0, 0x80 }, { 0x04, 0, 0x80 }, { 0, 0, 0x13 },
	{ 0, 0, 0x12 }, { 0, 0, 0x63 },
};
/* clang-format on */

/* ---- what the phone says ----------------------------------------------------------- */

void
client_hello_write(struct buf *b, const uint8_t random[CLIENT_HELLO_RANDOM])
{
	const uint16_t list = 2 * CLIENT_HELLO_SUITES;
	const uint16_t body = 2 + CLIENT_HELLO_RANDOM + 1 + 2 + list + 2;

	buf_u8(b, RECORD_HANDSHAKE);
	buf_u16(b, TLS_1_0);
	buf_u16(b, (uint16_t)(4 + body));
	buf_u8(b, HELLO_CLIENT);
	buf_u8(b, 0); /* the length has three bytes */
	buf_u16(b, body);
	buf_u16(b, TLS_1_0);
	buf_put(b, random, CLIENT_HELLO_RANDOM);
	buf_u8(b, 0); /* no session to resume */
	buf_u16(b, list);
	for (size_t i = 0; i < CLIENT_HELLO_SUITES; i++)
		buf_u16(b, client_hello_suites[i]);
	/* One way to compress: none.  Nothing follows, so there is no extension. */
	buf_u8(b, 1);
	buf_u8(b, 0);
}

void
client_hello_write_v2(struct buf *b, const uint8_t challenge[CLIENT_HELLO_CHALLENGE])
{
	const uint16_t body = 1 + 2 + 3 * 2 + sizeof suites_v2 + CLIENT_HELLO_CHALLENGE;

	/* The first bit: a header of two bytes, no padding. */
	buf_u16(b, 0x8000 | body);
	buf_u8(b, HELLO_CLIENT);
	buf_u16(b, TLS_1_0);
	buf_u16(b, sizeof suites_v2);
	buf_u16(b, 0); /* no session */
	buf_u16(b, CLIENT_HELLO_CHALLENGE);
	buf_put(b, suites_v2, sizeof suites_v2);
	buf_put(b, challenge, CLIENT_HELLO_CHALLENGE);
}

/* ---- what the server says ---------------------------------------------------------- */

static uint16_t
two_bytes(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

/* The record at *rest: its type and what is there of its content.  0, -EAGAIN or -EBADMSG. */
static int
record_read(struct span rest, uint8_t *type_out, struct span *content_out, bool *whole_out)
{
	size_t n;

	if (rest.n > 0 && rest.p[0] != RECORD_ALERT && rest.p[0] != RECORD_HANDSHAKE)
		return -EBADMSG;
	/* All versions of the phone begin with a 3. */
	if (rest.n > 1 && rest.p[1] != 3)
		return -EBADMSG;
	if (rest.n < RECORD_HEAD)
		return -EAGAIN;
	n = two_bytes(rest.p + 3);
	if (n == 0 || n > RECORD_MAX)
		return -EBADMSG;
	*type_out = rest.p[0];
	*whole_out = rest.n - RECORD_HEAD >= n;
	*content_out =
	    (struct span){ rest.p + RECORD_HEAD, *whole_out ? n : rest.n - RECORD_HEAD };
	return 0;
}

/* The ServerHello up to the suite, RFC 2246 section 7.4.1.3. */
static int
hello_read(const uint8_t *p, size_t n, struct server_answer *out)
{
	size_t session;

	if (n > 0 && p[0] != HELLO_SERVER)
		return -EBADMSG;
	if (n < HELLO_MIN)
		return -EAGAIN;
	session = p[HELLO_MIN - 1];
	if (session > SESSION_MAX)
		return -EBADMSG;
	if (n < HELLO_MIN + session + 2)
		return -EAGAIN;
	*out = (struct server_answer){
		.version = two_bytes(p + 4),
		.suite = two_bytes(p + HELLO_MIN + session),
	};
	return 0;
}

static int
alert_read(struct span content, struct server_answer *out)
{
	if (content.n < 2)
		return -EAGAIN;
	*out = (struct server_answer){
		.alert = true, .level = content.p[0], .description = content.p[1]
	};
	return 0;
}

int
server_answer_read(struct span bytes, struct server_answer *out)
{
	uint8_t hello[HELLO_MAX], type;
	struct span rest = bytes, content;
	size_t n = 0;

	/* A handshake may lie in several records; of the first message a few bytes will do. */
	for (;;) {
		bool whole;
		int err = record_read(rest, &type, &content, &whole);

		if (err != 0)
			return err;
		if (type == RECORD_ALERT)
			return n == 0 ? alert_read(content, out) : -EBADMSG;
		for (size_t i = 0; i < content.n && n < sizeof hello; i++)
			hello[n++] = content.p[i];
		err = hello_read(hello, n, out);
		if (err != -EAGAIN || !whole)
			return err;
		rest.p = content.p + content.n;
		rest.n = bytes.n - (size_t)(rest.p - bytes.p);
	}
}

/* ---- names --------------------------------------------------------------------------- */

static const struct suite *
suite_of(uint16_t number)
{
	for (size_t i = 0; i < sizeof suites / sizeof *suites; i++)
		if (suites[i].number == number)
			return &suites[i];
	return NULL;
}

const char *
client_hello_suite_name(uint16_t number)
{
	const struct suite *suite = suite_of(number);

	return suite != NULL ? suite->name : NULL;
}

bool
client_hello_suite_is_weak(uint16_t number)
{
	const struct suite *suite = suite_of(number);

	return suite != NULL && suite->weak;
}

const char *
client_hello_version_name(uint16_t version)
{
	if (version == TLS_1_0)
		return "TLS 1.0";
	return version == SSL_3_0 ? "SSL 3.0" : NULL;
}
