/* run_wire.c - see run_wire.h. */
#include "run_wire.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "io_wire.h"
#include "log.h"
#include "text.h"

/* Both ways stay open: leaving is coming back. */
static int
wire_go(struct run_wire *w, const struct pool_file *pool, struct config_error *error)
{
	int err, again;

	if (pool->network.netns[0] == '\0')
		return 0;
	err = io_wire_enter(pool->network.netns, &w->home);
	if (err == 0) {
		w->netns = pool->network.netns;
		err = io_wire_enter(w->netns, &again);
		w->there = err == 0 ? again : -1;
	}
	if (err == 0)
		return 0;
	(void)config_fail(error, "cx700farm", (struct mark){ 0 },
	    "the network namespace %s cannot be entered: %s%s", pool->network.netns,
	    err == -ENOENT ? "there is no such one" : strerror(-err),
	    err == -EPERM ? " (that needs root, or CAP_SYS_ADMIN)" : "");
	return err;
}

/* All phones' address: the one that was named, or from where the DNS server is asked. */
static int
wire_host(struct run_plan *plan, struct config_error *error)
{
	struct pool_net *own = &plan->pool.network.addresses[0];
	uint32_t dns = plan->pool.dhcp.dns[0];
	char ip[TEXT_IP_MAX];
	int err;

	if (plan->pool.network.n_addresses > 0) {
		err = io_host_has(own->ip);
		if (err != 0)
			(void)config_fail(error, "cx700farm", (struct mark){ 0 },
			    "%s is no address of this machine: %s", text_ip_str(own->ip, ip),
			    strerror(-err));
		return err;
	}
	*own = (struct pool_net){ 0, ~(uint32_t)0 };
	err = io_host_towards(dns, &own->ip);
	if (err != 0)
		(void)config_fail(error, "cx700farm", (struct mark){ 0 },
		    "there is no way to the DNS server %s: %s", text_ip_str(dns, ip),
		    strerror(-err));
	else
		plan->pool.network.n_addresses = 1;
	return err;
}

int
run_wire_begin(struct run_wire *w, struct run_plan *plan, struct config_error *error)
{
	struct buf says = { 0 };
	int err;

	if (plan->world.net == IO_NET_HOST)
		return wire_host(plan, error);
	if (plan->world.net != IO_NET_INTERFACE)
		return 0;
	err = wire_go(w, &plan->pool, error);
	if (err != 0)
		return err;
	err = io_wire_begin(&plan->world, &says);
	if (err != 0)
		(void)config_fail(error, "cx700farm", (struct mark){ 0 }, "%s",
		    says.n > 0 ? buf_cstr(&says) : strerror(-err));
	buf_done(&says);
	w->on = err == 0;
	return err;
}

void
run_wire_step_out(struct run_wire *w)
{
	if (w->netns != NULL)
		(void)io_wire_leave(w->home);
}

void
run_wire_step_in(struct run_wire *w)
{
	if (w->netns != NULL)
		(void)io_wire_leave(w->there);
}

void
run_wire_settle(struct run_wire *w)
{
	int err = w->on ? io_wire_drop() : 0;

	if (err != 0)
		log_line(
		    LOG_NOTE, "cx700farm: privileges were not given up: %s", strerror(-err));
}

void
run_wire_end(struct run_wire *w)
{
	if (w->on)
		io_wire_end();
	w->on = false;
	if (w->netns == NULL)
		return;
	(void)io_wire_leave(w->home);
	(void)close(w->home);
	if (w->there >= 0)
		(void)close(w->there);
	w->netns = NULL;
}
