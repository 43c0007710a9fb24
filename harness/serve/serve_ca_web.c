/* serve_ca_web.c - certsrv: 401 until the token is good, then the chain in base64; see the
 * header. */
#include "serve_ca_web.h"

#include <string.h>

#include "serve_negotiate.h"

enum { CA_WEB_COLUMNS = 64 };

/* Lines of 64 columns that end with CR LF, between the lines certsrv puts around them. */
int
serve_ca_web_init(struct serve_ca_web *w, struct acceptor *acceptor, struct span p7b)
{
	struct buf base64 = { 0 };

	*w = (struct serve_ca_web){ .acceptor = acceptor, .p7b = p7b };
	buf_base64(&base64, p7b);
	buf_text(&w->text, "-----BEGIN CERTIFICATE-----\r\n");
	for (size_t at = 0; at < base64.n; at += CA_WEB_COLUMNS) {
		size_t left = base64.n - at;

		buf_put(&w->text, base64.p + at, left < CA_WEB_COLUMNS ? left : CA_WEB_COLUMNS);
		buf_text(&w->text, "\r\n");
	}
	buf_text(&w->text, "-----END CERTIFICATE-----\r\n");
	if (base64.err != 0)
		w->text.err = base64.err;
	buf_done(&base64);
	return w->text.err;
}

void
serve_ca_web_done(struct serve_ca_web *w)
{
	buf_done(&w->text);
}

bool
serve_ca_web_is(const char *path)
{
	return serve_path_in(path, "/certsrv/");
}

/* Is it the file we have?  Query: ReqID=CACert, Enc=b64 or bin. */
static bool
ca_web_is_chain(const char *path)
{
	return serve_path_is(path, "/certsrv/certnew.p7b") &&
	    strcasestr(path, "ReqID=CACert") != NULL;
}

void
serve_ca_web(struct serve_ca_web *w, const struct serve_request *q, struct serve_reply *r)
{
	char client[ACCEPT_NAME_MAX];

	/* Anybody with a good token may have it. */
	if (!serve_negotiate(w->acceptor, q, r, client)) {
		w->refused++;
		return;
	}
	if (strcmp(q->method, "GET") != 0 && strcmp(q->method, "HEAD") != 0) {
		serve_bad_method(r, "GET, HEAD");
		return;
	}
	if (!ca_web_is_chain(q->path)) {
		serve_text(r, 404, "The page cannot be found");
		return;
	}
	w->served++;
	r->status = 200;
	serve_add(r, "Content-Type", "application/x-pkcs7-certificates");
	/* Base64 unless DER is asked for by name. */
	if (strcasestr(q->path, "Enc=bin") != NULL)
		buf_span(&r->body, w->p7b);
	else
		buf_span(&r->body, buf_bytes(&w->text));
}
