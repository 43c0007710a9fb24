/* test_step_dhcp_renew.c - the chore that keeps the lease: T1, T2, and the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "fake_dhcp.h"
#include "fake_phone.h"
#include "lane.h"
#include "steps.h"

enum { S = 1000000 };

struct rig {
	struct fake_phone *p;
	struct fake_dhcp dhcp;
	char story[512];
};

/* A phone with a lease of an hour, so many seconds ago. */
static void
rig_new(struct rig *r, uint64_t ago_s)
{
	struct leg *leg;

	*r = (struct rig){ .p = fake_phone_new() };
	r->p->profile->dhcp.wait_jitter_ms = 0;
	fake_dhcp_listen(&r->dhcp, r->p->f);
	leg = fake_phone_row(r->p, &step_dhcp_lease, 1);
	leg->gives = FACT_ADDRESS | FACT_DOMAIN | FACT_LEASE;
	leg = fake_phone_row(r->p, &step_user_enters, 1);
	leg->limit_ms = 4000 * 1000;
	r->p->id.think_us = ago_s * S;
}

static const struct fake_row *
renew(struct rig *r, unsigned tries)
{
	struct leg *leg = fake_phone_row(r->p, &step_dhcp_renew, tries);

	leg->pause_ms = 0;
	leg->limit_ms = 180000;
	fake_phone_walk_rows(r->p);
	assert_string_equal(r->p->row->step, "dhcp_renew");
	return r->p->row;
}

static void
rig_done(struct rig *r)
{
	fake_phone_free(r->p);
	fake_dhcp_done(&r->dhcp);
}

static void
at_t1_it_asks_its_server_and_stays_for_longer(void **state)
{
	const struct fake_dhcp_said *said;
	struct rig r;
	uint32_t ip;

	(void)state;
	rig_new(&r, 1800);
	assert_int_equal(renew(&r, 1)->verdict, STEP_DONE);
	ip = r.p->facts.ip;
	said = &r.dhcp.said[2];
	assert_int_equal(r.dhcp.n_said, 3);
	assert_int_equal(said->type, DHCP_REQUEST);
	assert_true(said->unicast);
	assert_int_equal(said->ciaddr, ip);
	assert_int_equal(said->wanted, 0);
	assert_int_equal(said->server, 0);
	assert_int_equal(r.p->facts.leased_at_us, said->at_us);
	assert_int_equal(sim_address(r.p->f), ip);
	assert_non_null(strstr(r.p->row->seen, "\"dhcp_options\": [53, 61, 55, 60, 255]"));
	rig_done(&r);
}

static void
from_t2_on_it_broadcasts(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r, 3200);
	assert_int_equal(renew(&r, 1)->verdict, STEP_DONE);
	assert_false(r.dhcp.said[2].unicast);
	assert_int_equal(r.dhcp.said[2].ciaddr, r.p->facts.ip);
	rig_done(&r);
}

/* An ACK with a ciaddr answers a renewal. */
static bool
lose_renewals(void *arg, enum dhcp_type type, struct buf *b)
{
	(void)arg;
	return type != DHCP_ACK || b->p[12] == 0;
}

static void
while_nobody_answers_it_asks_at_half_of_what_is_left(void **state)
{
	/* T1 1800, T2 3150, end 3600; not within a minute. */
	static const uint64_t about_s[] = { 1800, 2477, 2815, 2985, 3069, 3129, 3150, 3377,
		3490, 3550 };
	const struct fake_row *row;
	struct rig r;

	(void)state;
	rig_new(&r, 1800);
	r.dhcp.spoil = lose_renewals;
	row = renew(&r, 40);
	assert_int_equal(row->verdict, STEP_FAIL);
	assert_int_equal(row->why, WHY_TIMEOUT);
	assert_string_equal(row->detail, "dhcp:lease expired");
	assert_int_equal(r.dhcp.n_said, 2 + sizeof about_s / sizeof about_s[0]);
	for (size_t i = 0; i + 2 < r.dhcp.n_said; i++) {
		const struct fake_dhcp_said *said = &r.dhcp.said[i + 2];

		assert_in_range(said->at_us, (about_s[i] - 1) * S, (about_s[i] + 12) * S);
		assert_int_equal(said->unicast, about_s[i] < 3150);
	}
	assert_int_equal(sim_address(r.p->f), 0);
	assert_false(facts_know(&r.p->facts, FACT_ADDRESS));
	rig_done(&r);
}

/* The same as a chore: its try ends each time, and the address is lost at the end. */
static void
as_a_chore_it_is_planned_anew_and_then_all_is_walked_again(void **state)
{
	static const uint64_t about_s[] = { 1800, 2477, 2815, 2985, 3069, 3129, 3150, 3377,
		3490, 3550 };
	size_t i = 0;
	struct rig r;

	(void)state;
	rig_new(&r, 0);
	r.dhcp.spoil = lose_renewals;
	r.p->chores = chores_table;
	r.p->n_chores = 1;
	r.p->plan.stay_us = 4000ull * S;
	fake_phone_walk_rows(r.p);
	(void)sim_run(r.p->f, 3599ull * S);
	assert_int_equal(journey_state(r.p->j), JOURNEY_STAYING);
	assert_int_equal(r.p->j->chore.state, LANE_RESTS);
	assert_int_equal(r.dhcp.n_said, 2 + sizeof about_s / sizeof about_s[0]);
	for (; i + 2 < r.dhcp.n_said; i++)
		assert_in_range(
		    r.dhcp.said[i + 2].at_us, (about_s[i] - 1) * S, (about_s[i] + 30) * S);
	(void)sim_run(r.p->f, 3605ull * S);
	assert_int_equal(journey_state(r.p->j), JOURNEY_STAYING);
	assert_int_equal(r.dhcp.said[i + 2].type, DHCP_DISCOVER);
	assert_in_range(r.dhcp.said[i + 2].at_us, 3600ull * S, 3601ull * S);
	rig_done(&r);
}

static bool
another_mask(void *arg, enum dhcp_type type, struct buf *b)
{
	(void)arg;
	if (type == DHCP_ACK && b->p[12] != 0)
		b->p[245] ^= 1; /* option 1 comes second */
	return true;
}

static void
another_mask_is_not_taken(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r, 1800);
	r.dhcp.spoil = another_mask;
	assert_int_equal(renew(&r, 1)->why, WHY_BAD_REPLY);
	assert_string_equal(r.p->row->detail, "dhcp:another mask");
	assert_int_equal(r.p->facts.mask, 0xffff8000);
	rig_done(&r);
}

static bool
nak(void *arg, enum dhcp_type type, struct buf *b)
{
	(void)arg;
	if (type == DHCP_ACK && b->p[12] != 0)
		b->p[242] = DHCP_NAK;
	return true;
}

static void
given_a_nak_the_address_is_lost(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r, 1800);
	r.dhcp.spoil = nak;
	assert_int_equal(renew(&r, 5)->verdict, STEP_FAIL);
	assert_int_equal(r.p->row->tries, 1);
	assert_int_equal(r.p->row->why, WHY_REFUSED);
	assert_string_equal(r.p->row->detail, "dhcp:NAK, address lost");
	assert_int_equal(sim_address(r.p->f), 0);
	rig_done(&r);
}

static void
given_a_closed_port_it_tries_again_later(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r, 1800);
	r.dhcp.unicast_refused = true;
	assert_int_equal(renew(&r, 10)->verdict, STEP_DONE); /* by broadcast, after T2 */
	assert_int_equal(r.p->told[2].why, WHY_REFUSED);
	assert_false(r.dhcp.said[r.dhcp.n_said - 1].unicast);
	rig_done(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_t1_it_asks_its_server_and_stays_for_longer),
		cmocka_unit_test(from_t2_on_it_broadcasts),
		cmocka_unit_test(while_nobody_answers_it_asks_at_half_of_what_is_left),
		cmocka_unit_test(as_a_chore_it_is_planned_anew_and_then_all_is_walked_again),
		cmocka_unit_test(another_mask_is_not_taken),
		cmocka_unit_test(given_a_nak_the_address_is_lost),
		cmocka_unit_test(given_a_closed_port_it_tries_again_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
