/*
 * io_dhcp.c - the phones' DHCP: here, a relay agent between them and the server (RFC 1542).
 *
 * Nothing is broadcast: each VLAN has a relay address (giaddr) of ours.  A phone's
 * message goes to the server as from there, with giaddr and hops filled in and every
 * other byte as the phone wrote it; replies come to giaddr's port 67 and find their phone
 * by its MAC.  The steps know nothing of it, so that broadcasts on an interface can take
 * its place.
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

#include "io_shaper.h"
#include "mem.h"

enum { /* of a BOOTP message */
	DHCP_OP = 0,
	DHCP_HOPS = 3,
	DHCP_GIADDR = 24,
	DHCP_CHADDR = 28,
	DHCP_SHORTEST = DHCP_CHADDR + 6,
	DHCP_REQUEST = 1,
	DHCP_REPLY = 2,
	DHCP_MAX = 4096,
	DHCP_LISTENERS = 4, /* handles of one phone in one VLAN; one is usual */
	DHCP_BATCH = 64,    /* packets of a relay in one turn of the socket */
	DHCP_RCVBUF = 4 * 1024 * 1024
};

struct dhcp_relay {
	struct io_fd fd;
	struct io_world *world;
	uint16_t vlan;
	uint32_t giaddr;
};

struct io_dhcp_world {
	struct sockaddr_in server;
	size_t n_relays;
	struct dhcp_relay relays[];
};

struct io_dhcp {
	struct io_handle h;
	struct dhcp_relay *relay;
};

/* ---- replies ---- */

static struct io_phone *
dhcp_phone(const struct io_world *w, const uint8_t chaddr[6])
{
	uint64_t mac = 0, index;

	for (int i = 0; i < 6; i++)
		mac = mac << 8 | chaddr[i];
	index = mac - w->mac_base;
	if (mac < w->mac_base || index % w->shards != w->shard ||
	    index / w->shards >= w->n_phones)
		return NULL;
	return w->phones[index / w->shards];
}

static const struct io_type dhcp_type;

/* Those that wait are found before the first is told: an event may close any of them. */
static void
dhcp_deliver(struct io_phone *phone, void *relay, struct span packet)
{
	struct io_handle *waiting[DHCP_LISTENERS];
	size_t n = 0;

	for (struct list *link = phone->handles.next; link != &phone->handles;
	     link = link->next) {
		struct io_handle *h = LIST_ITEM(link, struct io_handle, of_phone);

		if (h->type == &dhcp_type && ((struct io_dhcp *)h)->relay == relay &&
		    n < DHCP_LISTENERS)
			waiting[n++] = h;
	}
	for (size_t i = 0; i < n; i++)
		io_tell(waiting[i],
		    &(struct io_event){ .kind = IO_PACKET, .h = waiting[i], .bytes = packet });
}

static void
dhcp_on_reply(struct dhcp_relay *relay, const struct sockaddr_in *from, struct span packet)
{
	struct io_world *w = relay->world;
	struct io_phone *phone;

	if (from->sin_addr.s_addr != w->dhcp->server.sin_addr.s_addr ||
	    packet.n < DHCP_SHORTEST || packet.p[DHCP_OP] != DHCP_REPLY)
		return;
	phone = dhcp_phone(w, packet.p + DHCP_CHADDR);
	if (phone == NULL)
		return;
	io_count_in(w, IO_SVC_DHCP, packet.n);
	/* From the relay agent on it is the phone's own line. */
	if (phone->shaper == NULL)
		dhcp_deliver(phone, relay, packet);
	else
		(void)io_shaper_hold(phone->shaper, IO_SHAPE_DOWN, packet, dhcp_deliver, relay);
}

/* Level-triggered: what is left comes again. */
static void
dhcp_on_ready(struct io_fd *fd, uint32_t events)
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
			dhcp_on_reply(relay, &from, (struct span){ packet, (size_t)n });
	}
}

/* ---- requests ---- */

/* A server that is not there is silence to a phone. */
static void
dhcp_leave(struct io_phone *phone, void *arg, struct span packet)
{
	const struct dhcp_relay *relay = arg;
	struct io_world *w = phone->world;

	io_count_out(w, IO_SVC_DHCP, packet.n);
	sendto(relay->fd.fd, packet.p, packet.n, MSG_NOSIGNAL,
	    (struct sockaddr *)&w->dhcp->server, sizeof(w->dhcp->server));
}

static int
dhcp_send(struct io_handle *h, struct span bytes)
{
	struct dhcp_relay *relay = ((struct io_dhcp *)h)->relay;
	uint32_t giaddr = htonl(relay->giaddr);
	uint8_t packet[DHCP_MAX];

	if (bytes.n < DHCP_SHORTEST || bytes.n > sizeof(packet) ||
	    bytes.p[DHCP_OP] != DHCP_REQUEST)
		return -EINVAL;
	memcpy(packet, bytes.p, bytes.n);
	packet[DHCP_HOPS]++;
	memcpy(packet + DHCP_GIADDR, &giaddr, sizeof(giaddr));
	bytes.p = packet;
	if (h->phone->shaper != NULL)
		return io_shaper_hold(h->phone->shaper, IO_SHAPE_UP, bytes, dhcp_leave, relay);
	dhcp_leave(h->phone, relay, bytes);
	return 0;
}

static const struct io_type dhcp_type = {
	.send = dhcp_send,
	.close = io_handle_free,
	.cut = io_handle_free,
};

static struct dhcp_relay *
dhcp_find(const struct io_world *w, uint16_t vlan)
{
	if (w->dhcp == NULL)
		return NULL;
	for (size_t i = 0; i < w->dhcp->n_relays; i++)
		if (w->dhcp->relays[i].vlan == vlan)
			return &w->dhcp->relays[i];
	return NULL;
}

int
io_dhcp_open(struct io *io, struct io_owner owner, uint16_t vlan, struct io_handle **out)
{
	struct io_phone *phone = (struct io_phone *)io;
	struct dhcp_relay *relay = dhcp_find(phone->world, vlan);
	struct io_dhcp *d;

	if (relay == NULL)
		return -EINVAL;
	d = io_handle_new(phone, &dhcp_type, owner, sizeof(*d));
	if (d == NULL)
		return -ENOMEM;
	d->relay = relay;
	*out = &d->h;
	return 0;
}

/* ---- the relay agent's sockets ---- */

static int
dhcp_share(const struct io_world *w, int fd)
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
dhcp_here(const struct dhcp_relay *relay)
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
dhcp_is_free(const struct dhcp_relay *relay)
{
	struct sockaddr_in sa = dhcp_here(relay);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), rc = 0;

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0)
		rc = -errno;
	close(fd);
	return rc;
}

static int
dhcp_bind(struct dhcp_relay *relay)
{
	struct io_world *w = relay->world;
	struct sockaddr_in sa = dhcp_here(relay);
	int on = 1, room = DHCP_RCVBUF, fd;
	int rc = w->shards > 1 && w->shard == 0 ? dhcp_is_free(relay) : 0;

	if (rc < 0)
		return rc;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	relay->fd.fd = fd;
	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	if (w->shards > 1 && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0)
		return -errno;
	if (w->shards > 1 && dhcp_share(w, fd) < 0)
		return -errno;
	return io_fd_add(w, &relay->fd, EPOLLIN);
}

int
io_dhcp_init(struct io_world *w, const struct io_world_cfg *cfg, const char **err_out)
{
	struct io_dhcp_world *dhcp;

	if (cfg->dhcp != IO_DHCP_RELAY)
		return 0;
	*err_out = "the DHCP server is not in allow:";
	if (!io_allowed(w, cfg->dhcp_server))
		return -EPERM;
	dhcp = mem_new(sizeof(*dhcp) + cfg->n_relays * sizeof(dhcp->relays[0]));
	if (dhcp == NULL)
		return -ENOMEM;
	w->dhcp = dhcp;
	dhcp->server.sin_family = AF_INET;
	dhcp->server.sin_port = htons(io_real_port(w, 67));
	dhcp->server.sin_addr.s_addr = htonl(cfg->dhcp_server);
	*err_out = "a DHCP relay address cannot be bound";
	for (size_t i = 0; i < cfg->n_relays; i++) {
		struct dhcp_relay *relay = &dhcp->relays[dhcp->n_relays++];
		int rc;

		*relay = (struct dhcp_relay){ { -1, dhcp_on_ready }, w, cfg->relays[i].vlan,
			cfg->relays[i].giaddr };
		rc = dhcp_bind(relay);
		if (rc < 0)
			return rc;
	}
	*err_out = NULL;
	return 0;
}

void
io_dhcp_done(struct io_world *w)
{
	if (w->dhcp == NULL)
		return;
	for (size_t i = 0; i < w->dhcp->n_relays; i++)
		io_fd_close(&w->dhcp->relays[i].fd);
	mem_free(w->dhcp);
	w->dhcp = NULL;
}
