/* test_step_tls.c - rows 9, 20-21 and 23: the pool's TLS before and after the root, Exchange's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fake_http_server.h"
#include "fake_phone.h"
#include "line.h"
#include "serve_exchange.h"
#include "steps.h"

/* A pool that answers every connect the same way. */
struct pool {
	struct io_tls_seen tls;
	bool up;
	int err;
	unsigned connects;
	uint32_t last_ip;
	bool trust_nothing;
};

static void
on_pool(void *arg, struct sim *f, const struct sim_call *call)
{
	struct pool *pool = arg;

	if (call->deed != SIM_OPENED)
		return;
	pool->connects++;
	pool->last_ip = call->to.ip;
	pool->trust_nothing = call->cfg->trust_nothing;
	assert_true(call->cfg->tls);
	if (pool->up)
		sim_up(f, call->h, 1000, &pool->tls);
	else
		sim_down(f, call->h, 1000, pool->err, pool->err == -EPROTO ? &pool->tls : NULL);
}

static struct fake_phone *
phone_with(struct pool *pool)
{
	struct fake_phone *p = fake_phone_new();

	fake_phone_knows(p, FACT_ADDRESS | FACT_DOMAIN | FACT_CLOCK | FACT_USER | FACT_POOL);
	sim_listen(p->f, SIM_STREAM, 5061, on_pool, pool);
	return p;
}

static void
given_an_unknown_root_row_9_has_done_its_part(void **state)
{
	struct pool pool = { .err = -EPROTO,
		.tls = { .flaw = TLS_NO_ROOT,
		    .alert_sent = 48,
		    .hello = { 4, 5, 10 },
		    .n_hello = 3 } };
	struct fake_phone *p = phone_with(&pool);

	(void)state;
	fake_phone_walk(p, &step_pool_tls_untrusted, 1);
	assert_int_equal(p->row->verdict, STEP_DONE);
	assert_true(pool.trust_nothing);
	assert_non_null(strstr(p->row->seen, "48"));
	fake_phone_free(p);
}

static void
given_any_other_flaw_row_9_fails(void **state)
{
	static const struct {
		enum io_flaw flaw;
		const char *detail;
	} cases[] = { { TLS_EXPIRED, "tls:expired" }, { TLS_EARLY, "tls:early" },
		{ TLS_NAME, "tls:name" } };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct pool pool = { .err = -EPROTO, .tls = { .flaw = cases[i].flaw } };
		struct fake_phone *p = phone_with(&pool);

		fake_phone_walk(p, &step_pool_tls_untrusted, 3);
		assert_int_equal(p->row->verdict, STEP_FAIL);
		assert_int_equal(p->row->why, WHY_TLS);
		assert_string_equal(p->row->detail, cases[i].detail);
		assert_int_equal(pool.connects, 1);
		fake_phone_free(p);
	}
}

static void
given_nobody_there_the_next_target_is_tried(void **state)
{
	struct pool pool = { .err = -ECONNREFUSED };
	struct fake_phone *p = phone_with(&pool);

	(void)state;
	p->facts.pool[1] = (struct facts_target){ "pool02.contoso.com", 0x7f000009, 5061 };
	p->facts.n_pools = 2;
	fake_phone_walk(p, &step_pool_tls, 2);
	assert_int_equal(p->row->why, WHY_REFUSED);
	assert_int_equal(pool.connects, 2);
	assert_int_equal(pool.last_ip, 0x7f000009);
	fake_phone_free(p);
}

static void
given_a_trusted_chain_the_line_has_the_stream(void **state)
{
	struct pool pool = { .up = true, .tls = { .version = 0x301, .suite = 4 } };
	struct fake_phone *p = phone_with(&pool);

	(void)state;
	fake_phone_knows(p, FACT_ROOT);
	fake_phone_walk(p, &step_pool_tls, 1);
	assert_int_equal(p->row->verdict, STEP_DONE);
	assert_false(pool.trust_nothing);
	fake_phone_free(p);
}

static void
on_exchange(void *arg, const struct serve_request *q, struct serve_reply *r)
{
	serve_exchange(arg, q, r);
}

static void
given_exchange_the_mailbox_is_found_and_polled(void **state)
{
	struct serve_exchange x = { .cfg = {
					"https://autodiscover.contoso.com/EWS/Exchange.asmx",
					"contoso.com", sim_acceptor_new(NULL) } };
	struct fake_http_server web = { .serve = on_exchange, .arg = &x };
	struct fake_phone *p = fake_phone_new();
	struct sim_kdc kdc = { 0 };

	(void)state;
	fake_phone_knows(p,
	    FACT_ADDRESS | FACT_DOMAIN | FACT_CLOCK | FACT_USER | FACT_DC | FACT_TGT |
		FACT_ROOT | FACT_CAS);
	fake_http_listen(p->f, 443, &web);
	sim_kdc_listen(p->f, &kdc);
	fake_phone_row(p, &step_cas_tls, 1);
	fake_phone_row(p, &step_ews_poll, 1);
	fake_phone_walk_rows(p);
	assert_string_equal(p->row->step, "ews_poll");
	assert_int_equal(p->row->verdict, STEP_DONE);
	assert_int_equal(x.autodiscovers, 1);
	assert_int_equal(x.polls, 1);
	assert_true(web.authorized[0] && web.tls[0]);
	assert_string_equal(web.asked[0], "POST /autodiscover/autodiscover.xml");
	fake_phone_free(p);
	sim_acceptor_free(x.cfg.acceptor);
}

static void
given_a_wrong_domain_there_is_no_mailbox(void **state)
{
	struct serve_exchange x = { .cfg = { "https://m/EWS/Exchange.asmx", "fabrikam.com",
					sim_acceptor_new(NULL) } };
	struct fake_http_server web = { .serve = on_exchange, .arg = &x };
	struct fake_phone *p = fake_phone_new();
	struct sim_kdc kdc = { 0 };

	(void)state;
	fake_phone_knows(p,
	    FACT_ADDRESS | FACT_DOMAIN | FACT_CLOCK | FACT_USER | FACT_DC | FACT_TGT |
		FACT_ROOT | FACT_CAS);
	fake_http_listen(p->f, 443, &web);
	sim_kdc_listen(p->f, &kdc);
	fake_phone_walk(p, &step_cas_tls, 2);
	assert_int_equal(p->row->verdict, STEP_FAIL);
	assert_string_equal(p->row->detail, "autodiscover:500");
	fake_phone_free(p);
	sim_acceptor_free(x.cfg.acceptor);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_an_unknown_root_row_9_has_done_its_part),
		cmocka_unit_test(given_any_other_flaw_row_9_fails),
		cmocka_unit_test(given_nobody_there_the_next_target_is_tried),
		cmocka_unit_test(given_a_trusted_chain_the_line_has_the_stream),
		cmocka_unit_test(given_exchange_the_mailbox_is_found_and_polled),
		cmocka_unit_test(given_a_wrong_domain_there_is_no_mailbox),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
