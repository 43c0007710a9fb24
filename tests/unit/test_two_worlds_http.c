/* test_two_worlds_http.c - HTTP and https sessions are told the same by both worlds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "two_worlds.h"

static const struct peer_cert cas = { .common_name = "cas.contoso.com" };
static const struct stage_cfg both = { .cert = &cas, .trust = true };

/* The story for http and the same for https. */
static void
in_plain_and_with_tls(story_fn *http, story_fn *https)
{
	two_worlds(&both, http);
	two_worlds(&both, https);
}

/* Ask for these one after the other, each when the one before has ended. */
static void
fetch_all(struct stage *s, uint16_t port, const char *const *paths)
{
	struct io_handle *h = stage_http(s, port, "cas.contoso.com");

	for (; *paths != NULL; paths++) {
		stage_get(s, h, *paths);
		stage_until_end(s);
	}
	stage_settle(s);
	stage_close(s, h);
}

/* ---- replies ---- */

static const char *const usual[] = { "/who", "/401", "/204", "/chunked", "/n/70000", "/n/0",
	"/who", NULL };

static void
story_usual(struct stage *s)
{
	fetch_all(s, 80, usual);
	assert_int_equal(s->rig.note[s->rig.n - 1].status, 200);
}

static void
story_usual_tls(struct stage *s)
{
	fetch_all(s, 443, usual);
}

static void
replies_come_as_head_body_and_whole_over_one_connection(void **state)
{
	(void)state;
	in_plain_and_with_tls(story_usual, story_usual_tls);
}

static void
count(struct stage *s, uint16_t port)
{
	struct io_handle *h = stage_http(s, port, "cas.contoso.com");

	stage_count(s, h, "/n/1000000");
	stage_until_end(s);
	for (size_t i = 0; i < s->rig.n; i++)
		if (s->rig.note[i].kind == IO_BODY)
			assert_string_equal(s->rig.note[i].text, "");
}

static void
story_count(struct stage *s)
{
	count(s, 80);
}

static void
story_count_tls(struct stage *s)
{
	count(s, 443);
}

static void
a_counted_body_is_a_number_and_a_checksum(void **state)
{
	(void)state;
	in_plain_and_with_tls(story_count, story_count_tls);
}

/* ---- connections ---- */

/* The text of the body says which connection it came over. */
static const char *
who(const struct stage *s)
{
	const char *text = "";

	for (size_t i = 0; i < s->rig.n; i++)
		if (s->rig.note[i].kind == IO_BODY)
			text = s->rig.note[i].text;
	return text;
}

static const char *const closing[] = { "/who", "/close", "/who", "/who", NULL };

static void
story_close(struct stage *s)
{
	fetch_all(s, 80, closing);
	assert_string_equal(who(s), "2");
}

static void
story_close_tls(struct stage *s)
{
	fetch_all(s, 443, closing);
}

static void
connection_close_makes_the_next_request_connect_anew(void **state)
{
	(void)state;
	in_plain_and_with_tls(story_close, story_close_tls);
}

static void
leave(struct stage *s, uint16_t port)
{
	struct io_handle *h = stage_http(s, port, "cas.contoso.com");
	size_t n;

	stage_get(s, h, "/leave");
	stage_until_end(s);
	n = s->rig.n;
	stage_settle(s);
	assert_int_equal(s->rig.n, n);
	stage_get(s, h, "/who");
	stage_until_end(s);
	assert_int_equal(s->rig.note[s->rig.n - 1].kind, IO_WHOLE);
}

static void
story_leave(struct stage *s)
{
	leave(s, 80);
	assert_string_equal(who(s), "2");
}

static void
story_leave_tls(struct stage *s)
{
	leave(s, 443);
}

static void
of_an_idle_connection_that_the_server_closes_nothing_is_told(void **state)
{
	(void)state;
	in_plain_and_with_tls(story_leave, story_leave_tls);
}

/* ---- connections that break ---- */

static const char *const kept_reset[] = { "/who", "/reset/1", "/who", NULL };
static const char *const kept_closed[] = { "/who", "/bye/1", "/who", NULL };
static const char *const new_reset[] = { "/reset/1", "/who", NULL };
static const char *const new_closed[] = { "/bye/1", "/who", NULL };
static const char *const within[] = { "/cut", "/who", "/cut", "/who", NULL };

static void
story_kept_reset(struct stage *s)
{
	fetch_all(s, 80, kept_reset);
	assert_string_equal(who(s), "2");
}

static void
story_kept_reset_tls(struct stage *s)
{
	fetch_all(s, 443, kept_reset);
}

static void
a_kept_connection_reset_before_the_reply_is_asked_again_on_a_new_one(void **state)
{
	(void)state;
	in_plain_and_with_tls(story_kept_reset, story_kept_reset_tls);
}

static void
story_kept_closed(struct stage *s)
{
	fetch_all(s, 80, kept_closed);
}

static void
story_kept_closed_tls(struct stage *s)
{
	fetch_all(s, 443, kept_closed);
}

static void
a_kept_connection_closed_before_the_reply_is_asked_again_as_well(void **state)
{
	(void)state;
	in_plain_and_with_tls(story_kept_closed, story_kept_closed_tls);
}

static void
story_new_reset(struct stage *s)
{
	fetch_all(s, 80, new_reset);
	assert_int_equal(s->rig.note[0].kind, IO_DOWN);
	assert_int_equal(s->rig.note[0].err, -ECONNRESET);
}

static void
story_new_reset_tls(struct stage *s)
{
	fetch_all(s, 443, new_reset);
}

static void
a_new_connection_reset_before_the_reply_is_told_as_that(void **state)
{
	(void)state;
	in_plain_and_with_tls(story_new_reset, story_new_reset_tls);
}

static void
story_new_closed(struct stage *s)
{
	fetch_all(s, 80, new_closed);
	assert_int_equal(s->rig.note[0].err, -ECONNRESET);
}

static void
story_new_closed_tls(struct stage *s)
{
	fetch_all(s, 443, new_closed);
}

static void
a_new_connection_closed_before_the_reply_is_told_as_reset(void **state)
{
	(void)state;
	in_plain_and_with_tls(story_new_closed, story_new_closed_tls);
}

static void
story_within(struct stage *s)
{
	fetch_all(s, 80, within);
}

static void
story_within_tls(struct stage *s)
{
	fetch_all(s, 443, within);
}

static void
a_reply_cut_short_is_down_after_what_came_of_it(void **state)
{
	(void)state;
	in_plain_and_with_tls(story_within, story_within_tls);
}

/* How much of it arrives before the reset takes the rest along is chance in the real world. */
static void
story_within_reset(struct stage *s)
{
	struct io_handle *h = stage_http(s, 80, NULL);
	const struct rig_note *last;

	stage_get(s, h, "/cut/reset");
	stage_until_end(s);
	last = &s->rig.note[s->rig.n - 1];
	assert_int_equal(last->kind, IO_DOWN);
	assert_int_equal(last->err, -ECONNRESET);
	assert_true(last->body_n <= 10);
	buf_clear(&s->told);
	s->bytes = 0;
	stage_get(s, h, "/who");
	stage_until_end(s);
}

static void
a_reply_cut_short_by_a_reset_is_told_the_same(void **state)
{
	(void)state;
	two_worlds(&both, story_within_reset);
}

/* ---- nobody, or nobody to be trusted ---- */

static void
story_refused(struct stage *s)
{
	struct io_handle *h = stage_http(s, 8080, NULL);

	stage_get(s, h, "/");
	stage_until_end(s);
	assert_int_equal(s->rig.note[0].err, -ECONNREFUSED);
	stage_get(s, h, "/");
	stage_until_end(s);
}

static void
where_nobody_listens_each_request_is_refused(void **state)
{
	(void)state;
	two_worlds(&both, story_refused);
}

static void
story_flawed(struct stage *s)
{
	struct io_handle *h = stage_http(s, 443, "cas.contoso.com");

	stage_get(s, h, "/who");
	stage_until_end(s);
	assert_int_equal(s->rig.note[0].err, -EPROTO);
	stage_get(s, h, "/who");
	stage_until_end(s);
}

static void
https_with_a_flaw_is_down_with_all_that_was_seen(void **state)
{
	(void)state;
	two_worlds(&(struct stage_cfg){ .cert = &cas }, story_flawed);
}

static void
story_other_name(struct stage *s)
{
	struct io_handle *h = stage_http(s, 443, "mail.contoso.com");

	stage_get(s, h, "/who");
	stage_until_end(s);
	assert_int_equal(s->rig.note[0].tls.flaw, TLS_NAME);
}

static void
https_under_another_name_is_down(void **state)
{
	(void)state;
	two_worlds(&both, story_other_name);
}

/* ---- asking ---- */

static void
again_at_once(struct rig *rig, const struct io_event *ev)
{
	struct stage *s = rig->of_test;
	const struct io_ask ask = { .method = "GET", .path = "/who" };

	if (ev->kind != IO_WHOLE && ev->kind != IO_DOWN)
		return;
	/* In the event that tells the end it may be asked again; what is lent stays. */
	if (rig->n < 9)
		assert_int_equal(s->io->ops->ask(ev->h, &ask), 0);
	assert_int_equal(ev->http->status, 200);
}

static void
story_again(struct stage *s)
{
	struct io_handle *h = stage_http(s, 80, NULL);

	s->rig.of_test = s;
	s->rig.owner[0].then = again_at_once;
	stage_get(s, h, "/who");
	while (s->rig.n < 9)
		stage_until_end(s);
}

static void
a_session_may_be_asked_again_in_the_event_that_ends_a_reply(void **state)
{
	(void)state;
	two_worlds(&both, story_again);
}

static void
story_bad_asks(struct stage *s)
{
	struct io_handle *h = stage_http(s, 80, NULL);
	const struct io_header bad = { "X-One", "1\r\nX-Two: 2" };
	const struct io_ask ask = { .method = "GET", .path = "/", .headers = &bad, 1 };
	const struct io_ask none = { .method = "", .path = "/" };

	stage_get(s, h, "/who HTTP/1.1");
	stage_get(s, h, "");
	assert_int_equal(s->io->ops->ask(h, &ask), -EINVAL);
	assert_int_equal(s->io->ops->ask(h, &none), -EINVAL);
	stage_get(s, h, "/who");
	stage_get(s, h, "/who");
	assert_int_equal(s->io->ops->ask(h, &ask), -EBUSY);
	stage_until_end(s);
}

static void
what_would_be_two_requests_is_not_sent_and_one_at_a_time_is_enough(void **state)
{
	(void)state;
	two_worlds(&both, story_bad_asks);
}

static void
story_gone(struct stage *s)
{
	struct io_handle *h = stage_http(s, 80, NULL);

	s->io->ops->address(s->io, 0, 0);
	stage_get(s, h, "/who");
	stage_until_end(s);
	assert_int_equal(s->rig.note[0].err, -EADDRNOTAVAIL);
}

static void
without_an_address_a_session_cannot_connect_any_more(void **state)
{
	(void)state;
	two_worlds(&both, story_gone);
}

static void
close_it(struct rig *rig, const struct io_event *ev)
{
	struct stage *s = rig->of_test;

	if (ev->kind == IO_BODY)
		s->io->ops->close(ev->h);
}

static void
story_close_within(struct stage *s)
{
	struct io_handle *h = stage_http(s, 80, NULL);

	s->rig.of_test = s;
	s->rig.owner[0].then = close_it;
	stage_get(s, h, "/n/10");
	stage_until(s, IO_BODY);
	stage_settle(s);
	/* One or two parts: it heard of the first. */
	s->bytes = 10;
	assert_int_equal(s->rig.n, 2);
}

static void
a_session_closed_within_a_reply_hears_no_more_of_it(void **state)
{
	(void)state;
	two_worlds(&both, story_close_within);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replies_come_as_head_body_and_whole_over_one_connection),
		cmocka_unit_test(a_counted_body_is_a_number_and_a_checksum),
		cmocka_unit_test(connection_close_makes_the_next_request_connect_anew),
		cmocka_unit_test(of_an_idle_connection_that_the_server_closes_nothing_is_told),
		cmocka_unit_test(
		    a_kept_connection_reset_before_the_reply_is_asked_again_on_a_new_one),
		cmocka_unit_test(
		    a_kept_connection_closed_before_the_reply_is_asked_again_as_well),
		cmocka_unit_test(a_new_connection_reset_before_the_reply_is_told_as_that),
		cmocka_unit_test(a_new_connection_closed_before_the_reply_is_told_as_reset),
		cmocka_unit_test(a_reply_cut_short_is_down_after_what_came_of_it),
		cmocka_unit_test(a_reply_cut_short_by_a_reset_is_told_the_same),
		cmocka_unit_test(where_nobody_listens_each_request_is_refused),
		cmocka_unit_test(https_with_a_flaw_is_down_with_all_that_was_seen),
		cmocka_unit_test(https_under_another_name_is_down),
		cmocka_unit_test(a_session_may_be_asked_again_in_the_event_that_ends_a_reply),
		cmocka_unit_test(
		    what_would_be_two_requests_is_not_sent_and_one_at_a_time_is_enough),
		cmocka_unit_test(without_an_address_a_session_cannot_connect_any_more),
		cmocka_unit_test(a_session_closed_within_a_reply_hears_no_more_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
