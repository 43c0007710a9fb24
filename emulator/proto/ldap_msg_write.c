/* ldap_msg_write.c - LDAP messages into bytes.  The tags are those of RFC 4511 section 4. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "ber.h"
#include "ldap_msg.h"

enum { /* context tags */
	TAG_SASL = 0xa3,
	TAG_SERVER_CREDS = 0x87,
	TAG_EQUALITY = 0xa3,
	TAG_PRESENT = 0x87,
	TAG_CONTROLS = 0xa0,
	TAG_RESPONSE_NAME = 0x8a
};

enum { LDAP_VERSION = 3, LDAP_NEVER_DEREF = 0 };

#define LDAP_PAGED "1.2.840.113556.1.4.319"

/* A message being written.  liblber keeps the bytes in memory of its own until ldap_end(). */
static BerElement *
ldap_begin(int id)
{
	BerElement *ber = ber_alloc_t(LBER_USE_DER);

	if (ber == NULL)
		return NULL;
	if (ber_printf(ber, "{i", (ber_int_t)id) >= 0)
		return ber;
	ber_free(ber, 1);
	return NULL;
}

/* Append the whole to buf, unless something went wrong on the way.  0 or -errno. */
static int
ldap_end(BerElement *ber, int written, struct buf *out)
{
	struct berval all;
	int err = -ENOMEM;

	if (written >= 0 && ber_flatten2(ber, &all, 0) >= 0) {
		buf_put(out, all.bv_val, all.bv_len);
		err = out->err;
	}
	ber_free(ber, 1);
	return err;
}

/* ber_printf(), unless something failed before. */
static void
ldap_put(BerElement *ber, int *written, const char *fmt, struct span octets)
{
	const char *p = octets.p != NULL ? (const char *)octets.p : "";

	if (*written >= 0)
		*written = ber_printf(ber, fmt, p, (ber_len_t)octets.n);
}

int
ldap_msg_bind_sasl(struct buf *out, int id, const char *mechanism, struct span creds)
{
	BerElement *ber = ldap_begin(id);
	int w;

	if (ber == NULL)
		return -ENOMEM;
	/* The name stays empty: the token says who we are (RFC 4513 section 5.2.1). */
	w = ber_printf(ber, "t{ist{s", (ber_tag_t)LDAP_BIND_REQUEST, (ber_int_t)LDAP_VERSION,
	    "", (ber_tag_t)TAG_SASL, mechanism);
	ldap_put(ber, &w, "o}}}", creds);
	return ldap_end(ber, w, out);
}

/* A control's value is BER inside an octet string: SEQUENCE { size INTEGER, cookie OCTET STRING
 * }. */
static int
ldap_put_paged(BerElement *ber, int page, struct span cookie)
{
	BerElement *inner = ber_alloc_t(LBER_USE_DER);
	struct berval value;
	int w = -1;

	if (inner == NULL)
		return -1;
	w = ber_printf(inner, "{i", (ber_int_t)page);
	ldap_put(inner, &w, "o}", cookie);
	if (w >= 0)
		w = ber_flatten2(inner, &value, 0);
	if (w >= 0)
		w = ber_printf(ber, "t{{sO}}", (ber_tag_t)TAG_CONTROLS, LDAP_PAGED, &value);
	ber_free(inner, 1);
	return w;
}

/* No substring or ordering filters: the phone never asks for any. */
static int
ldap_put_filter(BerElement *ber, const char *attr, const char *value)
{
	if (value == NULL)
		return ber_printf(ber, "ts", (ber_tag_t)TAG_PRESENT, attr);
	return ber_printf(ber, "t{ss}", (ber_tag_t)TAG_EQUALITY, attr, value);
}

/* SearchRequest, RFC 4511 section 4.5.1. */
int
ldap_msg_search(struct buf *out, int id, const struct ldap_search *q)
{
	BerElement *ber = ldap_begin(id);
	int w;

	if (ber == NULL)
		return -ENOMEM;
	/* No limits, and not only the types. */
	w = ber_printf(ber, "t{seeiib", (ber_tag_t)LDAP_SEARCH_REQUEST, q->base,
	    (ber_int_t)q->scope, (ber_int_t)LDAP_NEVER_DEREF, (ber_int_t)0, (ber_int_t)0,
	    (ber_int_t)0);
	if (w >= 0)
		w = ldap_put_filter(ber, q->attr, q->value);
	if (w >= 0)
		w = ber_printf(ber, "{");
	for (size_t i = 0; w >= 0 && i < q->n_want; i++)
		w = ber_printf(ber, "s", q->want[i]);
	if (w >= 0)
		w = ber_printf(ber, "}}");
	if (w >= 0 && q->page != 0)
		w = ldap_put_paged(ber, q->page, q->cookie);
	if (w >= 0)
		w = ber_printf(ber, "}");
	return ldap_end(ber, w, out);
}

int
ldap_msg_unbind(struct buf *out, int id)
{
	BerElement *ber = ldap_begin(id);

	if (ber == NULL)
		return -ENOMEM;
	return ldap_end(ber, ber_printf(ber, "tn}", (ber_tag_t)LDAP_UNBIND), out);
}

/* ---- the server's side --------------------------------------------------- */

/* The components of LDAPResult, the operation's sequence left open. */
static int
ldap_put_result(BerElement *ber, enum ldap_op op, const struct ldap_result *r)
{
	int w = ber_printf(ber, "t{e", (ber_tag_t)op, (ber_int_t)r->code);

	ldap_put(ber, &w, "o", r->matched);
	ldap_put(ber, &w, "o", r->text);
	return w;
}

int
ldap_msg_bind_response(struct buf *out, int id, const struct ldap_result *r)
{
	BerElement *ber = ldap_begin(id);
	int w;

	if (ber == NULL)
		return -ENOMEM;
	w = ldap_put_result(ber, LDAP_BIND_RESPONSE, r);
	if (w >= 0 && r->creds.n != 0)
		w = ber_printf(ber, "to", (ber_tag_t)TAG_SERVER_CREDS, (const char *)r->creds.p,
		    (ber_len_t)r->creds.n);
	if (w >= 0)
		w = ber_printf(ber, "}}");
	return ldap_end(ber, w, out);
}

int
ldap_msg_entry(
    struct buf *out, int id, const char *dn, const struct ldap_value *values, size_t n_values)
{
	BerElement *ber = ldap_begin(id);
	int w;

	if (ber == NULL)
		return -ENOMEM;
	w = ber_printf(ber, "t{s{", (ber_tag_t)LDAP_SEARCH_ENTRY, dn);
	for (size_t i = 0; i < n_values; i++) {
		/* One attribute's values make one SET. */
		bool first = i == 0 || strcmp(values[i].attr, values[i - 1].attr) != 0;
		bool last =
		    i + 1 == n_values || strcmp(values[i].attr, values[i + 1].attr) != 0;

		if (w >= 0 && first)
			w = ber_printf(ber, "{s[", values[i].attr);
		ldap_put(ber, &w, "o", values[i].value);
		if (w >= 0 && last)
			w = ber_printf(ber, "]}");
	}
	if (w >= 0)
		w = ber_printf(ber, "}}}");
	return ldap_end(ber, w, out);
}

int
ldap_msg_reference(struct buf *out, int id, const char *url)
{
	BerElement *ber = ldap_begin(id);

	if (ber == NULL)
		return -ENOMEM;
	return ldap_end(
	    ber, ber_printf(ber, "t{s}}", (ber_tag_t)LDAP_SEARCH_REFERENCE, url), out);
}

int
ldap_msg_done(struct buf *out, int id, const struct ldap_result *r, bool paged)
{
	BerElement *ber = ldap_begin(id);
	int w;

	if (ber == NULL)
		return -ENOMEM;
	w = ldap_put_result(ber, LDAP_SEARCH_DONE, r);
	if (w >= 0)
		w = ber_printf(ber, "}");
	if (w >= 0 && paged)
		/* Size 0: the server does not tell how many there are in all (RFC 2696). */
		w = ldap_put_paged(ber, 0, r->cookie);
	if (w >= 0)
		w = ber_printf(ber, "}");
	return ldap_end(ber, w, out);
}

/* ExtendedResponse, RFC 4511 section 4.12; the notice of disconnection is 4.4.1. */
int
ldap_msg_extended(struct buf *out, int id, const struct ldap_result *r, const char *oid)
{
	BerElement *ber = ldap_begin(id);
	int w;

	if (ber == NULL)
		return -ENOMEM;
	w = ldap_put_result(ber, LDAP_EXTENDED_RESPONSE, r);
	if (w >= 0 && oid != NULL)
		w = ber_printf(ber, "ts", (ber_tag_t)TAG_RESPONSE_NAME, oid);
	if (w >= 0)
		w = ber_printf(ber, "}}");
	return ldap_end(ber, w, out);
}
