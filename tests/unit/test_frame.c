/* test_frame.c - Ethernet, tag, IPv4, UDP and ARP against bytes that others made, and inverse.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "dhcp_msg.h"
#include "frame.h"
#include "golden.h"
#include "rng.h"
#include "text.h"

enum { TAG = 200 };

static const uint8_t phone_mac[FRAME_MAC] = { 0, 4, 0xf2, 0x10, 0, 7 };

/* "hello" from a phone without an address to everybody; checksums by another program. */
static const char hello_untagged[] =
    "ffffffffffff0004f21000070800450000210007000080113ac6000000"
    "00ffffffff00440043000dbb7b68656c6c6f000000000000000000"
    "00000000";
static const char hello_tagged[] =
    "ffffffffffff0004f2100007810000c80800450000210007000080113ac6"
    "00000000ffffffff00440043000dbb7b68656c6c6f0000000000000000"
    "0000000000";

static struct span
unhex(struct buf *b, const char *hex)
{
	buf_clear(b);
	assert_int_equal(text_unhex(b, span_of(hex)), 0);
	return buf_bytes(b);
}

static struct frame_udp
hello(uint16_t vlan)
{
	struct frame_udp f = { .vlan = vlan,
		.id = 7,
		.dst = UINT32_MAX,
		.sport = 68,
		.dport = 67,
		.payload = span_of("hello") };

	memcpy(f.to, frame_everybody, FRAME_MAC);
	memcpy(f.from, phone_mac, FRAME_MAC);
	return f;
}

static void
same_udp(const struct frame_udp *a, const struct frame_udp *b)
{
	assert_memory_equal(a->to, b->to, FRAME_MAC);
	assert_memory_equal(a->from, b->from, FRAME_MAC);
	assert_int_equal(a->vlan, b->vlan);
	assert_int_equal(a->id, b->id);
	assert_int_equal(a->src, b->src);
	assert_int_equal(a->dst, b->dst);
	assert_int_equal(a->sport, b->sport);
	assert_int_equal(a->dport, b->dport);
	assert_true(span_eq(a->payload, b->payload));
}

static void
writes_and_reads(uint16_t vlan, const char *hex)
{
	struct frame_udp f = hello(vlan), back;
	struct buf got = { 0 }, want = { 0 };
	struct span bytes = unhex(&want, hex);

	frame_udp_write(&got, &f);
	assert_int_equal(got.err, 0);
	assert_int_equal(got.n, bytes.n);
	assert_memory_equal(got.p, bytes.p, bytes.n);
	assert_int_equal(frame_udp_read(&back, bytes, true), 0);
	same_udp(&f, &back);
	buf_done(&got);
	buf_done(&want);
}

static void
an_untagged_frame_is_the_one_that_another_program_makes(void **state)
{
	(void)state;
	writes_and_reads(0, hello_untagged);
}

static void
a_tag_stands_between_source_and_type(void **state)
{
	(void)state;
	writes_and_reads(TAG, hello_tagged);
}

static void
a_priority_in_the_tag_is_not_the_vlan(void **state)
{
	struct buf b = { 0 };
	struct frame_udp f;

	(void)state;
	unhex(&b, hello_tagged);
	b.p[14] |= 0xb0; /* priority 5, drop eligible */
	assert_int_equal(frame_udp_read(&f, buf_bytes(&b), true), 0);
	assert_int_equal(f.vlan, TAG);
	buf_done(&b);
}

static void
a_whole_discover_comes_back_as_it_went(void **state)
{
	struct buf message = { 0 }, frame = { 0 };
	struct frame_udp f = hello(TAG), back;
	struct dhcp_msg m;

	(void)state;
	f.payload = golden(&message, "dhcp_discover.hex");
	frame_udp_write(&frame, &f);
	assert_int_equal(frame.n, FRAME_UDP_HEAD + f.payload.n);
	assert_int_equal(frame_udp_read(&back, buf_bytes(&frame), true), 0);
	same_udp(&f, &back);
	assert_int_equal(dhcp_msg_decode(&m, back.payload), 0);
	assert_int_equal(m.type, DHCP_DISCOVER);
	buf_done(&message);
	buf_done(&frame);
}

static void
any_payload_of_any_length_comes_back(void **state)
{
	uint8_t payload[FRAME_PAYLOAD_MAX], memory[FRAME_MAX];
	struct rng rng;

	(void)state;
	rng_seed(&rng, 5, 5);
	for (size_t n = 0; n <= sizeof payload; n += n < 64 ? 1 : 101) {
		struct frame_udp f = hello((uint16_t)(n % 2 != 0 ? 4094 : 0)), back;
		struct buf b;

		for (size_t i = 0; i < n; i++)
			payload[i] = (uint8_t)rng_u32(&rng);
		f.src = rng_u32(&rng);
		f.dst = rng_u32(&rng);
		f.payload = (struct span){ payload, n };
		buf_over(&b, memory, sizeof memory);
		frame_udp_write(&b, &f);
		assert_int_equal(b.err, 0);
		assert_true(b.n >= FRAME_SHORTEST);
		assert_int_equal(frame_udp_read(&back, buf_bytes(&b), true), 0);
		same_udp(&f, &back);
	}
}

static void
a_checksum_that_comes_out_as_nothing_is_written_as_all_ones(void **state)
{
	uint8_t memory[FRAME_MAX], payload[2] = { 0, 0 };
	struct frame_udp f = hello(0);
	struct buf b;
	unsigned sum;

	(void)state;
	/* The payload that brings the sum to nothing is the sum without it. */
	f.payload = (struct span){ payload, sizeof payload };
	buf_over(&b, memory, sizeof memory);
	frame_udp_write(&b, &f);
	sum = (unsigned)memory[14 + 20 + 6] << 8 | memory[14 + 20 + 7];
	payload[0] = (uint8_t)(sum >> 8);
	payload[1] = (uint8_t)sum;
	buf_clear(&b);
	frame_udp_write(&b, &f);
	assert_int_equal(memory[14 + 20 + 6], 0xff);
	assert_int_equal(memory[14 + 20 + 7], 0xff);
	assert_int_equal(frame_udp_read(&f, buf_bytes(&b), true), 0);
}

static void
too_much_for_one_frame_is_not_written(void **state)
{
	uint8_t payload[FRAME_PAYLOAD_MAX + 1] = { 0 };
	struct frame_udp f = hello(0);
	struct buf b = { 0 };

	(void)state;
	f.payload = (struct span){ payload, sizeof payload };
	frame_udp_write(&b, &f);
	assert_int_equal(b.err, -ENOBUFS);
	assert_int_equal(b.n, 0);
	frame_udp_write(&b, &f); /* the error stays */
	assert_int_equal(b.err, -ENOBUFS);
	buf_done(&b);
}

static void
a_buffer_too_small_keeps_the_error(void **state)
{
	uint8_t memory[FRAME_SHORTEST];
	struct frame_udp f = hello(TAG);

	(void)state;
	for (size_t cap = 0; cap < FRAME_SHORTEST; cap++) {
		struct buf b;

		buf_over(&b, memory, cap);
		frame_udp_write(&b, &f);
		assert_int_equal(b.err, -ENOBUFS);
		buf_over(&b, memory, cap);
		frame_arp_announce(&b, phone_mac, TAG, 1);
		assert_int_equal(b.err, -ENOBUFS);
	}
}

/* Padding behind the datagram may be cut off; nothing else. */
static void
cut_short_anywhere_it_is_no_frame_and_nothing_is_touched(void **state)
{
	struct buf b = { 0 };
	struct span whole = unhex(&b, hello_tagged);
	size_t needed = 14 + 4 + 20 + 8 + 5;

	(void)state;
	for (size_t n = 0; n < whole.n; n++) {
		struct frame_udp f = { .id = 0x5a5a };
		int err = frame_udp_read(&f, (struct span){ whole.p, n }, true);

		if (n >= needed) {
			assert_int_equal(err, 0);
			continue;
		}
		assert_int_equal(err, -EBADMSG);
		assert_int_equal(f.id, 0x5a5a);
	}
	buf_done(&b);
}

static void
every_wrong_bit_of_head_or_datagram_is_found(void **state)
{
	struct buf b = { 0 };
	struct frame_udp f;

	(void)state;
	unhex(&b, hello_untagged);
	for (size_t i = 14; i < 14 + 20 + 8 + 5; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			b.p[i] ^= (uint8_t)(1u << bit);
			assert_true(frame_udp_read(&f, buf_bytes(&b), true) < 0);
			b.p[i] ^= (uint8_t)(1u << bit);
		}
	}
	assert_int_equal(frame_udp_read(&f, buf_bytes(&b), true), 0);
	buf_done(&b);
}

/* A sender on the same machine leaves the sum to a card that there is not. */
static void
an_unfinished_checksum_is_taken_only_if_sums_are_not_asked_for(void **state)
{
	struct buf b = { 0 };
	struct frame_udp f;

	(void)state;
	unhex(&b, hello_untagged);
	b.p[14 + 20 + 7] ^= 1;
	assert_int_equal(frame_udp_read(&f, buf_bytes(&b), true), -EBADMSG);
	assert_int_equal(frame_udp_read(&f, buf_bytes(&b), false), 0);
	b.p[14 + 20 + 6] = b.p[14 + 20 + 7] = 0; /* there is none */
	assert_int_equal(frame_udp_read(&f, buf_bytes(&b), true), 0);
	assert_true(span_is(f.payload, "hello"));
	buf_done(&b);
}

/* Puts the IPv4 checksum right again after a change of the head. */
static void
mend_ipv4(uint8_t *packet, size_t head)
{
	uint32_t sum = 0;

	packet[10] = packet[11] = 0;
	for (size_t i = 0; i < head; i += 2)
		sum += (uint32_t)packet[i] << 8 | packet[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	packet[10] = (uint8_t)(~sum >> 8);
	packet[11] = (uint8_t)~sum;
}

static void
fragments_and_other_protocols_are_not_udp(void **state)
{
	struct buf b = { 0 };
	struct frame_udp f;
	uint8_t *packet;

	(void)state;
	unhex(&b, hello_untagged);
	packet = b.p + 14;
	packet[6] = 0x20; /* more fragments */
	mend_ipv4(packet, 20);
	assert_int_equal(frame_udp_read(&f, buf_bytes(&b), false), -EPROTO);
	packet[6] = 0;
	packet[7] = 1; /* not the first */
	mend_ipv4(packet, 20);
	assert_int_equal(frame_udp_read(&f, buf_bytes(&b), false), -EPROTO);
	packet[6] = 0x40; /* must not be cut: that one is whole */
	packet[7] = 0;
	mend_ipv4(packet, 20);
	assert_int_equal(frame_udp_read(&f, buf_bytes(&b), false), 0);
	packet[9] = 6;
	mend_ipv4(packet, 20);
	assert_int_equal(frame_udp_read(&f, buf_bytes(&b), false), -EPROTO);
	packet[0] = 0x65;
	assert_int_equal(frame_udp_read(&f, buf_bytes(&b), false), -EPROTO);
	b.p[13] = 6; /* ARP */
	assert_int_equal(frame_udp_read(&f, buf_bytes(&b), false), -EPROTO);
	buf_done(&b);
}

static void
options_of_ipv4_are_passed_over(void **state)
{
	struct buf b = { 0 };
	struct frame_udp f;

	(void)state;
	unhex(&b,
	    "ffffffffffff0004f21000070800"
	    "46000025000700008011000000000000ffffffff94040000"
	    "00440043000d000068656c6c6f");
	mend_ipv4(b.p + 14, 24);
	assert_int_equal(frame_udp_read(&f, buf_bytes(&b), true), 0);
	assert_int_equal(f.dport, 67);
	assert_true(span_is(f.payload, "hello"));
	b.p[14] = 0x44; /* a head shorter than a head */
	assert_int_equal(frame_udp_read(&f, buf_bytes(&b), true), -EBADMSG);
	b.p[14] = 0x4f; /* longer than the packet */
	assert_int_equal(frame_udp_read(&f, buf_bytes(&b), true), -EBADMSG);
	buf_done(&b);
}

static void
a_datagram_that_lies_about_its_length_is_refused(void **state)
{
	struct buf b = { 0 };
	struct frame_udp f;

	(void)state;
	unhex(&b, hello_untagged);
	b.p[14 + 20 + 5] = 14; /* one more than there is */
	assert_int_equal(frame_udp_read(&f, buf_bytes(&b), false), -EBADMSG);
	b.p[14 + 20 + 5] = 7; /* less than its own head */
	assert_int_equal(frame_udp_read(&f, buf_bytes(&b), false), -EBADMSG);
	b.p[14 + 20 + 5] = 11; /* less than there is: the rest is not its */
	assert_int_equal(frame_udp_read(&f, buf_bytes(&b), false), 0);
	assert_true(span_is(f.payload, "hel"));
	buf_done(&b);
}

/* ---- ARP ---- */

static const char arp_untagged[] = "ffffffffffff0004f2100007080600010800060400010004f2100007"
				   "0a2a40070000000000000a2a4007000000000000000000000000000000"
				   "000000";

static void
an_announcement_asks_everybody_for_the_own_address(void **state)
{
	struct buf got = { 0 }, want = { 0 };
	struct span bytes = unhex(&want, arp_untagged);
	struct frame_arp a;

	(void)state;
	frame_arp_announce(&got, phone_mac, 0, 0x0a2a4007);
	assert_int_equal(got.n, FRAME_SHORTEST);
	assert_int_equal(bytes.n, FRAME_SHORTEST);
	assert_memory_equal(got.p, bytes.p, bytes.n);
	assert_int_equal(frame_arp_read(&a, bytes), 0);
	assert_int_equal(a.what, 1);
	assert_int_equal(a.sender_ip, 0x0a2a4007);
	assert_int_equal(a.target_ip, 0x0a2a4007);
	assert_memory_equal(a.sender, phone_mac, FRAME_MAC);
	assert_memory_equal(a.from, phone_mac, FRAME_MAC);
	assert_memory_equal(a.to, frame_everybody, FRAME_MAC);
	buf_done(&got);
	buf_done(&want);
}

static void
an_announcement_in_a_vlan_carries_its_tag(void **state)
{
	struct buf b = { 0 };
	struct frame_arp a;

	(void)state;
	frame_arp_announce(&b, phone_mac, TAG, 0x0a2a4007);
	assert_int_equal(b.n, FRAME_SHORTEST + 4);
	assert_memory_equal(b.p + 12, ((uint8_t[]){ 0x81, 0, 0, TAG, 8, 6 }), 6);
	assert_int_equal(frame_arp_read(&a, buf_bytes(&b)), 0);
	assert_int_equal(a.vlan, TAG);
	buf_done(&b);
}

static void
other_arp_and_other_frames_are_not_read_as_arp(void **state)
{
	struct frame_arp a;
	struct buf b = { 0 };

	(void)state;
	unhex(&b, hello_untagged);
	assert_int_equal(frame_arp_read(&a, buf_bytes(&b)), -EPROTO);
	unhex(&b, arp_untagged);
	for (size_t n = 0; n < 14 + 28; n++)
		assert_int_equal(frame_arp_read(&a, (struct span){ b.p, n }), -EBADMSG);
	assert_int_equal(frame_arp_read(&a, (struct span){ b.p, 14 + 28 }), 0);
	b.p[14 + 1] = 6; /* not Ethernet */
	assert_int_equal(frame_arp_read(&a, buf_bytes(&b)), -EPROTO);
	buf_done(&b);
}

/* Bytes that a kernel put on the wire. */
static void
what_a_kernel_sends_is_understood(void **state)
{
	struct buf b = { 0 };
	struct frame_udp f;
	struct frame_arp a;

	(void)state;
	assert_int_equal(frame_udp_read(&f, golden(&b, "frame_udp_linux.hex"), true), 0);
	assert_int_equal(f.src, 0x0a2a4007);
	assert_int_equal(f.dst, UINT32_MAX);
	assert_int_equal(f.sport, 68);
	assert_int_equal(f.dport, 67);
	assert_true(span_is(f.payload, "linux says hello"));
	buf_clear(&b);
	assert_int_equal(frame_arp_read(&a, golden(&b, "frame_arp_linux.hex")), 0);
	assert_int_equal(a.what, 1);
	assert_int_equal(a.sender_ip, 0x0a2a4007);
	assert_int_equal(a.target_ip, 0x0a2a0009);
	buf_clear(&b);
	assert_int_equal(frame_udp_read(&f, golden(&b, "frame_udp_tagged.hex"), true), 0);
	assert_int_equal(f.vlan, TAG);
	buf_done(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_untagged_frame_is_the_one_that_another_program_makes),
		cmocka_unit_test(a_tag_stands_between_source_and_type),
		cmocka_unit_test(a_priority_in_the_tag_is_not_the_vlan),
		cmocka_unit_test(a_whole_discover_comes_back_as_it_went),
		cmocka_unit_test(any_payload_of_any_length_comes_back),
		cmocka_unit_test(a_checksum_that_comes_out_as_nothing_is_written_as_all_ones),
		cmocka_unit_test(too_much_for_one_frame_is_not_written),
		cmocka_unit_test(a_buffer_too_small_keeps_the_error),
		cmocka_unit_test(cut_short_anywhere_it_is_no_frame_and_nothing_is_touched),
		cmocka_unit_test(every_wrong_bit_of_head_or_datagram_is_found),
		cmocka_unit_test(
		    an_unfinished_checksum_is_taken_only_if_sums_are_not_asked_for),
		cmocka_unit_test(fragments_and_other_protocols_are_not_udp),
		cmocka_unit_test(options_of_ipv4_are_passed_over),
		cmocka_unit_test(a_datagram_that_lies_about_its_length_is_refused),
		cmocka_unit_test(an_announcement_asks_everybody_for_the_own_address),
		cmocka_unit_test(an_announcement_in_a_vlan_carries_its_tag),
		cmocka_unit_test(what_a_kernel_sends_is_understood),
		cmocka_unit_test(other_arp_and_other_frames_are_not_read_as_arp),
	};

	return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}
