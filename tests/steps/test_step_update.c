/* test_step_update.c - rows 6 and 24-28 against the embedded pool's own update service. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dns_msg.h"
#include "fake_http_server.h"
#include "fake_phone.h"
#include "serve_dns.h"
#include "serve_update.h"
#include "steps.h"

enum { IMAGE = 15 << 20 };

struct rig {
	struct fake_phone *p;
	struct fake_http_server web;
	struct serve_update update;
	struct serve_dns *dns;
	struct buf audit;
};

static void
on_request(void *arg, const struct serve_request *q, struct serve_reply *r)
{
	struct rig *rig = arg;

	serve_update(&rig->update, q, r, &rig->audit);
}

/* DNS of the embedded pool, over the fake world's UDP. */
static void
on_dns(void *arg, struct sim *f, const struct sim_call *call)
{
	struct rig *rig = arg;
	struct serve_dns_done done;
	struct buf reply = { 0 };

	if (call->deed == SIM_SENT &&
	    serve_dns_answer(rig->dns, call->bytes, false, &reply, &done) == 0)
		sim_packet(f, call->h, 1000, buf_bytes(&reply));
	buf_done(&reply);
}

static const struct serve_dns_record zone[] = {
	{ .name = "pool.contoso.com", .type = DNS_A, .ip = 0x7f000001 },
	{ .name = "pool01.contoso.com", .type = DNS_A, .ip = 0x7f000001 },
	{ .name = "ucupdates-r2.contoso.com", .type = DNS_A, .ip = 0x7f000001 },
};

static int
setup(void **state)
{
	static struct rig rig;

	rig = (struct rig){
		.update.cfg = { .version = "1.0.522.101",
		    .internal_url = "http://pool01.contoso.com/DeviceUpdateFiles_Int",
		    .external_url = "https://pool01.contoso.com/DeviceUpdateFiles_Ext" }
	};
	rig.p = fake_phone_new();
	rig.web.serve = on_request;
	rig.web.arg = &rig;
	rig.web.firmware_size = IMAGE;
	assert_int_equal(serve_dns_new(zone, 3, 3600, &rig.dns), 0);
	fake_http_listen(rig.p->f, 80, &rig.web);
	fake_http_listen(rig.p->f, 443, &rig.web);
	sim_listen(rig.p->f, SIM_UDP, 53, on_dns, &rig);
	fake_phone_knows(rig.p, FACT_ADDRESS | FACT_DOMAIN | FACT_CLOCK | FACT_USER);
	*state = &rig;
	return 0;
}

static int
teardown(void **state)
{
	struct rig *rig = *state;

	fake_phone_free(rig->p);
	serve_dns_free(rig->dns);
	buf_done(&rig->audit);
	return 0;
}

static void
walk_all(struct rig *rig)
{
	fake_phone_row(rig->p, &step_update_ask, 2);
	fake_phone_row(rig->p, &step_update_download, 3);
	fake_phone_row(rig->p, &step_update_confirm, 2);
	fake_phone_walk_rows(rig->p);
}

static void
given_a_newer_version_it_is_downloaded_and_confirmed(void **state)
{
	struct rig *rig = *state;

	walk_all(rig);
	assert_int_equal(rig->p->row->verdict, STEP_DONE);
	assert_string_equal(rig->p->row->step, "update_confirm");
	assert_int_equal(rig->web.n_asked, 3);
	assert_string_equal(rig->web.asked[0], "POST /RequestHandler/ucdevice.upx");
	assert_string_equal(rig->web.host[0], "ucupdates-r2.contoso.com");
	assert_string_equal(rig->web.asked[1],
	    "GET /DeviceUpdateFiles_Int/UCPhone/Polycom/CX700/A/ENU/1.0.522.101/CPE/CPE.nbt");
	assert_string_equal(rig->web.asked[2],
	    "GET /DeviceUpdateFiles_Int/UCPhone/Polycom/CX700/A/ENU/1.0.522.101/CPE/CPE.cat");
	assert_int_equal(rig->p->facts.image_bytes, IMAGE);
	assert_string_equal(rig->p->facts.offered_version, "1.0.522.101");
	assert_non_null(strstr(buf_cstr(&rig->audit), ",UCPhone,00-04-F2-10-00-01,"));
	assert_non_null(strstr(buf_cstr(&rig->audit), "CPE.nbt;1.0.199.123;"));
	assert_int_equal(rig->update.downloads, 1);
	assert_int_equal(rig->update.confirmed, 1);
}

static void
given_provisionings_url_it_is_asked(void **state)
{
	struct rig *rig = *state;

	fake_phone_knows(rig->p, FACT_PROVISIONED);
	(void)snprintf(rig->p->facts.update_url, sizeof rig->p->facts.update_url,
	    "http://pool01.contoso.com:80/RequestHandler/ucdevice.upx");
	walk_all(rig);
	assert_int_equal(rig->p->row->verdict, STEP_DONE);
	assert_string_equal(rig->web.host[0], "pool01.contoso.com");
}

static void
given_no_ucupdates_in_dns_the_guides_name_is_asked(void **state)
{
	struct rig *rig = *state;

	serve_dns_free(rig->dns);
	assert_int_equal(serve_dns_new(zone, 2, 3600, &rig->dns), 0);
	walk_all(rig);
	assert_int_equal(rig->p->row->verdict, STEP_DONE);
	assert_string_equal(rig->web.host[0], "pool.contoso.com");
}

static void
given_blank_urls_there_is_nothing_to_do(void **state)
{
	struct rig *rig = *state;

	rig->update.cfg.blank = true;
	walk_all(rig);
	assert_int_equal(rig->web.n_asked, 1);
	assert_int_equal(rig->p->row->verdict, STEP_SKIP);
	assert_string_equal(rig->p->row->detail, "update:the service offers nothing");
	assert_false(facts_know(&rig->p->facts, FACT_IMAGE));
}

static void
given_the_same_version_nothing_is_downloaded(void **state)
{
	struct rig *rig = *state;

	(void)snprintf(
	    rig->p->profile->version, sizeof rig->p->profile->version, "1.0.522.101");
	walk_all(rig);
	assert_int_equal(rig->web.n_asked, 1);
	assert_int_equal(rig->p->row->verdict, STEP_SKIP);
}

static void
given_a_reset_the_download_starts_again(void **state)
{
	struct rig *rig = *state;

	fake_phone_row(rig->p, &step_update_ask, 1);
	fake_phone_row(rig->p, &step_update_download, 3);
	rig->web.down = -ECONNRESET;
	fake_phone_switch_on(rig->p);
	while (rig->web.n_asked < 1)
		assert_true(sim_step(rig->p->f, UINT64_MAX));
	rig->web.downs = 2;
	(void)sim_run(rig->p->f, UINT64_MAX);
	assert_int_equal(rig->p->row->verdict, STEP_DONE);
	assert_int_equal(rig->p->row->tries, 3);
	assert_int_equal(rig->update.downloads, 1);
}

static void
given_a_download_that_never_ends_the_next_try_has_its_own_session(void **state)
{
	struct rig *rig = *state;

	fake_phone_row(rig->p, &step_update_ask, 1);
	fake_phone_row(rig->p, &step_update_download, 2);
	fake_phone_knows(rig->p, FACT_PROVISIONED);
	(void)snprintf(rig->p->facts.update_url, sizeof rig->p->facts.update_url,
	    "http://pool01.contoso.com/RequestHandler/ucdevice.upx");
	fake_phone_switch_on(rig->p);
	while (rig->web.n_asked < 1)
		assert_true(sim_step(rig->p->f, UINT64_MAX));
	rig->web.delay_us = 3600ull * 1000000;
	while (rig->p->n_told < 2)
		assert_true(sim_step(rig->p->f, UINT64_MAX));
	rig->web.delay_us = 0;
	(void)sim_run(rig->p->f, UINT64_MAX);
	assert_string_equal(rig->p->told[1].detail, "limit:60000ms");
	assert_int_equal(rig->p->row->verdict, STEP_DONE);
	assert_int_equal(rig->p->row->tries, 2);
	assert_int_equal(rig->web.n_asked, 3);
}

static void
given_nobody_listens_the_reason_is_refused(void **state)
{
	struct rig *rig = *state;

	rig->web.down = -ECONNREFUSED;
	rig->web.downs = 2;
	fake_phone_walk(rig->p, &step_update_ask, 2);
	assert_int_equal(rig->p->row->why, WHY_REFUSED);
	assert_string_equal(rig->p->row->detail, "errno:ECONNREFUSED");
}

static void
given_build_199_the_power_on_row_is_skipped(void **state)
{
	struct rig *rig = *state;

	rig->p->profile->update.at_power_on = false;
	fake_phone_walk(rig->p, &step_update_at_power_on, 1);
	assert_int_equal(rig->p->row->verdict, STEP_SKIP);
	assert_int_equal(rig->web.n_asked, 0);
}

static void
given_build_522_the_power_on_row_asks_the_bare_address(void **state)
{
	struct rig *rig = *state;

	rig->p->profile->update.at_power_on = true;
	fake_phone_walk(rig->p, &step_update_at_power_on, 1);
	assert_int_equal(rig->p->row->verdict, STEP_DONE);
	assert_string_equal(rig->web.host[0], "127.0.0.1");
	assert_non_null(
	    strstr(rig->p->row->seen, "\"http://127.0.0.1/RequestHandler/ucdevice.upx\""));
}

static void
given_outside_it_asks_over_tls_and_negotiates_after_the_401(void **state)
{
	struct rig *rig = *state;
	struct sim_kdc kdc = { 0 };

	rig->p->id.external = true;
	rig->update.cfg.acceptor = sim_acceptor_new(NULL);
	sim_kdc_listen(rig->p->f, &kdc);
	fake_phone_knows(rig->p, FACT_DC | FACT_TGT);
	walk_all(rig);
	assert_int_equal(rig->p->row->verdict, STEP_DONE);
	assert_string_equal(rig->web.asked[0], "POST /RequestHandlerExt/ucdevice.upx");
	assert_true(rig->web.tls[0]);
	assert_false(rig->web.authorized[0]);
	assert_string_equal(rig->web.asked[1], rig->web.asked[0]);
	assert_true(rig->web.authorized[1]);
	sim_acceptor_free(rig->update.cfg.acceptor);
}

static void
given_outside_and_not_signed_in_the_power_on_row_is_denied(void **state)
{
	struct rig *rig = *state;

	rig->p->id.external = true;
	rig->p->profile->update.at_power_on = true;
	fake_phone_walk(rig->p, &step_update_at_power_on, 1);
	assert_int_equal(rig->p->row->verdict, STEP_FAIL);
	assert_int_equal(rig->p->row->why, WHY_AUTH);
	assert_string_equal(rig->p->row->detail, "http:401");
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(given_a_newer_version_it_is_downloaded_and_confirmed),
		T(given_provisionings_url_it_is_asked),
		T(given_no_ucupdates_in_dns_the_guides_name_is_asked),
		T(given_blank_urls_there_is_nothing_to_do),
		T(given_the_same_version_nothing_is_downloaded),
		T(given_a_reset_the_download_starts_again),
		T(given_a_download_that_never_ends_the_next_try_has_its_own_session),
		T(given_nobody_listens_the_reason_is_refused),
		T(given_build_199_the_power_on_row_is_skipped),
		T(given_build_522_the_power_on_row_asks_the_bare_address),
		T(given_outside_and_not_signed_in_the_power_on_row_is_denied),
		T(given_outside_it_asks_over_tls_and_negotiates_after_the_401),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
