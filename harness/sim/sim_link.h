/*
 * sim_link.h - the way between all phones and one server: how far it is, how much it can
 * carry, how many work there and how long each request keeps one of them, and what goes wrong.
 *
 * The life of one request:
 *
 *	phone	carry      faults of the moment it leaves: lost (a datagram for good, a
 *	                   stream's piece until TCP sends it again), twice, changed, delayed,
 *	                   held back; then latency
 *	server	door       faults of the moment it comes: refused, reset; no room in the queue
 *	        queue      until a worker is free; of one connection one at a time
 *	        service    `takes`; then the listener hears of it and answers
 *	        wire       faults of the moment it leaves: cut short, reset within; all that
 *	                   leaves shares the bandwidth
 *	        off        faults again, as on the way there; latency
 *	phone	home       the event
 *
 * A stream's pieces keep their order, each way.  What needs no work (TCP's handshake, an end)
 * waits for no worker, only for what came before it.  A TLS handshake is work: the RSA of one
 * costs a server of those years about as much as a request.
 *
 * What a fault is to whom (err as the real world gives it, see sim.h):
 *
 *	             datagram        stream                  HTTP
 *	drop         gone            sent again by TCP; -ETIMEDOUT when it gives up
 *	duplicate    two             -                       -
 *	reorder      50 ms late      -                       -
 *	corrupt      other bytes     other bytes             a request: -ECONNRESET
 *	                                                     a reply: its body, or -EBADMSG
 *	  under TLS                  -EPROTO                 -EPROTO
 *	refuse       -ECONNREFUSED   -ECONNREFUSED when it connects
 *	             (DHCP: gone)
 *	reset        -               -ECONNRESET: what is open when it begins, what is
 *	                             said, what connects (before IO_UP)
 *	reset_after  -               -ECONNRESET in a piece  -ECONNRESET in a body
 *	truncate     shorter         0 in a piece            -ECONNRESET in a body
 *	slow         each reply      each connection         each connection
 *
 * An end that the phone makes (CLOSED, CUT) is never lost: it has latency, no faults.
 *
 * Chance comes from streams of the seed that are this link's own: what happens at one server
 * does not depend on the traffic of another, nor how long things take on what goes wrong.
 */
#ifndef SIM_SIM_LINK_H
#define SIM_SIM_LINK_H
#include "fault.h"
#include "sim_clock.h"
#include "sim_load.h"
#include "sim_parcel.h"

struct sim_link;

struct sim_link_cfg {
	const char *name;     /* "kdc": picks the faults that are its, and its chance */
	struct spread takes;  /* of one request, one worker */
	uint32_t workers;     /* 0: one */
	uint64_t latency_us;  /* one way */
	uint64_t bytes_per_s; /* to the phones; 0: as much as there is */
	/* Datagrams that wait for a worker beyond this many are lost; 0: 4096. */
	uint32_t backlog;
	const struct fault *faults; /* of all servers; lent for the link's life */
	size_t n_faults;
	uint64_t seed;
};

/*
 * A link that lives by this clock, which must outlive it: sim_free(), sim_link_free(),
 * sim_clock_free().  0 or -ENOMEM.
 */
int sim_link_new(struct sim_clock *, const struct sim_link_cfg *, struct sim_link **out);
/* NULL is fine.  What is still under way is the world's. */
void sim_link_free(struct sim_link *);

/* For sim_listen_at(); all the server's ports may share it, as they share its workers. */
struct sim_way *sim_link_way(struct sim_link *);

/* What it had to do so far; lent until the link is freed. */
const struct sim_load *sim_link_load(const struct sim_link *);

/*
 * For the server's face, before it serves: does a fault want an answer of refusal now?  Then
 * *out is the deed with .answer, .answer_word, .retry_after_s.
 */
bool sim_link_answer(const struct sim_link *, struct fault_deed *out);

#endif
