/*
 * serve_fault.h - the faults of one server, as its link plays them: which hold when, and what
 * befalls this packet.
 *
 * Datagrams meet loss, copies and disorder as they are.  Below a stream TCP mends them: a lost
 * piece is sent again after 200 ms, then 400 ms, ... (a SYN after 1 s, 2 s, ...), each time by
 * the faults of that moment; copies and disorder do not show.  Where TCP gives up, as Linux
 * does with its defaults, the piece is lost for good.
 */
#ifndef SERVE_SERVE_FAULT_H
#define SERVE_SERVE_FAULT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "rng.h"

/* What is reordered is held back this long: what follows closely overtakes it. */
enum { SERVE_HELD_BACK_US = 50 * 1000 };

struct serve_fault {
	const struct fault *fault[FAULTS_MAX]; /* lent */
	size_t n;
	struct rng rng;
};

enum serve_traffic { SERVE_DATAGRAM, SERVE_SYN, SERVE_PIECE };

struct serve_fate {
	bool lost; /* a datagram: now; of a stream: given up after delay_us */
	bool twice, late, spoilt, delayed;
	uint64_t delay_us; /* all together */
	unsigned again;    /* how often TCP sent it again */
	uint32_t dice;     /* of what is spoilt: how */
};

/* Seed a stream of chance for one purpose ("takes") of one server. */
void serve_fault_chance(struct rng *, uint64_t seed, const char *purpose, const char *server);

/* Those of this server, which are lent; more than FAULTS_MAX are left out. */
void serve_fault_init(
    struct serve_fault *, const char *server, const struct fault *, size_t n, uint64_t seed);

/*
 * All that holds at this moment, as one deed: of limits the tightest, of answers the last in
 * the file.  Chances and delays are in serve_fault_fate().  false: nothing holds.
 */
bool serve_fault_now(const struct serve_fault *, uint64_t at_us, struct fault_deed *out);

/* Draw what befalls what is sent at this moment. */
void serve_fault_fate(
    struct serve_fault *, uint64_t at_us, enum serve_traffic, struct serve_fate *out);

/* When one of those that act by themselves (reset, slow) next begins or ends, later than this;
 * UINT64_MAX: never. */
uint64_t serve_fault_edge(const struct serve_fault *, uint64_t at_us);

/* Does a reset begin just now, which open connections feel? */
bool serve_fault_resets_at(const struct serve_fault *, uint64_t at_us);

/* Change one to three of these bytes, as the dice say; at least one really changes. */
void serve_fault_spoil(uint32_t dice, uint8_t *bytes, uint64_t n);

#endif
