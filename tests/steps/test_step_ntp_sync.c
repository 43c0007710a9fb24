/* test_step_ntp_sync.c - row 5: what time is it, and who says so? */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "fake_phone.h"
#include "ntp_msg.h"
#include "serve_ntp.h"
#include "steps.h"

enum { S = 1000000, MS = 1000 };

static const int64_t boot_wall_us = 1252486800ll * S; /* 9 September 2009 */

/* A time server, and how its packets are spoilt. */
struct server {
	struct serve_ntp_cfg cfg;
	bool silent, closed, forged, cut;
	uint64_t there_us, back_us;
	unsigned asked;
	uint8_t first_byte;
	uint64_t cookie;
};

static void
on_ntp(void *arg, struct sim *f, const struct sim_call *call)
{
	struct server *s = arg;
	struct buf b = { 0 };
	int64_t wall = boot_wall_us + (int64_t)(sim_now_us(f) + s->there_us);
	struct ntp_msg ask;

	if (call->deed != SIM_SENT)
		return;
	s->asked++;
	s->first_byte = call->bytes.p[0];
	assert_int_equal(call->bytes.n, NTP_MSG_LEN);
	assert_int_equal(ntp_msg_decode(&ask, call->bytes), 0);
	s->cookie = ask.transmit;
	if (s->closed)
		sim_down(f, call->h, MS, -ECONNREFUSED, NULL);
	if (s->silent || s->closed)
		return;
	assert_int_equal(serve_ntp_answer(&s->cfg, call->bytes, wall, &b), 0);
	if (s->forged) { /* another origin, a client's mode, cut: none of them counts */
		b.p[24] ^= 1;
		sim_packet(f, call->h, MS, buf_bytes(&b));
		b.p[24] ^= 1;
		b.p[0] = 0x1b;
		sim_packet(f, call->h, MS, buf_bytes(&b));
		b.p[0] = 0x1c;
		sim_packet(f, call->h, MS, (struct span){ b.p, 47 });
	}
	sim_packet(
	    f, call->h, s->there_us + s->back_us, (struct span){ b.p, s->cut ? b.n - 1 : b.n });
	buf_done(&b);
}

static struct server
good(void)
{
	return (struct server){ .cfg = { .stratum = 2, .refid = 0x7f000001 },
		.there_us = 20 * MS,
		.back_us = 20 * MS };
}

static struct fake_phone *
go(struct server *s, unsigned tries)
{
	struct fake_phone *p = fake_phone_new();
	struct leg *leg;

	fake_phone_knows(p, FACT_ADDRESS | FACT_DOMAIN | FACT_NTP);
	sim_listen(p->f, SIM_UDP, 123, on_ntp, s);
	leg = fake_phone_row(p, &step_ntp_sync, tries);
	leg->gives = FACT_CLOCK;
	leg->limit_ms = 5000;
	fake_phone_walk_rows(p);
	return p;
}

static void
given_a_good_reply_the_clock_is_set(void **state)
{
	struct server s = good();
	struct fake_phone *p = go(&s, 1);

	(void)state;
	assert_int_equal(p->row->verdict, STEP_DONE);
	assert_int_equal(s.first_byte, 0x1b);
	assert_int_equal(p->facts.clock_offset_us, boot_wall_us);
	assert_int_equal(sim_told_clock(p->f), boot_wall_us);
	assert_string_equal(p->row->seen, "{\"ntp_first_byte\": 27, \"ntp_stratum\": 2}");
	fake_phone_free(p);
}

static void
the_way_there_and_back_is_halved(void **state)
{
	struct server s = good();
	struct fake_phone *p;

	(void)state;
	s.back_us = 60 * MS;
	p = go(&s, 1);
	assert_int_equal(p->facts.clock_offset_us, boot_wall_us - 20 * MS);
	fake_phone_free(p);
}

static void
a_server_that_is_wrong_is_believed(void **state)
{
	struct server s = good();
	struct fake_phone *p;

	(void)state;
	s.cfg.offset_us = 20ll * 60 * S;
	p = go(&s, 1);
	assert_int_equal(p->facts.clock_offset_us, boot_wall_us + s.cfg.offset_us);
	fake_phone_free(p);
}

static void
given_a_kiss_of_death_it_does_not_try_again(void **state)
{
	static const char *const codes[] = { "DENY", "RSTR", "RATE" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct server s = good();
		struct fake_phone *p;

		s.cfg.stratum = 0;
		s.cfg.leap = 3;
		memcpy(s.cfg.kiss, codes[i], 5);
		p = go(&s, 4);
		assert_int_equal(p->row->verdict, STEP_FAIL);
		assert_int_equal(p->row->why, WHY_REFUSED);
		assert_memory_equal(p->row->detail, "ntp:", 4);
		assert_string_equal(p->row->detail + 4, codes[i]);
		assert_int_equal(s.asked, 1);
		fake_phone_free(p);
	}
}

static void
given_a_server_without_the_time_it_asks_again(void **state)
{
	static const struct {
		struct serve_ntp_cfg cfg;
		const char *detail;
	} cases[] = {
		{ { .stratum = 0, .leap = 3, .kiss = "INIT" }, "ntp:INIT" },
		{ { .stratum = 0, .leap = 3, .kiss = "STEP" }, "ntp:STEP" },
		{ { .stratum = 2, .leap = 3 }, "ntp:not synchronised" },
		{ { .stratum = 16 }, "ntp:not synchronised" },
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct server s = good();
		struct fake_phone *p;

		s.cfg = cases[i].cfg;
		p = go(&s, 3);
		assert_int_equal(p->row->verdict, STEP_FAIL);
		assert_int_equal(p->row->why, WHY_SERVER_ERROR);
		assert_string_equal(p->row->detail, cases[i].detail);
		assert_int_equal(s.asked, 3);
		assert_int_equal(sim_told_clock(p->f), 0);
		fake_phone_free(p);
	}
}

static void
forged_packets_do_not_end_the_try(void **state)
{
	struct server s = good();
	struct fake_phone *p;

	(void)state;
	s.forged = true;
	p = go(&s, 1);
	assert_int_equal(p->row->verdict, STEP_DONE);
	assert_int_equal(p->facts.clock_offset_us, boot_wall_us);
	fake_phone_free(p);
}

static void
given_silence_or_a_closed_port_the_try_is_lost(void **state)
{
	struct server s = good();
	struct fake_phone *p;
	uint64_t cookie;

	(void)state;
	s.silent = true;
	p = go(&s, 1);
	assert_int_equal(p->row->why, WHY_TIMEOUT);
	cookie = s.cookie;
	fake_phone_free(p);

	s = good();
	s.cut = true;
	p = go(&s, 1);
	assert_int_equal(p->row->why, WHY_TIMEOUT);
	fake_phone_free(p);

	s = good();
	s.closed = true;
	p = go(&s, 2);
	assert_int_equal(p->row->why, WHY_REFUSED);
	assert_string_equal(p->row->detail, "errno:ECONNREFUSED");
	assert_int_equal(s.asked, 2);
	/* Nobody can guess what must be echoed. */
	assert_int_not_equal(s.cookie, cookie);
	fake_phone_free(p);
}

static void
a_late_reply_of_an_earlier_try_does_not_count(void **state)
{
	struct server s = good();
	struct fake_phone *p;

	(void)state;
	s.there_us = 6 * S; /* the limit is 5 s */
	p = go(&s, 2);
	assert_int_equal(p->row->verdict, STEP_FAIL);
	assert_int_equal(p->row->why, WHY_TIMEOUT);
	fake_phone_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_a_good_reply_the_clock_is_set),
		cmocka_unit_test(the_way_there_and_back_is_halved),
		cmocka_unit_test(a_server_that_is_wrong_is_believed),
		cmocka_unit_test(given_a_kiss_of_death_it_does_not_try_again),
		cmocka_unit_test(given_a_server_without_the_time_it_asks_again),
		cmocka_unit_test(forged_packets_do_not_end_the_try),
		cmocka_unit_test(given_silence_or_a_closed_port_the_try_is_lost),
		cmocka_unit_test(a_late_reply_of_an_earlier_try_does_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
