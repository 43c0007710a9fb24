/* fuzz_ldap_msg.c - any bytes as an LDAP message, entries walked, at the very end of memory;
 * and any texts as messages that are written: read again they say the same. */
#include "ldap_msg.h"

#include <errno.h>

#include "edge.h"
#include "fuzz.h"

enum { TEXT_MAX = 300, VALUES_MAX = 6 };

/* ---- reading ------------------------------------------------------------------------ */

static void
look_at_entry(const struct ldap_msg *m)
{
	struct ldap_walk w = { .attrs = m->entry.attrs };
	struct span type, value;

	while (ldap_entry_next(&w, &type, &value) == 1) {
		HOLDS(fuzz_inside(type, m->entry.attrs) && fuzz_inside(value, m->entry.attrs));
		(void)ldap_attr_is(type, "cACertificate");
	}
}

static void
look_at(const struct ldap_msg *m, struct span s)
{
	HOLDS(m->id >= 0);
	if (m->op == LDAP_BIND_REQUEST)
		HOLDS(fuzz_inside(m->bind.name, s) && fuzz_inside(m->bind.creds, s) &&
		    fuzz_inside(m->bind.mechanism, s));
	if (m->op == LDAP_SEARCH_REQUEST) {
		HOLDS(m->search.n_want <= LDAP_ATTRS_MAX && m->search.size_limit >= 0);
		HOLDS(fuzz_inside(m->search.base, s) && fuzz_inside(m->search.filter, s));
		HOLDS(m->search.filter.n > 0 && fuzz_inside(m->search.cookie, s));
		for (size_t i = 0; i < m->search.n_want; i++)
			HOLDS(fuzz_inside(m->search.want[i], s));
	}
	if (m->op == LDAP_SEARCH_ENTRY)
		look_at_entry(m);
	if (m->op == LDAP_SEARCH_DONE || m->op == LDAP_BIND_RESPONSE)
		HOLDS(fuzz_inside(m->result.text, s) && fuzz_inside(m->result.creds, s) &&
		    fuzz_inside(m->result.cookie, s) && fuzz_inside(m->result.matched, s));
}

static void
read_bytes(struct span s)
{
	struct ldap_msg m;
	size_t n = 99;
	int err = ldap_msg_length(s, &n);

	HOLDS(err == 0 ? n >= 2 && n <= LDAP_MSG_MAX : n == 99);
	fuzz_mark(&m, sizeof m);
	if (ldap_msg_decode(s, &m) != 0) {
		HOLDS(fuzz_untouched(&m, sizeof m));
		return;
	}
	HOLDS(err == 0 && n == s.n);
	look_at(&m, s);
}

/* ---- writing ------------------------------------------------------------------------ */

/* A written message is one, says how long it is as soon as it can, and is none if a byte is
 * missing. */
static void
read_written(const struct buf *b, struct ldap_msg *out)
{
	size_t n = 0, early = 0;

	HOLDS(ldap_msg_length(buf_bytes(b), &n) == 0 && n == b->n);
	for (size_t i = 0; i < b->n && i < 8; i++) {
		int err = ldap_msg_length((struct span){ b->p, i }, &early);

		HOLDS(err == -EAGAIN || (err == 0 && early == n));
	}
	HOLDS(ldap_msg_decode((struct span){ b->p, b->n - 1 }, out) == -EBADMSG);
	HOLDS(ldap_msg_decode(buf_bytes(b), out) == 0);
}

static void
write_bind(struct span in, int id)
{
	char mechanism[TEXT_MAX];
	struct buf b = { 0 };
	struct ldap_msg m;

	(void)fuzz_text(&in, mechanism, sizeof mechanism);
	HOLDS(ldap_msg_bind_sasl(&b, id, mechanism, in) == 0);
	read_written(&b, &m);
	HOLDS(m.id == id && m.op == LDAP_BIND_REQUEST && m.bind.sasl && m.bind.version == 3);
	HOLDS(m.bind.name.n == 0 && span_is(m.bind.mechanism, mechanism));
	HOLDS(span_eq(m.bind.creds, in));
	buf_done(&b);
}

struct wanted { /* what a filter asks an object for */
	const char *attr, *value;
};

static bool
has(const void *object, struct span attr, struct span value)
{
	const struct wanted *w = object;

	HOLDS(span_is(attr, w->attr));
	HOLDS(w->value != NULL ? span_is(value, w->value) : value.p == NULL);
	return true;
}

static void
write_search(struct span in, int id)
{
	char base[TEXT_MAX], attr[TEXT_MAX], value[TEXT_MAX], want[2][TEXT_MAX];
	const char *wants[] = { want[0], want[1] };
	struct ldap_search q = { .base = fuzz_text(&in, base, sizeof base),
		.scope = (enum ldap_scope)(id % 3),
		.attr = fuzz_text(&in, attr, sizeof attr),
		.value = id % 5 == 0 ? NULL : fuzz_text(&in, value, sizeof value),
		.want = wants,
		.n_want = (size_t)id % 3,
		.page = id % 2 == 0 ? id : 0 };
	struct wanted object = { q.attr, q.value };
	struct buf b = { 0 };
	struct ldap_msg m;

	(void)fuzz_text(&in, want[0], TEXT_MAX);
	(void)fuzz_text(&in, want[1], TEXT_MAX);
	q.cookie = fuzz_piece(&in);
	HOLDS(ldap_msg_search(&b, id, &q) == 0);
	read_written(&b, &m);
	HOLDS(m.id == id && m.op == LDAP_SEARCH_REQUEST && m.search.scope == q.scope);
	HOLDS(span_is(m.search.base, base) && m.search.n_want == q.n_want);
	for (size_t i = 0; i < q.n_want; i++)
		HOLDS(span_is(m.search.want[i], wants[i]));
	HOLDS(m.search.page == q.page);
	HOLDS(q.page == 0 || span_eq(m.search.cookie, q.cookie));
	HOLDS(ldap_filter_match(m.search.filter, has, &object) == 1);
	buf_done(&b);
}

/* Each pair is an attribute of its own name, so the walk gives them one by one. */
static void
write_entry(struct span in, int id)
{
	char dn[TEXT_MAX], names[VALUES_MAX][TEXT_MAX];
	struct ldap_value values[VALUES_MAX];
	struct ldap_walk w;
	struct span type, value;
	struct buf b = { 0 };
	struct ldap_msg m;
	size_t n = (size_t)id % VALUES_MAX;

	(void)fuzz_text(&in, dn, sizeof dn);
	for (size_t i = 0; i < n; i++)
		values[i] =
		    (struct ldap_value){ fuzz_text(&in, names[i], TEXT_MAX), fuzz_piece(&in) };
	HOLDS(ldap_msg_entry(&b, id, dn, values, n) == 0);
	read_written(&b, &m);
	HOLDS(m.op == LDAP_SEARCH_ENTRY && span_is(m.entry.dn, dn));
	w = (struct ldap_walk){ .attrs = m.entry.attrs };
	for (size_t i = 0; i < n; i++) {
		HOLDS(ldap_entry_next(&w, &type, &value) == 1);
		HOLDS(span_is(type, values[i].attr) && span_eq(value, values[i].value));
	}
	HOLDS(ldap_entry_next(&w, &type, &value) == 0);
	buf_done(&b);
}

static void
write_results(struct span in, int id)
{
	struct ldap_result r = { .code = (int)fuzz_u32(&in),
		.matched = fuzz_piece(&in),
		.text = fuzz_piece(&in),
		.creds = fuzz_piece(&in),
		.cookie = fuzz_piece(&in) };
	struct buf b = { 0 };
	struct ldap_msg m;

	HOLDS(ldap_msg_bind_response(&b, id, &r) == 0);
	read_written(&b, &m);
	HOLDS(m.op == LDAP_BIND_RESPONSE && m.result.code == r.code);
	HOLDS(span_eq(m.result.text, r.text) && span_eq(m.result.creds, r.creds));
	buf_clear(&b);
	HOLDS(ldap_msg_done(&b, id, &r, true) == 0);
	read_written(&b, &m);
	HOLDS(m.op == LDAP_SEARCH_DONE && span_eq(m.result.matched, r.matched));
	HOLDS(span_eq(m.result.cookie, r.cookie) && m.result.code == r.code);
	buf_done(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span s = { p, n }, in = s;
	int id = (int)(fuzz_u32(&in) >> 1);

	read_bytes(n <= EDGE_MAX ? edge(s) : s);
	write_bind(in, id);
	write_search(in, id);
	write_entry(in, id);
	write_results(in, id);
	return 0;
}
