/* test_rtnl.c - what is asked of the kernel's routes, byte by byte, and what it tells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <unistd.h>

#include "mem.h"
#include "rtnl.h"
#include "text.h"

enum { VA = 7, OWNER = 0x01020304 };

static const struct rtnl_thing address = { .what = RTNL_ROUTE,
	.ip = 0x0a2a4007,
	.len = 32,
	.local = true,
	.metric = OWNER,
	.index = VA };
static const struct rtnl_thing router = {
	.what = RTNL_ROUTE, .gateway = 0x0a2a0001, .table = OWNER, .metric = VA, .index = VA
};
static const struct rtnl_thing network = {
	.what = RTNL_ROUTE, .ip = 0x0a2a0000, .len = 16, .table = OWNER, .index = VA
};
static const struct rtnl_thing rule = {
	.what = RTNL_RULE, .ip = 0x0a2a0000, .len = 16, .table = OWNER
};
static const struct rtnl_thing tag = { .what = RTNL_LINK,
	.index = VA,
	.vlan = 200,
	.name = "va.200",
	.alias = "cx700farm 16909060" };

/* Netlink is in the host's byte order; the bytes here are those of the usual one. */
static bool
is_little(void)
{
	const uint16_t one = 1;

	return *(const uint8_t *)&one == 1;
}

static void
is_written(void (*write)(struct buf *, const struct rtnl_thing *), const struct rtnl_thing *t,
    const char *hex)
{
	struct buf got = { 0 }, want = { 0 };

	if (!is_little())
		skip();
	write(&got, t);
	assert_int_equal(text_unhex(&want, span_of(hex)), 0);
	assert_int_equal(got.err, 0);
	assert_int_equal(got.n, want.n);
	assert_memory_equal(got.p, want.p, want.n);
	buf_done(&got);
	buf_done(&want);
}

/* Head: length, type, flags (request, ack, excl, create), 0, 0; then rtmsg, then attributes. */
static void
an_address_is_a_local_route_with_its_owner_as_metric(void **state)
{
	(void)state;
	is_written(rtnl_write_add, &address,
	    "34000000180005060000000000000000"
	    "02200000ffc7fe0200000000"
	    "080001000a2a4007"
	    "0800040007000000"
	    "0800060004030201");
}

static void
an_address_is_taken_away_by_the_same_words(void **state)
{
	(void)state;
	is_written(rtnl_write_remove, &address,
	    "34000000190005000000000000000000"
	    "02200000ffc7fe0200000000"
	    "080001000a2a4007"
	    "0800040007000000"
	    "0800060004030201");
}

static void
a_router_is_on_the_wire_whatever_the_kernel_thinks(void **state)
{
	(void)state;
	is_written(rtnl_write_add, &router,
	    "3c000000180005060000000000000000"
	    "0200000000c7000104000000"
	    "080005000a2a0001"
	    "0800040007000000"
	    "0800060007000000"
	    "08000f0004030201");
}

static void
a_network_is_reached_without_a_router(void **state)
{
	(void)state;
	is_written(rtnl_write_add, &network,
	    "34000000180005060000000000000000"
	    "0210000000c7fd0100000000"
	    "080001000a2a0000"
	    "0800040007000000"
	    "08000f0004030201");
}

static void
a_rule_leads_from_the_network_to_the_owners_table(void **state)
{
	(void)state;
	is_written(rtnl_write_add, &rule,
	    "3c000000200005060000000000000000"
	    "020010000000000100000000"
	    "080002000a2a0000"
	    "0800060020800000"
	    "08000f0004030201"
	    "05001500c7000000");
}

static void
an_interface_for_a_tag_is_named_marked_and_up(void **state)
{
	(void)state;
	is_written(rtnl_write_add, &tag,
	    "6c000000100005060000000000000000"
	    "00000000000000000100000001000000"
	    "0800050007000000"
	    "0b00030076612e3230300000"
	    "1700140063783730306661726d20313639303930363000"
	    "00"
	    "20001200"
	    "08000100766c616e"
	    "14000200"
	    "06000100c8000000"
	    "0600050081000000");
}

static void
a_message_that_does_not_fit_keeps_the_error(void **state)
{
	const struct rtnl_thing *const all[] = { &address, &router, &network, &rule, &tag };
	uint8_t memory[256];

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		struct buf whole = { 0 };

		rtnl_write_add(&whole, all[i]);
		for (size_t cap = 0; cap < whole.n; cap++) {
			struct buf b;

			buf_over(&b, memory, cap);
			rtnl_write_add(&b, all[i]);
			assert_int_equal(b.err, -ENOBUFS);
		}
		buf_done(&whole);
	}
}

/* ---- what the kernel tells ---- */

/* What is asked for is told in the same shape. */
static void
what_is_asked_for_is_read_as_it_was_meant(void **state)
{
	const struct rtnl_thing *const all[] = { &address, &router, &network, &rule };
	struct buf b = { 0 };
	struct span rest;
	struct rtnl_told t;

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		rtnl_write_add(&b, all[i]);
	rest = buf_bytes(&b);
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		const struct rtnl_thing *want = all[i];

		assert_true(rtnl_read(&rest, &t));
		assert_int_equal(t.kind, RTNL_TOLD_THING);
		assert_true(t.mine);
		assert_int_equal(t.thing.what, want->what);
		assert_int_equal(t.thing.ip, want->ip);
		assert_int_equal(t.thing.len, want->len);
		assert_int_equal(t.thing.local, want->local);
		assert_int_equal(t.thing.gateway, want->gateway);
		assert_int_equal(t.thing.metric, want->metric);
		assert_int_equal(t.thing.index, want->index);
		if (!want->local)
			assert_int_equal(t.thing.table, want->table);
	}
	assert_false(rtnl_read(&rest, &t));
	assert_int_equal(rest.n, 0);
	buf_done(&b);
}

static void
an_interface_is_read_with_its_name_and_its_mark(void **state)
{
	struct buf b = { 0 };
	struct span rest;
	struct rtnl_told t;

	(void)state;
	rtnl_write_add(&b, &tag);
	assert_int_equal(b.err, 0);
	rest = buf_bytes(&b);
	assert_true(rtnl_read(&rest, &t));
	assert_string_equal(t.thing.name, "va.200");
	assert_string_equal(t.thing.alias, tag.alias);
	/* One that does not fit into ours is nobody's that we know. */
	memset(b.p + 16 + 16 + 8 + 4, 'x', 7);
	rest = buf_bytes(&b);
	assert_true(rtnl_read(&rest, &t));
	assert_string_equal(t.thing.name, "xxxxxxx");
	buf_done(&b);
}

static void
a_route_of_somebody_elses_is_not_mine(void **state)
{
	struct buf b = { 0 };
	struct span rest;
	struct rtnl_told t;

	(void)state;
	rtnl_write_add(&b, &address);
	assert_int_equal(b.err, 0);
	b.p[16 + 5] = 3; /* RTPROT_BOOT */
	rest = buf_bytes(&b);
	assert_true(rtnl_read(&rest, &t));
	assert_false(t.mine);
	assert_int_equal(t.type, RTN_LOCAL);
	buf_done(&b);
}

static void
an_error_is_the_end_of_an_answer(void **state)
{
	struct nlmsghdr head = { .nlmsg_len = 20, .nlmsg_type = NLMSG_ERROR };
	uint8_t message[20];
	struct span rest = { message, sizeof message };
	int err = -EEXIST;
	struct rtnl_told t;

	(void)state;
	memcpy(message, &head, sizeof head);
	memcpy(message + sizeof head, &err, sizeof err);
	assert_true(rtnl_read(&rest, &t));
	assert_int_equal(t.kind, RTNL_TOLD_END);
	assert_int_equal(t.err, -EEXIST);
	message[4] = NLMSG_NOOP;
	rest = (struct span){ message, sizeof message };
	assert_true(rtnl_read(&rest, &t));
	assert_int_equal(t.kind, RTNL_TOLD_OTHER);
}

static void
cut_anywhere_there_is_no_message(void **state)
{
	const struct rtnl_thing *const all[] = { &address, &router, &rule, &tag };

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		struct buf b = { 0 };
		struct rtnl_told t = { .err = 5 };

		rtnl_write_add(&b, all[i]);
		for (size_t n = 0; n < b.n; n++) {
			struct span rest = { b.p, n };

			assert_false(rtnl_read(&rest, &t));
			assert_int_equal(rest.n, n);
			assert_int_equal(t.err, 5);
		}
		buf_done(&b);
	}
}

/* Attributes that lie about their length end the reading of theirs, and hurt nobody. */
static void
any_length_that_an_attribute_claims_is_harmless(void **state)
{
	struct buf b = { 0 };

	(void)state;
	rtnl_write_add(&b, &address);
	assert_int_equal(b.err, 0);
	for (unsigned length = 0; length < 256; length++) {
		struct span rest;
		struct rtnl_told t;

		b.p[28] = (uint8_t)length;
		rest = buf_bytes(&b);
		assert_true(rtnl_read(&rest, &t));
		assert_int_equal(rest.n, 0);
	}
	buf_done(&b);
}

/* ---- with the kernel: to look is everybody's right ---- */

static void
count(void *arg, const struct rtnl_told *told)
{
	(void)told;
	++*(int *)arg;
}

static void
the_kernel_tells_what_there_is(void **state)
{
	int fd = rtnl_open(), n = 0;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(rtnl_each(fd, RTNL_LINK, count, &n), 0);
	assert_true(n > 0);
	n = 0;
	assert_int_equal(rtnl_each(fd, RTNL_RULE, count, &n), 0);
	assert_true(n > 0);
	assert_int_equal(rtnl_where(fd, 0x7f000001), RTN_LOCAL);
	assert_int_equal(close(fd), 0);
	assert_int_equal(rtnl_each(fd, RTNL_LINK, count, &n), -EBADF);
	assert_int_equal(mem_out(), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_is_a_local_route_with_its_owner_as_metric),
		cmocka_unit_test(an_address_is_taken_away_by_the_same_words),
		cmocka_unit_test(a_router_is_on_the_wire_whatever_the_kernel_thinks),
		cmocka_unit_test(a_network_is_reached_without_a_router),
		cmocka_unit_test(a_rule_leads_from_the_network_to_the_owners_table),
		cmocka_unit_test(an_interface_for_a_tag_is_named_marked_and_up),
		cmocka_unit_test(a_message_that_does_not_fit_keeps_the_error),
		cmocka_unit_test(what_is_asked_for_is_read_as_it_was_meant),
		cmocka_unit_test(an_interface_is_read_with_its_name_and_its_mark),
		cmocka_unit_test(a_route_of_somebody_elses_is_not_mine),
		cmocka_unit_test(an_error_is_the_end_of_an_answer),
		cmocka_unit_test(cut_anywhere_there_is_no_message),
		cmocka_unit_test(any_length_that_an_attribute_claims_is_harmless),
		cmocka_unit_test(the_kernel_tells_what_there_is),
	};

	return cmocka_run_group_tests_name("rtnl", tests, NULL, NULL);
}
