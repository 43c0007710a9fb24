/* test_serve_dhcp.c - the DHCP server's logic, asked with the phone's own messages: scopes,
 * every state a REQUEST comes from, and who gets which address. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "golden.h"
#include "mem.h"
#include "rng.h"
#include "serve_dhcp.h"
#include "serve_lease.h"

enum {
	SERVER = 0x7f000001,
	UNTAGGED = 0x7f000002, /* giaddr */
	VOICE = 0x7f000003,
	NET = 0x7f2a0000,       /* 127.42.0.0/17 */
	VOICE_NET = 0x7f2a8000, /* 127.42.128.0/17 */
	LEASE_S = 3600,
	MINUTE_US = 60 * 1000000
};

#define MASK 0xffff8000u

static const uint8_t list[] = { 1, 3, 6, 15, 43, 44, 46, 47, 119 };
static const char *const search[] = { "contoso.com", "voice.contoso.com" };

static const struct serve_dhcp_scope scopes[] = {
	{ .giaddr = UNTAGGED,
	    .ip = NET,
	    .mask = MASK,
	    .first = NET + 1,
	    .last = NET + 0x7ffe,
	    .router = NET + 1,
	    .dns = { SERVER, SERVER + 1 },
	    .voice_vlan = 200 },
	{ .giaddr = VOICE,
	    .ip = VOICE_NET,
	    .mask = MASK,
	    .first = VOICE_NET + 1,
	    .last = VOICE_NET + 0x7ffe,
	    .dns = { SERVER } },
};
static const struct serve_dhcp_cfg usual = {
	.server = SERVER,
	.scopes = scopes,
	.n_scopes = 2,
	.vendor_class = "CPE-OCPhone",
	.domain = "contoso.com",
	.search = search,
	.n_search = 2,
	.lease_s = LEASE_S,
};

/* A server, a phone that asks it, and its last answer. */
struct rig {
	struct serve_dhcp *d;
	uint64_t now_us;
	struct dhcp_ask ask;
	uint32_t giaddr;
	struct buf bytes;
	struct dhcp_msg m;
	struct serve_dhcp_done done;
};

static void
rig_new(struct rig *r, const struct serve_dhcp_cfg *cfg)
{
	*r = (struct rig){ .giaddr = UNTAGGED };
	r->ask = (struct dhcp_ask){ .xid = 99,
		.vendor_class = "CPE-OCPhone",
		.ask = list,
		.n_ask = sizeof list,
		.pad_to = 300,
		.mac = { 0, 4, 0xf2, 0, 0, 10 } };
	assert_int_equal(serve_dhcp_new(cfg, &r->d), 0);
}

static void
rig_done(struct rig *r)
{
	serve_dhcp_free(r->d);
	buf_done(&r->bytes);
}

/* Say it; the type of the answer, 0 = none. */
static int
say(struct rig *r, enum dhcp_type type)
{
	uint8_t memory[DHCP_MSG_MAX];
	struct buf b;

	buf_over(&b, memory, sizeof memory);
	r->ask.type = type;
	dhcp_msg_ask(&b, &r->ask);
	memory[24] = (uint8_t)(r->giaddr >> 24);
	memory[25] = (uint8_t)(r->giaddr >> 16);
	memory[26] = (uint8_t)(r->giaddr >> 8);
	memory[27] = (uint8_t)r->giaddr;
	buf_clear(&r->bytes);
	assert_int_equal(
	    serve_dhcp_answer(r->d, buf_bytes(&b), r->now_us, &r->bytes, &r->done), 0);
	assert_int_equal(r->done.asked, type);
	if (r->bytes.n == 0)
		return (int)r->done.answered;
	assert_int_equal(dhcp_msg_decode(&r->m, buf_bytes(&r->bytes)), 0);
	assert_int_equal(r->m.type, r->done.answered);
	return (int)r->m.type;
}

/* DISCOVER to ACK; the address. */
static uint32_t
lease(struct rig *r)
{
	r->ask.ciaddr = r->ask.wanted = r->ask.server = 0;
	assert_int_equal(say(r, DHCP_DISCOVER), DHCP_OFFER);
	r->ask.wanted = r->m.yiaddr;
	r->ask.server = SERVER;
	assert_int_equal(say(r, DHCP_REQUEST), DHCP_ACK);
	assert_int_equal(r->m.yiaddr, r->ask.wanted);
	return r->m.yiaddr;
}

static uint32_t
u32(const struct rig *r, uint8_t code)
{
	uint32_t v = 0;

	assert_true(dhcp_msg_u32(&r->m, code, &v));
	return v;
}

/* ---- what is answered ---------------------------------------------------------- */

static void
a_phone_gets_what_the_administrator_set(void **state)
{
	static const uint8_t order[] = { 53, 1, 58, 59, 51, 54, 3, 6, 15, 43, 119, 255 };
	char name[DHCP_NAME_MAX], domains[3][DHCP_NAME_MAX];
	uint8_t codes[32];
	uint32_t dns[2];
	struct rig r;

	(void)state;
	rig_new(&r, &usual);
	assert_int_equal(lease(&r), NET + 11);
	assert_int_equal(dhcp_msg_codes(&r.m, codes, sizeof codes), sizeof order);
	assert_memory_equal(codes, order, sizeof order);
	assert_true(r.bytes.n >= 300);
	assert_int_equal(r.m.xid, 99);
	assert_int_equal(r.m.giaddr, UNTAGGED);
	assert_int_equal(u32(&r, DHCP_OPT_MASK), MASK);
	assert_int_equal(u32(&r, DHCP_OPT_SERVER), SERVER);
	assert_int_equal(u32(&r, DHCP_OPT_LEASE), LEASE_S);
	assert_int_equal(u32(&r, DHCP_OPT_T1), LEASE_S / 2);
	assert_int_equal(u32(&r, DHCP_OPT_T2), LEASE_S * 7 / 8);
	assert_int_equal(u32(&r, DHCP_OPT_ROUTER), NET + 1);
	assert_int_equal(dhcp_msg_ips(&r.m, DHCP_OPT_DNS, dns, 2), 2);
	assert_int_equal(dhcp_msg_name(&r.m, DHCP_OPT_DOMAIN, name), 0);
	assert_string_equal(name, "contoso.com");
	assert_int_equal(dhcp_msg_vlan(&r.m, 10), 200);
	assert_int_equal(dhcp_msg_search(&r.m, domains, 3), 2);
	assert_string_equal(domains[1], "voice.contoso.com");

	assert_int_equal(r.done.to_ip, UNTAGGED);
	assert_int_equal(r.done.to_port, 67);
	assert_int_equal(serve_dhcp_leases(r.d, r.now_us), 1);
	rig_done(&r);
}

static void
the_vlan_is_for_phones_only_and_their_class_is_compared_bytewise(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r, &usual);
	r.ask.vendor_class = "CPE-OCPHONE";
	lease(&r);
	assert_int_equal(dhcp_msg_vlan(&r.m, 10), 0);
	r.ask.vendor_class = NULL;
	lease(&r);
	assert_int_equal(dhcp_msg_vlan(&r.m, 10), 0);

	/* Inside the VLAN none is named. */
	r.ask.vendor_class = "CPE-OCPhone";
	r.giaddr = VOICE;
	assert_int_equal(lease(&r), VOICE_NET + 11);
	assert_int_equal(dhcp_msg_vlan(&r.m, 10), 0);
	rig_done(&r);
}

static void
only_what_was_asked_for_is_sent(void **state)
{
	static const uint8_t order[] = { 53, 1, 58, 59, 51, 54, 15, 255 };
	static const uint8_t asked[] = { 1, 15 };
	uint8_t codes[32];
	struct rig r;

	(void)state;
	rig_new(&r, &usual);
	r.ask.ask = asked;
	r.ask.n_ask = sizeof asked;
	lease(&r);
	assert_int_equal(dhcp_msg_codes(&r.m, codes, sizeof codes), sizeof order);
	assert_memory_equal(codes, order, sizeof order);
	rig_done(&r);
}

static void
foreign_clients_are_understood_too(void **state)
{
	struct buf bytes = { 0 }, reply = { 0 };
	struct serve_dhcp_done done;
	struct span discover = golden(&bytes, "dhcp_discover.hex");
	struct rig r;

	(void)state;
	rig_new(&r, &usual);
	/* Without a relay no scope is meant here. */
	assert_int_equal(serve_dhcp_answer(r.d, discover, 0, &reply, &done), -ENOENT);
	for (size_t n = 0; n < discover.n - 24; n++)
		assert_int_equal(
		    serve_dhcp_answer(r.d, (struct span){ discover.p, n }, 0, &reply, &done),
		    -EBADMSG);
	discover = golden(&bytes, "dhcp_offer_dnsmasq.hex"); /* another server's */
	assert_int_equal(serve_dhcp_answer(r.d, discover, 0, &reply, &done), -EBADMSG);
	assert_int_equal(reply.n, 0);
	buf_done(&bytes);
	buf_done(&reply);
	rig_done(&r);
}

/* ---- the states of a REQUEST ------------------------------------------------------ */

static void
a_phone_that_comes_back_keeps_its_address(void **state)
{
	struct rig r;
	uint32_t ip;

	(void)state;
	rig_new(&r, &usual);
	ip = lease(&r);
	/* INIT-REBOOT */
	r.ask.server = 0;
	r.ask.wanted = ip;
	assert_int_equal(say(&r, DHCP_REQUEST), DHCP_ACK);
	assert_int_equal(r.m.yiaddr, ip);
	/* from DISCOVER */
	assert_int_equal(lease(&r), ip);
	assert_int_equal(serve_dhcp_leases(r.d, r.now_us), 1);
	rig_done(&r);
}

static void
init_reboot_with_a_wrong_address_is_refused_and_of_a_stranger_ignored(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r, &usual);
	r.ask.wanted = NET + 77;
	assert_int_equal(say(&r, DHCP_REQUEST), 0);
	r.ask.wanted = 0x0a000001; /* of another net */
	assert_int_equal(say(&r, DHCP_REQUEST), DHCP_NAK);
	assert_int_equal(r.m.flags, 0x8000);
	assert_int_equal(r.m.yiaddr, 0);
	assert_int_equal(r.done.to_ip, UNTAGGED);

	lease(&r);
	r.ask.server = 0;
	r.ask.wanted = NET + 77;
	assert_int_equal(say(&r, DHCP_REQUEST), DHCP_NAK);
	rig_done(&r);
}

static void
selecting_another_server_takes_the_offer_back(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r, &usual);
	assert_int_equal(say(&r, DHCP_DISCOVER), DHCP_OFFER);
	r.ask.wanted = r.m.yiaddr;
	r.ask.server = SERVER + 9;
	assert_int_equal(say(&r, DHCP_REQUEST), 0);

	/* Now it is anybody's. */
	r.ask.mac[0] = 9;
	assert_int_equal(lease(&r), NET + 11);
	rig_done(&r);
}

static void
renewing_is_answered_to_the_phone_itself(void **state)
{
	struct rig r;
	uint32_t ip;

	(void)state;
	rig_new(&r, &usual);
	ip = lease(&r);
	r.ask.wanted = r.ask.server = 0;
	r.ask.ciaddr = ip;
	r.giaddr = 0; /* unicast */
	r.now_us = (uint64_t)LEASE_S / 2 * 1000000;
	assert_int_equal(say(&r, DHCP_REQUEST), DHCP_ACK);
	assert_int_equal(r.m.ciaddr, ip);
	assert_int_equal(r.done.to_ip, ip);
	assert_int_equal(r.done.to_port, 68);

	/* It holds from then on. */
	r.now_us += (uint64_t)LEASE_S * 1000000 - 1;
	assert_int_equal(serve_dhcp_leases(r.d, r.now_us), 1);
	r.now_us += 1;
	assert_int_equal(serve_dhcp_leases(r.d, r.now_us), 0);

	/* Rebinding through the relay, with an address that is another's. */
	r.giaddr = UNTAGGED;
	r.ask.ciaddr = ip + 1;
	assert_int_equal(say(&r, DHCP_REQUEST), DHCP_NAK);
	rig_done(&r);
}

/* ---- ends ---------------------------------------------------------------------------- */

static void
a_release_needs_its_ciaddr(void **state)
{
	struct rig r;
	uint32_t ip;

	(void)state;
	rig_new(&r, &usual);
	ip = lease(&r);
	r.ask.server = SERVER;
	r.ask.ciaddr = 0;
	r.giaddr = UNTAGGED;
	assert_int_equal(say(&r, DHCP_RELEASE), 0);
	assert_int_equal(serve_dhcp_leases(r.d, 0), 1);

	r.ask.ciaddr = ip;
	r.giaddr = 0;
	r.ask.mac[0] = 9; /* a stranger cannot */
	assert_int_equal(say(&r, DHCP_RELEASE), 0);
	assert_int_equal(serve_dhcp_leases(r.d, 0), 1);
	r.ask.mac[0] = 0;
	assert_int_equal(say(&r, DHCP_RELEASE), 0);
	assert_int_equal(r.done.ip, ip);
	assert_int_equal(serve_dhcp_leases(r.d, 0), 0);

	r.giaddr = UNTAGGED;
	assert_int_equal(lease(&r), ip);
	rig_done(&r);
}

static void
a_declined_address_is_left_alone_for_a_day(void **state)
{
	struct rig r;
	uint32_t ip;

	(void)state;
	rig_new(&r, &usual);
	ip = lease(&r);
	r.ask.wanted = ip;
	assert_int_equal(say(&r, DHCP_DECLINE), 0);
	assert_int_equal(lease(&r), ip + 1);
	r.now_us = 25ull * 60 * MINUTE_US;
	r.ask.mac[0] = 9;
	assert_int_equal(lease(&r), ip);
	rig_done(&r);
}

static void
an_inform_gets_the_options_and_no_lease(void **state)
{
	uint32_t v;
	struct rig r;

	(void)state;
	rig_new(&r, &usual);
	r.giaddr = 0;
	r.ask.ciaddr = NET + 500;
	assert_int_equal(say(&r, DHCP_INFORM), DHCP_ACK);
	assert_int_equal(r.m.yiaddr, 0);
	assert_false(dhcp_msg_u32(&r.m, DHCP_OPT_LEASE, &v));
	assert_int_equal(r.done.to_ip, NET + 500);
	assert_int_equal(serve_dhcp_leases(r.d, 0), 0);
	rig_done(&r);
}

/* ---- who gets what --------------------------------------------------------------------- */

static void
set_mac(struct rig *r, uint32_t low)
{
	r->ask.mac[3] = (uint8_t)(low >> 16);
	r->ask.mac[4] = (uint8_t)(low >> 8);
	r->ask.mac[5] = (uint8_t)low;
}

static void
twenty_thousand_phones_get_the_same_addresses_in_any_order(void **state)
{
	enum { PHONES = 20000, BASE = 0x100000 };
	static uint32_t first[PHONES];
	struct rig r;

	(void)state;
	rig_new(&r, &usual);
	for (uint32_t i = 0; i < PHONES; i++) {
		set_mac(&r, BASE + i);
		first[i] = lease(&r);
		assert_in_range(first[i], NET + 2, NET + 0x7ffe);
		assert_in_range(first[i] & 255, 1, 254);
	}
	assert_int_equal(serve_dhcp_leases(r.d, 0), PHONES);
	rig_done(&r);

	rig_new(&r, &usual);
	for (uint32_t i = PHONES; i-- > 0;) {
		set_mac(&r, BASE + i);
		assert_int_equal(lease(&r), first[i]);
	}
	rig_done(&r);
}

/* The farm leases loopback addresses beside those of server and relays. */
static void
neither_server_nor_relay_of_any_scope_is_leased(void **state)
{
	struct serve_dhcp_scope near[2] = { scopes[0], scopes[1] };
	struct serve_dhcp_cfg cfg = usual;
	struct rig r;

	(void)state;
	near[0].ip = SERVER & MASK;
	near[0].first = SERVER;
	near[0].last = VOICE + 1;
	near[0].router = 0;
	cfg.scopes = near;
	rig_new(&r, &cfg);
	assert_int_equal(lease(&r), VOICE + 1);
	set_mac(&r, 11);
	assert_int_equal(say(&r, DHCP_DISCOVER), 0);
	rig_done(&r);
}

static void
a_full_scope_offers_nothing_until_a_lease_ends(void **state)
{
	struct serve_dhcp_scope small = scopes[0];
	struct serve_dhcp_cfg cfg = usual;
	struct rig r;

	(void)state;
	/* .254, .255, .0, .1, .2: three of them. */
	small.first = NET + 0xfe;
	small.last = NET + 0x102;
	cfg.scopes = &small;
	cfg.n_scopes = 1;
	rig_new(&r, &cfg);
	for (uint32_t i = 0; i < 3; i++) {
		set_mac(&r, i);
		lease(&r);
	}
	set_mac(&r, 3);
	r.ask.wanted = r.ask.server = 0;
	assert_int_equal(say(&r, DHCP_DISCOVER), 0);

	r.now_us = (uint64_t)LEASE_S * 1000000;
	assert_int_equal(lease(&r), NET + 0xfe);
	/* The one who had it gets another one. */
	set_mac(&r, 0);
	assert_int_equal(lease(&r), NET + 0x101);
	rig_done(&r);
}

static void
an_offer_that_is_not_taken_lapses(void **state)
{
	struct serve_dhcp_scope small = scopes[0];
	struct serve_dhcp_cfg cfg = usual;
	struct rig r;

	(void)state;
	small.first = small.last = NET + 9;
	cfg.scopes = &small;
	cfg.n_scopes = 1;
	rig_new(&r, &cfg);
	assert_int_equal(say(&r, DHCP_DISCOVER), DHCP_OFFER);
	set_mac(&r, 99);
	assert_int_equal(say(&r, DHCP_DISCOVER), 0);
	r.now_us = MINUTE_US;
	assert_int_equal(lease(&r), NET + 9);
	rig_done(&r);
}

static void
slots_and_addresses_are_each_other_s_inverse(void **state)
{
	struct lease_table *t;
	size_t n = 0;

	(void)state;
	assert_int_equal(lease_table_new(NET + 0x35, NET + 0x3ff, &t), 0);
	for (uint32_t ip = NET; ip < NET + 0x500; ip++) {
		struct lease *l = lease_at(t, ip);

		if (l == NULL)
			continue;
		assert_int_equal(lease_ip(t, l), ip);
		n++;
	}
	assert_int_equal(n, 0x3ff - 0x35 + 1 - 4 - 3);
	lease_table_free(t);

	assert_int_equal(lease_table_new(NET + 0xff, NET + 0x100, &t), -EINVAL);
	assert_int_equal(lease_table_new(NET + 2, NET + 1, &t), -EINVAL);
}

/* ---- what must not harm -------------------------------------------------------------------
 */

static void
random_messages_do_no_harm(void **state)
{
	struct buf bytes = { 0 };
	struct span m = golden(&bytes, "dhcp_request.hex");
	struct rng rng;
	struct rig r;

	(void)state;
	rig_new(&r, &usual);
	rng_seed(&rng, 2, 0);
	for (int round = 0; round < 20000; round++) {
		m = golden(&bytes, round % 2 ? "dhcp_request.hex" : "dhcp_release.hex");
		memcpy(bytes.p + 24, (uint8_t[]){ 127, 0, 0, 2 }, 4);
		for (int k = 0; k < 3; k++)
			bytes.p[240 + rng_below(&rng, m.n - 240)] = (uint8_t)rng_u32(&rng);
		buf_clear(&r.bytes);
		(void)serve_dhcp_answer(r.d, m, r.now_us, &r.bytes, &r.done);
		r.now_us += 1000;
	}
	buf_done(&bytes);
	rig_done(&r);
}

static void
without_memory_nothing_is_left_behind(void **state)
{
	struct serve_dhcp *d = NULL;
	long before = mem_out();

	(void)state;
	for (long at = 1; at <= 4; at++) {
		mem_fail_at(at);
		assert_int_equal(serve_dhcp_new(&usual, &d), -ENOMEM);
		mem_fail_at(0);
		assert_int_equal(mem_out(), before);
	}
	assert_null(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_phone_gets_what_the_administrator_set),
		cmocka_unit_test(
		    the_vlan_is_for_phones_only_and_their_class_is_compared_bytewise),
		cmocka_unit_test(only_what_was_asked_for_is_sent),
		cmocka_unit_test(foreign_clients_are_understood_too),
		cmocka_unit_test(a_phone_that_comes_back_keeps_its_address),
		cmocka_unit_test(
		    init_reboot_with_a_wrong_address_is_refused_and_of_a_stranger_ignored),
		cmocka_unit_test(selecting_another_server_takes_the_offer_back),
		cmocka_unit_test(renewing_is_answered_to_the_phone_itself),
		cmocka_unit_test(a_release_needs_its_ciaddr),
		cmocka_unit_test(a_declined_address_is_left_alone_for_a_day),
		cmocka_unit_test(an_inform_gets_the_options_and_no_lease),
		cmocka_unit_test(twenty_thousand_phones_get_the_same_addresses_in_any_order),
		cmocka_unit_test(neither_server_nor_relay_of_any_scope_is_leased),
		cmocka_unit_test(a_full_scope_offers_nothing_until_a_lease_ends),
		cmocka_unit_test(an_offer_that_is_not_taken_lapses),
		cmocka_unit_test(slots_and_addresses_are_each_other_s_inverse),
		cmocka_unit_test(random_messages_do_no_harm),
		cmocka_unit_test(without_memory_nothing_is_left_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
