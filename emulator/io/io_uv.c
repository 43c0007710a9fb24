/* io_uv.c - the real world: its making, a phone's part of it, and where both may send. */
#include "io_uv.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io_priv.h"
#include "io_shaper.h"
#include "io_tls.h"
#include "loop_priv.h"
#include "mem.h"

/* ---- addresses and ports ---- */

static const struct io_port *
port_find(const struct io_world *w, uint16_t standard)
{
	for (size_t i = 0; i < w->n_ports; i++)
		if (w->ports[i].standard == standard)
			return &w->ports[i];
	return NULL;
}

uint16_t
io_real_port(const struct io_world *w, uint16_t standard)
{
	const struct io_port *port = port_find(w, standard);

	if (port != NULL)
		return port->real;
	if (standard == 68 && (port = port_find(w, 67)) != NULL)
		return (uint16_t)(port->real + 1);
	return standard;
}

bool
io_allowed(const struct io_world *w, uint32_t ip)
{
	for (size_t i = 0; i < w->n_allow; i++)
		if ((ip & w->allow[i].mask) == (w->allow[i].ip & w->allow[i].mask))
			return true;
	return false;
}

int
io_may_open(const struct io_phone *phone, struct io_addr to)
{
	if (phone->ip == 0)
		return -EADDRNOTAVAIL;
	return io_allowed(phone->world, to.ip) ? 0 : -EPERM;
}

int
io_socket(const struct io_phone *phone, int type, uint16_t port)
{
	struct sockaddr_in sa = {
		.sin_family = AF_INET,
		.sin_port = htons(port != 0 ? io_real_port(phone->world, port) : 0),
		.sin_addr.s_addr = htonl(phone->ip),
	};
	int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int on = 1, rc;

	if (fd < 0)
		return -errno;
	if (port != 0)
		rc = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	else /* the port is chosen when it connects: as many as there are servers */
		rc = setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
	/* In a VLAN, or where the host has other ways, too, it leaves by its own interface. */
	if (rc == 0 && phone->dev != 0)
		rc = setsockopt(
		    fd, SOL_SOCKET, SO_BINDTOIFINDEX, &phone->dev, sizeof(phone->dev));
	if (rc < 0 || bind(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0) {
		rc = -errno;
		close(fd);
		return rc;
	}
	return fd;
}

/* ---- what is counted ---- */

void
io_count_out(struct io_world *w, enum io_service service, size_t bytes)
{
	w->counts[service].requests++;
	w->counts[service].bytes_out += bytes;
}

void
io_count_in(struct io_world *w, enum io_service service, size_t bytes)
{
	w->counts[service].replies++;
	w->counts[service].bytes_in += bytes;
}

const struct io_count *
io_world_counts(const struct io_world *w)
{
	return w->counts;
}

/* ---- a phone's calls ---- */

static uint64_t
phone_now_us(struct io *io)
{
	(void)io;
	return io_now_us();
}

static uint32_t
phone_random(struct io *io)
{
	return rng_u32(&((struct io_phone *)io)->chance);
}

static void
phone_clock(struct io *io, int64_t wall_minus_now_us)
{
	((struct io_phone *)io)->wall_minus_now_us = wall_minus_now_us;
}

/* Loopback has no VLANs of its own: the address alone says where we are. */
static int
phone_address(struct io *io, uint32_t ip, uint16_t vlan)
{
	struct io_phone *phone = (struct io_phone *)io;

	if (phone->world->wire != NULL)
		return io_wire_address(phone, ip, vlan);
	phone->ip = ip;
	return 0;
}

static int
phone_trust(struct io *io, struct span der)
{
	struct io_phone *phone = (struct io_phone *)io;

	return io_roots_add(phone->world, phone->roots, der, &phone->roots);
}

static int
phone_send(struct io_handle *h, struct span bytes)
{
	return h->type->send != NULL ? h->type->send(h, bytes) : -EINVAL;
}

static int
phone_ask(struct io_handle *h, const struct io_ask *ask)
{
	return h->type->ask != NULL ? h->type->ask(h, ask) : -EINVAL;
}

static void
phone_power_cut(struct io *io)
{
	struct io_phone *phone = (struct io_phone *)io;

	while (!list_empty(&phone->handles))
		io_handle_cut(LIST_ITEM(phone->handles.next, struct io_handle, of_phone));
	if (phone->shaper != NULL)
		io_shaper_cut(phone->shaper);
	(void)phone_address(io, 0, 0);
}

static const struct io_ops phone_ops = {
	.now_us = phone_now_us,
	.random = phone_random,
	.clock = phone_clock,
	.address = phone_address,
	.trust = phone_trust,
	.dhcp = io_dhcp_open,
	.udp = io_udp_open,
	.stream = io_stream_open,
	.http = io_http_open,
	.alarm = io_alarm_open,
	.alarm_set = io_alarm_set,
	.send = phone_send,
	.ask = phone_ask,
	.give = io_handle_give,
	.close = io_handle_close,
	.power_cut = phone_power_cut,
};

/* ---- phones ---- */

/* The table by which DHCP's replies find their phone. */
static int
phone_enter(struct io_world *w, struct io_phone *phone)
{
	size_t slot = phone->index / w->shards;

	if (slot >= w->n_phones) {
		size_t n = slot + 1 > 2 * w->n_phones ? slot + 1 : 2 * w->n_phones;
		struct io_phone **phones =
		    mem_realloc(w->phones, n * sizeof(struct io_phone *));

		if (phones == NULL)
			return -ENOMEM;
		for (size_t i = w->n_phones; i < n; i++)
			phones[i] = NULL;
		w->phones = phones;
		w->n_phones = n;
	}
	w->phones[slot] = phone;
	return 0;
}

int
io_phone_new(struct io_world *w, const struct io_phone_cfg *cfg, struct io **out)
{
	struct io_phone *phone;

	if (cfg->index % w->shards != w->shard)
		return -EINVAL;
	phone = mem_new(sizeof(*phone));
	if (phone == NULL)
		return -ENOMEM;
	phone->io.ops = &phone_ops;
	phone->world = w;
	phone->index = cfg->index;
	memcpy(phone->mac, cfg->mac, sizeof(phone->mac));
	list_init(&phone->handles);
	rng_seed(&phone->chance, cfg->seed, cfg->index);
	phone->wall_minus_now_us = loop_wall_us() - (int64_t)io_now_us();
	phone->tls = io_tls_conf_at(w, cfg->tls);
	if ((io_shape_is_needed(cfg->link) && io_shaper_new(phone, cfg->link, cfg->seed) < 0) ||
	    phone_enter(w, phone) < 0) {
		io_shaper_free(phone->shaper);
		mem_free(phone);
		return -ENOMEM;
	}
	*out = &phone->io;
	return 0;
}

void
io_phone_tls(struct io *io, unsigned tls)
{
	struct io_phone *phone = (struct io_phone *)io;

	phone->tls = io_tls_conf_at(phone->world, tls);
}

void
io_phone_distrust(struct io *io)
{
	((struct io_phone *)io)->roots = NULL;
}

void
io_phone_free(struct io *io)
{
	struct io_phone *phone = (struct io_phone *)io;

	if (phone == NULL)
		return;
	phone_power_cut(io);
	phone->world->phones[phone->index / phone->world->shards] = NULL;
	io_shaper_free(phone->shaper);
	io_bury(phone->world, phone);
}

/* ---- the world ---- */

static int
world_copy(struct io_world *w, const struct io_world_cfg *cfg)
{
	w->ports =
	    (struct io_port *)(void *)mem_copy(cfg->ports, cfg->n_ports * sizeof(*cfg->ports));
	w->allow =
	    (struct io_net *)(void *)mem_copy(cfg->allow, cfg->n_allow * sizeof(*cfg->allow));
	w->scratch = mem_new(IO_READ_MAX);
	w->shards = cfg->shards != 0 ? cfg->shards : 1;
	w->n_phones = cfg->max_phones / w->shards + 1;
	w->phones = mem_new(w->n_phones * sizeof(struct io_phone *));
	if (w->ports == NULL || w->allow == NULL || w->scratch == NULL || w->phones == NULL)
		return -ENOMEM;
	w->n_ports = cfg->n_ports;
	w->n_allow = cfg->n_allow;
	w->shard = cfg->shard;
	for (int i = 0; i < 6; i++)
		w->mac_base = w->mac_base << 8 | cfg->mac_base[i];
	return 0;
}

int
io_world_new(struct loop *loop, const struct io_world_cfg *cfg, struct io_world **out,
    const char **err_out)
{
	struct io_world *w = mem_new(sizeof(*w));
	int rc;

	*err_out = NULL;
	if (w == NULL)
		return -ENOMEM;
	w->loop = loop;
	rc = io_turn_init(w, err_out);
	if (rc < 0) {
		mem_free(w);
		return rc;
	}
	*err_out = NULL;
	rc = world_copy(w, cfg);
	if (rc == 0)
		rc = io_tls_world_init(w, cfg, err_out);
	if (rc == 0)
		rc = io_http_init(w, err_out);
	if (rc == 0)
		rc = io_wire_init(w, cfg, err_out);
	if (rc == 0)
		rc = io_dhcp_init(w, cfg, err_out);
	if (rc < 0) {
		io_world_free(w);
		return rc;
	}
	*out = w;
	return 0;
}

void
io_world_free(struct io_world *w)
{
	if (w == NULL)
		return;
	assert(w->n_handles == 0);
	io_dhcp_done(w);
	io_wire_done(w);
	io_http_done(w);
	io_tls_world_done(w);
	mem_free(w->ports);
	mem_free(w->allow);
	mem_free(w->scratch);
	mem_free(w->phones);
	io_turn_done(w);
}
