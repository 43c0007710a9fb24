/* test_sim_listen.c - servers with addresses: who hears what, and what he is told of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "mem.h"
#include "sim_scene.h"

static const struct io_addr dns = { SCENE_SERVER, 53 }, ldap = { SCENE_SERVER, 389 },
			    web = { SCENE_SERVER, 80 };

static void
listen_at(struct scene *s, enum sim_type type, struct io_addr at)
{
	assert_int_equal(sim_listen_at(s->sim, type, at, NULL, scene_on_call, s), 0);
}

/* ---- who listens ---- */

static void
the_server_with_the_address_hears_before_those_at_any(void **state)
{
	struct scene s, any = { .sim = NULL };
	struct io_handle *h, *other;

	(void)state;
	scene_begin(&s, true, 1);
	any.sim = s.sim;
	listen_at(&s, SIM_STREAM, ldap);
	sim_listen(s.sim, SIM_STREAM, 0, scene_on_call, &any);
	h = scene_stream(&s, 0, ldap);
	other = scene_stream(&s, 0, (struct io_addr){ SCENE_SERVER + 1, 389 });
	assert_string_equal(scene_heard(&s), "opened");
	assert_string_equal(scene_heard(&any), "opened");
	assert_ptr_equal(s.last.h, h);
	assert_ptr_equal(any.last.h, other);
	assert_int_equal(
	    sim_listen_at(s.sim, SIM_STREAM, ldap, NULL, scene_on_call, &s), -EADDRINUSE);
	/* The same port for another kind is another server. */
	listen_at(&s, SIM_UDP, ldap);
	sim_unlisten(s.sim, &any);
	buf_done(&any.heard);
	scene_end(&s);
}

static void
a_hundred_servers_are_told_apart(void **state)
{
	static struct scene servers[100];
	struct scene s;

	(void)state;
	scene_begin(&s, false, 1);
	memset(servers, 0, sizeof(servers));
	for (uint16_t i = 0; i < 100; i++) {
		const struct io_addr at = { SCENE_SERVER + i % 10u, (uint16_t)(1000 + i) };

		servers[i].sim = s.sim;
		assert_int_equal(
		    sim_listen_at(s.sim, SIM_UDP, at, NULL, scene_on_call, &servers[i]), 0);
	}
	for (uint16_t i = 0; i < 100; i++) {
		const struct io_addr at = { SCENE_SERVER + i % 10u, (uint16_t)(1000 + i) };
		struct io_handle *h = scene_udp(&s, 0, at);

		s.phone[0].io->ops->send(h, span_of("hello"));
		assert_string_equal(scene_heard(&servers[i]), "sent:hello");
		s.phone[0].io->ops->close(h);
		assert_string_equal(scene_heard(&servers[i]), "closed");
		buf_done(&servers[i].heard);
	}
	scene_end(&s);
}

static void
no_memory_to_listen_with_leaves_the_others_as_they_were(void **state)
{
	struct scene s;
	int rc = -ENOMEM, n = 0;

	(void)state;
	scene_begin(&s, false, 1);
	for (; rc == -ENOMEM; n++) {
		mem_fail_at(n + 1);
		rc = sim_listen_at(s.sim, SIM_STREAM, ldap, NULL, scene_on_call, &s);
	}
	mem_fail_at(0);
	assert_int_equal(rc, 0);
	assert_true(n > 1);
	scene_stream(&s, 0, ldap);
	assert_string_equal(scene_heard(&s), "opened");
	mem_fail_at(1);
	assert_int_equal(sim_relay(s.sim, 0, 1), -ENOMEM);
	mem_fail_at(0);
	scene_end(&s);
}

static void
once_hosts_are_known_another_address_is_nobodys(void **state)
{
	const struct io_addr nobody = { SCENE_SERVER + 1, 389 };
	struct io_handle *h;
	struct scene s;

	(void)state;
	scene_begin(&s, true, 1);
	listen_at(&s, SIM_STREAM, ldap);
	scene_stream(&s, 0, nobody);
	h = scene_udp(&s, 0, nobody);
	s.phone[0].io->ops->send(h, span_of("anybody?"));
	scene_run(&s);
	assert_int_equal(s.phone[0].n, 1);
	assert_int_equal(s.phone[0].note[0].ev.err, -EHOSTUNREACH);
	assert_int_equal(s.phone[0].note[0].at_us, 3000000);
	scene_end(&s);
}

static void
without_hosts_a_datagram_to_nobody_is_silence(void **state)
{
	struct io_handle *h;
	struct scene s;

	(void)state;
	scene_begin(&s, true, 1);
	h = scene_udp(&s, 0, dns);
	s.phone[0].io->ops->send(h, span_of("anybody?"));
	scene_run(&s);
	assert_int_equal(s.phone[0].n, 0);
	scene_end(&s);
}

static void
who_listens_no_more_is_told_nothing_more(void **state)
{
	struct io_handle *h, *next;
	struct scene s;

	(void)state;
	scene_begin(&s, true, 1);
	listen_at(&s, SIM_STREAM, ldap);
	sim_listen(s.sim, SIM_UDP, 53, scene_on_call, &s);
	h = scene_stream(&s, 0, ldap);
	sim_up(s.sim, h, 10, NULL);
	scene_run(&s);
	sim_unlisten(s.sim, &s);
	(void)scene_heard(&s);
	s.phone[0].io->ops->send(h, span_of("hello"));
	s.phone[0].io->ops->close(h);
	/* The host is still there, its port is closed. */
	next = scene_stream(&s, 0, ldap);
	scene_run(&s);
	assert_string_equal(scene_heard(&s), "");
	assert_int_equal(scene_last(&s, 0)->ev.err, -ECONNREFUSED);
	assert_ptr_equal(scene_last(&s, 0)->ev.h, next);
	/* It may be listened to again. */
	listen_at(&s, SIM_STREAM, ldap);
	scene_stream(&s, 0, ldap);
	assert_string_equal(scene_heard(&s), "opened");
	scene_end(&s);
}

/* ---- what a listener is told ---- */

static void
the_end_of_each_connection_is_told_once(void **state)
{
	struct io_handle *h;
	struct scene s;

	(void)state;
	scene_begin(&s, false, 1);
	listen_at(&s, SIM_STREAM, ldap);
	listen_at(&s, SIM_HTTP, web);
	h = scene_stream(&s, 0, ldap);
	sim_up(s.sim, h, 10, NULL);
	sim_down(s.sim, h, 20, 0, NULL);
	scene_run(&s);
	assert_string_equal(scene_heard(&s), "opened");
	s.phone[0].io->ops->close(h);
	assert_string_equal(scene_heard(&s), "closed");
	h = scene_http(&s, 0, web);
	assert_string_equal(scene_heard(&s), "opened");
	s.phone[0].io->ops->power_cut(s.phone[0].io);
	assert_string_equal(scene_heard(&s), "cut");
	scene_end(&s);
	(void)h;
}

static void
on_refused(void *arg, struct sim *sim, const struct sim_call *c)
{
	(void)arg, (void)sim, (void)c;
	fail();
}

static void
of_a_stream_that_was_refused_a_later_listener_hears_nothing(void **state)
{
	struct io_handle *h;
	struct scene s;

	(void)state;
	scene_begin(&s, true, 1);
	h = scene_stream(&s, 0, ldap);
	sim_listen(s.sim, SIM_STREAM, 389, on_refused, NULL);
	s.phone[0].io->ops->close(h);
	scene_end(&s);
}

static void
keeps_a_state(void *arg, struct sim *sim, const struct sim_call *c)
{
	(void)sim;
	if (c->deed == SIM_OPENED) {
		assert_null(sim_peer(c->h));
		sim_peer_set(c->h, arg);
	} else {
		assert_ptr_equal(sim_peer(c->h), arg);
		(*(int *)arg)++;
	}
}

static void
what_a_server_keeps_of_a_connection_is_there_to_its_end_and_not_in_the_next(void **state)
{
	struct scene s;
	int n = 0;

	(void)state;
	scene_begin(&s, false, 1);
	assert_int_equal(sim_listen_at(s.sim, SIM_STREAM, ldap, NULL, keeps_a_state, &n), 0);
	for (int i = 1; i <= 3; i++) {
		s.phone[0].io->ops->close(scene_stream(&s, 0, ldap));
		assert_int_equal(n, i);
	}
	scene_end(&s);
}

static void
a_call_says_who_where_and_when(void **state)
{
	struct io_handle *first, *second;
	struct scene s;

	(void)state;
	scene_begin(&s, true, 2);
	listen_at(&s, SIM_STREAM, ldap);
	listen_at(&s, SIM_UDP, (struct io_addr){ SCENE_SERVER, 67 });
	scene_alarm(&s, 0, 1000);
	scene_run(&s);
	first = scene_stream(&s, 1, ldap);
	assert_int_equal(s.last.deed, SIM_OPENED);
	assert_int_equal(s.last.type, SIM_STREAM);
	assert_ptr_equal(s.last.h, first);
	assert_int_equal(s.last.to.ip, SCENE_SERVER);
	assert_int_equal(s.last.to.port, 389);
	assert_int_equal(s.last.from.ip, SCENE_IP + 1);
	assert_int_equal(s.last.from.port, 49152);
	assert_int_equal(s.last.phone, 1);
	assert_true(s.last.wall_us == 1000000000001000);
	second = scene_stream(&s, 1, ldap);
	assert_int_equal(s.last.from.port, 49153);
	/* What the phone is told of where it leaves from is the same. */
	sim_up(s.sim, second, 5, NULL);
	scene_run(&s);
	assert_int_equal(scene_last(&s, 1)->ev.local.port, 49153);
	s.phone[0].io->ops->send(
	    scene_udp(&s, 0, (struct io_addr){ SCENE_SERVER, 67 }), span_of("renew"));
	assert_int_equal(s.last.from.port, 68);
	scene_end(&s);
}

static void
ports_of_a_phones_own_come_round(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, false, 1);
	listen_at(&s, SIM_STREAM, ldap);
	for (int i = 49152; i <= 65535; i++)
		s.phone[0].io->ops->close(scene_stream(&s, 0, ldap));
	assert_int_equal(s.last.from.port, 65535);
	s.phone[0].io->ops->close(scene_stream(&s, 0, ldap));
	assert_int_equal(s.last.from.port, 49152);
	scene_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_server_with_the_address_hears_before_those_at_any),
		cmocka_unit_test(a_hundred_servers_are_told_apart),
		cmocka_unit_test(no_memory_to_listen_with_leaves_the_others_as_they_were),
		cmocka_unit_test(once_hosts_are_known_another_address_is_nobodys),
		cmocka_unit_test(without_hosts_a_datagram_to_nobody_is_silence),
		cmocka_unit_test(who_listens_no_more_is_told_nothing_more),
		cmocka_unit_test(the_end_of_each_connection_is_told_once),
		cmocka_unit_test(of_a_stream_that_was_refused_a_later_listener_hears_nothing),
		cmocka_unit_test(
		    what_a_server_keeps_of_a_connection_is_there_to_its_end_and_not_in_the_next),
		cmocka_unit_test(a_call_says_who_where_and_when),
		cmocka_unit_test(ports_of_a_phones_own_come_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
