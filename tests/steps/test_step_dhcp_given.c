/* test_step_dhcp_given.c - a network without DHCP: the address is given, and nobody is asked.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "fake_dhcp.h"
#include "fake_phone.h"
#include "mem.h"
#include "steps.h"

static const char suffixes[2][FACTS_NAME_MAX] = { "corp.contoso.com", "contoso.com" };

struct rig {
	struct fake_phone *p;
	struct fake_dhcp dhcp; /* there is one, and it hears nothing */
	struct io_ops ops;
};

static int
set_up(void **state)
{
	long left = mem_fail_at(0);
	struct rig *r = mem_new(sizeof *r);

	r->p = fake_phone_new();
	r->p->id.given = (struct given_net){
		.ip = 0x7f2a0009,
		.dns = { 0x7f000035, 0x7f000036 },
		.domain = "contoso.com",
		.suffix = suffixes,
		.n_suffixes = 2,
	};
	fake_dhcp_listen(&r->dhcp, r->p->f);
	(void)mem_fail_at(left);
	*state = r;
	return 0;
}

static int
tear_down(void **state)
{
	struct rig *r = *state;

	assert_int_equal(r->dhcp.n_said, 0);
	fake_phone_free(r->p);
	fake_dhcp_done(&r->dhcp);
	mem_free(r);
	assert_int_equal(mem_out(), 0);
	return 0;
}

static void
the_row_is_skipped_and_its_facts_are_known(void **state)
{
	struct rig *r = *state;
	const struct facts *f = &r->p->facts;

	fake_phone_row(r->p, &step_dhcp_lease, 1)->gives =
	    FACT_ADDRESS | FACT_DOMAIN | FACT_LEASE;
	fake_phone_walk_rows(r->p);
	assert_int_equal(r->p->row->verdict, STEP_SKIP);
	assert_string_equal(r->p->row->detail, "dhcp:none, 127.42.0.9 is given");
	assert_non_null(strstr(r->p->row->seen, "127.42.0.9"));
	assert_true(facts_know(f, FACT_ADDRESS | FACT_DOMAIN));
	assert_int_equal(f->ip, 0x7f2a0009);
	assert_int_equal(f->dns[0], 0x7f000035);
	assert_int_equal(f->dns[1], 0x7f000036);
	assert_string_equal(f->domain, "contoso.com");
	assert_int_equal(f->n_suffixes, 2);
	assert_string_equal(f->suffix[0], "corp.contoso.com");
	assert_string_equal(f->suffix[1], "contoso.com");
	assert_false(f->auto_ip);
	assert_int_equal(f->vlan, 0);
	/* It never ends: there is nothing to renew. */
	assert_int_equal(f->lease_s, UINT32_MAX);
}

static void
it_leads_into_no_vlan_and_is_given_back_to_nobody(void **state)
{
	struct rig *r = *state;

	fake_phone_row(r->p, &step_dhcp_lease, 1)->gives = FACT_ADDRESS | FACT_DOMAIN;
	fake_phone_row(r->p, &step_dhcp_voice_vlan, 1);
	fake_phone_row(r->p, &step_dhcp_release, 1);
	fake_phone_walk_rows(r->p);
	assert_int_equal(r->p->n_told, 3);
	assert_int_equal(r->p->told[1].verdict, STEP_SKIP);
	assert_string_equal(r->p->told[1].detail, "dhcp:no VLAN named");
	assert_int_equal(r->p->told[2].verdict, STEP_SKIP);
	assert_string_equal(r->p->told[2].detail, "dhcp:no lease");
	assert_int_equal(r->p->facts.ip, 0x7f2a0009);
}

/* What an earlier life left in flash is not asked for. */
static void
a_cached_lease_does_not_count(void **state)
{
	struct rig *r = *state;

	r->p->facts.known |= FACT_LEASE;
	r->p->facts.last_ip = 0x7f2a0001;
	r->p->facts.last_until_us = INT64_MAX;
	r->p->facts.vlan = 200;
	fake_phone_row(r->p, &step_dhcp_lease, 1)->gives = FACT_ADDRESS;
	fake_phone_walk_rows(r->p);
	assert_int_equal(r->p->row->verdict, STEP_SKIP);
	assert_int_equal(r->p->facts.ip, 0x7f2a0009);
	assert_int_equal(r->p->facts.vlan, 0);
}

static int
refuse(struct io *io, uint32_t ip, uint16_t vlan)
{
	(void)io;
	(void)vlan;
	return ip == 0 ? 0 : -EADDRNOTAVAIL;
}

static void
an_address_that_cannot_be_taken_is_a_local_matter(void **state)
{
	struct rig *r = *state;

	r->ops = *r->p->io->ops;
	r->ops.address = refuse;
	r->p->io->ops = &r->ops;
	fake_phone_walk(r->p, &step_dhcp_lease, 1);
	assert_int_equal(r->p->row->verdict, STEP_FAIL);
	assert_int_equal(r->p->row->why, WHY_LOCAL);
	assert_string_equal(
	    r->p->row->detail, "dhcp:127.42.0.9 cannot be used (EADDRNOTAVAIL)");
	assert_int_equal(r->p->facts.ip, 0);
}

int
main(void)
{
#define GIVEN_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		GIVEN_TEST(the_row_is_skipped_and_its_facts_are_known),
		GIVEN_TEST(it_leads_into_no_vlan_and_is_given_back_to_nobody),
		GIVEN_TEST(a_cached_lease_does_not_count),
		GIVEN_TEST(an_address_that_cannot_be_taken_is_a_local_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
