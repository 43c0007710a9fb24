/*
 * io_dhcp_wire.c - the phones' DHCP on an interface: frames, broadcast and caught.
 *
 * A phone has no address yet and no MAC of its own that the kernel knew, so its messages are
 * whole frames with the phone's MAC as their source, and answers are caught before the kernel
 * has judged them: those to everybody, and those to the phone's MAC and the address that is
 * offered to it, which the card hands up because we listen to everything (promiscuous).
 *
 * One packet socket for each interface of each shard.  Its filter passes what a server says to
 * clients of this shard: UDP to port 68, a BOOTREPLY, chaddr less the first phone's MAC modulo
 * the number of shards.  A VLAN without an interface of its own lives on the first one, in
 * tagged frames.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "frame.h"
#include "io_dhcp_priv.h"
#include "io_wire_priv.h"
#include "mem.h"

enum { /* of an untagged frame: Ethernet's head, then IPv4's of unknown length (X) */
	AT_TYPE = 12,
	AT_IPV4 = 14,
	AT_FRAGMENT = AT_IPV4 + 6,
	AT_PROTOCOL = AT_IPV4 + 9,
	X_DPORT = AT_IPV4 + 2,
	X_OP = AT_IPV4 + 8 + DHCP_OP,
	X_CHADDR_END = AT_IPV4 + 8 + DHCP_CHADDR + 2,
	FRAGMENT = 0x3fff
};

struct wire_port {
	struct io_fd fd;
	struct io_world *world;
	uint16_t vlan; /* of its untagged frames */
};

struct dhcp_wire {
	struct io_dhcp_world base; /* first */
	size_t n;
	struct wire_port port[]; /* as io_wire.ifs when the world was made */
};

static struct dhcp_wire *
wire_of(const struct io_world *w)
{
	return (struct dhcp_wire *)(void *)w->dhcp;
}

/* ---- answers ---- */

/* The port of a VLAN's own interface; NULL: none. */
static struct wire_port *
wire_port_of(const struct dhcp_wire *wire, uint16_t vlan)
{
	for (size_t i = 0; i < wire->n; i++)
		if (wire->port[i].fd.fd >= 0 && wire->port[i].vlan == vlan)
			return (struct wire_port *)&wire->port[i];
	return NULL;
}

/* A tagged frame is seen here and, where its VLAN has an interface upon this one, there too. */
static void
wire_on_frame(const struct wire_port *port, struct span bytes, uint16_t tag, bool sums)
{
	struct io_world *w = port->world;
	struct io_phone *phone;
	struct frame_udp f;
	uint16_t vlan;

	if (frame_udp_read(&f, bytes, sums) != 0 || f.payload.n < DHCP_SHORTEST)
		return;
	tag = f.vlan != 0 ? f.vlan : tag;
	if (tag != 0 && (port->vlan != 0 || wire_port_of(wire_of(w), tag) != NULL))
		return;
	vlan = tag != 0 ? tag : port->vlan;
	if (f.sport != io_real_port(w, 67) || f.dport != io_real_port(w, 68))
		return;
	phone = io_dhcp_phone(w, f.payload.p + DHCP_CHADDR);
	/* What a renewal is answered comes to its own socket. */
	if (phone != NULL && io_dhcp_waits(phone, vlan))
		io_dhcp_arrived(phone, vlan, f.payload);
}

/* The tag, which the kernel has taken out of the frame, and whether its checksum is there. */
static void
wire_aux(struct msghdr *msg, uint16_t *tag, bool *sums)
{
	struct tpacket_auxdata aux;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA)
			continue;
		memcpy(&aux, CMSG_DATA(c), sizeof(aux));
		if ((aux.tp_status & TP_STATUS_VLAN_VALID) != 0)
			*tag = aux.tp_vlan_tci & 0x0fff;
		/* From a neighbour on this machine: its card, which there is not, would do it.
		 */
		*sums = (aux.tp_status & TP_STATUS_CSUMNOTREADY) == 0;
	}
}

/* Level-triggered: what is left comes again. */
static void
wire_on_ready(struct io_fd *fd, uint32_t events)
{
	struct wire_port *port = LIST_ITEM(fd, struct wire_port, fd);
	struct iovec into = { port->world->scratch, DHCP_MAX };
	union {
		struct cmsghdr align;
		uint8_t room[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	} control;

	(void)events;
	for (int i = 0; i < DHCP_BATCH && fd->fn != NULL; i++) {
		struct msghdr msg = { .msg_iov = &into,
			.msg_iovlen = 1,
			.msg_control = &control,
			.msg_controllen = sizeof(control) };
		uint16_t tag = 0;
		bool sums = true;
		ssize_t n = recvmsg(fd->fd, &msg, 0);

		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0) /* the interface went down: it may come up again */
			continue;
		wire_aux(&msg, &tag, &sums);
		wire_on_frame(port, (struct span){ into.iov_base, (size_t)n }, tag, sums);
	}
}

/* ---- requests ---- */

static bool
wire_has(const struct io_world *w, uint16_t vlan)
{
	(void)w;
	return vlan <= 4094;
}

/* The port for a VLAN; *tag: what its frames carry there. */
static const struct wire_port *
wire_way(const struct io_world *w, uint16_t vlan, uint16_t *tag)
{
	const struct wire_port *own = wire_port_of(wire_of(w), vlan);

	*tag = own != NULL ? 0 : vlan;
	return own != NULL ? own : &wire_of(w)->port[0];
}

/* From 0.0.0.0, or from the address that is to be kept (RFC 2131 section 4.3.2). */
static void
wire_leave(struct io_phone *phone, uint16_t vlan, struct span message)
{
	struct io_world *w = phone->world;
	struct frame_udp f = { .id = w->wire->id++,
		.src = vlan == phone->vlan ? phone->ip : 0,
		.dst = UINT32_MAX,
		.sport = io_real_port(w, 68),
		.dport = io_real_port(w, 67),
		.payload = message };
	const struct wire_port *port = wire_way(w, vlan, &f.vlan);
	uint8_t memory[FRAME_MAX];
	struct buf b;

	memcpy(f.to, frame_everybody, sizeof(f.to));
	memcpy(f.from, phone->mac, sizeof(f.from));
	buf_over(&b, memory, sizeof(memory));
	frame_udp_write(&b, &f);
	/* What does not get onto the wire is lost, as on any. */
	if (b.err == 0)
		(void)send(port->fd.fd, b.p, b.n, MSG_NOSIGNAL);
}

static void
wire_done(struct io_world *w)
{
	struct dhcp_wire *wire = wire_of(w);

	for (size_t i = 0; i < wire->n; i++)
		io_fd_close(&wire->port[i].fd);
	mem_free(wire);
}

static const struct io_dhcp_ways wire_ways = { wire_has, wire_leave, wire_done };

void
io_dhcp_wire_announce(struct io_world *w, const struct wire_if *on, uint32_t ip)
{
	uint8_t memory[FRAME_MAX];
	uint16_t tag;
	const struct wire_port *port;
	struct buf b;

	if (w->dhcp == NULL || w->dhcp->ways != &wire_ways)
		return;
	port = wire_way(w, on->vlan, &tag);
	buf_over(&b, memory, sizeof(memory));
	frame_arp_announce(&b, on->mac, tag, ip);
	(void)send(port->fd.fd, b.p, b.n, MSG_NOSIGNAL);
}

/* ---- the sockets ---- */

/* The program of this shard's sockets; each jump is to the end or to the next line. */
static int
wire_filter(const struct io_world *w, int fd)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, AT_TYPE),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 14),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, AT_PROTOCOL),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP, 0, 12),
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, AT_FRAGMENT),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, FRAGMENT, 10, 0),
		BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, AT_IPV4),
		BPF_STMT(BPF_LD | BPF_H | BPF_IND, X_DPORT),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, io_real_port(w, 68), 0, 7),
		BPF_STMT(BPF_LD | BPF_B | BPF_IND, X_OP),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, DHCP_REPLY, 0, 5),
		BPF_STMT(BPF_LD | BPF_W | BPF_IND, X_CHADDR_END),
		BPF_STMT(BPF_ALU | BPF_SUB | BPF_K, (uint32_t)w->mac_base),
		BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, w->shards),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, w->shard, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

/* Bound last: not a frame is caught before the filter is there. */
static int
wire_bind(const struct io_world *w, int fd, int index)
{
	struct packet_mreq all = { .mr_ifindex = index, .mr_type = PACKET_MR_PROMISC };
	struct sockaddr_ll sa = {
		.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = index
	};
	int on = 1;

	if (wire_filter(w, fd) < 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof(all)) < 0 ||
	    bind(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0)
		return -errno;
	io_dhcp_room(fd);
	return 0;
}

static int
wire_open(struct wire_port *port, const struct wire_if *on)
{
	int err;

	port->vlan = on->vlan;
	port->fd.fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (port->fd.fd < 0)
		return -errno;
	err = wire_bind(port->world, port->fd.fd, on->index);
	return err != 0 ? err : io_fd_add(port->world, &port->fd, EPOLLIN);
}

int
io_dhcp_wire_init(struct io_world *w, const struct io_world_cfg *cfg, const char **err_out)
{
	size_t n = w->wire != NULL ? w->wire->n_ifs : 0;
	struct dhcp_wire *wire;
	int err = 0;

	(void)cfg;
	*err_out = "DHCP by broadcast needs an interface";
	if (n == 0)
		return -EINVAL;
	wire = mem_new(sizeof(*wire) + n * sizeof(wire->port[0]));
	if (wire == NULL)
		return -ENOMEM;
	wire->base.ways = &wire_ways;
	w->dhcp = &wire->base;
	*err_out = "no packet socket on an interface";
	for (size_t i = 0; err == 0 && i < n; i++) {
		wire->port[wire->n++] =
		    (struct wire_port){ { -1, wire_on_ready }, w, w->wire->ifs[i].vlan };
		err = wire_open(&wire->port[i], &w->wire->ifs[i]);
	}
	if (err == 0)
		*err_out = NULL;
	return err;
}
