/* fuzz_http_auth.c - any bytes as WWW-Authenticate, as Authorization, as a token. */
#include "fuzz.h"
#include "http_auth.h"

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
	return 0;
}
