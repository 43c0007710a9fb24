/* test_io_http.c - HTTP sessions, in plain and over TLS, against a server on loopback. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <zlib.h>

#include "io_rig.h"
#include "mem.h"
#include "peer.h"

static struct io_port ports[] = { { 80, 0 }, { 443, 0 }, { 8080, 0 } };
static const struct peer_cert usual = { .common_name = "cas.contoso.com" };

struct fixture {
	struct rig rig;
	struct peer *plain, *tls;
	bool over; /* a line of its own */
};

static int
keys_begin(void **state)
{
	(void)state;
	peer_keys();
	return 0;
}

static int
fixture_begin_over(void **state, const struct io_link *link)
{
	static struct fixture f;
	long left = mem_fail_at(0); /* a world without memory is test_io_tcp's */
	struct io_world_cfg cfg = rig_cfg();

	memset(&f, 0, sizeof(f));
	f.over = link != NULL;
	f.plain = peer_new(NULL, &ports[0].real);
	f.tls = peer_new(&usual, &ports[1].real);
	close(rig_listen(SOCK_STREAM, &ports[2].real));
	cfg.ports = ports;
	cfg.n_ports = 3;
	rig_begin_over(&f.rig, &cfg, link);
	assert_int_equal(f.rig.io->ops->trust(f.rig.io, peer_root(f.tls)), 0);
	(void)mem_fail_at(left);
	*state = &f;
	return 0;
}

static int
fixture_begin(void **state)
{
	return fixture_begin_over(state, NULL);
}

static int
fixture_over(void **state)
{
	return fixture_begin_over(state, &rig_near);
}

static int
fixture_end(void **state)
{
	struct fixture *f = *state;

	rig_end(&f->rig);
	peer_free(f->plain);
	peer_free(f->tls);
	assert_int_equal(mem_out(), 0);
	return 0;
}

static struct io_handle *
session(struct fixture *f, int who, uint16_t port, const char *name)
{
	struct rig *rig = &f->rig;
	struct io_stream_cfg cfg = { { rig->server_ip, port }, port == 443, name, false };
	struct io_handle *h = NULL;

	rig->inside = true;
	assert_int_equal(rig->io->ops->http(rig->io, rig_owner(rig, who), &cfg, &h), 0);
	rig->inside = false;
	return h;
}

static int
get(struct fixture *f, struct io_handle *h, const char *path)
{
	struct io_header host = { "Host", "cas.contoso.com" };
	struct io_ask ask = { "GET", path, &host, 1, { NULL, 0 }, IO_LEND };
	int rc;

	f->rig.inside = true;
	rc = f->rig.io->ops->ask(h, &ask);
	f->rig.inside = false;
	return rc;
}

/* Ask, and wait for the end; the text of the body's first piece. */
static const char *
fetch(struct fixture *f, struct io_handle *h, const char *path)
{
	const char *text = "";

	f->rig.n = 0;
	assert_int_equal(get(f, h, path), 0);
	do {
		rig_until(&f->rig, f->rig.n + 1);
	} while (f->rig.note[f->rig.n - 1].kind != IO_WHOLE &&
	    f->rig.note[f->rig.n - 1].kind != IO_DOWN);
	for (size_t i = 0; i < f->rig.n; i++)
		if (f->rig.note[i].kind == IO_BODY)
			text = f->rig.note[i].text;
	return text;
}

static const struct rig_note *
last(struct fixture *f)
{
	return &f->rig.note[f->rig.n - 1];
}

static void
given_a_get_head_body_and_end_come_in_order(void **state)
{
	struct fixture *f = *state;
	struct io_handle *h = session(f, 0, 80, NULL);

	assert_string_equal(fetch(f, h, "/who"), "1");
	assert_int_equal(f->rig.n, 3);
	assert_int_equal(f->rig.note[0].kind, IO_HEAD);
	assert_int_equal(f->rig.note[0].status, 200);
	assert_int_equal(f->rig.note[1].kind, IO_BODY);
	assert_int_equal(f->rig.note[2].kind, IO_WHOLE);
	assert_int_equal(f->rig.note[2].body_n, 1);
	assert_int_equal(f->rig.note[2].crc32, crc32(0, (const Bytef *)"1", 1));
	assert_int_equal(io_world_counts(f->rig.world)[IO_SVC_HTTP].requests, 1);
	assert_int_equal(io_world_counts(f->rig.world)[IO_SVC_HTTP].replies, 1);
}

static void
given_headers_they_go_out_as_given_and_nothing_else(void **state)
{
	struct fixture *f = *state;
	static const struct io_header headers[] = { { "Content-Type", "text/xml" },
		{ "User-Agent", "CPE/1.0" }, { "Host", "ucupdates-r2" }, { "Accept", "*/*" },
		{ "Authorization", "Negotiate YII=" }, { "X-Empty", "" },
		{ "Connection", "Keep-Alive" } };
	struct io_ask ask = { "POST", "/echo?a=b&c", headers, 7, span_of("<xml/>"), IO_LEND };
	struct io_handle *h = session(f, 0, 80, NULL);

	assert_int_equal(f->rig.io->ops->ask(h, &ask), 0);
	rig_until(&f->rig, 3);
	assert_string_equal(f->rig.note[1].text,
	    "POST /echo?a=b&c HTTP/1.1\r\nContent-Type: text/xml\r\nUser-Agent: CPE/1.0\r\n"
	    "Host: ucupdates-r2\r\nAccept: */*\r\nAuthorization: Negotiate YII=\r\n"
	    "X-Empty: \r\nConnection: Keep-Alive\r\nContent-Length: 6\r\n\r\n<xml/>");
}

static void
given_a_get_without_headers_there_are_none(void **state)
{
	struct fixture *f = *state;
	struct io_ask ask = { "GET", "/echo", NULL, 0, { NULL, 0 }, IO_LEND };
	struct io_handle *h = session(f, 0, 80, NULL);

	assert_int_equal(f->rig.io->ops->ask(h, &ask), 0);
	rig_until(&f->rig, 3);
	assert_string_equal(f->rig.note[1].text, "GET /echo HTTP/1.1\r\n\r\n");
}

static void
check_headers(struct rig *rig, const struct io_event *ev)
{
	(void)rig;
	assert_int_equal(ev->http->n_headers, 3);
	assert_string_equal(ev->http->headers[0].name, "X-One");
	assert_string_equal(ev->http->headers[0].value, "1");
	assert_string_equal(ev->http->headers[1].value, "a b");
	assert_string_equal(ev->http->headers[2].name, "Content-Length");
}

static void
given_a_reply_its_headers_are_in_order(void **state)
{
	struct fixture *f = *state;

	f->rig.owner[0].then = check_headers;
	fetch(f, session(f, 0, 80, NULL), "/echo");
	assert_int_equal(f->rig.n, 3);
}

static void
given_a_line_break_in_what_is_asked_it_is_refused(void **state)
{
	struct fixture *f = *state;
	struct io_handle *h = session(f, 0, 80, NULL);
	struct io_header bad = { "X-A", "1\r\nX-B: 2" }, odd = { "X A", "1" };
	struct io_ask value = { "GET", "/", &bad, 1, { NULL, 0 }, IO_LEND };
	struct io_ask name = { "GET", "/", &odd, 1, { NULL, 0 }, IO_LEND };

	assert_int_equal(f->rig.io->ops->ask(h, &value), -EINVAL);
	assert_int_equal(f->rig.io->ops->ask(h, &name), -EINVAL);
	assert_int_equal(get(f, h, "/ HTTP/1.1\r\nX: y"), -EINVAL);
	assert_int_equal(get(f, h, ""), -EINVAL);
	assert_string_equal(fetch(f, h, "/who"), "1");
}

static void
given_one_request_another_is_busy(void **state)
{
	struct fixture *f = *state;
	struct io_handle *h = session(f, 0, 80, NULL);

	assert_int_equal(get(f, h, "/who"), 0);
	assert_int_equal(get(f, h, "/who"), -EBUSY);
	rig_until(&f->rig, 3);
}

static void
given_a_session_its_connection_is_kept_and_shared_with_nobody(void **state)
{
	struct fixture *f = *state;
	uint16_t port[] = { 80, 443 };

	for (int i = 0; i < 2; i++) {
		struct io_handle *a = session(f, 0, port[i], "cas.contoso.com");
		struct io_handle *b = session(f, 0, port[i], "cas.contoso.com");

		assert_string_equal(fetch(f, a, "/401"), "no");
		assert_int_equal(last(f)->status, 401);
		assert_string_equal(fetch(f, a, "/who"), "1");
		assert_string_equal(fetch(f, b, "/who"), "2");
		assert_string_equal(fetch(f, a, "/who"), "1");
		f->rig.io->ops->close(a);
		assert_string_equal(fetch(f, b, "/close"), "2");
		assert_string_equal(fetch(f, b, "/who"), "3");
	}
	assert_int_equal(peer_seen(f->tls)->handshakes, 3);
}

static void
given_https_what_was_seen_of_tls_is_told(void **state)
{
	struct fixture *f = *state;

	fetch(f, session(f, 0, 443, "cas.contoso.com"), "/who");
	assert_int_equal(last(f)->kind, IO_WHOLE);
	assert_int_equal(last(f)->tls.version, 0x0301);
	assert_true(last(f)->tls.n_hello > 1);
	assert_int_equal(io_world_counts(f->rig.world)[IO_SVC_HTTPS].requests, 1);
	assert_int_equal(io_world_counts(f->rig.world)[IO_SVC_SIP].requests, 0);
}

static void
given_a_bad_certificate_it_is_down_with_the_flaw_and_may_be_asked_again(void **state)
{
	struct fixture *f = *state;
	struct io_handle *h = session(f, 0, 443, "autodiscover.contoso.com");

	for (int i = 0; i < 2; i++) {
		fetch(f, h, "/who");
		assert_int_equal(f->rig.n, 1);
		assert_int_equal(last(f)->kind, IO_DOWN);
		assert_int_equal(last(f)->err, -EPROTO);
		assert_int_equal(last(f)->tls.flaw, TLS_NAME);
	}
}

static void
given_nobody_there_it_is_down_refused(void **state)
{
	struct fixture *f = *state;

	fetch(f, session(f, 0, 8080, NULL), "/who");
	assert_int_equal(last(f)->kind, IO_DOWN);
	assert_int_equal(last(f)->err, -ECONNREFUSED);
}

static void
given_a_reply_cut_short_it_is_down_and_the_next_one_is_whole(void **state)
{
	struct fixture *f = *state;
	uint16_t port[] = { 80, 443 };

	for (int i = 0; i < 2; i++) {
		struct io_handle *h = session(f, 0, port[i], "cas.contoso.com");

		fetch(f, h, "/cut");
		assert_int_equal(last(f)->kind, IO_DOWN);
		assert_int_equal(last(f)->err, -ECONNRESET);
		assert_string_equal(fetch(f, h, "/who"), "2");
		assert_int_equal(last(f)->body_n, 1);
	}
}

static void
given_chunks_and_interim_replies_only_the_reply_is_seen(void **state)
{
	struct fixture *f = *state;
	struct io_handle *h = session(f, 0, 80, NULL);

	fetch(f, h, "/chunked");
	assert_int_equal(last(f)->kind, IO_WHOLE);
	assert_int_equal(last(f)->body_n, 5);
	assert_int_equal(last(f)->crc32, crc32(0, (const Bytef *)"abcde", 5));
	fetch(f, h, "/continue");
	assert_int_equal(f->rig.n, 2);
	assert_int_equal(f->rig.note[0].status, 200);
	assert_int_equal(f->rig.note[1].kind, IO_WHOLE);
}

static uint32_t
pattern_crc(size_t n)
{
	uint32_t crc = 0;
	uint8_t block[251];

	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = (uint8_t)i;
	for (size_t part; n > 0; n -= part) {
		part = n < sizeof(block) ? n : sizeof(block);
		crc = (uint32_t)crc32(crc, block, (uInt)part);
	}
	return crc;
}

static void
rewind_notes(struct rig *rig, const struct io_event *ev)
{
	if (ev->kind == IO_BODY) {
		assert_null(ev->bytes.p);
		assert_true(ev->bytes.n > 0);
		rig->n--;
	} else if (ev->kind != IO_HEAD) {
		loop_stop(rig->loop);
	}
}

static void
given_15_megabytes_they_are_counted_and_summed(void **state)
{
	struct fixture *f = *state;
	uint16_t port[] = { 80, 443 };

	for (int i = 0; i < 2; i++) {
		struct io_header host = { "Host", "ucupdates" };
		struct io_ask ask = { "GET", "/n/15728643", &host, 1, { NULL, 0 }, IO_COUNT };
		struct io_handle *h = session(f, 0, port[i], "cas.contoso.com");

		f->rig.n = 0;
		f->rig.owner[0].then = rewind_notes;
		assert_int_equal(f->rig.io->ops->ask(h, &ask), 0);
		rig_run(&f->rig);
		assert_int_equal(f->rig.n, 2);
		assert_int_equal(last(f)->kind, IO_WHOLE);
		assert_int_equal(last(f)->body_n, 15728643);
		assert_int_equal(last(f)->crc32, pattern_crc(15728643));
	}
}

static void
check_lent(struct rig *rig, const struct io_event *ev)
{
	size_t *got = rig->of_test;

	if (ev->kind != IO_BODY) {
		if (ev->kind == IO_WHOLE)
			loop_stop(rig->loop);
		return;
	}
	for (size_t i = 0; i < ev->bytes.n; i++)
		if (ev->bytes.p[i] != (uint8_t)((*got)++ % 251))
			fail();
	rig->n--;
}

static void
given_a_lent_body_every_byte_is_in_its_place(void **state)
{
	struct fixture *f = *state;
	uint16_t port[] = { 80, 443 };
	/* A window at a time: over a line less will do. */
	const char *path = oom_wanted() || f->over ? "/n/600000" : "/n/60000000";
	size_t got, n = strtoul(path + 3, NULL, 10);

	f->rig.of_test = &got;
	f->rig.owner[0].then = check_lent;
	for (int i = 0; i < 2; i++) {
		got = 0;
		assert_int_equal(get(f, session(f, 0, port[i], "cas.contoso.com"), path), 0);
		rig_run(&f->rig);
		assert_int_equal(got, n);
	}
}

static void
ask_again(struct rig *rig, const struct io_event *ev)
{
	struct io_header host = { "Host", "cas" };
	struct io_ask ask = { "GET", "/echo", &host, 1, { NULL, 0 }, IO_LEND };

	if (ev->kind != IO_WHOLE || rig->n > 4)
		return;
	assert_int_equal(rig->io->ops->ask(ev->h, &ask), 0);
	assert_int_equal(ev->http->status, 200); /* still lent */
	assert_string_equal(ev->http->headers[0].name, "X-One");
}

static void
given_an_ask_inside_the_end_of_the_last_one_it_is_answered_too(void **state)
{
	struct fixture *f = *state;
	struct io_handle *h = session(f, 0, 80, NULL);

	f->rig.owner[0].then = ask_again;
	assert_int_equal(get(f, h, "/echo"), 0);
	rig_until(&f->rig, 6);
	assert_int_equal(f->rig.note[5].kind, IO_WHOLE);
	assert_true(f->rig.note[5].body_n > 20);
}

static void
close_and_read(struct rig *rig, const struct io_event *ev)
{
	rig->io->ops->close(ev->h);
	assert_int_equal(ev->http->status, 200);
	if (ev->bytes.n > 0)
		assert_int_equal(ev->bytes.p[0], 'G');
	if (ev->http->n_headers > 0)
		assert_string_equal(ev->http->headers[0].value, "1");
}

/* The head, the body, the end: each is the n-th note. */
static void
given_a_close_inside_any_event_what_is_lent_lasts_and_nothing_follows(void **state)
{
	struct fixture *f = *state;
	rig_fn *then[] = { close_and_read, NULL, NULL };

	for (int i = 0; i < 3; i++) {
		struct io_handle *h = session(f, 0, 80, NULL);

		f->rig.n = 0;
		f->rig.owner[0].then = then[i];
		assert_int_equal(get(f, h, "/echo"), 0);
		if (i == 0) {
			rig_until(&f->rig, 1);
		} else {
			rig_until(&f->rig, (size_t)i);
			assert_int_not_equal(f->rig.note[i - 1].kind, IO_DOWN);
			f->rig.owner[0].then = close_and_read;
			rig_until(&f->rig, (size_t)i + 1);
		}
		rig_settle(&f->rig);
		assert_true(f->rig.n <= 3);
		f->rig.owner[0].then = NULL;
		io_scope_close(f->rig.io, &f->rig.owner[0].scope);
	}
}

static void
cut_power(struct rig *rig, const struct io_event *ev)
{
	assert_int_equal(ev->http->status, 200);
	rig->io->ops->power_cut(rig->io);
	assert_int_equal(ev->http->status, 200);
}

static void
given_a_power_cut_running_and_idle_connections_are_reset(void **state)
{
	struct fixture *f = *state;
	struct io_handle *idle = session(f, 0, 80, NULL);

	fetch(f, idle, "/who");
	assert_int_equal(get(f, session(f, 1, 80, NULL), "/n/100000000"), 0);
	f->rig.owner[1].then = cut_power;
	rig_until(&f->rig, f->rig.n + 1);
	rig_until_counted(&f->rig, &peer_seen(f->plain)->resets, 1);
	assert_null(f->rig.owner[0].scope.first);
	assert_null(f->rig.owner[1].scope.first);
}

static void
given_a_power_cut_during_https_it_is_silent(void **state)
{
	struct fixture *f = *state;

	fetch(f, session(f, 0, 443, "cas.contoso.com"), "/who");
	assert_int_equal(get(f, session(f, 0, 443, "cas.contoso.com"), "/n/100000000"), 0);
	f->rig.owner[0].then = cut_power;
	f->rig.n = 0;
	rig_until(&f->rig, 1);
	rig_settle(&f->rig);
	assert_int_equal(f->rig.n, 1);
}

static void
given_closed_sessions_the_server_sees_an_orderly_end(void **state)
{
	struct fixture *f = *state;
	struct io_handle *a = session(f, 0, 80, NULL);
	struct io_handle *b = session(f, 0, 443, "cas.contoso.com");

	fetch(f, a, "/who");
	fetch(f, b, "/who");
	f->rig.io->ops->close(a);
	f->rig.io->ops->close(b);
	rig_until_counted(&f->rig, &peer_seen(f->plain)->orderly, 1);
	rig_until_counted(&f->rig, &peer_seen(f->tls)->orderly, 1);
	assert_int_equal(peer_seen(f->plain)->resets, 0);
}

static int
descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

static void
stop_when_swept(void *arg)
{
	struct rig *rig = arg;

	if (descriptors() <= *(int *)rig->of_test)
		loop_stop(rig->loop);
}

static void
given_closed_sessions_curl_does_not_keep_their_descriptors(void **state)
{
	struct fixture *f = *state;
	struct loop_timer *timer;
	int before;

	rig_settle(&f->rig);
	before = descriptors();
	f->rig.of_test = &before;
	for (int i = 0; i < 5; i++) {
		struct io_handle *h = session(f, 0, 80, NULL);

		fetch(f, h, "/who");
		f->rig.io->ops->close(h);
	}
	assert_int_equal(loop_timer_new(f->rig.loop, stop_when_swept, &f->rig, &timer), 0);
	loop_timer_set(timer, 1000, 50000);
	rig_run(&f->rig);
	loop_timer_close(timer);
	assert_true(descriptors() <= before);
}

static void
given_no_memory_at_any_place_it_says_so_and_leaks_nothing(void **state)
{
	struct fixture *f = *state;

	for (long n = 1; n < 14; n++) {
		struct io_stream_cfg cfg = { { f->rig.server_ip, 80 }, false, "x", false };
		struct io_handle *h = NULL;
		int rc;

		f->rig.n = 0;
		mem_fail_at(n);
		rc = f->rig.io->ops->http(f->rig.io, rig_owner(&f->rig, 0), &cfg, &h);
		if (rc == 0)
			rc = get(f, h, "/who");
		assert_true(rc == 0 || rc == -ENOMEM);
		while (rc == 0 &&
		    (f->rig.n == 0 || (last(f)->kind != IO_WHOLE && last(f)->kind != IO_DOWN)))
			rig_until(&f->rig, f->rig.n + 1);
		mem_fail_at(0);
		io_scope_close(f->rig.io, &f->rig.owner[0].scope);
	}
}

static void
given_a_reply_of_old_that_lasts_until_the_end_it_is_whole_and_the_next_one_too(void **state)
{
	struct fixture *f = *state;
	uint16_t port[] = { 80, 443 };

	for (int i = 0; i < 2; i++) {
		struct io_handle *h = session(f, 0, port[i], "cas.contoso.com");

		assert_string_equal(fetch(f, h, "/1.0"), "until the end");
		assert_int_equal(last(f)->kind, IO_WHOLE);
		assert_string_equal(fetch(f, h, "/who"), "2");
		assert_int_equal(last(f)->kind, IO_WHOLE);
	}
}

/* curl asks once more by itself; what broke the old connection says nothing of the new one. */
static void
given_that_it_is_asked_again_on_a_new_connection_such_a_reply_is_whole_too(void **state)
{
	struct fixture *f = *state;
	uint16_t port[] = { 80, 443 };

	for (int i = 0; i < 2; i++) {
		struct io_handle *h = session(f, 0, port[i], "cas.contoso.com");
		char path[40], who[8];

		snprintf(who, sizeof who, "%s", fetch(f, h, "/who"));
		snprintf(path, sizeof path, "/reset/%s/1.0", who);
		assert_string_equal(fetch(f, h, path), "until the end");
		assert_int_equal(last(f)->kind, IO_WHOLE);
		io_scope_close(f->rig.io, &f->rig.owner[0].scope);
	}
}

static void
given_a_reset_instead_of_that_end_it_is_down(void **state)
{
	struct fixture *f = *state;
	uint16_t port[] = { 80, 443 };

	for (int i = 0; i < 2; i++) {
		struct io_handle *h = session(f, 0, port[i], "cas.contoso.com");

		fetch(f, h, "/1.0/reset");
		assert_int_equal(last(f)->kind, IO_DOWN);
		assert_int_equal(last(f)->err, -ECONNRESET);
		assert_string_equal(fetch(f, h, "/who"), "2");
	}
}

static void
given_a_reply_without_a_body_it_is_whole_at_once_and_the_connection_is_kept(void **state)
{
	struct fixture *f = *state;
	struct io_handle *h = session(f, 0, 80, NULL);

	fetch(f, h, "/204");
	assert_int_equal(f->rig.n, 2);
	assert_int_equal(last(f)->kind, IO_WHOLE);
	fetch(f, h, "/304");
	assert_int_equal(f->rig.n, 2);
	assert_int_equal(last(f)->kind, IO_WHOLE);
	assert_int_equal(last(f)->body_n, 0);
	assert_string_equal(fetch(f, h, "/who"), "1");
}

static void
given_more_than_was_promised_the_rest_is_not_taken_for_the_next_reply(void **state)
{
	struct fixture *f = *state;
	struct io_handle *h = session(f, 0, 80, NULL);

	assert_string_equal(fetch(f, h, "/more"), "no");
	assert_int_equal(last(f)->kind, IO_WHOLE);
	assert_int_equal(last(f)->body_n, 2);
	assert_string_equal(fetch(f, h, "/who"), "2");
	assert_int_equal(last(f)->kind, IO_WHOLE);
}

static void
given_a_rest_that_is_not_read_with_the_reply_the_next_request_does_not_take_it(void **state)
{
	struct fixture *f = *state;
	uint16_t port[] = { 80, 443 };

	for (int i = 0; i < 2; i++) {
		struct io_handle *h = session(f, 0, port[i], "cas.contoso.com");

		fetch(f, h, "/more/long");
		assert_int_equal(last(f)->kind, IO_WHOLE);
		assert_int_equal(last(f)->body_n, 100000);
		assert_string_equal(fetch(f, h, "/who"), "2");
		assert_int_equal(last(f)->kind, IO_WHOLE);
	}
}

static void
given_headers_without_end_it_is_down_and_the_next_reply_is_whole(void **state)
{
	struct fixture *f = *state;
	struct io_handle *h = session(f, 0, 80, NULL);

	fetch(f, h, "/flood");
	assert_int_equal(f->rig.n, 1);
	assert_int_equal(last(f)->kind, IO_DOWN);
	assert_int_equal(last(f)->err, -EMSGSIZE);
	assert_string_equal(fetch(f, h, "/who"), "2");
}

static void
check_folded(struct rig *rig, const struct io_event *ev)
{
	(void)rig;
	assert_int_equal(ev->http->n_headers, 3);
	assert_string_equal(ev->http->headers[0].name, "X-Long");
	assert_string_equal(ev->http->headers[0].value, "one two: three");
	assert_string_equal(ev->http->headers[1].name, "X-Next");
}

static void
check_no_headers(struct rig *rig, const struct io_event *ev)
{
	(void)rig;
	assert_int_equal(ev->kind, IO_DOWN);
	assert_int_equal(ev->http->status, 200);
	assert_int_equal(ev->http->n_headers, 0);
}

static void
given_an_end_within_the_headers_none_of_them_is_told(void **state)
{
	struct fixture *f = *state;

	f->rig.owner[0].then = check_no_headers;
	fetch(f, session(f, 0, 80, NULL), "/half");
	assert_int_equal(f->rig.n, 1);
	assert_true(last(f)->err < 0);
}

static void
given_a_header_on_two_lines_it_is_one(void **state)
{
	struct fixture *f = *state;

	f->rig.owner[0].then = check_folded;
	fetch(f, session(f, 0, 80, NULL), "/folded");
	assert_int_equal(f->rig.n, 2);
}

static void
given_the_address_is_gone_no_connection_is_made_from_another(void **state)
{
	struct fixture *f = *state;
	uint16_t port[] = { 80, 443 };

	for (int i = 0; i < 2; i++) {
		struct io_handle *h = session(f, 0, port[i], "cas.contoso.com");

		assert_int_equal(f->rig.io->ops->address(f->rig.io, 0, 0), 0);
		fetch(f, h, "/who");
		assert_int_equal(last(f)->kind, IO_DOWN);
		assert_int_equal(last(f)->err, -EADDRNOTAVAIL);
		assert_int_equal(f->rig.io->ops->address(f->rig.io, 0x7f2a0001, 0), 0);
		assert_string_equal(fetch(f, h, "/who"), "1");
	}
}

/* Curl's own end takes the last descriptor; what lies under it finds none. */
static void
given_no_descriptor_left_it_is_down_and_may_be_asked_again(void **state)
{
	struct fixture *f = *state;
	struct io_handle *h = session(f, 0, 443, "cas.contoso.com");
	struct rlimit was, few;
	int next;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
	for (rlim_t more = 0; more < 3; more++) {
		rig_settle(&f->rig);
		next = dup(0);
		close(next);
		few = (struct rlimit){ (rlim_t)next + more, was.rlim_max };
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
		fetch(f, h, "/who");
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &was), 0);
		assert_int_equal(last(f)->kind, IO_DOWN);
		assert_int_equal(last(f)->err, -EMFILE);
	}
	assert_string_equal(fetch(f, h, "/who"), "1");
}

#define HTTP_TEST(f) cmocka_unit_test_setup_teardown(f, fixture_begin, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		HTTP_TEST(given_a_get_head_body_and_end_come_in_order),
		HTTP_TEST(given_headers_they_go_out_as_given_and_nothing_else),
		HTTP_TEST(given_a_get_without_headers_there_are_none),
		HTTP_TEST(given_a_reply_its_headers_are_in_order),
		HTTP_TEST(given_a_line_break_in_what_is_asked_it_is_refused),
		HTTP_TEST(given_one_request_another_is_busy),
		HTTP_TEST(given_a_session_its_connection_is_kept_and_shared_with_nobody),
		HTTP_TEST(given_https_what_was_seen_of_tls_is_told),
		HTTP_TEST(
		    given_a_bad_certificate_it_is_down_with_the_flaw_and_may_be_asked_again),
		HTTP_TEST(given_nobody_there_it_is_down_refused),
		HTTP_TEST(given_a_reply_cut_short_it_is_down_and_the_next_one_is_whole),
		HTTP_TEST(given_chunks_and_interim_replies_only_the_reply_is_seen),
		HTTP_TEST(given_15_megabytes_they_are_counted_and_summed),
		HTTP_TEST(given_a_lent_body_every_byte_is_in_its_place),
		HTTP_TEST(given_an_ask_inside_the_end_of_the_last_one_it_is_answered_too),
		HTTP_TEST(
		    given_a_close_inside_any_event_what_is_lent_lasts_and_nothing_follows),
		HTTP_TEST(given_a_power_cut_running_and_idle_connections_are_reset),
		HTTP_TEST(given_a_power_cut_during_https_it_is_silent),
		HTTP_TEST(given_closed_sessions_the_server_sees_an_orderly_end),
		HTTP_TEST(given_closed_sessions_curl_does_not_keep_their_descriptors),
		HTTP_TEST(
		    given_a_reply_of_old_that_lasts_until_the_end_it_is_whole_and_the_next_one_too),
		HTTP_TEST(
		    given_that_it_is_asked_again_on_a_new_connection_such_a_reply_is_whole_too),
		HTTP_TEST(given_a_reset_instead_of_that_end_it_is_down),
		HTTP_TEST(
		    given_a_reply_without_a_body_it_is_whole_at_once_and_the_connection_is_kept),
		HTTP_TEST(
		    given_more_than_was_promised_the_rest_is_not_taken_for_the_next_reply),
		HTTP_TEST(
		    given_a_rest_that_is_not_read_with_the_reply_the_next_request_does_not_take_it),
		HTTP_TEST(given_headers_without_end_it_is_down_and_the_next_reply_is_whole),
		HTTP_TEST(given_an_end_within_the_headers_none_of_them_is_told),
		HTTP_TEST(given_a_header_on_two_lines_it_is_one),
		HTTP_TEST(given_the_address_is_gone_no_connection_is_made_from_another),
		HTTP_TEST(given_no_descriptor_left_it_is_down_and_may_be_asked_again),
		HTTP_TEST(given_no_memory_at_any_place_it_says_so_and_leaks_nothing),
	};

	return rig_run_tests(
	    "io_http", tests, sizeof(tests) / sizeof(tests[0]), keys_begin, fixture_over);
}
