/* test_io_line.c - a phone's own line on real sockets: what is still under way when a handle is
 * closed, the power is cut, memory is short or the other end does not read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io_rig.h"
#include "io_shape.h"
#include "loop.h"
#include "mem.h"
#include "peer.h"

enum { MS = 1000, GIADDR = 0x7f010002, DHCP_N = 300 };

static const struct peer_cert pool = { .common_name = "pool.contoso.com" };
static struct io_port ports[] = { { 123, 0 }, { 67, 0 }, { 389, 0 }, { 5061, 0 }, { 88, 0 } };

struct fixture {
	struct rig rig;
	int grams, listener; /* of datagrams; of streams that nobody reads but the test */
	struct peer *plain, *tls;
};

static int
begin_over(void **state, struct io_link link)
{
	static struct fixture f;
	static const struct io_relay relays[] = { { 0, GIADDR } };
	struct io_world_cfg cfg = rig_cfg();
	long left = mem_fail_at(0); /* a world without memory is test_io_tcp's */

	memset(&f, 0, sizeof(f));
	f.grams = rig_listen(SOCK_DGRAM, &ports[0].real);
	ports[1].real = ports[0].real;
	f.plain = peer_new(NULL, &ports[2].real);
	f.tls = peer_new(&pool, &ports[3].real);
	f.listener = rig_listen(SOCK_STREAM, &ports[4].real);
	cfg.ports = ports;
	cfg.n_ports = 5;
	cfg.dhcp = IO_DHCP_RELAY;
	cfg.dhcp_server = 0x7f000001;
	cfg.relays = relays;
	cfg.n_relays = 1;
	rig_begin_over(&f.rig, &cfg, &link);
	(void)mem_fail_at(left);
	*state = &f;
	return 0;
}

static int
far_begin(void **state)
{
	return begin_over(state, (struct io_link){ .delay_us = 5 * MS });
}

/* Long enough to do something in between, on a busy machine too. */
static int
away_begin(void **state)
{
	return begin_over(state, (struct io_link){ .delay_us = 250 * MS });
}

/* 64 KiB take a fifth of a second. */
static int
thin_begin(void **state)
{
	return begin_over(state,
	    (struct io_link){
		.delay_us = MS, .up_per_s = 320 * 1024, .down_per_s = 320 * 1024 });
}

static int
bad_begin(void **state)
{
	return begin_over(state, (struct io_link){ .delay_us = MS, .loss = 0.1 });
}

static int
end(void **state)
{
	struct fixture *f = *state;

	rig_end(&f->rig);
	peer_free(f->plain);
	peer_free(f->tls);
	close(f->grams);
	close(f->listener);
	assert_int_equal(mem_out(), 0);
	return 0;
}

static int
keys_begin(void **state)
{
	(void)state;
	peer_keys();
	return 0;
}

static struct io_handle *
udp_to(struct fixture *f, uint16_t port)
{
	struct io_handle *h = NULL;

	assert_int_equal(f->rig.io->ops->udp(f->rig.io, rig_owner(&f->rig, 0),
			     (struct io_addr){ f->rig.server_ip, port }, &h),
	    0);
	return h;
}

static struct io_handle *
stream_to(struct fixture *f, uint16_t port)
{
	const struct io_stream_cfg cfg = { .to = { f->rig.server_ip, port },
		.tls = port == 5061,
		.name = "pool.contoso.com" };
	struct io_handle *h = NULL;

	assert_int_equal(f->rig.io->ops->stream(f->rig.io, rig_owner(&f->rig, 0), &cfg, &h), 0);
	return h;
}

static struct io_handle *
stream_up(struct fixture *f, uint16_t port)
{
	struct io_handle *h = stream_to(f, port);

	rig_until(&f->rig, f->rig.n + 1);
	assert_int_equal(f->rig.note[f->rig.n - 1].kind, IO_UP);
	return h;
}

static void
say(struct fixture *f, struct io_handle *h, const char *text)
{
	f->rig.inside = true;
	assert_int_equal(f->rig.io->ops->send(h, span_of(text)), 0);
	f->rig.inside = false;
}

/* Datagrams that have come to the server by now. */
static size_t
heard(struct fixture *f, struct sockaddr_in *from)
{
	uint8_t packet[2048];
	socklen_t len = sizeof(*from);
	size_t n = 0;

	while (recvfrom(f->grams, packet, sizeof(packet), MSG_DONTWAIT, (struct sockaddr *)from,
		   &len) > 0)
		n++;
	return n;
}

/* ---- datagrams ---- */

static void
given_a_closed_socket_what_it_has_sent_still_leaves(void **state)
{
	struct fixture *f = *state;
	struct io_handle *h = udp_to(f, 123);
	struct sockaddr_in from = { 0 };

	say(f, h, "one");
	say(f, h, "two");
	f->rig.io->ops->close(h);
	assert_int_equal(heard(f, &from), 0);
	rig_until_heard(&f->rig, f->grams);
	assert_int_equal(heard(f, &from), 2);
	/* Its answer is nobody's. */
	assert_int_equal(
	    sendto(f->grams, "late", 4, 0, (struct sockaddr *)&from, sizeof(from)), 4);
	rig_settle(&f->rig);
	assert_int_equal(f->rig.n, 0);
}

static void
given_a_close_the_answer_that_is_under_way_is_not_told(void **state)
{
	struct fixture *f = *state;
	struct io_handle *h = udp_to(f, 123);
	struct sockaddr_in from = { 0 };

	say(f, h, "who?");
	rig_until_heard(&f->rig, f->grams);
	(void)heard(f, &from);
	assert_int_equal(
	    sendto(f->grams, "me", 2, 0, (struct sockaddr *)&from, sizeof(from)), 2);
	/* It is read, and held. */
	rig_settle(&f->rig);
	assert_int_equal(f->rig.n, 0);
	assert_int_equal(io_world_counts(f->rig.world)[IO_SVC_NTP].replies, 1);
	f->rig.io->ops->close(h);
	/* Nothing is left to wait for. */
	loop_run(f->rig.loop);
	assert_int_equal(f->rig.n, 0);
}

static void
given_a_power_cut_what_has_left_arrives_and_nothing_is_told(void **state)
{
	struct fixture *f = *state;
	struct io_handle *h = udp_to(f, 123);
	struct sockaddr_in from = { 0 };

	say(f, h, "good");
	say(f, h, "bye");
	f->rig.io->ops->power_cut(f->rig.io);
	assert_int_equal(heard(f, &from), 2);
	assert_null(f->rig.owner[0].scope.first);
	for (int i = 0; i < 4; i++)
		rig_settle(&f->rig);
	assert_int_equal(f->rig.n, 0);
}

static void
given_a_datagram_that_is_too_long_it_is_told_by_the_call(void **state)
{
	static uint8_t much[65508];
	struct fixture *f = *state;
	struct io_handle *h = udp_to(f, 123);

	assert_int_equal(
	    f->rig.io->ops->send(h, (struct span){ much, sizeof(much) }), -EMSGSIZE);
}

/* A RELEASE is sent, and its handle closed at once: the loop has still to wait for it. */
static void
given_a_closed_dhcp_handle_the_loop_waits_until_its_last_word_has_left(void **state)
{
	struct fixture *f = *state;
	uint8_t release[DHCP_N] = { 1, 1, 6, 0 };
	struct sockaddr_in from = { 0 };
	struct io_handle *h = NULL;

	memcpy(release + 28, (uint8_t[]){ 0, 4, 0xf2, 0x10, 0, 0 }, 6);
	assert_int_equal(f->rig.io->ops->dhcp(f->rig.io, rig_owner(&f->rig, 0), 0, &h), 0);
	assert_int_equal(f->rig.io->ops->send(h, (struct span){ release, sizeof(release) }), 0);
	f->rig.io->ops->close(h);
	assert_int_equal(heard(f, &from), 0);
	/* No guard is set: it returns when nothing is left to wait for. */
	loop_run(f->rig.loop);
	assert_int_equal(heard(f, &from), 1);
	assert_int_equal(ntohl(from.sin_addr.s_addr), GIADDR);
	assert_int_equal(io_world_counts(f->rig.world)[IO_SVC_DHCP].requests, 1);
}

static void
given_no_memory_a_packet_is_refused_and_an_answer_comes_at_once(void **state)
{
	struct fixture *f = *state;
	struct io_handle *h = udp_to(f, 123);
	struct sockaddr_in from = { 0 };

	mem_fail_at(1);
	assert_int_equal(f->rig.io->ops->send(h, span_of("lost")), -ENOMEM);
	say(f, h, "who?");
	rig_until_heard(&f->rig, f->grams);
	(void)heard(f, &from);
	assert_int_equal(
	    sendto(f->grams, "me", 2, 0, (struct sockaddr *)&from, sizeof(from)), 2);
	mem_fail_at(1);
	rig_until(&f->rig, 1);
	mem_fail_at(0);
	assert_string_equal(f->rig.note[0].text, "me");
}

/* ---- streams ---- */

static void
given_a_close_all_that_was_said_arrives_and_then_the_end(void **state)
{
	static uint8_t much[60000];
	struct fixture *f = *state;
	struct io_handle *h = stream_up(f, 389);

	memset(much, 'x', sizeof(much));
	assert_int_equal(f->rig.io->ops->send(h, (struct span){ much, sizeof(much) }), 0);
	f->rig.io->ops->close(h);
	assert_int_equal(atomic_load(&peer_seen(f->plain)->bytes), 0);
	rig_until_counted(&f->rig, &peer_seen(f->plain)->bytes, sizeof(much));
	rig_until_counted(&f->rig, &peer_seen(f->plain)->orderly, 1);
	assert_int_equal(f->rig.n, 1);
}

static void
given_a_close_over_tls_the_server_sees_an_orderly_end(void **state)
{
	struct fixture *f = *state;
	struct io_handle *h;

	assert_int_equal(f->rig.io->ops->trust(f->rig.io, peer_root(f->tls)), 0);
	h = stream_up(f, 5061);
	say(f, h, "hello");
	f->rig.io->ops->close(h);
	rig_until_counted(&f->rig, &peer_seen(f->tls)->bytes, 5);
	rig_until_counted(&f->rig, &peer_seen(f->tls)->orderly, 1);
}

static void
given_a_close_before_the_syn_has_come_no_server_hears_of_it(void **state)
{
	struct fixture *f = *state;

	f->rig.io->ops->close(stream_to(f, 389));
	(void)stream_to(f, 389);
	f->rig.io->ops->power_cut(f->rig.io);
	for (int i = 0; i < 6; i++)
		rig_settle(&f->rig);
	assert_int_equal(atomic_load(&peer_seen(f->plain)->connections), 0);
	assert_int_equal(f->rig.n, 0);
}

static void
given_a_close_while_the_answer_to_the_syn_comes_the_server_sees_the_end(void **state)
{
	struct fixture *f = *state;
	struct io_handle *h = stream_to(f, 389);

	rig_until_counted(&f->rig, &peer_seen(f->plain)->connections, 1);
	assert_int_equal(f->rig.n, 0);
	f->rig.io->ops->close(h);
	rig_until_counted(&f->rig, &peer_seen(f->plain)->orderly, 1);
	assert_int_equal(f->rig.n, 0);
}

static void
given_a_power_cut_with_bytes_under_way_the_server_sees_a_reset(void **state)
{
	static uint8_t much[60000];
	struct fixture *f = *state;
	struct io_handle *h = stream_up(f, 389);

	assert_int_equal(f->rig.io->ops->send(h, (struct span){ much, sizeof(much) }), 0);
	f->rig.io->ops->power_cut(f->rig.io);
	rig_until_counted(&f->rig, &peer_seen(f->plain)->resets, 1);
	assert_true(atomic_load(&peer_seen(f->plain)->bytes) < (int)sizeof(much));
	assert_int_equal(f->rig.n, 1);
}

/* Whoever is told that it failed may not leave the server in the dark. */
static void
given_an_unknown_root_the_alert_leaves_before_the_end(void **state)
{
	struct fixture *f = *state;

	(void)stream_to(f, 5061);
	rig_until(&f->rig, 1);
	assert_int_equal(f->rig.note[0].err, -EPROTO);
	assert_int_equal(f->rig.note[0].tls.alert_sent, 48);
	rig_until_counted(&f->rig, &peer_seen(f->tls)->alert, 48);
}

/* Bytes that came back for this handle. */
static size_t
echoed(const struct fixture *f, const struct io_handle *h)
{
	size_t n = 0;

	for (size_t i = 0; i < f->rig.n; i++) {
		/* Nothing more would come. */
		assert_int_not_equal(f->rig.note[i].kind, IO_DOWN);
		if (f->rig.note[i].h == h && f->rig.note[i].kind == IO_BYTES)
			n += f->rig.note[i].n;
	}
	return n;
}

static void
given_two_uploads_they_take_turns_and_both_arrive(void **state)
{
	static uint8_t much[50000];
	struct fixture *f = *state;
	struct io_handle *a = stream_up(f, 389), *b = stream_up(f, 389);
	size_t of_the_other;

	memset(much, 'x', sizeof(much));
	assert_int_equal(f->rig.io->ops->send(a, (struct span){ much, sizeof(much) }), 0);
	assert_int_equal(f->rig.io->ops->send(b, (struct span){ much, sizeof(much) }), 0);
	while (echoed(f, a) < sizeof(much) && echoed(f, b) < sizeof(much))
		rig_until(&f->rig, f->rig.n + 1);
	of_the_other = echoed(f, a) < echoed(f, b) ? echoed(f, a) : echoed(f, b);
	/* Who came first had an empty wire, but not for ever. */
	assert_true(of_the_other > 0);
	while (echoed(f, a) + echoed(f, b) < 2 * sizeof(much))
		rig_until(&f->rig, f->rig.n + 1);
}

static int
accepted(struct fixture *f)
{
	int fd;

	rig_until_heard(&f->rig, f->listener);
	fd = accept4(f->listener, NULL, NULL, SOCK_NONBLOCK);
	assert_true(fd >= 0);
	return fd;
}

/* The server's own socket is full: what has come over the line waits before it. */
static void
given_a_server_that_does_not_read_all_comes_when_it_does(void **state)
{
	enum { ONCE = 40000, MUCH = 6000000 };
	static uint8_t some[ONCE];
	struct fixture *f = *state;
	struct io_handle *h = stream_to(f, 88);
	int fd = accepted(f), rc;
	size_t sent = 0, got = 0;

	rig_until(&f->rig, 1);
	/* Until the phone is held back. */
	while (
	    (rc = f->rig.io->ops->send(h, (struct span){ some, ONCE })) == 0 && sent < MUCH) {
		sent += ONCE;
		rig_settle(&f->rig);
	}
	f->rig.io->ops->close(h);
	for (ssize_t n = -1; n != 0;) {
		n = recv(fd, some, sizeof(some), 0);
		if (n > 0)
			got += (size_t)n;
		else
			rig_settle(&f->rig);
	}
	assert_int_equal(got, sent);
	close(fd);
}

/* It is held back by its own TCP: a window, and what the kernels keep between. */
static void
given_a_phone_far_away_a_server_cannot_send_more_than_a_window(void **state)
{
	enum { MOST = 8 * 1024 * 1024 };
	static uint8_t some[65536];
	struct fixture *f = *state;
	size_t sent = 0;
	int fd, small = 65536;
	ssize_t n;

	(void)stream_to(f, 88);
	fd = accepted(f);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	rig_until(&f->rig, 1);
	/* Nobody runs the phone's loop. */
	while ((n = send(fd, some, sizeof(some), MSG_NOSIGNAL)) > 0 && sent < MOST)
		sent += (size_t)n;
	assert_true(sent < 1024 * 1024);
	close(fd);
	while (f->rig.note[f->rig.n - 1].kind != IO_DOWN) {
		f->rig.n = f->rig.n > RIG_NOTES / 2 ? 0 : f->rig.n;
		rig_until(&f->rig, f->rig.n + 1);
	}
}

static void
given_loss_tls_comes_up_and_carries_what_is_said(void **state)
{
	struct fixture *f = *state;
	struct io_handle *h;

	assert_int_equal(f->rig.io->ops->trust(f->rig.io, peer_root(f->tls)), 0);
	h = stream_up(f, 5061);
	for (int i = 0; i < 5; i++) {
		say(f, h, "hello");
		rig_until(&f->rig, f->rig.n + 1);
		assert_string_equal(f->rig.note[f->rig.n - 1].text, "hello");
	}
}

/* ---- making ---- */

static void
given_no_memory_for_a_line_there_is_no_phone(void **state)
{
	const struct io_link far = { .delay_us = 5 * MS };
	const struct io_phone_cfg cfg = { .index = 5, .link = &far };
	struct fixture *f = *state;
	struct io *io = NULL;
	int rc = -ENOMEM;

	for (long n = 1; rc != 0; n++) {
		mem_fail_at(n);
		rc = io_phone_new(f->rig.world, &cfg, &io);
		mem_fail_at(0);
		assert_true(rc == 0 || (rc == -ENOMEM && io == NULL));
	}
	io_phone_free(io);
}

#define FAR_TEST(f) cmocka_unit_test_setup_teardown(f, far_begin, end)
#define AWAY_TEST(f) cmocka_unit_test_setup_teardown(f, away_begin, end)
#define THIN_TEST(f) cmocka_unit_test_setup_teardown(f, thin_begin, end)
#define BAD_TEST(f) cmocka_unit_test_setup_teardown(f, bad_begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FAR_TEST(given_a_closed_socket_what_it_has_sent_still_leaves),
		AWAY_TEST(given_a_close_the_answer_that_is_under_way_is_not_told),
		FAR_TEST(given_a_power_cut_what_has_left_arrives_and_nothing_is_told),
		FAR_TEST(given_a_datagram_that_is_too_long_it_is_told_by_the_call),
		FAR_TEST(
		    given_a_closed_dhcp_handle_the_loop_waits_until_its_last_word_has_left),
		FAR_TEST(given_no_memory_a_packet_is_refused_and_an_answer_comes_at_once),
		THIN_TEST(given_a_close_all_that_was_said_arrives_and_then_the_end),
		FAR_TEST(given_a_close_over_tls_the_server_sees_an_orderly_end),
		FAR_TEST(given_a_close_before_the_syn_has_come_no_server_hears_of_it),
		AWAY_TEST(
		    given_a_close_while_the_answer_to_the_syn_comes_the_server_sees_the_end),
		THIN_TEST(given_a_power_cut_with_bytes_under_way_the_server_sees_a_reset),
		FAR_TEST(given_an_unknown_root_the_alert_leaves_before_the_end),
		THIN_TEST(given_two_uploads_they_take_turns_and_both_arrive),
		FAR_TEST(given_a_server_that_does_not_read_all_comes_when_it_does),
		FAR_TEST(given_a_phone_far_away_a_server_cannot_send_more_than_a_window),
		BAD_TEST(given_loss_tls_comes_up_and_carries_what_is_said),
		FAR_TEST(given_no_memory_for_a_line_there_is_no_phone),
	};

	return cmocka_run_group_tests_name("io_line", tests, keys_begin, NULL);
}
