/*
 * servers.h - the servers of a rehearsal or of the embedded pool: what a request costs them,
 * and the habits of the pool they belong to: `servers:`.  The tables in servers.c are the
 * format and have the defaults, each with its source; those of what a request costs are a
 * rehearsal's, where the embedded pool is as fast as it can be.
 */
#ifndef CONFIG_SERVERS_H
#define CONFIG_SERVERS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "field.h"
#include "phones.h"
#include "spread.h"

enum servers_id {
	SERVERS_DHCP,
	SERVERS_DNS,
	SERVERS_NTP,
	SERVERS_KDC,
	SERVERS_LDAP,
	SERVERS_CA_WEB,
	SERVERS_SIP,
	SERVERS_EXCHANGE,
	SERVERS_UPDATE,
	SERVERS_COUNT
};

/* "dhcp", "dns", ..., "update", and NULL behind the last. */
extern const char *const servers_name[SERVERS_COUNT + 1];

enum {
	SERVERS_NAME_MAX = 128,
	SERVERS_SEARCH_MAX = 8,
	SERVERS_OPTIONS_MAX = 16,
	SERVERS_RECORDS_MAX = 32
};

/* What a request costs, and the way there. */
struct servers_cost {
	struct spread takes; /* one worker, for one request */
	uint32_t workers;
	uint64_t latency_us; /* one way */
	uint64_t bytes_per_s;
	/* Which of these the file itself says: a pool on real sockets plays only those. */
	bool said_work, said_latency, said_bandwidth;
};

enum servers_record_type { SERVERS_A, SERVERS_SRV, SERVERS_CNAME };

/* A name as it was written, without a dot at the end. */
struct servers_record {
	char name[SERVERS_NAME_MAX];
	enum servers_record_type type;
	uint32_t ip;                   /* A, host byte order */
	char target[SERVERS_NAME_MAX]; /* SRV, CNAME */
	uint16_t priority, weight, port;
	struct mark at;
};

/* What is wrong with a server's certificate. */
enum servers_certificate {
	CERTIFICATE_GOOD,
	CERTIFICATE_SHA2,       /* the whole chain is signed with SHA-256 */
	CERTIFICATE_EXPIRED,    /* ended yesterday */
	CERTIFICATE_EARLY,      /* begins tomorrow */
	CERTIFICATE_WRONG_NAME, /* another host's */
	CERTIFICATE_OTHER_ROOT  /* from a root that the directory does not know */
};

struct servers_dhcp {
	uint16_t voice_vlan; /* 0: none is named */
	uint32_t lease_s;
	char domain[SERVERS_NAME_MAX];                     /* option 15; "": the pool's own */
	char search[SERVERS_SEARCH_MAX][SERVERS_NAME_MAX]; /* option 119; none: the domain */
	size_t n_search;
	uint8_t options_off[SERVERS_OPTIONS_MAX]; /* never sent */
	size_t n_options_off;
};

struct servers_dns {
	struct servers_record add[SERVERS_RECORDS_MAX]; /* beside the pool's zone */
	size_t n_add;
	char hide[SERVERS_RECORDS_MAX][SERVERS_NAME_MAX]; /* names the zone lacks, all types */
	size_t n_hide;
};

struct servers_ntp {
	int64_t offset_us; /* how far its clock is ahead; behind: below 0 */
};

struct servers_kdc {
	int64_t offset_us;
	uint64_t ticket_bytes; /* how long a ticket is */
	/* Whose account is in which state. */
	struct phones wrong_password, expired, locked, disabled, unknown;
};

struct servers_ldap {
	bool publish_ca; /* the root stands in the directory */
	bool enrollment; /* there is an enrollment service's object */
};

struct servers_ca_web {
	bool wrong_key; /* a ticket for the first SPN is refused: "a different key" */
};

struct servers_sip {
	enum servers_certificate certificate;
	uint32_t keep_alive_s, expires_s;
	char home_pool[SERVERS_NAME_MAX]; /* where `redirect` of the users live; "": nobody */
	double redirect;                  /* 0 to 1 */
	uint32_t version;                 /* of the signatures, 3 or 4 */
};

struct servers_exchange {
	enum servers_certificate certificate;
	bool mailbox; /* the users have one */
};

struct servers_update {
	char version[32];
	uint64_t size;
	bool blank;        /* the answer names no URL */
	bool wrong_length; /* the image is not as long as the answer says */
};

struct servers {
	struct servers_cost cost[SERVERS_COUNT];
	struct servers_dhcp dhcp;
	struct servers_dns dns;
	struct servers_ntp ntp;
	struct servers_kdc kdc;
	struct servers_ldap ldap;
	struct servers_ca_web ca_web;
	struct servers_sip sip;
	struct servers_exchange exchange;
	struct servers_update update;
};

/* The keys of all servers, for the manual. */
extern const struct field servers_fields[SERVERS_COUNT];

/* Read the map of `servers:` into a struct servers (zeroed), defaults where it is silent.  0,
 * or -EINVAL with the error. */
int servers_read(const struct field_place *, const struct node *map, void *servers);

/* What holds when a scenario says nothing. */
void servers_default(struct servers *);

/*
 * What of it cannot be on real sockets, in words ("kdc.offset: ..."); NULL: all of it can.
 */
const char *servers_only_rehearsed(const struct servers *);

/* Which of the servers has this name?  SERVERS_COUNT: none. */
enum servers_id servers_find(const char *name);

#endif
