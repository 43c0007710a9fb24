/* fuzz_http_auth.c - any bytes as WWW-Authenticate, as Authorization, as a token; and line by
 * line, as curl gives them, as the head of a reply. */
#include "http_auth.h"

#include "fuzz.h"
#include "io_http_priv.h"

/* Challenges one after the other: each within the header, none empty, an end. */
static void
walk(struct span value)
{
	struct span rest = value;
	struct http_challenge c;

	for (;;) {
		struct span before = rest;
		int is;

		fuzz_mark(&c, sizeof c);
		is = http_auth_next(&rest, &c);
		if (is != 1) {
			HOLDS(fuzz_untouched(&c, sizeof c));
			HOLDS(is < 0 ? rest.p == before.p && rest.n == before.n : true);
			return;
		}
		HOLDS(rest.n < before.n && fuzz_inside(rest, before));
		HOLDS(c.scheme.n > 0 && fuzz_inside(c.scheme, before));
		HOLDS(fuzz_inside(c.token, before) && fuzz_inside(c.params, before));
		HOLDS(c.token.n == 0 || c.params.n == 0);
	}
}

/* What a token is wrapped into can be unwrapped. */
static void
wrap(struct span token)
{
	struct buf value = { 0 }, back = { 0 };

	http_auth_negotiate(&value, token);
	HOLDS(http_auth_offers(buf_bytes(&value), "negotiate"));
	HOLDS((http_auth_token(buf_bytes(&value), &back) == 0) == (token.n > 0));
	HOLDS(span_eq(buf_bytes(&back), token));
	buf_done(&value);
	buf_done(&back);
}

/* Every header is a name and a value of one line, and they are as many as was counted. */
static void
look_at_head(const struct io_http *s)
{
	HOLDS(s->seen.status >= 0 && s->seen.status <= 999 && s->seen.status / 100 != 1);
	for (size_t i = 0; i < s->seen.n_headers; i++) {
		const struct io_header *h = &s->seen.headers[i];
		const char *head = (const char *)s->head.p;

		HOLDS(h->name >= head && h->value + strlen(h->value) < head + s->head.n);
		HOLDS(h->name[0] != '\0' && h->value == h->name + strlen(h->name) + 1);
		HOLDS(strpbrk(h->name, ":\n") == NULL && strpbrk(h->value, "\n") == NULL);
	}
}

/* curl gives whole lines with their ends, the status first, until one is empty; then the body.
 */
static void
reply(struct span in)
{
	struct list touched;
	struct io_http s = { .err_below = 0 };
	char line[600] = "HTTP/1.1 ";

	list_init(&touched);
	list_add_tail(&touched, &s.touched);
	buf_init(&s.head, HTTP_HEAD_MAX);
	buf_init(&s.fresh, HTTP_FRESH_MAX);
	for (size_t at = strlen(line); in.n > 0 && !s.have_head; at = 0) {
		struct span text = span_cut(&in, '\n');

		if (text.n > sizeof line - at - 1)
			text.n = sizeof line - at - 1;
		if (text.n > 0)
			memcpy(line + at, text.p, text.n);
		at += text.n;
		line[at++] = '\n';
		if (io_http_on_header(line, 1, at, &s) != at)
			break;
	}
	if (s.have_head) {
		look_at_head(&s);
		HOLDS(io_http_on_body((char *)(uintptr_t)in.p, 1, in.n, &s) == in.n);
		HOLDS(s.seen.body_n == in.n && span_eq(buf_bytes(&s.fresh), in));
	}
	io_http_forget(&s);
	io_http_free(&s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span s = { p, n };
	struct buf token = { 0 };

	walk(s);
	(void)http_auth_offers(s, "Negotiate");
	buf_text(&token, "before");
	if (http_auth_token(s, &token) == 0)
		wrap((struct span){ token.p + 6, token.n - 6 });
	else
		HOLDS(span_is(buf_bytes(&token), "before"));
	buf_done(&token);
	wrap(s);
	reply(s);
	return 0;
}
