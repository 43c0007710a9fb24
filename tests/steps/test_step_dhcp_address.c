/* test_step_dhcp_address.c - an address that was leased and cannot be used, and one that is
 * given back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>

#include "fake_dhcp.h"
#include "fake_phone.h"
#include "mem.h"
#include "steps.h"
#include "text.h"

struct rig {
	struct fake_phone *p;
	struct fake_dhcp dhcp;
	char story[512];

	/* The host's network: the first addresses are refused with this error. */
	struct io_ops ops;
	int (*address)(struct io *, uint32_t ip, uint16_t vlan);
	int err;
	unsigned refuse;
};

static struct rig *the_rig;

static int
address(struct io *io, uint32_t ip, uint16_t vlan)
{
	struct rig *r = the_rig;

	if (ip == 0 || r->refuse == 0)
		return r->address(io, ip, vlan);
	r->refuse--;
	return r->err;
}

static int
set_up(void **state)
{
	long left = mem_fail_at(0); /* what a test lets fail is to be the phone's */
	struct rig *r = mem_new(sizeof *r);

	r->p = fake_phone_new();
	r->p->profile->dhcp.wait_jitter_ms = 0;
	r->ops = *r->p->io->ops;
	r->address = r->ops.address;
	r->ops.address = address;
	r->p->io->ops = &r->ops;
	fake_dhcp_listen(&r->dhcp, r->p->f);
	the_rig = r;
	(void)mem_fail_at(left);
	*state = r;
	return 0;
}

static int
tear_down(void **state)
{
	struct rig *r = *state;

	fake_phone_free(r->p);
	fake_dhcp_done(&r->dhcp);
	mem_free(r);
	assert_int_equal(mem_out(), 0);
	return 0;
}

/* After a rest this machine has no descriptors left. */
static void
walk_without_descriptors(struct rig *r)
{
	fake_phone_switch_on(r->p);
	sim_fail_open(r->p->f, -EMFILE);
	while (journey_state(r->p->j) == JOURNEY_WALKING && sim_step(r->p->f, UINT64_MAX))
		;
	sim_fail_open(r->p->f, 0);
	assert_non_null(r->p->row);
	assert_int_equal(r->p->row->verdict, STEP_FAIL);
	assert_int_equal(r->p->row->why, WHY_LOCAL);
	assert_string_equal(r->p->row->detail, "errno:EMFILE");
	assert_int_equal(r->dhcp.n_said, 0);
}

static void
told(const struct rig *r, const char *fmt, uint32_t ip)
{
	char text[TEXT_IP_MAX], detail[80];

	(void)snprintf(detail, sizeof detail, fmt, text_ip_str(ip, text));
	assert_string_equal(r->p->told[0].detail, detail);
	assert_int_equal(r->p->told[0].why, WHY_LOCAL);
}

/* ---- an address that cannot be used ------------------------------------------------------ */

static void
given_an_address_that_somebody_has_it_declines_and_begins_anew(void **state)
{
	struct rig *r = *state;

	r->err = -EADDRINUSE;
	r->refuse = 1;
	fake_phone_walk(r->p, &step_dhcp_lease, 2);
	assert_string_equal(
	    fake_dhcp_story(&r->dhcp, r->story), "DISCOVER REQUEST DECLINE DISCOVER REQUEST");
	assert_int_equal(r->p->told[0].verdict, STEP_RETRY);
	told(r, "dhcp:%s is taken, declined", r->dhcp.said[1].wanted);
	assert_int_equal(r->dhcp.said[2].wanted, r->dhcp.said[1].wanted);
	assert_int_equal(r->dhcp.said[2].server, FAKE_DHCP_SERVER);
	assert_int_equal(r->p->row->verdict, STEP_DONE);
	/* The server does not offer it again at once. */
	assert_int_not_equal(r->p->facts.ip, r->dhcp.said[1].wanted);
}

static void
given_every_address_taken_it_gives_up_after_its_tries(void **state)
{
	struct rig *r = *state;

	r->err = -EADDRINUSE;
	r->refuse = 99;
	fake_phone_walk(r->p, &step_dhcp_lease, 3);
	assert_int_equal(r->p->row->verdict, STEP_FAIL);
	assert_int_equal(r->p->row->why, WHY_LOCAL);
	assert_int_equal(r->p->row->tries, 3);
	assert_int_equal(r->p->facts.ip, 0);
	assert_string_equal(fake_dhcp_story(&r->dhcp, r->story),
	    "DISCOVER REQUEST DECLINE DISCOVER REQUEST DECLINE DISCOVER REQUEST DECLINE");
}

static void
given_an_address_this_machine_cannot_take_it_says_which_and_why(void **state)
{
	struct rig *r = *state;

	r->err = -EACCES;
	r->refuse = 1;
	fake_phone_walk(r->p, &step_dhcp_lease, 1);
	assert_int_equal(r->p->row->verdict, STEP_FAIL);
	told(r, "dhcp:%s cannot be used (EACCES)", r->dhcp.said[1].wanted);
	/* It is this machine's trouble: nobody else has the address. */
	assert_string_equal(fake_dhcp_story(&r->dhcp, r->story), "DISCOVER REQUEST");
}

static void
no_descriptor_for_the_question_is_a_local_matter(void **state)
{
	struct rig *r = *state;

	fake_phone_row(r->p, &step_user_enters, 1);
	fake_phone_row(r->p, &step_dhcp_lease, 2);
	walk_without_descriptors(r);
	assert_int_equal(r->p->row->tries, 2);
}

/* ---- giving it back ------------------------------------------------------------------------
 */

static void
release_after_lease(struct rig *r)
{
	struct leg *leg = fake_phone_row(r->p, &step_dhcp_lease, 1);

	leg->gives = FACT_ADDRESS | FACT_LEASE;
	fake_phone_row(r->p, &step_dhcp_release, 1);
	fake_phone_walk_rows(r->p);
}

static void
it_tells_its_server_once_and_the_address_is_gone(void **state)
{
	struct rig *r = *state;

	release_after_lease(r);
	assert_string_equal(r->p->row->step, "dhcp_release");
	assert_int_equal(r->p->row->verdict, STEP_DONE);
	assert_string_equal(fake_dhcp_story(&r->dhcp, r->story), "DISCOVER REQUEST RELEASE");
	assert_int_equal(r->dhcp.said[2].ciaddr, r->dhcp.said[1].wanted);
	assert_int_equal(r->dhcp.said[2].server, FAKE_DHCP_SERVER);
	assert_true(r->dhcp.said[2].unicast);
	/* A release is not answered, so it is not waited for. */
	assert_int_equal(r->p->row->started_us, r->p->row->ended_us);
	assert_int_equal(sim_address(r->p->f), 0);
	assert_int_equal(r->p->facts.ip, 0);
}

static void
without_a_lease_nothing_is_said(void **state)
{
	struct rig *r = *state;

	fake_phone_walk(r->p, &step_dhcp_release, 1);
	assert_int_equal(r->p->row->verdict, STEP_SKIP);
	assert_string_equal(r->p->row->detail, "dhcp:no lease");
	assert_int_equal(r->dhcp.n_said, 0);
}

static void
an_address_of_its_own_making_is_nobodys_to_take_back(void **state)
{
	struct rig *r = *state;

	fake_phone_knows(r->p, FACT_ADDRESS);
	r->p->facts.auto_ip = true;
	fake_phone_walk(r->p, &step_dhcp_release, 1);
	assert_int_equal(r->p->row->verdict, STEP_SKIP);
	assert_string_equal(r->p->row->detail, "dhcp:no lease");
	assert_int_equal(r->dhcp.n_said, 0);
}

static void
a_release_that_cannot_be_sent_is_told(void **state)
{
	struct rig *r = *state;

	fake_phone_knows(r->p, FACT_ADDRESS);
	fake_phone_row(r->p, &step_user_enters, 1);
	fake_phone_row(r->p, &step_dhcp_release, 1);
	walk_without_descriptors(r);
}

static void
after_a_release_the_next_lease_begins_with_a_discover_for_the_same(void **state)
{
	struct rig *r = *state;

	fake_phone_row(r->p, &step_dhcp_lease, 1)->gives = FACT_ADDRESS;
	fake_phone_row(r->p, &step_dhcp_release, 1);
	fake_phone_row(r->p, &step_dhcp_lease, 1)->gives = FACT_ADDRESS;
	fake_phone_walk_rows(r->p);
	assert_int_equal(r->p->row->verdict, STEP_DONE);
	assert_string_equal(
	    fake_dhcp_story(&r->dhcp, r->story), "DISCOVER REQUEST RELEASE DISCOVER REQUEST");
	assert_int_equal(r->p->facts.ip, r->dhcp.said[1].wanted);
}

int
main(void)
{
#define ADDRESS_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		ADDRESS_TEST(given_an_address_that_somebody_has_it_declines_and_begins_anew),
		ADDRESS_TEST(given_every_address_taken_it_gives_up_after_its_tries),
		ADDRESS_TEST(given_an_address_this_machine_cannot_take_it_says_which_and_why),
		ADDRESS_TEST(no_descriptor_for_the_question_is_a_local_matter),
		ADDRESS_TEST(it_tells_its_server_once_and_the_address_is_gone),
		ADDRESS_TEST(without_a_lease_nothing_is_said),
		ADDRESS_TEST(an_address_of_its_own_making_is_nobodys_to_take_back),
		ADDRESS_TEST(a_release_that_cannot_be_sent_is_told),
		ADDRESS_TEST(
		    after_a_release_the_next_lease_begins_with_a_discover_for_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
