/* dir_rig.c - see dir_rig.h. */
#include "dir_rig.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "cert_chain.h"
#include "sim_accept.h"

struct buf
dir_rig_load(const char *name)
{
	struct buf file = { 0 }, der = { 0 };
	uint8_t block[4096];
	char path[64];
	FILE *f;
	size_t n;

	snprintf(path, sizeof path, "tests/golden/p7b/%s", name);
	f = fopen(path, "rb");
	assert(f != NULL);
	while ((n = fread(block, 1, sizeof block, f)) != 0)
		buf_put(&file, block, n);
	fclose(f);
	if (cert_unarmour(&der, buf_bytes(&file)) != 0)
		assert(0);
	buf_done(&file);
	return der;
}

/* ---- LDAP ------------------------------------------------------------------ */

static struct dir_rig_conn *
rig_conn(struct dir_rig *r, const struct io_handle *h)
{
	for (size_t i = 0; i < DIR_RIG_CONNS; i++)
		if (r->conns[i].h == h)
			return &r->conns[i];
	return NULL;
}

static void
rig_ldap_open(struct dir_rig *r, struct sim *f, struct io_handle *h)
{
	struct dir_rig_conn *c = rig_conn(r, NULL);

	assert(c != NULL);
	c->h = h;
	serve_ldap_open(&c->conn, &r->ldap);
	r->connections++;
	sim_up(f, h, 1000, NULL);
}

static void
rig_ldap_answer(struct dir_rig *r, struct sim *f, struct dir_rig_conn *c, struct span bytes)
{
	struct buf reply = { 0 };
	int err = serve_ldap_bytes(&c->conn, bytes, &reply);
	size_t piece = r->piece != 0 ? r->piece : reply.n + 1;

	for (size_t at = 0; at < reply.n; at += piece) {
		size_t left = reply.n - at;

		sim_bytes(
		    f, c->h, 1000, (struct span){ reply.p + at, left < piece ? left : piece });
	}
	if (err != 0)
		sim_down(f, c->h, 1000, 0, NULL);
	buf_done(&reply);
}

void
dir_rig_ldap(void *arg, struct sim *f, const struct sim_call *call)
{
	struct dir_rig *r = arg;
	struct dir_rig_conn *c = rig_conn(r, call->h);

	switch (call->deed) {
	case SIM_OPENED:
		rig_ldap_open(r, f, call->h);
		break;
	case SIM_SENT:
		assert(c != NULL);
		rig_ldap_answer(r, f, c, call->bytes);
		break;
	case SIM_CLOSED:
	case SIM_CUT:
		if (c != NULL) {
			serve_ldap_close(&c->conn);
			c->h = NULL;
		}
		break;
	case SIM_ASKED:
		break;
	}
}

/* ---- the CA's web server ------------------------------------------------------- */

static void
rig_web_reply(struct sim *f, struct io_handle *h, const struct serve_reply *reply)
{
	struct io_header headers[SERVE_HEADERS_MAX];

	for (size_t i = 0; i < reply->n_headers; i++)
		headers[i] =
		    (struct io_header){ reply->headers[i].name, reply->headers[i].value };
	sim_http(f, h, 1000, reply->status, headers, reply->n_headers, buf_bytes(&reply->body),
	    reply->body.n);
}

static void
rig_web(void *arg, struct sim *f, const struct sim_call *call)
{
	struct serve_header headers[16];
	struct serve_request q = { .headers = headers };
	struct serve_reply reply = { 0 };
	struct dir_rig *r = arg;

	if (call->deed != SIM_ASKED)
		return;
	r->web_asked++;
	q.method = call->ask->method;
	q.path = call->ask->path;
	assert(call->ask->n_headers <= 16);
	for (; q.n_headers < call->ask->n_headers; q.n_headers++)
		headers[q.n_headers] =
		    (struct serve_header){ call->ask->headers[q.n_headers].name,
			    call->ask->headers[q.n_headers].value };

	serve_ca_web(&r->web, &q, &reply);
	if (r->web_open || (serve_header(&q, "Authorization") != NULL && r->web_status != 0)) {
		reply.status = r->web_status != 0 ? r->web_status : 200;
		reply.n_headers = 0;
		buf_clear(&reply.body);
		buf_text(
		    &reply.body, r->web_body != NULL ? r->web_body : buf_cstr(&r->web.text));
	}
	rig_web_reply(f, call->h, &reply);
	buf_done(&reply.body);
}

/* ---- DNS ----------------------------------------------------------------------- */

static void
rig_dns(void *arg, struct sim *f, const struct sim_call *call)
{
	struct dir_rig *r = arg;
	struct serve_dns_done done;
	struct buf reply = { 0 };

	if (call->deed != SIM_SENT)
		return;
	if (serve_dns_answer(r->dns, call->bytes, false, &reply, &done) == 0)
		sim_packet(f, call->h, 1000, buf_bytes(&reply));
	buf_done(&reply);
}

void
dir_rig_up(struct dir_rig *r, struct sim *f, const char *refused, bool publish)
{
	const struct serve_dns_record zone[] = {
		{ .name = "dc01.contoso.com", .type = DNS_A, .ip = 0x7f000001 },
	};
	struct serve_ldap_cfg cfg = {
		.dir = {
			.domain = "contoso.com",
			.dc_name = "dc01.contoso.com",
			.ca_name = "Contoso Root CA",
			.ca_host = "dc01.contoso.com",
			.publish = publish,
		},
	};

	memset(r, 0, sizeof *r);
	r->acceptor = sim_acceptor_new(refused);
	r->p7b = dir_rig_load("chain2.p7b");
	r->root = dir_rig_load("root.der");
	cfg.acceptor = r->acceptor;
	cfg.dir.root = buf_bytes(&r->root);
	if (serve_ldap_init(&r->ldap, &cfg) != 0 ||
	    serve_ca_web_init(&r->web, r->acceptor, buf_bytes(&r->p7b)) != 0 ||
	    serve_dns_new(zone, 1, 60, &r->dns) != 0)
		assert(0);
	sim_listen(f, SIM_STREAM, 389, dir_rig_ldap, r);
	sim_listen(f, SIM_HTTP, 80, rig_web, r);
	sim_listen(f, SIM_UDP, 53, rig_dns, r);
}

void
dir_rig_down(struct dir_rig *r)
{
	for (size_t i = 0; i < DIR_RIG_CONNS; i++)
		serve_ldap_close(&r->conns[i].conn);
	serve_ca_web_done(&r->web);
	serve_dns_free(r->dns);
	sim_acceptor_free(r->acceptor);
	buf_done(&r->p7b);
	buf_done(&r->root);
}
