/*
 * test_io_http_odd.c - replies that are no HTTP, or hardly: what a session makes of each, and
 * that the next one is not worse for it.  And the requests that are not the usual GET and POST.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io_rig.h"
#include "mem.h"

static struct io_port ports[] = { { 80, 0 } };

/* A server that says one thing to every request, whatever it is. */
struct parrot {
	int listener;
	pthread_t thread;
	pthread_mutex_t turn; /* over the three below */
	const char *says;
	bool hangs_up;    /* behind that */
	char heard[1024]; /* the last request */
	atomic_int connections;
};

struct fixture {
	struct rig rig;
	struct parrot parrot;
	struct io_handle *h;
};

/* One request's head; false: the client has gone. */
static bool
parrot_hears(struct parrot *p, int fd)
{
	char head[sizeof p->heard] = "";
	size_t n = 0;

	while (strstr(head, "\r\n\r\n") == NULL && n + 1 < sizeof head) {
		ssize_t got = read(fd, head + n, sizeof head - 1 - n);

		if (got <= 0)
			return false;
		n += (size_t)got;
	}
	(void)pthread_mutex_lock(&p->turn);
	memcpy(p->heard, head, sizeof head);
	(void)pthread_mutex_unlock(&p->turn);
	return true;
}

/* false: the connection is to end. */
static bool
parrot_says(struct parrot *p, int fd)
{
	const char *says;
	bool hangs_up;

	(void)pthread_mutex_lock(&p->turn);
	says = p->says;
	hangs_up = p->hangs_up;
	(void)pthread_mutex_unlock(&p->turn);
	(void)send(fd, says, strlen(says), MSG_NOSIGNAL);
	return !hangs_up;
}

static void *
parrot_talks(void *arg)
{
	struct parrot *p = arg;
	int fd;

	while ((fd = accept(p->listener, NULL, NULL)) >= 0) {
		atomic_fetch_add(&p->connections, 1);
		while (parrot_hears(p, fd) && parrot_says(p, fd))
			;
		(void)close(fd);
	}
	return NULL;
}

static int
set_up(void **state)
{
	static struct fixture f;
	struct io_world_cfg cfg = rig_cfg();
	struct io_stream_cfg to = { .to = { 0, 80 } };

	memset(&f, 0, sizeof f);
	(void)pthread_mutex_init(&f.parrot.turn, NULL);
	f.parrot.listener = rig_listen(SOCK_STREAM, &ports[0].real);
	assert_int_equal(pthread_create(&f.parrot.thread, NULL, parrot_talks, &f.parrot), 0);
	cfg.ports = ports;
	cfg.n_ports = 1;
	rig_begin(&f.rig, &cfg);
	to.to.ip = f.rig.server_ip;
	assert_int_equal(f.rig.io->ops->http(f.rig.io, rig_owner(&f.rig, 0), &to, &f.h), 0);
	*state = &f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	rig_end(&f->rig);
	(void)shutdown(f->parrot.listener, SHUT_RDWR);
	(void)pthread_join(f->parrot.thread, NULL);
	(void)close(f->parrot.listener);
	(void)pthread_mutex_destroy(&f->parrot.turn);
	assert_int_equal(mem_out(), 0);
	return 0;
}

/* Ask, while the server says this; how it ended. */
static const struct rig_note *
asked(struct fixture *f, const char *method, const char *says, bool hangs_up)
{
	const struct io_header host = { "Host", "pool" };
	const struct io_ask ask = {
		.method = method, .path = "/x", .headers = &host, .n_headers = 1
	};
	const struct rig_note *last;

	(void)pthread_mutex_lock(&f->parrot.turn);
	f->parrot.says = says;
	f->parrot.hangs_up = hangs_up;
	(void)pthread_mutex_unlock(&f->parrot.turn);
	f->rig.n = 0;
	assert_int_equal(f->rig.io->ops->ask(f->h, &ask), 0);
	do {
		rig_until(&f->rig, f->rig.n + 1);
		last = &f->rig.note[f->rig.n - 1];
	} while (last->kind != IO_WHOLE && last->kind != IO_DOWN);
	return last;
}

/* The request that was heard last, lent until the next. */
static const char *
heard(struct fixture *f)
{
	static char copy[sizeof f->parrot.heard];

	(void)pthread_mutex_lock(&f->parrot.turn);
	memcpy(copy, f->parrot.heard, sizeof copy);
	(void)pthread_mutex_unlock(&f->parrot.turn);
	return copy;
}

static void
then_a_good_reply_is_whole(struct fixture *f)
{
	const struct rig_note *end =
	    asked(f, "GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", false);

	assert_int_equal(end->kind, IO_WHOLE);
	assert_int_equal(end->body_n, 2);
}

/* ---- no HTTP -------------------------------------------------------------------------------
 */

static void
given_what_is_no_http_it_is_a_bad_message_and_the_next_reply_is_whole(void **state)
{
	struct fixture *f = *state;
	static const char *const says[] = {
		"220 mail.contoso.com ESMTP\r\n\r\n",
		"SIP/2.0 200 OK\r\n\r\n",
		"\r\n\r\n",
		"<html>no head at all</html>\r\n\r\n",
	};

	for (size_t i = 0; i < sizeof says / sizeof says[0]; i++) {
		const struct rig_note *end = asked(f, "GET", says[i], true);

		assert_int_equal(end->kind, IO_DOWN);
		assert_int_equal(end->err, -EBADMSG);
		assert_int_equal(f->rig.n, 1);
		then_a_good_reply_is_whole(f);
	}
}

static void
given_nothing_at_all_it_is_a_reset(void **state)
{
	struct fixture *f = *state;
	const struct rig_note *end = asked(f, "GET", "", true);

	assert_int_equal(end->kind, IO_DOWN);
	assert_int_equal(end->err, -ECONNRESET);
	then_a_good_reply_is_whole(f);
}

static void
given_chunks_that_are_none_it_is_a_bad_message(void **state)
{
	struct fixture *f = *state;
	const struct rig_note *end = asked(f, "GET",
	    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno number\r\n", true);

	assert_int_equal(end->kind, IO_DOWN);
	assert_int_equal(end->err, -EBADMSG);
	assert_int_equal(f->rig.note[0].kind, IO_HEAD);
	then_a_good_reply_is_whole(f);
}

static void
given_chunks_that_end_in_the_middle_it_is_a_reset(void **state)
{
	struct fixture *f = *state;
	const struct rig_note *end = asked(
	    f, "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", true);

	assert_int_equal(end->kind, IO_DOWN);
	assert_int_equal(end->err, -ECONNRESET);
	then_a_good_reply_is_whole(f);
}

static void
given_a_length_that_is_none_it_is_a_bad_message_or_ends_with_the_connection(void **state)
{
	struct fixture *f = *state;
	const struct rig_note *end =
	    asked(f, "GET", "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nok", true);

	assert_true(end->kind == IO_WHOLE || end->err == -EBADMSG);
	then_a_good_reply_is_whole(f);
}

/* ---- hardly
 * ---------------------------------------------------------------------------------- */

static void
given_lines_that_are_no_headers_they_are_passed_over(void **state)
{
	struct fixture *f = *state;
	const struct rig_note *end = asked(f, "GET",
	    "HTTP/1.1 200 OK\r\nno colon here\r\n: no name\r\nContent-Length: 2\r\n\r\nok",
	    false);

	/* Whether curl takes such a head is its own matter; it is whole or refused, not hung.
	 */
	if (end->kind == IO_WHOLE)
		assert_int_equal(end->body_n, 2);
	else
		assert_int_equal(end->err, -EBADMSG);
	then_a_good_reply_is_whole(f);
}

static void
given_bare_line_feeds_it_is_understood(void **state)
{
	struct fixture *f = *state;
	const struct rig_note *end =
	    asked(f, "GET", "HTTP/1.1 200 OK\nContent-Length: 2\nX-One: 1\n\nok", false);

	assert_int_equal(end->kind, IO_WHOLE);
	assert_int_equal(end->body_n, 2);
	assert_int_equal(f->rig.note[0].status, 200);
}

static void
given_several_interim_replies_only_the_last_is_one(void **state)
{
	struct fixture *f = *state;
	const struct rig_note *end = asked(f, "GET",
	    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\nX: 1\r\n\r\n"
	    "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone",
	    false);

	assert_int_equal(end->kind, IO_WHOLE);
	assert_int_equal(end->body_n, 4);
	assert_int_equal(f->rig.note[0].kind, IO_HEAD);
	assert_int_equal(f->rig.note[0].status, 404);
}

static void
given_an_odd_status_it_is_that_number(void **state)
{
	struct fixture *f = *state;
	const struct rig_note *end =
	    asked(f, "GET", "HTTP/1.1 599 Very Odd Indeed\r\nContent-Length: 0\r\n\r\n", false);

	assert_int_equal(end->kind, IO_WHOLE);
	assert_int_equal(f->rig.note[0].status, 599);
	assert_int_equal(end->body_n, 0);
}

static void
given_a_server_that_closes_behind_each_reply_each_is_whole(void **state)
{
	struct fixture *f = *state;
	int before;

	for (int i = 0; i < 3; i++) {
		before = atomic_load(&f->parrot.connections);
		assert_int_equal(asked(f, "GET",
				     "HTTP/1.1 200 OK\r\nConnection: close\r\n"
				     "Content-Length: 2\r\n\r\nok",
				     true)
				     ->kind,
		    IO_WHOLE);
		assert_int_equal(atomic_load(&f->parrot.connections), before + 1);
	}
}

/* ---- requests
 * ------------------------------------------------------------------------------------ */

static void
a_head_request_has_no_body_whatever_length_is_told(void **state)
{
	struct fixture *f = *state;
	const struct rig_note *end =
	    asked(f, "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 15728640\r\n\r\n", false);

	assert_int_equal(end->kind, IO_WHOLE);
	assert_int_equal(end->body_n, 0);
	assert_memory_equal(heard(f), "HEAD /x HTTP/1.1\r\nHost: pool\r\n\r\n", 32);
	then_a_good_reply_is_whole(f);
	assert_int_equal(atomic_load(&f->parrot.connections), 1);
}

static void
a_post_or_put_of_nothing_says_that_it_is_nothing(void **state)
{
	struct fixture *f = *state;
	static const char *const methods[] = { "POST", "PUT" };

	for (size_t i = 0; i < 2; i++) {
		const struct rig_note *end = asked(
		    f, methods[i], "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", false);

		assert_int_equal(end->kind, IO_WHOLE);
		assert_non_null(strstr(heard(f), "\r\nContent-Length: 0\r\n"));
		assert_memory_equal(heard(f), methods[i], strlen(methods[i]));
	}
}

static void
a_request_that_could_be_two_is_refused(void **state)
{
	struct fixture *f = *state;
	static const struct io_header bad[] = { { "Host", "a\r\nX: 1" }, { "Ho st", "a" },
		{ "Host", "a\x7f" }, { NULL, "a" }, { "Host", NULL } };
	struct io_ask ask = { .method = "GET", .path = "/", .n_headers = 1 };

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		ask.headers = &bad[i];
		assert_int_equal(f->rig.io->ops->ask(f->h, &ask), -EINVAL);
	}
	ask.n_headers = 0;
	ask.path = "/a b";
	assert_int_equal(f->rig.io->ops->ask(f->h, &ask), -EINVAL);
	ask.path = "";
	assert_int_equal(f->rig.io->ops->ask(f->h, &ask), -EINVAL);
	ask.path = "/";
	ask.method = "";
	assert_int_equal(f->rig.io->ops->ask(f->h, &ask), -EINVAL);
	ask.method = "GET /x HTTP/1.0";
	assert_int_equal(f->rig.io->ops->ask(f->h, &ask), -EINVAL);
	rig_settle(&f->rig);
	assert_int_equal(atomic_load(&f->parrot.connections), 0);
}

int
main(void)
{
#define ODD_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		ODD_TEST(given_what_is_no_http_it_is_a_bad_message_and_the_next_reply_is_whole),
		ODD_TEST(given_nothing_at_all_it_is_a_reset),
		ODD_TEST(given_chunks_that_are_none_it_is_a_bad_message),
		ODD_TEST(given_chunks_that_end_in_the_middle_it_is_a_reset),
		ODD_TEST(
		    given_a_length_that_is_none_it_is_a_bad_message_or_ends_with_the_connection),
		ODD_TEST(given_lines_that_are_no_headers_they_are_passed_over),
		ODD_TEST(given_bare_line_feeds_it_is_understood),
		ODD_TEST(given_several_interim_replies_only_the_last_is_one),
		ODD_TEST(given_an_odd_status_it_is_that_number),
		ODD_TEST(given_a_server_that_closes_behind_each_reply_each_is_whole),
		ODD_TEST(a_head_request_has_no_body_whatever_length_is_told),
		ODD_TEST(a_post_or_put_of_nothing_says_that_it_is_nothing),
		ODD_TEST(a_request_that_could_be_two_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
