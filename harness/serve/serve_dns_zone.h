/* serve_dns_zone.h - what the files of serve_dns share: the zone as a sorted table. */
#ifndef SERVE_SERVE_DNS_ZONE_H
#define SERVE_SERVE_DNS_ZONE_H
#include "serve_dns.h"

struct dns_record {
	char name[DNS_NAME_MAX], target[DNS_NAME_MAX];
	enum dns_type type;
	uint32_t ip;
	uint16_t priority, weight, port;
	size_t nth; /* in the caller's table */
};

struct serve_dns {
	struct dns_record *records; /* by name, then as in the caller's table */
	size_t n;
	uint32_t ttl_s;
	uint8_t refuse; /* RCODE; 0: answers */
};

/* The first record of a name, or NULL; the others of that name follow it. */
const struct dns_record *serve_dns_find(const struct serve_dns *, const char *name);
const struct dns_record *serve_dns_next(const struct serve_dns *, const struct dns_record *);

#endif
