/* wire_rig.c - see wire_rig.h. */
#include "wire_rig.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io_wire.h"
#include "rtnl.h"

enum { WIRE_PATIENCE = 3000 };

/* ---- the wire ---- */

static int
shell(const char *command)
{
	return system(command);
}

static void
shell_must(const char *command)
{
	int status = shell(command);

	if (status != 0)
		print_message("status %d of: %s\n", status, command);
	assert_int_equal(status, 0);
}

bool
wire_rig_can(void)
{
	if (geteuid() == 0 &&
	    shell("ip netns add cxtest-$PPID 2>/dev/null && "
		  "ip -n cxtest-$PPID link add cxa type veth peer name cxb 2>/dev/null; "
		  "rc=$?; ip netns del cxtest-$PPID 2>/dev/null; exit $rc") == 0)
		return true;
	print_message("skipped: a wire needs root, network namespaces, veth and iproute2\n");
	return false;
}

void
wire_rig_ip(const struct wire_rig *wr, bool here, const char *words)
{
	char command[512];

	snprintf(command, sizeof command, "ip -n %s %s", here ? wr->here : wr->there, words);
	shell_must(command);
}

static void
go_there(struct wire_rig *wr)
{
	int here;

	assert_int_equal(io_wire_enter(wr->there, &here), 0);
	close(here);
}

static void
come_here(struct wire_rig *wr)
{
	int there;

	assert_int_equal(io_wire_enter(wr->here, &there), 0);
	close(there);
}

void
wire_rig_open(struct wire_rig *wr)
{
	char command[256];

	snprintf(wr->here, sizeof wr->here, "cxtest-%d-a", (int)getpid());
	snprintf(wr->there, sizeof wr->there, "cxtest-%d-b", (int)getpid());
	snprintf(
	    command, sizeof command, "ip netns add %s && ip netns add %s", wr->here, wr->there);
	shell_must(command);
	snprintf(
	    command, sizeof command, "link add va type veth peer name vb netns %s", wr->there);
	wire_rig_ip(wr, true, command);
	snprintf(
	    command, sizeof command, "link add wa type veth peer name wb netns %s", wr->there);
	wire_rig_ip(wr, true, command);
	for (int i = 0; i < 2; i++) {
		wire_rig_ip(wr, true, i == 0 ? "link set va up" : "link set wa up");
		wire_rig_ip(wr, false, i == 0 ? "link set vb up" : "link set wb up");
		wire_rig_ip(wr, i == 0, "link set lo up");
	}
	wire_rig_ip(wr, false, "addr add 10.42.0.10/16 dev vb");
	assert_int_equal(io_wire_enter(wr->here, &wr->home), 0);
	wr->raw = wire_rig_raw(wr, "vb");
}

void
wire_rig_close(struct wire_rig *wr)
{
	char command[256];

	close(wr->raw);
	assert_int_equal(io_wire_leave(wr->home), 0);
	close(wr->home);
	snprintf(
	    command, sizeof command, "ip netns del %s; ip netns del %s", wr->here, wr->there);
	shell_must(command);
}

struct io_world_cfg
wire_rig_cfg(void)
{
	static const struct io_net allow[] = { { 0x0a000000, 0xff000000 } };
	struct io_world_cfg cfg = rig_cfg();

	cfg.allow = allow;
	cfg.net = IO_NET_INTERFACE;
	cfg.interface = "va";
	cfg.dhcp = IO_DHCP_BROADCAST;
	return cfg;
}

/* ---- the other end ---- */

int
wire_rig_raw(struct wire_rig *wr, const char *interface)
{
	struct sockaddr_ll sa = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	int on = 1, fd;

	go_there(wr);
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, htons(ETH_P_ALL));
	sa.sll_ifindex = (int)if_nametoindex(interface);
	assert_true(fd >= 0 && sa.sll_ifindex != 0);
	assert_int_equal(setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on), 0);
	assert_int_equal(setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &on, sizeof on), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof sa), 0);
	come_here(wr);
	return fd;
}

int
wire_rig_socket(struct wire_rig *wr, int type, uint32_t ip, uint16_t port)
{
	struct sockaddr_in sa = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(ip), .sin_port = htons(port)
	};
	int fd;

	go_there(wr);
	fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof sa), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 4), 0);
	come_here(wr);
	return fd;
}

/* One frame, with the tag that the kernel took out; empty: none is there. */
static struct span
caught(struct wire_rig *wr, uint16_t *tag)
{
	struct iovec into = { wr->memory, sizeof wr->memory };
	uint64_t control[16];
	struct msghdr msg = { .msg_iov = &into,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof control };
	ssize_t n = recvmsg(wr->raw, &msg, 0);
	struct tpacket_auxdata aux;

	*tag = 0;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&msg); n > 0 && c; c = CMSG_NXTHDR(&msg, c)) {
		memcpy(&aux, CMSG_DATA(c), sizeof aux);
		if ((aux.tp_status & TP_STATUS_VLAN_VALID) != 0)
			*tag = aux.tp_vlan_tci;
	}
	return (struct span){ wr->memory, n > 0 ? (size_t)n : 0 };
}

struct frame_udp
wire_rig_hear(struct wire_rig *wr)
{
	struct frame_udp f = { 0 };
	uint16_t tag;

	for (int i = 0; i < WIRE_PATIENCE; i++) {
		struct span frame = caught(wr, &tag);

		if (frame.n == 0)
			rig_settle(&wr->rig);
		/* What the phones themselves build has its checksum. */
		else if (frame_udp_read(&f, frame, true) == 0 && f.dport == 67) {
			f.vlan = tag;
			return f;
		}
	}
	fail_msg("nothing came");
	return f;
}

struct frame_arp
wire_rig_hear_arp(struct wire_rig *wr)
{
	struct frame_arp a = { 0 };
	uint16_t tag;

	for (int i = 0; i < WIRE_PATIENCE; i++) {
		struct span frame = caught(wr, &tag);

		if (frame.n == 0)
			rig_settle(&wr->rig);
		else if (frame_arp_read(&a, frame) == 0)
			return a;
	}
	fail_msg("nobody said so");
	return a;
}

static void
answer_write(struct buf *b, const struct frame_udp *asked, enum dhcp_type type, uint32_t ip)
{
	struct dhcp_head head = { .op = 2, .yiaddr = ip };
	struct dhcp_msg m;
	uint8_t what = (uint8_t)type;

	assert_int_equal(dhcp_msg_decode(&m, asked->payload), 0);
	head.xid = m.xid;
	memcpy(head.mac, m.mac, sizeof head.mac);
	dhcp_msg_begin(b, &head);
	dhcp_msg_option(b, DHCP_OPT_TYPE, (struct span){ &what, 1 });
	dhcp_msg_option_u32(b, DHCP_OPT_SERVER, WIRE_SERVER);
	dhcp_msg_option_u32(b, DHCP_OPT_MASK, 0xffff0000);
	dhcp_msg_option_u32(b, DHCP_OPT_ROUTER, WIRE_SERVER);
	dhcp_msg_option_u32(b, DHCP_OPT_LEASE, 3600);
	dhcp_msg_end(b, 0, 300);
}

void
wire_rig_say(struct wire_rig *wr, int raw, const struct frame_udp *asked, enum dhcp_type type,
    uint32_t ip, bool unicast)
{
	static const uint8_t server_mac[FRAME_MAC] = { 2, 0, 0, 0, 0, 0x0a };
	struct buf message = { 0 }, frame = { 0 };
	struct frame_udp f = { .vlan = asked->vlan,
		.src = WIRE_SERVER,
		.dst = unicast ? ip : UINT32_MAX,
		.sport = 67,
		.dport = 68 };

	(void)wr;
	answer_write(&message, asked, type, ip);
	f.payload = buf_bytes(&message);
	memcpy(f.from, server_mac, FRAME_MAC);
	memcpy(f.to, unicast ? asked->from : frame_everybody, FRAME_MAC);
	frame_udp_write(&frame, &f);
	assert_int_equal(send(raw, frame.p, frame.n, 0), frame.n);
	buf_done(&message);
	buf_done(&frame);
}

/* ---- what the kernel has ---- */

static void
count_mine(void *arg, const struct rtnl_told *told)
{
	if (told->mine)
		++*(int *)arg;
}

static int
things(enum rtnl_what what)
{
	int fd = rtnl_open(), n = 0;

	assert_true(fd >= 0);
	assert_int_equal(rtnl_each(fd, what, count_mine, &n), 0);
	close(fd);
	return n;
}

int
wire_rig_routes(void)
{
	return things(RTNL_ROUTE);
}

int
wire_rig_rules(void)
{
	return things(RTNL_RULE);
}
