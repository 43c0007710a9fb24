/* fuzz_serve_web.c - any request to the web servers: update service, the CA's pages, Exchange;
 * and any Range header. */
#include "fuzz.h"
#include "fuzz_krb.h"
#include "http_auth.h"
#include "http_range.h"
#include "mem.h"
#include "serve_ca_web.h"
#include "serve_exchange.h"
#include "serve_update.h"

enum { TEXT_MAX = 300, HEADERS_MAX = 3, BODY_MAX = 1 << 16 };

static const char *const methods[] = { "GET", "POST", "HEAD", "PUT", "" };
static const char *const paths[] = { "/RequestHandler/ucdevice.upx",
	"/RequestHandlerExt/ucdevice.upx",
	"/DeviceUpdateFiles_Int/UCPhone/Polycom/CX700/A/ENU/",
	"/DeviceUpdateFiles_Ext/1.0.522.101/CPE/CPE.nbt", "/certsrv/certnew.p7b?ReqID=CACert",
	"/certsrv/", "/autodiscover/autodiscover.xml", "/EWS/Exchange.asmx", "/", "" };
static const char *const spns[] = { "HTTP/dc01.contoso.com", "HTTP/dc01",
	"ldap/dc01.contoso.com" };

enum {
	METHODS = sizeof methods / sizeof methods[0],
	PATHS = sizeof paths / sizeof paths[0],
	SPNS = sizeof spns / sizeof spns[0]
};

struct fuzz_request {
	struct serve_request q;
	struct serve_header headers[HEADERS_MAX];
	char method[TEXT_MAX], path[TEXT_MAX], name[TEXT_MAX], value[TEXT_MAX];
	struct buf authorization, document;
};

/* An Authorization with a good token, for the right service or another. */
static void
put_token(struct fuzz_request *r, uint8_t how)
{
	struct auth *auth = fuzz_auth();
	struct buf token = { 0 };

	HOLDS(auth->ops->negotiate(auth, spns[how % SPNS], &token) == 0);
	http_auth_negotiate(&r->authorization, buf_bytes(&token));
	r->headers[r->q.n_headers++] =
	    (struct serve_header){ "Authorization", buf_cstr(&r->authorization) };
	buf_done(&token);
}

/* A document that is right but for what stands in it. */
static void
put_document(struct fuzz_request *r, uint8_t how, struct span in)
{
	struct buf *b = &r->document;

	if (how % 2 == 0) {
		buf_printf(b, "<Request><DeviceType>UCPhone</DeviceType><Vendor>P</Vendor>");
		buf_text(b, "<Model>");
		buf_span(b, in);
		buf_text(
		    b, "</Model><Revision>A</Revision><Locale>ENU</Locale><Module Version=\"");
		buf_text(b, how & 4 ? "1.0.199.123" : "9");
		buf_text(b, "\"/></Request>");
	} else {
		buf_text(b, "<Autodiscover><Request><EMailAddress>");
		buf_span(b, in);
		buf_text(b, how & 4 ? "@contoso.com" : "");
		buf_text(b, "</EMailAddress></Request></Autodiscover><!-- GetFolder -->");
	}
	r->q.body = buf_bytes(b);
}

static void
make(struct fuzz_request *r, struct span in)
{
	uint8_t which = fuzz_u8(&in), how = fuzz_u8(&in), token = fuzz_u8(&in);
	const char *page = paths[which / 16u % PATHS];

	r->q.headers = r->headers;
	r->q.tls = how & 1;
	r->q.peer_ip = fuzz_u32(&in);
	r->q.wall_us = (int64_t)fuzz_u64(&in);
	r->q.method = how & 2 ? fuzz_text(&in, r->method, TEXT_MAX) : methods[which % METHODS];
	(void)snprintf(r->path, sizeof r->path, "%s", page);
	if (how & 4)
		(void)fuzz_text(&in, r->path + strlen(page), sizeof r->path - strlen(page));
	r->q.path = r->path;
	if (token % 4 != 0)
		put_token(r, token / 4);
	r->headers[r->q.n_headers++] =
	    (struct serve_header){ how & 8 ? fuzz_text(&in, r->name, TEXT_MAX)
					   : "Authorization",
		    fuzz_text(&in, r->value, TEXT_MAX) };
	if (how & 16)
		put_document(r, token, in);
	else
		r->q.body = in;
}

/* A reply that a face can send: one status, headers of one line each. */
static void
check(const struct serve_reply *r)
{
	HOLDS(r->status >= 200 && r->status < 600 && r->n_headers <= SERVE_HEADERS_MAX);
	HOLDS(r->body.err == 0 && (!r->firmware || r->body.n == 0));
	for (size_t i = 0; i < r->n_headers; i++)
		HOLDS(r->headers[i].name[0] != '\0' && fuzz_one_line(r->headers[i].name) &&
		    fuzz_one_line(r->headers[i].value));
}

/* A device's words do not forge a line or a column of the log. */
static void
check_audit(const struct buf *audit)
{
	size_t commas = 0;

	if (audit->n == 0)
		return;
	for (size_t i = 0; i < audit->n; i++)
		commas += audit->p[i] == ',';
	HOLDS(commas == 11 && audit->p[audit->n - 1] == '\n');
	HOLDS(memchr(audit->p, '\n', audit->n) == audit->p + audit->n - 1);
}

static void
serve(const struct serve_request *q)
{
	static const uint8_t p7b[] = { 0x30, 3, 2, 1, 7 };
	struct serve_update u = { .cfg = { .version = "1.0.522.101",
				      .internal_url = "http://a/DeviceUpdateFiles_Int",
				      .external_url = "https://a/DeviceUpdateFiles_Ext",
				      .blank = q->body.n % 8 == 7,
				      .acceptor = fuzz_acceptor() } };
	struct serve_exchange x = { .cfg = { .ews_url = "https://mail/EWS/Exchange.asmx",
					.sip_domain = "contoso.com",
					.acceptor = fuzz_acceptor() } };
	struct serve_reply reply[3] = { { 0 } };
	struct buf audit = { 0 };
	struct serve_ca_web w;

	for (size_t i = 0; i < 3; i++)
		buf_init(&reply[i].body, BODY_MAX);
	HOLDS(serve_ca_web_init(&w, fuzz_acceptor(), (struct span){ p7b, sizeof p7b }) == 0);
	(void)(serve_update_is(q->path) || serve_exchange_is(q->path) ||
	    serve_ca_web_is(q->path));
	if (serve_update_is(q->path)) {
		serve_update(&u, q, &reply[0], &audit);
		check(&reply[0]);
		check_audit(&audit);
	}
	serve_exchange(&x, q, &reply[1]);
	check(&reply[1]);
	serve_ca_web(&w, q, &reply[2]);
	check(&reply[2]);
	for (size_t i = 0; i < 3; i++)
		buf_done(&reply[i].body);
	serve_ca_web_done(&w);
	buf_done(&audit);
}

static void
range(struct span in)
{
	uint64_t size = fuzz_u64(&in) >> fuzz_u8(&in) % 64, first = 99, n = 99;
	char value[TEXT_MAX];
	int err;

	(void)snprintf(value, 7, "bytes=");
	(void)fuzz_text(&in, value + 6, sizeof value - 6);
	err = http_range_read(value, size, &first, &n);
	if (err == 0)
		HOLDS(n > 0 && n <= size && first <= size - n);
	else
		HOLDS(first == 99 && n == 99);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct fuzz_request r = { .q = { .n_headers = 0 } };
	long before;

	(void)fuzz_auth();
	(void)fuzz_acceptor();
	before = mem_out();
	make(&r, (struct span){ p, n });
	serve(&r.q);
	range((struct span){ p, n });
	buf_done(&r.authorization);
	buf_done(&r.document);
	HOLDS(mem_out() == before);
	return 0;
}
