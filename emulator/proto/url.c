/* url.c - see url.h. */
#include "url.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "text.h"

/* Letters, digits and what else names have: nothing that means something in a URL or a header.
 */
static bool
is_host(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_'))
			return false;
	}
	return s.n > 0;
}

/* Only what may stand in a path: no blanks, no control bytes, nothing that ends a header. */
static bool
is_clean(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 127 || s.p[i] == '@' || s.p[i] == '\\')
			return false;
	return true;
}

static bool
take_scheme(struct span *s, const char *scheme)
{
	size_t n = strlen(scheme);

	if (s->n < n || strncasecmp((const char *)s->p, scheme, n) != 0)
		return false;
	*s = (struct span){ s->p + n, s->n - n };
	return true;
}

static int
read_authority(struct span authority, struct url *u)
{
	struct span host = span_cut(&authority, ':');
	/* "host:" with nothing behind the colon is the default port too (RFC 3986 section
	 * 3.2.3). */
	bool named = host.p + host.n < authority.p;
	uint64_t port = u->tls ? 443 : 80;

	if (named && authority.n > 0 && (text_u64(authority, 65535, &port) != 0 || port == 0))
		return -EINVAL;
	if (!is_host(host))
		return -EINVAL;
	u->port = (uint16_t)port;
	return text_copy(u->host, sizeof u->host, host);
}

int
url_read(struct span s, struct url *out)
{
	struct url u = { 0 };
	const uint8_t *slash;
	struct span path = { 0 };
	int err;

	u.tls = take_scheme(&s, "https://");
	if (!u.tls && !take_scheme(&s, "http://"))
		return -EINVAL;
	/* Everything from the first slash on is sent as it is, the query included. */
	slash = s.n > 0 ? memchr(s.p, '/', s.n) : NULL;
	if (slash != NULL) {
		path = (struct span){ slash, (size_t)(s.p + s.n - slash) };
		s.n -= path.n;
	}
	if (!is_clean(path))
		return -EINVAL;
	err = read_authority(s, &u);
	if (!err)
		err = text_copy(u.path, sizeof u.path, path.n > 0 ? path : span_of("/"));
	if (!err)
		*out = u;
	return err;
}

bool
url_port_is_default(const struct url *u)
{
	return u->port == (u->tls ? 443 : 80);
}
