/* test_dhcp_msg.c - what Windows CE writes, what dnsmasq answers, and what nobody should send.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dhcp_msg.h"
#include "golden.h"
#include "rng.h"

static const uint8_t list[] = { 1, 3, 6, 15, 43, 44, 46, 47, 119 };
static const uint8_t mac[6] = { 0x00, 0x04, 0xf2, 0x10, 0x00, 0x07 };

enum { LEASED = 0x7f2b0031, SERVER = 0x7f000001, FIRST_XID = 0x070010f2 };

static struct dhcp_ask
ask_of(enum dhcp_type type, uint32_t xid)
{
	struct dhcp_ask a = { .type = type,
		.xid = xid,
		.vendor_class = "CPE-OCPhone",
		.ask = list,
		.n_ask = sizeof list,
		.pad_to = 300 };

	memcpy(a.mac, mac, sizeof a.mac);
	return a;
}

static void
is_golden(const struct dhcp_ask *a, const char *name)
{
	uint8_t memory[DHCP_MSG_MAX];
	struct buf b, want = { 0 };
	struct span w = golden(&want, name);

	buf_over(&b, memory, sizeof memory);
	dhcp_msg_ask(&b, a);
	assert_int_equal(b.err, 0);
	assert_int_equal(b.n, w.n);
	assert_memory_equal(memory, w.p, w.n);
	buf_done(&want);
}

static void
it_writes_what_windows_ce_writes(void **state)
{
	struct dhcp_ask a = ask_of(DHCP_DISCOVER, FIRST_XID);

	(void)state;
	is_golden(&a, "dhcp_discover.hex");
	a.type = DHCP_REQUEST;
	a.wanted = LEASED;
	a.server = SERVER;
	is_golden(&a, "dhcp_request.hex");

	a = ask_of(DHCP_REQUEST, FIRST_XID + 1);
	a.wanted = LEASED;
	is_golden(&a, "dhcp_reboot.hex");

	a = ask_of(DHCP_REQUEST, FIRST_XID + 2);
	a.ciaddr = LEASED;
	is_golden(&a, "dhcp_renew.hex");
	a.type = DHCP_RELEASE;
	a.server = SERVER;
	is_golden(&a, "dhcp_release.hex");

	a = ask_of(DHCP_DECLINE, FIRST_XID + 2);
	a.wanted = LEASED;
	a.server = SERVER;
	is_golden(&a, "dhcp_decline.hex");
}

static void
a_host_name_comes_between_61_and_55(void **state)
{
	static const uint8_t want[] = { 53, 61, 12, 55, 60, 255 };
	struct dhcp_ask a = ask_of(DHCP_DISCOVER, 1);
	uint8_t memory[DHCP_MSG_MAX], codes[16];
	struct dhcp_msg m;
	struct buf b;

	(void)state;
	a.host_name = "lobby";
	buf_over(&b, memory, sizeof memory);
	dhcp_msg_ask(&b, &a);
	assert_int_equal(dhcp_msg_decode(&m, buf_bytes(&b)), 0);
	assert_int_equal(dhcp_msg_codes(&m, codes, sizeof codes), sizeof want);
	assert_memory_equal(codes, want, sizeof want);
}

static void
the_transaction_number_is_seeded_by_the_mac_and_never_0(void **state)
{
	static const uint8_t example[6] = { 0, 4, 0xf2, 0xaa, 0xbb, 0xcc };
	static const uint8_t zeros[6] = { 0, 4, 0, 0, 0, 0 };
	uint32_t counter = 0;

	(void)state;
	assert_int_equal(dhcp_msg_xid(&counter, example), 0xccbbaaf2);
	assert_int_equal(dhcp_msg_xid(&counter, example), 0xccbbaaf3);
	counter = UINT32_MAX;
	assert_int_equal(dhcp_msg_xid(&counter, example), 1);
	counter = 0;
	assert_int_equal(dhcp_msg_xid(&counter, zeros), 1);
}

static void
it_reads_what_dnsmasq_answers(void **state)
{
	char name[DHCP_NAME_MAX], search[3][DHCP_NAME_MAX];
	uint32_t v, dns[2];
	struct buf bytes = { 0 };
	struct dhcp_msg m;

	(void)state;
	assert_int_equal(dhcp_msg_decode(&m, golden(&bytes, "dhcp_ack_dnsmasq.hex")), 0);
	assert_int_equal(m.type, DHCP_ACK);
	assert_int_equal(m.op, 2);
	assert_int_equal(m.xid, FIRST_XID);
	assert_int_equal(m.yiaddr, 0x7f2b000b);
	assert_int_equal(m.giaddr, 0x7f2b0001);
	assert_memory_equal(m.mac, mac, sizeof mac);

	assert_true(dhcp_msg_u32(&m, DHCP_OPT_MASK, &v));
	assert_int_equal(v, 0xffff0000);
	assert_true(dhcp_msg_u32(&m, DHCP_OPT_LEASE, &v));
	assert_int_equal(v, 8 * 3600);
	assert_true(dhcp_msg_u32(&m, DHCP_OPT_T1, &v));
	assert_int_equal(v, 4 * 3600);
	assert_int_equal(dhcp_msg_ips(&m, DHCP_OPT_DNS, dns, 2), 2);
	assert_int_equal(dns[1], 0x7f000002);
	assert_int_equal(dhcp_msg_name(&m, DHCP_OPT_DOMAIN, name), 0);
	assert_string_equal(name, "contoso.com");
	assert_int_equal(dhcp_msg_vlan(&m, 10), 200);
	assert_int_equal(dhcp_msg_vlan(&m, 11), 0);

	/* Option 119 came compressed: "voice" and a pointer. */
	assert_int_equal(dhcp_msg_search(&m, search, 3), 2);
	assert_string_equal(search[0], "contoso.com");
	assert_string_equal(search[1], "voice.contoso.com");

	assert_int_equal(dhcp_msg_decode(&m, golden(&bytes, "dhcp_nak_dnsmasq.hex")), 0);
	assert_int_equal(m.type, DHCP_NAK);
	assert_false(dhcp_msg_u32(&m, DHCP_OPT_MASK, &v));
	buf_done(&bytes);
}

/* ---- messages of our own making ---------------------------------------------- */

/* A reply whose options are what `options` says, without a 255 of its own. */
static struct span
reply_with(struct buf *b, struct span options)
{
	struct dhcp_head head = { .op = 2, .xid = 1 };

	memcpy(head.mac, mac, sizeof head.mac);
	buf_clear(b);
	dhcp_msg_begin(b, &head);
	buf_put(b, (uint8_t[]){ DHCP_OPT_TYPE, 1, DHCP_ACK }, 3);
	buf_span(b, options);
	return buf_bytes(b);
}

#define BYTES(...)      \
	((struct span){ \
	    (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }) })

static void
a_vlan_may_be_text_or_binary(void **state)
{
	static const struct {
		struct span option;
		uint16_t vlan;
	} cases[] = {
		{ { (const uint8_t *)"\x2b\x05\x0a\x03"
				     "200\xff",
		      8 },
		    200 },
		{ { (const uint8_t *)"\x2b\x06\x0a\x04"
				     "200\0\xff",
		      9 },
		    200 },
		{ { (const uint8_t *)"\x2b\x03\x0a\x01"
				     "7\xff",
		      6 },
		    7 },
		{ { (const uint8_t *)"\x2b\x06\x0a\x04"
				     "4094\xff",
		      9 },
		    4094 },
		{ { (const uint8_t *)"\x2b\x06\x0a\x04"
				     "4095\xff",
		      9 },
		    0 },
		{ { (const uint8_t *)"\x2b\x04\x0a\x02\x00\xc8\xff", 7 }, 200 },
		{ { (const uint8_t *)"\x2b\x03\x0a\x01\xc8\xff", 6 }, 200 },
		{ { (const uint8_t *)"\x2b\x06\x0a\x04\x00\x00\x00\xc8\xff", 9 }, 200 },
		{ { (const uint8_t *)"\x2b\x04\x0a\x02\xff\xff\xff", 7 }, 0 },
		{ { (const uint8_t *)"\x2b\x02\x0a\x00\xff", 5 }, 0 },
		{ { (const uint8_t *)"\x2b\x08\x01\x01\x09\x0a\x03"
				     "200\xff",
		      11 },
		    200 },
		{ { (const uint8_t *)"\x2b\x06\x00\x0a\x03"
				     "200\xff",
		      9 },
		    200 },
		{ { (const uint8_t *)"\x2b\x06\xff\x0a\x03"
				     "200\xff",
		      9 },
		    0 },
		{ { (const uint8_t *)"\x2b\x05\x0a\x09"
				     "200\xff",
		      8 },
		    0 },
	};
	struct buf b = { 0 };
	struct dhcp_msg m;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(dhcp_msg_decode(&m, reply_with(&b, cases[i].option)), 0);
		assert_int_equal(dhcp_msg_vlan(&m, 10), cases[i].vlan);
	}
	buf_done(&b);
}

static void
an_option_in_two_parts_is_joined(void **state)
{
	char search[3][DHCP_NAME_MAX], name[DHCP_NAME_MAX];
	struct buf b = { 0 };
	struct dhcp_msg m;

	(void)state;
	/* The pointer of the second domain goes back into the first part (RFC 3397 section 5).
	 */
	assert_int_equal(
	    dhcp_msg_decode(&m,
		reply_with(&b,
		    BYTES(119, 9, 4, 'c', 'o', 'r', 'p', 3, 'l', 'a', 'n', 15, 2, 'a', 'b', 119,
			7, 0, 3, 'l', 'a', 'b', 0xc0, 5, 15, 2, '.', 'c', 255))),
	    0);
	assert_int_equal(dhcp_msg_search(&m, search, 3), 2);
	assert_string_equal(search[0], "corp.lan");
	assert_string_equal(search[1], "lab.lan");
	assert_int_equal(dhcp_msg_name(&m, 15, name), 0);
	assert_string_equal(name, "ab.c");
	buf_done(&b);
}

static void
an_option_longer_than_255_is_split_when_it_is_written(void **state)
{
	uint8_t value[600], got[600];
	struct buf b = { 0 }, v;
	struct dhcp_msg m;

	(void)state;
	for (size_t i = 0; i < sizeof value; i++)
		value[i] = (uint8_t)(i * 7);
	(void)reply_with(&b, (struct span){ NULL, 0 });
	dhcp_msg_option(&b, 43, (struct span){ value, sizeof value });
	dhcp_msg_option(&b, 80, (struct span){ NULL, 0 });
	dhcp_msg_end(&b, 0, 1200);
	assert_int_equal(b.n, 1200);
	assert_int_equal(dhcp_msg_decode(&m, buf_bytes(&b)), 0);
	buf_over(&v, got, sizeof got);
	assert_true(dhcp_msg_get(&m, 43, &v));
	assert_int_equal(v.n, sizeof value);
	assert_memory_equal(got, value, sizeof value);
	assert_true(dhcp_msg_get(&m, 80, &v));
	buf_done(&b);
}

static void
option_52_leads_into_file_and_sname(void **state)
{
	static const uint8_t in_file[] = { 15, 3, 'l', 'a', 'b', 255 };
	static const uint8_t in_sname[] = { 3, 4, 192, 0, 2, 1, 255 };
	char name[DHCP_NAME_MAX];
	uint32_t router;
	struct buf b = { 0 };
	struct dhcp_msg m;

	(void)state;
	(void)reply_with(&b, BYTES(52, 1, 3, 255));
	assert_int_equal(b.err, 0);
	memcpy(b.p + 108, in_file, sizeof in_file);
	memcpy(b.p + 44, in_sname, sizeof in_sname);
	assert_int_equal(dhcp_msg_decode(&m, buf_bytes(&b)), 0);
	assert_int_equal(dhcp_msg_name(&m, 15, name), 0);
	assert_string_equal(name, "lab");
	assert_true(dhcp_msg_u32(&m, 3, &router));
	assert_int_equal(router, 0xc0000201);

	/* Only sname: file is not looked at. */
	(void)reply_with(&b, BYTES(52, 1, 2, 255));
	memcpy(b.p + 108, in_file, sizeof in_file);
	memcpy(b.p + 44, in_sname, sizeof in_sname);
	assert_int_equal(dhcp_msg_decode(&m, buf_bytes(&b)), 0);
	assert_int_equal(dhcp_msg_name(&m, 15, name), -ENOENT);

	/* Without a 255 of its own, or with a number that means nothing. */
	assert_int_equal(dhcp_msg_decode(&m, reply_with(&b, BYTES(52, 1, 1, 255))), -EBADMSG);
	assert_int_equal(dhcp_msg_decode(&m, reply_with(&b, BYTES(52, 1, 4, 255))), -EBADMSG);
	assert_int_equal(
	    dhcp_msg_decode(&m, reply_with(&b, BYTES(52, 2, 1, 1, 255))), -EBADMSG);
	buf_done(&b);
}

static void
what_is_no_name_is_not_taken_for_one(void **state)
{
	char name[DHCP_NAME_MAX], search[3][DHCP_NAME_MAX];
	struct buf b = { 0 };
	struct dhcp_msg m;

	(void)state;
	assert_int_equal(
	    dhcp_msg_decode(&m, reply_with(&b, BYTES(15, 4, 'a', ' ', 'b', '/', 255))), 0);
	assert_int_equal(dhcp_msg_name(&m, 15, name), -EBADMSG);
	assert_int_equal(dhcp_msg_decode(&m, reply_with(&b, BYTES(15, 3, 0, 0, 0, 255))), 0);
	assert_int_equal(dhcp_msg_name(&m, 15, name), -ENOENT);
	assert_int_equal(
	    dhcp_msg_decode(&m, reply_with(&b, BYTES(15, 5, 'l', 'a', 'b', '.', 0, 255))), 0);
	assert_int_equal(dhcp_msg_name(&m, 15, name), 0);
	assert_string_equal(name, "lab");

	/* Pointers that lead nowhere, forward or round. */
	assert_int_equal(dhcp_msg_decode(&m, reply_with(&b, BYTES(119, 2, 0xc0, 0, 255))), 0);
	assert_int_equal(dhcp_msg_search(&m, search, 3), 0);
	assert_int_equal(
	    dhcp_msg_decode(&m, reply_with(&b, BYTES(119, 4, 1, 'a', 0xc0, 9, 255))), 0);
	assert_int_equal(dhcp_msg_search(&m, search, 3), 0);
	buf_done(&b);
}

/* ---- what must not harm --------------------------------------------------------- */

/* Everything that can be asked of a message. */
static void
read_all(const struct dhcp_msg *m)
{
	char search[3][DHCP_NAME_MAX], name[DHCP_NAME_MAX];
	uint8_t codes[300];
	uint32_t ips[2];

	for (unsigned code = 0; code < 256; code++) {
		(void)dhcp_msg_ips(m, (uint8_t)code, ips, 2);
		(void)dhcp_msg_name(m, (uint8_t)code, name);
		(void)dhcp_msg_vlan(m, (uint8_t)code);
	}
	(void)dhcp_msg_search(m, search, 3);
	assert_true(dhcp_msg_codes(m, codes, sizeof codes) <= sizeof codes);
}

/* In memory of exactly its size, so that a sanitizer sees what reads too far. */
static int
decode_exact(const uint8_t *bytes, size_t n)
{
	uint8_t *exact = malloc(n > 0 ? n : 1);
	struct dhcp_msg m;
	int rc;

	assert_non_null(exact);
	memcpy(exact, bytes, n);
	rc = dhcp_msg_decode(&m, (struct span){ exact, n });
	if (rc == 0)
		read_all(&m);
	free(exact);
	return rc;
}

static void
cut_before_its_255_it_is_refused_at_every_length(void **state)
{
	struct buf b = { 0 };
	struct span whole = golden(&b, "dhcp_ack_dnsmasq.hex");

	(void)state;
	for (size_t n = 0; n < whole.n; n++)
		assert_int_equal(decode_exact(whole.p, n), -EBADMSG);
	assert_int_equal(decode_exact(whole.p, whole.n), 0);
	buf_done(&b);
}

static void
random_bytes_do_no_harm(void **state)
{
	struct buf b = { 0 };
	struct span whole = golden(&b, "dhcp_ack_dnsmasq.hex");
	uint8_t bytes[DHCP_MSG_MAX];
	struct rng r;

	(void)state;
	rng_seed(&r, 7, 0);
	for (int round = 0; round < 20000; round++) {
		size_t n = (size_t)rng_below(&r, sizeof bytes), whole_n = whole.n;

		for (size_t i = 0; i < n; i++)
			bytes[i] = (uint8_t)rng_u32(&r);
		/* Half of them: a good one with some bytes changed. */
		if (round % 2 == 0) {
			n = whole_n;
			memcpy(bytes, whole.p, n);
			for (int k = 0; k < 4; k++)
				bytes[rng_below(&r, n)] = (uint8_t)rng_u32(&r);
		}
		(void)decode_exact(bytes, n);
	}
	buf_done(&b);
}

static void
foreign_hardware_and_bad_types_are_refused(void **state)
{
	struct buf b = { 0 };
	struct dhcp_msg m;

	(void)state;
	for (size_t at = 0; at < 3; at++) {
		(void)reply_with(&b, BYTES(255));
		assert_int_equal(b.err, 0);
		b.p[at] = 9;
		assert_int_equal(dhcp_msg_decode(&m, buf_bytes(&b)), -EBADMSG);
	}
	(void)reply_with(&b, BYTES(255));
	b.p[DHCP_MSG_HEAD + 2] = 9;
	assert_int_equal(dhcp_msg_decode(&m, buf_bytes(&b)), -EBADMSG);
	b.p[DHCP_MSG_HEAD] = 200;
	assert_int_equal(dhcp_msg_decode(&m, buf_bytes(&b)), -EBADMSG);
	buf_done(&b);
}

static void
an_option_without_a_value_is_there_and_empty(void **state)
{
	struct dhcp_head head = { .op = 2 };
	struct buf b = { 0 }, value = { 0 };
	struct dhcp_msg m;

	(void)state;
	dhcp_msg_begin(&b, &head);
	dhcp_msg_option(&b, DHCP_OPT_TYPE, (struct span){ (const uint8_t[]){ DHCP_ACK }, 1 });
	dhcp_msg_option(&b, DHCP_OPT_CLASS, (struct span){ NULL, 0 });
	dhcp_msg_end(&b, 0, 0);
	assert_int_equal(b.n, DHCP_MSG_HEAD + 3 + 2 + 1);
	assert_int_equal(dhcp_msg_decode(&m, buf_bytes(&b)), 0);
	assert_true(dhcp_msg_get(&m, DHCP_OPT_CLASS, &value));
	assert_int_equal(value.n, 0);
	buf_done(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_writes_what_windows_ce_writes),
		cmocka_unit_test(a_host_name_comes_between_61_and_55),
		cmocka_unit_test(the_transaction_number_is_seeded_by_the_mac_and_never_0),
		cmocka_unit_test(it_reads_what_dnsmasq_answers),
		cmocka_unit_test(a_vlan_may_be_text_or_binary),
		cmocka_unit_test(an_option_in_two_parts_is_joined),
		cmocka_unit_test(an_option_longer_than_255_is_split_when_it_is_written),
		cmocka_unit_test(an_option_without_a_value_is_there_and_empty),
		cmocka_unit_test(option_52_leads_into_file_and_sname),
		cmocka_unit_test(what_is_no_name_is_not_taken_for_one),
		cmocka_unit_test(cut_before_its_255_it_is_refused_at_every_length),
		cmocka_unit_test(random_bytes_do_no_harm),
		cmocka_unit_test(foreign_hardware_and_bad_types_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
