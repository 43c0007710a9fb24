/* test_sim_way_http.c - requests and replies on a way: connections, late ones, changed ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "mem.h"
#include "sim_basket.h"

static const struct io_addr web = { SCENE_SERVER, 80 }, https = { SCENE_SERVER, 443 };

static void
the_first_request_pays_for_the_connection(void **state)
{
	struct basket b;
	struct scene s;
	struct io_handle *plain, *tls;
	struct sim_parcel *p;

	(void)state;
	scene_with(&s, &b, true, 1);
	plain = scene_http(&s, 0, web);
	tls = scene_http(&s, 0, https);
	assert_int_equal(b.n, 0);
	assert_string_equal(scene_heard(&s), "opened opened");
	scene_get(&s.phone[0], plain, "/a");
	scene_get(&s.phone[0], tls, "/b");
	p = basket_take(&b);
	assert_true(p->fresh);
	assert_int_equal(p->deed, SIM_ASKED);
	assert_int_equal(p->trips, 1);
	assert_int_equal(p->wire_n, 40 + strlen("GET /a HTTP/1.1\r\nHost: server\r\n\r\n"));
	sim_parcel_arrive(p);
	assert_string_equal(scene_heard(&s), "asked:/a!");
	p = basket_take(&b);
	assert_int_equal(p->trips, 3);
	sim_parcel_arrive(p);
	sim_http(s.sim, plain, 0, 200, NULL, 0, span_of(""), 0);
	basket_let_go(&b);
	scene_get(&s.phone[0], plain, "/c");
	p = basket_take(&b);
	assert_false(p->fresh);
	assert_int_equal(p->trips, 0);
	sim_parcel_arrive(p);
	assert_string_equal(scene_heard(&s), "asked:/b! asked:/c");
	io_scope_close(s.phone[0].io, &s.phone[0].scope);
	basket_let_go(&b);
	scene_end(&s);
}

static void
a_request_is_its_own_copy(void **state)
{
	struct io_header headers[] = { { "Host", "a" }, { "Authorization", "Negotiate abc" } };
	char body[] = "body", path[] = "/path";
	const struct io_ask ask = { .method = "POST",
		.path = path,
		.headers = headers,
		.n_headers = 2,
		.body = { (uint8_t *)body, 4 },
		.reply = IO_COUNT };
	struct basket b;
	struct scene s;
	struct io_handle *h;

	(void)state;
	scene_with(&s, &b, true, 1);
	h = scene_http(&s, 0, web);
	(void)scene_heard(&s);
	assert_int_equal(s.phone[0].io->ops->ask(h, &ask), 0);
	memset(body, 'x', 4);
	memset(path, 'x', 5);
	headers[0].name = headers[1].value = NULL;
	basket_let_go(&b);
	assert_string_equal(scene_heard(&s), "asked:/path!");
	io_scope_close(s.phone[0].io, &s.phone[0].scope);
	basket_let_go(&b);
	scene_end(&s);
}

static void
an_answer_to_a_request_that_was_given_up_is_not_taken_for_the_next_ones(void **state)
{
	struct basket b;
	struct scene s;
	struct io_handle *h;
	struct sim_parcel *old[3];

	(void)state;
	scene_with(&s, &b, true, 1);
	h = scene_http(&s, 0, web);
	scene_get(&s.phone[0], h, "/first");
	basket_let_go(&b);
	sim_http(s.sim, h, 0, 500, NULL, 0, span_of("x"), 0);
	for (int i = 0; i < 3; i++)
		old[i] = basket_take(&b);
	/* The connection breaks on the way. */
	sim_parcel_arrive(sim_parcel_down(h, -ECONNRESET));
	scene_get(&s.phone[0], h, "/second");
	basket_let_go(&b);
	for (int i = 0; i < 3; i++) {
		assert_true(sim_parcel_is_lost(old[i]));
		sim_parcel_arrive(old[i]);
	}
	assert_int_equal(s.phone[0].n, 1);
	sim_http(s.sim, h, 0, 200, NULL, 0, span_of("y"), 0);
	basket_let_go(&b);
	assert_int_equal(scene_last(&s, 0)->http.status, 200);
	io_scope_close(s.phone[0].io, &s.phone[0].scope);
	basket_let_go(&b);
	scene_end(&s);
}

static void
a_request_whose_connection_broke_on_the_way_is_not_heard(void **state)
{
	struct basket b;
	struct scene s;
	struct io_handle *h;
	struct sim_parcel *ask;

	(void)state;
	scene_with(&s, &b, true, 1);
	h = scene_http(&s, 0, web);
	scene_get(&s.phone[0], h, "/first");
	ask = basket_take(&b);
	sim_parcel_arrive(sim_parcel_down(h, -ECONNRESET));
	scene_get(&s.phone[0], h, "/second");
	(void)scene_heard(&s);
	sim_parcel_arrive(ask);
	assert_string_equal(scene_heard(&s), "");
	basket_let_go(&b);
	assert_string_equal(scene_heard(&s), "asked:/second!");
	io_scope_close(s.phone[0].io, &s.phone[0].scope);
	basket_let_go(&b);
	scene_end(&s);
}

static void
a_server_that_hangs_up_while_a_request_comes_hears_it_on_a_new_connection(void **state)
{
	struct basket b;
	struct scene s;
	struct io_handle *h;
	struct sim_parcel *ask, *down;

	(void)state;
	scene_with(&s, &b, true, 1);
	h = scene_http(&s, 0, web);
	scene_get(&s.phone[0], h, "/first");
	basket_let_go(&b);
	sim_http(s.sim, h, 0, 200, NULL, 0, span_of("x"), 0);
	basket_let_go(&b);
	sim_down(s.sim, h, 0, 0, NULL);
	down = basket_take(&b);
	scene_get(&s.phone[0], h, "/second");
	ask = basket_take(&b);
	(void)scene_heard(&s);
	sim_parcel_arrive(ask);
	assert_string_equal(scene_heard(&s), "");
	sim_parcel_arrive(down);
	basket_let_go(&b);
	assert_string_equal(scene_heard(&s), "asked:/second!");
	io_scope_close(s.phone[0].io, &s.phone[0].scope);
	basket_let_go(&b);
	scene_end(&s);
}

static void
a_body_may_be_changed_on_its_way_and_its_checksum_shows_it(void **state)
{
	struct basket b;
	struct scene s;
	struct io_handle *h;
	uint32_t crc[3];

	(void)state;
	scene_with(&s, &b, true, 1);
	h = scene_http(&s, 0, web);
	for (int i = 0; i < 3; i++) {
		const struct sim_reply number = { .status = 200, .body_n = 1000, .crc32 = 5 };

		scene_get(&s.phone[0], h, "/");
		basket_let_go(&b);
		if (i == 2)
			sim_reply(s.sim, h, 0, &number);
		else
			sim_http(s.sim, h, 0, 200, NULL, 0, span_of("body"), 0);
		sim_parcel_arrive(basket_take(&b));
		if (i == 1)
			LIST_ITEM(b.kept.next, struct sim_parcel, queue)->bytes[0] = 'c';
		if (i == 2)
			LIST_ITEM(b.kept.next, struct sim_parcel, queue)->spoilt = 2;
		basket_let_go(&b);
		crc[i] = scene_last(&s, 0)->http.crc32;
	}
	assert_int_equal(crc[0], 0xdba80bb2); /* zlib's of "body" and of "cody" */
	assert_int_equal(crc[1], 0x63146cd7);
	assert_int_equal(crc[2], 5 ^ 2);
	io_scope_close(s.phone[0].io, &s.phone[0].scope);
	basket_let_go(&b);
	scene_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_request_pays_for_the_connection),
		cmocka_unit_test(a_request_is_its_own_copy),
		cmocka_unit_test(
		    an_answer_to_a_request_that_was_given_up_is_not_taken_for_the_next_ones),
		cmocka_unit_test(a_request_whose_connection_broke_on_the_way_is_not_heard),
		cmocka_unit_test(
		    a_server_that_hangs_up_while_a_request_comes_hears_it_on_a_new_connection),
		cmocka_unit_test(a_body_may_be_changed_on_its_way_and_its_checksum_shows_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
