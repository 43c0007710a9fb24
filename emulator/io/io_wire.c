/*
 * io_wire.c - a shard's phones on an interface: their leased addresses are the host's while
 * they have them.
 *
 * An address is one `local' route of /32: sockets may bind to it, and the kernel answers ARP
 * for it, with the interface's MAC.  It must not be there before it is leased: servers ping
 * what they are about to lease.  Sockets are bound to the interface, where the kernel takes
 * what it knows no way to for its neighbour; the lease's mask and router make a table of our
 * own, asked after the host's, for what comes from the lease's network.
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dhcp_msg.h"
#include "io_tcp_priv.h"
#include "io_wire_priv.h"
#include "mem.h"
#include "rtnl.h"

/* ---- interfaces ---- */

static int
wire_enter(struct io_lan *wire, uint16_t vlan, const char *name)
{
	struct wire_if *slot = &wire->ifs[wire->n_ifs];
	int err;

	if (wire->n_ifs == WIRE_IFS_MAX)
		return -ENOSPC;
	err = io_wire_look(name, slot);
	if (err != 0)
		return err;
	slot->vlan = vlan;
	slot->made = false;
	wire->n_ifs++;
	return 0;
}

/* The kernel's own interface for a tag, if it knows 802.1Q.  Another shard may be faster. */
static int
wire_make(struct io_lan *wire, uint16_t vlan, struct wire_if **out)
{
	struct rtnl_thing link = { RTNL_LINK, .index = wire->ifs[0].index, .vlan = vlan };
	int err;

	(void)snprintf(link.name, sizeof link.name, "%.9s.%u", wire->ifs[0].name, vlan);
	(void)snprintf(link.alias, sizeof link.alias, "cx700farm %u", wire->owner);
	err = rtnl_add(wire->rtnl, &link);
	if (err != 0 && err != -EEXIST)
		return err;
	err = wire_enter(wire, vlan, link.name);
	if (err != 0)
		return err;
	*out = &wire->ifs[wire->n_ifs - 1];
	(*out)->made = true;
	return 0;
}

/* ---- the way out ---- */

void
io_wire_learn(struct io_phone *phone, struct span message)
{
	struct dhcp_msg m;

	if (phone->world->wire == NULL || dhcp_msg_decode(&m, message) != 0 ||
	    m.type != DHCP_ACK)
		return;
	phone->acked.ip = m.yiaddr;
	phone->acked.mask = phone->acked.router = 0;
	(void)dhcp_msg_u32(&m, DHCP_OPT_MASK, &phone->acked.mask);
	(void)dhcp_msg_u32(&m, DHCP_OPT_ROUTER, &phone->acked.router);
}

static bool
wire_has_net(const struct io_lan *wire, const struct wire_net *net)
{
	for (size_t i = 0; i < wire->n_nets; i++)
		if (memcmp(&wire->nets[i], net, sizeof *net) == 0)
			return true;
	return false;
}

/*
 * Once for all phones of the network.  Another shard may have done it; and without it the
 * phones reach at least their neighbours, so that no error is one.
 */
static void
wire_ways(struct io_lan *wire, const struct io_phone *phone, int index)
{
	struct wire_net net = { phone->acked.ip & phone->acked.mask, phone->acked.mask,
		phone->acked.router, index };
	struct rtnl_thing way = { .what = RTNL_ROUTE,
		.ip = net.ip,
		.len = (uint8_t)__builtin_popcount(net.mask),
		.table = wire->owner,
		.index = index };

	if (way.len == 0 || wire->n_nets == WIRE_NETS_MAX || wire_has_net(wire, &net))
		return;
	wire->nets[wire->n_nets++] = net;
	(void)rtnl_add(wire->rtnl, &way);
	way.what = RTNL_RULE;
	(void)rtnl_add(wire->rtnl, &way);
	if (net.router == 0)
		return;
	(void)rtnl_add(wire->rtnl,
	    &(struct rtnl_thing){ .what = RTNL_ROUTE,
		.gateway = net.router,
		.table = wire->owner,
		.metric = (uint32_t)index,
		.index = index });
}

/* ---- addresses ---- */

static bool
wire_may_have(const struct io_lan *wire, uint32_t ip)
{
	for (size_t i = 0; i < wire->n_addresses; i++)
		if ((ip & wire->addresses[i].mask) == wire->addresses[i].ip)
			return true;
	return wire->n_addresses == 0;
}

/* Neither 0/8 nor 127/8, nor what is several hosts or nobody: RFC 1122 section 3.2.1.3. */
static bool
wire_is_host(uint32_t ip)
{
	uint32_t first = ip >> 24;

	return first != 0 && first != 127 && first < 224;
}

static struct rtnl_thing
wire_route(const struct io_lan *wire, uint32_t ip, int index)
{
	return (struct rtnl_thing){ .what = RTNL_ROUTE,
		.ip = ip,
		.len = 32,
		.local = true,
		.metric = wire->owner,
		.index = index };
}

/* What is the host's already, or another phone's, is somebody else's. */
static int
wire_take(struct io_lan *wire, uint32_t ip, int index)
{
	struct rtnl_thing route = wire_route(wire, ip, index);
	int what = rtnl_where(wire->rtnl, ip), err;

	if (what == RTN_LOCAL)
		return -EADDRINUSE;
	if (what == RTN_BROADCAST || what == RTN_MULTICAST)
		return -EADDRNOTAVAIL;
	err = rtnl_add(wire->rtnl, &route);
	return err == -EEXIST ? -EADDRINUSE : err;
}

static void
wire_remove(const struct io_lan *wire, uint32_t ip, int index)
{
	struct rtnl_thing route = wire_route(wire, ip, index);

	if (ip != 0)
		(void)rtnl_remove(wire->rtnl, &route);
}

/* Is a connection open, or does it linger?  Its FIN or RST must still leave from where it was.
 */
static bool
wire_is_busy(const struct io_phone *phone)
{
	for (struct list *link = phone->handles.next; link != &phone->handles;
	     link = link->next) {
		struct io_handle *h = LIST_ITEM(link, struct io_handle, of_phone);

		if (h->type == &io_stream_type || h->type->ask != NULL)
			return true;
	}
	return false;
}

/* The phone has no address any more; the host may have it until the next one or power off. */
static void
wire_let(struct io_phone *phone)
{
	struct io_lan *wire = phone->world->wire;

	if (phone->ip != 0) {
		wire_remove(wire, phone->left, phone->left_dev);
		phone->left = phone->ip;
		phone->left_dev = phone->dev;
	}
	if (!wire_is_busy(phone)) {
		wire_remove(wire, phone->left, phone->left_dev);
		phone->left = 0;
	}
	phone->ip = 0;
	phone->vlan = 0;
	phone->dev = 0;
}

/* The interface of the phone's address-to-be, made if need be. */
static int
wire_place(struct io_world *w, uint32_t ip, uint16_t vlan, struct wire_if **out)
{
	if (!wire_is_host(ip))
		return -EADDRNOTAVAIL;
	if (!wire_may_have(w->wire, ip))
		return -EPERM;
	*out = io_wire_find(w, vlan);
	return *out != NULL ? 0 : wire_make(w->wire, vlan, out);
}

int
io_wire_address(struct io_phone *phone, uint32_t ip, uint16_t vlan)
{
	struct io_world *w = phone->world;
	struct wire_if *on;
	int err;

	if (ip == 0) {
		wire_let(phone);
		return 0;
	}
	if (ip == phone->ip && vlan == phone->vlan)
		return 0;
	err = wire_place(w, ip, vlan, &on);
	if (err == 0 && ip == phone->left && on->index == phone->left_dev)
		phone->left = 0; /* it never went */
	else if (err == 0)
		err = wire_take(w->wire, ip, on->index);
	if (err != 0)
		return err;
	wire_let(phone);
	phone->ip = ip;
	phone->vlan = vlan;
	phone->dev = on->index;
	if (phone->acked.ip == ip)
		wire_ways(w->wire, phone, on->index);
	/* Servers that answered DHCP to the phone's MAC may have noted it down. */
	io_dhcp_wire_announce(w, on, ip);
	return 0;
}

/* ---- of a world ---- */

int
io_wire_init(struct io_world *w, const struct io_world_cfg *cfg, const char **err_out)
{
	struct io_lan *wire;
	int err;

	if (cfg->net != IO_NET_INTERFACE)
		return 0;
	wire = mem_new(sizeof *wire);
	if (wire == NULL)
		return -ENOMEM;
	w->wire = wire;
	wire->owner = io_wire_owner();
	wire->addresses = (struct io_net *)(void *)mem_copy(
	    cfg->addresses, cfg->n_addresses * sizeof *cfg->addresses);
	wire->n_addresses = cfg->n_addresses;
	wire->rtnl = wire->addresses != NULL ? rtnl_open() : -ENOMEM;
	if (wire->rtnl < 0) {
		*err_out = wire->addresses != NULL ? "no talk with the kernel's routes" : NULL;
		return wire->rtnl;
	}
	*err_out = "an interface of the pool file cannot be used";
	err = wire_enter(wire, 0, cfg->interface);
	for (size_t i = 0; err == 0 && i < cfg->n_vlans; i++)
		err = wire_enter(wire, cfg->vlans[i].vlan, cfg->vlans[i].interface);
	if (err == 0)
		*err_out = NULL;
	return err;
}

void
io_wire_done(struct io_world *w)
{
	if (w->wire == NULL)
		return;
	if (w->wire->rtnl >= 0)
		(void)close(w->wire->rtnl);
	mem_free(w->wire->addresses);
	mem_free(w->wire);
	w->wire = NULL;
}
