/*
 * pool_habits.c - what a scenario says of the servers: read before anything starts, and made
 * the defaults of the options that say the same, so that an option on the command line wins.
 */
#include "pool.h"
#include "scenario.h"

static void
habits_to_options(const struct servers *habits, struct pool_options *o)
{
	o->firmware_version = habits->update.version;
	o->firmware_size = habits->update.size;
	o->no_update = habits->update.blank;
	o->keep_alive_us = (uint64_t)habits->sip.keep_alive_s * 1000000;
	o->sip_version = habits->sip.version;
	o->publish_ca = habits->ldap.publish_ca;
	o->voice_vlan = habits->dhcp.voice_vlan;
	o->lease_us = (uint64_t)habits->dhcp.lease_s * 1000000;
}

int
pool_habits_read(struct pool *pool, struct config_error *error)
{
	const char *file = pool->options.faults, *cannot;
	int err;

	servers_default(&pool->habits);
	if (file == NULL)
		return 0;
	err = scenario_load_servers(file, &pool->faults, &pool->habits, error);
	if (err != 0)
		return err;
	cannot = servers_only_rehearsed(&pool->habits);
	if (cannot != NULL)
		return config_fail(error, file, (struct mark){ 0 }, "servers: %s", cannot);
	habits_to_options(&pool->habits, &pool->options);
	return 0;
}
