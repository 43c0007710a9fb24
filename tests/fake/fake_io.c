/*
 * fake_io.c - the fake world's clock and queue, and the test's side of it.
 *
 * io.h's rules are asserted: an event comes only from fake_run(), one at a time, to an open
 * handle; lent bytes are overwritten as soon as the event is over.
 */
#include "fake_io.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <zlib.h>

#include "fake_world.h"
#include "mem.h"

struct fake *
fake_new(void)
{
	struct fake *f = mem_new(sizeof *f);

	assert(f != NULL);
	f->io.ops = &fake_ops;
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
fake_free(struct fake *f)
{
	if (f == NULL)
		return;
	while (!list_empty(&f->due))
		fake_due_free(LIST_ITEM(f->due.next, struct fake_due, link));
	handles_free(&f->handles);
	handles_free(&f->dead);
	mem_free(f->numbers);
	mem_free(f);
}

struct io *
fake_io(struct fake *f)
{
	return &f->io;
}

/* ---- the queue ------------------------------------------------------------- */

/* The one allocation that a test lets fail is to be the phone's: ours is made again. */
static void *
fake_mem(size_t n)
{
	void *p = mem_new(n);

	if (p == NULL)
		p = mem_new(n);
	assert(p != NULL);
	return p;
}

static char *
fake_copy(const void *bytes, size_t n)
{
	char *p = fake_mem(n + 1);

	if (n > 0)
		memcpy(p, bytes, n);
	return p;
}

struct fake_due *
fake_due_new(struct io_handle *h, uint64_t after_us, enum io_kind kind)
{
	struct fake_due *d = fake_mem(sizeof *d);
	struct list *at;

	assert(h->open);
	d->at_us = h->f->now_us + after_us;
	d->h = h;
	d->ev = (struct io_event){ .kind = kind, .h = h };

	for (at = h->f->due.prev; at != &h->f->due; at = at->prev)
		if (LIST_ITEM(at, struct fake_due, link)->at_us <= d->at_us)
			break;
	list_add_tail(at->next, &d->link);
	return d;
}

void
fake_due_free(struct fake_due *d)
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
fake_due_drop(struct io_handle *h, bool alarms_only)
{
	struct list *next;

	for (struct list *at = h->f->due.next; at != &h->f->due; at = next) {
		struct fake_due *d = LIST_ITEM(at, struct fake_due, link);

		next = at->next;
		if (d->h == h && (!alarms_only || d->ev.kind == IO_ALARM))
			fake_due_free(d);
	}
}

static void
due_bytes(struct fake_due *d, struct span bytes)
{
	d->bytes = (uint8_t *)fake_copy(bytes.p, bytes.n);
	d->ev.bytes = (struct span){ d->bytes, bytes.n };
}

static void
due_tls(struct fake_due *d, const struct io_tls_seen *tls)
{
	if (tls == NULL)
		return;
	d->tls = *tls;
	d->ev.tls = &d->tls;
}

static void
due_http(struct fake_due *d, const struct io_http_seen *seen)
{
	d->http = *seen;
	d->headers = fake_mem((seen->n_headers + 1) * sizeof *d->headers);
	d->n_headers = seen->n_headers;
	for (size_t i = 0; i < seen->n_headers; i++) {
		const struct io_header *from = &seen->headers[i];

		d->headers[i].name = fake_copy(from->name, strlen(from->name));
		d->headers[i].value = fake_copy(from->value, strlen(from->value));
	}
	d->http.headers = d->headers;
	d->ev.http = &d->http;
}

/* ---- the test's side ---------------------------------------------------------- */

void
fake_listen(struct fake *f, enum fake_type type, uint16_t port, fake_fn *fn, void *arg)
{
	assert(f->n_rules < FAKE_RULES_MAX);
	f->rules[f->n_rules++] = (struct fake_rule){ type, port, fn, arg };
}

bool
fake_tell(struct io_handle *h, struct fake_call call)
{
	struct fake *f = h->f;

	call.h = h;
	call.type = h->type;
	call.to = h->to;
	call.vlan = h->vlan;
	call.cfg = h->type == FAKE_STREAM || h->type == FAKE_HTTP ? &h->cfg : NULL;
	for (size_t i = f->n_rules; i-- > 0;) {
		const struct fake_rule *r = &f->rules[i];

		if (r->type == h->type && (r->port == 0 || r->port == h->to.port)) {
			r->fn(r->arg, f, &call);
			return true;
		}
	}
	return false;
}

void
fake_packet(struct fake *f, struct io_handle *h, uint64_t after_us, struct span bytes)
{
	assert(h->f == f && (h->type == FAKE_UDP || h->type == FAKE_DHCP));
	due_bytes(fake_due_new(h, after_us, IO_PACKET), bytes);
}

void
fake_up(struct fake *f, struct io_handle *h, uint64_t after_us, const struct io_tls_seen *tls)
{
	struct fake_due *d;

	assert(h->f == f && h->type == FAKE_STREAM);
	d = fake_due_new(h, after_us, IO_UP);
	d->ev.local = (struct io_addr){ f->ip, 49152 };
	due_tls(d, tls);
}

void
fake_bytes(struct fake *f, struct io_handle *h, uint64_t after_us, struct span bytes)
{
	assert(h->f == f && h->type == FAKE_STREAM);
	due_bytes(fake_due_new(h, after_us, IO_BYTES), bytes);
}

void
fake_down(struct fake *f, struct io_handle *h, uint64_t after_us, int err,
    const struct io_tls_seen *tls)
{
	struct fake_due *d = fake_due_new(h, after_us, IO_DOWN);

	assert(h->f == f && h->type != FAKE_ALARM);
	d->ev.err = err;
	due_tls(d, tls);
}

/* One piece of a reply's body: lent in two parts, so that a step meets a cut. */
static void
http_body(struct io_handle *h, uint64_t after_us, struct span body)
{
	size_t half = body.n / 2;

	if (half > 0)
		due_bytes(fake_due_new(h, after_us, IO_BODY), (struct span){ body.p, half });
	if (body.n > 0)
		due_bytes(fake_due_new(h, after_us, IO_BODY),
		    (struct span){ body.p + half, body.n - half });
}

void
fake_http(struct fake *f, struct io_handle *h, uint64_t after_us, int status,
    const struct io_header *headers, size_t n_headers, struct span body, uint64_t body_n)
{
	struct io_http_seen seen = {
		.status = status, .headers = headers, .n_headers = n_headers
	};

	assert(h->f == f && h->type == FAKE_HTTP && h->asking);
	if (body_n < body.n)
		body_n = body.n;
	due_http(fake_due_new(h, after_us, IO_HEAD), &seen);
	if (!h->count)
		http_body(h, after_us, body);
	if (body_n > (h->count ? 0 : body.n))
		fake_due_new(h, after_us, IO_BODY)->ev.bytes.n =
		    (size_t)(body_n - (h->count ? 0 : body.n));

	seen.body_n = body_n;
	seen.crc32 = (uint32_t)crc32(0, body.p, (uInt)body.n);
	due_http(fake_due_new(h, after_us, IO_WHOLE), &seen);
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
fake_step(struct fake *f, uint64_t until_us)
{
	struct fake_due *d;
	struct io_handle *h;

	assert(!f->running);
	if (list_empty(&f->due))
		return false;
	d = LIST_ITEM(f->due.next, struct fake_due, link);
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
	fake_due_free(d);
	return true;
}

size_t
fake_run(struct fake *f, uint64_t until_us)
{
	size_t n = 0;

	while (fake_step(f, until_us))
		n++;
	return n;
}

uint64_t
fake_now_us(const struct fake *f)
{
	return f->now_us;
}

size_t
fake_open(const struct fake *f)
{
	return f->open;
}

void
fake_random(struct fake *f, const uint32_t *numbers, size_t n)
{
	mem_free(f->numbers);
	f->numbers = (uint32_t *)(void *)mem_copy(numbers, n * sizeof *numbers);
	f->n_numbers = n;
	f->at_number = 0;
}

uint32_t
fake_address(const struct fake *f)
{
	return f->ip;
}

uint16_t
fake_vlan(const struct fake *f)
{
	return f->vlan;
}

size_t
fake_roots(const struct fake *f)
{
	return f->roots;
}

size_t
fake_cuts(const struct fake *f)
{
	return f->cuts;
}

int64_t
fake_clock(const struct fake *f)
{
	return f->wall_minus_now_us;
}

void
fake_fail_open(struct fake *f, int err)
{
	f->fail_open = err;
}
