/* sim_ops.c - the calls of io.h in the simulated world. */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "mem.h"
#include "sim_priv.h"
#include "sim_shape.h"

enum { NOBODY_US = 3000000 }; /* the last router asks three times for the host's MAC */

/* ---- time and chance ---- */

static uint64_t
ops_now(struct io *io)
{
	return sim_clock_us(sim_phone_of(io)->sim->clock);
}

static uint32_t
ops_random(struct io *io)
{
	struct sim_phone *p = sim_phone_of(io);
	struct sim *sim = p->sim;

	if (sim->n_numbers == 0)
		return rng_u32(&p->rng);
	return sim->numbers[sim->at_number++ % sim->n_numbers];
}

static void
ops_clock(struct io *io, int64_t wall_minus_now_us)
{
	sim_phone_of(io)->wall_minus_now_us = wall_minus_now_us;
	sim_phone_of(io)->told_clock = true;
}

static int
ops_address(struct io *io, uint32_t ip, uint16_t vlan)
{
	sim_phone_of(io)->ip = ip;
	sim_phone_of(io)->vlan = vlan;
	return 0;
}

/* ---- opening ---- */

/* Few: all the names that anybody connects to are servers'. */
static int
ops_name(struct sim *sim, const char *text, const char **out)
{
	struct sim_name *name = sim->names;
	size_t n = strlen(text);

	while (name != NULL && strcmp(name->text, text) != 0)
		name = name->next;
	if (name == NULL) {
		name = mem_new(sizeof *name + n + 1);
		if (name == NULL)
			return -ENOMEM;
		memcpy(name->text, text, n);
		name->next = sim->names;
		sim->names = name;
	}
	*out = name->text;
	return 0;
}

struct io_addr
sim_phone_port(struct sim_phone *p, struct io_addr to)
{
	struct io_addr from = { p->ip, p->port };

	/* Unicast DHCP leaves from the client's port. */
	if (to.port == 67)
		from.port = 68;
	else
		p->port = p->port == UINT16_MAX ? SIM_FIRST_PORT : (uint16_t)(p->port + 1);
	return from;
}

void
sim_nobody(struct sim_conn *c)
{
	bool there = sim_host_is_there(c->h.sim, c->to.ip);
	bool datagram = c->h.type == SIM_UDP || c->h.type == SIM_DHCP;
	struct sim_parcel_in *in;

	/* Only a host that is known to be there has closed ports. */
	if (datagram && (c->h.type == SIM_DHCP || !there || c->h.sim->n_addressed == 0))
		return;
	in = sim_parcel_back(c, IO_DOWN);
	if (in == NULL)
		return;
	in->p.err = there ? -ECONNREFUSED : -EHOSTUNREACH;
	sim_parcel_send(in, there ? 0 : NOBODY_US);
}

static int
ops_dhcp(struct io *io, struct io_owner owner, uint16_t vlan, struct io_handle **out)
{
	struct sim_phone *p = sim_phone_of(io);
	const struct sim_relay_at *relay = sim_relay_of(p->sim, vlan);
	struct io_handle *h;
	int rc;

	if (p->sim->n_relays > 0 && relay == NULL)
		return -EINVAL;
	rc = sim_handle_open(p, owner, SIM_DHCP, &h);
	if (rc < 0)
		return rc;
	sim_conn_of(h)->to = (struct io_addr){ 0xffffffff, 67 };
	sim_conn_of(h)->from = (struct io_addr){ 0, 68 };
	if (relay != NULL)
		sim_conn_of(h)->from = (struct io_addr){ relay->giaddr, 67 };
	sim_conn_of(h)->vlan = vlan;
	*out = h;
	return 0;
}

static int
ops_udp(struct io *io, struct io_owner owner, struct io_addr to, struct io_handle **out)
{
	struct sim_phone *p = sim_phone_of(io);
	struct io_handle *h;
	int rc = sim_handle_open(p, owner, SIM_UDP, &h);

	if (rc < 0)
		return rc;
	sim_conn_of(h)->to = to;
	sim_conn_of(h)->from = sim_phone_port(p, to);
	*out = h;
	return 0;
}

/* A stream or a session. */
static int
ops_conn(struct sim_phone *p, struct io_owner owner, const struct io_stream_cfg *cfg,
    enum sim_type type, struct io_handle **out)
{
	const char *name = NULL;
	struct sim_conn *c;
	int rc = 0;

	if (cfg->name != NULL)
		rc = ops_name(p->sim, cfg->name, &name);
	if (rc == 0)
		rc = sim_handle_open(p, owner, type, out);
	if (rc < 0)
		return rc;
	c = sim_conn_of(*out);
	c->to = cfg->to;
	c->cfg = *cfg;
	c->cfg.name = name;
	c->from.ip = p->ip;
	return 0;
}

static int
ops_stream(struct io *io, struct io_owner owner, const struct io_stream_cfg *cfg,
    struct io_handle **out)
{
	struct sim_phone *p = sim_phone_of(io);
	struct io_handle *h;
	int rc = ops_conn(p, owner, cfg, SIM_STREAM, &h);

	if (rc < 0)
		return rc;
	sim_conn_of(h)->from = sim_phone_port(p, cfg->to);
	sim_deed(sim_conn_of(h), (struct sim_call){ .deed = SIM_OPENED });
	*out = h;
	return 0;
}

/* A session is only a promise: nothing goes over the wire before the first request. */
static int
ops_http(struct io *io, struct io_owner owner, const struct io_stream_cfg *cfg,
    struct io_handle **out)
{
	int rc = ops_conn(sim_phone_of(io), owner, cfg, SIM_HTTP, out);

	if (rc == 0)
		(void)sim_tell(sim_conn_of(*out), (struct sim_call){ .deed = SIM_OPENED });
	return rc;
}

static int
ops_alarm(struct io *io, struct io_owner owner, struct io_handle **out)
{
	return sim_handle_open(sim_phone_of(io), owner, SIM_ALARM, out);
}

/* ---- with a handle ---- */

static void
ops_alarm_set(struct io_handle *h, uint64_t after_us)
{
	assert(h->open && h->type == SIM_ALARM);
	(void)sim_clock_set(h->sim->clock, &h->ring, after_us);
}

static int
ops_send_datagram(struct sim_conn *c, struct span bytes)
{
	if (c->over)
		return -ENOTCONN;
	if (bytes.n > SIM_DATAGRAM_MAX)
		return -EMSGSIZE;
	sim_deed(c, (struct sim_call){ .deed = SIM_SENT, .bytes = bytes });
	return 0;
}

static int
ops_send(struct io_handle *h, struct span bytes)
{
	struct sim_conn *c = sim_conn_of(h);

	assert(h->open);
	switch (h->type) {
	case SIM_DHCP:
		return sim_dhcp_send(c, bytes);
	case SIM_UDP:
		return ops_send_datagram(c, bytes);
	case SIM_STREAM:
		break;
	case SIM_HTTP:
	case SIM_ALARM:
		return -EINVAL;
	}
	if (!c->up)
		return -ENOTCONN;
	if (c->waiting > SIM_QUEUE_MAX)
		return -ENOBUFS;
	sim_deed(c, (struct sim_call){ .deed = SIM_SENT, .bytes = bytes });
	return 0;
}

static void
ops_close(struct io_handle *h)
{
	sim_handle_close(h, SIM_CLOSED);
}

static void
ops_power_cut(struct io *io)
{
	struct sim_phone *p = sim_phone_of(io);

	while (!list_empty(&p->handles))
		sim_handle_close(LIST_ITEM(p->handles.next, struct io_handle, all), SIM_CUT);
	if (p->shape != NULL)
		sim_shape_cut(p->shape);
	p->ip = 0;
	p->vlan = 0;
	p->n_cuts++;
}

const struct io_ops sim_ops = {
	.now_us = ops_now,
	.random = ops_random,
	.clock = ops_clock,
	.address = ops_address,
	.trust = sim_phone_trust,
	.dhcp = ops_dhcp,
	.udp = ops_udp,
	.stream = ops_stream,
	.http = ops_http,
	.alarm = ops_alarm,
	.alarm_set = ops_alarm_set,
	.send = ops_send,
	.ask = sim_http_ask,
	.give = sim_handle_give,
	.close = ops_close,
	.power_cut = ops_power_cut,
};
