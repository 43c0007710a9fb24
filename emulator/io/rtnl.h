/*
 * rtnl.h - the kernel's routes, rules and VLAN interfaces, over rtnetlink (RFC 3549).
 *
 * Only what a farm on a wire needs.  Everything that is made here carries the protocol number
 * RTNL_MINE and the number of its owner, so that it can be found again and taken away: a
 * route's is its metric, or its table when the table is the owner's; a rule's is its table; an
 * interface's is in its alias.
 */
#ifndef IO_RTNL_H
#define IO_RTNL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "span.h"

enum { RTNL_MINE = 0xc7, RTNL_RULE_AT = 32800 /* behind the host's own tables */ };

enum rtnl_what { RTNL_ROUTE, RTNL_RULE, RTNL_LINK };

struct rtnl_thing { /* addresses in host byte order; 0 and "" are left out */
	enum rtnl_what what;
	uint32_t ip; /* of the route; from where, of the rule */
	uint8_t len; /* of its prefix, in bits */
	bool local;  /* route: the address is ours, table local; else unicast */
	uint32_t gateway;
	uint32_t table, metric;
	int index;     /* of the interface */
	uint16_t vlan; /* link: its tag, upon the interface `index` */
	char name[16], alias[32];
};

/* ---- messages, pure ---- */

/* Append the request to make a thing, or to take it away (of a link only the index counts
 * then).  The buffer keeps the error. */
void rtnl_write_add(struct buf *, const struct rtnl_thing *);
void rtnl_write_remove(struct buf *, const struct rtnl_thing *);
/* Append the request for all there are. */
void rtnl_write_list(struct buf *, enum rtnl_what);
/* Append the question what an address is to this host. */
void rtnl_write_where(struct buf *, uint32_t ip);

struct rtnl_told { /* one message of the kernel's */
	enum { RTNL_TOLD_THING, RTNL_TOLD_END, RTNL_TOLD_OTHER } kind;
	int err;       /* of END: 0 or -errno */
	bool mine;     /* the thing carries RTNL_MINE; of a link: any may */
	unsigned type; /* of a route: RTN_LOCAL, RTN_UNICAST ... */
	struct rtnl_thing thing;
};

/* The next message of *rest, which moves on behind it.  False: there is none, or it is cut. */
bool rtnl_read(struct span *rest, struct rtnl_told *);

/* ---- with the kernel ---- */

/* A socket for the calls below, or -errno. */
int rtnl_open(void);

/* Ask and wait for the word of the kernel, which comes at once: 0 or -errno, as -EEXIST. */
int rtnl_add(int fd, const struct rtnl_thing *);
int rtnl_remove(int fd, const struct rtnl_thing *);

/* RTN_LOCAL, RTN_UNICAST ... or -errno (-ENETUNREACH). */
int rtnl_where(int fd, uint32_t ip);

/* Call fn for each of them; nothing may be asked in there.  0 or -errno. */
typedef void rtnl_each_fn(void *arg, const struct rtnl_told *);
int rtnl_each(int fd, enum rtnl_what, rtnl_each_fn *, void *arg);

#endif
