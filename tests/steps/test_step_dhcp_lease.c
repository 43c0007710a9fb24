/* test_step_dhcp_lease.c - rows 1-2: from nothing to an address, against a server that answers,
 * is deaf, says no, or says nonsense. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "fake_dhcp.h"
#include "fake_phone.h"
#include "steps.h"

enum { S = 1000000, MY_IP = 0x7f2a0102, ROOM = 512 };

struct rig {
	struct fake_phone *p;
	struct fake_dhcp dhcp;
	char story[ROOM];
};

/* A phone 00:04:f2:10:00:01 out of the box; the server is listening after go(). */
static void
rig_new(struct rig *r)
{
	*r = (struct rig){ .p = fake_phone_new() };
	r->p->profile->dhcp.wait_jitter_ms = 0;
}

static void
add_row(struct rig *r, unsigned tries)
{
	struct leg *leg = fake_phone_row(r->p, &step_dhcp_lease, tries);

	leg->limit_ms = 200000;
	leg->gives = FACT_ADDRESS | FACT_DOMAIN | FACT_LEASE;
}

static const struct fake_row *
go(struct rig *r, unsigned tries)
{
	fake_dhcp_listen(&r->dhcp, r->p->f);
	add_row(r, tries);
	fake_phone_walk_rows(r->p);
	return r->p->row;
}

static void
rig_done(struct rig *r)
{
	fake_phone_free(r->p);
	fake_dhcp_done(&r->dhcp);
}

#define assert_story(r, text) assert_string_equal(fake_dhcp_story(&(r)->dhcp, (r)->story), text)

/* ---- a server whose answers are spoilt ---------------------------------------------- */

struct spoil {
	enum dhcp_type which;
	size_t at; /* byte to change; 0: an option's code becomes another's */
	uint8_t option, value;
	unsigned times; /* how many are spoilt, the next are left alone */
	bool lose;
};

/* Change one byte, or hide an option under a code that nobody reads. */
static bool
spoil_one(void *arg, enum dhcp_type type, struct buf *b)
{
	struct spoil *s = arg;

	if (type != s->which || s->times == 0)
		return true;
	s->times--;
	if (s->lose)
		return false;
	if (s->at != 0)
		b->p[s->at] ^= 0x55;
	for (size_t at = 240; s->option != 0 && b->p[at] != 255; at += 2u + b->p[at + 1])
		if (b->p[at] == s->option) {
			b->p[at] = s->value != 0 ? s->option : 224;
			memset(b->p + at + 2, 0, b->p[at + 1]);
		}
	return true;
}

/* ---- a server that answers --------------------------------------------------------- */

static void
given_a_server_it_takes_what_it_is_offered(void **state)
{
	const struct fake_row *row;
	const struct facts *f;
	struct rig r;

	(void)state;
	rig_new(&r);
	row = go(&r, 1);
	f = &r.p->facts;
	assert_int_equal(row->verdict, STEP_DONE);
	assert_true(facts_know(f, FACT_ADDRESS | FACT_DOMAIN | FACT_LEASE));
	assert_story(&r, "DISCOVER REQUEST");
	/* One transaction number for both, from the MAC. */
	assert_int_equal(r.dhcp.said[0].xid, 0x010010f2);
	assert_int_equal(r.dhcp.said[1].xid, 0x010010f2);
	assert_int_equal(r.dhcp.said[1].server, FAKE_DHCP_SERVER);
	assert_int_equal(r.dhcp.said[1].wanted, f->ip);
	assert_int_equal(r.dhcp.said[0].bytes, 300);

	assert_int_equal(f->ip & 0xffff8000, 0x7f2a0000);
	assert_int_equal(f->mask, 0xffff8000);
	assert_int_equal(f->dns[1], 0x7f000036);
	assert_string_equal(f->domain, "contoso.com");
	assert_int_equal(f->n_suffixes, 2);
	assert_string_equal(f->suffix[1], "voice.contoso.com");
	assert_int_equal(f->lease_s, 3600);
	assert_int_equal(f->t1_s, 1800);
	assert_int_equal(f->t2_s, 3150);
	assert_int_equal(f->voice_vlan, FAKE_DHCP_VLAN);
	assert_int_equal(f->vlan, 0);
	assert_int_equal(f->last_ip, f->ip);
	assert_int_equal(sim_address(r.p->f), f->ip);
	rig_done(&r);
}

static void
it_writes_down_what_a_comparison_needs(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r);
	assert_string_equal(go(&r, 1)->seen,
	    "{\"dhcp_options\": [53, 61, 55, 60, 255, 53, 54, 50, 61, 55, 60, 255], "
	    "\"dhcp_asked\": [1, 3, 6, 15, 43, 44, 46, 47, 119], "
	    "\"dhcp_class\": \"CPE-OCPhone\", \"dhcp_flags\": 0, \"dhcp_bytes\": 300, "
	    "\"dhcp_messages\": [\"DISCOVER\", \"OFFER\", \"REQUEST\", \"ACK\"], "
	    "\"dhcp_answered\": [53, 1, 58, 59, 51, 54, 6, 15, 43, 119, 255], "
	    "\"address\": \"127.42.32.66\", \"vlan\": 0, \"domain\": \"contoso.com\"}");
	rig_done(&r);
}

static void
given_a_cached_lease_it_begins_with_init_reboot(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r);
	(void)go(&r, 1);
	/* The power goes and comes back. */
	journey_power_off(r.p->j);
	assert_int_equal(sim_address(r.p->f), 0);
	r.dhcp.n_said = 0;
	journey_power_on(r.p->j);
	(void)sim_run(r.p->f, sim_now_us(r.p->f) + 60ull * S);
	assert_story(&r, "REQUEST");
	assert_int_equal(r.dhcp.said[0].server, 0);
	assert_int_equal(r.dhcp.said[0].wanted, journey_facts(r.p->j)->ip);
	assert_int_equal(r.p->row->verdict, STEP_DONE);
	/* The counter of transactions begins anew with each boot. */
	assert_int_equal(r.dhcp.said[0].xid, 0x010010f2);
	rig_done(&r);
}

static void
the_cached_lease(struct rig *r, uint32_t ip, uint16_t vlan)
{
	rig_new(r);
	r->p->facts.known = FACT_LEASE;
	r->p->facts.last_ip = ip;
	r->p->facts.vlan = vlan;
	r->p->facts.last_until_us = INT64_MAX;
}

static void
given_a_nak_to_init_reboot_it_discovers(void **state)
{
	struct rig r;

	(void)state;
	the_cached_lease(&r, 0x0a000001, 0);
	assert_int_equal(go(&r, 1)->verdict, STEP_DONE);
	assert_story(&r, "REQUEST DISCOVER REQUEST");
	assert_int_equal(r.dhcp.said[1].xid, r.dhcp.said[0].xid + 1);
	assert_int_equal(r.dhcp.said[1].wanted, 0);
	rig_done(&r);
}

static void
given_silence_to_init_reboot_it_discovers(void **state)
{
	struct rig r;

	(void)state;
	the_cached_lease(&r, MY_IP, 0); /* the server does not know us: it says nothing */
	assert_int_equal(go(&r, 1)->verdict, STEP_DONE);
	assert_story(&r, "REQUEST REQUEST REQUEST DISCOVER REQUEST");
	assert_int_equal(r.dhcp.said[3].at_us, 20 * S);
	rig_done(&r);
}

static void
given_a_lease_past_its_t2_it_discovers_at_once(void **state)
{
	struct rig r;

	(void)state;
	the_cached_lease(&r, MY_IP, 0);
	r.p->facts.last_until_us = INT64_MIN;
	assert_int_equal(go(&r, 1)->verdict, STEP_DONE);
	assert_story(&r, "DISCOVER REQUEST");
	rig_done(&r);
}

static void
given_a_remembered_vlan_it_asks_there_and_untagged_when_nobody_answers(void **state)
{
	struct rig r;

	(void)state;
	the_cached_lease(&r, 0, FAKE_DHCP_VLAN);
	assert_int_equal(go(&r, 1)->verdict, STEP_DONE);
	assert_int_equal(r.dhcp.said[0].vlan, FAKE_DHCP_VLAN);
	assert_int_equal(sim_vlan(r.p->f), FAKE_DHCP_VLAN);
	assert_int_equal(r.p->facts.voice_vlan, 0);
	rig_done(&r);

	the_cached_lease(&r, 0, FAKE_DHCP_VLAN);
	r.dhcp.silent_in_vlan = true;
	assert_int_equal(go(&r, 2)->verdict, STEP_DONE);
	assert_string_equal(r.p->told[0].detail, "dhcp:no answer in VLAN 200");
	assert_int_equal(r.p->told[0].why, WHY_TIMEOUT);
	assert_int_equal(r.p->facts.vlan, 0);
	assert_false(r.p->facts.auto_ip);
	rig_done(&r);
}

/* ---- a server that does not ----------------------------------------------------------- */

static void
given_silence_it_sends_three_rounds_and_then_one_every_300_s(void **state)
{
	static const uint64_t at_s[] = { 0, 4, 12, 20, 24, 32, 40, 44, 52, 360, 660 };
	const struct fake_row *row;
	struct rig r;

	(void)state;
	rig_new(&r);
	r.dhcp.silent = true;
	row = go(&r, 3);
	assert_int_equal(row->verdict, STEP_FAIL);
	assert_int_equal(row->why, WHY_TIMEOUT);
	assert_string_equal(row->detail, "dhcp:no answer, 169.254/16");
	assert_int_equal(r.dhcp.n_said, sizeof at_s / sizeof at_s[0]);
	for (size_t i = 0; i < r.dhcp.n_said; i++) {
		assert_int_equal(r.dhcp.said[i].type, DHCP_DISCOVER);
		assert_in_range(r.dhcp.said[i].at_us, at_s[i] * S, at_s[i] * S + S / 10);
	}
	/* What is sent again keeps its number, a round has its own; secs go on. */
	assert_int_equal(r.dhcp.said[2].xid, r.dhcp.said[0].xid);
	assert_int_equal(r.dhcp.said[3].xid, r.dhcp.said[0].xid + 1);
	assert_int_equal(r.dhcp.said[1].secs, 4);
	assert_int_equal(r.dhcp.said[8].secs, 52);
	assert_int_equal(r.dhcp.said[9].secs, 0);
	assert_true(r.p->facts.auto_ip);
	assert_int_equal(sim_address(r.p->f), 0);
	rig_done(&r);
}

static void
on_169_254_an_offer_is_asked_for_as_patiently_as_ever(void **state)
{
	struct spoil s = { .which = DHCP_ACK, .lose = true, .times = 2 };
	struct rig r;

	(void)state;
	rig_new(&r);
	r.p->facts.auto_ip = true;
	r.dhcp.spoil = spoil_one;
	r.dhcp.spoil_arg = &s;
	assert_int_equal(go(&r, 1)->verdict, STEP_DONE);
	assert_story(&r, "DISCOVER REQUEST REQUEST REQUEST");
	rig_done(&r);
}

static void
waits_are_blurred_by_up_to_a_second(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r);
	r.p->profile->dhcp.wait_jitter_ms = 1000;
	r.dhcp.silent = true;
	(void)go(&r, 1);
	assert_in_range(r.dhcp.said[1].at_us, 3 * S, 5 * S);
	assert_in_range(r.dhcp.said[2].at_us - r.dhcp.said[1].at_us, 7 * S, 9 * S);
	assert_int_not_equal(r.dhcp.said[1].at_us % S, 0);
	rig_done(&r);
}

static void
given_a_server_that_comes_late_it_leaves_169_254(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r);
	r.dhcp.silent = true;
	fake_dhcp_listen(&r.dhcp, r.p->f);
	add_row(&r, 5);
	fake_phone_switch_on(r.p);
	(void)sim_run(r.p->f, 100ull * S);
	assert_true(journey_facts(r.p->j)->auto_ip);
	r.dhcp.silent = false;
	(void)sim_run(r.p->f, 1000ull * S);
	assert_int_equal(r.p->row->verdict, STEP_DONE);
	assert_in_range(sim_now_us(r.p->f), 360 * S, 1000ull * S);
	assert_false(journey_facts(r.p->j)->auto_ip);
	rig_done(&r);
}

static void
a_first_wait_by_chance_spreads_the_phones(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r);
	r.p->profile->dhcp.init_delay_ms = 10000;
	assert_int_equal(go(&r, 1)->verdict, STEP_DONE);
	assert_in_range(r.dhcp.said[0].at_us, 1, 10 * S);
	rig_done(&r);
}

/* ---- answers that are none of ours, or no good ------------------------------------------- */

static const struct fake_row *
go_spoilt(struct rig *r, struct spoil *s)
{
	rig_new(r);
	r->dhcp.spoil = spoil_one;
	r->dhcp.spoil_arg = s;
	return go(r, 1);
}

static void
a_foreign_transaction_or_hardware_address_is_not_heard(void **state)
{
	static const size_t where[] = { 4, 33 }; /* xid, chaddr */

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct spoil s = { .which = DHCP_OFFER, .at = where[i], .times = 1 };
		struct rig r;

		assert_int_equal(go_spoilt(&r, &s)->verdict, STEP_DONE);
		assert_story(&r, "DISCOVER DISCOVER REQUEST");
		rig_done(&r);
	}
}

static void
given_nothing_but_unusable_answers_it_says_what_is_wrong(void **state)
{
	static const struct {
		struct spoil spoil;
		const char *detail;
	} cases[] = {
		{ { .which = DHCP_OFFER, .option = 1, .times = 99 }, "dhcp:no mask" },
		{ { .which = DHCP_OFFER, .option = 54, .times = 99 }, "dhcp:no server" },
		{ { .which = DHCP_ACK, .option = 51, .times = 99 }, "dhcp:no lease time" },
		{ { .which = DHCP_ACK, .option = 51, .value = 1, .times = 99 },
		    "dhcp:no lease time" },
		{ { .which = DHCP_ACK, .option = 1, .times = 99 }, "dhcp:no mask" },
		{ { .which = DHCP_ACK, .at = 17, .times = 99 }, "dhcp:another address" },
		{ { .which = DHCP_OFFER, .at = 239, .times = 99 }, "dhcp:unreadable" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct spoil s = cases[i].spoil;
		const struct fake_row *row;
		struct rig r;

		row = go_spoilt(&r, &s);
		assert_int_equal(row->why, WHY_BAD_REPLY);
		assert_string_equal(row->detail, cases[i].detail);
		assert_false(r.p->facts.auto_ip);
		assert_int_equal(sim_address(r.p->f), 0);
		rig_done(&r);
	}
}

static void
an_ack_that_is_lost_is_asked_for_again(void **state)
{
	struct spoil s = { .which = DHCP_ACK, .lose = true, .times = 2 };
	struct rig r;

	(void)state;
	assert_int_equal(go_spoilt(&r, &s)->verdict, STEP_DONE);
	assert_story(&r, "DISCOVER REQUEST REQUEST REQUEST");
	rig_done(&r);
}

/* A server that offers and then refuses. */
static bool
spoil_nak(void *arg, enum dhcp_type type, struct buf *b)
{
	unsigned *times = arg;

	if (type == DHCP_ACK && *times > 0) {
		--*times;
		b->p[242] = DHCP_NAK;
	}
	return true;
}

static void
given_a_nak_it_discovers_again_but_not_for_ever(void **state)
{
	unsigned once = 1, always = 99;
	const struct fake_row *row;
	struct rig r;

	(void)state;
	rig_new(&r);
	r.dhcp.spoil = spoil_nak;
	r.dhcp.spoil_arg = &once;
	assert_int_equal(go(&r, 1)->verdict, STEP_DONE);
	assert_story(&r, "DISCOVER REQUEST DISCOVER REQUEST");
	rig_done(&r);

	rig_new(&r);
	r.dhcp.spoil = spoil_nak;
	r.dhcp.spoil_arg = &always;
	row = go(&r, 1);
	assert_int_equal(row->why, WHY_REFUSED);
	assert_string_equal(row->detail, "dhcp:NAK");
	assert_story(&r, "DISCOVER REQUEST DISCOVER REQUEST DISCOVER REQUEST");
	rig_done(&r);
}

/* ---- ends
 * ------------------------------------------------------------------------------------ */

static void
power_cut_at_any_event_it_leaves_nothing_open(void **state)
{
	(void)state;
	for (size_t after = 0; after < 8; after++) {
		struct rig r;

		rig_new(&r);
		fake_dhcp_listen(&r.dhcp, r.p->f);
		add_row(&r, 2);
		fake_phone_switch_on(r.p);
		for (size_t i = 0; i < after; i++)
			(void)sim_step(r.p->f, 1000ull * S);
		journey_power_off(r.p->j);
		assert_int_equal(sim_open(r.p->f), 0);
		rig_done(&r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_a_server_it_takes_what_it_is_offered),
		cmocka_unit_test(it_writes_down_what_a_comparison_needs),
		cmocka_unit_test(given_a_cached_lease_it_begins_with_init_reboot),
		cmocka_unit_test(given_a_nak_to_init_reboot_it_discovers),
		cmocka_unit_test(given_silence_to_init_reboot_it_discovers),
		cmocka_unit_test(given_a_lease_past_its_t2_it_discovers_at_once),
		cmocka_unit_test(
		    given_a_remembered_vlan_it_asks_there_and_untagged_when_nobody_answers),
		cmocka_unit_test(given_silence_it_sends_three_rounds_and_then_one_every_300_s),
		cmocka_unit_test(on_169_254_an_offer_is_asked_for_as_patiently_as_ever),
		cmocka_unit_test(waits_are_blurred_by_up_to_a_second),
		cmocka_unit_test(given_a_server_that_comes_late_it_leaves_169_254),
		cmocka_unit_test(a_first_wait_by_chance_spreads_the_phones),
		cmocka_unit_test(a_foreign_transaction_or_hardware_address_is_not_heard),
		cmocka_unit_test(given_nothing_but_unusable_answers_it_says_what_is_wrong),
		cmocka_unit_test(an_ack_that_is_lost_is_asked_for_again),
		cmocka_unit_test(given_a_nak_it_discovers_again_but_not_for_ever),
		cmocka_unit_test(power_cut_at_any_event_it_leaves_nothing_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
