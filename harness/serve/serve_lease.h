/*
 * serve_lease.h - the leases of one scope of serve_dhcp: a hash table whose
 * slots are the addresses.
 *
 * A MAC's slot is its low 24 bits modulo the size, or the next one that is neither
 * another's nor reserved.  A slot that was used is never again "never used", so a
 * search may end at the first such one.
 */
#ifndef SERVE_SERVE_LEASE_H
#define SERVE_SERVE_LEASE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lease_table;

enum lease_state {
	LEASE_NEVER,   /* never used */
	LEASE_FREE,    /* its MAC's again if it comes back before others need it */
	LEASE_OFFERED, /* until_us */
	LEASE_HELD,    /* until_us */
	LEASE_BLOCKED, /* declined, until_us */
	LEASE_RESERVED /* not for lease */
};

struct lease {
	uint64_t until_us;
	uint8_t mac[6];
	uint8_t state;
};

/* Of the addresses first..last but those ending in .0 and .255.  0, -ENOMEM, -EINVAL: there is
 * none. */
int lease_table_new(uint32_t first, uint32_t last, struct lease_table **out);
void lease_table_free(struct lease_table *);

/* Never lease this address; one outside is fine. */
void lease_table_reserve(struct lease_table *, uint32_t ip);

/* How many are held now. */
size_t lease_table_count(const struct lease_table *, uint64_t now_us);

/* The MAC's slot: its own, or the one it would get.  NULL: all are taken. */
struct lease *lease_find(struct lease_table *, const uint8_t mac[6], uint64_t now_us);

/* The slot that is the MAC's, held, offered or free; NULL if there is none. */
struct lease *lease_lookup(struct lease_table *, const uint8_t mac[6]);

/* The slot of an address, NULL if it is not for lease; the address of a slot. */
struct lease *lease_at(struct lease_table *, uint32_t ip);
uint32_t lease_ip(const struct lease_table *, const struct lease *);

/* Is the slot the MAC's: held, offered or free?  A time that is over does not matter. */
bool lease_is_of(const struct lease *, const uint8_t mac[6]);

/* Offer a slot of lease_find() to a MAC; a lease that holds stays one. */
void lease_offer(struct lease *, const uint8_t mac[6], uint64_t until_us, uint64_t now_us);
/* Granted; given back, but remembered; taken out of use after a DECLINE. */
void lease_hold(struct lease *, uint64_t until_us);
void lease_release(struct lease *);
void lease_block(struct lease *, uint64_t until_us);

/* Take back what was only offered.  NULL is fine. */
void lease_withdraw(struct lease *);

#endif
