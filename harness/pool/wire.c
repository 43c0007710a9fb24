/*
 * wire.c - see wire.h.  Workers and the port are only times at which they will be free: what
 * comes later waits for them, however coarse the loop's timers are.
 */
#include "wire.h"

#include <errno.h>

#include "mem.h"
#include "wire_priv.h"

static const char *const mishap_names[WIRE_MISHAPS] = { "dropped", "duplicated", "reordered",
	"corrupted", "delayed", "refused", "reset", "truncated", "overflowed" };

int
wire_new(const struct wire_cfg *cfg, struct wire **out)
{
	const char *name = servers_name[cfg->server];
	struct wire *wire = mem_new(sizeof *wire);

	if (wire == NULL)
		return -ENOMEM;
	wire->cfg = *cfg;
	list_init(&wire->held);
	serve_fault_init(&wire->faults, name, cfg->faults->fault, cfg->faults->n, cfg->seed);
	serve_fault_chance(&wire->rng, cfg->seed, "takes", name);
	if (cfg->cost->said_work) {
		wire->worker_us = mem_new(cfg->cost->workers * sizeof *wire->worker_us);
		if (wire->worker_us == NULL) {
			wire_free(wire);
			return -ENOMEM;
		}
	}
	*out = wire;
	return 0;
}

void
wire_free(struct wire *wire)
{
	if (wire == NULL)
		return;
	wire_drop_held(wire);
	mem_free(wire->worker_us);
	mem_free(wire);
}

void
wire_begin(struct wire *wire)
{
	wire->began_us = loop_now_us(wire->cfg.loop);
}

bool
wire_at_us(const struct wire *wire, uint64_t *at_us_out)
{
	if (wire->began_us == 0)
		return false;
	*at_us_out = loop_now_us(wire->cfg.loop) - wire->began_us;
	return true;
}

bool
wire_deed(const struct wire *wire, struct fault_deed *out)
{
	uint64_t at_us;

	if (wire_at_us(wire, &at_us))
		return serve_fault_now(&wire->faults, at_us, out);
	*out = (struct fault_deed){ .drop = 0 };
	return false;
}

void
wire_fate(struct wire *wire, enum serve_traffic traffic, struct serve_fate *out)
{
	uint64_t at_us;

	*out = (struct serve_fate){ .lost = false };
	if (!wire_at_us(wire, &at_us))
		return;
	serve_fault_fate(&wire->faults, at_us, traffic, out);
	/* Each time that TCP has to send it anew is a loss. */
	wire->mishaps[WIRE_DROPPED] += out->again + out->lost;
	wire->mishaps[WIRE_DUPLICATED] += out->twice;
	wire->mishaps[WIRE_REORDERED] += out->late;
	wire->mishaps[WIRE_CORRUPTED] += out->spoilt;
	wire->mishaps[WIRE_DELAYED] += out->delayed;
}

uint64_t
wire_latency_us(const struct wire *wire)
{
	return wire->cfg.cost->said_latency ? wire->cfg.cost->latency_us : 0;
}

uint64_t
wire_work_us(struct wire *wire)
{
	uint64_t now_us = loop_now_us(wire->cfg.loop), *first = wire->worker_us;

	if (first == NULL)
		return now_us;
	for (uint32_t i = 1; i < wire->cfg.cost->workers; i++)
		if (wire->worker_us[i] < *first)
			first = &wire->worker_us[i];
	if (*first < now_us)
		*first = now_us;
	*first += spread_draw(&wire->cfg.cost->takes, &wire->rng);
	return *first;
}

uint64_t
wire_pace_us(uint64_t now_us, uint64_t *free_us, uint64_t bytes_per_s, size_t n)
{
	if (bytes_per_s == 0)
		return now_us;
	if (*free_us < now_us)
		*free_us = now_us;
	*free_us += (uint64_t)((double)n * 1e6 / (double)bytes_per_s);
	return *free_us;
}

uint64_t
wire_port_us(struct wire *wire, uint64_t now_us, size_t n)
{
	const struct servers_cost *cost = wire->cfg.cost;

	return wire_pace_us(
	    now_us, &wire->port_us, cost->said_bandwidth ? cost->bytes_per_s : 0, n);
}

uint64_t
wire_rate(const struct wire *wire)
{
	const struct servers_cost *cost = wire->cfg.cost;
	uint64_t port = cost->said_bandwidth ? cost->bytes_per_s : 0;
	struct fault_deed deed;

	(void)wire_deed(wire, &deed);
	if (port == 0 || (deed.bytes_per_s > 0 && deed.bytes_per_s < port))
		return deed.bytes_per_s;
	return port;
}

void
wire_mishap(struct wire *wire, enum wire_mishap mishap)
{
	wire->mishaps[mishap]++;
}

void
wire_counts(const struct wire *wire, uint64_t answered, struct buf *to)
{
	const char *before = "";

	buf_text(to, "{");
	for (int i = 0; i < WIRE_MISHAPS; i++) {
		if (wire->mishaps[i] == 0)
			continue;
		buf_printf(to, "%s\"%s\": %llu", before, mishap_names[i],
		    (unsigned long long)wire->mishaps[i]);
		before = ", ";
	}
	if (answered > 0)
		buf_printf(to, "%s\"answered\": %llu", before, (unsigned long long)answered);
	buf_text(to, "}");
}

struct loop *
wire_loop(const struct wire *wire)
{
	return wire->cfg.loop;
}
