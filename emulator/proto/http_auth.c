/* http_auth.c - see http_auth.h.  The grammar of RFC 9110 section 11.6.1, where a comma may end
 * a parameter as well as a challenge. */
#include "http_auth.h"

#include <errno.h>
#include <string.h>

#include "text.h"

/* tchar of RFC 9110 section 5.6.2. */
static bool
http_is_tchar(uint8_t c)
{
	if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
		return true;
	return c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

/* Characters of token68 besides the '=' at its end. */
static bool
http_is_token68(uint8_t c)
{
	return http_is_tchar(c) || c == '/';
}

static void
http_skip(struct span *s, size_t n)
{
	*s = (struct span){ s->p + n, s->n - n };
}

static void
http_skip_blanks(struct span *s)
{
	while (s->n != 0 && (s->p[0] == ' ' || s->p[0] == '\t'))
		http_skip(s, 1);
}

/* Blanks and the commas of empty list elements. */
static void
http_skip_commas(struct span *s)
{
	http_skip_blanks(s);
	while (s->n != 0 && s->p[0] == ',') {
		http_skip(s, 1);
		http_skip_blanks(s);
	}
}

/* The longest run of tchar, perhaps empty. */
static struct span
http_token(struct span *s)
{
	struct span token = { s->p, 0 };

	while (token.n < s->n && http_is_tchar(s->p[token.n]))
		token.n++;
	http_skip(s, token.n);
	return token;
}

/* A whole token68 up to a comma or the end; empty if it is something else. */
static struct span
http_token68(struct span *s)
{
	struct span token = { s->p, 0 }, after;

	while (token.n < s->n && http_is_token68(s->p[token.n]))
		token.n++;
	while (token.n < s->n && token.n != 0 && s->p[token.n] == '=')
		token.n++;
	/* "name=value" begins like a token68, but goes on behind the "=". */
	after = (struct span){ s->p + token.n, s->n - token.n };
	http_skip_blanks(&after);
	if (token.n == 0 || (after.n != 0 && after.p[0] != ','))
		return (struct span){ NULL, 0 };
	*s = after;
	return token;
}

/* "..." with backslashes.  0 or -EBADMSG. */
static int
http_quoted(struct span *s)
{
	http_skip(s, 1);
	while (s->n != 0 && s->p[0] != '"') {
		if (s->p[0] == '\\' && s->n > 1)
			http_skip(s, 1);
		http_skip(s, 1);
	}
	if (s->n == 0)
		return -EBADMSG;
	http_skip(s, 1);
	return 0;
}

/* name = value.  1; 0: it is no parameter (the next scheme), nothing is eaten; -EBADMSG. */
static int
http_param(struct span *s)
{
	struct span look = *s;
	int err = 0;

	if (http_token(&look).n == 0)
		return -EBADMSG;
	http_skip_blanks(&look);
	if (look.n == 0 || look.p[0] != '=')
		return 0;
	http_skip(&look, 1);
	http_skip_blanks(&look);
	if (look.n != 0 && look.p[0] == '"')
		err = http_quoted(&look);
	else if (http_token(&look).n == 0)
		err = -EBADMSG;
	if (err != 0)
		return err;
	*s = look;
	return 1;
}

/* Parameters up to the next scheme. */
static int
http_params(struct span *s, struct span *out)
{
	const uint8_t *from = s->p, *to = s->p;

	while (s->n != 0) {
		struct span look = *s;
		int is = http_param(&look);

		if (is < 0)
			return is;
		/* Not eaten: it is the scheme of the next challenge. */
		if (is == 0)
			break;
		to = look.p;
		http_skip_blanks(&look);
		if (look.n != 0 && look.p[0] != ',')
			return -EBADMSG;
		http_skip_commas(&look);
		*s = look;
	}
	*out = (struct span){ from, (size_t)(to - from) };
	return 0;
}

/* Nothing of *rest is eaten unless a whole challenge could be read. */
int
http_auth_next(struct span *rest, struct http_challenge *out)
{
	struct http_challenge c = { 0 };
	struct span s = *rest;
	int err = 0;

	http_skip_commas(&s);
	if (s.n == 0)
		return 0;
	c.scheme = http_token(&s);
	if (c.scheme.n == 0 || (s.n != 0 && strchr(" \t,", s.p[0]) == NULL))
		return -EBADMSG;
	http_skip_blanks(&s);
	/* A scheme is followed by a token68 or by parameters, never by both. */
	if (s.n != 0 && s.p[0] != ',') {
		c.token = http_token68(&s);
		if (c.token.n == 0)
			err = http_params(&s, &c.params);
	}
	if (err != 0)
		return err;
	*rest = s;
	*out = c;
	return 1;
}

bool
http_auth_offers(struct span value, const char *scheme)
{
	struct http_challenge c;

	while (http_auth_next(&value, &c) == 1) {
		if (span_is_nocase(c.scheme, scheme))
			return true;
	}
	return false;
}

void
http_auth_negotiate(struct buf *out, struct span token)
{
	buf_text(out, "Negotiate ");
	buf_base64(out, token);
}

/* A client sends one scheme, so only the first is looked at. */
int
http_auth_token(struct span value, struct buf *token_out)
{
	struct http_challenge c;
	int is = http_auth_next(&value, &c);

	if (is <= 0)
		return -EBADMSG;
	if (!span_is_nocase(c.scheme, "Negotiate"))
		return -ENOENT;
	if (c.token.n == 0)
		return -EBADMSG;
	return text_unbase64(token_out, c.token);
}
