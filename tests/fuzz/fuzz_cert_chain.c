/*
 * fuzz_cert_chain.c - any bytes as what a CA's web server or directory hands out: as they are,
 * out of their armour, and as the plan of a DER structure whose lengths are right.
 */
#include "cert_chain.h"

#include "edge.h"
#include "fuzz.h"

enum { DEPTH_MAX = 12, DER_MAX = EDGE_MAX };

static void
look_at_cert(const struct cert *c, struct span der)
{
	struct cert again;

	HOLDS(fuzz_inside(c->der, der) && c->der.n > 0);
	HOLDS(c->issuer.n >= 2 && fuzz_inside(c->issuer, c->der));
	HOLDS(c->subject.n >= 2 && fuzz_inside(c->subject, c->der));
	HOLDS(cert_read(c->der, &again) == 0 && span_eq(again.subject, c->subject));
	HOLDS(cert_is_root(c) == span_eq(c->issuer, c->subject));
}

static void
look_at_chain(const struct cert_chain *chain, struct span der)
{
	const struct cert *root = cert_chain_root(chain);
	bool any = false;

	HOLDS(chain->n <= CERT_CHAIN_MAX);
	for (size_t i = 0; i < chain->n; i++) {
		look_at_cert(&chain->cert[i], der);
		any |= cert_is_root(&chain->cert[i]);
	}
	/* One is found if there is one, and it is one of these. */
	HOLDS((root != NULL) == any);
	HOLDS(root == NULL || (root >= chain->cert && root < chain->cert + chain->n));
	HOLDS(root == NULL || cert_is_root(root));
}

static void
read_der(struct span der)
{
	struct cert_chain chain;
	struct cert cert;

	if (der.n <= EDGE_MAX)
		der = edge(der);
	fuzz_mark(&cert, sizeof cert);
	if (cert_read(der, &cert) == 0)
		look_at_cert(&cert, der);
	else
		HOLDS(fuzz_untouched(&cert, sizeof cert));
	fuzz_mark(&chain, sizeof chain);
	if (cert_chain_read(der, &chain) == 0)
		look_at_chain(&chain, der);
	else
		HOLDS(fuzz_untouched(&chain, sizeof chain));
}

/* What is put into armour comes out of it as it was. */
static void
armour(struct span bytes)
{
	struct buf text = { 0 }, back = { 0 };

	buf_text(&text, "here:\r\n-----BEGIN PKCS7-----\r\n");
	buf_base64(&text, bytes);
	buf_text(&text, "\r\n-----END PKCS7-----\r\n");
	HOLDS((cert_unarmour(&back, buf_bytes(&text)) == 0) == (bytes.n > 0));
	HOLDS(span_eq(buf_bytes(&back), bytes));
	buf_done(&text);
	buf_done(&back);
}

/* ---- DER with right lengths ----------------------------------------------------------- */

/* The tags that matter here. */
static const uint8_t tags[] = { 0x30, 0x31, 0xa0, 0x02, 0x06, 0x03, 0x0c, 0x17 };

struct plan {
	struct buf der;
	size_t begun[DEPTH_MAX]; /* where each open element's length stands */
	size_t depth;
};

/* Two octets of length, kept for later. */
static void
element_open(struct plan *p, uint8_t tag)
{
	if (p->depth == DEPTH_MAX)
		return;
	buf_put(&p->der, (uint8_t[]){ tag, 0x82, 0, 0 }, 4);
	p->begun[p->depth++] = p->der.n;
}

static void
element_close(struct plan *p)
{
	size_t at, n;

	if (p->depth == 0)
		return;
	at = p->begun[--p->depth];
	n = p->der.n - at;
	p->der.p[at - 2] = (uint8_t)(n >> 8);
	p->der.p[at - 1] = (uint8_t)n;
}

/* A whole certificate with names of one byte each. */
static void
put_certificate(struct plan *p, uint8_t names)
{
	element_open(p, 0x30);
	element_open(p, 0x30);
	buf_put(&p->der, (uint8_t[]){ 2, 1, 1, 0x30, 0 }, 5);
	buf_put(&p->der, (uint8_t[]){ 0x30, 1, names & 3 }, 3);
	buf_put(&p->der, (uint8_t[]){ 0x30, 0, 0x30, 1, names >> 2 & 3 }, 5);
	element_close(p);
	element_close(p);
}

/* The head of a SignedData, as far as its certificates. */
static void
begin_signed_data(struct plan *p)
{
	static const uint8_t oid[] = { 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2 };

	element_open(p, 0x30);
	buf_put(&p->der, oid, sizeof oid);
	element_open(p, 0xa0);
	element_open(p, 0x30);
	buf_put(&p->der, (uint8_t[]){ 2, 1, 1, 0x31, 0, 0x30, 0 }, 7);
	element_open(p, 0xa0);
}

/* Each byte is a deed. */
static void
build(struct plan *p, struct span in)
{
	while (in.n > 0 && p->der.n < DER_MAX - 300) {
		uint8_t deed = fuzz_u8(&in);
		struct span content;

		if (deed % 8 == 0) {
			begin_signed_data(p);
		} else if (deed % 8 == 1) {
			put_certificate(p, deed >> 3);
		} else if (deed % 8 == 2) {
			element_close(p);
		} else if (deed % 8 < 6) {
			element_open(p, tags[deed / 8 % 8]);
		} else {
			content = fuzz_take(&in, deed / 64u);
			buf_put(
			    &p->der, (uint8_t[]){ tags[deed / 8 % 8], (uint8_t)content.n }, 2);
			buf_span(&p->der, content);
		}
	}
	while (p->depth > 0)
		element_close(p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span s = { p, n };
	struct buf der = { 0 };
	struct plan plan = { .depth = 0 };

	read_der(s);
	if (cert_unarmour(&der, s) == 0)
		read_der(buf_bytes(&der));
	buf_done(&der);
	armour(s);
	build(&plan, s);
	read_der(buf_bytes(&plan.der));
	buf_done(&plan.der);
	return 0;
}
