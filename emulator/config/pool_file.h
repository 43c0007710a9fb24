/* pool_file.h - how to get onto a pool's network and who the phones are; read and checked.
 * The tables in pool_file.c are the format. */
#ifndef CONFIG_POOL_FILE_H
#define CONFIG_POOL_FILE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "tree.h"

enum { POOL_NETS_MAX = 16, POOL_VLANS_MAX = 16, POOL_PORTS_MAX = 32 };

struct pool_net { /* 10.42.0.0/16, host byte order */
	uint32_t ip, mask;
};

struct pool_relay { /* vlan 0 = untagged */
	uint16_t vlan;
	uint32_t giaddr;
};

struct pool_vlan { /* the interface where a tag's traffic goes */
	uint16_t vlan;
	char interface[16];
};

/* A port as the phone knows it, and the one where this pool has it. */
struct pool_port {
	uint16_t standard, real;
};

/* What the phones' addresses are on: loopback, an interface, the host's one for all. */
enum pool_network { POOL_LOOPBACK, POOL_INTERFACE, POOL_HOST };
/* How a lease is asked for: not at all, as a relay agent would, or by broadcast. */
enum pool_dhcp { POOL_DHCP_NONE, POOL_DHCP_RELAY, POOL_DHCP_BROADCAST };

struct pool_users {
	char name[64]; /* with exactly one %0Nd */
	uint32_t first;
	char domain[128], sip_domain[128];
	char *password; /* read from the file named; wiped by pool_file_done() */
};

struct pool_file {
	char *file;
	char name[64];
	struct {
		enum pool_network mode;
		struct mark at;
		char interface[16], netns[64];
		struct pool_vlan vlans[POOL_VLANS_MAX];
		size_t n_vlans;
		struct pool_net addresses[POOL_NETS_MAX];
		size_t n_addresses;
	} network;
	uint8_t macs[6];
	bool external; /* side */
	struct {
		enum pool_dhcp mode;
		struct mark at;
		uint32_t server;
		struct pool_relay relay[POOL_VLANS_MAX];
		size_t n_relays;
		char domain[128];      /* mode none */
		uint32_t dns[2];       /* mode none */
		char suffixes[3][128]; /* mode none */
		size_t n_suffixes;
	} dhcp;
	struct pool_port ports[POOL_PORTS_MAX];
	size_t n_ports;
	struct pool_users users;
	struct {
		uint32_t canary, wrong_passwords; /* 0 = no guard */
	} guard;
	bool leave; /* all as it is at the end: nobody signs out or gives a lease back */
	struct mark allow_at;
	struct pool_net allow[POOL_NETS_MAX];
	size_t n_allow;
};

/* 0, or -errno with a one-line error.  A secret named `file:NAME` is sought beside the pool
 * file. */
int pool_file_load(const char *path, struct pool_file *out, struct config_error *);

/* Wipe the password and give all back; NULL is fine. */
void pool_file_done(struct pool_file *);

/* Is all of it loopback, private (RFC 1918) or of one link (169.254/16)? */
bool pool_net_is_private(const struct pool_net *);

/* Append the manual: one line a key. */
void pool_file_help(struct buf *);

/* The n-th user's name: the one %0Nd of `pattern` expanded with first + n.  0, -EINVAL
 * (pattern), -ENAMETOOLONG. */
int pool_user_name(const char *pattern, uint32_t number, char *out, size_t cap);

#endif
