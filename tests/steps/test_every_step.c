/*
 * test_every_step.c - every step there is, in worlds that are silent, talk nonsense or refuse:
 * it ends by itself, and a power cut at any event, however late, leaves nothing open and
 * nothing allocated.  test_every_cut.c cuts it where all goes well.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>

#include "fake_phone.h"
#include "lane.h"
#include "mem.h"
#include "rng.h"
#include "steps.h"

enum { NOISE = 700 };

static const uint64_t A_WEEK_US = 7ull * 24 * 3600 * 1000000;
static const uint32_t everything = FACT_ADDRESS | FACT_DOMAIN | FACT_NTP | FACT_CLOCK |
    FACT_USER | FACT_POOL | FACT_ROOT | FACT_DC | FACT_TGT | FACT_CA | FACT_REGISTERED |
    FACT_PROVISIONED | FACT_CAS | FACT_MAILBOX | FACT_UPDATE | FACT_LEASE | FACT_URLS;

static const struct step_ops *const steps[] = { &step_dhcp_lease, &step_dhcp_voice_vlan,
	&step_dhcp_renew, &step_dhcp_release, &step_ntp_find, &step_ntp_sync,
	&step_update_at_power_on, &step_user_enters, &step_pool_find, &step_pool_tls_untrusted,
	&step_dc_find, &step_krb_login, &step_ldap_bind, &step_ldap_find_ca, &step_ca_find,
	&step_ca_wrong_key, &step_ca_fetch, &step_pool_tls, &step_sip_register,
	&step_sip_provision, &step_sip_refresh, &step_sip_sign_out, &step_autodiscover_find,
	&step_cas_tls, &step_ews_poll, &step_update_ask, &step_update_download,
	&step_update_confirm };

/* ---- worlds ---------------------------------------------------------------- */

static void
silent(void *arg, struct sim *f, const struct sim_call *c)
{
	(void)arg;
	if (c->deed == SIM_OPENED && c->type == SIM_STREAM)
		sim_up(f, c->h, 1000, NULL);
}

static void
nonsense(void *arg, struct sim *f, const struct sim_call *c)
{
	struct rng *rng = arg;
	uint8_t bytes[NOISE];
	struct span noise = { bytes, (size_t)rng_below(rng, NOISE) };

	for (size_t i = 0; i < noise.n; i++)
		bytes[i] = (uint8_t)rng_u32(rng);
	if (c->deed == SIM_OPENED && c->type == SIM_STREAM)
		sim_up(f, c->h, 1000, NULL);
	if (c->deed == SIM_SENT && c->type == SIM_STREAM)
		sim_bytes(f, c->h, 1000, noise);
	else if (c->deed == SIM_SENT)
		sim_packet(f, c->h, 1000, noise);
	if (c->deed == SIM_ASKED)
		sim_http(f, c->h, 1000, 200, NULL, 0, noise, 0);
}

static void
refusing(void *arg, struct sim *f, const struct sim_call *c)
{
	(void)arg;
	if (c->deed == SIM_OPENED && c->type == SIM_STREAM)
		sim_down(f, c->h, 1000, -ECONNREFUSED, NULL);
	if (c->deed == SIM_SENT && c->type == SIM_UDP)
		sim_down(f, c->h, 1000, -ECONNREFUSED, NULL);
	if (c->deed == SIM_ASKED)
		sim_down(f, c->h, 1000, -ECONNRESET, NULL);
}

static sim_fn *const worlds[] = { silent, nonsense, refusing };

static struct fake_phone *
phone_in(sim_fn *world, struct rng *rng, const struct step_ops *step)
{
	static const enum sim_type types[] = { SIM_DHCP, SIM_UDP, SIM_STREAM, SIM_HTTP };
	struct fake_phone *p = fake_phone_new();

	rng_seed(rng, 1, 0);
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		sim_listen(p->f, types[i], 0, world, rng);
	fake_phone_knows(p, everything);
	p->facts.voice_vlan = 200;
	snprintf(p->facts.update_url, sizeof p->facts.update_url,
	    "http://pool01.contoso.com/RequestHandler/ucdevice.upx");
	snprintf(p->facts.ews_url, sizeof p->facts.ews_url,
	    "https://mail01.contoso.com/EWS/Exchange.asmx");
	snprintf(p->facts.offered_version, sizeof p->facts.offered_version, "1.0.522.101");
	p->facts.image_bytes = 1;
	snprintf(p->facts.base_url, sizeof p->facts.base_url, "http://pool01.contoso.com/x/");
	fake_phone_row(p, step, 2)->limit_ms = 200000;
	return p;
}

/* ---- what must hold ----------------------------------------------------------- */

static void
left_alone_it_ends(const struct step_ops *step, sim_fn *world)
{
	struct rng rng;
	struct fake_phone *p = phone_in(world, &rng, step);

	fake_phone_walk_rows(p);
	assert_string_equal(p->row->step, step->name);
	assert_true(p->row->final);
	assert_true(p->row->verdict != STEP_FAIL || p->row->why != WHY_NONE);
	fake_phone_free(p);
	assert_int_equal(mem_out(), 0);
}

/* false: it had ended before so many events. */
static bool
cut_after(const struct step_ops *step, sim_fn *world, int events)
{
	struct rng rng;
	struct fake_phone *p = phone_in(world, &rng, step);
	bool walking;

	fake_phone_switch_on(p);
	while (events-- > 0 && sim_step(p->f, A_WEEK_US))
		;
	walking = journey_state(p->j) == JOURNEY_WALKING;
	journey_power_off(p->j);
	assert_int_equal(sim_open(p->f), 0);
	assert_int_equal(sim_run(p->f, 2 * A_WEEK_US), 0);
	fake_phone_free(p);
	assert_int_equal(mem_out(), 0);
	return walking;
}

/* false: there were not so many allocations. */
static bool
without_memory(const struct step_ops *step, sim_fn *world, long nth)
{
	struct rng rng;
	struct fake_phone *p = phone_in(world, &rng, step);
	bool failed;

	fake_phone_switch_on(p); /* makes the journey, which is not what is tried here */
	journey_power_off(p->j);
	fake_phone_knows(p, everything);
	p->j->facts = p->facts;
	mem_fail_at(nth);
	journey_power_on(p->j);
	while (journey_state(p->j) == JOURNEY_WALKING && sim_step(p->f, A_WEEK_US))
		;
	failed = mem_fail_at(0) < 0;
	assert_int_not_equal(journey_state(p->j), JOURNEY_WALKING);
	fake_phone_free(p);
	assert_int_equal(mem_out(), 0);
	return failed;
}

static void
every_step_ends_by_itself_in_every_world(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		for (size_t w = 0; w < sizeof worlds / sizeof *worlds; w++)
			left_alone_it_ends(steps[i], worlds[w]);
}

static void
a_power_cut_at_any_event_of_any_step_leaves_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		for (size_t w = 0; w < sizeof worlds / sizeof *worlds; w++)
			for (int n = 0; cut_after(steps[i], worlds[w], n); n++)
				;
}

static void
any_allocation_may_fail_and_nothing_is_lost(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		for (size_t w = 0; w < sizeof worlds / sizeof *worlds; w++)
			for (long n = 1; without_memory(steps[i], worlds[w], n); n++)
				;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_step_ends_by_itself_in_every_world),
		cmocka_unit_test(any_allocation_may_fail_and_nothing_is_lost),
		cmocka_unit_test(a_power_cut_at_any_event_of_any_step_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
