/* test_io_wire.c - phones on an interface: in namespaces of the test's own, as root. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io_wire.h"
#include "mem.h"
#include "rtnl.h"
#include "wire_rig.h"

enum { TAG = 200 };

static const uint8_t phone_mac[FRAME_MAC] = { 0, 4, 0xf2, 0x10, 0, 0 };

/* ---- fixtures ---- */

static int
begin_with(void **state, const struct io_world_cfg *cfg, const struct io_link *link)
{
	static struct wire_rig wr;

	memset(&wr, 0, sizeof wr);
	wire_rig_open(&wr);
	rig_begin_over(&wr.rig, cfg, link);
	*state = &wr;
	return 0;
}

static int
begin(void **state)
{
	struct io_world_cfg cfg = wire_rig_cfg();

	return begin_with(state, &cfg, NULL);
}

static int
begin_over(void **state)
{
	struct io_world_cfg cfg = wire_rig_cfg();

	return begin_with(state, &cfg, &rig_near);
}

static int
begin_with_vlan(void **state)
{
	static const struct io_vlan vlans[] = { { TAG, "wa" } };
	struct io_world_cfg cfg = wire_rig_cfg();

	cfg.vlans = vlans;
	cfg.n_vlans = 1;
	return begin_with(state, &cfg, NULL);
}

static int
begin_with_addresses(void **state)
{
	static const struct io_net addresses[] = { { 0x0a2a4000, 0xffffc000 } };
	struct io_world_cfg cfg = wire_rig_cfg();

	cfg.addresses = addresses;
	cfg.n_addresses = 1;
	return begin_with(state, &cfg, NULL);
}

static int
end(void **state)
{
	struct wire_rig *wr = *state;

	rig_end(&wr->rig);
	/* A phone that is gone has taken its address along; the rest goes with the farm. */
	io_wire_end();
	assert_int_equal(wire_rig_routes(), 0);
	assert_int_equal(wire_rig_rules(), 0);
	wire_rig_close(wr);
	assert_int_equal(mem_out(), 0);
	return 0;
}

/* ---- what the phone does ---- */

static struct io_handle *
dhcp_in(struct wire_rig *wr, int who, uint16_t vlan)
{
	struct io *io = wr->rig.io;
	struct io_handle *h = NULL;

	assert_int_equal(io->ops->dhcp(io, rig_owner(&wr->rig, who), vlan, &h), 0);
	return h;
}

static void
phone_says(struct wire_rig *wr, struct io_handle *h, enum dhcp_type type)
{
	struct dhcp_ask ask = { .type = type, .xid = 0x1234, .pad_to = 300 };
	struct buf b = { 0 };

	memcpy(ask.mac, phone_mac, sizeof ask.mac);
	dhcp_msg_ask(&b, &ask);
	assert_int_equal(wr->rig.io->ops->send(h, buf_bytes(&b)), 0);
	buf_done(&b);
}

static int
address(struct wire_rig *wr, uint32_t ip, uint16_t vlan)
{
	return wr->rig.io->ops->address(wr->rig.io, ip, vlan);
}

/* DISCOVER, OFFER, REQUEST, ACK; then the address is the phone's. */
static void
lease(struct wire_rig *wr)
{
	struct io_handle *h = dhcp_in(wr, 0, 0);
	struct frame_udp asked;
	size_t n = wr->rig.n;

	phone_says(wr, h, DHCP_REQUEST);
	asked = wire_rig_hear(wr);
	wire_rig_say(wr, wr->raw, &asked, DHCP_ACK, WIRE_LEASE, true);
	rig_until(&wr->rig, n + 1);
	assert_int_equal(address(wr, WIRE_LEASE, 0), 0);
	wr->rig.io->ops->close(h);
}

/* ---- DHCP ---- */

static void
given_a_discover_the_frame_is_the_phones_own(void **state)
{
	struct wire_rig *wr = *state;
	struct frame_udp f;
	struct dhcp_msg m;

	phone_says(wr, dhcp_in(wr, 0, 0), DHCP_DISCOVER);
	f = wire_rig_hear(wr);
	assert_memory_equal(f.from, phone_mac, FRAME_MAC);
	assert_memory_equal(f.to, frame_everybody, FRAME_MAC);
	assert_int_equal(f.vlan, 0);
	assert_int_equal(f.src, 0);
	assert_int_equal(f.dst, UINT32_MAX);
	assert_int_equal(f.sport, 68);
	assert_int_equal(dhcp_msg_decode(&m, f.payload), 0);
	assert_int_equal(m.type, DHCP_DISCOVER);
	assert_int_equal(m.giaddr, 0);
	assert_int_equal(m.hops, 0);
	assert_memory_equal(m.mac, phone_mac, sizeof m.mac);
	assert_int_equal(io_world_counts(wr->rig.world)[IO_SVC_DHCP].requests, 1);
}

static void
given_an_answer_to_everybody_or_to_the_phone_alone_it_is_told(void **state)
{
	struct wire_rig *wr = *state;
	struct frame_udp asked;

	phone_says(wr, dhcp_in(wr, 0, 0), DHCP_DISCOVER);
	asked = wire_rig_hear(wr);
	wire_rig_say(wr, wr->raw, &asked, DHCP_OFFER, WIRE_LEASE, false);
	rig_until(&wr->rig, 1);
	asked.payload = (struct span){ wr->memory + 42, asked.payload.n };
	wire_rig_say(wr, wr->raw, &asked, DHCP_OFFER, WIRE_LEASE, true);
	rig_until(&wr->rig, 2);
	assert_int_equal(wr->rig.note[1].kind, IO_PACKET);
	assert_memory_equal(wr->rig.note[0].text, wr->rig.note[1].text, 240);
	assert_int_equal(io_world_counts(wr->rig.world)[IO_SVC_DHCP].replies, 2);
}

/* Another farm on the same wire has other MACs. */
static void
given_answers_to_others_they_are_not_told(void **state)
{
	struct wire_rig *wr = *state;
	struct frame_udp asked;
	uint8_t *mac;

	phone_says(wr, dhcp_in(wr, 0, 0), DHCP_DISCOVER);
	asked = wire_rig_hear(wr);
	mac = wr->memory + 42 + 28;
	mac[3] = 0x20; /* of another farm */
	wire_rig_say(wr, wr->raw, &asked, DHCP_OFFER, WIRE_LEASE, false);
	mac[3] = 0x10;
	mac[5] = 1; /* not made yet */
	wire_rig_say(wr, wr->raw, &asked, DHCP_OFFER, WIRE_LEASE, false);
	mac[5] = 0;
	asked.vlan = TAG; /* not where it was asked */
	wire_rig_say(wr, wr->raw, &asked, DHCP_OFFER, WIRE_LEASE, false);
	asked.vlan = 0;
	wire_rig_say(wr, wr->raw, &asked, DHCP_ACK, WIRE_LEASE, false);
	rig_until(&wr->rig, 1);
	rig_settle(&wr->rig);
	assert_int_equal(wr->rig.n, 1);
	assert_int_equal(wr->rig.note[0].text[242], DHCP_ACK);
}

static void
given_two_shards_each_gets_what_is_its_own(void **state)
{
	struct wire_rig *wr = *state;
	struct io_world_cfg cfg = wire_rig_cfg();
	static struct rig second;
	struct frame_udp asked;
	struct io_handle *h = NULL;

	rig_end(&wr->rig);
	cfg.shards = 2;
	rig_begin(&wr->rig, &cfg);
	cfg.shard = 1;
	rig_begin(&second, &cfg);
	assert_int_equal(second.io->ops->dhcp(second.io, rig_owner(&second, 0), 0, &h), 0);
	phone_says(wr, dhcp_in(wr, 0, 0), DHCP_DISCOVER);
	asked = wire_rig_hear(wr);
	wr->memory[42 + 28 + 5] = 1;
	wire_rig_say(wr, wr->raw, &asked, DHCP_OFFER, WIRE_LEASE, true);
	wr->memory[42 + 28 + 5] = 0;
	wire_rig_say(wr, wr->raw, &asked, DHCP_OFFER, WIRE_LEASE, true);
	rig_until(&wr->rig, 1);
	rig_until(&second, 1);
	rig_settle(&wr->rig);
	rig_settle(&second);
	assert_int_equal(wr->rig.n, 1);
	assert_int_equal(second.n, 1);
	assert_int_equal(second.note[0].text[33], 1);
	rig_end(&second);
}

/* ---- VLANs ---- */

static void
given_a_vlan_without_an_interface_its_frames_are_tagged(void **state)
{
	struct wire_rig *wr = *state;
	struct frame_udp asked;
	struct frame_arp announced;
	int err;

	phone_says(wr, dhcp_in(wr, 1, TAG), DHCP_DISCOVER);
	asked = wire_rig_hear(wr);
	assert_int_equal(asked.vlan, TAG);
	assert_memory_equal(asked.from, phone_mac, FRAME_MAC);
	wire_rig_say(wr, wr->raw, &asked, DHCP_ACK, WIRE_LEASE, true);
	rig_until(&wr->rig, 1);
	assert_int_equal(wr->rig.note[0].who, 1);

	/* Afterwards it takes the kernel's own interface for the tag, if it can make one. */
	err = address(wr, WIRE_LEASE, TAG);
	if (err == 0) {
		announced = wire_rig_hear_arp(wr);
		assert_int_equal(announced.sender_ip, WIRE_LEASE);
	} else {
		assert_int_equal(err, -EOPNOTSUPP);
		assert_int_equal(wire_rig_routes(), 0);
		print_message("skipped: this kernel has no 802.1Q\n");
	}
}

static void
given_a_vlan_with_an_interface_its_frames_go_there_untagged(void **state)
{
	struct wire_rig *wr = *state;
	int raw = wire_rig_raw(wr, "wb"), trunk = wr->raw;
	struct frame_udp asked;
	struct frame_arp announced;

	phone_says(wr, dhcp_in(wr, 1, TAG), DHCP_DISCOVER);
	wr->raw = raw;
	asked = wire_rig_hear(wr);
	assert_int_equal(asked.vlan, 0);
	/* Said in the other VLAN, nobody waits for it. */
	wire_rig_say(wr, trunk, &asked, DHCP_OFFER, WIRE_LEASE, false);
	/* Seen tagged on the trunk, it would be there twice. */
	asked.vlan = TAG;
	wire_rig_say(wr, trunk, &asked, DHCP_OFFER, WIRE_LEASE, false);
	asked.vlan = 0;
	wire_rig_say(wr, raw, &asked, DHCP_ACK, WIRE_LEASE, false);
	rig_until(&wr->rig, 1);
	rig_settle(&wr->rig);
	assert_int_equal(wr->rig.n, 1);
	assert_int_equal(wr->rig.note[0].who, 1);
	assert_int_equal(wr->rig.note[0].text[242], DHCP_ACK);

	assert_int_equal(address(wr, WIRE_LEASE, TAG), 0);
	announced = wire_rig_hear_arp(wr);
	assert_int_equal(announced.sender_ip, WIRE_LEASE);
	wr->raw = trunk;
	close(raw);
}

/* ---- addresses ---- */

static void
given_a_lease_the_address_is_the_hosts_as_long_as_the_phone_has_it(void **state)
{
	struct wire_rig *wr = *state;
	int fd = rtnl_open();

	assert_int_equal(wire_rig_routes(), 0);
	assert_int_equal(address(wr, WIRE_LEASE, 0), 0);
	assert_int_equal(rtnl_where(fd, WIRE_LEASE), 2); /* RTN_LOCAL */
	assert_int_equal(wire_rig_routes(), 1);
	assert_int_equal(address(wr, WIRE_LEASE, 0), 0); /* again: nothing new */
	assert_int_equal(address(wr, WIRE_LEASE + 1, 0), 0);
	assert_int_equal(wire_rig_routes(), 1);
	assert_int_not_equal(rtnl_where(fd, WIRE_LEASE), 2);
	assert_int_equal(rtnl_where(fd, WIRE_LEASE + 1), 2);
	assert_int_equal(address(wr, 0, 0), 0);
	assert_int_equal(wire_rig_routes(), 0);
	assert_int_equal(address(wr, WIRE_LEASE, 0), 0);
	wr->rig.io->ops->power_cut(wr->rig.io);
	assert_int_equal(wire_rig_routes(), 0);
	close(fd);
}

static void
given_a_new_address_it_is_announced_with_the_interfaces_mac(void **state)
{
	struct wire_rig *wr = *state;
	struct frame_arp a;

	assert_int_equal(address(wr, WIRE_LEASE, 0), 0);
	a = wire_rig_hear_arp(wr);
	assert_int_equal(a.sender_ip, WIRE_LEASE);
	assert_int_equal(a.target_ip, WIRE_LEASE);
	assert_memory_equal(a.sender, a.from, FRAME_MAC);
	assert_memory_not_equal(a.sender, phone_mac, FRAME_MAC);
}

static void
given_an_address_that_the_host_or_another_phone_has_it_is_taken(void **state)
{
	struct wire_rig *wr = *state;
	struct io_phone_cfg cfg = { .index = 1, .mac = { 0, 4, 0xf2, 0x10, 0, 1 } };
	struct io *second = NULL;

	wire_rig_ip(wr, true, "addr add 10.42.64.8/32 dev va");
	assert_int_equal(address(wr, WIRE_LEASE + 1, 0), -EADDRINUSE);
	assert_int_equal(address(wr, WIRE_LEASE, 0), 0);
	assert_int_equal(io_phone_new(wr->rig.world, &cfg, &second), 0);
	assert_int_equal(second->ops->address(second, WIRE_LEASE, 0), -EADDRINUSE);
	io_phone_free(second);
	assert_int_equal(wire_rig_routes(), 1);
}

static void
given_an_address_that_no_phone_may_have_nothing_changes(void **state)
{
	static const uint32_t none[] = { 0x7f000001, 0x00000001, 0xe0000001, 0xffffffff };
	struct wire_rig *wr = *state;

	assert_int_equal(address(wr, WIRE_LEASE, 0), 0);
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		assert_int_equal(address(wr, none[i], 0), -EADDRNOTAVAIL);
	/* What the pool file's addresses do not hold. */
	assert_int_equal(address(wr, 0x0a2a0001, 0), -EPERM);
	assert_int_equal(wire_rig_routes(), 1);
}

/* ---- what leaves afterwards ---- */

static void
udp_to(struct wire_rig *wr, uint32_t ip, uint16_t port)
{
	struct io *io = wr->rig.io;
	struct io_handle *h = NULL;

	assert_int_equal(
	    io->ops->udp(io, rig_owner(&wr->rig, 0), (struct io_addr){ ip, port }, &h), 0);
	assert_int_equal(io->ops->send(h, span_of("hello")), 0);
}

/* The kernel answers ARP for the address, so that the server's word finds back. */
static void
given_a_lease_a_datagram_leaves_from_it_and_the_answer_comes(void **state)
{
	struct wire_rig *wr = *state;
	int server = wire_rig_socket(wr, SOCK_DGRAM, WIRE_SERVER, 53);
	struct sockaddr_in from = { 0 };
	socklen_t len = sizeof from;
	char said[16];

	assert_int_equal(address(wr, WIRE_LEASE, 0), 0);
	udp_to(wr, WIRE_SERVER, 53);
	rig_until_heard(&wr->rig, server);
	assert_int_equal(
	    recvfrom(server, said, sizeof said, 0, (struct sockaddr *)&from, &len), 5);
	assert_int_equal(ntohl(from.sin_addr.s_addr), WIRE_LEASE);
	assert_int_equal(sendto(server, "back", 4, 0, (struct sockaddr *)&from, len), 4);
	rig_until(&wr->rig, 1);
	assert_memory_equal(wr->rig.note[0].text, "back", 4);
	close(server);
}

static void
given_a_lease_a_stream_comes_up_from_it(void **state)
{
	struct wire_rig *wr = *state;
	struct io_stream_cfg cfg = { .to = { WIRE_SERVER, 80 } };
	int server = wire_rig_socket(wr, SOCK_STREAM, WIRE_SERVER, 80);
	struct io *io = wr->rig.io;
	struct io_handle *h = NULL;

	assert_int_equal(address(wr, WIRE_LEASE, 0), 0);
	assert_int_equal(io->ops->stream(io, rig_owner(&wr->rig, 0), &cfg, &h), 0);
	rig_until(&wr->rig, 1);
	assert_int_equal(wr->rig.note[0].kind, IO_UP);
	assert_int_equal(wr->rig.note[0].local.ip, WIRE_LEASE);
	close(server);
}

/* Signed out and released, but its connection is not closed yet: the server hears of its end.
 */
static void
given_an_address_given_up_its_connections_still_end_on_the_wire(void **state)
{
	struct wire_rig *wr = *state;
	struct io_stream_cfg cfg = { .to = { WIRE_SERVER, 80 } };
	int server = wire_rig_socket(wr, SOCK_STREAM, WIRE_SERVER, 80), conn;
	struct io *io = wr->rig.io;
	struct io_handle *h = NULL;
	char word;

	assert_int_equal(address(wr, WIRE_LEASE, 0), 0);
	assert_int_equal(io->ops->stream(io, rig_owner(&wr->rig, 0), &cfg, &h), 0);
	rig_until(&wr->rig, 1);
	conn = accept(server, NULL, NULL);
	assert_true(conn >= 0);
	assert_int_equal(address(wr, 0, 0), 0);
	assert_int_equal(wire_rig_routes(), 1);
	assert_int_equal(io->ops->udp(io, rig_owner(&wr->rig, 0), cfg.to, &h), -EADDRNOTAVAIL);
	assert_int_equal(address(wr, 0, 0), 0);          /* again: nothing new */
	assert_int_equal(address(wr, WIRE_LEASE, 0), 0); /* it never went */
	assert_int_equal(wire_rig_routes(), 1);
	assert_int_equal(address(wr, 0, 0), 0);
	io->ops->power_cut(io);
	assert_int_equal(wire_rig_routes(), 0);
	rig_until_heard(&wr->rig, conn);
	assert_int_equal(recv(conn, &word, 1, 0), -1);
	assert_int_equal(errno, ECONNRESET);
	close(conn);
	close(server);
}

/* With a new address the one before goes, whatever it was still good for. */
static void
given_the_next_address_the_one_before_it_goes_when_nothing_is_open(void **state)
{
	struct wire_rig *wr = *state;
	struct io_stream_cfg cfg = { .to = { WIRE_SERVER, 80 } };
	int server = wire_rig_socket(wr, SOCK_STREAM, WIRE_SERVER, 80);
	struct io *io = wr->rig.io;
	struct io_handle *h = NULL;

	assert_int_equal(address(wr, WIRE_LEASE, 0), 0);
	assert_int_equal(io->ops->stream(io, rig_owner(&wr->rig, 0), &cfg, &h), 0);
	rig_until(&wr->rig, 1);
	for (uint32_t i = 1; i < 5; i++) {
		assert_int_equal(address(wr, WIRE_LEASE + i, 0), 0);
		assert_int_equal(wire_rig_routes(), 2);
	}
	assert_int_equal(address(wr, 0, 0), 0);
	assert_int_equal(wire_rig_routes(), 1);
	io->ops->power_cut(io);
	assert_int_equal(wire_rig_routes(), 0);
	assert_int_equal(address(wr, WIRE_LEASE, 0), 0);
	assert_int_equal(address(wr, WIRE_LEASE + 1, 0), 0);
	assert_int_equal(wire_rig_routes(), 1);
	close(server);
}

/* A renewal: from port 68 of the address, to the server alone; its answer comes to the socket,
 * not to whoever listens for broadcasts. */
static void
given_a_renewal_it_goes_to_the_server_alone_and_is_told_once(void **state)
{
	struct wire_rig *wr = *state;
	int server = wire_rig_socket(wr, SOCK_DGRAM, WIRE_SERVER, 67);
	struct sockaddr_in from = { 0 };
	socklen_t len = sizeof from;
	uint8_t said[300] = { 0 };

	assert_int_equal(address(wr, WIRE_LEASE, 0), 0);
	udp_to(wr, WIRE_SERVER, 67);
	rig_until_heard(&wr->rig, server);
	assert_true(recvfrom(server, said, sizeof said, 0, (struct sockaddr *)&from, &len) > 0);
	assert_int_equal(ntohl(from.sin_addr.s_addr), WIRE_LEASE);
	assert_int_equal(ntohs(from.sin_port), 68);
	said[0] = 2;
	memcpy(said + 28, phone_mac, sizeof phone_mac);
	assert_int_equal(
	    sendto(server, said, sizeof said, 0, (struct sockaddr *)&from, len), sizeof said);
	rig_until(&wr->rig, 1);
	rig_settle(&wr->rig);
	assert_int_equal(wr->rig.n, 1);
	assert_int_equal(io_world_counts(wr->rig.world)[IO_SVC_DHCP].replies, 1);
	close(server);
}

static void
given_a_rebinding_the_broadcast_leaves_from_the_address(void **state)
{
	struct wire_rig *wr = *state;
	struct frame_udp f;

	assert_int_equal(address(wr, WIRE_LEASE, 0), 0);
	phone_says(wr, dhcp_in(wr, 0, 0), DHCP_REQUEST);
	f = wire_rig_hear(wr);
	assert_int_equal(f.src, WIRE_LEASE);
	assert_int_equal(f.dst, UINT32_MAX);
	assert_memory_equal(f.from, phone_mac, FRAME_MAC);
}

/* Writes "1" into a file of the other end's /proc/sys/net. */
static void
set_there(struct wire_rig *wr, const char *path)
{
	int here, there, fd;

	assert_int_equal(io_wire_enter(wr->there, &here), 0);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "1", 1), 1);
	close(fd);
	assert_int_equal(io_wire_enter(wr->here, &there), 0);
	close(there);
	close(here);
}

/* A server that is not in the lease's network; there nobody but the router answers ARP. */
static void
given_a_server_elsewhere_the_way_leads_over_the_leases_router(void **state)
{
	struct wire_rig *wr = *state;
	uint32_t far = 0x0a630001;
	char said[16];
	int server;

	wire_rig_ip(wr, false, "addr add 10.99.0.1/32 dev lo");
	set_there(wr, "/proc/sys/net/ipv4/conf/all/arp_ignore");
	server = wire_rig_socket(wr, SOCK_DGRAM, far, 53);
	lease(wr);
	assert_int_equal(wire_rig_rules(), 1);
	assert_int_equal(wire_rig_routes(), 3); /* the address, its network, its router */
	udp_to(wr, far, 53);
	rig_until_heard(&wr->rig, server);
	assert_int_equal(recv(server, said, sizeof said, 0), 5);
	close(server);
}

static void
given_a_release_it_is_still_sent_when_the_address_goes_at_once(void **state)
{
	struct wire_rig *wr = *state;
	int server = wire_rig_socket(wr, SOCK_DGRAM, WIRE_SERVER, 67);
	char said[16];

	lease(wr);
	udp_to(wr, WIRE_SERVER, 67);
	io_scope_close(wr->rig.io, &wr->rig.owner[0].scope);
	assert_int_equal(address(wr, 0, 0), 0);
	rig_until_heard(&wr->rig, server);
	assert_int_equal(recv(server, said, sizeof said, 0), 5);
	close(server);
}

/* ---- the farm as a whole ---- */

static void
begins(int wanted, const char *interface, const char *word)
{
	struct io_world_cfg cfg = wire_rig_cfg();
	struct buf says = { 0 };

	cfg.interface = interface;
	assert_int_equal(io_wire_begin(&cfg, &says), wanted);
	assert_non_null(strstr(buf_cstr(&says), word));
	buf_done(&says);
}

static void
given_no_such_interface_it_says_which(void **state)
{
	struct wire_rig *wr = *state;
	struct io_world_cfg cfg = wire_rig_cfg();
	struct io_world *world = NULL;
	const char *err = NULL;

	begins(0, "va", "");
	begins(-ENODEV, "vz", "interface vz does not exist");
	begins(-ENODEV, "much-longer-than-a-name", "does not exist");
	begins(-EINVAL, "lo", "interface lo is not Ethernet");
	wire_rig_ip(wr, true, "link set wa down");
	begins(-ENETDOWN, "wa", "interface wa is down");
	cfg.interface = "vz";
	assert_int_equal(io_world_new(wr->rig.loop, &cfg, &world, &err), -ENODEV);
	assert_non_null(err);
	cfg.interface = "va";
	cfg.net = IO_NET_LOOPBACK;
	assert_int_equal(io_world_new(wr->rig.loop, &cfg, &world, &err), -EINVAL);
	assert_string_equal(err, "DHCP by broadcast needs an interface");
	assert_null(world);
}

/* In a child, which gives them up; its word is its exit status. */
static void
given_too_few_privileges_it_says_which_are_missing_and_how_to_get_them(void **state)
{
	pid_t child = fork();
	int status = -1;

	(void)state;
	if (child == 0) {
		struct io_world_cfg cfg = wire_rig_cfg();
		struct buf says = { 0 };
		bool good = io_wire_drop() == 0 && io_wire_begin(&cfg, &says) == -EPERM &&
		    strstr(buf_cstr(&says), "missing: CAP_NET_RAW (") != NULL &&
		    strstr(buf_cstr(&says), "cap_net_bind_service=ep /") != NULL;

		good = good && setresuid(65534, 65534, 65534) != 0; /* given up for good */
		_exit(good ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* A farm in a child: it takes an address and tells when it has it. */
static pid_t
another_farm(uint32_t ip)
{
	int ready[2];
	char word;
	pid_t child;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	child = fork();
	if (child == 0) {
		struct io_world_cfg cfg = wire_rig_cfg();
		static struct rig rig;

		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		rig_begin(&rig, &cfg);
		if (rig.io->ops->address(rig.io, ip, 0) == 0)
			(void)!write(ready[1], "!", 1);
		for (;;)
			(void)pause();
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &word, 1), 1);
	close(ready[0]);
	return child;
}

static void
given_a_farm_that_was_killed_the_next_one_takes_away_what_it_left(void **state)
{
	struct wire_rig *wr = *state;
	pid_t other = another_farm(WIRE_LEASE + 5);

	assert_int_equal(address(wr, WIRE_LEASE, 0), 0);
	assert_int_equal(wire_rig_routes(), 2);
	begins(0, "va", ""); /* both farms run: nothing is taken away */
	assert_int_equal(wire_rig_routes(), 2);
	assert_int_equal(address(wr, WIRE_LEASE + 5, 0), -EADDRINUSE);

	assert_int_equal(kill(other, SIGKILL), 0);
	assert_int_equal(waitpid(other, NULL, 0), other);
	assert_int_equal(wire_rig_routes(), 2);
	begins(0, "va", "");
	assert_int_equal(wire_rig_routes(), 1);
	assert_int_equal(address(wr, WIRE_LEASE + 5, 0), 0);
}

static void
given_the_end_of_a_farm_only_its_own_goes(void **state)
{
	struct wire_rig *wr = *state;
	pid_t other = another_farm(WIRE_LEASE + 5);

	lease(wr);
	assert_int_equal(wire_rig_routes(), 4);
	io_wire_end();
	assert_int_equal(wire_rig_routes(), 1);
	assert_int_equal(wire_rig_rules(), 0);
	assert_int_equal(kill(other, SIGKILL), 0);
	assert_int_equal(waitpid(other, NULL, 0), other);
	begins(0, "va", "");
	assert_int_equal(wire_rig_routes(), 0);
}

static void
given_a_name_that_is_no_namespaces_it_stays_where_it_is(void **state)
{
	int home = -1;

	(void)state;
	assert_int_equal(io_wire_enter("no-such-namespace", &home), -ENOENT);
	assert_int_equal(io_wire_enter("../../proc/1/ns/net", &home), -EINVAL);
	assert_int_equal(home, -1);
}

/* ---- many ---- */

static void
given_a_thousand_phones_each_has_its_address_and_none_is_left(void **state)
{
	enum { MANY = 1000 };
	struct wire_rig *wr = *state;
	static struct io *more[MANY + 1];
	int server = wire_rig_socket(wr, SOCK_DGRAM, WIRE_SERVER, 53), fd = rtnl_open();

	for (unsigned i = 1; i <= MANY; i++) {
		struct io_phone_cfg cfg = { .index = i, .mac = { 0, 4, 0xf2, 0x10, 0, 0 } };

		assert_int_equal(io_phone_new(wr->rig.world, &cfg, &more[i]), 0);
		assert_int_equal(more[i]->ops->address(more[i], 0x0a2a4100 + i, 0), 0);
	}
	assert_int_equal(wire_rig_routes(), MANY);
	assert_int_equal(rtnl_where(fd, 0x0a2a4100 + MANY / 2), 2);
	for (unsigned i = 1; i <= MANY; i++)
		io_phone_free(more[i]);
	assert_int_equal(wire_rig_routes(), 0);
	close(server);
	close(fd);
}

#define ON(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON(given_a_discover_the_frame_is_the_phones_own),
		ON(given_an_answer_to_everybody_or_to_the_phone_alone_it_is_told),
		cmocka_unit_test_setup_teardown(
		    given_an_answer_to_everybody_or_to_the_phone_alone_it_is_told, begin_over,
		    end),
		ON(given_answers_to_others_they_are_not_told),
		ON(given_two_shards_each_gets_what_is_its_own),
		ON(given_a_vlan_without_an_interface_its_frames_are_tagged),
		cmocka_unit_test_setup_teardown(
		    given_a_vlan_with_an_interface_its_frames_go_there_untagged,
		    begin_with_vlan, end),
		ON(given_a_lease_the_address_is_the_hosts_as_long_as_the_phone_has_it),
		ON(given_a_new_address_it_is_announced_with_the_interfaces_mac),
		ON(given_an_address_that_the_host_or_another_phone_has_it_is_taken),
		cmocka_unit_test_setup_teardown(
		    given_an_address_that_no_phone_may_have_nothing_changes,
		    begin_with_addresses, end),
		ON(given_a_lease_a_datagram_leaves_from_it_and_the_answer_comes),
		ON(given_a_lease_a_stream_comes_up_from_it),
		ON(given_an_address_given_up_its_connections_still_end_on_the_wire),
		ON(given_the_next_address_the_one_before_it_goes_when_nothing_is_open),
		ON(given_a_renewal_it_goes_to_the_server_alone_and_is_told_once),
		ON(given_a_rebinding_the_broadcast_leaves_from_the_address),
		ON(given_a_server_elsewhere_the_way_leads_over_the_leases_router),
		ON(given_a_release_it_is_still_sent_when_the_address_goes_at_once),
		ON(given_no_such_interface_it_says_which),
		ON(given_too_few_privileges_it_says_which_are_missing_and_how_to_get_them),
		ON(given_a_farm_that_was_killed_the_next_one_takes_away_what_it_left),
		ON(given_the_end_of_a_farm_only_its_own_goes),
		ON(given_a_name_that_is_no_namespaces_it_stays_where_it_is),
		ON(given_a_thousand_phones_each_has_its_address_and_none_is_left),
	};

	if (!wire_rig_can()) {
		print_message("[  SKIPPED ] 25 test(s).\n");
		return 0;
	}
	return cmocka_run_group_tests_name("io_wire", tests, NULL, NULL);
}
