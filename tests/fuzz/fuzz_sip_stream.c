/* fuzz_sip_stream.c - any bytes as a SIP stream: cut anywhere, it is the same messages and the
 * same end.  The first two bytes say where it is cut. */
#include <errno.h>

#include "fuzz.h"
#include "rng.h"
#include "sip_msg.h"

/* What a stream gave: its messages, as text, and how it ended. */
struct heard {
	struct buf text;
	size_t messages;
	int end;
};

static void
note(struct heard *h, const struct sip_msg *m)
{
	struct buf *b = &h->text;

	buf_printf(b, "[%d]", m->status);
	buf_span(b, m->method);
	buf_text(b, " ");
	buf_span(b, m->uri);
	buf_span(b, m->phrase);
	for (size_t i = 0; i < m->n_headers; i++) {
		buf_text(b, "\n");
		buf_span(b, m->header[i].name);
		buf_text(b, ":");
		buf_span(b, m->header[i].value);
	}
	buf_printf(b, "\n%zu\n", m->body.n);
	buf_span(b, m->body);
	h->messages++;
}

/* Take what there is. */
static void
drain(struct sip_stream *in, struct heard *h)
{
	struct sip_msg m;

	while ((h->end = sip_stream_next(in, &m)) == 0)
		note(h, &m);
}

/* most 0: all at once. */
static void
hear(struct span s, size_t most, uint64_t seed, struct heard *h)
{
	struct sip_stream in = { 0 };
	struct rng rng;

	rng_seed(&rng, seed, 0);
	do {
		size_t n = most == 0 ? s.n : 1 + (size_t)rng_below(&rng, most);

		HOLDS(sip_stream_put(&in, fuzz_take(&s, n)) == 0);
		drain(&in, h);
	} while (s.n > 0 && h->end == -EAGAIN);
	/* Once it makes no sense, it never does again. */
	if (h->end != -EAGAIN) {
		struct sip_msg m;

		HOLDS(sip_stream_next(&in, &m) < 0);
	}
	sip_stream_done(&in);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span s = { p, n };
	struct heard whole = { .end = 0 }, cut = { .end = 0 };
	size_t most = 1 + fuzz_u8(&s);
	uint8_t seed = fuzz_u8(&s);

	hear(s, 0, 0, &whole);
	hear(s, most, seed, &cut);
	HOLDS(whole.end == cut.end && whole.messages == cut.messages);
	HOLDS(span_eq(buf_bytes(&whole.text), buf_bytes(&cut.text)));
	buf_done(&whole.text);
	buf_done(&cut.text);
	return 0;
}
