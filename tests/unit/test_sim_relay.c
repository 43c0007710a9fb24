/* test_sim_relay.c - the simulated world as the phones' relay agent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "mem.h"
#include "sim_scene.h"

enum { GIADDR = 0x0a280002, GIADDR_200 = 0x0a280003, SIZE = 60 };

/* What the server got last. */
static uint8_t got[64];

static void
on_dhcp(void *arg, struct sim *sim, const struct sim_call *c)
{
	(void)sim;
	scene_hear(arg, c);
	if (c->deed != SIM_SENT)
		return;
	assert_true(c->bytes.n <= sizeof(got));
	memcpy(got, c->bytes.p, c->bytes.n);
	buf_clear(&((struct scene *)arg)->heard);
}

static void
scene_dhcp(struct scene *s, bool relays, size_t phones)
{
	scene_begin(s, true, phones);
	assert_int_equal(sim_listen_at(s->sim, SIM_DHCP, (struct io_addr){ SCENE_SERVER, 67 },
			     NULL, on_dhcp, s),
	    0);
	if (!relays)
		return;
	assert_int_equal(sim_relay(s->sim, 0, GIADDR), 0);
	assert_int_equal(sim_relay(s->sim, 200, GIADDR_200), 0);
}

static struct span
message(uint8_t op, uint8_t mac5)
{
	static uint8_t packet[SIZE];

	for (int i = 0; i < SIZE; i++)
		packet[i] = (uint8_t)i;
	packet[0] = op;
	packet[3] = 2;
	memcpy(packet + 28, (uint8_t[]){ 0, 4, 0xf2, 0x10, 0, mac5 }, 6);
	return (struct span){ packet, SIZE };
}

static struct io_handle *
open_in(struct scene *s, size_t phone, uint16_t vlan)
{
	struct io *io = s->phone[phone].io;
	struct io_handle *h = NULL;

	assert_int_equal(io->ops->dhcp(io, scene_owner(s, phone), vlan, &h), 0);
	return h;
}

static int
say(struct scene *s, struct io_handle *h, struct span bytes)
{
	return s->phone[0].io->ops->send(h, bytes);
}

static void
a_request_comes_from_the_relay_agent_with_giaddr_and_one_hop_more(void **state)
{
	struct scene s;

	(void)state;
	scene_dhcp(&s, true, 1);
	assert_int_equal(say(&s, open_in(&s, 0, 200), message(1, 0)), 0);
	assert_int_equal(s.last.vlan, 200);
	assert_int_equal(s.last.from.ip, GIADDR_200);
	assert_int_equal(s.last.from.port, 67);
	assert_int_equal(got[3], 3);
	assert_memory_equal(got + 24, ((uint8_t[]){ 10, 40, 0, 3 }), 4);
	got[3] = 2;
	memcpy(got + 24, message(1, 0).p + 24, 4);
	assert_memory_equal(got, message(1, 0).p, SIZE);
	assert_int_equal(say(&s, open_in(&s, 0, 0), message(1, 0)), 0);
	assert_int_equal(s.last.from.ip, GIADDR);
	scene_end(&s);
}

static void
without_a_relay_agent_the_server_gets_what_the_phone_wrote_in_any_vlan(void **state)
{
	struct scene s;

	(void)state;
	scene_dhcp(&s, false, 1);
	assert_int_equal(say(&s, open_in(&s, 0, 7), message(1, 0)), 0);
	assert_int_equal(s.last.vlan, 7);
	assert_memory_equal(got, message(1, 0).p, SIZE);
	/* And the handle gets whatever the server says, garbage too. */
	sim_packet(s.sim, s.last.h, 0, span_of("?"));
	scene_run(&s);
	assert_string_equal(scene_last(&s, 0)->text, "?");
	scene_end(&s);
}

static void
a_reply_goes_to_the_phone_whose_mac_it_names_whoever_asked(void **state)
{
	struct scene s;
	struct io_handle *asked;

	(void)state;
	scene_dhcp(&s, true, SCENE_PHONES);
	asked = open_in(&s, 0, 0);
	for (size_t i = 1; i < SCENE_PHONES; i++)
		open_in(&s, i, i == 5 ? 200 : 0);
	assert_int_equal(say(&s, asked, message(1, 0)), 0);
	for (uint8_t i = 0; i < SCENE_PHONES; i++)
		sim_packet(s.sim, asked, 10u * i, message(2, i));
	sim_packet(s.sim, asked, 0, message(2, 99));
	scene_run(&s);
	for (uint8_t i = 0; i < SCENE_PHONES; i++)
		assert_int_equal(s.phone[i].n, i == 5 ? 0 : 1);
	assert_int_equal(scene_last(&s, 7)->at_us, 70);
	scene_end(&s);
}

static void
every_handle_of_the_phone_in_that_vlan_hears_a_reply(void **state)
{
	struct scene s;
	struct io_handle *h[3];

	(void)state;
	scene_dhcp(&s, true, 1);
	for (int i = 0; i < 3; i++)
		h[i] = open_in(&s, 0, i == 2 ? 200 : 0);
	sim_packet(s.sim, h[0], 0, message(2, 0));
	scene_run(&s);
	assert_int_equal(s.phone[0].n, 2);
	assert_ptr_equal(s.phone[0].note[0].ev.h, h[0]);
	assert_ptr_equal(s.phone[0].note[1].ev.h, h[1]);
	scene_end(&s);
}

static void
close_others(struct scene_phone *p, const struct io_event *ev)
{
	(void)ev;
	io_scope_close(p->io, &p->scope);
	open_in(p->scene, 0, 0);
}

static void
one_that_is_closed_by_the_first_does_not_hear_it(void **state)
{
	struct scene s;
	struct io_handle *h;

	(void)state;
	scene_dhcp(&s, true, 1);
	h = open_in(&s, 0, 0);
	open_in(&s, 0, 0);
	s.phone[0].then = close_others;
	sim_packet(s.sim, h, 0, message(2, 0));
	scene_run(&s);
	assert_int_equal(s.phone[0].n, 1);
	scene_end(&s);
}

static void
what_is_no_bootp_reply_is_dropped_and_what_is_no_request_is_refused(void **state)
{
	static uint8_t long_one[4097] = { 1 };
	struct scene s;
	struct io_handle *h;

	(void)state;
	scene_dhcp(&s, true, 1);
	h = open_in(&s, 0, 0);
	sim_packet(s.sim, h, 0, message(1, 0));
	sim_packet(s.sim, h, 0, (struct span){ message(2, 0).p, 33 });
	sim_packet(s.sim, h, 0, (struct span){ NULL, 0 });
	scene_run(&s);
	assert_int_equal(s.phone[0].n, 0);
	sim_packet(s.sim, h, 0, (struct span){ message(2, 0).p, 34 });
	scene_run(&s);
	assert_int_equal(s.phone[0].n, 1);
	assert_int_equal(say(&s, h, message(2, 0)), -EINVAL);
	assert_int_equal(say(&s, h, (struct span){ message(1, 0).p, 33 }), -EINVAL);
	assert_int_equal(say(&s, h, (struct span){ long_one, sizeof(long_one) }), -EINVAL);
	assert_int_equal(
	    s.phone[0].io->ops->dhcp(s.phone[0].io, scene_owner(&s, 0), 7, &h), -EINVAL);
	scene_end(&s);
}

static void
a_reply_under_way_outlives_the_handle_and_finds_the_next(void **state)
{
	struct scene s;
	struct io_handle *h;

	(void)state;
	scene_dhcp(&s, true, 1);
	h = open_in(&s, 0, 0);
	sim_packet(s.sim, h, 100, message(2, 0));
	s.phone[0].io->ops->close(h);
	h = open_in(&s, 0, 0);
	scene_run(&s);
	assert_int_equal(s.phone[0].n, 1);
	assert_ptr_equal(scene_last(&s, 0)->ev.h, h);
	/* Switched off, it is not there to hear. */
	sim_packet(s.sim, h, 100, message(2, 0));
	s.phone[0].io->ops->power_cut(s.phone[0].io);
	scene_run(&s);
	assert_int_equal(s.phone[0].n, 1);
	scene_end(&s);
}

static void
a_phone_that_is_gone_is_found_no_more_and_the_others_still_are(void **state)
{
	enum { MANY = 500 };
	static struct io *many[MANY];
	static struct io_scope scopes[MANY];
	struct scene s;
	struct io_handle *h;

	(void)state;
	scene_dhcp(&s, true, 1);
	h = open_in(&s, 0, 0);
	for (uint32_t i = 1; i < MANY; i++) {
		const struct sim_phone_cfg cfg = { .index = i,
			.mac = { 0, 4, 0xf2, 0x10, (uint8_t)(i >> 8), (uint8_t)i } };
		struct io_owner me = scene_owner(&s, 0);
		struct io_handle *theirs;

		me.scope = &scopes[i];
		assert_int_equal(sim_phone_new(s.sim, &cfg, &many[i]), 0);
		assert_int_equal(many[i]->ops->dhcp(many[i], me, 0, &theirs), 0);
	}
	for (uint32_t i = 1; i < MANY; i += 2) {
		sim_phone_free(many[i]);
		many[i] = NULL;
	}
	for (uint32_t i = 1; i < MANY; i++) {
		uint8_t packet[SIZE];

		memcpy(packet, message(2, (uint8_t)i).p, SIZE);
		packet[32] = (uint8_t)(i >> 8);
		s.phone[0].n = 0;
		sim_packet(s.sim, h, 0, (struct span){ packet, SIZE });
		scene_run(&s);
		assert_int_equal(s.phone[0].n, many[i] != NULL ? 1 : 0);
	}
	for (uint32_t i = 1; i < MANY; i++)
		sim_phone_free(many[i]);
	scene_end(&s);
}

static void
other_senders_packets_do_not_reach_a_connected_socket(void **state)
{
	const struct io_addr dns = { SCENE_SERVER, 53 };
	struct io_handle *h;
	struct scene s;

	(void)state;
	scene_begin(&s, true, 1);
	h = scene_udp(&s, 0, dns);
	sim_packet_from(s.sim, h, (struct io_addr){ SCENE_SERVER, 54 }, 0, span_of("port"));
	sim_packet_from(s.sim, h, (struct io_addr){ SCENE_SERVER + 1, 53 }, 0, span_of("ip"));
	sim_packet_from(s.sim, h, dns, 0, span_of("the right one"));
	scene_run(&s);
	assert_int_equal(s.phone[0].n, 1);
	assert_string_equal(scene_last(&s, 0)->text, "the right one");
	scene_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_request_comes_from_the_relay_agent_with_giaddr_and_one_hop_more),
		cmocka_unit_test(
		    without_a_relay_agent_the_server_gets_what_the_phone_wrote_in_any_vlan),
		cmocka_unit_test(a_reply_goes_to_the_phone_whose_mac_it_names_whoever_asked),
		cmocka_unit_test(every_handle_of_the_phone_in_that_vlan_hears_a_reply),
		cmocka_unit_test(one_that_is_closed_by_the_first_does_not_hear_it),
		cmocka_unit_test(
		    what_is_no_bootp_reply_is_dropped_and_what_is_no_request_is_refused),
		cmocka_unit_test(a_reply_under_way_outlives_the_handle_and_finds_the_next),
		cmocka_unit_test(
		    a_phone_that_is_gone_is_found_no_more_and_the_others_still_are),
		cmocka_unit_test(other_senders_packets_do_not_reach_a_connected_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
