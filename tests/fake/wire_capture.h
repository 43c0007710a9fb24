/* wire_capture.h - a run of the farm under --pcap, read by tshark with the run's key log. */
#ifndef TESTS_WIRE_CAPTURE_H
#define TESTS_WIRE_CAPTURE_H
#include "wire_sight.h"

enum { WIRE_PHONES = 2, WIRE_PATH = 128 };

#define WIRE_SERVER "127.0.28.1" /* all servers of the run's pool */

struct wire_phone {
	char mac[18];
	char first[16], voice[16]; /* the addresses it leased, in and out of the voice VLAN */
	char xid[3][11];           /* of its first three DHCP transactions */
	json_t *frames;            /* all of its packets, in order */
};

struct wire {
	char dir[WIRE_PATH];
	json_t *frames;
	struct wire_phone phone[WIRE_PHONES];
};

/* Boot the phones, from the old firmware into the new.  0; 1: no right or nothing to capture
 * with, `why` tells; -1: it went wrong, `why` tells. */
int wire_run(struct wire *, struct buf *why);

/* Have tshark read all fields that the sights name, and sort the packets by phone.  0 or -1. */
int wire_read(struct wire *, const struct wire_sight *, size_t n, struct buf *why);

/* The first packet from *at on that holds; *at is then the one behind it.  Its number or 0. */
long wire_find(const struct wire_phone *, const struct wire_sight *, size_t *at);

void wire_done(struct wire *);

#endif
