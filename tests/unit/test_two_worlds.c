/*
 * test_two_worlds.c - the simulated world is only worth something if it tells what the real one
 * tells: streams, datagrams and DHCP.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "mem.h"
#include "two_worlds.h"

static const struct stage_cfg plain = { .cert = NULL };

/* ---- streams ---- */

static void
story_echo(struct stage *s)
{
	struct io_handle *h = stage_stream(s, 389, false, NULL);

	assert_int_equal(stage_send(s, h, "early"), -ENOTCONN);
	stage_until(s, IO_UP);
	stage_send(s, h, "hello");
	stage_until(s, IO_BYTES);
	stage_send(s, h, "world");
	stage_until(s, IO_BYTES);
	stage_close(s, h);
}

static void
a_stream_comes_up_and_carries_bytes_both_ways(void **state)
{
	(void)state;
	two_worlds(&plain, story_echo);
}

static void
story_refused(struct stage *s)
{
	struct io_handle *h = stage_stream(s, 8080, false, NULL);

	stage_until(s, IO_DOWN);
	assert_int_equal(s->rig.note[0].err, -ECONNREFUSED);
	assert_int_equal(stage_send(s, h, "anybody?"), -ENOTCONN);
	stage_close(s, h);
}

static void
where_nobody_listens_a_stream_is_refused(void **state)
{
	(void)state;
	two_worlds(&plain, story_refused);
}

static void
story_closed(struct stage *s)
{
	struct io_handle *h = stage_stream(s, 389, false, NULL);

	stage_until(s, IO_UP);
	stage_send(s, h, "bye");
	stage_until(s, IO_DOWN);
	assert_int_equal(s->rig.note[1].err, 0);
	assert_int_equal(stage_send(s, h, "wait"), -ENOTCONN);
	stage_settle(s);
	assert_int_equal(s->rig.n, 2);
}

static void
a_server_that_closes_is_told_once_and_without_an_error(void **state)
{
	(void)state;
	two_worlds(&plain, story_closed);
}

static void
story_reset(struct stage *s)
{
	struct io_handle *h = stage_stream(s, 389, false, NULL);

	stage_until(s, IO_UP);
	stage_send(s, h, "reset");
	stage_until(s, IO_DOWN);
	assert_int_equal(s->rig.note[1].err, -ECONNRESET);
	stage_close(s, h);
}

static void
a_server_that_resets_is_told_as_that(void **state)
{
	(void)state;
	two_worlds(&plain, story_reset);
}

static void
story_much(struct stage *s)
{
	static uint8_t much[100000];
	struct io_handle *h = stage_stream(s, 389, false, NULL);

	memset(much, 'x', sizeof(much));
	stage_until(s, IO_UP);
	/* More than may wait, but nothing waits yet. */
	stage_send_bytes(s, h, (struct span){ much, sizeof(much) });
	while (s->bytes < sizeof(much))
		stage_until(s, IO_BYTES);
	stage_close(s, h);
}

static void
much_in_one_call_is_taken_and_comes_back_whole(void **state)
{
	(void)state;
	two_worlds(&plain, story_much);
}

static void
story_flood(struct stage *s)
{
	struct io_handle *h = stage_stream(s, 389, false, NULL);

	stage_until(s, IO_UP);
	stage_send(s, h, "flood");
	stage_until(s, IO_BYTES);
	s->io->ops->power_cut(s->io);
	s->bytes = 0;
	s->noted = s->rig.n;
	stage_settle(s);
	assert_null(s->rig.owner[0].scope.first);
	stage_stream(s, 389, false, NULL);
	stage_udp(s, 123);
}

static void
after_a_power_cut_nothing_is_told_and_nothing_opens(void **state)
{
	(void)state;
	two_worlds(&plain, story_flood);
}

static void
story_wrong_calls(struct stage *s)
{
	const struct io_ask ask = { .method = "GET", .path = "/" };
	struct io_handle *session = stage_http(s, 80, NULL);
	struct io_handle *stream = stage_stream(s, 389, false, NULL);
	int rc[2];

	assert_non_null(session);
	assert_non_null(stream);
	stage_until(s, IO_UP);
	rc[0] = s->io->ops->ask(stream, &ask);
	rc[1] = s->io->ops->send(session, span_of("GET / HTTP/1.1"));
	assert_int_equal(rc[0], -EINVAL);
	assert_int_equal(rc[1], -EINVAL);
}

static void
a_stream_is_not_asked_and_a_session_is_not_sent_to(void **state)
{
	(void)state;
	two_worlds(&plain, story_wrong_calls);
}

/* ---- datagrams ---- */

static void
story_datagrams(struct stage *s)
{
	struct io_handle *h = stage_udp(s, 123);

	stage_send(s, h, "what time?");
	stage_hear(s);
	stage_answer(s, 0, span_of("noon"));
	stage_until(s, IO_PACKET);
	stage_send(s, h, "and now?");
	stage_hear(s);
	stage_answer(s, 0, span_of("one"));
	stage_answer(s, 0, span_of("two"));
	stage_settle(s);
	assert_int_equal(s->rig.n, 3);
	stage_close(s, h);
}

static void
datagrams_go_there_and_back_each_by_itself(void **state)
{
	(void)state;
	two_worlds(&plain, story_datagrams);
}

static void
story_closed_port(struct stage *s)
{
	struct io_handle *h = stage_udp(s, 53);

	stage_send(s, h, "query");
	stage_until(s, IO_DOWN);
	assert_int_equal(s->rig.note[0].err, -ECONNREFUSED);
	assert_int_equal(stage_send(s, h, "query"), -ENOTCONN);
	stage_close(s, h);
}

static void
a_closed_port_of_a_host_that_is_there_ends_the_socket(void **state)
{
	(void)state;
	two_worlds(&plain, story_closed_port);
}

static void
story_too_big(struct stage *s)
{
	static uint8_t big[65508];
	struct io_handle *h = stage_udp(s, 123);

	assert_int_equal(stage_send_bytes(s, h, (struct span){ big, sizeof(big) }), -EMSGSIZE);
}

static void
a_datagram_cannot_be_longer_than_ip_has_it(void **state)
{
	(void)state;
	two_worlds(&plain, story_too_big);
}

static void
story_late(struct stage *s)
{
	struct io_handle *h = stage_udp(s, 123);

	stage_send(s, h, "what time?");
	stage_hear(s);
	stage_answer(s, 0, span_of("noon"));
	stage_close(s, h);
	stage_settle(s);
	assert_int_equal(s->rig.n, 0);
}

static void
an_answer_to_a_closed_socket_is_lost(void **state)
{
	(void)state;
	two_worlds(&plain, story_late);
}

/* ---- DHCP ---- */

enum { DHCP_N = 300 };

/* A BOOTREQUEST or BOOTREPLY for the phone with this last byte of its MAC. */
static struct span
bootp(uint8_t op, uint8_t mac5)
{
	static uint8_t packet[DHCP_N];

	for (int i = 0; i < DHCP_N; i++)
		packet[i] = (uint8_t)(i * 7);
	packet[0] = op;
	packet[3] = 0;
	memset(packet + 24, 0, 4);
	memcpy(packet + 28, (uint8_t[]){ 0, 4, 0xf2, 0x10, 0, mac5 }, 6);
	return (struct span){ packet, DHCP_N };
}

static void
story_relay(struct stage *s)
{
	struct io_handle *untagged = stage_dhcp(s, 0), *voice = stage_dhcp(s, 200);

	stage_send_bytes(s, untagged, bootp(1, 0));
	stage_hear(s);
	assert_int_equal(s->packet[3], 1);
	stage_answer(s, 0, bootp(2, 0));
	stage_until(s, IO_PACKET);
	assert_int_equal(s->rig.note[0].who, 0);
	stage_send_bytes(s, voice, bootp(1, 0));
	stage_hear(s);
	stage_answer(s, 200, bootp(2, 0));
	stage_until(s, IO_PACKET);
	assert_int_equal(s->rig.note[1].who, 1);
}

static void
the_relay_agent_fills_in_giaddr_and_hops_and_brings_replies_by_vlan(void **state)
{
	(void)state;
	two_worlds(&plain, story_relay);
}

static void
story_no_use(struct stage *s)
{
	struct io_handle *h = stage_dhcp(s, 0);

	stage_send_bytes(s, h, bootp(1, 0));
	stage_hear(s);
	stage_answer(s, 0, bootp(1, 0));                        /* a request */
	stage_answer(s, 0, bootp(2, 1));                        /* another phone's */
	stage_answer(s, 0, (struct span){ bootp(2, 0).p, 33 }); /* cut off */
	stage_answer(s, 0, bootp(2, 0));
	stage_settle(s);
	assert_int_equal(s->rig.n, 1);
}

static void
replies_of_no_use_reach_no_phone(void **state)
{
	(void)state;
	two_worlds(&plain, story_no_use);
}

static void
story_not_dhcp(struct stage *s)
{
	struct io_handle *h = stage_dhcp(s, 0);

	assert_int_equal(stage_send_bytes(s, h, bootp(2, 0)), -EINVAL);
	assert_int_equal(stage_send_bytes(s, h, (struct span){ bootp(1, 0).p, 33 }), -EINVAL);
	stage_dhcp(s, 7);
}

static void
what_is_no_request_does_not_leave_nor_does_anything_in_a_vlan_that_is_not_there(void **state)
{
	(void)state;
	two_worlds(&plain, story_not_dhcp);
}

static void
story_other_handle(struct stage *s)
{
	struct io_handle *first = stage_dhcp(s, 0);

	stage_send_bytes(s, first, bootp(1, 0));
	stage_hear(s);
	stage_answer(s, 0, bootp(2, 0));
	stage_close(s, first);
	stage_dhcp(s, 0);
	stage_until(s, IO_PACKET);
}

static void
a_reply_is_for_the_phone_not_for_the_handle_that_asked(void **state)
{
	(void)state;
	two_worlds(&plain, story_other_handle);
}

static void
story_unicast(struct stage *s)
{
	struct io_handle *h = stage_udp(s, 67);

	stage_send_bytes(s, h, bootp(1, 0));
	stage_hear(s);
	assert_int_equal(s->packet[3], 0);
	stage_answer(s, 0, bootp(2, 0));
	stage_until(s, IO_PACKET);
}

static void
unicast_dhcp_goes_past_the_relay_agent(void **state)
{
	(void)state;
	two_worlds(&plain, story_unicast);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stream_comes_up_and_carries_bytes_both_ways),
		cmocka_unit_test(where_nobody_listens_a_stream_is_refused),
		cmocka_unit_test(a_server_that_closes_is_told_once_and_without_an_error),
		cmocka_unit_test(a_server_that_resets_is_told_as_that),
		cmocka_unit_test(much_in_one_call_is_taken_and_comes_back_whole),
		cmocka_unit_test(after_a_power_cut_nothing_is_told_and_nothing_opens),
		cmocka_unit_test(a_stream_is_not_asked_and_a_session_is_not_sent_to),
		cmocka_unit_test(datagrams_go_there_and_back_each_by_itself),
		cmocka_unit_test(a_closed_port_of_a_host_that_is_there_ends_the_socket),
		cmocka_unit_test(a_datagram_cannot_be_longer_than_ip_has_it),
		cmocka_unit_test(an_answer_to_a_closed_socket_is_lost),
		cmocka_unit_test(
		    the_relay_agent_fills_in_giaddr_and_hops_and_brings_replies_by_vlan),
		cmocka_unit_test(replies_of_no_use_reach_no_phone),
		cmocka_unit_test(
		    what_is_no_request_does_not_leave_nor_does_anything_in_a_vlan_that_is_not_there),
		cmocka_unit_test(a_reply_is_for_the_phone_not_for_the_handle_that_asked),
		cmocka_unit_test(unicast_dhcp_goes_past_the_relay_agent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
