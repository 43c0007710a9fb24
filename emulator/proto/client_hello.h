/*
 * client_hello.h - the first words of a TLS conversation as the phone's own TLS says them, and
 * the server's first words back.  RFC 2246; the SSL 2 framing is appendix E of it.
 *
 * These are the bytes that the documents give for its system: eleven suites, no extension, so
 * no server name.  Our TLS library knows three of the suites; whoever wants to know what a
 * server chooses from all of them sends this and reads one answer.
 */
#ifndef PROTO_CLIENT_HELLO_H
#define PROTO_CLIENT_HELLO_H
#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "span.h"

enum { CLIENT_HELLO_SUITES = 11, CLIENT_HELLO_RANDOM = 32, CLIENT_HELLO_CHALLENGE = 16 };

/* In the order of the phone's wish. */
extern const uint16_t client_hello_suites[CLIENT_HELLO_SUITES];

/* Append the ClientHello in a TLS 1.0 record. */
void client_hello_write(struct buf *, const uint8_t random[CLIENT_HELLO_RANDOM]);

/* Append it as a client says it that still speaks SSL 2: framed so, offering TLS 1.0, with the
 * suites of both among each other. */
void client_hello_write_v2(struct buf *, const uint8_t challenge[CLIENT_HELLO_CHALLENGE]);

/* What a server says to it. */
struct server_answer {
	bool alert; /* it refuses, and `description` says why */
	uint8_t level, description;
	uint16_t version, suite; /* of its ServerHello */
};

/* Read as much of its answer as has come.  0; -EAGAIN: its first word is not whole yet;
 * -EBADMSG: it is no TLS. */
int server_answer_read(struct span bytes, struct server_answer *out);

/* "RC4-128 MD5"; NULL: none of the phone's suites. */
const char *client_hello_suite_name(uint16_t suite);

/* Is it one that is easily broken: of 40 or 56 bits? */
bool client_hello_suite_is_weak(uint16_t suite);

/* "TLS 1.0", "SSL 3.0"; NULL: none that the phone speaks. */
const char *client_hello_version_name(uint16_t version);

#endif
