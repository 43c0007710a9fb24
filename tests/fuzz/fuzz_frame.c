/* fuzz_frame.c - any bytes as a caught frame; what was read is written and read again. */
#include "frame.h"
#include "fuzz.h"

static void
read_udp(struct span in, bool sums)
{
	uint8_t memory[FRAME_MAX + FRAME_SHORTEST];
	struct frame_udp f, again;
	struct buf b;

	fuzz_mark(&f, sizeof f);
	if (frame_udp_read(&f, in, sums) != 0) {
		HOLDS(fuzz_untouched(&f, sizeof f));
		return;
	}
	HOLDS(fuzz_inside(f.payload, in) && f.vlan <= 4095);
	if (f.payload.n > FRAME_PAYLOAD_MAX)
		return;
	buf_over(&b, memory, sizeof memory);
	frame_udp_write(&b, &f);
	HOLDS(b.err == 0 && frame_udp_read(&again, buf_bytes(&b), true) == 0);
	HOLDS(memcmp(again.to, f.to, 12) == 0 && again.vlan == f.vlan && again.id == f.id);
	HOLDS(again.src == f.src && again.dst == f.dst);
	HOLDS(again.sport == f.sport && again.dport == f.dport);
	HOLDS(span_eq(again.payload, f.payload));
}

static void
read_arp(struct span in)
{
	struct frame_arp a;

	fuzz_mark(&a, sizeof a);
	if (frame_arp_read(&a, in) != 0)
		HOLDS(fuzz_untouched(&a, sizeof a));
	else
		HOLDS(in.n >= 42 && a.vlan <= 4095);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span in = { p, n };

	read_udp(in, true);
	read_udp(in, false);
	read_arp(in);
	return 0;
}
