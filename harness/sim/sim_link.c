/* sim_link.c - see sim_link.h. */
#include "sim_link.h"

#include <errno.h>

#include "mem.h"
#include "sim_link_priv.h"

/* Room for this many datagrams: a server's socket, with its buffers made large. */
enum { LINK_BACKLOG = 4096 };

void
sim_link_fate(struct sim_link *link, enum serve_traffic traffic, struct serve_fate *out)
{
	struct serve_fate fate;

	serve_fault_fate(&link->faults, sim_clock_us(link->clock), traffic, &fate);
	/* Each time that TCP had to send it anew was a loss. */
	for (unsigned i = 0; i < fate.again + fate.lost; i++)
		link_mishap(link, SIM_DROPPED);
	if (fate.twice)
		link_mishap(link, SIM_DUPLICATED);
	if (fate.late)
		link_mishap(link, SIM_REORDERED);
	if (fate.spoilt)
		link_mishap(link, SIM_CORRUPTED);
	if (fate.delayed)
		link_mishap(link, SIM_DELAYED);
	*out = fate;
}

void
sim_link_travel(
    struct sim_parcel *p, enum link_direction to, uint64_t after_us, sim_event_fn *fn)
{
	uint64_t now_us = sim_clock_us(link_of(p)->clock), at_us = now_us + after_us;
	struct sim_lane *lane = sim_parcel_lane(p);

	/* TCP hands on in order: what is late holds up what is behind it. */
	if (link_is_connection(p)) {
		if (at_us < lane->at_us[to])
			at_us = lane->at_us[to];
		lane->at_us[to] = at_us;
	}
	link_after(p, at_us - now_us, fn);
}

/* What the world calls with everything that is said. */
static void
link_carry(struct sim_way *way, struct sim_parcel *p)
{
	struct sim_link *link = (struct sim_link *)(void *)way;

	sim_parcel_lane(p)->way = way;
	if (p->back)
		sim_link_back(link, p);
	else
		sim_link_out(link, p);
}

/* ---- faults that do something by themselves ---- */

/* A server that starts anew knows none of its connections. */
static void
link_reset_all(struct sim_link *link)
{
	for (struct list *at = link->open.next; at != &link->open; at = at->next) {
		struct sim_lane *lane = LIST_ITEM(at, struct sim_lane, open);

		if (lane->dead)
			continue;
		link_mishap(link, SIM_RESET);
		sim_link_break(link, lane, link->latency_us, -ECONNRESET);
	}
}

/* From edge to edge; what else holds is looked up with each packet. */
static void
link_on_edge(void *arg)
{
	struct sim_link *link = arg;
	uint64_t now_us = sim_clock_us(link->clock), next_us;
	struct fault_deed deed;

	(void)serve_fault_now(&link->faults, now_us, &deed);
	sim_wire_limit_each(&link->wire, deed.bytes_per_s);
	if (serve_fault_resets_at(&link->faults, now_us))
		link_reset_all(link);
	next_us = serve_fault_edge(&link->faults, now_us);
	if (next_us != SIM_NEVER)
		(void)sim_clock_set(link->clock, &link->edge, next_us - now_us);
}

/* ---- birth and end ---- */

static int
link_init(struct sim_link *link, const struct sim_link_cfg *cfg)
{
	if (sim_load_new(link->workers, &link->load) < 0 ||
	    sim_wire_init(
		&link->wire, link->clock, link->load, sim_link_on_left, cfg->bytes_per_s) < 0 ||
	    sim_clock_hold(link->clock, &link->edge) < 0)
		return -ENOMEM;
	serve_fault_init(&link->faults, cfg->name, cfg->faults, cfg->n_faults, cfg->seed);
	serve_fault_chance(&link->rng, cfg->seed, "takes", cfg->name);
	/* What holds from the beginning holds now. */
	link_on_edge(link);
	return 0;
}

int
sim_link_new(struct sim_clock *clock, const struct sim_link_cfg *cfg, struct sim_link **out)
{
	struct sim_link *link = mem_new(sizeof *link);

	if (link == NULL)
		return -ENOMEM;
	link->way.carry = link_carry;
	link->clock = clock;
	link->takes = cfg->takes;
	link->latency_us = cfg->latency_us;
	link->workers = cfg->workers != 0 ? cfg->workers : 1;
	link->backlog = cfg->backlog != 0 ? cfg->backlog : LINK_BACKLOG;
	list_init(&link->waiting);
	list_init(&link->open);
	link->edge.fn = link_on_edge;
	link->edge.arg = link;
	if (link_init(link, cfg) < 0) {
		sim_link_free(link);
		return -ENOMEM;
	}
	*out = link;
	return 0;
}

void
sim_link_free(struct sim_link *link)
{
	if (link == NULL)
		return;
	sim_clock_let(link->clock, &link->edge);
	sim_wire_done(&link->wire);
	sim_load_free(link->load);
	mem_free(link);
}

struct sim_way *
sim_link_way(struct sim_link *link)
{
	return &link->way;
}

const struct sim_load *
sim_link_load(const struct sim_link *link)
{
	return link->load;
}

bool
sim_link_answer(const struct sim_link *link, struct fault_deed *out)
{
	struct fault_deed deed;

	if (!serve_fault_now(&link->faults, sim_clock_us(link->clock), &deed) ||
	    deed.answer == 0)
		return false;
	*out = deed;
	return true;
}
