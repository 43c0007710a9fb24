/*
 * sim_tickets.c - see sim_tickets.h.  A phone has half a dozen, farms have a million phones: of
 * a ticket's bytes the filler is not kept.
 */
#include "sim_tickets.h"

#include <errno.h>
#include <string.h>

#include "mem.h"

static bool
kept_is(const struct sim_kept *k, struct span spn)
{
	return span_eq((struct span){ k->bytes, k->spn_n }, spn);
}

static void
kept_remove(struct sim_tickets *t, struct span spn)
{
	for (struct sim_kept **at = &t->first; *at != NULL; at = &(*at)->next) {
		struct sim_kept *k = *at;

		if (!kept_is(k, spn))
			continue;
		*at = k->next;
		mem_free(k);
		return;
	}
}

int
sim_tickets_put(
    struct sim_tickets *t, const struct sim_kept *like, struct span spn, struct span ticket)
{
	size_t n = ticket.n > SIM_KRB_KEY ? ticket.n - SIM_KRB_KEY : 0, mic = ticket.n - n;
	struct sim_kept *k;

	/* Zeros before the MIC are written again when it is shown. */
	while (n > 0 && ticket.p[n - 1] == 0)
		n--;
	k = mem_new(sizeof *k + spn.n + n + mic);
	if (k == NULL)
		return -ENOMEM;
	kept_remove(t, spn);
	*k = *like;
	k->n = (uint32_t)ticket.n;
	k->n_kept = (uint32_t)(n + mic);
	k->spn_n = (uint32_t)spn.n;
	memcpy(k->bytes, spn.p, spn.n);
	memcpy(k->bytes + spn.n, ticket.p, n);
	memcpy(k->bytes + spn.n + n, ticket.p + ticket.n - mic, mic);
	k->next = t->first;
	t->first = k;
	return 0;
}

const struct sim_kept *
sim_tickets_find(const struct sim_tickets *t, struct span spn, int64_t now_us)
{
	for (const struct sim_kept *k = t->first; k != NULL; k = k->next)
		if (kept_is(k, spn))
			return k->end_us == 0 || k->end_us > now_us ? k : NULL;
	return NULL;
}

void
sim_kept_ticket(const struct sim_kept *k, struct buf *out)
{
	const uint8_t *p = k->bytes + k->spn_n;
	size_t mic = k->n < SIM_KRB_KEY ? k->n : SIM_KRB_KEY;

	buf_put(out, p, k->n_kept - mic);
	buf_zero(out, k->n - k->n_kept);
	buf_put(out, p + k->n_kept - mic, mic);
}

void
sim_tickets_drop(struct sim_tickets *t)
{
	while (t->first != NULL) {
		struct sim_kept *k = t->first;

		t->first = k->next;
		mem_free(k);
	}
}
