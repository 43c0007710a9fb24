/* sim_http_reply.c - what a server says to an HTTP session: replies, whole or cut short. */
#include <assert.h>
#include <strings.h>

#include "sim_priv.h"

static struct sim_head *
http_new_head(struct sim *sim, const struct sim_reply *r)
{
	size_t n =
	    r->n_headers * sizeof *r->headers + sim_http_head_n(r->headers, r->n_headers);
	struct sim_head *head = sim_mem(sim, sizeof *head + n);
	char *at;

	if (head == NULL)
		return NULL;
	head->status = r->status;
	head->n_headers = r->n_headers;
	at = (char *)&head->headers[r->n_headers];
	sim_http_copy_headers(head->headers, r->headers, r->n_headers, &at);
	return head;
}

static void
http_say_head(struct sim_conn *c, uint64_t after_us, const struct sim_reply *r)
{
	struct sim_parcel_in *in = sim_parcel_back(c, IO_HEAD);

	if (in == NULL)
		return;
	in->head = http_new_head(c->h.sim, r);
	in->head_n = sim_http_head_n(r->headers, r->n_headers);
	in->p.fresh = !c->kept;
	if (in->head != NULL)
		sim_parcel_send(in, after_us);
	else
		sim_parcel_forget(in);
}

/* p NULL: only a number of bytes. */
static void
http_say_body(struct sim_conn *c, uint64_t after_us, const uint8_t *p, uint64_t n)
{
	struct sim_parcel_in *in = n > 0 ? sim_parcel_back(c, IO_BODY) : NULL;

	if (in == NULL)
		return;
	if (p != NULL && !sim_parcel_put(in, (struct span){ p, n })) {
		sim_parcel_forget(in);
		return;
	}
	in->p.n = n;
	sim_parcel_send(in, after_us);
}

/* A strict world lends it in two parts, so that a step meets a cut. */
static void
http_say_bytes(struct sim_conn *c, uint64_t after_us, struct span body)
{
	size_t half = c->h.sim->strict && !c->count ? body.n / 2 : 0;

	http_say_body(c, after_us, body.p, half);
	http_say_body(c, after_us, body.p + half, body.n - half);
}

static bool
http_closes(const struct sim_reply *r)
{
	for (size_t i = 0; i < r->n_headers; i++)
		if (strcasecmp(r->headers[i].name, "Connection") == 0 &&
		    strcasecmp(r->headers[i].value, "close") == 0)
			return true;
	return r->close;
}

static void
http_say_whole(struct sim_conn *c, uint64_t after_us, const struct sim_reply *r, bool number)
{
	struct sim_parcel_in *in = sim_parcel_back(c, IO_WHOLE);

	if (in == NULL)
		return;
	in->crc_known = number;
	in->crc32 = r->crc32;
	in->close = http_closes(r);
	if (in->close)
		c->hung_up = c->connection;
	sim_parcel_send(in, after_us);
}

void
sim_reply(struct sim *sim, struct io_handle *h, uint64_t after_us, const struct sim_reply *r)
{
	struct sim_conn *c = sim_conn_of(h);
	uint64_t n = r->body_n > r->body.n ? r->body_n : r->body.n;
	bool number = n > r->body.n;

	assert(h->sim == sim && h->type == SIM_HTTP);
	assert(c->asking || !sim->strict || !h->open || sim_conn_travels(c));
	http_say_head(c, after_us, r);
	if (r->cut && r->cut_after < n)
		n = r->cut_after;
	if (number && c->count) {
		http_say_body(c, after_us, NULL, n);
	} else {
		size_t lent = n < r->body.n ? (size_t)n : r->body.n;

		http_say_bytes(c, after_us, (struct span){ r->body.p, lent });
		http_say_body(c, after_us, NULL, n - lent);
	}
	if (r->cut)
		sim_down(sim, h, after_us, r->cut_err, NULL);
	else
		http_say_whole(c, after_us, r, number);
}

void
sim_http(struct sim *sim, struct io_handle *h, uint64_t after_us, int status,
    const struct io_header *headers, size_t n_headers, struct span body, uint64_t body_n)
{
	const struct sim_reply r = { .status = status,
		.headers = headers,
		.n_headers = n_headers,
		.body = body,
		.body_n = body_n,
		.crc32 = sim_http_crc32(0, body.p, body.n) };

	sim_reply(sim, h, after_us, &r);
}
