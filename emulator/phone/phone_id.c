/* phone_id.c - see phone_id.h. */
#include "phone_id.h"

#include <stdio.h>
#include <string.h>

#include "rng.h"
#include "text.h"

enum { STREAM_THINK = 1 }; /* of chance, beside the phone's own */

/* Base + index, as one number of 48 bits. */
static void
mac_of(const uint8_t base[6], uint32_t index, uint8_t out[6])
{
	uint64_t n = 0;

	for (int i = 0; i < 6; i++)
		n = n << 8 | base[i];
	n += index;
	for (int i = 5; i >= 0; i--, n >>= 8)
		out[i] = (uint8_t)n;
}

/* A stream of its own: whatever else is left to chance does not move it. */
static uint64_t
think_us(const struct spread *types_for, uint64_t seed, uint32_t index)
{
	struct rng rng;

	rng_seed(&rng, seed, (uint64_t)STREAM_THINK << 32 | index);
	return spread_draw(types_for, &rng);
}

/* Without DHCP the pool file says what it would have said. */
static struct given_net
given_of(const struct pool_file *pool)
{
	if (pool->dhcp.mode != POOL_DHCP_NONE)
		return (struct given_net){ 0 };
	return (struct given_net){
		.ip = pool->network.addresses[0].ip,
		.dns = { pool->dhcp.dns[0], pool->dhcp.dns[1] },
		.domain = pool->dhcp.domain,
		.suffix = pool->dhcp.suffixes,
		.n_suffixes = (uint8_t)pool->dhcp.n_suffixes,
	};
}

int
phone_id(const struct phone_cfg *cfg, uint64_t seed, uint32_t index, struct identity *out)
{
	const struct pool_users *users = &cfg->pool->users;
	struct identity id = {
		.index = index,
		.external = cfg->pool->external,
		.given = given_of(cfg->pool),
	};
	int err = pool_user_name(users->name, users->first + index, id.user, sizeof id.user);

	if (err == 0)
		err = text_copy(id.user_domain, sizeof id.user_domain, span_of(users->domain));
	if (err == 0)
		err =
		    text_copy(id.sip_domain, sizeof id.sip_domain, span_of(users->sip_domain));
	if (err != 0)
		return err;

	/* One user part in both names; only the domains differ. */
	memcpy(id.sip_user, id.user, sizeof id.sip_user);
	mac_of(cfg->pool->macs, index, id.mac);
	(void)snprintf(id.serial, sizeof id.serial, "%02X%02X%02X%02X%02X%02X", id.mac[0],
	    id.mac[1], id.mac[2], id.mac[3], id.mac[4], id.mac[5]);
	id.think_us = think_us(phone_group_of(cfg, index)->types_for, seed, index);
	*out = id;
	return 0;
}

void
phone_realm(const struct pool_file *pool, char *out, size_t cap)
{
	(void)snprintf(out, cap, "%s", pool->users.domain);
	text_upper(out);
}
