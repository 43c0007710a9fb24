/* test_step_dhcp_voice_vlan.c - row 3: out of the data VLAN, into the one that option 43 names.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "fake_dhcp.h"
#include "fake_phone.h"
#include "steps.h"

enum { S = 1000000, GIVES = FACT_ADDRESS | FACT_DOMAIN | FACT_LEASE };

struct rig {
	struct fake_phone *p;
	struct fake_dhcp dhcp;
	char story[512];
};

static void
rig_new(struct rig *r)
{
	*r = (struct rig){ .p = fake_phone_new() };
	r->p->profile->dhcp.wait_jitter_ms = 0;
}

static void
add_row(struct rig *r, const struct step_ops *step, unsigned tries)
{
	struct leg *leg = fake_phone_row(r->p, step, tries);

	leg->limit_ms = 200000;
	leg->gives = GIVES;
}

/* Rows 1-3. */
static const struct fake_row *
go(struct rig *r, unsigned tries)
{
	fake_dhcp_listen(&r->dhcp, r->p->f);
	add_row(r, &step_dhcp_lease, 1);
	add_row(r, &step_dhcp_voice_vlan, tries);
	fake_phone_walk_rows(r->p);
	return r->p->row;
}

static void
rig_done(struct rig *r)
{
	fake_phone_free(r->p);
	fake_dhcp_done(&r->dhcp);
}

static void
given_a_vlan_it_releases_at_once_and_leases_inside_it(void **state)
{
	const struct fake_dhcp_said *said;
	struct rig r;

	(void)state;
	rig_new(&r);
	assert_int_equal(go(&r, 1)->verdict, STEP_DONE);
	assert_string_equal(
	    fake_dhcp_story(&r.dhcp, r.story), "DISCOVER REQUEST RELEASE DISCOVER REQUEST");

	/* RELEASE is unicast and names the address in ciaddr. */
	said = r.dhcp.said;
	assert_true(said[2].unicast);
	assert_int_equal(said[2].ciaddr, said[1].wanted);
	assert_int_equal(said[2].server, FAKE_DHCP_SERVER);
	assert_int_equal(said[2].xid, said[1].xid + 1);
	assert_int_equal(said[3].xid, said[1].xid + 2);
	assert_int_equal(said[3].vlan, FAKE_DHCP_VLAN);
	assert_int_equal(said[3].at_us, said[2].at_us);
	assert_int_equal(serve_dhcp_leases(r.dhcp.serve, sim_now_us(r.p->f)), 1);

	assert_int_equal(r.p->facts.vlan, FAKE_DHCP_VLAN);
	assert_int_equal(r.p->facts.ip & 0xffff8000, 0x7f2a8000);
	assert_int_equal(sim_vlan(r.p->f), FAKE_DHCP_VLAN);
	assert_int_equal(sim_address(r.p->f), r.p->facts.ip);
	assert_non_null(strstr(r.p->row->seen,
	    "\"dhcp_messages\": [\"RELEASE\", \"DISCOVER\", \"OFFER\", \"REQUEST\", \"ACK\"]"));
	assert_non_null(strstr(r.p->row->seen, "\"dhcp_options\": [53, 61, 54, 255, 53, 61,"));
	assert_non_null(strstr(r.p->row->seen, "\"dhcp_asked\": [1, 3, 6, 15, 43, 44,"));
	assert_non_null(strstr(r.p->row->seen, "\"vlan\": 200"));
	rig_done(&r);
}

static void
given_no_vlan_it_stays_where_it_is(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r);
	r.dhcp.no_vlan = true;
	assert_int_equal(go(&r, 1)->verdict, STEP_SKIP);
	assert_string_equal(r.p->row->detail, "dhcp:no VLAN named");
	assert_int_equal(r.dhcp.n_said, 2);
	rig_done(&r);
}

static void
after_a_restart_it_is_in_its_vlan_already(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r);
	(void)go(&r, 1);
	journey_power_off(r.p->j);
	r.dhcp.n_said = 0;
	journey_power_on(r.p->j);
	(void)sim_run(r.p->f, sim_now_us(r.p->f) + 100ull * S);
	assert_int_equal(r.dhcp.n_said, 1);
	assert_int_equal(r.dhcp.said[0].type, DHCP_REQUEST);
	assert_int_equal(r.dhcp.said[0].vlan, FAKE_DHCP_VLAN);
	assert_int_equal(r.p->row->verdict, STEP_SKIP);
	assert_string_equal(r.p->row->detail, "dhcp:already in VLAN 200");
	rig_done(&r);
}

static void
given_silence_in_the_vlan_it_discovers_there_every_300_s_without_a_second_release(void **state)
{
	const struct fake_row *row;
	unsigned releases = 0;
	struct rig r;

	(void)state;
	rig_new(&r);
	r.dhcp.silent_in_vlan = true;
	row = go(&r, 2);
	assert_int_equal(row->verdict, STEP_FAIL);
	assert_int_equal(row->why, WHY_TIMEOUT);
	assert_string_equal(row->detail, "dhcp:no answer, 169.254/16");
	for (size_t i = 0; i < r.dhcp.n_said; i++)
		releases += r.dhcp.said[i].type == DHCP_RELEASE;
	assert_int_equal(releases, 1);
	/* Three rounds of three, and one DISCOVER 300 s after the last has ended. */
	assert_int_equal(r.dhcp.n_said, 3 + 9 + 1);
	assert_in_range(r.dhcp.said[12].at_us - r.dhcp.said[3].at_us, 360ull * S, 361ull * S);
	assert_int_equal(r.dhcp.said[12].vlan, FAKE_DHCP_VLAN);
	assert_int_equal(sim_address(r.p->f), 0);
	/* The released lease is not asked for at the next power-on. */
	assert_false(facts_know(&r.p->facts, FACT_LEASE));
	rig_done(&r);
}

static void
power_cut_at_any_event_it_leaves_nothing_open(void **state)
{
	(void)state;
	for (size_t after = 0; after < 10; after++) {
		struct rig r;

		rig_new(&r);
		fake_dhcp_listen(&r.dhcp, r.p->f);
		add_row(&r, &step_dhcp_lease, 1);
		add_row(&r, &step_dhcp_voice_vlan, 1);
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
		cmocka_unit_test(given_a_vlan_it_releases_at_once_and_leases_inside_it),
		cmocka_unit_test(given_no_vlan_it_stays_where_it_is),
		cmocka_unit_test(after_a_restart_it_is_in_its_vlan_already),
		cmocka_unit_test(
		    given_silence_in_the_vlan_it_discovers_there_every_300_s_without_a_second_release),
		cmocka_unit_test(power_cut_at_any_event_it_leaves_nothing_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
