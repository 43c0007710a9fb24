/* serve_ntp.h - an NTP server's logic: right, or as wrong as it is told to be.  RFC 5905. */
#ifndef SERVE_SERVE_NTP_H
#define SERVE_SERVE_NTP_H
#include <stdint.h>

#include "buf.h"
#include "span.h"

struct serve_ntp_cfg {
	uint8_t stratum;   /* 0 = Kiss-o'-Death with the code below */
	uint8_t leap;      /* 3 = not synchronised */
	uint32_t refid;    /* the server it follows, as an address; stratum 2 and up */
	char kiss[5];      /* "DENY" */
	int64_t offset_us; /* how wrong it is */
};

/* One packet in, received at wall_us (microseconds since 1970); the reply is appended.  0;
 * -EBADMSG: shorter than 48 bytes; -EPROTO: not a client's. */
int serve_ntp_answer(
    const struct serve_ntp_cfg *, struct span request, int64_t wall_us, struct buf *reply);

#endif
