/* test_io_udp.c - what all handles share, shown with alarms and datagrams on loopback. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io_rig.h"
#include "mem.h"

static struct io_port ports[] = { { 123, 0 }, { 67, 0 }, { 53, 0 } };

struct fixture {
	struct rig rig;
	int server, closed_fd;
};

static int
fixture_begin_over(void **state, const struct io_link *link)
{
	static struct fixture f;
	struct io_world_cfg cfg = rig_cfg();

	f.server = rig_listen(SOCK_DGRAM, &ports[0].real);
	f.closed_fd = rig_listen(SOCK_DGRAM, &ports[2].real);
	close(f.closed_fd);
	ports[1].real = ports[0].real;
	cfg.ports = ports;
	cfg.n_ports = 3;
	rig_begin_over(&f.rig, &cfg, link);
	*state = &f;
	return 0;
}

static int
fixture_begin(void **state)
{
	return fixture_begin_over(state, NULL);
}

static int
fixture_over(void **state)
{
	return fixture_begin_over(state, &rig_near);
}

static int
fixture_end(void **state)
{
	struct fixture *f = *state;

	close(f->server);
	rig_end(&f->rig);
	assert_int_equal(mem_out(), 0);
	return 0;
}

static struct io_handle *
udp_to(struct fixture *f, int who, uint16_t port)
{
	struct rig *rig = &f->rig;
	struct io_handle *h = NULL;

	assert_int_equal(rig->io->ops->udp(rig->io, rig_owner(rig, who),
			     (struct io_addr){ rig->server_ip, port }, &h),
	    0);
	return h;
}

static void
say(struct rig *rig, struct io_handle *h, const char *text)
{
	rig->inside = true;
	assert_int_equal(rig->io->ops->send(h, span_of(text)), 0);
	rig->inside = false;
}

/* The server reads one packet, blocking, and answers it so many times. */
static struct sockaddr_in
server_answers(struct fixture *f, const char *text, int times)
{
	struct sockaddr_in from = { 0 };
	socklen_t len = sizeof(from);
	char packet[64];

	rig_until_heard(&f->rig, f->server);
	assert_true(
	    recvfrom(f->server, packet, sizeof(packet), 0, (struct sockaddr *)&from, &len) > 0);
	while (times-- > 0)
		assert_true(sendto(f->server, text, strlen(text), 0, (struct sockaddr *)&from,
				sizeof(from)) > 0);
	return from;
}

static void
given_a_server_the_packet_comes_from_the_phones_address(void **state)
{
	struct fixture *f = *state;
	struct io_handle *h = udp_to(f, 0, 123);
	struct sockaddr_in from;

	say(&f->rig, h, "what time?");
	from = server_answers(f, "noon", 1);
	assert_int_equal(ntohl(from.sin_addr.s_addr), 0x7f2a0001);
	rig_until(&f->rig, 1);
	assert_int_equal(f->rig.note[0].kind, IO_PACKET);
	assert_string_equal(f->rig.note[0].text, "noon");
	assert_int_equal(io_world_counts(f->rig.world)[IO_SVC_NTP].requests, 1);
	assert_int_equal(io_world_counts(f->rig.world)[IO_SVC_NTP].replies, 1);
	assert_int_equal(io_world_counts(f->rig.world)[IO_SVC_NTP].bytes_out, 10);
	assert_int_equal(io_world_counts(f->rig.world)[IO_SVC_NTP].bytes_in, 4);
}

static void
given_port_67_it_leaves_from_the_clients_port_one_above(void **state)
{
	struct fixture *f = *state;
	struct sockaddr_in from;

	say(&f->rig, udp_to(f, 0, 67), "renew");
	from = server_answers(f, "ack", 0);
	assert_int_equal(ntohs(from.sin_port), ports[1].real + 1);
}

static void
given_a_stranger_its_packets_are_dropped(void **state)
{
	struct fixture *f = *state;
	struct io_handle *h = udp_to(f, 0, 123);
	uint16_t port;
	int stranger = rig_listen(SOCK_DGRAM, &port);
	struct sockaddr_in phone;

	say(&f->rig, h, "what time?");
	phone = server_answers(f, "noon", 0);
	assert_true(sendto(stranger, "3", 1, 0, (struct sockaddr *)&phone, sizeof(phone)) > 0);
	assert_true(
	    sendto(f->server, "12", 2, 0, (struct sockaddr *)&phone, sizeof(phone)) > 0);
	rig_until(&f->rig, 1);
	rig_settle(&f->rig);
	assert_int_equal(f->rig.n, 1);
	assert_string_equal(f->rig.note[0].text, "12");
	close(stranger);
}

static void
given_a_closed_port_it_is_down_refused_and_never_by_the_call(void **state)
{
	struct fixture *f = *state;
	struct io_handle *h = udp_to(f, 0, 53);

	say(&f->rig, h, "one");
	say(&f->rig, h, "two");
	assert_int_equal(f->rig.n, 0);
	rig_until(&f->rig, 1);
	assert_int_equal(f->rig.note[0].kind, IO_DOWN);
	assert_int_equal(f->rig.note[0].err, -ECONNREFUSED);
	assert_int_equal(f->rig.io->ops->send(h, span_of("three")), -ENOTCONN);
	rig_settle(&f->rig);
	assert_int_equal(f->rig.n, 1);
}

static void
given_an_address_not_allowed_nothing_is_opened(void **state)
{
	struct fixture *f = *state;
	struct io_handle *h = (struct io_handle *)&f->rig;

	assert_int_equal(f->rig.io->ops->udp(f->rig.io, rig_owner(&f->rig, 0),
			     (struct io_addr){ 0x08080808, 53 }, &h),
	    -EPERM);
	assert_ptr_equal(h, &f->rig);
	assert_null(f->rig.owner[0].scope.first);
}

static void
given_no_address_only_alarms_open(void **state)
{
	struct fixture *f = *state;
	struct io *io = f->rig.io;
	struct io_handle *h = NULL;
	struct io_addr to = { 0x7f000001, 123 };
	struct io_stream_cfg stream = { .to = to };

	assert_int_equal(io->ops->address(io, 0, 0), 0);
	assert_int_equal(io->ops->udp(io, rig_owner(&f->rig, 0), to, &h), -EADDRNOTAVAIL);
	assert_int_equal(
	    io->ops->stream(io, rig_owner(&f->rig, 0), &stream, &h), -EADDRNOTAVAIL);
	assert_int_equal(io->ops->http(io, rig_owner(&f->rig, 0), &stream, &h), -EADDRNOTAVAIL);
	assert_null(h);
	assert_int_equal(io->ops->alarm(io, rig_owner(&f->rig, 0), &h), 0);
}

static void
given_a_handle_waiting_packets_go_to_its_new_owner(void **state)
{
	struct fixture *f = *state;
	struct io_handle *h = udp_to(f, 0, 123);

	say(&f->rig, h, "what time?");
	server_answers(f, "noon", 2);
	f->rig.io->ops->give(h, rig_owner(&f->rig, 1));
	assert_null(f->rig.owner[0].scope.first);
	assert_ptr_equal(f->rig.owner[1].scope.first, h);
	rig_until(&f->rig, 2);
	assert_int_equal(f->rig.note[0].who, 1);
	assert_int_equal(f->rig.note[1].who, 1);
}

static void
close_it(struct rig *rig, const struct io_event *ev)
{
	rig->io->ops->close(ev->h);
}

static void
given_a_close_inside_its_own_event_nothing_more_comes(void **state)
{
	struct fixture *f = *state;
	struct io_handle *h = udp_to(f, 0, 123);

	f->rig.owner[0].then = close_it;
	say(&f->rig, h, "what time?");
	server_answers(f, "noon", 3);
	rig_until(&f->rig, 1);
	rig_settle(&f->rig);
	assert_int_equal(f->rig.n, 1);
	assert_null(f->rig.owner[0].scope.first);
}

static void
close_scope_1(struct rig *rig, const struct io_event *ev)
{
	(void)ev;
	io_scope_close(rig->io, &rig->owner[1].scope);
}

/* Both sockets are ready in the same turn; whichever comes first closes the other. */
static void
given_a_scope_closed_by_a_neighbours_event_it_is_silent(void **state)
{
	struct fixture *f = *state;
	struct io_handle *first = udp_to(f, 0, 123);

	f->rig.owner[0].then = close_scope_1;
	say(&f->rig, first, "a");
	for (int i = 0; i < 3; i++)
		say(&f->rig, udp_to(f, 1, 123), "b");
	rig_until_heard(&f->rig, f->server);
	for (int i = 0; i < 4; i++)
		server_answers(f, "1", 1);
	rig_until(&f->rig, 1);
	rig_settle(&f->rig);
	assert_int_equal(f->rig.n, 1);
	assert_null(f->rig.owner[1].scope.first);
}

static struct io_handle *
alarm_of(struct rig *rig, int who, uint64_t after_us)
{
	struct io_handle *h = NULL;

	assert_int_equal(rig->io->ops->alarm(rig->io, rig_owner(rig, who), &h), 0);
	rig->io->ops->alarm_set(h, after_us);
	return h;
}

static void
given_alarms_they_ring_in_the_order_they_are_due(void **state)
{
	struct fixture *f = *state;
	static const uint64_t after_us[] = { 5000, 1000, 9000, 3000, 7000, 0 };
	struct io_handle *h[6];

	for (int i = 0; i < 6; i++)
		h[i] = alarm_of(&f->rig, 0, after_us[i]);
	f->rig.io->ops->alarm_set(h[1], 11000);
	f->rig.io->ops->close(h[4]);
	assert_int_equal(f->rig.n, 0);
	rig_until(&f->rig, 5);
	assert_ptr_equal(f->rig.note[0].h, h[5]);
	assert_ptr_equal(f->rig.note[1].h, h[3]);
	assert_ptr_equal(f->rig.note[2].h, h[0]);
	assert_ptr_equal(f->rig.note[3].h, h[2]);
	assert_ptr_equal(f->rig.note[4].h, h[1]);
}

static void
given_many_alarms_none_is_lost_and_none_is_early(void **state)
{
	struct fixture *f = *state;
	uint64_t start_us = f->rig.io->ops->now_us(f->rig.io);

	for (unsigned i = 0; i < 200; i++)
		alarm_of(&f->rig, 0, 1000 + i * 7919 % 20000);
	rig_until(&f->rig, 200);
	assert_true(f->rig.io->ops->now_us(f->rig.io) >= start_us + 20000);
}

static void
set_again(struct rig *rig, const struct io_event *ev)
{
	if (rig->n < 3)
		rig->io->ops->alarm_set(ev->h, 0);
}

static void
given_an_alarm_set_in_its_own_event_it_rings_again(void **state)
{
	struct fixture *f = *state;

	f->rig.owner[0].then = set_again;
	alarm_of(&f->rig, 0, 0);
	rig_until(&f->rig, 3);
	rig_settle(&f->rig);
	assert_int_equal(f->rig.n, 3);
}

static void
cut_power(struct rig *rig, const struct io_event *ev)
{
	(void)ev;
	rig->io->ops->power_cut(rig->io);
}

static void
given_a_power_cut_inside_an_event_all_is_silent_and_closed(void **state)
{
	struct fixture *f = *state;
	struct io_handle *h = NULL;

	say(&f->rig, udp_to(f, 1, 123), "b");
	server_answers(f, "2", 1);
	alarm_of(&f->rig, 2, 1000);
	f->rig.owner[0].then = cut_power;
	f->rig.owner[1].then = cut_power;
	alarm_of(&f->rig, 0, 0);
	rig_until(&f->rig, 1);
	rig_settle(&f->rig);
	assert_int_equal(f->rig.n, 1);
	for (int i = 0; i < 3; i++)
		assert_null(f->rig.owner[i].scope.first);
	assert_int_equal(f->rig.io->ops->udp(f->rig.io, rig_owner(&f->rig, 0),
			     (struct io_addr){ 0x7f000001, 123 }, &h),
	    -EADDRNOTAVAIL);
}

static void
given_no_memory_at_any_place_opening_says_so_and_leaks_nothing(void **state)
{
	struct fixture *f = *state;
	struct io *io = f->rig.io;
	struct io_addr to = { 0x7f000001, 123 };

	for (long n = 1; n < 8; n++) {
		struct io_handle *h = NULL;
		int rc;

		mem_fail_at(n);
		rc = io->ops->udp(io, rig_owner(&f->rig, 0), to, &h);
		if (rc == 0)
			rc = io->ops->alarm(io, rig_owner(&f->rig, 0), &h);
		mem_fail_at(0);
		assert_true(rc == 0 || rc == -ENOMEM);
		io_scope_close(io, &f->rig.owner[0].scope);
	}
}

static void
given_the_same_seed_chance_repeats(void **state)
{
	struct fixture *f = *state;
	struct io *a, *b, *c;

	assert_int_equal(
	    io_phone_new(f->rig.world, &(struct io_phone_cfg){ .index = 3, .seed = 7 }, &a), 0);
	assert_int_equal(
	    io_phone_new(f->rig.world, &(struct io_phone_cfg){ .index = 4, .seed = 7 }, &c), 0);
	uint32_t first = a->ops->random(a), second = a->ops->random(a);
	io_phone_free(a);
	assert_int_equal(
	    io_phone_new(f->rig.world, &(struct io_phone_cfg){ .index = 3, .seed = 7 }, &b), 0);
	assert_int_equal(b->ops->random(b), first);
	assert_int_equal(b->ops->random(b), second);
	assert_int_not_equal(c->ops->random(c), first);
	io_phone_free(b);
	io_phone_free(c);
	io_phone_free(NULL);
}

#define UDP_TEST(f) cmocka_unit_test_setup_teardown(f, fixture_begin, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UDP_TEST(given_a_server_the_packet_comes_from_the_phones_address),
		UDP_TEST(given_port_67_it_leaves_from_the_clients_port_one_above),
		UDP_TEST(given_a_stranger_its_packets_are_dropped),
		UDP_TEST(given_a_closed_port_it_is_down_refused_and_never_by_the_call),
		UDP_TEST(given_an_address_not_allowed_nothing_is_opened),
		UDP_TEST(given_no_address_only_alarms_open),
		UDP_TEST(given_a_handle_waiting_packets_go_to_its_new_owner),
		UDP_TEST(given_a_close_inside_its_own_event_nothing_more_comes),
		UDP_TEST(given_a_scope_closed_by_a_neighbours_event_it_is_silent),
		UDP_TEST(given_alarms_they_ring_in_the_order_they_are_due),
		UDP_TEST(given_many_alarms_none_is_lost_and_none_is_early),
		UDP_TEST(given_an_alarm_set_in_its_own_event_it_rings_again),
		UDP_TEST(given_a_power_cut_inside_an_event_all_is_silent_and_closed),
		UDP_TEST(given_no_memory_at_any_place_opening_says_so_and_leaks_nothing),
		UDP_TEST(given_the_same_seed_chance_repeats),
	};

	return rig_run_tests(
	    "io_udp", tests, sizeof(tests) / sizeof(tests[0]), NULL, fixture_over);
}
