/* sip_signed.c - see sip_signed.h; [MS-SIPAE] 3.2.5.2, [MS-SIP] 3.1.4.2 and 3.1.5.1. */
#include "sip_signed.h"

#include <errno.h>

#include "text.h"

/* ---- the header --------------------------------------------------------- */

/* Both sides' parameters under one name each; what is not there stays empty. */
static void
sip_auth_fields(struct span v, enum sip_side side, struct sip_auth *a)
{
	bool client = side == SIP_BY_CLIENT;
	struct span version;
	uint64_t n;

	*a = (struct sip_auth){ .scheme = sip_auth_scheme(v), .version = 2 };
	(void)sip_auth_param(v, "realm", &a->realm);
	(void)sip_auth_param(v, "targetname", &a->target);
	(void)sip_auth_param(v, "opaque", &a->opaque);
	(void)sip_auth_param(v, "gssapi-data", &a->gssapi);
	(void)sip_auth_param(v, client ? "crand" : "srand", &a->rand);
	(void)sip_auth_param(v, client ? "cnum" : "snum", &a->num);
	(void)sip_auth_param(v, client ? "response" : "rspauth", &a->mic);
	if (sip_auth_param(v, "version", &version) && text_u64(version, 99, &n) == 0)
		a->version = (unsigned)n;
}

/* Look through all headers of this name for a scheme. */
static int
sip_auth_find(const struct sip_msg *m, const char *name, const char *scheme, enum sip_side side,
    struct sip_auth *out)
{
	struct span value;

	for (size_t i = 0; (value = sip_msg_get(m, name, i)).p != NULL; i++) {
		if (scheme != NULL && !span_is_nocase(sip_auth_scheme(value), scheme))
			continue;
		sip_auth_fields(value, side, out);
		return out->realm.n > 0 && out->target.n > 0 ? 0 : -EBADMSG;
	}
	return -ENOENT;
}

/* A proxy's headers are looked at only if there are none of the server's own. */
static int
sip_auth_either(const struct sip_msg *m, const char *plain, const char *proxy,
    const char *scheme, enum sip_side side, struct sip_auth *out)
{
	struct sip_auth a;
	int err = sip_auth_find(m, plain, scheme, side, &a);
	bool by_proxy = err == -ENOENT;

	if (by_proxy)
		err = sip_auth_find(m, proxy, scheme, side, &a);
	if (err != 0)
		return err;
	a.proxy = by_proxy;
	*out = a;
	return 0;
}

int
sip_auth_read(
    const struct sip_msg *m, enum sip_side side, const char *scheme, struct sip_auth *out)
{
	if (side == SIP_BY_CLIENT)
		return sip_auth_either(
		    m, "Authorization", "Proxy-Authorization", scheme, side, out);
	return sip_auth_either(
	    m, "Authentication-Info", "Proxy-Authentication-Info", scheme, side, out);
}

int
sip_challenge_read(const struct sip_msg *m, const char *scheme, struct sip_auth *out)
{
	return sip_auth_either(
	    m, "WWW-Authenticate", "Proxy-Authenticate", scheme, SIP_BY_SERVER, out);
}

int
sip_auth_num(const struct sip_auth *a, uint32_t *out)
{
	uint64_t n;

	if (text_u64(a->num, UINT32_MAX, &n) != 0 || n == 0)
		return -EBADMSG;
	*out = (uint32_t)n;
	return 0;
}

/* `, name="value"`; nothing if there is no value. */
static void
write_quoted(struct buf *b, const char *name, struct span value, const char **sep)
{
	if (value.p == NULL)
		return;
	buf_text(b, *sep);
	buf_text(b, name);
	buf_text(b, "=\"");
	buf_span(b, value);
	buf_text(b, "\"");
	*sep = ", ";
}

/* Hexadecimal on the wire; a signature that is not there is left out. */
static void
write_mic(struct buf *b, const char *name, struct span mic, const char **sep)
{
	if (mic.n == 0)
		return;
	buf_text(b, *sep);
	buf_text(b, name);
	buf_text(b, "=\"");
	buf_hex(b, mic, true);
	buf_text(b, "\"");
	*sep = ", ";
}

/* What carries a token has no opaque yet, and before version 4 no signature. */
static void
write_by_client(struct buf *b, const struct sip_auth *a, const char *sep)
{
	write_quoted(b, "qop", span_of("auth"), &sep);
	write_quoted(b, "opaque", a->opaque, &sep);
	write_quoted(b, "realm", a->realm, &sep);
	write_quoted(b, "targetname", a->target, &sep);
	write_quoted(b, "gssapi-data", a->gssapi, &sep);
	/* The version is agreed on with the token; version 2 goes without saying. */
	if (a->gssapi.p != NULL && a->version > 2)
		buf_printf(b, ", version=%u", a->version);
	write_quoted(b, "crand", a->rand, &sep);
	write_quoted(b, "cnum", a->num, &sep);
	write_mic(b, "response", a->mic, &sep);
}

static void
write_by_server(struct buf *b, const struct sip_auth *a, const char *sep)
{
	write_mic(b, "rspauth", a->mic, &sep);
	write_quoted(b, "srand", a->rand, &sep);
	write_quoted(b, "snum", a->num, &sep);
	write_quoted(b, "opaque", a->opaque, &sep);
	write_quoted(b, "qop", span_of("auth"), &sep);
	write_quoted(b, "targetname", a->target, &sep);
	write_quoted(b, "realm", a->realm, &sep);
}

void
sip_write_auth(struct buf *b, enum sip_side side, const char *header, const struct sip_auth *a)
{
	buf_text(b, header);
	buf_text(b, ": ");
	buf_span(b, a->scheme);
	if (side == SIP_BY_CLIENT)
		write_by_client(b, a, " ");
	else
		write_by_server(b, a, " ");
	buf_text(b, "\r\n");
}

/* ---- the signed bytes --------------------------------------------------- */

/* Angle brackets around each field, also around an empty one. */
static void
sign_field(struct buf *b, struct span value)
{
	buf_text(b, "<");
	buf_span(b, value);
	buf_text(b, ">");
}

/* The URI with this scheme among the asserted (by the client: preferred) identities. */
static struct span
asserted(const struct sip_msg *m, const char *scheme)
{
	const char *name = "P-Asserted-Identity";
	struct sip_addr addr;
	struct sip_uri uri;
	struct span value;

	if (sip_msg_get(m, name, 0).p == NULL)
		name = "P-Preferred-Identity";
	for (size_t i = 0; (value = sip_msg_get(m, name, i)).p != NULL; i++)
		while (sip_addr_next(&value, &addr) == 0)
			if (sip_uri_parse(addr.uri, &uri) == 0 &&
			    span_is_nocase(uri.scheme, scheme))
				return addr.uri;
	return (struct span){ NULL, 0 };
}

int
sip_signed_bytes(struct buf *out, const struct sip_msg *m, const struct sip_auth *a)
{
	struct span call_id = sip_msg_get(m, "Call-ID", 0), cseq_method, cseq_number;
	struct span from_tag = { NULL, 0 }, to_tag = { NULL, 0 };
	struct sip_addr from, to;
	bool all = a->version >= 3;
	uint32_t cseq;

	if (call_id.p == NULL || sip_msg_cseq(m, &cseq, &cseq_method) != 0 ||
	    sip_msg_addr(m, "From", &from) != 0 || sip_msg_addr(m, "To", &to) != 0)
		return -EBADMSG;
	/* The digits as they stand in the message, not as a number printed again. */
	cseq_number = sip_msg_get(m, "CSeq", 0);
	cseq_number = span_cut(&cseq_number, ' ');
	(void)sip_param(from.params, "tag", &from_tag);
	(void)sip_param(to.params, "tag", &to_tag);

	/* The order is fixed; from version 3 on To and the asserted identities are in it. */
	sign_field(out, a->scheme);
	sign_field(out, a->rand);
	sign_field(out, a->num);
	sign_field(out, a->realm);
	sign_field(out, a->target);
	sign_field(out, call_id);
	sign_field(out, cseq_number);
	sign_field(out, cseq_method);
	sign_field(out, from.uri);
	sign_field(out, from_tag);
	if (all)
		sign_field(out, to.uri);
	sign_field(out, to_tag);
	if (all) {
		sign_field(out, asserted(m, "sip"));
		sign_field(out, asserted(m, "tel"));
	}
	/* A request has no status, and then no field for it either. */
	sign_field(out, sip_msg_get(m, "Expires", 0));
	if (m->status != 0)
		buf_printf(out, "<%d>", m->status);
	return out->err;
}

/* ---- replays ------------------------------------------------------------ */

enum { REPLAY_WIDE = 256 };

static uint32_t
replay_bit(uint32_t num)
{
	return UINT32_C(1) << num % 32;
}

bool
sip_replay_fresh(const struct sip_replay *r, uint32_t num)
{
	if (num == 0)
		return false;
	if (num > r->top)
		return true;
	if (r->top - num >= REPLAY_WIDE)
		return false;
	return (r->seen[num % REPLAY_WIDE / 32] & replay_bit(num)) == 0;
}

void
sip_replay_mark(struct sip_replay *r, uint32_t num)
{
	/* What enters the window with a higher number was not seen. */
	if (num > r->top && num - r->top >= REPLAY_WIDE)
		r->top = num - REPLAY_WIDE;
	while (r->top < num) {
		r->top++;
		r->seen[r->top % REPLAY_WIDE / 32] &= ~replay_bit(r->top);
	}
	r->seen[num % REPLAY_WIDE / 32] |= replay_bit(num);
}
