/*
 * fuzz_serve_sip.c - any bytes on a connection to a SIP front end; and any plan of a client
 * that knows its business: tokens, signed requests, a clock that goes on, connections that come
 * and go.  What the server signs must be signed right, and what it says must be SIP.
 */
#include "serve_sip.h"

#include <errno.h>

#include "epid.h"
#include "fuzz.h"
#include "fuzz_krb.h"
#include "mem.h"
#include "sip_msg.h"
#include "sip_signed.h"
#include "text.h"

enum { CONNS = 2, TEXT_MAX = 260, OUT_MAX = 1 << 18, LINES_MAX = 60 };

#define SECOND UINT64_C(1000000)
#define REALM "SIP Communications Service"

/* clang-format off */
static const char *const methods[] = { "REGISTER", "SUBSCRIBE", "SERVICE", "OPTIONS", "BYE",
	"ACK", "INFO", "NOTIFY" };
static const char *const users[] = { FUZZ_USER, "Phone00001", "phone00002", "nobody" };
static const char *const events[] = { "registration", "vnd-microsoft-provisioning-v2",
	"vnd-microsoft-roaming-self", "vnd-microsoft-roaming-contacts", "presence" };
static const char *const extras[] = { "", "Expires: 0\r\n", "Expires: 60\r\n",
	"Supported: ms-piggyback-first-notify\r\n", "Accept: text/plain\r\n",
	"ms-keep-alive: UAC;hop-hop=yes\r\n", "Supported: msrtc-event-categories\r\n" };
/* clang-format on */
#define PICK(list, nth) list[(nth) % (sizeof list / sizeof list[0])]

struct client { /* one connection and what its client knows */
	struct serve_sip_conn *conn;
	struct auth_sa *sa;
	char opaque[32];
	unsigned cnum, version;
	bool over; /* the server wants it closed */
};

struct world {
	struct serve_sip *server;
	struct client clients[CONNS];
	uint64_t now_us;
	unsigned cseq;
	struct buf out;
};

/* ---- what comes back ---------------------------------------------------------------- */

static bool
is_signed_as(const struct client *c, const struct sip_msg *m, struct sip_auth *a)
{
	struct buf bytes = { 0 }, mic = { 0 };
	bool right;

	HOLDS(sip_signed_bytes(&bytes, m, a) == 0 && text_unhex(&mic, a->mic) == 0);
	right = fuzz_auth()->ops->check(c->sa, buf_bytes(&bytes), buf_bytes(&mic)) == 0;
	buf_done(&bytes);
	buf_done(&mic);
	return right;
}

/* A signature of the server's is right, in the short form or the long, and its name of the
 * context is kept. */
static void
check_signature(struct client *c, const struct sip_msg *m)
{
	struct sip_auth a;
	bool right;

	if (c->sa == NULL || sip_auth_read(m, SIP_BY_SERVER, "Kerberos", &a) != 0)
		return;
	a.version = 2;
	right = is_signed_as(c, m, &a);
	a.version = 4;
	HOLDS(right || is_signed_as(c, m, &a));
	(void)text_copy(c->opaque, sizeof c->opaque, a.opaque);
}

/* The server's words are messages; it repeats the client's Via lines, so one who sends very
 * many gets more than can be read. */
static void
read_answers(struct world *w, struct client *c)
{
	struct sip_stream in = { 0 };
	struct sip_msg m;
	size_t lines = 0;
	int err;

	HOLDS(w->out.err == 0 && sip_stream_put(&in, buf_bytes(&w->out)) == 0);
	for (size_t i = 0; i < w->out.n; i++)
		lines += w->out.p[i] == '\n';
	while ((err = sip_stream_next(&in, &m)) == 0)
		check_signature(c, &m);
	HOLDS((err == -EAGAIN && in.in.n == 0) || lines > LINES_MAX);
	sip_stream_done(&in);
	buf_clear(&w->out);
}

static void
hear(struct world *w, struct client *c, struct span bytes)
{
	if (c->over)
		return;
	c->over = serve_sip_bytes(c->conn, bytes, w->now_us, 0, &w->out) != 0;
	read_answers(w, c);
}

/* ---- a client that knows its business ----------------------------------------------- */

static void
put_head(struct world *w, struct buf *b, const char *method, struct span *in)
{
	uint8_t how = fuzz_u8(in), which = fuzz_u8(in);
	const char *user = PICK(users, how & 3 ? 0 : how / 4u);
	const char *epid = how & 128 ? "0004f2100002" : "0004f2100001";
	char uuid[UUID_TEXT_SIZE], text[TEXT_MAX];
	uint8_t bytes[UUID_SIZE];

	epid_uuid(span_of(epid), bytes);
	sip_write_request(b, method, "sip:contoso.com");
	sip_write(b, "Via", "SIP/2.0/TLS 192.0.2.10:49152");
	sip_write(b, "From", "<sip:%s@contoso.com>;tag=3e49;epid=%s", user, epid);
	sip_write(b, "To", "<sip:%s@contoso.com>%s", user, which & 128 ? ";tag=7" : "");
	sip_write(b, "Call-ID", "%u", which & 3);
	sip_write(b, "CSeq", "%u %s", ++w->cseq, method);
	/* A REGISTER mostly of what it is for. */
	sip_write(b, "Event", "%s",
	    PICK(events, strcmp(method, "REGISTER") == 0 && which < 240 ? 0 : which / 4u));
	sip_write(b, "Contact", "<sip:192.0.2.10:49152>;+sip.instance=\"<urn:uuid:%s>\"",
	    epid_uuid_text(bytes, uuid));
	buf_text(b, PICK(extras, which));
	/* And a line of its own making. */
	(void)fuzz_text(in, text, sizeof text);
	if (text[0] != '\0' && fuzz_one_line(text) && strchr(text, ':') != NULL &&
	    text[0] != ' ' && text[0] != ':')
		buf_printf(b, "%s\r\n", text);
}

/* The signature over a head that lacks its end; spoiled if wanted. */
static void
sign(struct client *c, struct buf *head, struct sip_auth *a, bool spoil, struct buf *mic)
{
	struct buf bytes = { 0 };
	size_t n = head->n;
	struct sip_msg m;

	buf_text(head, "\r\n");
	if (sip_msg_parse(head->p, head->n, &m) == 0 && sip_signed_bytes(&bytes, &m, a) == 0)
		HOLDS(fuzz_auth()->ops->sign(c->sa, buf_bytes(&bytes), mic) == 0);
	if (spoil && mic->n > 0)
		mic->p[mic->n - 1] ^= 1;
	a->mic = buf_bytes(mic);
	head->n = n;
	buf_done(&bytes);
}

static void
open_context(struct client *c, uint8_t how, struct buf *base64)
{
	struct buf token = { 0 };
	struct auth *auth = fuzz_auth();

	if (c->sa != NULL)
		auth->ops->sign_close(c->sa);
	c->sa = NULL;
	HOLDS(auth->ops->sign_open(auth, FUZZ_SIP_SPN, &token, &c->sa) == 0);
	buf_base64(base64, buf_bytes(&token));
	buf_done(&token);
	c->version = 2 + how % 4;
	c->cnum = 0;
}

/* With a token, with the signature of the context, or with neither. */
static void
ask(struct world *w, struct client *c, uint8_t how, struct span *in)
{
	const char *method = how & 8 ? PICK(methods, how / 16u) : "REGISTER";
	bool token = how % 4 == 1, bare = how % 4 == 0 || (!token && c->sa == NULL);
	struct buf b = { 0 }, base64 = { 0 }, mic = { 0 };
	struct sip_auth a = { .scheme = span_of("Kerberos"),
		.realm = span_of(REALM),
		.target = span_of(FUZZ_SIP_SPN) };
	struct span body;
	char num[16];

	put_head(w, &b, method, in);
	body = fuzz_piece(in);
	if (token)
		open_context(c, fuzz_u8(in), &base64);
	a.version = c->version;
	if (token)
		a.gssapi = buf_bytes(&base64);
	else
		a.opaque = span_of(c->opaque);
	(void)snprintf(num, sizeof num, "%u", how & 4 ? c->cnum : ++c->cnum);
	a.rand = span_of("8ba2d795");
	a.num = span_of(num);
	if (!bare) {
		sign(c, &b, &a, how >> 5 == 7, &mic);
		sip_write_auth(
		    &b, SIP_BY_CLIENT, how & 4 ? "Proxy-Authorization" : "Authorization", &a);
	}
	sip_write(&b, "Content-Length", "%zu", body.n);
	sip_write_body(&b, body);
	hear(w, c, buf_bytes(&b));
	buf_done(&b);
	buf_done(&base64);
	buf_done(&mic);
}

static void
client_open(struct world *w, struct client *c)
{
	HOLDS(serve_sip_open(w->server, 0x7f000002, 4711, w->now_us, c, &c->conn) == 0);
	HOLDS(serve_sip_face(c->conn) == c);
	c->over = false;
}

static void
client_close(struct client *c)
{
	serve_sip_close(c->conn);
	if (c->sa != NULL)
		fuzz_auth()->ops->sign_close(c->sa);
	*c = (struct client){ .version = 4 };
}

/* What the front end does of its own accord. */
static void
unasked(struct world *w, uint8_t how)
{
	struct serve_sip_conn *conn = serve_sip_find(w->server, FUZZ_USER, w->now_us);
	struct client *c = conn != NULL ? serve_sip_face(conn) : NULL;

	if (c == NULL)
		return;
	HOLDS(c->conn == conn);
	if (how % 2 == 0)
		(void)serve_sip_sign_off(conn, "rejected", 4015, "x", &w->out);
	else
		(void)serve_sip_ping(conn, &w->out);
	read_answers(w, c);
}

static void
play(struct world *w, struct span in)
{
	while (in.n > 0) {
		uint8_t deed = fuzz_u8(&in), how = fuzz_u8(&in);
		struct client *c = &w->clients[deed / 8 % CONNS];

		if (deed % 8 == 0)
			hear(w, c, fuzz_piece(&in));
		else if (deed % 8 < 5)
			ask(w, c, how, &in);
		else if (deed % 8 == 5)
			w->now_us += how * (deed & 16 ? 200u : 1u) * SECOND;
		else if (deed % 8 == 6)
			unasked(w, how);
		else {
			client_close(c);
			client_open(w, c);
		}
		(void)serve_sip_idle(c->conn, w->now_us);
	}
}

static void
run(struct span plan, const struct serve_sip_cfg *cfg, bool raw)
{
	struct world w = { .now_us = SECOND };

	HOLDS(serve_sip_new(cfg, &w.server) == 0);
	buf_init(&w.out, OUT_MAX);
	for (size_t i = 0; i < CONNS; i++) {
		w.clients[i].version = 4;
		client_open(&w, &w.clients[i]);
	}
	if (raw)
		hear(&w, &w.clients[0], plan);
	else
		play(&w, plan);
	HOLDS(serve_sip_stats(w.server)->connections == CONNS);
	for (size_t i = 0; i < CONNS; i++)
		client_close(&w.clients[i]);
	serve_sip_free(w.server);
	buf_done(&w.out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span s = { p, n };
	struct serve_sip_cfg cfg = { .fqdn = "fe01.contoso.com",
		.sip_domain = "contoso.com",
		.krb_realm = FUZZ_REALM,
		.acceptor = fuzz_acceptor(),
		.users = "phone%05d",
		.n_users = 3,
		.update_internal = "http://a/",
		.home_pool = n % 16 == 1 ? "pool02.contoso.com" : NULL,
		.redirect_percent = 50 };
	long before;

	(void)fuzz_auth();
	before = mem_out();
	run(s, &cfg, true);
	cfg.version = 2 + (unsigned)(n % 3);
	run(s, &cfg, false);
	HOLDS(mem_out() == before);
	return 0;
}
