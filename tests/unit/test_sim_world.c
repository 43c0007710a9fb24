/* test_sim_world.c - many phones in one world, each with what is its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "mem.h"
#include "rng.h"
#include "sim_clock.h"
#include "sim_scene.h"

static const struct io_addr dns = { SCENE_SERVER, 53 };

static void
listen_at(struct scene *s, enum sim_type type, struct io_addr at)
{
	assert_int_equal(sim_listen_at(s->sim, type, at, NULL, scene_on_call, s), 0);
}

/* ---- phones ---- */

static void
each_phone_has_its_own_address_handles_and_chance(void **state)
{
	struct rng rng;
	struct scene s;

	(void)state;
	scene_begin(&s, true, 3);
	listen_at(&s, SIM_UDP, dns);
	for (size_t i = 0; i < 3; i++) {
		struct io *io = s.phone[i].io;
		struct io_handle *h = scene_udp(&s, i, dns);

		assert_int_equal(io->ops->send(h, span_of("query")), 0);
		assert_int_equal(s.last.from.ip, SCENE_IP + i);
		assert_int_equal(s.last.phone, i);
		rng_seed(&rng, 7, i);
		for (int k = 0; k < 5; k++)
			assert_int_equal(io->ops->random(io), rng_u32(&rng));
		sim_packet(s.sim, s.last.h, 10 * (3 - i), span_of("answer"));
	}
	assert_int_equal(sim_open(s.sim), 3);
	scene_run(&s);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(s.phone[i].n, 1);
		assert_int_equal(s.phone[i].note[0].at_us, 10 * (3 - i));
	}
	scene_end(&s);
}

static void
a_power_cut_is_one_phones_own(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, true, 2);
	listen_at(&s, SIM_UDP, dns);
	for (size_t i = 0; i < 2; i++) {
		struct io_handle *h = scene_udp(&s, i, dns);

		scene_alarm(&s, i, 100);
		s.phone[i].io->ops->send(h, span_of("query"));
		sim_packet(s.sim, h, 50, span_of("answer"));
	}
	(void)scene_heard(&s);
	s.phone[0].io->ops->power_cut(s.phone[0].io);
	assert_string_equal(scene_heard(&s), "cut");
	assert_int_equal(s.last.phone, 0);
	assert_int_equal(sim_open(s.sim), 2);
	scene_run(&s);
	assert_int_equal(s.phone[0].n, 0);
	assert_int_equal(s.phone[1].n, 2);
	assert_int_equal(s.phone[0].io->ops->udp(s.phone[0].io, scene_owner(&s, 0), dns,
			     &(struct io_handle *){ 0 }),
	    -EADDRNOTAVAIL);
	scene_end(&s);
}

static void
roots_are_each_phones_own_and_kept_once_for_all(void **state)
{
	struct scene s;
	long before;

	(void)state;
	scene_begin(&s, false, 3);
	assert_int_equal(s.phone[0].io->ops->trust(s.phone[0].io, span_of("root A")), 0);
	assert_int_equal(s.phone[0].io->ops->trust(s.phone[0].io, span_of("root B")), 0);
	before = mem_out();
	for (size_t i = 0; i < 3; i++) {
		struct io *io = s.phone[i].io;

		assert_int_equal(io->ops->trust(io, span_of("root A")), 0);
		assert_int_equal(io->ops->trust(io, span_of("root B")), 0);
		assert_int_equal(io->ops->trust(io, span_of("root A")), 0);
	}
	assert_int_equal(mem_out(), before);
	assert_int_equal(
	    s.phone[1].io->ops->trust(s.phone[1].io, (struct span){ 0 }), -EBADMSG);
	mem_fail_at(1);
	assert_int_equal(s.phone[1].io->ops->trust(s.phone[1].io, span_of("root C")), -ENOMEM);
	mem_fail_at(0);
	assert_int_equal(mem_out(), before);
	scene_end(&s);
}

static void
on_nothing(void *arg)
{
	(void)arg;
}

static void
time_and_the_wall_clock_are_the_worlds(void **state)
{
	struct sim_event nothing = { .fn = on_nothing };
	struct sim_clock *clock;
	struct scene s;
	struct sim *late;

	(void)state;
	scene_begin(&s, true, 1);
	scene_alarm(&s, 0, 2500000);
	assert_true(sim_wall_us(s.sim) == 1000000000ll * 1000000);
	scene_run(&s);
	assert_true(sim_wall_us(s.sim) == 1000000002500000);
	assert_int_equal(sim_now_us(s.sim), 2500000);
	assert_int_equal(s.phone[0].io->ops->now_us(s.phone[0].io), 2500000);
	scene_end(&s);

	/* On a clock that has run before: wall_us is of time 0 nevertheless. */
	assert_int_equal(sim_clock_new(&clock), 0);
	assert_int_equal(sim_clock_set(clock, &nothing, 3000), 0);
	assert_true(sim_clock_step(clock, UINT64_MAX));
	assert_int_equal(
	    sim_new_cfg(&(struct sim_cfg){ .clock = clock, .wall_us = 5 }, &late), 0);
	assert_true(sim_wall_us(late) == 3005);
	sim_free(late);
	sim_clock_free(clock);
}

static void
a_world_without_memory_is_not_made(void **state)
{
	const struct sim_cfg cfg = { .strict = false };
	struct sim *sim = NULL;
	struct io *io = NULL;
	int n = 0;

	(void)state;
	do {
		mem_fail_at(++n);
	} while (sim_new_cfg(&cfg, &sim) == -ENOMEM);
	mem_fail_at(0);
	assert_int_equal(n, 3);
	n = 0;
	do {
		mem_fail_at(++n);
	} while (sim_phone_new(sim, &(struct sim_phone_cfg){ .seed = 1 }, &io) == -ENOMEM);
	mem_fail_at(0);
	assert_int_equal(n, 3);
	sim_free(sim);
	assert_int_equal(mem_out(), 0);
}

static void
no_memory_to_open_with_is_said_and_leaves_nothing(void **state)
{
	const struct io_stream_cfg cfg = { .to = { SCENE_SERVER, 5061 }, .name = "pool01" };
	struct io_handle *h = NULL;
	struct scene s;
	struct io *io;

	(void)state;
	scene_begin(&s, true, 1);
	io = s.phone[0].io;
	mem_fail_at(1);
	assert_int_equal(io->ops->udp(io, scene_owner(&s, 0), dns, &h), -ENOMEM);
	mem_fail_at(1);
	assert_int_equal(io->ops->alarm(io, scene_owner(&s, 0), &h), -ENOMEM);
	mem_fail_at(2);
	assert_int_equal(io->ops->alarm(io, scene_owner(&s, 0), &h), -ENOMEM);
	mem_fail_at(1);
	assert_int_equal(io->ops->stream(io, scene_owner(&s, 0), &cfg, &h), -ENOMEM);
	mem_fail_at(2);
	assert_int_equal(io->ops->http(io, scene_owner(&s, 0), &cfg, &h), -ENOMEM);
	mem_fail_at(0);
	assert_null(h);
	assert_null(s.phone[0].scope.first);
	scene_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_phone_has_its_own_address_handles_and_chance),
		cmocka_unit_test(a_power_cut_is_one_phones_own),
		cmocka_unit_test(roots_are_each_phones_own_and_kept_once_for_all),
		cmocka_unit_test(time_and_the_wall_clock_are_the_worlds),
		cmocka_unit_test(a_world_without_memory_is_not_made),
		cmocka_unit_test(no_memory_to_open_with_is_said_and_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
