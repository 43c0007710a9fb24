/*
 * io_dhcp_relay.c - a relay agent between the phones and their DHCP server (RFC 1542).
 *
 * Nothing is broadcast: each VLAN has a relay address (giaddr) of ours.  A phone's
 * message goes to the server as from there, with giaddr and hops filled in and every
 * other byte as the phone wrote it; replies come to giaddr's port 67.
 *
 * All shards bind the same giaddr and port.  A filter picks the socket by the last four
 * bytes of chaddr, less those of the first phone's MAC, modulo the number of shards: the
 * n-th socket of the group is the n-th that was bound.
 */
#include <errno.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io_dhcp_priv.h"
#include "mem.h"

struct dhcp_relay {
	struct io_fd fd;
	struct io_world *world;
	uint16_t vlan;
	uint32_t giaddr;
};

struct dhcp_relays {
	struct io_dhcp_world base; /* first */
	struct sockaddr_in server;
	size_t n;
	struct dhcp_relay relay[];
};

static struct dhcp_relays *
relays_of(const struct io_world *w)
{
	return (struct dhcp_relays *)(void *)w->dhcp;
}

/* ---- replies ---- */

static void
relay_on_reply(struct dhcp_relay *relay, const struct sockaddr_in *from, struct span packet)
{
	struct io_world *w = relay->world;
	struct io_phone *phone;

	if (from->sin_addr.s_addr != relays_of(w)->server.sin_addr.s_addr ||
	    packet.n < DHCP_SHORTEST || packet.p[DHCP_OP] != DHCP_REPLY)
		return;
	phone = io_dhcp_phone(w, packet.p + DHCP_CHADDR);
	if (phone != NULL)
		io_dhcp_arrived(phone, relay->vlan, packet);
}

/* Level-triggered: what is left comes again. */
static void
relay_on_ready(struct io_fd *fd, uint32_t events)
{
	struct dhcp_relay *relay = LIST_ITEM(fd, struct dhcp_relay, fd);
	uint8_t *packet = relay->world->scratch;

	(void)events;
	for (int i = 0; i < DHCP_BATCH && fd->fn != NULL; i++) {
		struct sockaddr_in from = { 0 };
		socklen_t len = sizeof(from);
		ssize_t n =
		    recvfrom(fd->fd, packet, DHCP_MAX, 0, (struct sockaddr *)&from, &len);

		if (n < 0 && errno == EAGAIN)
			return;
		if (n > 0)
			relay_on_reply(relay, &from, (struct span){ packet, (size_t)n });
	}
}

/* ---- requests ---- */

static struct dhcp_relay *
relay_find(const struct io_world *w, uint16_t vlan)
{
	struct dhcp_relays *all = relays_of(w);

	for (size_t i = 0; i < all->n; i++)
		if (all->relay[i].vlan == vlan)
			return &all->relay[i];
	return NULL;
}

static bool
relay_has(const struct io_world *w, uint16_t vlan)
{
	return relay_find(w, vlan) != NULL;
}

/* A server that is not there is silence to a phone. */
static void
relay_leave(struct io_phone *phone, uint16_t vlan, struct span message)
{
	const struct dhcp_relays *all = relays_of(phone->world);
	const struct dhcp_relay *relay = relay_find(phone->world, vlan);
	uint32_t giaddr = htonl(relay->giaddr);
	uint8_t packet[DHCP_MAX];

	memcpy(packet, message.p, message.n);
	packet[DHCP_HOPS]++;
	memcpy(packet + DHCP_GIADDR, &giaddr, sizeof(giaddr));
	sendto(relay->fd.fd, packet, message.n, MSG_NOSIGNAL, (struct sockaddr *)&all->server,
	    sizeof(all->server));
}

/* ---- the relay agent's sockets ---- */

static int
relay_share(const struct io_world *w, int fd)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, DHCP_CHADDR + 2),
		BPF_STMT(BPF_ALU | BPF_SUB | BPF_K, (uint32_t)w->mac_base),
		BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, w->shards),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof(program));
}

static struct sockaddr_in
relay_here(const struct dhcp_relay *relay)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(io_real_port(relay->world, 67)),
		.sin_addr.s_addr = htonl(relay->giaddr),
	};
}

/*
 * Another farm that shares the address among its shards would let us share it as well, and get
 * our replies: the first shard asks for it alone before.
 */
static int
relay_is_free(const struct dhcp_relay *relay)
{
	struct sockaddr_in sa = relay_here(relay);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), rc = 0;

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0)
		rc = -errno;
	close(fd);
	return rc;
}

static int
relay_bind(struct dhcp_relay *relay)
{
	struct io_world *w = relay->world;
	struct sockaddr_in sa = relay_here(relay);
	int on = 1, fd;
	int rc = w->shards > 1 && w->shard == 0 ? relay_is_free(relay) : 0;

	if (rc < 0)
		return rc;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	relay->fd.fd = fd;
	if (fd < 0)
		return -errno;
	io_dhcp_room(fd);
	if (w->shards > 1 && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0)
		return -errno;
	if (w->shards > 1 && relay_share(w, fd) < 0)
		return -errno;
	return io_fd_add(w, &relay->fd, EPOLLIN);
}

static void
relay_done(struct io_world *w)
{
	struct dhcp_relays *all = relays_of(w);

	for (size_t i = 0; i < all->n; i++)
		io_fd_close(&all->relay[i].fd);
	mem_free(all);
}

static const struct io_dhcp_ways relay_ways = { relay_has, relay_leave, relay_done };

int
io_dhcp_relay_init(struct io_world *w, const struct io_world_cfg *cfg, const char **err_out)
{
	struct dhcp_relays *all;

	*err_out = "the DHCP server is not in allow:";
	if (!io_allowed(w, cfg->dhcp_server))
		return -EPERM;
	all = mem_new(sizeof(*all) + cfg->n_relays * sizeof(all->relay[0]));
	if (all == NULL)
		return -ENOMEM;
	all->base.ways = &relay_ways;
	w->dhcp = &all->base;
	all->server.sin_family = AF_INET;
	all->server.sin_port = htons(io_real_port(w, 67));
	all->server.sin_addr.s_addr = htonl(cfg->dhcp_server);
	*err_out = "a DHCP relay address cannot be bound";
	for (size_t i = 0; i < cfg->n_relays; i++) {
		struct dhcp_relay *relay = &all->relay[all->n++];
		int rc;

		*relay = (struct dhcp_relay){ { -1, relay_on_ready }, w, cfg->relays[i].vlan,
			cfg->relays[i].giaddr };
		rc = relay_bind(relay);
		if (rc < 0)
			return rc;
	}
	*err_out = NULL;
	return 0;
}
