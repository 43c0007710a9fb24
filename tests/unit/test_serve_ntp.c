/* test_serve_ntp.c - the time server's logic. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "golden.h"
#include "ntp_msg.h"
#include "serve_ntp.h"

static const struct serve_ntp_cfg good = { .stratum = 2, .refid = 0x7f000001 };
static const int64_t now_us = 1252486800ll * 1000000 + 250000;

static int
answer(const struct serve_ntp_cfg *cfg, struct span request, struct ntp_msg *m)
{
	uint8_t memory[NTP_MSG_LEN];
	struct buf b;
	int rc;

	buf_over(&b, memory, sizeof memory);
	rc = serve_ntp_answer(cfg, request, now_us, &b);
	if (rc == 0)
		assert_int_equal(ntp_msg_decode(m, buf_bytes(&b)), 0);
	else
		assert_int_equal(b.n, 0);
	return rc;
}

static void
it_answers_as_a_server_of_stratum_2(void **state)
{
	struct buf bytes = { 0 };
	struct ntp_msg ask, m;

	(void)state;
	assert_int_equal(answer(&good, golden(&bytes, "ntp_request.hex"), &m), 0);
	assert_int_equal(ntp_msg_decode(&ask, buf_bytes(&bytes)), 0);
	assert_int_equal(m.leap, 0);
	assert_int_equal(m.version, 3);
	assert_int_equal(m.mode, NTP_MODE_SERVER);
	assert_int_equal(m.stratum, 2);
	assert_int_equal(m.origin, ask.transmit);
	assert_int_equal(ntp_to_wall(m.receive), now_us);
	assert_int_equal(ntp_to_wall(m.transmit), now_us);
	assert_true(m.reference < m.receive);
	buf_done(&bytes);
}

static void
it_can_be_wrong_or_refuse(void **state)
{
	struct serve_ntp_cfg cfg = good;
	struct buf bytes = { 0 };
	struct span ask = golden(&bytes, "ntp_request.hex");
	struct ntp_msg m;
	char text[5];

	(void)state;
	cfg.offset_us = 20ll * 60 * 1000000;
	assert_int_equal(answer(&cfg, ask, &m), 0);
	assert_int_equal(ntp_to_wall(m.transmit), now_us + cfg.offset_us);

	cfg = (struct serve_ntp_cfg){ .leap = 3, .kiss = "RATE" };
	assert_int_equal(answer(&cfg, ask, &m), 0);
	assert_int_equal(m.stratum, 0);
	assert_int_equal(m.leap, 3);
	assert_string_equal(ntp_msg_kiss(&m, text), "RATE");
	buf_done(&bytes);
}

static void
what_no_client_sent_gets_no_answer(void **state)
{
	struct buf bytes = { 0 };
	struct span ask = golden(&bytes, "ntp_request.hex");
	struct ntp_msg m;

	(void)state;
	for (size_t n = 0; n < ask.n; n++)
		assert_int_equal(answer(&good, (struct span){ ask.p, n }, &m), -EBADMSG);
	bytes.p[0] = 0x1c; /* a server's */
	assert_int_equal(answer(&good, ask, &m), -EPROTO);
	bytes.p[0] = 0x3b; /* version 7 */
	assert_int_equal(answer(&good, ask, &m), -EPROTO);
	buf_done(&bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_answers_as_a_server_of_stratum_2),
		cmocka_unit_test(it_can_be_wrong_or_refuse),
		cmocka_unit_test(what_no_client_sent_gets_no_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
