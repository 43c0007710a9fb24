/*
 * sim.c - the fake world's clock and queue, and the test's side of it.
 *
 * io.h's rules are asserted: an event comes only from sim_run(), one at a time, to an open
 * handle; lent bytes are overwritten as soon as the event is over.
 */
#include "sim.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <zlib.h>

#include "mem.h"
#include "sim_priv.h"

struct sim *
sim_new(void)
{
	struct sim *f = mem_new(sizeof *f);

	assert(f != NULL);
	f->io.ops = &sim_ops;
	list_init(&f->due);
	list_init(&f->handles);
	list_init(&f->dead);
	rng_seed(&f->rng, 1, 0);
	return f;
}

static void
handles_free(struct list *handles)
{
	while (!list_empty(handles)) {
		struct io_handle *h = LIST_ITEM(handles->next, struct io_handle, all);

		list_remove(&h->all);
		mem_free(h);
	}
}

void
sim_free(struct sim *f)
{
	if (f == NULL)
		return;
	while (!list_empty(&f->due))
		sim_due_free(LIST_ITEM(f->due.next, struct sim_due, link));
	handles_free(&f->handles);
	handles_free(&f->dead);
	mem_free(f->numbers);
	mem_free(f);
}

struct io *
sim_io(struct sim *f)
{
	return &f->io;
}

/* ---- the queue ------------------------------------------------------------- */

/* The one allocation that a test lets fail is to be the phone's: ours is made again. */
static void *
sim_mem(size_t n)
{
	void *p = mem_new(n);

	if (p == NULL)
		p = mem_new(n);
	assert(p != NULL);
	return p;
}

static char *
sim_copy(const void *bytes, size_t n)
{
	char *p = sim_mem(n + 1);

	if (n > 0)
		memcpy(p, bytes, n);
	return p;
}

struct sim_due *
sim_due_new(struct io_handle *h, uint64_t after_us, enum io_kind kind)
{
	struct sim_due *d = sim_mem(sizeof *d);
	struct list *at;

	assert(h->open);
	d->at_us = h->f->now_us + after_us;
	d->h = h;
	d->ev = (struct io_event){ .kind = kind, .h = h };

	for (at = h->f->due.prev; at != &h->f->due; at = at->prev)
		if (LIST_ITEM(at, struct sim_due, link)->at_us <= d->at_us)
			break;
	list_add_tail(at->next, &d->link);
	return d;
}

void
sim_due_free(struct sim_due *d)
{
	list_remove(&d->link);
	if (d->bytes != NULL)
		memset(d->bytes, 0xdd, d->ev.bytes.n);
	for (size_t i = 0; i < d->n_headers; i++) {
		mem_free((void *)(uintptr_t)d->headers[i].name);
		mem_free((void *)(uintptr_t)d->headers[i].value);
	}
	mem_free(d->headers);
	mem_free(d->bytes);
	mem_free(d);
}

void
sim_due_drop(struct io_handle *h, bool alarms_only)
{
	struct list *next;

	for (struct list *at = h->f->due.next; at != &h->f->due; at = next) {
		struct sim_due *d = LIST_ITEM(at, struct sim_due, link);

		next = at->next;
		if (d->h == h && (!alarms_only || d->ev.kind == IO_ALARM))
			sim_due_free(d);
	}
}

static void
due_bytes(struct sim_due *d, struct span bytes)
{
	d->bytes = (uint8_t *)sim_copy(bytes.p, bytes.n);
	d->ev.bytes = (struct span){ d->bytes, bytes.n };
}

static void
due_tls(struct sim_due *d, const struct io_tls_seen *tls)
{
	if (tls == NULL)
		return;
	d->tls = *tls;
	d->ev.tls = &d->tls;
}

static void
due_http(struct sim_due *d, const struct io_http_seen *seen)
{
	d->http = *seen;
	d->headers = sim_mem((seen->n_headers + 1) * sizeof *d->headers);
	d->n_headers = seen->n_headers;
	for (size_t i = 0; i < seen->n_headers; i++) {
		const struct io_header *from = &seen->headers[i];

		d->headers[i].name = sim_copy(from->name, strlen(from->name));
		d->headers[i].value = sim_copy(from->value, strlen(from->value));
	}
	d->http.headers = d->headers;
	d->ev.http = &d->http;
}

/* ---- the test's side ---------------------------------------------------------- */

void
sim_listen(struct sim *f, enum sim_type type, uint16_t port, sim_fn *fn, void *arg)
{
	assert(f->n_rules < SIM_RULES_MAX);
	f->rules[f->n_rules++] = (struct sim_rule){ type, port, fn, arg };
}

bool
sim_tell(struct io_handle *h, struct sim_call call)
{
	struct sim *f = h->f;

	call.h = h;
	call.type = h->type;
	call.to = h->to;
	call.vlan = h->vlan;
	call.cfg = h->type == SIM_STREAM || h->type == SIM_HTTP ? &h->cfg : NULL;
	for (size_t i = f->n_rules; i-- > 0;) {
		const struct sim_rule *r = &f->rules[i];

		if (r->type == h->type && (r->port == 0 || r->port == h->to.port)) {
			r->fn(r->arg, f, &call);
			return true;
		}
	}
	return false;
}

void
sim_packet(struct sim *f, struct io_handle *h, uint64_t after_us, struct span bytes)
{
	assert(h->f == f && (h->type == SIM_UDP || h->type == SIM_DHCP));
	due_bytes(sim_due_new(h, after_us, IO_PACKET), bytes);
}

void
sim_up(struct sim *f, struct io_handle *h, uint64_t after_us, const struct io_tls_seen *tls)
{
	struct sim_due *d;

	assert(h->f == f && h->type == SIM_STREAM);
	d = sim_due_new(h, after_us, IO_UP);
	d->ev.local = (struct io_addr){ f->ip, 49152 };
	due_tls(d, tls);
}

void
sim_bytes(struct sim *f, struct io_handle *h, uint64_t after_us, struct span bytes)
{
	assert(h->f == f && h->type == SIM_STREAM);
	due_bytes(sim_due_new(h, after_us, IO_BYTES), bytes);
}

void
sim_down(struct sim *f, struct io_handle *h, uint64_t after_us, int err,
    const struct io_tls_seen *tls)
{
	struct sim_due *d = sim_due_new(h, after_us, IO_DOWN);

	assert(h->f == f && h->type != SIM_ALARM);
	d->ev.err = err;
	due_tls(d, tls);
}

/* One piece of a reply's body: lent in two parts, so that a step meets a cut. */
static void
http_body(struct io_handle *h, uint64_t after_us, struct span body)
{
	size_t half = body.n / 2;

	if (half > 0)
		due_bytes(sim_due_new(h, after_us, IO_BODY), (struct span){ body.p, half });
	if (body.n > 0)
		due_bytes(sim_due_new(h, after_us, IO_BODY),
		    (struct span){ body.p + half, body.n - half });
}

void
sim_http(struct sim *f, struct io_handle *h, uint64_t after_us, int status,
    const struct io_header *headers, size_t n_headers, struct span body, uint64_t body_n)
{
	struct io_http_seen seen = {
		.status = status, .headers = headers, .n_headers = n_headers
	};

	assert(h->f == f && h->type == SIM_HTTP && h->asking);
	if (body_n < body.n)
		body_n = body.n;
	due_http(sim_due_new(h, after_us, IO_HEAD), &seen);
	if (!h->count)
		http_body(h, after_us, body);
	if (body_n > (h->count ? 0 : body.n))
		sim_due_new(h, after_us, IO_BODY)->ev.bytes.n =
		    (size_t)(body_n - (h->count ? 0 : body.n));

	seen.body_n = body_n;
	seen.crc32 = (uint32_t)crc32(0, body.p, (uInt)body.n);
	due_http(sim_due_new(h, after_us, IO_WHOLE), &seen);
}

/* ---- running -------------------------------------------------------------------- */

/* What the event says about the handle, before its owner hears of it. */
static void
note_event(struct io_handle *h, const struct io_event *ev)
{
	if (ev->kind == IO_UP)
		h->up = true;
	assert(ev->kind != IO_BYTES || h->up);
	if (ev->kind == IO_DOWN)
		h->up = false;
	if (ev->kind == IO_DOWN || ev->kind == IO_WHOLE)
		h->asking = false;
}

bool
sim_step(struct sim *f, uint64_t until_us)
{
	struct sim_due *d;
	struct io_handle *h;

	assert(!f->running);
	if (list_empty(&f->due))
		return false;
	d = LIST_ITEM(f->due.next, struct sim_due, link);
	if (d->at_us > until_us) {
		f->now_us = until_us;
		return false;
	}

	f->now_us = d->at_us;
	list_remove(&d->link); /* so that closing the handle in its event leaves it alone */
	h = d->h;
	assert(h->open);
	note_event(h, &d->ev);
	f->running = true;
	h->owner.fn(h->owner.arg, &d->ev);
	f->running = false;
	sim_due_free(d);
	return true;
}

size_t
sim_run(struct sim *f, uint64_t until_us)
{
	size_t n = 0;

	while (sim_step(f, until_us))
		n++;
	return n;
}

uint64_t
sim_now_us(const struct sim *f)
{
	return f->now_us;
}

size_t
sim_open(const struct sim *f)
{
	return f->open;
}

void
sim_random(struct sim *f, const uint32_t *numbers, size_t n)
{
	mem_free(f->numbers);
	f->numbers = (uint32_t *)(void *)mem_copy(numbers, n * sizeof *numbers);
	f->n_numbers = n;
	f->at_number = 0;
}

uint32_t
sim_address(const struct sim *f)
{
	return f->ip;
}

uint16_t
sim_vlan(const struct sim *f)
{
	return f->vlan;
}

size_t
sim_roots(const struct sim *f)
{
	return f->roots;
}

size_t
sim_cuts(const struct sim *f)
{
	return f->cuts;
}

int64_t
sim_told_clock(const struct sim *f)
{
	return f->wall_minus_now_us;
}

void
sim_fail_open(struct sim *f, int err)
{
	f->fail_open = err;
}
