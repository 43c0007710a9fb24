/* fuzz_ntp_msg.c - any bytes as an NTP packet and as a server's question; any time as a
 * timestamp and back. */
#include "fuzz.h"
#include "ntp_msg.h"
#include "serve_ntp.h"

/* What a timestamp can tell apart: 1968 to 2104. */
#define WALL_FROM (INT64_C(-61505152) * 1000000)
#define WALL_WIDE (UINT64_C(4294967296) * 1000000)

static void
read_bytes(struct span s)
{
	struct buf out = { 0 };
	struct ntp_msg m;
	char kiss[5];

	fuzz_mark(&m, sizeof m);
	if (ntp_msg_decode(&m, s) != 0) {
		HOLDS(s.n < NTP_MSG_LEN && fuzz_untouched(&m, sizeof m));
		return;
	}
	ntp_msg_encode(&out, &m);
	HOLDS(span_eq(buf_bytes(&out), (struct span){ s.p, NTP_MSG_LEN }));
	buf_done(&out);
	HOLDS(strlen(ntp_msg_kiss(&m, kiss)) == 4 && fuzz_one_line(kiss));
	(void)ntp_to_wall(m.transmit);
}

static void
answer(struct span s, int64_t wall_us)
{
	struct serve_ntp_cfg cfg = {
		.stratum = s.n > 50 ? s.p[50] : 2, .kiss = "DENY", .offset_us = -wall_us / 2
	};
	struct ntp_msg asked, said;
	struct buf out = { 0 };

	if (serve_ntp_answer(&cfg, s, wall_us, &out) != 0) {
		HOLDS(out.n == 0);
		return;
	}
	HOLDS(ntp_msg_decode(&asked, s) == 0 && out.n == NTP_MSG_LEN);
	HOLDS(ntp_msg_decode(&said, buf_bytes(&out)) == 0);
	HOLDS(said.mode == NTP_MODE_SERVER && said.version == asked.version);
	/* An answer is never itself a question: two servers cannot talk for ever. */
	HOLDS(said.origin == asked.transmit && asked.mode != NTP_MODE_SERVER);
	buf_done(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span s = { p, n }, in = s;
	int64_t wall_us = (int64_t)(fuzz_u64(&in) % WALL_WIDE) + WALL_FROM;

	HOLDS(ntp_to_wall(ntp_from_wall(wall_us)) == wall_us);
	read_bytes(s);
	answer(s, wall_us);
	return 0;
}
