/* test_sim_way.c - parcels: what travels between phones and a listener, and what a way may do.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "mem.h"
#include "sim_basket.h"

static const struct io_addr dns = { SCENE_SERVER, 53 }, ldap = { SCENE_SERVER, 389 },
			    web = { SCENE_SERVER, 80 };

/* ---- there and back ---- */

static void
a_deed_is_heard_when_it_arrives_and_the_answer_told_when_that_does(void **state)
{
	struct basket b;
	struct scene s;
	struct io_handle *h;
	struct sim_parcel *p;

	(void)state;
	scene_with(&s, &b, true, 1);
	h = scene_udp(&s, 0, dns);
	assert_int_equal(s.phone[0].io->ops->send(h, span_of("query")), 0);
	assert_string_equal(scene_heard(&s), "");
	p = basket_take(&b);
	assert_false(p->back);
	assert_int_equal(p->deed, SIM_SENT);
	assert_int_equal(p->type, SIM_UDP);
	assert_int_equal(p->n, 5);
	assert_int_equal(p->wire_n, 5 + 28);
	assert_memory_equal(p->bytes, "query", 5);
	sim_parcel_arrive(p);
	assert_string_equal(scene_heard(&s), "sent:query");

	sim_packet(s.sim, h, 77, span_of("answer"));
	scene_run(&s);
	assert_int_equal(s.phone[0].n, 0);
	p = basket_take(&b);
	assert_true(p->back);
	assert_int_equal(p->kind, IO_PACKET);
	assert_int_equal(p->after_us, 77);
	sim_parcel_arrive(p);
	assert_string_equal(scene_last(&s, 0)->text, "answer");
	s.phone[0].io->ops->close(h);
	basket_let_go(&b);
	assert_string_equal(scene_heard(&s), "closed");
	scene_end(&s);
}

static void
a_lost_parcel_is_silence(void **state)
{
	struct basket b;
	struct scene s;
	struct io_handle *h;

	(void)state;
	scene_with(&s, &b, true, 1);
	h = scene_udp(&s, 0, dns);
	s.phone[0].io->ops->send(h, span_of("one"));
	s.phone[0].io->ops->send(h, span_of("two"));
	sim_parcel_free(basket_take(&b));
	basket_let_go(&b);
	assert_string_equal(scene_heard(&s), "sent:two");
	sim_packet(s.sim, h, 0, span_of("answer"));
	sim_parcel_free(basket_take(&b));
	assert_int_equal(s.phone[0].n, 0);
	s.phone[0].io->ops->close(h);
	basket_let_go(&b);
	scene_end(&s);
}

static void
a_copy_arrives_as_the_first_did(void **state)
{
	struct basket b;
	struct scene s;
	struct io_handle *h;
	struct sim_parcel *p, *copy;

	(void)state;
	scene_with(&s, &b, true, 1);
	h = scene_udp(&s, 0, dns);
	s.phone[0].io->ops->send(h, span_of("query"));
	p = basket_take(&b);
	p->bytes[0] = 'Q';
	copy = sim_parcel_copy(p);
	p->bytes[0] = 'x';
	sim_parcel_arrive(p);
	sim_parcel_arrive(copy);
	assert_string_equal(scene_heard(&s), "sent:xuery sent:Query");
	sim_packet(s.sim, h, 0, span_of("answer"));
	p = basket_take(&b);
	copy = sim_parcel_copy(p);
	assert_int_equal(copy->wire_n, p->wire_n);
	sim_parcel_arrive(copy);
	sim_parcel_arrive(p);
	assert_int_equal(s.phone[0].n, 2);
	assert_string_equal(s.phone[0].note[1].text, "answer");
	s.phone[0].io->ops->close(h);
	basket_let_go(&b);
	scene_end(&s);
}

static void
a_parcel_of_bytes_can_be_cut_in_two(void **state)
{
	struct basket b;
	struct scene s;
	struct io_handle *h;
	struct sim_parcel *rest, *first;

	(void)state;
	scene_with(&s, &b, true, 1);
	h = scene_stream(&s, 0, ldap);
	sim_up(s.sim, h, 0, NULL);
	sim_bytes(s.sim, h, 0, span_of("abcdefgh"));
	sim_parcel_arrive(basket_take(&b));
	sim_parcel_arrive(basket_take(&b));
	rest = basket_take(&b);
	first = sim_parcel_split(rest, 3);
	assert_int_equal(first->n, 3);
	assert_int_equal(rest->n, 5);
	sim_parcel_arrive(first);
	first = sim_parcel_split(rest, 1);
	sim_parcel_arrive(first);
	sim_parcel_arrive(rest);
	assert_int_equal(s.phone[0].n, 4);
	assert_string_equal(s.phone[0].note[1].text, "abc");
	assert_string_equal(s.phone[0].note[2].text, "d");
	assert_string_equal(s.phone[0].note[3].text, "efgh");
	s.phone[0].io->ops->close(h);
	basket_let_go(&b);
	scene_end(&s);
}

/* ---- streams ---- */

static void
a_stream_counts_what_is_on_its_way_out_and_takes_no_more_than_64_kib_of_it(void **state)
{
	static uint8_t much[65536];
	struct span some = { much, sizeof(much) };
	struct basket b;
	struct scene s;
	struct io_handle *h;
	struct io *io;

	(void)state;
	scene_with(&s, &b, false, 1);
	io = s.phone[0].io;
	h = scene_stream(&s, 0, ldap);
	basket_let_go(&b);
	sim_up(s.sim, h, 0, NULL);
	basket_let_go(&b);
	assert_int_equal(io->ops->send(h, some), 0);
	assert_int_equal(io->ops->send(h, span_of("!")), 0);
	assert_int_equal(io->ops->send(h, span_of("?")), -ENOBUFS);
	sim_parcel_arrive(basket_take(&b));
	assert_int_equal(io->ops->send(h, span_of("?")), 0);
	/* What is lost on its way is not waiting any more, either. */
	assert_int_equal(io->ops->send(h, some), 0);
	assert_int_equal(io->ops->send(h, span_of("?")), -ENOBUFS);
	while (b.n > 0)
		sim_parcel_free(basket_take(&b));
	assert_int_equal(io->ops->send(h, span_of("?")), 0);
	io->ops->close(h);
	basket_let_go(&b);
	scene_end(&s);
}

static void
closed_before_it_came_up_the_listener_hears_the_beginning_and_the_end(void **state)
{
	struct basket b;
	struct scene s;
	struct io_handle *h;

	(void)state;
	scene_with(&s, &b, true, 1);
	h = scene_stream(&s, 0, ldap);
	s.phone[0].io->ops->close(h);
	assert_int_equal(sim_open(s.sim), 0);
	sim_parcel_arrive(basket_take(&b));
	assert_string_equal(scene_heard(&s), "opened");
	/* It does not know yet, and answers. */
	sim_up(s.sim, h, 0, NULL);
	sim_bytes(s.sim, h, 0, span_of("hello"));
	basket_let_go(&b);
	assert_string_equal(scene_heard(&s), "closed");
	assert_int_equal(s.phone[0].n, 0);
	scene_end(&s);
}

static void
of_an_opening_that_was_lost_the_end_is_not_heard(void **state)
{
	struct basket b;
	struct scene s;
	struct io_handle *h;
	struct sim_parcel *down;

	(void)state;
	scene_with(&s, &b, true, 1);
	h = scene_stream(&s, 0, ldap);
	sim_parcel_free(basket_take(&b));
	down = sim_parcel_down(h, -ETIMEDOUT);
	assert_true(down->back);
	assert_int_equal(down->kind, IO_DOWN);
	sim_parcel_arrive(down);
	assert_int_equal(scene_last(&s, 0)->ev.err, -ETIMEDOUT);
	s.phone[0].io->ops->close(h);
	basket_let_go(&b);
	assert_string_equal(scene_heard(&s), "");
	scene_end(&s);
}

static void
what_comes_behind_the_end_is_lost(void **state)
{
	struct basket b;
	struct scene s;
	struct io_handle *h;
	struct sim_parcel *p;

	(void)state;
	scene_with(&s, &b, true, 1);
	h = scene_stream(&s, 0, ldap);
	basket_let_go(&b);
	sim_up(s.sim, h, 0, NULL);
	basket_let_go(&b);
	sim_bytes(s.sim, h, 0, span_of("late"));
	p = basket_take(&b);
	assert_false(sim_parcel_is_lost(p));
	sim_parcel_arrive(sim_parcel_down(h, -ECONNRESET));
	assert_true(sim_parcel_is_lost(p));
	sim_parcel_arrive(p);
	sim_parcel_arrive(sim_parcel_down(h, -ECONNRESET));
	assert_int_equal(s.phone[0].n, 2);
	assert_int_equal(scene_last(&s, 0)->ev.kind, IO_DOWN);
	s.phone[0].io->ops->close(h);
	basket_let_go(&b);
	scene_end(&s);
}

static void
a_tls_handshake_stands_for_two_round_trips_more(void **state)
{
	struct basket b;
	struct scene s;
	struct io_handle *h;
	struct sim_parcel *p;

	(void)state;
	scene_with(&s, &b, true, 1);
	h = scene_tls(&s, 0, ldap, "dc01.contoso.com");
	p = basket_take(&b);
	assert_true(p->tls);
	assert_int_equal(p->trips, 0);
	sim_parcel_arrive(p);
	sim_up(s.sim, h, 0, NULL);
	p = basket_take(&b);
	assert_int_equal(p->trips, 2);
	assert_true(p->wire_n > 2000);
	sim_parcel_arrive(p);
	s.phone[0].io->ops->close(h);
	basket_let_go(&b);
	scene_end(&s);
}

/* ---- ends ---- */

static void
a_power_cut_travels_as_a_reset_and_leaves_nothing(void **state)
{
	struct basket b;
	struct scene s;
	struct io_handle *h;

	(void)state;
	scene_with(&s, &b, false, 2);
	for (size_t i = 0; i < 2; i++) {
		h = scene_stream(&s, i, ldap);
		scene_udp(&s, i, dns);
		scene_get(&s.phone[i], scene_http(&s, i, web), "/");
		basket_let_go(&b);
		sim_up(s.sim, h, 0, NULL);
	}
	(void)scene_heard(&s);
	s.phone[0].io->ops->power_cut(s.phone[0].io);
	sim_phone_free(s.phone[0].io);
	s.phone[0].io = NULL;
	assert_int_equal(sim_open(s.sim), 3);
	basket_let_go(&b);
	assert_string_equal(scene_heard(&s), "cut cut cut");
	assert_int_equal(s.phone[0].n, 1);
	assert_int_equal(s.phone[1].n, 1);
	s.phone[1].io->ops->power_cut(s.phone[1].io);
	basket_let_go(&b);
	scene_end(&s);
}

static void
a_way_may_go_before_its_world(void **state)
{
	struct basket b;
	struct scene s;
	struct io_handle *h;

	(void)state;
	scene_with(&s, &b, false, 1);
	h = scene_stream(&s, 0, ldap);
	scene_get(&s.phone[0], scene_http(&s, 0, web), "/");
	s.phone[0].io->ops->close(h);
	scene_stream(&s, 0, ldap);
	assert_int_equal(b.n, 4);
	sim_way_done(s.sim, &b.way);
	assert_true(list_empty(&b.kept));
	memset(&b, 0xdd, sizeof(b));
	assert_int_equal(sim_open(s.sim), 2);
	scene_stream(&s, 0, ldap);
	scene_run(&s);
	assert_int_equal(scene_last(&s, 0)->ev.err, -ECONNREFUSED);
	scene_end(&s);
}

static void
a_world_that_ends_takes_what_is_on_its_ways_along(void **state)
{
	struct basket b;
	struct scene s;
	struct io_handle *h;

	(void)state;
	for (int strict = 0; strict < 2; strict++) {
		scene_with(&s, &b, strict != 0, 2);
		h = scene_stream(&s, 0, ldap);
		scene_udp(&s, 1, dns);
		basket_let_go(&b);
		sim_bytes(s.sim, h, 0, span_of("never"));
		s.phone[1].io->ops->send(scene_udp(&s, 1, dns), span_of("neither"));
		s.phone[0].io->ops->close(h);
		scene_end(&s);
		assert_true(list_empty(&b.kept));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_deed_is_heard_when_it_arrives_and_the_answer_told_when_that_does),
		cmocka_unit_test(a_lost_parcel_is_silence),
		cmocka_unit_test(a_copy_arrives_as_the_first_did),
		cmocka_unit_test(a_parcel_of_bytes_can_be_cut_in_two),
		cmocka_unit_test(
		    a_stream_counts_what_is_on_its_way_out_and_takes_no_more_than_64_kib_of_it),
		cmocka_unit_test(
		    closed_before_it_came_up_the_listener_hears_the_beginning_and_the_end),
		cmocka_unit_test(of_an_opening_that_was_lost_the_end_is_not_heard),
		cmocka_unit_test(what_comes_behind_the_end_is_lost),
		cmocka_unit_test(a_tls_handshake_stands_for_two_round_trips_more),
		cmocka_unit_test(a_power_cut_travels_as_a_reset_and_leaves_nothing),
		cmocka_unit_test(a_way_may_go_before_its_world),
		cmocka_unit_test(a_world_that_ends_takes_what_is_on_its_ways_along),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
