/*
 * fuzz_sip_signed.c - any bytes as a signed SIP message: its credentials, what is signed,
 * the header written again; and any numbers against the window that stops replays, beside a
 * list of all that were seen.
 */
#include "fuzz.h"
#include "sip_signed.h"

enum { NUMBERS_MAX = 512, WINDOW = 256 };

/* Can it stand in quotes, as [MS-SIPAE] never escapes? */
static bool
is_plain(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '"' || s.p[i] == '\\')
			return false;
	return true;
}

static bool
all_plain(const struct sip_auth *a)
{
	return is_plain(a->scheme) && is_plain(a->realm) && is_plain(a->target) &&
	    is_plain(a->opaque) && is_plain(a->rand) && is_plain(a->num) && is_plain(a->gssapi);
}

/* The header this makes is read as it was meant. */
static void
is_the_same_written_again(enum sip_side side, const struct sip_auth *a)
{
	const char *name =
	    side == SIP_BY_CLIENT ? "Proxy-Authorization" : "Proxy-Authentication-Info";
	struct buf text = { 0 }, hex = { 0 };
	struct sip_auth back;
	struct sip_msg m;

	sip_write_request(&text, "OPTIONS", "sip:a");
	sip_write_auth(&text, side, name, a);
	sip_write_body(&text, (struct span){ NULL, 0 });
	HOLDS(text.err == 0 && sip_msg_parse(text.p, text.n, &m) == 0);
	HOLDS(sip_auth_read(&m, side, NULL, &back) == 0);
	HOLDS(back.proxy && span_eq(back.scheme, a->scheme));
	HOLDS(span_eq(back.realm, a->realm) && span_eq(back.target, a->target));
	HOLDS(span_eq(back.opaque, a->opaque) && span_eq(back.rand, a->rand));
	HOLDS(span_eq(back.num, a->num));
	if (side == SIP_BY_CLIENT)
		HOLDS(span_eq(back.gssapi, a->gssapi));
	buf_hex(&hex, a->mic, true);
	HOLDS(span_eq(back.mic, buf_bytes(&hex)));
	buf_done(&text);
	buf_done(&hex);
}

static void
look_at(const struct sip_msg *m, enum sip_side side)
{
	struct buf signed_bytes = { 0 };
	struct sip_auth a;
	uint32_t num = 99;

	fuzz_mark(&a, sizeof a);
	if (sip_auth_read(m, side, NULL, &a) != 0) {
		HOLDS(fuzz_untouched(&a, sizeof a));
		return;
	}
	HOLDS(a.realm.n > 0 && a.target.n > 0);
	if (sip_auth_num(&a, &num) != 0)
		HOLDS(num == 99);
	else
		HOLDS(num > 0);
	if (sip_signed_bytes(&signed_bytes, m, &a) == 0)
		HOLDS(signed_bytes.n > 2 && signed_bytes.p[0] == '<' &&
		    signed_bytes.p[signed_bytes.n - 1] == '>');
	buf_done(&signed_bytes);
	if (a.scheme.n > 0 && all_plain(&a))
		is_the_same_written_again(side, &a);
}

/* ---- replays ------------------------------------------------------------------------ */

/* By the book: above the highest, or among the last 256 and not seen. */
static bool
is_fresh(const uint32_t *seen, size_t n, uint32_t num)
{
	uint32_t top = 0;

	for (size_t i = 0; i < n; i++) {
		if (seen[i] == num)
			return false;
		top = seen[i] > top ? seen[i] : top;
	}
	return num != 0 && (num > top || top - num < WINDOW);
}

static void
replay(struct span in)
{
	uint32_t seen[NUMBERS_MAX], last = 0;
	struct sip_replay window = { 0 };
	size_t n = 0;

	while (in.n > 0 && n < NUMBERS_MAX) {
		uint8_t how = fuzz_u8(&in);
		uint32_t step = fuzz_u8(&in);
		/* Mostly near the last one, now and then anywhere. */
		uint32_t num = how == 0 ? fuzz_u32(&in)
		    : how % 2 == 0      ? last + step
					: last - step;
		bool fresh = is_fresh(seen, n, num);

		HOLDS(sip_replay_fresh(&window, num) == fresh);
		if (!fresh)
			continue;
		sip_replay_mark(&window, num);
		HOLDS(!sip_replay_fresh(&window, num));
		seen[n++] = last = num;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct buf copy = { 0 };
	struct sip_auth challenge;
	struct sip_msg m;

	replay((struct span){ p, n });
	buf_put(&copy, p, n);
	if (sip_msg_parse(copy.p, copy.n, &m) == 0) {
		look_at(&m, SIP_BY_CLIENT);
		look_at(&m, SIP_BY_SERVER);
		fuzz_mark(&challenge, sizeof challenge);
		if (sip_challenge_read(&m, "Kerberos", &challenge) != 0)
			HOLDS(fuzz_untouched(&challenge, sizeof challenge));
	}
	buf_done(&copy);
	return 0;
}
