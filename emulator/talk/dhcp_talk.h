/*
 * dhcp_talk.h - get, keep and give back a lease the way Windows CE does.
 *
 * One talk is one exchange: from DISCOVER to ACK (or from INIT-REBOOT's REQUEST),
 * with its retransmissions and rounds; or one renewal's REQUEST.
 */
#ifndef TALK_DHCP_TALK_H
#define TALK_DHCP_TALK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dhcp_lease.h"
#include "dhcp_msg.h"
#include "io.h"
#include "profile.h"
#include "talk.h"

/* Told every message sent and every answer that was ours; lent for the call. */
typedef void dhcp_talk_note_fn(void *arg, bool sent, const struct dhcp_msg *, size_t bytes);

struct dhcp_talk_cfg { /* what it points to is lent while the talk lasts */
	struct io *io;
	struct io_owner owner;
	const struct profile_dhcp *habit;
	const uint8_t *mac; /* 6 */
	uint32_t *xid;      /* the per-boot counter */
	uint16_t vlan;
	bool once; /* on 169.254: a single DISCOVER instead of the rounds */
	dhcp_talk_note_fn *note;
	void *note_arg;
};

enum dhcp_talk_phase {
	DHCP_PHASE_OFF,
	DHCP_PHASE_DELAY,     /* the random wait before the first packet */
	DHCP_PHASE_SELECTING, /* DISCOVER is out */
	DHCP_PHASE_REQUESTING,
	DHCP_PHASE_REBOOTING, /* INIT-REBOOT */
	DHCP_PHASE_RENEWING
};

struct dhcp_talk {
	/* TALK_DONE: the lease. */
	struct dhcp_lease lease;
	/* TALK_FAILED: -ETIMEDOUT nobody answered; -ECONNREFUSED NAK; -EBADMSG only answers
	 * that may not be used, .flaw says why; or io's error. */
	int err;
	const char *flaw; /* "dhcp:no mask"; static */
	bool answered;    /* some server said something */

	/* private */
	struct dhcp_talk_cfg cfg;
	enum dhcp_talk_phase phase;
	struct io_handle *conn, *alarm;
	uint32_t xid, offered, server;
	uint64_t began_us, asked_us;
	uint8_t sends, rounds, naks;
};

/* From DISCOVER; with last_ip: from INIT-REBOOT's REQUEST, a NAK or silence leads to DISCOVER.
 * `delay`: with the profile's random wait before. */
enum talk_state dhcp_talk_lease(
    struct dhcp_talk *, const struct dhcp_talk_cfg *, uint32_t last_ip, bool delay);

/* One REQUEST for the lease that is held (its ip, mask, server): unicast to its server, or
 * broadcast.  Answered within the profile's first wait or TALK_FAILED. */
enum talk_state dhcp_talk_renew(struct dhcp_talk *, const struct dhcp_talk_cfg *,
    const struct dhcp_lease *held, bool broadcast);

/* Feed an event of the owner's. */
enum talk_state dhcp_talk_event(struct dhcp_talk *, const struct io_event *);

/* Give up: close what is open. */
void dhcp_talk_drop(struct dhcp_talk *);

/* Send a RELEASE to the lease's server, unicast from its address, and wait for nothing.  0 or
 * io's error. */
int dhcp_talk_release(const struct dhcp_talk_cfg *, uint32_t ip, uint32_t server);

/* Broadcast a DECLINE: somebody else has the address. */
int dhcp_talk_decline(const struct dhcp_talk_cfg *, uint32_t ip, uint32_t server);

#endif
