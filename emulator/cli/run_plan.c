/* run_plan.c - see run_plan.h.  Its parts are in plan_*.c. */
#include "run_plan.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "data_dir.h"
#include "mem.h"
#include "phone_rows.h"
#include "plan_events.h"
#include "plan_groups.h"
#include "plan_names.h"
#include "plan_profiles.h"
#include "profile_load.h"
#include "text.h"

/* Append " first_boot" of "first_boot.yaml". */
static void
plan_name_scenario(void *known, const char *file)
{
	buf_printf(known, " %.*s", (int)(strlen(file) - strlen(".yaml")), file);
}

/* A name that is no file here and in no data folder. */
static int
plan_no_scenario(const char *named, struct config_error *error)
{
	struct buf known = { 0 };

	data_list("scenarios", ".yaml", plan_name_scenario, &known);
	(void)config_fail(error, named, (struct mark){ 0 }, "no such scenario; %s%.300s",
	    known.n > 0 ? "there are" : "name a file.yaml",
	    known.n > 0 ? buf_cstr(&known) : "");
	buf_done(&known);
	return -EINVAL;
}

/* A file here, or by its mere name ("first_boot") one of the data folders. */
static int
plan_scenario(struct run_plan *p, const char *named, struct config_error *error)
{
	char file[160], path[DATA_PATH_MAX];
	bool is_name = strpbrk(named, "/.") == NULL && access(named, F_OK) != 0;

	if (!is_name)
		return scenario_load(named, &p->scenario, error);
	(void)snprintf(file, sizeof file, "%s.yaml", named);
	if (!data_find("scenarios", file, path))
		return plan_no_scenario(named, error);
	return scenario_load(path, &p->scenario, error);
}

/* What the pool has no part in; so `validate` can use it too. */
int
run_plan_make(struct run_plan *p, const struct run_options *o, struct config_error *error)
{
	const char *wrong = journey_check_all();
	int err;

	if (wrong != NULL)
		return config_fail(error, "the journey's table", (struct mark){ 0 },
		    "row %s does not fit", wrong);
	err = plan_scenario(p, o->scenario, error);
	if (err != 0)
		return err;
	p->phones = o->phones != 0 ? o->phones : p->scenario.phones;
	p->seed = o->has_seed ? o->seed : p->scenario.seed;
	p->trace = o->has_trace ? o->trace : p->scenario.trace;
	p->trace_sample = o->has_trace ? o->trace_sample : p->scenario.trace_sample;
	p->n_rows = phone_rows(p->rows, METRICS_ROWS);
	for (unsigned why = 0; why < WHY_COUNT; why++)
		p->reasons[why] = reason_name((enum reason)why);

	p->n_watch = expectations_details(&p->scenario.expect, p->watch);

	err = plan_profiles(p, o, error);
	if (err == 0)
		err = plan_groups(p, o, error);
	if (err == 0)
		err = plan_names(p, error);
	if (err == 0)
		err = plan_starts(p, error);
	if (err != 0)
		return err;
	plan_events(p);
	p->phone = (struct phone_cfg){
		.world = &phone_world_real,
		.pool = &p->pool,
		.profiles = (const struct profile *const *)p->profiles,
		.n_profiles = p->n_profiles,
		.groups = p->phone_groups,
		.n_groups = p->scenario.n_groups,
	};
	return 0;
}

/* ---- the pool ---- */

/* One address for all, and a DNS server that may be asked. */
static int
plan_host(const struct pool_file *pool, struct config_error *error)
{
	const struct pool_net *own = pool->network.addresses;
	char ip[TEXT_IP_MAX];

	if (pool->network.n_addresses > 1 ||
	    (pool->network.n_addresses == 1 && own->mask != ~(uint32_t)0))
		return config_fail(error, pool->file, pool->network.at,
		    "mode host has one address: `addresses' may name which of this machine's");
	for (size_t i = 0; i < 2; i++) {
		uint32_t dns = pool->dhcp.dns[i];
		size_t k = 0;

		while (k < pool->n_allow && (dns & pool->allow[k].mask) != pool->allow[k].ip)
			k++;
		if (dns != 0 && k == pool->n_allow)
			return config_fail(error, pool->file, pool->dhcp.at,
			    "the DNS server %s is not in `allow'", text_ip_str(dns, ip));
	}
	return 0;
}

/* Which ways of getting a lease there are on which network. */
static int
plan_network(const struct run_plan *p, struct config_error *error)
{
	const struct pool_file *pool = &p->pool;

	if (pool->network.mode == POOL_HOST)
		return plan_host(pool, error);
	if (pool->dhcp.mode == POOL_DHCP_NONE)
		return config_fail(error, pool->file, pool->dhcp.at,
		    "dhcp {mode: none} needs network {mode: host}: phones with addresses of "
		    "their own lease them");
	if (pool->network.mode == POOL_LOOPBACK && pool->dhcp.mode == POOL_DHCP_BROADCAST)
		return config_fail(error, pool->file, pool->dhcp.at,
		    "dhcp {mode: broadcast} needs network {mode: interface}: nobody hears "
		    "broadcasts on the loopback");
	return 0;
}

static void
plan_copy_net(struct io_net *to, const struct pool_net *from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = (struct io_net){ from[i].ip, from[i].mask };
}

/* The lists of the pool file, as the phones' world wants them. */
static void
plan_copy(struct run_plan *p)
{
	const struct pool_file *pool = &p->pool;

	for (size_t i = 0; i < pool->n_ports; i++)
		p->ports[i] = (struct io_port){ pool->ports[i].standard, pool->ports[i].real };
	for (size_t i = 0; i < pool->dhcp.n_relays; i++)
		p->relays[i] =
		    (struct io_relay){ pool->dhcp.relay[i].vlan, pool->dhcp.relay[i].giaddr };
	for (size_t i = 0; i < pool->network.n_vlans; i++)
		p->vlans[i] = (struct io_vlan){ pool->network.vlans[i].vlan,
			pool->network.vlans[i].interface };
	plan_copy_net(p->allow, pool->allow, pool->n_allow);
	plan_copy_net(p->addresses, pool->network.addresses, pool->network.n_addresses);
}

/* What the phones' world is made from: ports, networks, the way to DHCP. */
int
run_plan_pool(struct run_plan *p, const char *pool_file, struct config_error *error)
{
	static const enum io_net_mode nets[] = {
		[POOL_LOOPBACK] = IO_NET_LOOPBACK,
		[POOL_INTERFACE] = IO_NET_INTERFACE,
		[POOL_HOST] = IO_NET_HOST,
	};
	struct pool_file *pool = &p->pool;
	int err = pool_file_load(pool_file, pool, error);

	if (err == 0)
		err = plan_network(p, error);
	if (err != 0)
		return err;
	plan_copy(p);
	p->world = (struct io_world_cfg){
		.ports = p->ports,
		.n_ports = pool->n_ports,
		.allow = p->allow,
		.n_allow = pool->n_allow,
		.net = nets[pool->network.mode],
		.interface = pool->network.interface,
		.vlans = p->vlans,
		.n_vlans = pool->network.n_vlans,
		.addresses = p->addresses,
		.n_addresses = pool->network.n_addresses,
		.dhcp = pool->dhcp.mode == POOL_DHCP_BROADCAST ? IO_DHCP_BROADCAST
		    : pool->dhcp.mode == POOL_DHCP_RELAY       ? IO_DHCP_RELAY
							       : IO_DHCP_NONE,
		.dhcp_server = pool->dhcp.server,
		.relays = p->relays,
		.n_relays = pool->dhcp.n_relays,
		.tls = p->tls,
		.n_tls = p->n_profiles,
	};
	memcpy(p->world.mac_base, pool->macs, sizeof p->world.mac_base);
	return 0;
}

uint32_t
run_plan_lines(const struct run_plan *p)
{
	const struct leg *line = journey_find("pool_tls");
	uint32_t n = 0;

	/* From pool_tls on a phone keeps its TLS connection, hence a descriptor. */
	for (size_t i = 0; i < p->scenario.n_groups; i++) {
		const struct leg *until = p->group[i].journey.until;

		if (until == NULL || line == NULL || until >= line)
			n += p->first[i + 1] - p->first[i];
	}
	return n;
}

uint64_t
run_plan_stay_us(const struct run_plan *p)
{
	uint64_t longest_us = 0;

	for (size_t i = 0; i < p->scenario.n_groups; i++)
		if (p->group[i].journey.stay_us > longest_us)
			longest_us = p->group[i].journey.stay_us;
	return longest_us;
}

/* n_rows if there is none: no row has that number. */
unsigned
run_plan_row(const struct run_plan *p, const char *step)
{
	unsigned i = 0;

	while (i < p->n_rows && strcmp(p->rows[i].name, step) != 0)
		i++;
	return i;
}

void
run_plan_farm(struct run_plan *p, struct farm_cfg *cfg)
{
	for (size_t i = 0; i < p->scenario.n_groups; i++)
		p->group[i].journey.leave = !p->pool.leave;
	cfg->phones = p->phones;
	cfg->start_us = p->start_us;
	cfg->order = p->order;
	cfg->groups = p->farm_groups;
	cfg->n_groups = p->n_named;
	cfg->seed = p->seed;
	cfg->rows = p->rows;
	cfg->n_rows = p->n_rows;
	cfg->watch = p->watch;
	cfg->n_watch = p->n_watch;
	cfg->events = p->events;
	cfg->n_events = p->n_events;
	cfg->make = phone_make;
	cfg->make_arg = &p->phone;
	/* phone.c knows whose group stays. */
	cfg->must_hold = run_plan_stay_us(p) > 0;
	cfg->guard = (struct farm_guard){
		.canary = p->pool.guard.canary,
		.wrong_passwords = p->pool.guard.wrong_passwords,
		.login_row = run_plan_row(p, "krb_login"),
	};
	cfg->sign_in_row = run_plan_row(p, "user_enters");
}

void
run_plan_done(struct run_plan *p)
{
	for (size_t i = 0; i < p->n_profiles; i++)
		profile_free(p->profiles[i]);
	mem_free(p->start_us);
	mem_free(p->order);
	scenario_done(&p->scenario);
	pool_file_done(&p->pool);
}
