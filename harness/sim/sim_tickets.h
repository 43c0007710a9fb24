/* sim_tickets.h - the tickets that one phone holds in the toy Kerberos.  Private. */
#ifndef SIM_SIM_TICKETS_H
#define SIM_SIM_TICKETS_H
#include "sim_krb.h"

struct sim_kept { /* one ticket, as the phone may know it */
	struct sim_kept *next;
	int64_t start_us, end_us; /* end 0: never */
	uint8_t session[SIM_KRB_KEY];
	uint32_t n, n_kept; /* bytes of the ticket; without the filler before its MIC */
	uint32_t spn_n;
	uint8_t bytes[]; /* the service's name, the ticket */
};

struct sim_tickets { /* zeroed: none */
	struct sim_kept *first;
};

/* Keep it instead of an older one for the same service.  0 or -ENOMEM. */
int sim_tickets_put(
    struct sim_tickets *, const struct sim_kept *like, struct span spn, struct span ticket);

/* The ticket for this service that has not ended at now_us, or NULL. */
const struct sim_kept *sim_tickets_find(
    const struct sim_tickets *, struct span spn, int64_t now_us);

/* Append the ticket, whole. */
void sim_kept_ticket(const struct sim_kept *, struct buf *out);

/* Forget them all. */
void sim_tickets_drop(struct sim_tickets *);

#endif
