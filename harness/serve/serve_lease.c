/* serve_lease.c - see serve_lease.h. */
#include "serve_lease.h"

#include <errno.h>
#include <string.h>

#include "mem.h"

enum { PER_BLOCK = 254 }; /* of 256 addresses, without .0 and .255 */

struct lease_table {
	uint64_t first; /* the ordinal of the first address, see ordinal() */
	size_t n;
	struct lease slots[];
};

/* How many leasable addresses lie below this one. */
static uint64_t
ordinal(uint64_t ip)
{
	/* Two of each full block are left out, and the .0 of the one begun. */
	return ip - (ip >> 8) * 2 - ((ip & 255) > 0);
}

/* Its inverse. */
static uint32_t
address(uint64_t nth)
{
	return (uint32_t)(nth / PER_BLOCK * 256 + 1 + nth % PER_BLOCK);
}

int
lease_table_new(uint32_t first, uint32_t last, struct lease_table **out)
{
	uint64_t n = first <= last ? ordinal((uint64_t)last + 1) - ordinal(first) : 0;
	struct lease_table *t;

	if (n == 0)
		return -EINVAL;
	t = mem_new(sizeof *t + (size_t)n * sizeof t->slots[0]);
	if (t == NULL)
		return -ENOMEM;
	t->first = ordinal(first);
	t->n = (size_t)n;
	*out = t;
	return 0;
}

void
lease_table_free(struct lease_table *t)
{
	mem_free(t);
}

/* .0 and .255 have no slot, nor what lies outside first..last. */
struct lease *
lease_at(struct lease_table *t, uint32_t ip)
{
	uint64_t nth = ordinal(ip);

	if ((ip & 255) == 0 || (ip & 255) == 255 || nth < t->first || nth - t->first >= t->n)
		return NULL;
	return &t->slots[nth - t->first];
}

uint32_t
lease_ip(const struct lease_table *t, const struct lease *l)
{
	return address(t->first + (uint64_t)(l - t->slots));
}

void
lease_table_reserve(struct lease_table *t, uint32_t ip)
{
	struct lease *l = lease_at(t, ip);

	if (l != NULL)
		l->state = LEASE_RESERVED;
}

size_t
lease_table_count(const struct lease_table *t, uint64_t now_us)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += t->slots[i].state == LEASE_HELD && t->slots[i].until_us > now_us;
	return n;
}

bool
lease_is_of(const struct lease *l, const uint8_t mac[6])
{
	return (l->state == LEASE_FREE || l->state == LEASE_OFFERED ||
		   l->state == LEASE_HELD) &&
	    memcmp(l->mac, mac, sizeof l->mac) == 0;
}

/* May somebody else have it? */
static bool
is_open(const struct lease *l, uint64_t now_us)
{
	if (l->state == LEASE_RESERVED)
		return false;
	return l->state == LEASE_NEVER || l->state == LEASE_FREE || l->until_us <= now_us;
}

/* Walk from the MAC's slot to its own one, or to where the search may end; on the way *open_out
 * notes the first that it could have instead. */
static struct lease *
probe(struct lease_table *t, const uint8_t mac[6], uint64_t now_us, struct lease **open_out)
{
	size_t at = ((size_t)mac[3] << 16 | (size_t)mac[4] << 8 | mac[5]) % t->n;

	*open_out = NULL;
	for (size_t i = 0; i < t->n; i++, at = at + 1 < t->n ? at + 1 : 0) {
		struct lease *l = &t->slots[at];

		/* Its own may lie behind an open one, so the walk goes on past that. */
		if (lease_is_of(l, mac))
			return l;
		if (*open_out == NULL && is_open(l, now_us))
			*open_out = l;
		/* Nobody ever walked past this one. */
		if (l->state == LEASE_NEVER)
			break;
	}
	return NULL;
}

struct lease *
lease_find(struct lease_table *t, const uint8_t mac[6], uint64_t now_us)
{
	struct lease *open, *own = probe(t, mac, now_us, &open);

	return own != NULL ? own : open;
}

struct lease *
lease_lookup(struct lease_table *t, const uint8_t mac[6])
{
	struct lease *open;

	return probe(t, mac, 0, &open);
}

void
lease_offer(struct lease *l, const uint8_t mac[6], uint64_t until_us, uint64_t now_us)
{
	/* A DISCOVER takes nothing away: the phone may have lost its memory, not its lease. */
	if (lease_is_of(l, mac) && l->state == LEASE_HELD && l->until_us > now_us)
		return;
	memcpy(l->mac, mac, sizeof l->mac);
	l->state = LEASE_OFFERED;
	l->until_us = until_us;
}

void
lease_hold(struct lease *l, uint64_t until_us)
{
	l->state = LEASE_HELD;
	l->until_us = until_us;
}

void
lease_release(struct lease *l)
{
	l->state = LEASE_FREE;
	l->until_us = 0;
}

void
lease_block(struct lease *l, uint64_t until_us)
{
	l->state = LEASE_BLOCKED;
	l->until_us = until_us;
}

void
lease_withdraw(struct lease *l)
{
	if (l != NULL && l->state == LEASE_OFFERED)
		lease_release(l);
}
