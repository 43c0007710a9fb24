/*
 * ldap_msg.h - LDAP messages as bytes: what a phone asks of a directory and what
 * the directory answers.  RFC 4511; paged results: RFC 2696.
 *
 * Both directions, for the phone and for the embedded server.  Decoded texts and values are
 * spans into the message.  Filters are written from one attribute and value; read as raw BER
 * (see ldap_filter_match).
 */
#ifndef PROTO_LDAP_MSG_H
#define PROTO_LDAP_MSG_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "span.h"

enum { LDAP_MSG_MAX = 1 << 16, LDAP_ATTRS_MAX = 16 };

enum ldap_op { /* the tags of RFC 4511 */
	LDAP_BIND_REQUEST = 0x60,
	LDAP_BIND_RESPONSE = 0x61,
	LDAP_UNBIND = 0x42,
	LDAP_SEARCH_REQUEST = 0x63,
	LDAP_SEARCH_ENTRY = 0x64,
	LDAP_SEARCH_DONE = 0x65,
	LDAP_SEARCH_REFERENCE = 0x73,
	LDAP_ABANDON = 0x50,
	LDAP_EXTENDED_REQUEST = 0x77,
	LDAP_EXTENDED_RESPONSE = 0x78
};

enum ldap_scope { LDAP_BASE, LDAP_ONE, LDAP_SUBTREE };

enum ldap_code {
	LDAP_SUCCESS = 0,
	LDAP_OPERATIONS_ERROR = 1,
	LDAP_PROTOCOL_ERROR = 2,
	LDAP_SIZE_LIMIT = 4,
	LDAP_AUTH_METHOD_NOT_SUPPORTED = 7,
	LDAP_STRONGER_AUTH = 8,
	LDAP_BIND_IN_PROGRESS = 14,
	LDAP_NO_SUCH_OBJECT = 32,
	LDAP_INVALID_CREDENTIALS = 49,
	LDAP_BUSY = 51,
	LDAP_UNAVAILABLE = 52,
	LDAP_UNWILLING = 53
};

/* A search to be sent. */
struct ldap_search {
	const char *base;
	enum ldap_scope scope;
	const char *attr, *value; /* (attr=value); value NULL: (attr=*) */
	const char *const *want;  /* the attributes asked for; none = all */
	size_t n_want;
	int page;           /* entries a page, 0 = not paged */
	struct span cookie; /* of the page before; empty = the first */
};

/* A search as read. */
struct ldap_asked {
	struct span base;
	enum ldap_scope scope;
	int size_limit;     /* 0: none */
	struct span filter; /* for ldap_filter_match */
	struct span want[LDAP_ATTRS_MAX];
	size_t n_want;
	int page;
	struct span cookie;
};

/* LDAPResult, of a bind's answer or of a search's end. */
struct ldap_result {
	int code;
	struct span matched, text;
	struct span creds;  /* bind: serverSaslCreds */
	struct span cookie; /* search: not empty = there are more pages */
};

struct ldap_bind {
	int version;
	struct span name;
	bool sasl; /* else simple: mechanism is empty, creds the password */
	struct span mechanism, creds;
};

struct ldap_entry {
	struct span dn;
	struct span attrs; /* for ldap_entry_next */
};

struct ldap_msg {
	int id;
	enum ldap_op op;
	union {
		struct ldap_bind bind;
		struct ldap_asked search;
		struct ldap_entry entry;
		struct ldap_result result;
	};
};

/*
 * How long is the message at the start of these bytes?  0 and *n_out; -EAGAIN: not
 * enough bytes to say (then *n_out is untouched); -EBADMSG: not LDAP; -EMSGSIZE:
 * longer than LDAP_MSG_MAX.  The message itself need not be there as a whole.
 */
int ldap_msg_length(struct span, size_t *n_out);

/*
 * Read one whole message.  0; -EBADMSG; -ENOMEM.  Of references, abandons, unbinds and extended
 * messages and of other operations only id and op are read (op may then be any tag).
 */
int ldap_msg_decode(struct span, struct ldap_msg *out);

/*
 * One (attribute, value) pair of an entry after the other; start with rest =
 * entry.attrs.  1: there is one; 0: no more; -EBADMSG, -ENOMEM.  An attribute without values
 * is passed over.
 */
struct ldap_walk {
	struct span attrs, type, values;
};
int ldap_entry_next(struct ldap_walk *, struct span *type_out, struct span *value_out);

/* Is this the type of that attribute, options as ;binary and case aside? */
bool ldap_attr_is(struct span type, const char *attr);

/* Write one message at the end of buf.  0 or the buffer's error, -ENOMEM. */
int ldap_msg_bind_sasl(struct buf *, int id, const char *mechanism, struct span creds);
int ldap_msg_search(struct buf *, int id, const struct ldap_search *);
int ldap_msg_unbind(struct buf *, int id);

/* The server's side. */
struct ldap_value {
	const char *attr;
	struct span value;
};
int ldap_msg_bind_response(struct buf *, int id, const struct ldap_result *);
/* Values of one attribute stand together. */
int ldap_msg_entry(
    struct buf *, int id, const char *dn, const struct ldap_value *, size_t n_values);
/* Where a part of the tree that is not here can be asked for. */
int ldap_msg_reference(struct buf *, int id, const char *url);
/* paged: answer with the control, also when the cookie is empty. */
int ldap_msg_done(struct buf *, int id, const struct ldap_result *, bool paged);
/* An answer to an extended request, or with id 0 the notice of disconnection. */
int ldap_msg_extended(struct buf *, int id, const struct ldap_result *, const char *oid);

/* What a filter is matched against: does the object have this attribute with this value, or, if
 * value.p is NULL, with any? */
typedef bool ldap_has_fn(const void *object, struct span attr, struct span value);

/* Does an object fit a filter (and, or, not, equality, presence)?  1, 0; -EBADMSG, -EOPNOTSUPP
 * another kind, -ELOOP nested too deep, -ENOMEM. */
int ldap_filter_match(struct span filter, ldap_has_fn *, const void *object);

#endif
