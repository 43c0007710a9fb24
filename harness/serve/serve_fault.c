/* serve_fault.c - see serve_fault.h. */
#include "serve_fault.h"

#include <string.h>

enum {
	/* Linux: tcp_syn_retries 6, tcp_retries2 15, TCP_RTO_MIN, TCP_TIMEOUT_INIT,
	   TCP_RTO_MAX. */
	FAULT_SYN_AGAIN = 6,
	FAULT_PIECE_AGAIN = 15,
	FAULT_SYN_RTO_US = 1000 * 1000,
	FAULT_PIECE_RTO_US = 200 * 1000,
	FAULT_RTO_MAX_US = 120 * 1000 * 1000
};

/* FNV-1a: a name's own stream, whatever other names there are. */
static uint64_t
fault_hash(uint64_t h, const char *text)
{
	for (; *text != '\0'; text++)
		h = (h ^ (uint8_t)*text) * 0x100000001b3u;
	return (h ^ 0xff) * 0x100000001b3u;
}

void
serve_fault_chance(struct rng *rng, uint64_t seed, const char *purpose, const char *server)
{
	rng_seed(rng, seed, fault_hash(fault_hash(0xcbf29ce484222325u, purpose), server));
}

void
serve_fault_init(struct serve_fault *f, const char *server, const struct fault *faults,
    size_t n, uint64_t seed)
{
	*f = (struct serve_fault){ .n = 0 };
	for (size_t i = 0; i < n && f->n < FAULTS_MAX; i++)
		if (strcmp(faults[i].server, server) == 0)
			f->fault[f->n++] = &faults[i];
	serve_fault_chance(&f->rng, seed, "faults", server);
}

/* ---- what holds ---- */

/* The smaller one; 0 stands for no limit. */
static uint64_t
fault_tighter(uint64_t a, uint64_t b)
{
	return a == 0 || (b != 0 && b < a) ? b : a;
}

/* Two that hold at once. */
static void
fault_join(struct fault_deed *all, const struct fault_deed *one)
{
	all->refuse |= one->refuse;
	all->reset |= one->reset;
	all->reset_after = fault_tighter(all->reset_after, one->reset_after);
	all->truncate_after = fault_tighter(all->truncate_after, one->truncate_after);
	all->bytes_per_s = fault_tighter(all->bytes_per_s, one->bytes_per_s);
	/* An answer is one, with what belongs to it. */
	if (one->answer != 0) {
		all->answer = one->answer;
		memcpy(all->answer_word, one->answer_word, sizeof all->answer_word);
		all->retry_after_s = one->retry_after_s;
	}
	if (one->sign_off[0] != '\0')
		memcpy(all->sign_off, one->sign_off, sizeof all->sign_off);
}

bool
serve_fault_now(const struct serve_fault *f, uint64_t at_us, struct fault_deed *out)
{
	bool any = false;

	*out = (struct fault_deed){ .drop = 0 };
	for (size_t i = 0; i < f->n; i++) {
		if (!fault_holds(f->fault[i], at_us))
			continue;
		fault_join(out, &f->fault[i]->deed);
		any = true;
	}
	return any;
}

uint64_t
serve_fault_edge(const struct serve_fault *f, uint64_t at_us)
{
	uint64_t next = UINT64_MAX;

	for (size_t i = 0; i < f->n; i++) {
		uint64_t from = f->fault[i]->from_us, till = from + f->fault[i]->for_us;
		const struct fault_deed *d = &f->fault[i]->deed;

		/* The others are looked up when something is sent. */
		if (!d->reset && d->bytes_per_s == 0)
			continue;
		if (from > at_us && from < next)
			next = from;
		if (till > at_us && till < next)
			next = till;
	}
	return next;
}

bool
serve_fault_resets_at(const struct serve_fault *f, uint64_t at_us)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->fault[i]->deed.reset && f->fault[i]->from_us == at_us)
			return true;
	return false;
}

/* ---- what befalls a packet ---- */

/* A chance of 0 takes no number: a fault draws only for what it does. */
static bool
fault_draw(struct serve_fault *f, double chance)
{
	return chance > 0 && rng_unit(&f->rng) < chance;
}

/* Each fault draws, also when another has lost it already: its share is its own. */
static bool
fault_loses(struct serve_fault *f, uint64_t at_us)
{
	bool lost = false;

	for (size_t i = 0; i < f->n; i++)
		if (fault_holds(f->fault[i], at_us))
			lost |= fault_draw(f, f->fault[i]->deed.drop);
	return lost;
}

/* TCP sends until it gets through, and waits twice as long each time. */
static void
fault_send_again(struct serve_fault *f, uint64_t at_us, bool syn, struct serve_fate *fate)
{
	unsigned most = syn ? FAULT_SYN_AGAIN : FAULT_PIECE_AGAIN;
	uint64_t rto_us = syn ? FAULT_SYN_RTO_US : FAULT_PIECE_RTO_US;

	while (fault_loses(f, at_us + fate->delay_us)) {
		/* RFC 6298 section 5.5. */
		fate->delay_us += rto_us;
		rto_us = rto_us < FAULT_RTO_MAX_US / 2 ? 2 * rto_us : FAULT_RTO_MAX_US;
		if (fate->again == most) {
			fate->lost = true;
			return;
		}
		fate->again++;
	}
}

void
serve_fault_fate(
    struct serve_fault *f, uint64_t at_us, enum serve_traffic traffic, struct serve_fate *fate)
{
	*fate = (struct serve_fate){ .lost = false };
	if (traffic == SERVE_DATAGRAM)
		fate->lost = fault_loses(f, at_us);
	else
		fault_send_again(f, at_us, traffic == SERVE_SYN, fate);
	if (fate->lost)
		return;

	for (size_t i = 0; i < f->n; i++) {
		const struct fault_deed *d = &f->fault[i]->deed;

		if (!fault_holds(f->fault[i], at_us))
			continue;
		if (traffic == SERVE_DATAGRAM) {
			fate->twice |= fault_draw(f, d->duplicate);
			fate->late |= fault_draw(f, d->reorder);
		}
		/* A SYN has nothing in it that could be changed. */
		if (traffic != SERVE_SYN)
			fate->spoilt |= fault_draw(f, d->corrupt);
		if (d->delay.a_us == 0 && d->delay.b_us == 0)
			continue;
		fate->delayed = true;
		fate->delay_us += spread_draw(&d->delay, &f->rng);
	}
	if (fate->late)
		fate->delay_us += SERVE_HELD_BACK_US;
	if (fate->spoilt)
		fate->dice = rng_u32(&f->rng) | 1;
}

void
serve_fault_spoil(uint32_t dice, uint8_t *bytes, uint64_t n)
{
	struct rng rng;

	if (n == 0)
		return;
	rng_seed(&rng, dice, 0);
	/* Places are drawn anew each time; two changes of one place may not undo each other, so
	 * each of the three has bits of its own. */
	for (unsigned i = 0, changes = 1 + dice % 3; i < changes; i++)
		bytes[rng_below(&rng, n)] ^= (uint8_t)(1u << i | 1u << (3 + i));
}
