/*
 * sim_http.c - HTTP sessions: requests, replies, and the connections under them, which are made
 * when asked for and kept, as libcurl does it behind emulator/io/io_http*.c.
 */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "io_ask.h"
#include "mem.h"
#include "sim_priv.h"

enum { HTTP_RETRIES = 5, HTTP_ENDS = 4, HTTP_LINE = 14 }; /* " " " HTTP/1.1" and line ends */

/* ---- the request ---- */

size_t
sim_http_head_n(const struct io_header *headers, size_t n)
{
	size_t size = HTTP_LINE;

	for (size_t i = 0; i < n; i++)
		size += strlen(headers[i].name) + strlen(headers[i].value) + HTTP_ENDS;
	return size;
}

static char *
http_text(char **at, const char *text)
{
	size_t n = strlen(text) + 1;
	char *p = memcpy(*at, text, n);

	*at += n;
	return p;
}

void
sim_http_copy_headers(struct io_header *to, const struct io_header *from, size_t n, char **at)
{
	for (size_t i = 0; i < n; i++) {
		to[i].name = http_text(at, from[i].name);
		to[i].value = http_text(at, from[i].value);
	}
}

/* For a listener that hears of it later, or twice. */
static int
http_keep(struct sim_conn *c, const struct io_ask *ask)
{
	size_t n = ask->n_headers * sizeof *ask->headers + strlen(ask->method) +
	    strlen(ask->path) + sim_http_head_n(ask->headers, ask->n_headers) + ask->body.n;
	struct sim_ask *keep = c->ask;
	char *at;

	if (keep == NULL || keep->cap < n) {
		keep = mem_new(sizeof *keep + n);
		if (keep == NULL)
			return -ENOMEM;
		mem_free(c->ask);
		c->ask = keep;
		keep->cap = n;
	}
	at = (char *)&keep->headers[ask->n_headers];
	keep->ask = *ask;
	keep->ask.headers = keep->headers;
	sim_http_copy_headers(keep->headers, ask->headers, ask->n_headers, &at);
	keep->ask.method = http_text(&at, ask->method);
	keep->ask.path = http_text(&at, ask->path);
	keep->ask.body.p = (uint8_t *)at;
	if (ask->body.n > 0)
		memcpy(at, ask->body.p, ask->body.n);
	return 0;
}

/* ---- asking ---- */

static void
http_carry(struct sim_conn *c, const struct io_ask *ask)
{
	struct sim_parcel_in *in = sim_parcel_out(c, SIM_ASKED);

	if (in == NULL)
		return;
	in->p.fresh = !c->kept;
	if (!c->kept)
		in->p.trips = 1 + (c->cfg.tls ? SIM_TLS_TRIPS : 0);
	in->head_n = strlen(ask->method) + strlen(ask->path) + ask->body.n +
	    sim_http_head_n(ask->headers, ask->n_headers);
	sim_parcel_send(in, 0);
}

/* Over the connection there is, or over a new one. */
static void
http_go(struct sim_conn *c, const struct io_ask *ask)
{
	struct sim_call call = { .deed = SIM_ASKED, .ask = ask };

	c->kept = c->up;
	if (!c->kept) {
		c->connection++;
		c->from = sim_phone_port(c->h.phone, c->to);
		c->seen = (struct io_tls_seen){ 0 };
	}
	call.fresh = !c->kept;
	if (c->from.ip == 0)
		sim_down(c->h.sim, &c->h, 0, -EADDRNOTAVAIL, NULL);
	else if (sim_conn_travels(c))
		http_carry(c, ask);
	else if (sim_rule_of(c) == NULL)
		sim_nobody(c);
	else if (c->hung_up != c->connection)
		(void)sim_tell(c, call);
}

int
sim_http_ask(struct io_handle *h, const struct io_ask *ask)
{
	struct sim_conn *c = sim_conn_of(h);
	int rc;

	assert(h->open);
	if (h->type != SIM_HTTP)
		return -EINVAL;
	if (c->asking)
		return -EBUSY;
	rc = io_ask_check(ask);
	if (rc == 0 && (c->up || sim_conn_travels(c)))
		rc = http_keep(c, ask);
	if (rc < 0)
		return rc;
	c->asking = true;
	c->count = ask->reply == IO_COUNT;
	c->headed = false;
	c->retries = 0;
	c->spoilt = 0;
	c->http = (struct io_http_seen){ 0 };
	c->request++;
	http_go(c, ask);
	return 0;
}

/* ---- what the phone hears ---- */

uint32_t
sim_http_crc32(uint32_t crc, const uint8_t *p, uint64_t n)
{
	static const uint32_t table[16] = { 0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
		0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344,
		0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c };

	crc = ~crc;
	for (; n > 0; n--, p++) {
		crc = table[(crc ^ *p) & 15] ^ crc >> 4;
		crc = table[(crc ^ (uint32_t)(*p >> 4)) & 15] ^ crc >> 4;
	}
	return ~crc;
}

/* What is lent must last while the owner asks again. */
static void
http_tell(struct sim_conn *c, struct io_event ev)
{
	struct io_http_seen seen = c->http;

	ev.http = &seen;
	if (c->cfg.tls)
		ev.tls = &c->seen;
	sim_handle_tell(&c->h, &ev);
}

/*
 * The connection is over.  A kept one that dies before a reply has begun was only found dead
 * too late: the request is made again, on a new one.
 */
static void
http_down(struct sim_conn *c, const struct sim_parcel_in *in)
{
	c->up = false;
	if (!c->asking)
		return;
	if (in->has_tls)
		c->seen = in->tls;
	/* What is no HTTP is an answer, too. */
	if (c->kept && !c->headed && in->p.err != -EBADMSG && c->retries < HTTP_RETRIES &&
	    c->ask != NULL) {
		c->retries++;
		http_go(c, &c->ask->ask);
		return;
	}
	c->asking = false;
	http_tell(c,
	    (struct io_event){
		.kind = IO_DOWN, .err = in->p.err != 0 ? in->p.err : -ECONNRESET });
}

static void
http_head(struct sim_conn *c, struct sim_parcel_in *in)
{
	mem_free(c->head);
	c->head = in->head;
	in->head = NULL;
	c->up = c->headed = true;
	c->http.status = c->head->status;
	c->http.headers = c->head->headers;
	c->http.n_headers = c->head->n_headers;
	http_tell(c, (struct io_event){ .kind = IO_HEAD });
}

/* Counted before the owner sees it. */
static void
http_body(struct sim_conn *c, const struct sim_parcel_in *in)
{
	struct io_event ev = { .kind = IO_BODY, .bytes = { in->p.bytes, in->p.n } };

	c->http.body_n += in->p.n;
	if (in->p.bytes != NULL)
		c->http.crc32 = sim_http_crc32(c->http.crc32, in->p.bytes, in->p.n);
	else
		c->spoilt ^= in->p.spoilt;
	if (c->count)
		ev.bytes.p = NULL;
	http_tell(c, ev);
}

static void
http_whole(struct sim_conn *c, const struct sim_parcel_in *in)
{
	c->asking = false;
	c->up = !in->close;
	if (in->crc_known)
		c->http.crc32 = in->crc32;
	c->http.crc32 ^= c->spoilt;
	http_tell(c, (struct io_event){ .kind = IO_WHOLE });
}

void
sim_http_deliver(struct sim_conn *c, struct sim_parcel_in *in)
{
	if (!sim_parcel_is_now(in))
		return;
	if (in->p.kind == IO_DOWN)
		http_down(c, in);
	else if (!c->asking)
		return;
	else if (in->p.kind == IO_HEAD)
		http_head(c, in);
	else if (in->p.kind == IO_BODY && c->headed)
		http_body(c, in);
	else if (in->p.kind == IO_WHOLE && c->headed)
		http_whole(c, in);
}

void
sim_http_done(struct sim_conn *c)
{
	mem_free(c->ask);
	mem_free(c->head);
	c->ask = NULL;
	c->head = NULL;
}
