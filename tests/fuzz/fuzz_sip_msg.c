/* fuzz_sip_msg.c - any bytes as one SIP message; written again it is the same.  And any bytes
 * as the pieces of header values: addresses, parameters, URIs, an endpoint's names. */
#include "epid.h"
#include "fuzz.h"
#include "sip_msg.h"

/* A span as a C string; what holds a NUL is cut there. */
static const char *
text_of(struct span s, struct buf *b)
{
	buf_clear(b);
	buf_span(b, s);
	return buf_cstr(b);
}

static void
write_again(const struct sip_msg *m, struct buf *out)
{
	struct buf name = { 0 }, other = { 0 };

	if (m->status != 0)
		sip_write_status(out, m->status, text_of(m->phrase, &other));
	else
		sip_write_request(out, text_of(m->method, &name), text_of(m->uri, &other));
	for (size_t i = 0; i < m->n_headers; i++)
		sip_write_span(out, text_of(m->header[i].name, &name), m->header[i].value);
	sip_write_body(out, m->body);
	buf_done(&name);
	buf_done(&other);
}

static void
same(const struct sip_msg *a, const struct sip_msg *b)
{
	HOLDS(a->status == b->status && span_eq(a->phrase, b->phrase));
	HOLDS(span_eq(a->method, b->method) && span_eq(a->uri, b->uri));
	HOLDS(a->n_headers == b->n_headers && span_eq(a->body, b->body));
	for (size_t i = 0; i < a->n_headers; i++) {
		HOLDS(span_eq(a->header[i].name, b->header[i].name));
		HOLDS(span_eq(a->header[i].value, b->header[i].value));
	}
}

/* ---- pieces of values ------------------------------------------------------------- */

static void
look_at_uri(struct span s)
{
	struct sip_uri u;

	fuzz_mark(&u, sizeof u);
	if (sip_uri_parse(s, &u) != 0) {
		HOLDS(fuzz_untouched(&u, sizeof u));
		return;
	}
	HOLDS(fuzz_inside(u.scheme, s) && fuzz_inside(u.user, s));
	HOLDS(fuzz_inside(u.host, s) && fuzz_inside(u.params, s));
	HOLDS(u.host.n > 0 || u.user.n > 0);
}

static void
look_at_addresses(struct span value)
{
	struct span rest = value, got;
	struct sip_addr addr;

	for (;;) {
		struct span before = rest;
		int err;

		fuzz_mark(&addr, sizeof addr);
		err = sip_addr_next(&rest, &addr);
		HOLDS(fuzz_inside(rest, before));
		if (err != 0) {
			HOLDS(fuzz_untouched(&addr, sizeof addr));
			break;
		}
		HOLDS(rest.n < before.n && addr.uri.n > 0 && fuzz_inside(addr.uri, before));
		HOLDS(fuzz_inside(addr.display, before) && fuzz_inside(addr.params, before));
		look_at_uri(addr.uri);
		if (sip_param(addr.params, "tag", &got))
			HOLDS(fuzz_inside(got, addr.params));
		if (sip_param(addr.params, "epid", &got))
			HOLDS(!epid_owns(got, (struct span){ got.p, 0 }));
	}
}

static void
look_at_value(struct span value)
{
	struct span got = { NULL, 0 };

	look_at_addresses(value);
	look_at_uri(value);
	HOLDS(fuzz_inside(sip_auth_scheme(value), value));
	if (sip_auth_param(value, "realm", &got))
		HOLDS(fuzz_inside(got, value));
	if (sip_param(value, "expires", &got))
		HOLDS(fuzz_inside(got, value));
	(void)epid_owns(value, value);
}

static void
look_at(const struct sip_msg *m, struct span bytes)
{
	struct span method;
	struct sip_addr addr;
	uint32_t number = 99;

	HOLDS((m->status == 0) == (m->method.n > 0) && (m->method.n > 0) == (m->uri.n > 0));
	HOLDS(m->status == 0 || (m->status >= 100 && m->status <= 699));
	HOLDS(m->n_headers <= SIP_HEADERS_MAX && fuzz_inside(m->body, bytes));
	for (size_t i = 0; i < m->n_headers; i++) {
		struct span value = m->header[i].value;

		HOLDS(m->header[i].name.n > 0 && fuzz_inside(m->header[i].name, bytes));
		HOLDS(fuzz_inside(value, bytes));
		/* Nothing that could become a line of what is written from it. */
		HOLDS(value.n == 0 ||
		    (memchr(value.p, '\n', value.n) == NULL &&
			memchr(value.p, '\r', value.n) == NULL));
		look_at_value(value);
	}
	if (sip_msg_cseq(m, &number, &method) == 0)
		HOLDS(method.n > 0 && fuzz_inside(method, bytes));
	else
		HOLDS(number == 99);
	(void)sip_msg_addr(m, "From", &addr);
	(void)sip_msg_lists(m, "Supported", "gruu-10");
	(void)sip_phrase(m->status);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct buf first = { 0 }, again = { 0 };
	struct sip_msg m, back;

	look_at_value((struct span){ p, n });
	buf_put(&first, p, n);
	fuzz_mark(&m, sizeof m);
	if (sip_msg_parse(first.p, first.n, &m) == 0) {
		look_at(&m, buf_bytes(&first));
		write_again(&m, &again);
		HOLDS(again.err == 0 && sip_msg_parse(again.p, again.n, &back) == 0);
		same(&m, &back);
	} else {
		HOLDS(fuzz_untouched(&m, sizeof m));
	}
	buf_done(&first);
	buf_done(&again);
	return 0;
}
