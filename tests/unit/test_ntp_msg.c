/* test_ntp_msg.c - NTP packets against chronyd's, and the turn of its era. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "golden.h"
#include "ntp_msg.h"
#include "rng.h"

static const int64_t new_year_2010_us = 1262304000ll * 1000000;

static void
a_request_is_48_bytes_that_begin_with_1b(void **state)
{
	uint8_t memory[NTP_MSG_LEN];
	struct buf b, want = { 0 };
	struct span w = golden(&want, "ntp_request.hex");

	(void)state;
	buf_over(&b, memory, sizeof memory);
	ntp_msg_request(&b, ntp_from_wall(new_year_2010_us));
	assert_int_equal(b.err, 0);
	assert_int_equal(b.n, NTP_MSG_LEN);
	assert_int_equal(memory[0], 0x1b);
	assert_memory_equal(memory, w.p, w.n);
	buf_done(&want);
}

static void
it_reads_what_chronyd_answers(void **state)
{
	static const uint8_t refid[4] = { 127, 127, 1, 1 };
	struct buf bytes = { 0 };
	struct ntp_msg m;

	(void)state;
	assert_int_equal(ntp_msg_decode(&m, golden(&bytes, "ntp_reply_chrony.hex")), 0);
	assert_int_equal(m.leap, 0);
	assert_int_equal(m.version, 3);
	assert_int_equal(m.mode, NTP_MODE_SERVER);
	assert_int_equal(m.stratum, 2);
	assert_int_equal(m.precision, -25);
	assert_memory_equal(m.refid, refid, sizeof refid);
	assert_int_equal(m.origin, ntp_from_wall(new_year_2010_us));
	assert_true(m.transmit > m.receive);
	/* 22 November 2026, 22:08:16, by the machine it ran on. */
	assert_int_equal(ntp_to_wall(m.receive) / 1000000, 1795385296);
	buf_done(&bytes);
}

static void
what_it_writes_it_reads(void **state)
{
	uint8_t memory[NTP_MSG_LEN], again[NTP_MSG_LEN];
	struct ntp_msg m;
	struct rng r;
	struct buf b;

	(void)state;
	rng_seed(&r, 3, 0);
	for (int round = 0; round < 1000; round++) {
		for (size_t i = 0; i < sizeof memory; i++)
			memory[i] = (uint8_t)rng_u32(&r);
		assert_int_equal(ntp_msg_decode(&m, (struct span){ memory, sizeof memory }), 0);
		buf_over(&b, again, sizeof again);
		ntp_msg_encode(&b, &m);
		assert_int_equal(b.n, sizeof again);
		assert_memory_equal(again, memory, sizeof again);
	}
}

static void
too_short_is_refused_at_every_length(void **state)
{
	struct buf bytes = { 0 };
	struct span whole = golden(&bytes, "ntp_reply_chrony.hex");
	struct ntp_msg m;

	(void)state;
	for (size_t n = 0; n < whole.n; n++)
		assert_int_equal(ntp_msg_decode(&m, (struct span){ whole.p, n }), -EBADMSG);
	buf_done(&bytes);
}

static void
times_survive_the_way_there_and_back(void **state)
{
	static const int64_t walls[] = { 0, 1, 999999, 1262304000000000, 1262304000123457,
		2085978495999999, /* the last microsecond of the first era */
		2085978496000000, 4000000000000001 };

	(void)state;
	for (size_t i = 0; i < sizeof walls / sizeof walls[0]; i++)
		assert_int_equal(ntp_to_wall(ntp_from_wall(walls[i])), walls[i]);
	assert_int_equal(ntp_from_wall(0) >> 32, 2208988800u);
	assert_int_equal(ntp_from_wall(2085978496000000), 0);
}

static void
a_kiss_code_is_four_letters(void **state)
{
	struct ntp_msg m = { .refid = { 'D', 'E', 'N', 'Y' } };
	char text[5];

	(void)state;
	assert_string_equal(ntp_msg_kiss(&m, text), "DENY");
	m.refid[3] = 0;
	assert_string_equal(ntp_msg_kiss(&m, text), "DEN?");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_48_bytes_that_begin_with_1b),
		cmocka_unit_test(it_reads_what_chronyd_answers),
		cmocka_unit_test(what_it_writes_it_reads),
		cmocka_unit_test(too_short_is_refused_at_every_length),
		cmocka_unit_test(times_survive_the_way_there_and_back),
		cmocka_unit_test(a_kiss_code_is_four_letters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
