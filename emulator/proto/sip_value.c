/* sip_value.c - the pieces of SIP header values: addresses, parameters, credentials, URIs;
 * see sip_msg.h.  Quoted strings are respected everywhere; nothing is unescaped, since
 * [MS-SIPAE] never escapes and signs the bytes as they are. */
#include <errno.h>
#include <string.h>

#include "sip_msg.h"
#include "text.h"

/* The first of these characters outside quotes and angle brackets; s.n if there is none. */
static size_t
sip_find(struct span s, const char *any)
{
	bool quoted = false, angled = false;

	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];

		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (quoted)
			continue;
		else if (c != 0 && !angled && strchr(any, c) != NULL)
			return i;
		else if (c == '<' || c == '>')
			angled = c == '<';
	}
	return s.n;
}

/* Take what is before the character at n, and drop that one. */
static struct span
sip_take(struct span *rest, size_t n)
{
	struct span head = { rest->p, n };
	size_t used = n < rest->n ? n + 1 : n;

	rest->p += used;
	rest->n -= used;
	return head;
}

static struct span
sip_unquote(struct span s)
{
	s = span_trim(s);
	if (s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"')
		s = (struct span){ s.p + 1, s.n - 2 };
	return s;
}

/* Is this piece `name` or `name=value`?  */
static bool
sip_named(struct span piece, const char *name, struct span *value_out)
{
	struct span left = span_trim(sip_take(&piece, sip_find(piece, "=")));

	if (!span_is_nocase(left, name))
		return false;
	*value_out = sip_unquote(piece);
	return true;
}

bool
sip_param(struct span params, const char *name, struct span *value_out)
{
	while (params.n > 0)
		if (sip_named(sip_take(&params, sip_find(params, ";")), name, value_out))
			return true;
	return false;
}

struct span
sip_auth_scheme(struct span value)
{
	value = span_trim(value);
	return span_cut(&value, ' ');
}

bool
sip_auth_param(struct span value, const char *name, struct span *value_out)
{
	value = span_trim(value);
	/* The scheme is not a parameter. */
	(void)span_cut(&value, ' ');
	while (value.n > 0)
		if (sip_named(sip_take(&value, sip_find(value, ",")), name, value_out))
			return true;
	return false;
}

/* `"Bob" <uri> params`: the angle bracket is at n. */
static int
sip_name_addr(struct span one, size_t n, struct sip_addr *out)
{
	const uint8_t *end = memchr(one.p + n, '>', one.n - n);
	struct sip_addr a;
	size_t to;

	if (end == NULL)
		return -EBADMSG;
	to = (size_t)(end - one.p);
	a.display = sip_unquote((struct span){ one.p, n });
	a.uri = span_trim((struct span){ one.p + n + 1, to - n - 1 });
	a.params = span_trim((struct span){ one.p + to + 1, one.n - to - 1 });
	if (a.uri.n == 0)
		return -EBADMSG;
	*out = a;
	return 0;
}

/* name-addr or addr-spec of RFC 3261 section 25.1, in a list or alone. */
int
sip_addr_next(struct span *rest, struct sip_addr *out)
{
	struct span one = { NULL, 0 }, uri;
	size_t n;

	/* Empty list elements are passed over. */
	while (rest->n > 0 && one.n == 0)
		one = span_trim(sip_take(rest, sip_find(*rest, ",")));
	if (one.n == 0)
		return -ENOENT;

	n = sip_find(one, "<");
	if (n < one.n)
		return sip_name_addr(one, n, out);

	/* Without brackets everything after the semicolon belongs to the header. */
	n = sip_find(one, ";");
	uri = span_trim((struct span){ one.p, n });
	if (uri.n == 0)
		return -EBADMSG;
	*out = (struct sip_addr){ .uri = uri, .params = { one.p + n, one.n - n } };
	return 0;
}

int
sip_msg_addr(const struct sip_msg *m, const char *name, struct sip_addr *out)
{
	struct span value = sip_msg_get(m, name, 0);

	return value.p != NULL ? sip_addr_next(&value, out) : -ENOENT;
}

/* "host", "host:port", "[v6]:port". */
static int
sip_host_port(struct span s, struct sip_uri *out)
{
	/* The colons of an IPv6 address are none of a port. */
	const uint8_t *bracket = s.n > 0 && s.p[0] == '[' ? memchr(s.p, ']', s.n) : NULL;
	size_t from = bracket != NULL ? (size_t)(bracket - s.p) : 0;
	const uint8_t *colon = s.n > 0 ? memchr(s.p + from, ':', s.n - from) : NULL;
	uint64_t port = 0;

	out->host = s;
	if (colon != NULL) {
		out->host.n = (size_t)(colon - s.p);
		s = (struct span){ colon + 1, s.n - out->host.n - 1 };
		if (text_u64(s, 65535, &port) != 0 || port == 0)
			return -EBADMSG;
	}
	out->port = (uint16_t)port;
	return out->host.n > 0 ? 0 : -EBADMSG;
}

/* sip:user@host:port;params, RFC 3261 section 19.1. */
int
sip_uri_parse(struct span s, struct sip_uri *out)
{
	struct sip_uri u = { .scheme = s };
	const uint8_t *at;

	if (s.n == 0 || memchr(s.p, ':', s.n) == NULL)
		return -EBADMSG;
	u.scheme = span_cut(&s, ':');
	/* tel: and others have no host; their number is called user here. */
	if (!span_is_nocase(u.scheme, "sip") && !span_is_nocase(u.scheme, "sips")) {
		u.user = sip_take(&s, sip_find(s, ";"));
		u.params = s;
		if (u.user.n == 0)
			return -EBADMSG;
		*out = u;
		return 0;
	}

	/* The user part may hold semicolons, so it goes first. */
	at = s.n > 0 ? memchr(s.p, '@', s.n) : NULL;
	if (at != NULL)
		u.user = sip_take(&s, (size_t)(at - s.p));
	u.params = s;
	s = sip_take(&u.params, sip_find(s, ";?"));
	if (sip_host_port(s, &u) != 0)
		return -EBADMSG;
	*out = u;
	return 0;
}
