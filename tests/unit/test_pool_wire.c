/* test_pool_wire.c - the way to one of the pool's servers: what befalls datagrams, and what
 * workers and the port cost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "wire.h"

enum { HEARD_MAX = 8, SAID = 10 };

struct heard {
	uint64_t at_us;
	uint8_t bytes[64];
	size_t n;
	struct sock_peer peer;
};

struct fixture {
	struct loop *loop;
	struct faults faults;
	struct servers_cost cost;
	struct wire *wire;
	struct heard heard[HEARD_MAX];
	size_t n, wanted;
};

static const uint8_t said[SAID] = "abcdefghi";
static const struct sock_peer somebody = { 0x7f2a0001, 1234 };

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	*state = f;
	f->cost.workers = 1;
	return loop_new(&f->loop);
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	wire_free(f->wire);
	loop_free(f->loop);
	free(f);
	assert_int_equal(mem_out(), 0);
	return 0;
}

static void
open_wire(struct fixture *f, const struct fault *fault)
{
	if (fault != NULL) {
		f->faults.fault[0] = *fault;
		f->faults.n = 1;
	}
	assert_int_equal(wire_new(&(struct wire_cfg){ .loop = f->loop,
				      .server = SERVERS_KDC,
				      .faults = &f->faults,
				      .cost = &f->cost,
				      .seed = 5 },
			     &f->wire),
	    0);
	wire_begin(f->wire);
}

/* A wire on which this holds from the beginning to the end. */
static void
open_with(struct fixture *f, struct fault_deed deed)
{
	const struct fault fault = { .server = "kdc", .deed = deed };

	open_wire(f, &fault);
}

static void
hear(void *arg, const struct sock_peer *peer, struct span bytes)
{
	struct fixture *f = arg;
	struct heard *h = &f->heard[f->n];

	assert_true(f->n < HEARD_MAX && bytes.n <= sizeof h->bytes);
	memcpy(h->bytes, bytes.p, bytes.n);
	h->n = bytes.n;
	h->peer = *peer;
	h->at_us = loop_now_us(f->loop);
	if (++f->n == f->wanted)
		loop_stop(f->loop);
}

static void
send_in(struct fixture *f)
{
	wire_in(f->wire, &somebody, (struct span){ said, SAID }, hear, f);
}

static void
send_out(struct fixture *f)
{
	wire_out(f->wire, &somebody, (struct span){ said, SAID }, hear, f);
}

/* Run until so many have been heard in all. */
static void
await(struct fixture *f, size_t n)
{
	f->wanted = n;
	if (f->n < n)
		loop_run(f->loop);
	assert_int_equal(f->n, n);
}

static void
counts_are(const struct fixture *f, const char *expected)
{
	struct buf text = { 0 };

	wire_counts(f->wire, 0, &text);
	assert_string_equal(buf_cstr(&text), expected);
	buf_done(&text);
}

/* ---- nothing ---- */

static void
without_a_wire_or_a_fault_it_is_there_at_once(void **state)
{
	struct fixture *f = *state;

	send_in(f); /* there is no wire yet */
	send_out(f);
	assert_int_equal(f->n, 2);
	open_wire(f, NULL);
	send_in(f);
	send_out(f);
	assert_int_equal(f->n, 4);
	assert_int_equal(f->heard[3].n, SAID);
	assert_memory_equal(f->heard[3].bytes, said, SAID);
	assert_int_equal(f->heard[3].peer.port, 1234);
	counts_are(f, "{}");
}

static void
the_faults_of_another_server_are_not_ours(void **state)
{
	struct fixture *f = *state;
	const struct fault fault = { .server = "dns", .deed = { .drop = 1 } };

	open_wire(f, &fault);
	send_in(f);
	assert_int_equal(f->n, 1);
}

static void
before_the_run_begins_no_fault_holds(void **state)
{
	struct fixture *f = *state;
	struct fault_deed deed;
	uint64_t at_us;

	f->faults.fault[0] = (struct fault){ .server = "kdc", .deed = { .drop = 1 } };
	f->faults.n = 1;
	assert_int_equal(wire_new(&(struct wire_cfg){ .loop = f->loop,
				      .server = SERVERS_KDC,
				      .faults = &f->faults,
				      .cost = &f->cost },
			     &f->wire),
	    0);
	assert_false(wire_at_us(f->wire, &at_us));
	assert_false(wire_deed(f->wire, &deed));
	send_in(f);
	assert_int_equal(f->n, 1);
	wire_begin(f->wire);
	assert_true(wire_at_us(f->wire, &at_us));
	assert_true(wire_deed(f->wire, &deed));
	send_in(f);
	assert_int_equal(f->n, 1);
}

static void
a_fault_that_comes_later_does_not_hold_yet(void **state)
{
	struct fixture *f = *state;
	const struct fault fault = {
		.server = "kdc", .from_us = 3600000000, .deed = { .drop = 1, .refuse = true }
	};
	struct fault_deed deed;

	open_wire(f, &fault);
	assert_false(wire_deed(f->wire, &deed));
	assert_false(deed.refuse);
	send_in(f);
	assert_int_equal(f->n, 1);
}

/* ---- faults ---- */

static void
what_is_dropped_is_never_heard(void **state)
{
	struct fixture *f = *state;

	open_with(f, (struct fault_deed){ .drop = 1 });
	for (int i = 0; i < 5; i++)
		send_in(f);
	send_out(f);
	assert_int_equal(f->n, 0);
	counts_are(f, "{\"dropped\": 6}");
}

static void
some_of_many_are_dropped_and_no_seed_drops_all(void **state)
{
	struct fixture *f = *state;

	open_with(f, (struct fault_deed){ .drop = 0.5 });
	for (int i = 0; i < 100 && f->n < HEARD_MAX; i++)
		send_in(f);
	assert_int_equal(f->n, HEARD_MAX);
}

static void
what_is_duplicated_is_heard_twice(void **state)
{
	struct fixture *f = *state;

	open_with(f, (struct fault_deed){ .duplicate = 1 });
	send_in(f);
	assert_int_equal(f->n, 2);
	assert_memory_equal(f->heard[1].bytes, said, SAID);
	counts_are(f, "{\"duplicated\": 1}");
}

static void
what_is_corrupted_is_as_long_and_not_the_same(void **state)
{
	struct fixture *f = *state;

	open_with(f, (struct fault_deed){ .corrupt = 1 });
	send_in(f);
	send_out(f);
	await(f, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(f->heard[i].n, SAID);
		assert_true(memcmp(f->heard[i].bytes, said, SAID) != 0);
	}
	/* What it was made from is whole. */
	assert_string_equal((const char *)said, "abcdefghi");
	counts_are(f, "{\"corrupted\": 2}");
}

static void
what_is_delayed_comes_later_each_way(void **state)
{
	struct fixture *f = *state;
	uint64_t began_us = loop_now_us(f->loop);

	open_with(f, (struct fault_deed){ .delay = { .a_us = 5000 } });
	send_in(f);
	assert_int_equal(f->n, 0);
	await(f, 1);
	assert_true(f->heard[0].at_us >= began_us + 5000);
	send_out(f);
	await(f, 2);
	assert_true(f->heard[1].at_us >= f->heard[0].at_us + 5000);
	assert_memory_equal(f->heard[1].bytes, said, SAID);
	counts_are(f, "{\"delayed\": 2}");
}

static void
what_is_reordered_is_overtaken(void **state)
{
	struct fixture *f = *state;

	/* The first is held back; when it has come, the others have. */
	open_with(f, (struct fault_deed){ .reorder = 1 });
	send_in(f);
	f->faults.fault[0].deed.reorder = 0;
	wire_in(f->wire, &somebody, (struct span){ said, 3 }, hear, f);
	await(f, 2);
	assert_int_equal(f->heard[0].n, 3);
	assert_int_equal(f->heard[1].n, SAID);
	counts_are(f, "{\"reordered\": 1}");
}

static void
a_reply_is_truncated_and_a_request_is_not(void **state)
{
	struct fixture *f = *state;

	open_with(f, (struct fault_deed){ .truncate_after = 4 });
	send_in(f);
	send_out(f);
	assert_int_equal(f->heard[0].n, SAID);
	assert_int_equal(f->heard[1].n, 4);
	counts_are(f, "{\"truncated\": 1}");
}

/* Ten bytes at a thousand a second. */
static void
a_slow_reply_takes_its_time(void **state)
{
	struct fixture *f = *state;
	uint64_t began_us = loop_now_us(f->loop);

	open_with(f, (struct fault_deed){ .bytes_per_s = 1000 });
	send_out(f);
	await(f, 1);
	assert_true(f->heard[0].at_us >= began_us + 10000);
}

/* ---- costs ---- */

static void
latency_is_what_was_said_and_nothing_else(void **state)
{
	struct fixture *f = *state;
	uint64_t began_us = loop_now_us(f->loop);

	f->cost.latency_us = 4000;
	open_wire(f, NULL);
	assert_int_equal(wire_latency_us(f->wire), 0);
	f->cost.said_latency = true;
	assert_int_equal(wire_latency_us(f->wire), 4000);
	send_in(f);
	await(f, 1);
	assert_true(f->heard[0].at_us >= began_us + 4000);
}

static void
a_request_waits_for_its_worker_and_a_reply_does_not(void **state)
{
	struct fixture *f = *state;
	uint64_t began_us = loop_now_us(f->loop);

	f->cost =
	    (struct servers_cost){ .takes = { .a_us = 6000 }, .workers = 1, .said_work = true };
	open_wire(f, NULL);
	send_out(f);
	assert_int_equal(f->n, 1);
	send_in(f);
	send_in(f);
	send_in(f);
	await(f, 4);
	assert_true(f->heard[1].at_us >= began_us + 6000);
	assert_true(f->heard[3].at_us >= began_us + 18000);
}

/* So many at a time, each as long as it takes. */
static void
each_worker_has_one_request_at_a_time(void **state)
{
	struct fixture *f = *state;
	uint64_t done[5];

	f->cost = (struct servers_cost){
		.takes = { .a_us = 1000000 }, .workers = 2, .said_work = true
	};
	open_wire(f, NULL);
	for (int i = 0; i < 5; i++)
		done[i] = wire_work_us(f->wire);
	assert_true(done[1] - done[0] < 1000000);
	assert_int_equal(done[2] - done[0], 1000000);
	assert_int_equal(done[3] - done[1], 1000000);
	assert_int_equal(done[4] - done[2], 1000000);
}

static void
bytes_share_a_port_one_behind_the_other(void **state)
{
	struct fixture *f = *state;

	f->cost = (struct servers_cost){
		.bytes_per_s = 1000000, .workers = 1, .said_bandwidth = true
	};
	open_wire(f, NULL);
	assert_int_equal(wire_port_us(f->wire, 10, 500000), 500010);
	assert_int_equal(wire_port_us(f->wire, 20, 250000), 750010);
	assert_int_equal(wire_port_us(f->wire, 30, 0), 750010);
	assert_int_equal(wire_rate(f->wire), 1000000);
}

static void
the_slower_of_port_and_fault_is_how_fast_it_is(void **state)
{
	struct fixture *f = *state;

	f->cost.bytes_per_s = 7;
	open_with(f, (struct fault_deed){ .bytes_per_s = 1000 });
	assert_int_equal(wire_rate(f->wire), 1000);
	f->cost.said_bandwidth = true;
	assert_int_equal(wire_rate(f->wire), 7);
	f->cost.bytes_per_s = 5000;
	assert_int_equal(wire_rate(f->wire), 1000);
}

static void
what_is_paced_waits_for_what_was_before_it(void **state)
{
	uint64_t free_us = 0;

	(void)state;
	assert_int_equal(wire_pace_us(100, &free_us, 0, 5000), 100);
	assert_int_equal(free_us, 0);
	assert_int_equal(wire_pace_us(100, &free_us, 1000000, 50), 150);
	assert_int_equal(wire_pace_us(100, &free_us, 1000000, 50), 200);
	/* Later it is free again. */
	assert_int_equal(wire_pace_us(1000, &free_us, 1000000, 50), 1050);
}

/* ---- too much, and the end ---- */

static void
more_than_a_socket_would_keep_is_lost(void **state)
{
	struct fixture *f = *state;
	struct buf text = { 0 };

	open_with(f, (struct fault_deed){ .delay = { .a_us = 3600000000 } });
	for (int i = 0; i < 5000; i++)
		send_in(f);
	wire_counts(f->wire, 3, &text);
	assert_string_equal(
	    buf_cstr(&text), "{\"delayed\": 5000, \"overflowed\": 904, \"answered\": 3}");
	buf_done(&text);
	/* The rest is under way when the wire goes: see teardown. */
	assert_int_equal(f->n, 0);
}

static void
without_memory_it_is_lost_or_not_made(void **state)
{
	struct fixture *f = *state;
	struct wire_cfg cfg = {
		.loop = f->loop, .server = SERVERS_KDC, .faults = &f->faults, .cost = &f->cost
	};

	f->cost.said_work = true;
	for (int n = 1; n <= 2; n++) {
		mem_fail_at(n);
		assert_int_equal(wire_new(&cfg, &f->wire), -ENOMEM);
		mem_fail_at(0);
	}
	f->wire = NULL;
	f->cost.said_work = false;
	open_with(f, (struct fault_deed){ .delay = { .a_us = 1000 } });
	for (int n = 1; n <= 2; n++) {
		mem_fail_at(n);
		send_in(f);
		mem_fail_at(0);
	}
	counts_are(f, "{\"delayed\": 2, \"overflowed\": 2}");
}

int
main(void)
{
#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		WITH(without_a_wire_or_a_fault_it_is_there_at_once),
		WITH(the_faults_of_another_server_are_not_ours),
		WITH(before_the_run_begins_no_fault_holds),
		WITH(a_fault_that_comes_later_does_not_hold_yet),
		WITH(what_is_dropped_is_never_heard),
		WITH(some_of_many_are_dropped_and_no_seed_drops_all),
		WITH(what_is_duplicated_is_heard_twice),
		WITH(what_is_corrupted_is_as_long_and_not_the_same),
		WITH(what_is_delayed_comes_later_each_way),
		WITH(what_is_reordered_is_overtaken),
		WITH(a_reply_is_truncated_and_a_request_is_not),
		WITH(a_slow_reply_takes_its_time),
		WITH(latency_is_what_was_said_and_nothing_else),
		WITH(a_request_waits_for_its_worker_and_a_reply_does_not),
		WITH(each_worker_has_one_request_at_a_time),
		WITH(bytes_share_a_port_one_behind_the_other),
		WITH(the_slower_of_port_and_fault_is_how_fast_it_is),
		cmocka_unit_test(what_is_paced_waits_for_what_was_before_it),
		WITH(more_than_a_socket_would_keep_is_lost),
		WITH(without_memory_it_is_lost_or_not_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
