/* test_step_tls_flaws.c - rows 9 and 20-21: what each flaw of a pool's certificate, each alert
 * and each end of a connection comes to, before and after the root is trusted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "fake_phone.h"
#include "line.h"
#include "mem.h"
#include "steps.h"

/* A pool that answers every connect the same way. */
struct pool {
	struct fake_phone *p;
	struct io_tls_seen tls;
	bool up, bare; /* bare: of TLS nothing is seen */
	int err;
	unsigned connects, ends;
	uint32_t ip[8];
};

static void
on_pool(void *arg, struct sim *f, const struct sim_call *call)
{
	struct pool *pool = arg;

	if (call->deed == SIM_CLOSED || call->deed == SIM_CUT)
		pool->ends++;
	if (call->deed != SIM_OPENED)
		return;
	pool->ip[pool->connects++ % 8] = call->to.ip;
	if (pool->up)
		sim_up(f, call->h, 1000, &pool->tls);
	else
		sim_down(f, call->h, 1000, pool->err, pool->bare ? NULL : &pool->tls);
}

static int
set_up(void **state)
{
	long left = mem_fail_at(0); /* what a test lets fail is to be the phone's */
	struct pool *pool = mem_new(sizeof *pool);

	pool->p = fake_phone_new();
	pool->err = -EPROTO;
	fake_phone_knows(
	    pool->p, FACT_ADDRESS | FACT_DOMAIN | FACT_CLOCK | FACT_USER | FACT_POOL);
	sim_listen(pool->p->f, SIM_STREAM, 5061, on_pool, pool);
	(void)mem_fail_at(left);
	*state = pool;
	return 0;
}

static int
tear_down(void **state)
{
	struct pool *pool = *state;

	fake_phone_free(pool->p);
	mem_free(pool);
	assert_int_equal(mem_out(), 0);
	return 0;
}

static void
ended(const struct pool *pool, enum verdict verdict, enum reason why, const char *detail)
{
	assert_string_equal(pool->p->row->detail, detail);
	assert_int_equal(pool->p->row->verdict, verdict);
	assert_int_equal(pool->p->row->why, why);
}

/* What one flaw, with these alerts, comes to. */
struct flaw {
	enum io_flaw flaw;
	uint8_t sent, got;
	enum reason why;
	const char *detail;
	unsigned tries;
};

static void
each_comes_to_its_own(
    void **state, const struct step_ops *step, const struct flaw *flaws, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct pool *pool = *state;

		pool->tls = (struct io_tls_seen){ .flaw = flaws[i].flaw,
			.alert_sent = flaws[i].sent,
			.alert_got = flaws[i].got };
		fake_phone_walk(pool->p, step, 3);
		ended(pool, STEP_FAIL, flaws[i].why, flaws[i].detail);
		assert_int_equal(pool->p->row->tries, flaws[i].tries);
		assert_int_equal(pool->connects, flaws[i].tries);
		assert_int_equal(tear_down(state), 0);
		assert_int_equal(set_up(state), 0);
	}
}

/* ---- row 9
 * ------------------------------------------------------------------------------------ */

/* Only the unknown root is this row's business; dates and names will not mend by themselves. */
static void
before_the_root_is_known_other_flaws_are_the_end_or_tried_again(void **state)
{
	static const struct flaw flaws[] = {
		{ TLS_EXPIRED, 45, 0, WHY_TLS, "tls:expired", 1 },
		{ TLS_EARLY, 45, 0, WHY_TLS, "tls:early", 1 },
		{ TLS_NAME, 42, 0, WHY_TLS, "tls:name", 1 },
		{ TLS_SHA2, 43, 0, WHY_TLS, "tls:43", 3 },
		{ TLS_SHA2, 0, 0, WHY_TLS, "tls:sha2", 3 },
		{ TLS_OTHER, 42, 0, WHY_TLS, "tls:42", 3 },
		{ TLS_OK, 0, 40, WHY_TLS, "tls:40", 3 },
		{ TLS_OK, 0, 0, WHY_BAD_REPLY, "errno:EPROTO", 3 },
	};

	each_comes_to_its_own(
	    state, &step_pool_tls_untrusted, flaws, sizeof flaws / sizeof flaws[0]);
}

static void
a_pool_that_is_trusted_with_no_root_is_not_to_be_trusted(void **state)
{
	struct pool *pool = *state;

	pool->up = true;
	pool->tls = (struct io_tls_seen){ .version = 0x301, .suite = 4 };
	fake_phone_walk(pool->p, &step_pool_tls_untrusted, 3);
	ended(pool, STEP_FAIL, WHY_TLS, "tls:trusted without a root");
	assert_int_equal(pool->connects, 1);
}

static void
a_connection_that_never_spoke_tls_is_lost_like_any_other(void **state)
{
	static const struct {
		int err;
		enum reason why;
		const char *detail;
	} ends[] = {
		{ -ECONNREFUSED, WHY_REFUSED, "errno:ECONNREFUSED" },
		{ -EHOSTUNREACH, WHY_REFUSED, "errno:EHOSTUNREACH" },
		{ -ENETUNREACH, WHY_REFUSED, "errno:ENETUNREACH" },
		{ -ECONNRESET, WHY_RESET, "errno:ECONNRESET" },
		{ -EPIPE, WHY_RESET, "errno:EPIPE" },
		{ -ETIMEDOUT, WHY_TIMEOUT, "errno:ETIMEDOUT" },
		{ -EMFILE, WHY_LOCAL, "errno:EMFILE" },
		{ -ENOMEM, WHY_LOCAL, "errno:ENOMEM" },
		{ 0, WHY_RESET, "tcp:closed" },
	};
	static const struct step_ops *const both[] = { &step_pool_tls_untrusted,
		&step_pool_tls };

	for (size_t i = 0; i < 2 * sizeof ends / sizeof ends[0]; i++) {
		struct pool *pool = *state;

		pool->bare = true;
		pool->err = ends[i / 2].err;
		fake_phone_walk(pool->p, both[i % 2], 2);
		assert_int_equal(pool->p->row->verdict, STEP_FAIL);
		assert_int_equal(pool->p->row->why, ends[i / 2].why);
		assert_string_equal(pool->p->row->detail, ends[i / 2].detail);
		assert_int_equal(pool->connects, 2);
		assert_int_equal(tear_down(state), 0);
		assert_int_equal(set_up(state), 0);
	}
}

/* ---- rows 20-21
 * ---------------------------------------------------------------------------------- */

static void
after_the_root_is_known_each_flaw_is_tried_again_and_named(void **state)
{
	static const struct flaw flaws[] = {
		{ TLS_NO_ROOT, 48, 0, WHY_TLS, "tls:48", 3 },
		{ TLS_EXPIRED, 45, 0, WHY_TLS, "tls:45", 3 },
		{ TLS_NAME, 0, 0, WHY_TLS, "tls:name", 3 },
		{ TLS_EARLY, 0, 0, WHY_TLS, "tls:early", 3 },
		/* What the server complained of says more than what we did then. */
		{ TLS_OTHER, 10, 40, WHY_TLS, "tls:40", 3 },
	};

	each_comes_to_its_own(state, &step_pool_tls, flaws, sizeof flaws / sizeof flaws[0]);
}

static void
what_was_offered_and_chosen_is_noted_also_of_a_failure(void **state)
{
	struct pool *pool = *state;

	pool->tls = (struct io_tls_seen){ .flaw = TLS_EXPIRED,
		.alert_sent = 45,
		.version = 0x301,
		.suite = 10,
		.hello = { 4, 5, 10 },
		.n_hello = 3 };
	fake_phone_walk(pool->p, &step_pool_tls, 1);
	assert_non_null(strstr(pool->p->row->seen, "\"tls_offered\": [4, 5, 10]"));
	assert_non_null(strstr(pool->p->row->seen, "\"tls_chosen\": 10"));
	assert_non_null(strstr(pool->p->row->seen, "\"tls_version\": 769"));
	assert_non_null(strstr(pool->p->row->seen, "\"tls_alert\": 45"));
	assert_non_null(strstr(pool->p->row->seen, "\"tls_flaw\": \"expired\""));
}

static void
each_try_goes_to_the_next_target_and_round_again(void **state)
{
	struct pool *pool = *state;

	pool->bare = true;
	pool->err = -ECONNREFUSED;
	pool->p->facts.n_pools = 3;
	for (uint32_t i = 0; i < 3; i++)
		pool->p->facts.pool[i] =
		    (struct facts_target){ "pool.contoso.com", 0x7f000001 + i, 5061 };
	fake_phone_walk(pool->p, &step_pool_tls, 5);
	assert_int_equal(pool->connects, 5);
	for (uint32_t i = 0; i < 5; i++)
		assert_int_equal(pool->ip[i], 0x7f000001 + i % 3);
}

static void
without_a_pool_there_is_nowhere_to_go(void **state)
{
	struct pool *pool = *state;

	pool->p->facts.n_pools = 0;
	fake_phone_walk(pool->p, &step_pool_tls, 2);
	ended(pool, STEP_FAIL, WHY_LOCAL, "errno:EADDRNOTAVAIL");
	assert_int_equal(pool->connects, 0);
}

static void
a_connection_that_is_up_is_the_lines_from_then_on(void **state)
{
	struct pool *pool = *state;

	pool->up = true;
	fake_phone_knows(pool->p, FACT_ROOT);
	fake_phone_row(pool->p, &step_pool_tls, 1)->gives = FACT_LINE;
	fake_phone_row(pool->p, &step_user_enters, 1);
	fake_phone_walk_rows(pool->p);
	/* Twenty seconds later it is still open: it did not end with its row. */
	assert_int_equal(pool->p->row->verdict, STEP_DONE);
	assert_int_equal(pool->connects, 1);
	assert_int_equal(pool->ends, 0);
}

int
main(void)
{
#define TLS_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TLS_TEST(before_the_root_is_known_other_flaws_are_the_end_or_tried_again),
		TLS_TEST(a_pool_that_is_trusted_with_no_root_is_not_to_be_trusted),
		TLS_TEST(a_connection_that_never_spoke_tls_is_lost_like_any_other),
		TLS_TEST(after_the_root_is_known_each_flaw_is_tried_again_and_named),
		TLS_TEST(what_was_offered_and_chosen_is_noted_also_of_a_failure),
		TLS_TEST(each_try_goes_to_the_next_target_and_round_again),
		TLS_TEST(without_a_pool_there_is_nowhere_to_go),
		TLS_TEST(a_connection_that_is_up_is_the_lines_from_then_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
