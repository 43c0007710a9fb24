/* test_web.c - the small web server: where it listens, whom it answers, and what it refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "loop.h"
#include "mem.h"
#include "web.h"
#include "web_client.h"

/* ---- ADDR:PORT ---- */

static void
addr_is(const char *text, const char *host, unsigned port, bool loopback)
{
	struct web_addr at;

	assert_int_equal(web_addr_read(text, &at), 0);
	assert_string_equal(at.host, host);
	assert_int_equal(at.port, port);
	assert_true(at.loopback == loopback);
}

static void
addresses_are_read_as_people_write_them(void **state)
{
	(void)state;
	addr_is("127.0.0.1:8080", "127.0.0.1", 8080, true);
	addr_is("127.9.8.7:1", "127.9.8.7", 1, true);
	addr_is("localhost:0", "127.0.0.1", 0, true);
	addr_is("LocalHost:65535", "127.0.0.1", 65535, true);
	addr_is(":9100", "127.0.0.1", 9100, true);
	addr_is("[::1]:80", "[::1]", 80, true);
	addr_is("[0:0:0:0:0:0:0:1]:80", "[::1]", 80, true);
	addr_is("0.0.0.0:80", "0.0.0.0", 80, false);
	addr_is("[::]:80", "[::]", 80, false);
	addr_is("192.0.2.7:80", "192.0.2.7", 80, false);
	addr_is("[2001:db8::7]:80", "[2001:db8::7]", 80, false);
	addr_is("128.0.0.1:80", "128.0.0.1", 80, false);
	/* This machine, but by an address that others may be routed to. */
	addr_is("[::ffff:127.0.0.1]:80", "[::ffff:127.0.0.1]", 80, false);
}

static void
what_is_no_address_is_refused(void **state)
{
	static const char *const bad[] = { "", ":", "8080", "127.0.0.1",
		"127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:80x",
		"127.0.0.1: 80", "127.0.0.256:80", "127.1:80", "farm.example.com:80", "::1:80",
		"[::1]", "[::1:80", "::1]:80", "[]:80", "[::1%lo]:80", "[127.0.0.1]:80",
		"[::1]80", "http://127.0.0.1:80",
		"[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"
		":0000:0000:0001]:80" };
	struct web_addr at = { .port = 7 };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(web_addr_read(bad[i], &at), -EINVAL);
	assert_int_equal(at.port, 7);
}

static void
two_addresses_are_the_same_however_they_were_written(void **state)
{
	struct web_addr a, b;

	(void)state;
	assert_int_equal(web_addr_read(":80", &a), 0);
	assert_int_equal(web_addr_read("localhost:80", &b), 0);
	assert_true(web_addr_same(&a, &b));
	assert_int_equal(web_addr_read("localhost:81", &b), 0);
	assert_false(web_addr_same(&a, &b));
	assert_int_equal(web_addr_read("127.0.0.2:80", &b), 0);
	assert_false(web_addr_same(&a, &b));
	assert_int_equal(web_addr_read(":0", &a), 0);
	assert_false(web_addr_same(&a, &a));
}

/* ---- Host: ---- */

static void
by_an_address_or_as_localhost_it_may_be_asked(void **state)
{
	static const char *const good[] = { "127.0.0.1", "127.0.0.1:80", "192.0.2.7:80",
		"localhost", "LOCALHOST:80", "farm.localhost:80", "[::1]", "[::1]:80",
		"[2001:db8::7]:80" };

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_true(web_host_is_ours(good[i], true));
		assert_true(web_host_is_ours(good[i], false));
	}
}

static void
by_a_name_from_outside_it_may_not_be_asked(void **state)
{
	static const char *const bad[] = { "evil.example", "evil.example:80", "localhost.evil",
		"localhost.evil.example:80", "127.0.0.1.evil.example",
		"127.0.0.1.evil.example:80", "notlocalhost.example", "[::1].evil.example",
		"[evil]", "[::1", "", ":80", "localhost.", "a.b@127.0.0.1" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_false(web_host_is_ours(bad[i], true));
		if (strchr(bad[i], '.') != NULL)
			assert_false(web_host_is_ours(bad[i], false));
	}
	assert_false(web_host_is_ours(NULL, true));
	assert_false(web_host_is_ours(NULL, false));
}

static void
told_to_listen_anywhere_it_also_knows_the_names_of_the_house(void **state)
{
	char own[256] = "";

	(void)state;
	assert_int_equal(gethostname(own, sizeof own - 1), 0);
	assert_true(web_host_is_ours(own, false));
	assert_true(web_host_is_ours("build07:9100", false));
	assert_false(web_host_is_ours("build07:9100", true));
}

/* ---- requests ---- */

enum { RIG_ROUTES = 5 };

struct rig {
	struct loop *loop;
	struct web *web;
	struct buf reply;
	unsigned asked;
	struct web_route routes[RIG_ROUTES];
};

static void
rig_hello(void *arg, const struct web_request *request, struct web_reply *reply)
{
	struct rig *r = arg;

	r->asked++;
	reply->type = "text/html";
	buf_printf(&reply->body, "hello %s", request->path);
}

static void
rig_below(void *arg, const struct web_request *request, struct web_reply *reply)
{
	(void)arg;
	buf_text(&reply->body, "below: ");
	buf_span(&reply->body, request->behind);
}

static void
rig_missing(void *arg, const struct web_request *request, struct web_reply *reply)
{
	(void)arg;
	(void)request;
	reply->status = 404;
	buf_text(&reply->body, "no such thing");
}

static void
rig_short(void *arg, const struct web_request *request, struct web_reply *reply)
{
	(void)arg;
	(void)request;
	reply->body.err = -ENOMEM;
}

static void
rig_large(void *arg, const struct web_request *request, struct web_reply *reply)
{
	(void)arg;
	(void)request;
	for (int i = 0; i < 200000; i++)
		buf_printf(&reply->body, "line %9d\n", i);
}

static int
setup_at(void **state, const char *where)
{
	struct rig *r = calloc(1, sizeof *r);
	struct web_cfg cfg = { .n_routes = RIG_ROUTES };

	assert_non_null(r);
	r->routes[0] = (struct web_route){ "/", rig_hello, r };
	r->routes[1] = (struct web_route){ "/below/", rig_below, r };
	r->routes[2] = (struct web_route){ "/missing", rig_missing, r };
	r->routes[3] = (struct web_route){ "/short", rig_short, r };
	r->routes[4] = (struct web_route){ "/large", rig_large, r };
	assert_int_equal(loop_new(&r->loop), 0);
	assert_int_equal(web_addr_read(where, &cfg.at), 0);
	cfg.loop = r->loop;
	cfg.routes = r->routes;
	assert_int_equal(web_new(&cfg, &r->web), 0);
	assert_int_not_equal(web_at(r->web)->port, 0);
	*state = r;
	return 0;
}

static int
setup(void **state)
{
	return setup_at(state, "127.0.0.1:0");
}

static int
teardown(void **state)
{
	struct rig *r = *state;

	buf_done(&r->reply);
	web_free(r->web);
	loop_free(r->loop);
	free(r);
	assert_int_equal(mem_out(), 0);
	return 0;
}

static const char *
ask(struct rig *r, const char *request)
{
	return web_client_raw(r->loop, web_at(r->web), request, strlen(request), &r->reply);
}

/* Names of headers are written as the server likes. */
static bool
has_header(const char *reply, const char *line)
{
	const char *end = strstr(reply, "\r\n\r\n");

	for (; reply != NULL && reply < end; reply = strstr(reply + 1, "\r\n"))
		if (strncasecmp(reply + 2, line, strlen(line)) == 0)
			return true;
	return false;
}

static void
answers(struct rig *r, const char *request, int status)
{
	const char *reply = ask(r, request);

	assert_int_equal(strncmp(reply, "HTTP/1.1 ", 9), 0);
	assert_int_equal(strtol(reply + 9, NULL, 10), status);
}

static void
a_page_comes_with_what_it_may_load(void **state)
{
	struct rig *r = *state;
	const char *reply =
	    ask(r, "GET /?x=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

	assert_int_equal(strncmp(reply, "HTTP/1.1 200 ", 13), 0);
	assert_non_null(strstr(reply, "\r\n\r\nhello /"));
	assert_null(strstr(reply, "x=1"));
	assert_true(has_header(reply, "Content-Type: text/html\r\n"));
	assert_true(has_header(reply, "Content-Security-Policy: default-src 'none';"));
	assert_true(has_header(reply, "X-Content-Type-Options: nosniff\r\n"));
	assert_true(has_header(reply, "Cache-Control: no-store\r\n"));
	assert_true(has_header(reply, "Cross-Origin-Resource-Policy: same-origin\r\n"));
	/* Other origins are not let in. */
	assert_false(has_header(reply, "Access-Control-"));
	assert_true(web_asked_us(r->web) > 0);
}

static void
head_tells_the_length_and_nothing_more(void **state)
{
	struct rig *r = *state;
	const char *reply =
	    ask(r, "HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

	assert_true(has_header(reply, "Content-Length: 7\r\n"));
	assert_null(strstr(reply, "hello"));
	assert_int_equal(r->asked, 1);
}

static void
only_get_and_head_are_taken(void **state)
{
	static const char *const methods[] = { "POST", "PUT", "DELETE", "OPTIONS", "PATCH",
		"TRACE", "BREW" };
	struct rig *r = *state;
	char request[128];

	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
		snprintf(request, sizeof request,
		    "%s / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
		    methods[i]);
		answers(r, request, 405);
		assert_true(has_header(buf_cstr(&r->reply), "Allow: GET, HEAD\r\n"));
	}
	answers(r,
	    "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
	    "Content-Length: 5\r\n\r\nhello",
	    405);
	assert_int_equal(r->asked, 0);
}

static void
a_get_with_a_body_is_answered_all_the_same(void **state)
{
	answers(*state,
	    "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
	    "Content-Length: 5\r\n\r\nhello",
	    200);
}

static void
a_page_of_another_name_gets_nothing(void **state)
{
	struct rig *r = *state;

	answers(r, "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", 403);
	answers(r, "GET / HTTP/1.1\r\nHost: \r\nConnection: close\r\n\r\n", 403);
	answers(r, "GET / HTTP/1.0\r\n\r\n", 403);
	answers(r, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n", 403);
	assert_int_equal(r->asked, 0);
}

static void
a_route_with_a_slash_stands_for_all_below_it(void **state)
{
	struct rig *r = *state;
	struct buf body = { 0 };

	assert_int_equal(web_client_get(r->loop, web_at(r->web), "/below/7", &body), 200);
	assert_string_equal(buf_cstr(&body), "below: 7");
	assert_int_equal(web_client_get(r->loop, web_at(r->web), "/below/", &body), 200);
	assert_string_equal(buf_cstr(&body), "below: ");
	assert_int_equal(web_client_get(r->loop, web_at(r->web), "/below/a%2Fb?c", &body), 200);
	assert_string_equal(buf_cstr(&body), "below: a/b");
	buf_done(&body);
}

static void
what_is_not_there_is_not_found(void **state)
{
	static const char *const paths[] = { "/missing", "/missing/", "/nothing", "/below",
		"//", "/../etc/passwd" };
	struct rig *r = *state;
	struct buf body = { 0 };

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		assert_int_equal(web_client_get(r->loop, web_at(r->web), paths[i], &body), 404);
	buf_done(&body);
}

static void
want_of_memory_is_said(void **state)
{
	answers(*state, "GET /short HTTP/1.1\r\nHost: [::1]\r\nConnection: close\r\n\r\n", 503);
}

static void
a_long_page_comes_whole(void **state)
{
	struct rig *r = *state;
	struct buf body = { 0 };

	assert_int_equal(web_client_get(r->loop, web_at(r->web), "/large", &body), 200);
	assert_int_equal(body.n, 200000 * 15);
	assert_non_null(strstr(buf_cstr(&body), "line    199999\n"));
	buf_done(&body);
}

static void
bytes_that_are_no_request_are_not_answered_as_one(void **state)
{
	static const char *const bad[] = { "\r\n\r\n", "GET\r\n\r\n",
		"\x16\x03\x01\x02\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", ": / HTTP/1.1\r\n\r\n" };
	struct rig *r = *state;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char request[128];

		/* Whatever it made of it, the next one is told to end the connection. */
		snprintf(request, sizeof request,
		    "%sGET /nothing HTTP/1.1\r\nHost: evil.example\r\nConnection: "
		    "close\r\n\r\n",
		    bad[i]);
		assert_null(strstr(ask(r, request), " 200 "));
	}
	assert_int_equal(r->asked, 0);
}

static void
several_requests_go_over_one_connection(void **state)
{
	struct rig *r = *state;
	const char *reply = ask(r,
	    "GET /below/1 HTTP/1.1\r\nHost: localhost\r\n\r\n"
	    "GET /below/2 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

	assert_non_null(strstr(reply, "below: 1"));
	assert_non_null(strstr(reply, "below: 2"));
}

static int
setup_six(void **state)
{
	struct web_addr at;
	int fd;

	assert_int_equal(web_addr_read("[::1]:0", &at), 0);
	fd = web_listen(&at);
	if (fd < 0) {
		*state = NULL;
		return 0;
	}
	close(fd);
	return setup_at(state, "[::1]:0");
}

static int
teardown_six(void **state)
{
	return *state != NULL ? teardown(state) : 0;
}

static void
it_speaks_the_sixth_version_too(void **state)
{
	struct rig *r = *state;
	struct buf url = { 0 };

	if (r == NULL)
		skip(); /* a machine without it */
	web_url(r->web, &url);
	assert_int_equal(strncmp(buf_cstr(&url), "http://[::1]:", 13), 0);
	buf_done(&url);
	answers(r, "GET / HTTP/1.1\r\nHost: [::1]:80\r\nConnection: close\r\n\r\n", 200);
}

static void
a_port_that_is_taken_is_said(void **state)
{
	struct rig *r = *state;
	struct web_cfg cfg = { .loop = r->loop, .at = *web_at(r->web) };
	struct web *other = NULL;

	assert_int_equal(web_new(&cfg, &other), -EADDRINUSE);
	assert_int_equal(web_addr_read("192.0.2.7:0", &cfg.at), 0);
	assert_int_equal(web_new(&cfg, &other), -EADDRNOTAVAIL);
	assert_null(other);
}

static void
when_memory_is_short_it_does_not_open(void **state)
{
	struct rig *r = *state;
	struct web_cfg cfg = { .loop = r->loop };
	struct web *other = NULL;
	long out = mem_out();

	assert_int_equal(web_addr_read(":0", &cfg.at), 0);
	for (long n = 1; n <= 3; n++) {
		mem_fail_at(n);
		assert_int_equal(web_new(&cfg, &other), -ENOMEM);
		mem_fail_at(0);
		assert_null(other);
		/* Timers are given back by the loop, in its next turn. */
		loop_stop(r->loop);
		loop_run(r->loop);
		assert_int_equal(mem_out(), out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_read_as_people_write_them),
		cmocka_unit_test(what_is_no_address_is_refused),
		cmocka_unit_test(two_addresses_are_the_same_however_they_were_written),
		cmocka_unit_test(by_an_address_or_as_localhost_it_may_be_asked),
		cmocka_unit_test(by_a_name_from_outside_it_may_not_be_asked),
		cmocka_unit_test(told_to_listen_anywhere_it_also_knows_the_names_of_the_house),
		cmocka_unit_test_setup_teardown(
		    a_page_comes_with_what_it_may_load, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    head_tells_the_length_and_nothing_more, setup, teardown),
		cmocka_unit_test_setup_teardown(only_get_and_head_are_taken, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_get_with_a_body_is_answered_all_the_same, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_page_of_another_name_gets_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_route_with_a_slash_stands_for_all_below_it, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    what_is_not_there_is_not_found, setup, teardown),
		cmocka_unit_test_setup_teardown(want_of_memory_is_said, setup, teardown),
		cmocka_unit_test_setup_teardown(a_long_page_comes_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    bytes_that_are_no_request_are_not_answered_as_one, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    several_requests_go_over_one_connection, setup, teardown),
		cmocka_unit_test_setup_teardown(a_port_that_is_taken_is_said, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    when_memory_is_short_it_does_not_open, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    it_speaks_the_sixth_version_too, setup_six, teardown_six),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
