/* spoilt_io.c - see spoilt_io.h. */
#include "spoilt_io.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "buf.h"
#include "list.h"
#include "mem.h"

enum { HEADERS_MAX = 64, EXTRA_MAX = 255 };

/* From here on it comes twice; is lost. */
enum { SPOILT_TWICE = 240, SPOILT_LOST = 248 };

struct spoilt_io {
	struct io io; /* first */
	struct io *real;
	struct span plan;
	struct list handles;
	unsigned opened;
};

/* What stands between a handle and its owner. */
struct between {
	struct list link;
	struct spoilt_io *s;
	struct io_handle *h;
	struct io_owner owner;
	unsigned number;
};

/* Some calls of io.h name only a handle, which is the real io's: so there is one at a time. */
static struct spoilt_io *the_one;

static struct spoilt_io *
self(struct io *io)
{
	return (struct spoilt_io *)(void *)io;
}

/* ---- the plan -------------------------------------------------------------------- */

static uint8_t
plan_u8(struct spoilt_io *s)
{
	if (s->plan.n == 0)
		return 0;
	s->plan = (struct span){ s->plan.p + 1, s->plan.n - 1 };
	return s->plan.p[-1];
}

static struct span
plan_take(struct spoilt_io *s, size_t n)
{
	struct span head = { s->plan.p, n < s->plan.n ? n : s->plan.n };

	if (head.n > 0)
		s->plan = (struct span){ s->plan.p + head.n, s->plan.n - head.n };
	return head;
}

/* A place within n bytes. */
static size_t
plan_place(struct spoilt_io *s, size_t n)
{
	size_t at = plan_u8(s);

	at = at << 8 | plan_u8(s);
	return n > 0 ? at % n : 0;
}

/* ---- what is spoilt ----------------------------------------------------------------- */

/* Change, cut, lengthen or replace bytes that are our own copy. */
static void
spoil_bytes(struct spoilt_io *s, uint8_t how, struct buf *b)
{
	size_t at = plan_place(s, b->n);

	if (how % 8 < 3 && b->n > 0) {
		b->p[at] ^= (uint8_t)(how % 8 == 0 ? 1u << plan_u8(s) % 8 : plan_u8(s));
	} else if (how % 8 == 3) {
		b->n = at;
	} else if (how % 8 == 4) {
		buf_span(b, plan_take(s, plan_u8(s)));
	} else if (how % 8 == 5) {
		struct span over = plan_take(s, plan_u8(s) % 16u);

		for (size_t i = 0; i < over.n && at + i < b->n; i++)
			b->p[at + i] = over.p[i];
	} else if (how % 8 == 6) {
		buf_eat(b, at);
	} else {
		buf_clear(b);
		buf_span(b, plan_take(s, plan_u8(s)));
	}
}

/* What stands before the handle with this number; NULL: the phone has closed it, as it may
 * within an event. */
static struct between *
between_number(const struct spoilt_io *s, unsigned number)
{
	for (struct list *l = s->handles.next; l != &s->handles; l = l->next)
		if (LIST_ITEM(l, struct between, link)->number == number)
			return LIST_ITEM(l, struct between, link);
	return NULL;
}

/* The event with other bytes, at the edge of a heap block of just their size. */
static void
tell_bytes(struct between *b, const struct io_event *ev, struct span bytes)
{
	struct io_event other = *ev;
	uint8_t *copy = mem_new(bytes.n);

	assert(copy != NULL);
	if (bytes.n > 0)
		memcpy(copy, bytes.p, bytes.n);
	other.bytes = (struct span){ copy, bytes.n };
	/* A stream's end is not an empty piece. */
	if (bytes.n > 0 || ev->kind == IO_PACKET)
		b->owner.fn(b->owner.arg, &other);
	mem_free(copy);
}

static void
spoil(struct between *b, const struct io_event *ev, uint8_t how)
{
	struct spoilt_io *s = b->s;
	unsigned number = b->number;
	struct buf bytes = { 0 };

	buf_span(&bytes, ev->bytes);
	if (how < SPOILT_TWICE)
		spoil_bytes(s, how, &bytes);
	if (how < SPOILT_LOST)
		tell_bytes(b, ev, buf_bytes(&bytes));
	if (how >= SPOILT_TWICE && how < SPOILT_LOST && between_number(s, number) != NULL)
		tell_bytes(between_number(s, number), ev, buf_bytes(&bytes));
	buf_done(&bytes);
}

/* Another status, a header less, or one with another value. */
static void
spoil_head(struct between *b, const struct io_event *ev, uint8_t how)
{
	struct io_header headers[HEADERS_MAX];
	struct io_http_seen http = *ev->http;
	char value[EXTRA_MAX + 1];
	struct io_event other = *ev;
	struct span text;
	size_t at = plan_place(b->s, http.n_headers);

	other.http = &http;
	http.headers = headers;
	if (http.n_headers > HEADERS_MAX)
		http.n_headers = HEADERS_MAX;
	memcpy(headers, ev->http->headers, http.n_headers * sizeof headers[0]);
	text = plan_take(b->s, plan_u8(b->s));
	for (size_t i = 0; i < text.n; i++)
		value[i] = text.p[i] >= ' ' ? (char)text.p[i] : ' ';
	value[text.n] = '\0';
	if (how % 4 == 0)
		http.status = 100 + plan_u8(b->s) % 5 * 100 + plan_u8(b->s) % 20;
	else if (how % 4 == 1 && http.n_headers > 0)
		headers[at] = headers[--http.n_headers];
	else if (how % 4 == 2 && http.n_headers > 0)
		headers[at].value = value;
	else if (http.n_headers < HEADERS_MAX)
		headers[http.n_headers++] = (struct io_header){ "WWW-Authenticate", value };
	b->owner.fn(b->owner.arg, &other);
}

static void
spoilt_event(void *arg, const struct io_event *ev)
{
	struct between *b = arg;
	bool bytes = ev->kind == IO_PACKET || ev->kind == IO_BYTES ||
	    (ev->kind == IO_BODY && ev->bytes.p != NULL);
	uint8_t how = bytes || ev->kind == IO_HEAD ? plan_u8(b->s) : 0;

	if (how < SPOILT_PASS)
		b->owner.fn(b->owner.arg, ev);
	else if (bytes)
		spoil(b, ev, how);
	else
		spoil_head(b, ev, how);
}

/* ---- io.h ------------------------------------------------------------------------------ */

static uint64_t
spoilt_now_us(struct io *io)
{
	return self(io)->real->ops->now_us(self(io)->real);
}

static uint32_t
spoilt_random(struct io *io)
{
	return self(io)->real->ops->random(self(io)->real);
}

static void
spoilt_clock(struct io *io, int64_t wall_minus_now_us)
{
	self(io)->real->ops->clock(self(io)->real, wall_minus_now_us);
}

static int
spoilt_address(struct io *io, uint32_t ip, uint16_t vlan)
{
	return self(io)->real->ops->address(self(io)->real, ip, vlan);
}

static int
spoilt_trust(struct io *io, struct span der)
{
	return self(io)->real->ops->trust(self(io)->real, der);
}

/* Stand between before it is opened. */
static struct between *
between_new(struct io *io, const struct io_owner *owner, struct io_owner *ours)
{
	struct between *b = mem_new(sizeof *b);

	if (b == NULL)
		return NULL;
	b->s = self(io);
	b->owner = *owner;
	*ours = (struct io_owner){ owner->scope, spoilt_event, b };
	return b;
}

/* It is open, or it could not be. */
static int
between_done(struct between *b, int err, struct io_handle **out)
{
	if (err != 0) {
		mem_free(b);
		return err;
	}
	b->number = b->s->opened++;
	list_add_tail(&b->s->handles, &b->link);
	*out = b->h;
	return 0;
}

static struct between *
between_of(struct spoilt_io *s, const struct io_handle *h)
{
	for (struct list *l = s->handles.next; l != &s->handles; l = l->next)
		if (LIST_ITEM(l, struct between, link)->h == h)
			return LIST_ITEM(l, struct between, link);
	return NULL;
}

static int
spoilt_dhcp(struct io *io, struct io_owner owner, uint16_t vlan, struct io_handle **out)
{
	struct io_owner ours;
	struct between *b = between_new(io, &owner, &ours);

	if (b == NULL)
		return -ENOMEM;
	return between_done(
	    b, self(io)->real->ops->dhcp(self(io)->real, ours, vlan, &b->h), out);
}

static int
spoilt_udp(struct io *io, struct io_owner owner, struct io_addr to, struct io_handle **out)
{
	struct io_owner ours;
	struct between *b = between_new(io, &owner, &ours);

	if (b == NULL)
		return -ENOMEM;
	return between_done(b, self(io)->real->ops->udp(self(io)->real, ours, to, &b->h), out);
}

static int
spoilt_stream(struct io *io, struct io_owner owner, const struct io_stream_cfg *cfg,
    struct io_handle **out)
{
	struct io_owner ours;
	struct between *b = between_new(io, &owner, &ours);

	if (b == NULL)
		return -ENOMEM;
	return between_done(
	    b, self(io)->real->ops->stream(self(io)->real, ours, cfg, &b->h), out);
}

static int
spoilt_http(struct io *io, struct io_owner owner, const struct io_stream_cfg *cfg,
    struct io_handle **out)
{
	struct io_owner ours;
	struct between *b = between_new(io, &owner, &ours);

	if (b == NULL)
		return -ENOMEM;
	return between_done(
	    b, self(io)->real->ops->http(self(io)->real, ours, cfg, &b->h), out);
}

static int
spoilt_alarm(struct io *io, struct io_owner owner, struct io_handle **out)
{
	struct io_owner ours;
	struct between *b = between_new(io, &owner, &ours);

	if (b == NULL)
		return -ENOMEM;
	return between_done(b, self(io)->real->ops->alarm(self(io)->real, ours, &b->h), out);
}

static void
spoilt_alarm_set(struct io_handle *h, uint64_t after_us)
{
	the_one->real->ops->alarm_set(h, after_us);
}

static int
spoilt_send(struct io_handle *h, struct span bytes)
{
	return the_one->real->ops->send(h, bytes);
}

static int
spoilt_ask(struct io_handle *h, const struct io_ask *ask)
{
	return the_one->real->ops->ask(h, ask);
}

static void
spoilt_give(struct io_handle *h, struct io_owner owner)
{
	struct between *b = between_of(the_one, h);

	b->owner = owner;
	the_one->real->ops->give(h, (struct io_owner){ owner.scope, spoilt_event, b });
}

static void
between_free(struct between *b)
{
	list_remove(&b->link);
	mem_free(b);
}

static void
spoilt_close(struct io_handle *h)
{
	between_free(between_of(the_one, h));
	the_one->real->ops->close(h);
}

static void
spoilt_power_cut(struct io *io)
{
	struct spoilt_io *s = self(io);

	s->real->ops->power_cut(s->real);
	while (!list_empty(&s->handles))
		between_free(LIST_ITEM(s->handles.next, struct between, link));
}

int
spoilt_io_new(struct io *real, struct span plan, struct io **out)
{
	static const struct io_ops ops = {
		.now_us = spoilt_now_us,
		.random = spoilt_random,
		.clock = spoilt_clock,
		.address = spoilt_address,
		.trust = spoilt_trust,
		.dhcp = spoilt_dhcp,
		.udp = spoilt_udp,
		.stream = spoilt_stream,
		.http = spoilt_http,
		.alarm = spoilt_alarm,
		.alarm_set = spoilt_alarm_set,
		.send = spoilt_send,
		.ask = spoilt_ask,
		.give = spoilt_give,
		.close = spoilt_close,
		.power_cut = spoilt_power_cut,
	};
	struct spoilt_io *s = mem_new(sizeof *s);

	if (s == NULL)
		return -ENOMEM;
	assert(the_one == NULL);
	s->io.ops = &ops;
	s->real = real;
	s->plan = plan;
	list_init(&s->handles);
	the_one = s;
	*out = &s->io;
	return 0;
}

void
spoilt_io_free(struct io *io)
{
	if (io == NULL)
		return;
	assert(list_empty(&self(io)->handles));
	the_one = NULL;
	mem_free(io);
}

bool
spoilt_io_is_over(const struct io *io)
{
	return ((const struct spoilt_io *)(const void *)io)->plan.n == 0;
}
