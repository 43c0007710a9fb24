/*
 * sip_msg.h - SIP messages (RFC 3261 sections 7 and 25) as bytes and as fields.
 *
 * Reading: a stream takes bytes as they come, cut anywhere, and gives whole
 * messages whose fields are spans into it.  Writing: lines appended to a buf in
 * the order called.  It knows the grammar, not what a message means.
 */
#ifndef PROTO_SIP_MSG_H
#define PROTO_SIP_MSG_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "span.h"

enum { SIP_MSG_MAX = 65536, SIP_HEADERS_MAX = 64 };

struct sip_header {
	struct span name, value; /* value: trimmed, folded lines joined by blanks */
};

struct sip_msg {
	struct span method, uri; /* a request; both are empty in a response */
	int status;              /* a response: 100-699; 0: a request */
	struct span phrase;
	struct sip_header header[SIP_HEADERS_MAX];
	size_t n_headers;
	struct span body;
};

/* ---- reading ------------------------------------------------------------ */

struct sip_stream {     /* zeroed memory is an empty one */
	struct buf in;  /* private: on the heap only while there are bytes */
	size_t looked;  /* private: no end of a head before here */
	size_t head, n; /* private: bytes of the head and of all, once the head is whole */
	size_t given;   /* private: bytes of the message lent last */
};

/* Give its memory back; it is then empty. */
void sip_stream_done(struct sip_stream *);

/* Add what came.  0, or -ENOMEM. */
int sip_stream_put(struct sip_stream *, struct span);

/*
 * The next whole message, lent until the next call.  0; -EAGAIN: more bytes are
 * needed; -EBADMSG, -EMSGSIZE: this is no SIP, the stream cannot be read on.  CR and
 * LF before a message (keep-alives) are skipped.
 */
int sip_stream_next(struct sip_stream *, struct sip_msg *out);

/* Read bytes that are exactly one message (folded lines are joined in place).  0, -EBADMSG. */
int sip_msg_parse(uint8_t *bytes, size_t n, struct sip_msg *out);

/* The nth value of a header (0: the first), by its long name in any case or its compact form;
 * p is NULL if there is none. */
struct span sip_msg_get(const struct sip_msg *, const char *name, size_t nth);

/* Is this word among the comma separated ones of any of these headers? */
bool sip_msg_lists(const struct sip_msg *, const char *name, const char *word);

/* The number and the method of CSeq.  0 or -EBADMSG. */
int sip_msg_cseq(const struct sip_msg *, uint32_t *number_out, struct span *method_out);

/* ---- pieces of values --------------------------------------------------- */

struct sip_addr { /* "Bob" <sip:bob@contoso.com>;tag=1 */
	struct span display, uri, params;
};

/* Take the next of a comma separated list of addresses.  0; -ENOENT: no more; -EBADMSG. */
int sip_addr_next(struct span *rest, struct sip_addr *out);

/* The first address of the first header of this name.  0, -ENOENT, -EBADMSG. */
int sip_msg_addr(const struct sip_msg *, const char *name, struct sip_addr *out);

/* A parameter of `;a=b;c="d";e`: its value without quotes (empty for e).  False: not there. */
bool sip_param(struct span params, const char *name, struct span *value_out);

/* Of `Kerberos realm="..", version=4`: the scheme, a parameter.  False: not there. */
struct span sip_auth_scheme(struct span value);
bool sip_auth_param(struct span value, const char *name, struct span *value_out);

struct sip_uri { /* sip:user@host:port;params */
	struct span scheme, user, host, params;
	uint16_t port; /* 0: none */
};
/* 0 or -EBADMSG. */
int sip_uri_parse(struct span, struct sip_uri *out);

/* ---- writing ------------------------------------------------------------ */

/* "METHOD uri SIP/2.0"; "SIP/2.0 status phrase". */
void sip_write_request(struct buf *, const char *method, const char *uri);
void sip_write_status(struct buf *, int status, const char *phrase);

/* "Name: formatted text". */
void sip_write(struct buf *, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* A header with the value of another message. */
void sip_write_span(struct buf *, const char *name, struct span value);

/* The blank line and the body; Content-Length must have been written. */
void sip_write_body(struct buf *, struct span body);

/* The usual phrase of a status. */
const char *sip_phrase(int status);

#endif
