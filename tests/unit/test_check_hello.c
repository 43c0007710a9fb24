/*
 * test_check_hello.c - the phone's own ClientHello, shown to servers that answer in every way:
 * in the simulated world, and once to a TLS stack that is not ours.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "check_hello.h"
#include "client_hello.h"
#include "io_rig.h"
#include "loop.h"
#include "mem.h"
#include "peer.h"
#include "sim.h"

enum { SERVER_IP = 0x0a280014, PHONE_IP = 0x0a400001, POOL_PORT = 5061, MAIL_PORT = 443 };

static const uint64_t S = 1000000;

/* Suite 0005 of TLS 1.0, no session. */
static const uint8_t chosen[] = { 22, 3, 1, 0, 42, 2, 0, 0, 38, 3, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9,
	10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
	32, 0, 0, 5, 0 };
static const uint8_t refused[] = { 21, 3, 1, 0, 2, 2, 40 };

/* How a server answers what it is sent. */
enum mood { ANSWERS, IN_PIECES, REFUSES, TALKS_HTTP, CLOSES, RESETS, SILENT, NEVER_UP };

struct server {
	enum mood mood;
	unsigned opened, closed;
	struct buf heard;
};

struct scene {
	struct sim *sim;
	struct server pool, mail;
	struct check_hello hello;
	json_t *rows;
	unsigned ends;
};

static void
server_says(const struct server *s, struct sim *sim, struct io_handle *h)
{
	const struct span all = { chosen, sizeof chosen };

	switch (s->mood) {
	case ANSWERS:
		sim_bytes(sim, h, 1000, all);
		break;
	case IN_PIECES:
		for (size_t i = 0; i < sizeof chosen; i++)
			sim_bytes(sim, h, 1000 + i, (struct span){ chosen + i, 1 });
		break;
	case REFUSES:
		sim_bytes(sim, h, 1000, (struct span){ refused, sizeof refused });
		sim_down(sim, h, 2000, 0, NULL);
		break;
	case TALKS_HTTP:
		sim_bytes(sim, h, 1000, span_of("HTTP/1.1 400 Bad Request\r\n"));
		break;
	case CLOSES:
		sim_down(sim, h, 1000, 0, NULL);
		break;
	case RESETS:
		sim_down(sim, h, 1000, -ECONNRESET, NULL);
		break;
	case SILENT:
	case NEVER_UP:
		break;
	}
}

static void
server_on_call(void *arg, struct sim *sim, const struct sim_call *call)
{
	struct server *s = arg;

	switch (call->deed) {
	case SIM_OPENED:
		/* Its TLS is our own bytes: nothing else is to be put before them. */
		assert_false(call->cfg->tls);
		s->opened++;
		if (s->mood != NEVER_UP)
			sim_up(sim, call->h, 500, NULL);
		break;
	case SIM_SENT:
		buf_span(&s->heard, call->bytes);
		server_says(s, sim, call->h);
		break;
	case SIM_CLOSED:
		s->closed++;
		break;
	case SIM_ASKED:
	case SIM_CUT:
		break;
	}
}

static void
on_row(void *arg, json_t *row_take)
{
	struct scene *s = arg;

	json_array_append_new(s->rows, row_take);
}

static void
on_end(void *arg)
{
	((struct scene *)arg)->ends++;
}

static void
target(struct scene *s, const char *name, uint16_t port)
{
	struct check_target *t = &s->hello.target[s->hello.n++];

	(void)snprintf(t->name, sizeof t->name, "%s", name);
	t->to = (struct io_addr){ SERVER_IP, port };
}

static void
begin(struct scene *s, enum mood pool, enum mood mail)
{
	static const uint32_t chance[] = { 0x100, 0x2a1, 0x3b2 };

	memset(s, 0, sizeof *s);
	s->sim = sim_new();
	s->rows = json_array();
	s->pool.mood = pool;
	s->mail.mood = mail;
	sim_listen(s->sim, SIM_STREAM, POOL_PORT, server_on_call, &s->pool);
	sim_listen(s->sim, SIM_STREAM, MAIL_PORT, server_on_call, &s->mail);
	sim_random(s->sim, chance, 3);
	s->hello = (struct check_hello){ .io = sim_io(s->sim),
		.wall_us = INT64_C(1252497600) * 1000000,
		.on_row = on_row,
		.on_end = on_end,
		.arg = s };
	assert_int_equal(s->hello.io->ops->address(s->hello.io, PHONE_IP, 0), 0);
}

static void
shown(struct scene *s)
{
	check_hello_start(&s->hello);
	sim_run(s->sim, 3600 * S);
}

static void
end(struct scene *s)
{
	check_hello_done(&s->hello);
	assert_int_equal(sim_open(s->sim), 0);
	json_decref(s->rows);
	buf_done(&s->pool.heard);
	buf_done(&s->mail.heard);
	sim_free(s->sim);
	assert_int_equal(mem_out(), 0);
}

static json_t *
row(const struct scene *s, size_t i)
{
	assert_true(i < json_array_size(s->rows));
	assert_true(json_is_object(json_array_get(s->rows, i)));
	return json_array_get(s->rows, i);
}

static void
row_is(
    const struct scene *s, size_t i, const char *verdict, const char *why, const char *detail)
{
	json_t *one = row(s, i), *has_why = json_object_get(one, "why");

	assert_string_equal(json_string_value(json_object_get(one, "step")), "client_hello");
	assert_string_equal(json_string_value(json_object_get(one, "verdict")), verdict);
	assert_string_equal(json_string_value(json_object_get(one, "detail")), detail);
	if (why == NULL)
		assert_true(json_is_null(has_why));
	else
		assert_string_equal(json_string_value(has_why), why);
}

static long long
seen_number(const struct scene *s, size_t i, const char *key)
{
	json_t *seen = json_object_get(json_object_get(row(s, i), "seen"), key);

	return json_is_integer(seen) ? (long long)json_integer_value(seen) : -1;
}

static const char *
seen_text(const struct scene *s, size_t i, const char *key)
{
	const char *text =
	    json_string_value(json_object_get(json_object_get(row(s, i), "seen"), key));

	assert_non_null(text);
	return text;
}

/* ---- what it says ----------------------------------------------------------------------- */

static void
it_says_the_phones_hello_and_nothing_else(void **state)
{
	uint8_t random[CLIENT_HELLO_RANDOM] = { 0x4a, 0xa7, 0x98, 0xc0 };
	struct buf want = { 0 };
	struct scene s;

	(void)state;
	for (size_t i = 4; i < sizeof random; i++)
		random[i] = (uint8_t[]){ 0x00, 0xa1, 0xb2 }[(i - 4) % 3];
	begin(&s, ANSWERS, ANSWERS);
	target(&s, "pool01", POOL_PORT);
	shown(&s);
	client_hello_write(&want, random);
	assert_int_equal(s.pool.heard.n, want.n);
	assert_memory_equal(s.pool.heard.p, want.p, want.n);
	buf_done(&want);
	end(&s);
}

static void
framed_as_ssl_2_if_that_is_wanted(void **state)
{
	struct scene s;

	(void)state;
	begin(&s, ANSWERS, ANSWERS);
	s.hello.ssl2 = true;
	target(&s, "pool01", POOL_PORT);
	shown(&s);
	assert_in_range(s.pool.heard.n, 3, 255);
	assert_int_equal(s.pool.heard.p[0], 0x80);
	assert_int_equal(s.pool.heard.p[2], 1);
	assert_int_equal(s.pool.heard.n, 2 + s.pool.heard.p[1]);
	row_is(&s, 0, "done", NULL, "");
	end(&s);
}

/* ---- what comes of it ---------------------------------------------------------------------
 */

static void
it_tells_what_each_server_chooses(void **state)
{
	struct scene s;

	(void)state;
	begin(&s, ANSWERS, REFUSES);
	target(&s, "pool01", POOL_PORT);
	target(&s, "mail01", MAIL_PORT);
	shown(&s);
	assert_int_equal(s.ends, 1);
	assert_int_equal(json_array_size(s.rows), 2);
	row_is(&s, 0, "done", NULL, "");
	assert_string_equal(seen_text(&s, 0, "tls_server"), "pool01:5061");
	assert_int_equal(seen_number(&s, 0, "tls_chosen"), 5);
	assert_int_equal(seen_number(&s, 0, "tls_version"), 0x0301);
	assert_string_equal(seen_text(&s, 0, "tls_suite"), "RC4-128 SHA");
	assert_string_equal(seen_text(&s, 0, "tls_protocol"), "TLS 1.0");
	row_is(&s, 1, "fail", "tls", "tls:40");
	assert_string_equal(seen_text(&s, 1, "tls_server"), "mail01:443");
	assert_int_equal(seen_number(&s, 1, "tls_alert"), 40);
	assert_int_equal(seen_number(&s, 1, "tls_chosen"), -1);
	/* One after the other, and each is let go. */
	assert_int_equal(s.pool.opened, 1);
	assert_int_equal(s.pool.closed, 1);
	assert_int_equal(s.mail.opened, 1);
	end(&s);
}

static void
a_row_says_when_and_what_was_offered(void **state)
{
	json_t *offered;
	struct scene s;

	(void)state;
	begin(&s, ANSWERS, ANSWERS);
	target(&s, "pool01", POOL_PORT);
	sim_run(s.sim, 5 * S);
	shown(&s);
	assert_true(json_is_null(json_object_get(row(&s, 0), "guide")));
	assert_int_equal(json_integer_value(json_object_get(row(&s, 0), "try")), 1);
	assert_true(json_number_value(json_object_get(row(&s, 0), "ms")) >= 1.5);
	offered = json_object_get(json_object_get(row(&s, 0), "seen"), "tls_offered");
	assert_int_equal(json_array_size(offered), CLIENT_HELLO_SUITES);
	assert_int_equal(json_integer_value(json_array_get(offered, 10)), 0x63);
	end(&s);
}

static void
an_answer_may_come_byte_by_byte(void **state)
{
	struct scene s;

	(void)state;
	begin(&s, IN_PIECES, ANSWERS);
	target(&s, "pool01", POOL_PORT);
	shown(&s);
	row_is(&s, 0, "done", NULL, "");
	assert_int_equal(seen_number(&s, 0, "tls_chosen"), 5);
	end(&s);
}

struct odd {
	enum mood mood;
	const char *why, *detail;
};

static void
what_is_no_answer_is_told_and_the_next_is_asked(void **state)
{
	static const struct odd odd[] = {
		{ TALKS_HTTP, "bad_reply", "hello:what answers is no TLS" },
		{ CLOSES, "reset", "tcp:closed" },
		{ RESETS, "reset", "errno:ECONNRESET" },
		{ SILENT, "timeout", "limit:10000ms" },
		{ NEVER_UP, "timeout", "limit:10000ms" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		struct scene s;

		begin(&s, odd[i].mood, ANSWERS);
		target(&s, "pool01", POOL_PORT);
		target(&s, "mail01", MAIL_PORT);
		shown(&s);
		row_is(&s, 0, "fail", odd[i].why, odd[i].detail);
		row_is(&s, 1, "done", NULL, "");
		assert_int_equal(s.ends, 1);
		end(&s);
	}
}

static void
where_nobody_listens_it_is_refused(void **state)
{
	struct scene s;

	(void)state;
	begin(&s, ANSWERS, ANSWERS);
	target(&s, "pool01", 5062);
	shown(&s);
	row_is(&s, 0, "fail", "refused", "errno:ECONNREFUSED");
	end(&s);
}

static void
what_cannot_be_opened_is_this_machines_fault(void **state)
{
	struct scene s;

	(void)state;
	begin(&s, ANSWERS, ANSWERS);
	target(&s, "pool01", POOL_PORT);
	target(&s, "mail01", MAIL_PORT);
	sim_fail_open(s.sim, -EMFILE);
	shown(&s);
	assert_int_equal(json_array_size(s.rows), 2);
	row_is(&s, 0, "fail", "local", "errno:EMFILE");
	assert_int_equal(s.ends, 1);
	end(&s);
}

static void
without_a_server_it_is_over_at_once(void **state)
{
	struct scene s;

	(void)state;
	begin(&s, ANSWERS, ANSWERS);
	check_hello_start(&s.hello);
	assert_int_equal(s.ends, 1);
	assert_int_equal(json_array_size(s.rows), 0);
	end(&s);
}

static void
once_it_is_done_nothing_comes_any_more(void **state)
{
	struct scene s;

	(void)state;
	begin(&s, ANSWERS, ANSWERS);
	target(&s, "pool01", POOL_PORT);
	check_hello_start(&s.hello);
	check_hello_done(&s.hello);
	sim_run(s.sim, 3600 * S);
	assert_int_equal(s.ends, 0);
	assert_int_equal(json_array_size(s.rows), 0);
	end(&s);
}

static void
one_that_was_never_started_can_be_done_with(void **state)
{
	struct check_hello nothing = { 0 };

	(void)state;
	check_hello_done(&nothing);
}

/* ---- a TLS stack that is not ours ----------------------------------------------- */

struct real {
	struct rig rig;
	json_t *row;
};

static void
real_on_row(void *arg, json_t *row_take)
{
	((struct real *)arg)->row = row_take;
}

static void
real_on_end(void *arg)
{
	loop_stop(((struct real *)arg)->rig.loop);
}

static void
gnutls_chooses_what_our_own_tls_would_get(void **state)
{
	static struct real r;
	struct io_port ports[] = { { POOL_PORT, 0 } };
	const struct peer_cert cert = { .common_name = "pool01.contoso.com" };
	struct peer *peer = peer_new(&cert, &ports[0].real);
	struct io_world_cfg cfg = rig_cfg();
	struct check_hello hello = { .n = 1,
		.target = { { "pool01.contoso.com", { 0x7f000001, POOL_PORT } } },
		.on_row = real_on_row,
		.on_end = real_on_end,
		.arg = &r };
	json_t *seen;

	(void)state;
	cfg.ports = ports;
	cfg.n_ports = 1;
	rig_begin(&r.rig, &cfg);
	hello.io = r.rig.io;
	check_hello_start(&hello);
	rig_run(&r.rig);
	assert_non_null(r.row);
	seen = json_object_get(r.row, "seen");
	assert_string_equal(json_string_value(json_object_get(r.row, "verdict")), "done");
	assert_non_null(client_hello_suite_name(
	    (uint16_t)json_integer_value(json_object_get(seen, "tls_chosen"))));
	assert_false(client_hello_suite_is_weak(
	    (uint16_t)json_integer_value(json_object_get(seen, "tls_chosen"))));
	assert_int_equal(json_integer_value(json_object_get(seen, "tls_version")), 0x0301);
	json_decref(r.row);
	check_hello_done(&hello);
	rig_end(&r.rig);
	peer_free(peer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_says_the_phones_hello_and_nothing_else),
		cmocka_unit_test(framed_as_ssl_2_if_that_is_wanted),
		cmocka_unit_test(it_tells_what_each_server_chooses),
		cmocka_unit_test(a_row_says_when_and_what_was_offered),
		cmocka_unit_test(an_answer_may_come_byte_by_byte),
		cmocka_unit_test(what_is_no_answer_is_told_and_the_next_is_asked),
		cmocka_unit_test(where_nobody_listens_it_is_refused),
		cmocka_unit_test(what_cannot_be_opened_is_this_machines_fault),
		cmocka_unit_test(without_a_server_it_is_over_at_once),
		cmocka_unit_test(once_it_is_done_nothing_comes_any_more),
		cmocka_unit_test(one_that_was_never_started_can_be_done_with),
		cmocka_unit_test(gnutls_chooses_what_our_own_tls_would_get),
	};

	return cmocka_run_group_tests_name("check_hello", tests, NULL, NULL);
}
