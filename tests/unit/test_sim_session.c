/* test_sim_session.c - HTTP sessions in the simulated world: replies, connections, retries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "mem.h"
#include "sim_scene.h"
#include "sim_tls.h"

static const struct io_addr web = { SCENE_SERVER, 80 }, https = { SCENE_SERVER, 443 };

static void
scene_web(struct scene *s, bool strict, sim_fn *fn)
{
	scene_begin(s, strict, 1);
	assert_int_equal(sim_listen_at(s->sim, SIM_HTTP, web, NULL, fn, s), 0);
	assert_int_equal(sim_listen_at(s->sim, SIM_HTTP, https, NULL, fn, s), 0);
}

/* The kinds told since the n-th note, one letter each. */
static const char *
kinds(const struct scene *s, size_t from)
{
	static char text[SCENE_NOTES];
	const char letters[] = "apuBhbwd";
	size_t n = 0;

	for (size_t i = from; i < s->phone[0].n; i++)
		text[n++] = letters[s->phone[0].note[i].ev.kind];
	text[n] = '\0';
	return text;
}

/* ---- replies ---- */

static void
a_reply_is_told_at_its_time_with_what_it_says(void **state)
{
	const struct io_header headers[] = { { "Server", "Microsoft-IIS/6.0" },
		{ "X-Empty", "" } };
	const struct scene_note *whole;
	struct io_handle *h;
	struct scene s;

	(void)state;
	scene_web(&s, true, scene_on_call);
	h = scene_http(&s, 0, web);
	scene_get(&s.phone[0], h, "/a");
	assert_string_equal(scene_heard(&s), "opened asked:/a!");
	sim_http(s.sim, h, 700, 207, headers, 2, span_of("body"), 0);
	scene_run(&s);
	assert_string_equal(kinds(&s, 0), "hbbw");
	whole = scene_last(&s, 0);
	assert_int_equal(whole->at_us, 700);
	assert_int_equal(whole->http.status, 207);
	assert_int_equal(whole->http.n_headers, 2);
	assert_int_equal(whole->http.body_n, 4);
	assert_int_equal(whole->http.crc32, 0xdba80bb2);
	scene_end(&s);
}

static void
on_headers(struct scene_phone *p, const struct io_event *ev)
{
	(void)p;
	/* All that is lent is there in each event of the reply. */
	assert_int_equal(ev->http->n_headers, 2);
	assert_string_equal(ev->http->headers[0].name, "Server");
	assert_string_equal(ev->http->headers[0].value, "Microsoft-IIS/6.0");
	assert_string_equal(ev->http->headers[1].name, "X-Empty");
	assert_string_equal(ev->http->headers[1].value, "");
}

static void
headers_are_copied_and_lent_with_every_event(void **state)
{
	char value[] = "Microsoft-IIS/6.0";
	const struct io_header headers[] = { { "Server", value }, { "X-Empty", "" } };
	struct io_handle *h;
	struct scene s;

	(void)state;
	scene_web(&s, false, scene_on_call);
	s.phone[0].then = on_headers;
	h = scene_http(&s, 0, web);
	for (int i = 0; i < 2; i++) {
		memcpy(value, "Microsoft-IIS/6.0", sizeof(value));
		scene_get(&s.phone[0], h, "/a");
		sim_http(s.sim, h, 0, 200, headers, 2, span_of("body"), 0);
		memset(value, 'x', sizeof(value) - 1);
		scene_run(&s);
	}
	assert_string_equal(kinds(&s, 0), "hbwhbw");
	scene_end(&s);
}

static void
fifteen_megabytes_are_a_number(void **state)
{
	const struct sim_reply r = { .status = 200, .body_n = 15000000, .crc32 = 0xabcd };
	struct io_ask ask = { .method = "GET", .path = "/CPE.nbt", .reply = IO_COUNT };
	struct io_handle *h;
	struct scene s;
	long before;

	(void)state;
	scene_web(&s, false, scene_on_call);
	h = scene_http(&s, 0, web);
	for (int count = 0; count < 2; count++) {
		size_t n = s.phone[0].n;

		ask.reply = count != 0 ? IO_COUNT : IO_LEND;
		assert_int_equal(s.phone[0].io->ops->ask(h, &ask), 0);
		before = mem_out();
		sim_reply(s.sim, h, 0, &r);
		assert_true(mem_out() - before < 8);
		scene_run(&s);
		assert_string_equal(kinds(&s, n), "hbw");
		assert_true(s.phone[0].note[n + 1].numbered);
		assert_int_equal(s.phone[0].note[n + 1].ev.bytes.n, 15000000);
		assert_int_equal(scene_last(&s, 0)->http.body_n, 15000000);
		assert_int_equal(scene_last(&s, 0)->http.crc32, 0xabcd);
	}
	scene_end(&s);
}

static void
a_body_of_which_only_the_beginning_has_bytes_is_lent_so_far_and_counted_beyond(void **state)
{
	struct io_handle *h;
	struct scene s;

	(void)state;
	scene_web(&s, false, scene_on_call);
	h = scene_http(&s, 0, web);
	scene_get(&s.phone[0], h, "/");
	sim_http(s.sim, h, 0, 200, NULL, 0, span_of("head"), 1000);
	scene_run(&s);
	assert_string_equal(kinds(&s, 0), "hbbw");
	assert_string_equal(s.phone[0].note[1].text, "head");
	assert_true(s.phone[0].note[2].numbered);
	assert_int_equal(s.phone[0].note[2].ev.bytes.n, 996);
	assert_int_equal(scene_last(&s, 0)->http.body_n, 1000);
	scene_end(&s);
}

static void
cut_short_it_tells_so_much_and_then_the_end(void **state)
{
	struct sim_reply r = { .status = 200, .body = span_of("0123456789"), .cut = true };
	struct io_handle *h;
	struct scene s;
	size_t n;

	(void)state;
	scene_web(&s, false, scene_on_call);
	h = scene_http(&s, 0, web);
	for (uint64_t after = 0; after <= 20; after += 5) {
		n = s.phone[0].n;
		r.cut_after = after;
		r.cut_err = after == 5 ? -ETIMEDOUT : 0;
		r.body_n = after == 15 ? 100 : 0;
		assert_int_equal(scene_get(&s.phone[0], h, "/"), 0);
		sim_reply(s.sim, h, 0, &r);
		scene_run(&s);
		assert_string_equal(kinds(&s, n),
		    after == 0        ? "hd"
			: after == 15 ? "hbbd"
				      : "hbd");
		assert_int_equal(scene_last(&s, 0)->http.body_n, after > 15 ? 10 : after);
		assert_int_equal(
		    scene_last(&s, 0)->ev.err, after == 5 ? -ETIMEDOUT : -ECONNRESET);
	}
	assert_string_equal(
	    scene_heard(&s), "opened asked:/! asked:/! asked:/! asked:/! asked:/!");
	scene_end(&s);
}

/* ---- connections ---- */

static void
answers(void *arg, struct sim *sim, const struct sim_call *c)
{
	const struct io_header close = { "Connection", "Close" };
	struct scene *s = arg;

	scene_hear(s, c);
	if (c->deed == SIM_ASKED)
		sim_http(sim, c->h, 10, 200, &close, strcmp(c->ask->path, "/close") == 0,
		    span_of("x"), 0);
}

static void
fetch(struct scene *s, struct io_handle *h, const char *path)
{
	assert_int_equal(scene_get(&s->phone[0], h, path), 0);
	scene_run(s);
}

static void
connections_are_kept_until_the_server_closes_them(void **state)
{
	struct io_handle *h, *other;
	struct scene s;

	(void)state;
	scene_web(&s, true, answers);
	h = scene_http(&s, 0, web);
	other = scene_http(&s, 0, web);
	fetch(&s, h, "/1");
	fetch(&s, other, "/2");
	fetch(&s, h, "/3");
	fetch(&s, h, "/close");
	fetch(&s, h, "/4");
	assert_int_equal(s.last.from.port, 49154);
	sim_down(s.sim, h, 5, 0, NULL);
	sim_down(s.sim, other, 5, -ECONNRESET, NULL);
	scene_run(&s);
	fetch(&s, h, "/5");
	fetch(&s, other, "/6");
	assert_string_equal(scene_heard(&s),
	    "opened opened asked:/1! asked:/2! asked:/3 asked:/close asked:/4! asked:/5! "
	    "asked:/6!");
	for (size_t i = 0; i < s.phone[0].n; i++)
		assert_int_not_equal(s.phone[0].note[i].ev.kind, IO_DOWN);
	scene_end(&s);
}

/* Ends the connection before the reply so many times. */
struct dying {
	struct scene *s;
	int answers, deaths;
};

static void
dies(void *arg, struct sim *sim, const struct sim_call *c)
{
	struct dying *d = arg;

	scene_hear(d->s, c);
	if (c->deed != SIM_ASKED)
		return;
	if (d->answers-- > 0)
		sim_http(sim, c->h, 10, 200, NULL, 0, span_of("x"), 0);
	else if (d->deaths-- > 0)
		sim_down(sim, c->h, 10, -ECONNRESET, NULL);
	else
		sim_http(sim, c->h, 10, 201, NULL, 0, span_of("x"), 0);
}

static void
a_kept_connection_that_dies_costs_one_more_request_and_no_word(void **state)
{
	struct dying d = { .answers = 1, .deaths = 1 };
	struct io_handle *h;
	struct scene s;

	(void)state;
	scene_begin(&s, true, 1);
	d.s = &s;
	assert_int_equal(sim_listen_at(s.sim, SIM_HTTP, web, NULL, dies, &d), 0);
	h = scene_http(&s, 0, web);
	fetch(&s, h, "/a");
	fetch(&s, h, "/b");
	assert_string_equal(scene_heard(&s), "opened asked:/a! asked:/b asked:/b!");
	assert_int_equal(scene_last(&s, 0)->http.status, 201);
	assert_string_equal(kinds(&s, 0), "hbwhbw");
	s.phone[0].io->ops->power_cut(s.phone[0].io);
	scene_end(&s);
}

static void
a_new_connection_that_dies_is_told_and_may_be_asked_again(void **state)
{
	struct dying d = { .deaths = 1 };
	struct io_handle *h;
	struct scene s;

	(void)state;
	scene_begin(&s, true, 1);
	d.s = &s;
	assert_int_equal(sim_listen_at(s.sim, SIM_HTTP, web, NULL, dies, &d), 0);
	h = scene_http(&s, 0, web);
	fetch(&s, h, "/a");
	assert_string_equal(kinds(&s, 0), "d");
	assert_int_equal(scene_last(&s, 0)->http.status, 0);
	fetch(&s, h, "/b");
	assert_string_equal(kinds(&s, 0), "dhbw");
	assert_string_equal(scene_heard(&s), "opened asked:/a! asked:/b!");
	s.phone[0].io->ops->power_cut(s.phone[0].io);
	scene_end(&s);
}

static void
a_reply_that_has_begun_is_not_asked_for_again(void **state)
{
	const struct sim_reply half = { .status = 200, .body_n = 100, .cut = true };
	struct io_handle *h;
	struct scene s;

	(void)state;
	scene_web(&s, true, scene_on_call);
	h = scene_http(&s, 0, web);
	fetch(&s, h, "/a");
	sim_http(s.sim, h, 0, 200, NULL, 0, span_of("x"), 0);
	scene_run(&s);
	fetch(&s, h, "/b");
	sim_reply(s.sim, h, 0, &half);
	scene_run(&s);
	assert_string_equal(scene_heard(&s), "opened asked:/a! asked:/b");
	assert_string_equal(kinds(&s, 0), "hbwhd");
	scene_end(&s);
}

/* libcurl asks again for what nobody has answered, not for what was answered badly. */
static void
what_is_no_http_on_a_kept_connection_is_told_at_once(void **state)
{
	struct io_handle *h;
	struct scene s;

	(void)state;
	scene_web(&s, true, scene_on_call);
	h = scene_http(&s, 0, web);
	fetch(&s, h, "/a");
	sim_http(s.sim, h, 0, 200, NULL, 0, span_of("x"), 0);
	scene_run(&s);
	fetch(&s, h, "/b");
	sim_down(s.sim, h, 0, -EBADMSG, NULL);
	scene_run(&s);
	assert_string_equal(scene_heard(&s), "opened asked:/a! asked:/b");
	assert_string_equal(kinds(&s, 0), "hbwd");
	assert_int_equal(scene_last(&s, 0)->ev.err, -EBADMSG);
	scene_end(&s);
}

static void
no_memory_to_keep_a_request_is_said_and_the_session_lives(void **state)
{
	struct io_handle *h;
	struct scene s;

	(void)state;
	scene_web(&s, true, answers);
	h = scene_http(&s, 0, web);
	fetch(&s, h, "/a");
	mem_fail_at(1);
	assert_int_equal(scene_get(&s.phone[0], h, "/b"), -ENOMEM);
	mem_fail_at(0);
	fetch(&s, h, "/c");
	assert_string_equal(scene_heard(&s), "opened asked:/a! asked:/c");
	scene_end(&s);
}

static void
a_lean_world_without_memory_loses_the_answer_and_says_so(void **state)
{
	struct io_handle *h;
	struct scene s;

	(void)state;
	scene_web(&s, false, scene_on_call);
	h = scene_http(&s, 0, web);
	fetch(&s, h, "/a");
	assert_false(sim_short_of_memory(s.sim));
	mem_fail_at(1);
	sim_http(s.sim, h, 0, 200, NULL, 0, span_of("x"), 0);
	mem_fail_at(0);
	scene_run(&s);
	assert_true(sim_short_of_memory(s.sim));
	sim_free(s.sim);
	buf_done(&s.heard);
	assert_int_equal(mem_out(), 0);
}

/* ---- https ---- */

static void
meets(void *arg, struct sim *sim, const struct sim_call *c)
{
	struct scene *s = arg;
	const struct sim_cert cert = { .common_name = "cas.contoso.com",
		.not_after_s = 2000000000,
		.root = span_of("root") };

	scene_hear(s, c);
	if (c->deed == SIM_ASKED && sim_meet(sim, c->h, &cert, 5))
		sim_http(sim, c->h, 10, 200, NULL, 0, span_of("x"), 0);
}

static void
https_is_met_once_a_connection_and_seen_in_every_event(void **state)
{
	struct io_handle *h;
	struct scene s;

	(void)state;
	scene_web(&s, true, meets);
	s.phone[0].io->ops->trust(s.phone[0].io, span_of("root"));
	h = scene_http(&s, 0, https);
	fetch(&s, h, "/a");
	assert_string_equal(kinds(&s, 0), "hbw");
	for (size_t i = 0; i < s.phone[0].n; i++) {
		assert_int_equal(s.phone[0].note[i].tls.version, 0x0301);
		assert_int_equal(s.phone[0].note[i].tls.suite, 0x0004);
	}
	/* The roots are gone, but this connection is known to be good. */
	sim_phone_distrust(s.phone[0].io);
	fetch(&s, h, "/b");
	assert_int_equal(scene_last(&s, 0)->ev.kind, IO_WHOLE);
	sim_down(s.sim, h, 0, 0, NULL);
	scene_run(&s);
	fetch(&s, h, "/c");
	assert_int_equal(scene_last(&s, 0)->ev.kind, IO_DOWN);
	assert_int_equal(scene_last(&s, 0)->ev.err, -EPROTO);
	assert_int_equal(scene_last(&s, 0)->tls.flaw, TLS_NO_ROOT);
	scene_end(&s);
}

static void
plain_http_shows_no_certificate(void **state)
{
	struct io_handle *h;
	struct scene s;

	(void)state;
	scene_web(&s, true, meets);
	h = scene_http(&s, 0, web);
	fetch(&s, h, "/a");
	assert_int_equal(scene_last(&s, 0)->ev.kind, IO_WHOLE);
	assert_null(scene_last(&s, 0)->ev.tls);
	scene_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reply_is_told_at_its_time_with_what_it_says),
		cmocka_unit_test(headers_are_copied_and_lent_with_every_event),
		cmocka_unit_test(fifteen_megabytes_are_a_number),
		cmocka_unit_test(
		    a_body_of_which_only_the_beginning_has_bytes_is_lent_so_far_and_counted_beyond),
		cmocka_unit_test(cut_short_it_tells_so_much_and_then_the_end),
		cmocka_unit_test(connections_are_kept_until_the_server_closes_them),
		cmocka_unit_test(
		    a_kept_connection_that_dies_costs_one_more_request_and_no_word),
		cmocka_unit_test(a_new_connection_that_dies_is_told_and_may_be_asked_again),
		cmocka_unit_test(a_reply_that_has_begun_is_not_asked_for_again),
		cmocka_unit_test(what_is_no_http_on_a_kept_connection_is_told_at_once),
		cmocka_unit_test(no_memory_to_keep_a_request_is_said_and_the_session_lives),
		cmocka_unit_test(a_lean_world_without_memory_loses_the_answer_and_says_so),
		cmocka_unit_test(https_is_met_once_a_connection_and_seen_in_every_event),
		cmocka_unit_test(plain_http_shows_no_certificate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
