/* serve_ntp.c - see serve_ntp.h. */
#include "serve_ntp.h"

#include <errno.h>

#include "ntp_msg.h"

enum { MODE_CLIENT = 3, PRECISION = -20, SYNCED_S = 17 };

/* 1/65536 s: a server one hop from its clock. */
enum { ROOT_DELAY = 655, ROOT_DISPERSION = 983 };

int
serve_ntp_answer(
    const struct serve_ntp_cfg *cfg, struct span request, int64_t wall_us, struct buf *reply)
{
	int64_t now_us = wall_us + cfg->offset_us;
	struct ntp_msg ask, m;

	if (ntp_msg_decode(&ask, request) != 0)
		return -EBADMSG;
	/* Nothing but a client is answered, so two servers cannot answer each other for
	 * ever. */
	if (ask.mode != MODE_CLIENT || ask.version == 0 || ask.version > 4)
		return -EPROTO;

	m = (struct ntp_msg){
		.leap = cfg->leap,
		.version = ask.version,
		.mode = NTP_MODE_SERVER,
		.stratum = cfg->stratum,
		.poll = ask.poll,
		.precision = PRECISION,
		.root_delay = ROOT_DELAY,
		.root_dispersion = ROOT_DISPERSION,
		.refid = { (uint8_t)(cfg->refid >> 24), (uint8_t)(cfg->refid >> 16),
		    (uint8_t)(cfg->refid >> 8), (uint8_t)cfg->refid },
		.reference = ntp_from_wall(now_us - (int64_t)SYNCED_S * 1000000),
		/* The client knows its own question by this. */
		.origin = ask.transmit,
		.receive = ntp_from_wall(now_us),
		.transmit = ntp_from_wall(now_us),
	};
	/* Stratum 0 is a Kiss-o'-Death, and its reference id the code (RFC 5905 section
	 * 7.4). */
	if (cfg->stratum == 0)
		for (size_t i = 0; i < sizeof m.refid; i++)
			m.refid[i] = (uint8_t)cfg->kiss[i];
	ntp_msg_encode(reply, &m);
	return reply->err;
}
