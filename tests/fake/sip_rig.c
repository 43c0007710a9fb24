/* sip_rig.c - see sip_rig.h. */
#include "sip_rig.h"

#include <assert.h>
#include <string.h>

#include "mem.h"
#include "serve_sip_impl.h"
#include "sim_accept.h"
#include "sim_auth.h"

enum { DELAY_US = 2000 };

static const int64_t WALL_US = 1231367079ll * 1000000; /* 2009-01-07 22:24:39 */

static sim_fn sip_rig_on;

void
sip_rig_init(struct sip_rig *r, struct sim *f)
{
	*r = (struct sip_rig){ .f = f, .port = 5061 };
	r->cfg = (struct serve_sip_cfg){
		.fqdn = "fe01.contoso.com",
		.sip_domain = "contoso.com",
		.krb_realm = "CONTOSO.COM",
		.acceptor = sim_acceptor_new(NULL),
		.users = "phone%05d",
		.n_users = 100,
		.update_internal =
		    "http://ucupdates-r2.contoso.com/RequestHandler/ucdevice.upx",
		.update_external = "https://ext.contoso.com/RequestHandlerExt/ucdevice.upx",
		.mwi_poll_min = 5,
	};
}

void
sip_rig_up(struct sip_rig *r)
{
	assert(serve_sip_new(&r->cfg, &r->server) == 0);
	sim_listen(r->f, SIM_STREAM, r->port, sip_rig_on, r);
}

void
sip_rig_down(struct sip_rig *r)
{
	for (size_t i = 0; i < SIP_RIG_CONNS; i++)
		serve_sip_close(r->conns[i].conn);
	serve_sip_free(r->server);
	sim_acceptor_free(r->cfg.acceptor);
	buf_done(&r->heard);
	buf_done(&r->said);
}

static size_t
rig_slot(const struct sip_rig *r, const struct io_handle *h)
{
	size_t i = 0;

	while (i < SIP_RIG_CONNS && r->conns[i].h != h)
		i++;
	assert(i < SIP_RIG_CONNS); /* else there is no such connection */
	return i;
}

/* Replace text by text of the same length. */
static void
rig_forge(struct sip_rig *r)
{
	uint8_t *hit;

	if (r->from == NULL)
		return;
	assert(strlen(r->from) == strlen(r->to));
	while ((hit = memmem(r->said.p, r->said.n, r->from, strlen(r->from))) != NULL)
		memcpy(hit, r->to, strlen(r->to));
}

static void
rig_send(struct sip_rig *r, struct io_handle *h, struct span bytes)
{
	size_t piece = r->cut != 0 ? r->cut : bytes.n;

	for (size_t at = 0; at < bytes.n && !r->mute; at += piece) {
		size_t n = bytes.n - at < piece ? bytes.n - at : piece;

		sim_bytes(r->f, h, DELAY_US, (struct span){ bytes.p + at, n });
	}
}

static void
rig_hear(struct sip_rig *r, const struct sim_call *c)
{
	int err;

	buf_span(&r->heard, c->bytes);
	buf_clear(&r->said);
	err = serve_sip_bytes(r->conns[rig_slot(r, c->h)].conn, c->bytes, sim_now_us(r->f),
	    WALL_US + (int64_t)sim_now_us(r->f), &r->said);
	if (r->instead != NULL && r->said.n > 0) {
		buf_clear(&r->said);
		buf_text(&r->said, r->instead);
	}
	rig_forge(r);
	rig_send(r, c->h, buf_bytes(&r->said));
	if (err != 0)
		sim_down(r->f, c->h, DELAY_US, 0, NULL);
}

static void
sip_rig_on(void *arg, struct sim *f, const struct sim_call *c)
{
	struct sip_rig *r = arg;
	size_t i;

	switch (c->deed) {
	case SIM_OPENED:
		i = rig_slot(r, NULL);
		r->conns[i].h = c->h;
		assert(serve_sip_open(r->server, 0x7f2a0001, 1234, sim_now_us(f), c->h,
			   &r->conns[i].conn) == 0);
		sim_up(f, c->h, DELAY_US, NULL);
		r->opened++;
		break;
	case SIM_SENT:
		if (!r->deaf)
			rig_hear(r, c);
		break;
	case SIM_CLOSED:
	case SIM_CUT:
		i = rig_slot(r, c->h);
		serve_sip_close(r->conns[i].conn);
		r->conns[i].h = NULL;
		r->conns[i].conn = NULL;
		r->closed++;
		break;
	case SIM_ASKED:
		break;
	}
}

static size_t
rig_last(const struct sip_rig *r)
{
	size_t i = SIP_RIG_CONNS;

	while (i > 0 && r->conns[i - 1].h == NULL)
		i--;
	assert(i > 0);
	return i - 1;
}

struct serve_sip_conn *
sip_rig_conn(struct sip_rig *r)
{
	return r->conns[rig_last(r)].conn;
}

void
sip_rig_say(struct sip_rig *r, struct span bytes)
{
	rig_send(r, r->conns[rig_last(r)].h, bytes);
}

void
sip_rig_request(struct sip_rig *r, const char *method, const char *call_id, const char *headers,
    const char *body)
{
	struct serve_sip_conn *conn = sip_rig_conn(r);
	struct sip_binding *b = conn->binding;
	struct sip_dialog d = { span_of(call_id != NULL ? call_id : b->call_id),
		span_of(b->client_tag), ++b->cseq };
	struct buf out = { 0 };
	int err = sip_request(conn, &d, method, headers, "text/plain", span_of(body), &out);

	assert(err == 0);
	sip_rig_say(r, buf_bytes(&out));
	buf_done(&out);
}

void
sip_rig_cut(struct sip_rig *r, int err)
{
	sim_down(r->f, r->conns[rig_last(r)].h, DELAY_US, err, NULL);
}

size_t
sip_rig_heard(const struct sip_rig *r, const char *text)
{
	const uint8_t *p = r->heard.p, *end = p + r->heard.n, *hit;
	size_t n = 0;

	while (p < end && (hit = memmem(p, (size_t)(end - p), text, strlen(text))) != NULL) {
		n++;
		p = hit + 1;
	}
	return n;
}
