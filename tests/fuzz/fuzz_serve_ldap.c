/*
 * fuzz_serve_ldap.c - any bytes on a connection to a domain controller, cut anywhere: the
 * answers are the same and are LDAP.  The bytes are taken as they are, and as the plan of a
 * conversation: binds, searches, and messages of any kind.
 */
#include "serve_ldap.h"

#include <errno.h>

#include "fuzz.h"
#include "fuzz_krb.h"
#include "ldap_msg.h"
#include "mem.h"
#include "rng.h"

enum { OUT_MAX = 1 << 22, PLAN_MAX = 1 << 16, MOST_MESSAGES = 24 };

static const char *const bases[] = { "", "DC=contoso,DC=com",
	"CN=Configuration,DC=contoso,DC=com", "cn=schema,cn=configuration,dc=contoso,dc=com",
	"CN=Public Key Services,CN=Services,CN=Configuration,DC=contoso,DC=com",
	"CN=AIA,CN=Public Key Services,CN=Services,CN=Configuration,DC=contoso,DC=com" };
static const char *const attrs[] = { "objectClass", "objectCategory", "cACertificate", "cn",
	"dNSHostName", "distinguishedName", "*" };
static const char *const values[] = { "certificationAuthority", "pKIEnrollmentService", "top",
	"Contoso CA", NULL };

enum {
	BASES = sizeof bases / sizeof bases[0],
	ATTRS = sizeof attrs / sizeof attrs[0],
	VALUES = sizeof values / sizeof values[0]
};

/* ---- the plan --------------------------------------------------------------------------- */

static void
plan_bind(struct buf *b, int id, uint8_t how)
{
	struct auth *auth = fuzz_auth();
	struct buf token = { 0 };

	if (how % 4 != 0)
		HOLDS((how % 4 == 1 ? auth->ops->negotiate : auth->ops->negotiate_plain)(
			  auth, "ldap/dc01.contoso.com", &token) == 0);
	HOLDS(ldap_msg_bind_sasl(b, id, how & 8 ? "GSSAPI" : "GSS-SPNEGO", buf_bytes(&token)) ==
	    0);
	buf_done(&token);
}

static void
plan_search(struct buf *b, int id, struct span *in)
{
	const char *want[] = { attrs[fuzz_u8(in) % ATTRS], "cn;binary" };
	uint8_t how = fuzz_u8(in), page = fuzz_u8(in);
	struct ldap_search q = { .base = bases[fuzz_u8(in) % BASES],
		.scope = (enum ldap_scope)(how % 3),
		.attr = attrs[fuzz_u8(in) % ATTRS],
		.value = values[how / 4u % VALUES],
		.want = want,
		.n_want = how >> 6,
		.page = page,
		.cookie = fuzz_take(in, how & 32 ? 2 : 0) };

	q.n_want = q.n_want > 2 ? 2 : q.n_want;
	HOLDS(ldap_msg_search(b, id, &q) == 0);
}

/* A message of any tag with any content. */
static void
plan_any(struct buf *b, int id, struct span *in)
{
	uint8_t tag = fuzz_u8(in);
	struct span content = fuzz_take(in, fuzz_u8(in) % 100u);

	buf_put(b, (uint8_t[]){ 0x30, (uint8_t)(content.n + 5), 2, 1, (uint8_t)id & 0x7f }, 5);
	buf_put(b, (uint8_t[]){ tag, (uint8_t)content.n }, 2);
	buf_span(b, content);
}

static void
plan(struct buf *b, struct span in)
{
	for (int id = 1; in.n > 0 && id < MOST_MESSAGES && b->n < PLAN_MAX; id++) {
		uint8_t deed = fuzz_u8(&in);

		if (deed % 4 == 0)
			plan_bind(b, id, deed / 4);
		else if (deed % 4 == 1)
			plan_search(b, id, &in);
		else if (deed % 4 == 2)
			plan_any(b, id, &in);
		else
			buf_span(b, fuzz_take(&in, deed / 4u));
	}
}

/* ---- the conversation ------------------------------------------------------------------- */

static int
hear(struct serve_ldap *server, struct span s, size_t most, struct buf *out)
{
	struct serve_ldap_conn c;
	struct rng rng;
	int err = 0;

	rng_seed(&rng, most, s.n);
	serve_ldap_open(&c, server);
	while (s.n > 0 && err == 0)
		err =
		    serve_ldap_bytes(&c, fuzz_take(&s, 1 + (size_t)rng_below(&rng, most)), out);
	HOLDS(strlen(c.client) < sizeof c.client);
	serve_ldap_close(&c);
	return err;
}

/* Everything it says is a message that a client may get. */
static void
read_answers(struct span s)
{
	while (s.n > 0) {
		struct ldap_msg m;
		size_t n;

		HOLDS(ldap_msg_length(s, &n) == 0 && n <= s.n);
		HOLDS(ldap_msg_decode(fuzz_take(&s, n), &m) == 0);
		HOLDS(m.op == LDAP_BIND_RESPONSE || m.op == LDAP_SEARCH_ENTRY ||
		    m.op == LDAP_SEARCH_DONE || m.op == LDAP_SEARCH_REFERENCE ||
		    m.op == LDAP_EXTENDED_RESPONSE);
	}
}

static void
talk(const struct serve_ldap_cfg *cfg, struct span s)
{
	struct serve_ldap *server = mem_new(sizeof *server);
	struct buf whole, cut;

	HOLDS(server != NULL && serve_ldap_init(server, cfg) == 0);
	buf_init(&whole, OUT_MAX);
	buf_init(&cut, OUT_MAX);
	HOLDS(hear(server, s, s.n + 1, &whole) == hear(server, s, 7, &cut));
	HOLDS(span_eq(buf_bytes(&whole), buf_bytes(&cut)) && whole.err == cut.err);
	if (whole.err == 0)
		read_answers(buf_bytes(&whole));
	buf_done(&whole);
	buf_done(&cut);
	mem_free(server);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const uint8_t root[] = { 0x30, 3, 2, 1, 7 };
	struct serve_ldap_cfg cfg = { .dir = { .domain = "contoso.com",
					  .dc_name = "dc01.contoso.com",
					  .ca_name = "Contoso CA",
					  .ca_host = "dc01.contoso.com",
					  .root = { root, sizeof root },
					  .publish = n % 2 == 0 },
		.acceptor = fuzz_acceptor() };
	struct buf conversation = { 0 };
	long before;

	(void)fuzz_auth();
	before = mem_out();
	talk(&cfg, (struct span){ p, n });
	plan(&conversation, (struct span){ p, n });
	talk(&cfg, buf_bytes(&conversation));
	buf_done(&conversation);
	HOLDS(mem_out() == before);
	return 0;
}
