/*
 * io_uv.h - the real world: how a loop's share of it, and a phone's part of that, are made.
 *
 * An io_world belongs to one loop and its thread; nothing of it is shared with
 * other threads.
 */
#ifndef IO_IO_UV_H
#define IO_IO_UV_H
#include <stddef.h>
#include <stdint.h>

#include "io.h"
#include "io_link.h"
#include "loop.h"

struct io_world;

struct io_port { /* ports: {53: 20053} */
	uint16_t standard, real;
};

struct io_net { /* a network, host byte order */
	uint32_t ip, mask;
};

struct io_relay { /* dhcp: {relay: {untagged: 127.0.0.2, 200: 127.0.0.3}}; vlan 0 = untagged */
	uint16_t vlan;
	uint32_t giaddr;
};

/* What the phones' addresses are on: 127/8; an interface, where each is the host's as long as a
 * phone has it; the host's own address. */
enum io_net_mode { IO_NET_LOOPBACK, IO_NET_INTERFACE, IO_NET_HOST };

struct io_vlan { /* the interface where a tag's traffic goes without its tag */
	uint16_t vlan;
	const char *interface;
};

/* A profile's TLS habits; the world makes one mbedtls_ssl_config of each. */
struct io_tls_habit {
	const uint16_t *suites; /* in the order of the ClientHello */
	size_t n_suites;
	bool split_records; /* CBC 1/n-1 record splitting */
};

struct io_world_cfg {
	const struct io_port
	    *ports; /* a port not named is real; 68 without an entry is one above 67's */
	size_t n_ports;
	const struct io_net *allow; /* nothing is sent elsewhere; empty: nowhere */
	size_t n_allow;
	enum io_net_mode net;
	const char *interface; /* mode interface; what has no interface in vlans is tagged */
	const struct io_vlan *vlans;
	size_t n_vlans;
	const struct io_net *addresses; /* mode interface: no others are taken; none: all are */
	size_t n_addresses;
	enum { IO_DHCP_NONE, IO_DHCP_RELAY, IO_DHCP_BROADCAST } dhcp;
	uint32_t dhcp_server;
	const struct io_relay *relays;
	size_t n_relays;
	unsigned shard,
	    shards; /* phone i belongs to shard i mod shards; its MAC is mac_base + i */
	uint8_t mac_base[6];
	const struct io_tls_habit *tls;
	size_t n_tls;
	const char *keylog; /* SSLKEYLOGFILE format, appended to; NULL: none */
	size_t max_phones;
};

/* What the phones sent (requests, bytes_out) and received, by service: each as a server's log
 * would count it. */
enum io_service {
	IO_SVC_DHCP,
	IO_SVC_DNS,
	IO_SVC_NTP,
	IO_SVC_KDC,
	IO_SVC_LDAP,
	IO_SVC_HTTP,
	IO_SVC_HTTPS,
	IO_SVC_SIP,
	IO_SVC_OTHER,
	IO_SVC_COUNT
};
struct io_count {
	uint64_t requests, replies, bytes_out, bytes_in;
};

/*
 * With several shards, make their worlds one after the other in the order of the shards, before
 * any of them runs: DHCP's replies find their shard by the order in which the relay's sockets
 * were bound.
 *
 * A world keeps 6 descriptors open and one for each relay, or on an interface one more and one
 * for each interface; a phone one for each socket, three for an https connection, or for an
 * http one over a line of its own.
 *
 * 0 or -errno: -EADDRINUSE / -EADDRNOTAVAIL a giaddr cannot be bound, -ENODEV there is no such
 * interface, -EPERM it may not be used.  *err_out (static text or NULL) says in words what
 * failed.
 */
int io_world_new(
    struct loop *, const struct io_world_cfg *, struct io_world **out, const char **err_out);

/* The address of this machine that a packet to `to` would leave from; none is sent.  0,
 * -ENETUNREACH there is no way there, or -errno. */
int io_host_towards(uint32_t to, uint32_t *ip_out);

/* Is this an address of this machine?  0, -EADDRNOTAVAIL or -errno. */
int io_host_has(uint32_t ip);

/* All its phones must have been freed. */
void io_world_free(struct io_world *);

/* The counters, IO_SVC_COUNT of them; lent. */
const struct io_count *io_world_counts(const struct io_world *);

/*
 * One phone's world.  `index` is the phone's number in the farm, seed starts its
 * stream of chance, tls indexes cfg.tls.
 */
struct io_phone_cfg {
	uint32_t index;
	uint8_t mac[6];
	uint64_t seed;
	unsigned tls;
	const struct io_link *link; /* its own line; copied; NULL: none */
};
/* 0, -EINVAL: the phone is another shard's, or -ENOMEM. */
int io_phone_new(struct io_world *, const struct io_phone_cfg *, struct io **out);

/* After an update another profile's TLS habits may hold: for streams opened from now on. */
void io_phone_tls(struct io *, unsigned tls);

/* Drops every root the phone trusts: a hard reset. */
void io_phone_distrust(struct io *);

/* Cuts its power and frees it.  NULL is fine. */
void io_phone_free(struct io *);

#endif
