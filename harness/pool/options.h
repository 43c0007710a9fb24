/* options.h - what cx700pool is told on its command line. */
#ifndef POOL_OPTIONS_H
#define POOL_OPTIONS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

struct pool_options {
	const char *dir;    /* NULL: a private one, removed at the end */
	const char *faults; /* whose faults and habits are played; NULL: none */
	uint32_t listen;    /* host byte order */
	uint32_t port_base; /* port P of the real world is port_base + P here */
	uint32_t users;
	uint32_t lock_out; /* so many wrong passwords lock an account; 0: never */
	const char *firmware_version;
	uint64_t firmware_size;
	uint64_t keep_alive_us; /* what the SIP server tells its clients */
	bool publish_ca;        /* the root's certificate is in the directory */
	bool no_update;         /* the update service names no URL */
	uint32_t net;           /* the lease range ... */
	uint32_t net_bits;      /* ... and how long its prefix is */
	uint32_t voice_vlan;    /* 0: none */
	uint64_t lease_us;
	uint32_t sip_version; /* of the signatures, 3 or 4 */
	uint64_t seed;        /* of the root certificate; 0: like no other */
	/* --only sip: joined to a realm of others. */
	const char *only, *realm, *keytab, *certificate, *key;
	bool standard_ports;
	int ready_fd; /* -1: none */
	int begin_fd; /* where a run tells that it begins; -1: nobody does */
	bool help;
};

/* What holds when nothing is said. */
void pool_options_default(struct pool_options *);

/*
 * Read argv (argv[0] is skipped).  Texts stay argv's.  0, or -EINVAL and one line of
 * complaint (without a newline) in `complaint`.
 */
int pool_options_read(
    struct pool_options *, int argc, char *const argv[], struct buf *complaint);

/* Append the manual: one line an option. */
void pool_options_help(struct buf *);

#endif
