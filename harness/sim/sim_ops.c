/* sim_ops.c - the calls of io.h in the fake world. */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "mem.h"
#include "sim_priv.h"

static struct sim *
world(struct io *io)
{
	return (struct sim *)(void *)io;
}

/* ---- handles and scopes -------------------------------------------------- */

static void
handle_link(struct io_handle *h, struct io_owner owner)
{
	assert(owner.scope != NULL && owner.fn != NULL);
	h->owner = owner;
	h->next = owner.scope->first;
	h->prev = &owner.scope->first;
	if (h->next != NULL)
		h->next->prev = &h->next;
	owner.scope->first = h;
}

static void
handle_unlink(struct io_handle *h)
{
	*h->prev = h->next;
	if (h->next != NULL)
		h->next->prev = h->prev;
}

/* Closed, it stays in its grave until the world ends: a call with it is then an assert. */
static void
handle_bury(struct io_handle *h)
{
	assert(h->open);
	h->open = false;
	sim_due_drop(h, false);
	handle_unlink(h);
	list_remove(&h->all);
	list_add_tail(&h->f->dead, &h->all);
	h->f->open--;
}

static int
handle_open(
    struct io *io, struct io_owner owner, const struct io_handle *like, struct io_handle **out)
{
	struct sim *f = world(io);
	struct io_handle *h;

	if (f->fail_open != 0)
		return f->fail_open;
	if (like->type != SIM_ALARM && like->type != SIM_DHCP && f->ip == 0)
		return -EADDRNOTAVAIL;
	h = mem_new(sizeof *h);
	if (h == NULL)
		return -ENOMEM;

	*h = *like;
	h->f = f;
	h->open = true;
	if (like->cfg.name != NULL) {
		assert(strlen(like->cfg.name) < sizeof h->name);
		strcpy(h->name, like->cfg.name);
		h->cfg.name = h->name;
	}
	handle_link(h, owner);
	list_add_tail(&f->handles, &h->all);
	f->open++;
	*out = h;
	return 0;
}

/* ---- time and chance ------------------------------------------------------ */

static uint64_t
sim_ops_now(struct io *io)
{
	return world(io)->now_us;
}

static uint32_t
sim_ops_random(struct io *io)
{
	struct sim *f = world(io);

	if (f->n_numbers == 0)
		return rng_u32(&f->rng);
	return f->numbers[f->at_number++ % f->n_numbers];
}

static void
sim_ops_clock(struct io *io, int64_t wall_minus_now_us)
{
	world(io)->wall_minus_now_us = wall_minus_now_us;
}

static int
sim_ops_address(struct io *io, uint32_t ip, uint16_t vlan)
{
	world(io)->ip = ip;
	world(io)->vlan = vlan;
	return 0;
}

static int
sim_ops_trust(struct io *io, struct span der)
{
	if (der.n == 0)
		return -EINVAL;
	world(io)->roots++;
	return 0;
}

/* ---- opening ---------------------------------------------------------------- */

static int
sim_ops_dhcp(struct io *io, struct io_owner owner, uint16_t vlan, struct io_handle **out)
{
	struct io_handle h = { .type = SIM_DHCP, .to = { 0xffffffff, 67 }, .vlan = vlan };

	return handle_open(io, owner, &h, out);
}

static int
sim_ops_udp(struct io *io, struct io_owner owner, struct io_addr to, struct io_handle **out)
{
	struct io_handle h = { .type = SIM_UDP, .to = to };

	return handle_open(io, owner, &h, out);
}

static int
sim_ops_stream(struct io *io, struct io_owner owner, const struct io_stream_cfg *cfg,
    struct io_handle **out)
{
	struct io_handle h = { .type = SIM_STREAM, .to = cfg->to, .cfg = *cfg };
	int rc = handle_open(io, owner, &h, out);

	if (rc == 0 && !sim_tell(*out, (struct sim_call){ .deed = SIM_OPENED }))
		sim_down(world(io), *out, 0, -ECONNREFUSED, NULL);
	return rc;
}

/* A session is only a promise: nobody is asked before the first request. */
static int
sim_ops_http(struct io *io, struct io_owner owner, const struct io_stream_cfg *cfg,
    struct io_handle **out)
{
	struct io_handle h = { .type = SIM_HTTP, .to = cfg->to, .cfg = *cfg };
	int rc = handle_open(io, owner, &h, out);

	if (rc == 0)
		(void)sim_tell(*out, (struct sim_call){ .deed = SIM_OPENED });
	return rc;
}

static int
sim_ops_alarm(struct io *io, struct io_owner owner, struct io_handle **out)
{
	struct io_handle h = { .type = SIM_ALARM };

	return handle_open(io, owner, &h, out);
}

/* ---- with a handle ------------------------------------------------------------ */

static void
sim_ops_alarm_set(struct io_handle *h, uint64_t after_us)
{
	assert(h->open && h->type == SIM_ALARM);
	sim_due_drop(h, true);
	(void)sim_due_new(h, after_us, IO_ALARM);
}

static int
sim_ops_send(struct io_handle *h, struct span bytes)
{
	assert(h->open && h->type != SIM_ALARM && h->type != SIM_HTTP);
	if (h->type == SIM_STREAM && !h->up)
		return -ENOTCONN;
	if (bytes.n > SIM_QUEUE_MAX)
		return -ENOBUFS;
	(void)sim_tell(h, (struct sim_call){ .deed = SIM_SENT, .bytes = bytes });
	return 0;
}

static int
sim_ops_ask(struct io_handle *h, const struct io_ask *ask)
{
	assert(h->open && h->type == SIM_HTTP);
	if (h->asking)
		return -EBUSY;
	h->asking = true;
	h->count = ask->reply == IO_COUNT;
	if (!sim_tell(h, (struct sim_call){ .deed = SIM_ASKED, .ask = ask }))
		sim_down(h->f, h, 0, -ECONNREFUSED, NULL);
	return 0;
}

static void
sim_ops_give(struct io_handle *h, struct io_owner owner)
{
	assert(h->open);
	handle_unlink(h);
	handle_link(h, owner);
}

static void
sim_ops_close(struct io_handle *h)
{
	handle_bury(h);
	(void)sim_tell(h, (struct sim_call){ .deed = SIM_CLOSED });
}

static void
sim_ops_power_cut(struct io *io)
{
	struct sim *f = world(io);

	while (!list_empty(&f->handles)) {
		struct io_handle *h = LIST_ITEM(f->handles.next, struct io_handle, all);

		handle_bury(h);
		(void)sim_tell(h, (struct sim_call){ .deed = SIM_CUT });
	}
	f->ip = 0;
	f->vlan = 0;
	f->cuts++;
}

const struct io_ops sim_ops = {
	.now_us = sim_ops_now,
	.random = sim_ops_random,
	.clock = sim_ops_clock,
	.address = sim_ops_address,
	.trust = sim_ops_trust,
	.dhcp = sim_ops_dhcp,
	.udp = sim_ops_udp,
	.stream = sim_ops_stream,
	.http = sim_ops_http,
	.alarm = sim_ops_alarm,
	.alarm_set = sim_ops_alarm_set,
	.send = sim_ops_send,
	.ask = sim_ops_ask,
	.give = sim_ops_give,
	.close = sim_ops_close,
	.power_cut = sim_ops_power_cut,
};
