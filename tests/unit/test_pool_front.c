/*
 * test_pool_front.c - the door before a server: real connections on loopback, and a server
 * behind it that answers what it is told to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "front.h"
#include "mem.h"

enum { FRONT_PORT = 29377, CONNS = 4, CHUNK = 8192, MUCH = 1000000, PATIENCE = 50 };

/* An address of this process's own, so that another run of these tests does not matter. */
static uint32_t
front_ip(void)
{
	return UINT32_C(0x7f800000) | ((uint32_t)getpid() & 0x7fffff);
}

struct fixture;

/* One connection: the phone's end, what it has heard; the server's end. */
struct conn {
	struct fixture *f;
	int phone, server;
	struct loop_watch *phone_watch, *server_watch;
	struct buf heard; /* by the phone */
	int end;          /* 1: its end; -errno; 0: it goes on */
	struct buf asked; /* of the server */
	bool server_ended;
	size_t sent; /* of much */
};

struct fixture {
	struct loop *loop;
	struct loop_timer *tick;
	struct faults faults;
	struct servers_cost cost;
	struct wire *wire;
	struct front *front;
	struct conn conn[CONNS];
	size_t n, joined;
	const char *reply; /* to each piece; NULL: its echo */
	bool deaf;         /* join refuses */
	unsigned broken;   /* for so many ticks */
	bool (*until)(const struct fixture *);
	struct sock_peer peer; /* of the last one */
	uint8_t much[MUCH];
};

/* ---- the server behind the door ---- */

static void
server_on_bytes(void *arg, int possible)
{
	struct conn *c = arg;
	uint8_t some[CHUNK];
	ssize_t n = recv(c->server, some, sizeof some, 0);

	(void)possible;
	if (n <= 0) {
		c->server_ended = n == 0 || errno != EAGAIN;
		if (c->server_ended)
			loop_watch_set(c->server_watch, 0);
		return;
	}
	buf_put(&c->asked, some, (size_t)n);
	if (c->f->reply == NULL)
		assert_int_equal(send(c->server, some, (size_t)n, MSG_NOSIGNAL), n);
	else if (c->f->reply[0] != '\0')
		(void)send(c->server, c->f->reply, strlen(c->f->reply), MSG_NOSIGNAL);
}

static int
join(void *arg, int fd_take, const struct sock_peer *peer)
{
	struct fixture *f = arg;
	struct conn *c = &f->conn[f->joined];

	f->peer = *peer;
	if (f->deaf) {
		close(fd_take);
		return -ENOMEM;
	}
	f->joined++;
	c->server = fd_take;
	assert_int_equal(
	    loop_watch_new(f->loop, fd_take, server_on_bytes, c, &c->server_watch), 0);
	return loop_watch_set(c->server_watch, LOOP_READ);
}

/* ---- the phones ---- */

static void
phone_on_bytes(void *arg, int possible)
{
	struct conn *c = arg;
	uint8_t some[CHUNK];
	ssize_t n = recv(c->phone, some, sizeof some, 0);

	(void)possible;
	if (n > 0) {
		buf_put(&c->heard, some, (size_t)n);
		return;
	}
	if (n < 0 && errno == EAGAIN)
		return;
	c->end = n == 0 ? 1 : -errno;
	loop_watch_set(c->phone_watch, 0);
}

/* Connect; 0 or -errno. */
static int
phone_open(struct fixture *f)
{
	const struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons(FRONT_PORT),
		.sin_addr.s_addr = htonl(front_ip()) };
	struct conn *c = &f->conn[f->n];
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	if (connect(fd, (const struct sockaddr *)&at, sizeof at) != 0) {
		int err = -errno;

		close(fd);
		return err;
	}
	c->phone = fd;
	f->n++;
	assert_int_equal(loop_watch_new(f->loop, fd, phone_on_bytes, c, &c->phone_watch), 0);
	return loop_watch_set(c->phone_watch, LOOP_READ);
}

static void
phone_says(struct fixture *f, size_t i, const char *text)
{
	assert_int_equal(
	    send(f->conn[i].phone, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static void
phone_close(struct conn *c)
{
	if (c->phone_watch != NULL)
		loop_watch_close(c->phone_watch);
	if (c->phone >= 0)
		close(c->phone);
	c->phone_watch = NULL;
	c->phone = -1;
}

static void
server_close(struct conn *c)
{
	if (c->server_watch != NULL)
		loop_watch_close(c->server_watch);
	if (c->server >= 0)
		close(c->server);
	c->server_watch = NULL;
	c->server = -1;
}

/* ---- the fixture ---- */

/* Has something ended that is not waited for, or is there no memory to hear it? */
static bool
is_broken(const struct fixture *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->conn[i].end != 0 || f->conn[i].heard.err != 0 ||
		    f->conn[i].asked.err != 0)
			return true;
	return false;
}

/* Looked at each millisecond; where something is broken not for long. */
static void
on_tick(void *arg)
{
	struct fixture *f = arg;

	f->broken += is_broken(f);
	if (f->until(f) || f->broken > PATIENCE)
		loop_stop(f->loop);
}

static void
run_until(struct fixture *f, bool (*until)(const struct fixture *))
{
	f->until = until;
	f->broken = 0;
	if (!until(f))
		loop_run(f->loop);
	assert_true(until(f));
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	*state = f;
	f->cost.workers = 1;
	for (int i = 0; i < CONNS; i++) {
		f->conn[i].f = f;
		f->conn[i].phone = f->conn[i].server = -1;
	}
	assert_int_equal(loop_new(&f->loop), 0);
	assert_int_equal(loop_timer_new(f->loop, on_tick, f, &f->tick), 0);
	loop_timer_set(f->tick, 1000, 1000);
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	front_free(f->front);
	wire_free(f->wire);
	for (int i = 0; i < CONNS; i++) {
		phone_close(&f->conn[i]);
		server_close(&f->conn[i]);
		buf_done(&f->conn[i].heard);
		buf_done(&f->conn[i].asked);
	}
	loop_timer_close(f->tick);
	loop_free(f->loop);
	free(f);
	assert_int_equal(mem_out(), 0);
	return 0;
}

static void
open_front(struct fixture *f, const struct fault *fault, bool tls)
{
	if (fault != NULL) {
		f->faults.fault[0] = *fault;
		f->faults.n = 1;
	}
	assert_int_equal(wire_new(&(struct wire_cfg){ .loop = f->loop,
				      .server = SERVERS_SIP,
				      .faults = &f->faults,
				      .cost = &f->cost,
				      .seed = 3 },
			     &f->wire),
	    0);
	assert_int_equal(front_new(&(struct front_cfg){ .wire = f->wire,
				       .at = { front_ip(), FRONT_PORT },
				       .tls = tls,
				       .join = join,
				       .arg = f },
			     &f->front),
	    0);
	wire_begin(f->wire);
}

static void
open_with(struct fixture *f, struct fault_deed deed)
{
	const struct fault fault = { .server = "sip", .deed = deed };

	open_front(f, &fault, false);
}

static void
counted(const struct fixture *f, const char *what)
{
	struct buf text = { 0 };

	wire_counts(f->wire, 0, &text);
	if (strstr(buf_cstr(&text), what) == NULL)
		fail_msg("%s has no %s", buf_cstr(&text), what);
	buf_done(&text);
}

/* ---- what is waited for ---- */

static bool
one_joined(const struct fixture *f)
{
	return f->joined == 1;
}

static bool
two_joined(const struct fixture *f)
{
	return f->joined == 2;
}

static bool
five_heard(const struct fixture *f)
{
	return f->conn[0].heard.n >= 5;
}

static bool
first_ended(const struct fixture *f)
{
	return f->conn[0].end != 0;
}

static bool
all_ended(const struct fixture *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->conn[i].end == 0)
			return false;
	return true;
}

static bool
server_saw_the_end(const struct fixture *f)
{
	return f->joined > 0 && f->conn[0].server_ended;
}

/* Connected, and the server has its end. */
static void
connected(struct fixture *f)
{
	assert_int_equal(phone_open(f), 0);
	run_until(f, one_joined);
}

/* ---- no faults ---- */

static void
bytes_and_ends_pass_both_ways(void **state)
{
	struct fixture *f = *state;

	open_front(f, NULL, false);
	connected(f);
	assert_int_equal(f->peer.ip >> 24, 127);
	assert_int_not_equal(f->peer.port, 0);
	phone_says(f, 0, "hello");
	run_until(f, five_heard);
	assert_memory_equal(f->conn[0].heard.p, "hello", 5);
	assert_memory_equal(f->conn[0].asked.p, "hello", 5);
	/* The phone has said all; the server hears that, and closes. */
	assert_int_equal(shutdown(f->conn[0].phone, SHUT_WR), 0);
	run_until(f, server_saw_the_end);
	assert_int_equal(f->conn[0].end, 0);
	server_close(&f->conn[0]);
	run_until(f, first_ended);
	assert_int_equal(f->conn[0].end, 1);
	counted(f, "{}");
}

static void
what_the_server_said_last_is_heard_before_its_end(void **state)
{
	struct fixture *f = *state;

	open_front(f, NULL, false);
	connected(f);
	assert_int_equal(send(f->conn[0].server, "goodbye", 7, 0), 7);
	server_close(&f->conn[0]);
	run_until(f, first_ended);
	assert_int_equal(f->conn[0].end, 1);
	assert_int_equal(f->conn[0].heard.n, 7);
}

static void
a_phone_that_is_cut_off_is_gone_for_the_server_too(void **state)
{
	const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
	struct fixture *f = *state;

	open_front(f, NULL, false);
	connected(f);
	setsockopt(f->conn[0].phone, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	phone_close(&f->conn[0]);
	run_until(f, server_saw_the_end);
	assert_true(f->conn[0].server_ended);
}

/* More than all buffers on the way, to a phone that at first does not read. */
static bool
much_is_there(const struct fixture *f)
{
	struct conn *c = (struct conn *)&f->conn[0];
	ssize_t n = 0;

	while (c->sent < MUCH && n >= 0) {
		n = send(
		    c->server, f->much + c->sent, MUCH - c->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
		c->sent += n > 0 ? (size_t)n : 0;
	}
	return c->heard.n == MUCH;
}

static void
much_arrives_whole_and_in_order(void **state)
{
	struct fixture *f = *state;

	open_front(f, NULL, false);
	connected(f);
	for (size_t i = 0; i < MUCH; i++)
		f->much[i] = (uint8_t)(i * 31 + (i >> 8));
	run_until(f, much_is_there);
	assert_memory_equal(f->conn[0].heard.p, f->much, MUCH);
}

static void
a_server_that_takes_nobody_ends_it(void **state)
{
	struct fixture *f = *state;

	f->deaf = true;
	open_front(f, NULL, false);
	assert_int_equal(phone_open(f), 0);
	run_until(f, first_ended);
	assert_true(f->conn[0].end != 0);
}

static void
a_port_that_is_taken_is_an_error(void **state)
{
	struct fixture *f = *state;
	struct front *another = NULL;

	open_front(f, NULL, false);
	assert_int_equal(front_new(&(struct front_cfg){ .wire = f->wire,
				       .at = { front_ip(), FRONT_PORT },
				       .join = join },
			     &another),
	    -EADDRINUSE);
	assert_null(another);
	front_free(NULL);
}

/* ---- refuse, reset ---- */

static void
nobody_listens_while_it_refuses(void **state)
{
	struct fixture *f = *state;

	open_front(f, NULL, false);
	assert_int_equal(front_refuse(f->front, true), 0);
	assert_int_equal(phone_open(f), -ECONNREFUSED);
	assert_int_equal(front_refuse(f->front, true), 0);
	assert_int_equal(front_refuse(f->front, false), 0);
	connected(f);
	counted(f, "\"refused\": 1");
}

static void
a_connection_that_is_open_stays_while_it_refuses(void **state)
{
	struct fixture *f = *state;

	open_front(f, NULL, false);
	connected(f);
	assert_int_equal(front_refuse(f->front, true), 0);
	phone_says(f, 0, "hello");
	run_until(f, five_heard);
	assert_int_equal(f->conn[0].end, 0);
}

static void
a_reset_is_felt_by_all_that_are_open(void **state)
{
	struct fixture *f = *state;

	open_front(f, NULL, false);
	assert_int_equal(phone_open(f), 0);
	assert_int_equal(phone_open(f), 0);
	run_until(f, two_joined);
	front_reset(f->front);
	run_until(f, all_ended);
	assert_int_equal(f->conn[0].end, -ECONNRESET);
	assert_int_equal(f->conn[1].end, -ECONNRESET);
	counted(f, "{\"reset\": 2}");
}

static void
while_it_resets_nobody_gets_in(void **state)
{
	struct fixture *f = *state;

	open_with(f, (struct fault_deed){ .reset = true });
	assert_int_equal(phone_open(f), 0); /* the kernel's own yes */
	run_until(f, first_ended);
	assert_int_equal(f->conn[0].end, -ECONNRESET);
	assert_int_equal(f->joined, 0);
}

static void
who_says_something_while_it_resets_is_reset(void **state)
{
	struct fixture *f = *state;

	open_with(f, (struct fault_deed){ .drop = 0 });
	connected(f);
	f->faults.fault[0].deed.reset = true;
	phone_says(f, 0, "hello");
	run_until(f, first_ended);
	assert_int_equal(f->conn[0].end, -ECONNRESET);
	assert_int_equal(f->conn[0].asked.n, 0);
}

/* ---- replies that are cut short ---- */

static void
a_reply_ends_where_it_is_truncated(void **state)
{
	struct fixture *f = *state;

	f->reply = "0123456789";
	open_with(f, (struct fault_deed){ .truncate_after = 4 });
	connected(f);
	phone_says(f, 0, "?");
	run_until(f, first_ended);
	assert_int_equal(f->conn[0].end, 1);
	assert_int_equal(f->conn[0].heard.n, 4);
	assert_memory_equal(f->conn[0].heard.p, "0123", 4);
	counted(f, "{\"truncated\": 1}");
}

static void
a_reply_is_reset_where_that_is_wanted_and_the_tighter_limit_counts(void **state)
{
	struct fixture *f = *state;

	f->reply = "0123456789";
	open_with(f, (struct fault_deed){ .reset_after = 3, .truncate_after = 5 });
	connected(f);
	phone_says(f, 0, "?");
	run_until(f, first_ended);
	assert_int_equal(f->conn[0].end, -ECONNRESET);
	assert_true(f->conn[0].heard.n <= 3);
	counted(f, "{\"reset\": 1}");
}

static void
a_reply_that_is_as_long_as_the_limit_is_whole(void **state)
{
	struct fixture *f = *state;

	f->reply = "01234";
	open_with(f, (struct fault_deed){ .truncate_after = 5 });
	connected(f);
	phone_says(f, 0, "?");
	run_until(f, five_heard);
	assert_int_equal(f->conn[0].end, 0);
	counted(f, "{}");
}

static bool
ten_heard(const struct fixture *f)
{
	return f->conn[0].heard.n >= 10;
}

/* The limit is each reply's own. */
static void
the_next_reply_begins_anew(void **state)
{
	struct fixture *f = *state;

	f->reply = "01234";
	open_with(f, (struct fault_deed){ .truncate_after = 6 });
	connected(f);
	phone_says(f, 0, "?");
	run_until(f, five_heard);
	phone_says(f, 0, "?");
	run_until(f, ten_heard);
	assert_int_equal(f->conn[0].end, 0);
}

static void
under_tls_the_handshake_is_not_the_reply(void **state)
{
	const struct fault fault = { .server = "sip", .deed = { .truncate_after = 2 } };
	struct fixture *f = *state;
	uint8_t hello[262] = { 0x16, 3, 1, 1, 1 };

	open_front(f, &fault, true);
	f->reply = "";
	connected(f);
	/* 257 bytes of handshake, then a record of 257 bytes of which two may pass. */
	assert_int_equal(send(f->conn[0].server, hello, sizeof hello, 0), sizeof hello);
	hello[0] = 0x17;
	assert_int_equal(send(f->conn[0].server, hello, sizeof hello, 0), sizeof hello);
	run_until(f, first_ended);
	assert_int_equal(f->conn[0].end, 1);
	assert_int_equal(f->conn[0].heard.n, sizeof hello + 5 + 2);
}

/* ---- time ---- */

static void
what_is_delayed_keeps_its_order(void **state)
{
	struct fixture *f = *state;
	uint64_t began_us = loop_now_us(f->loop);

	open_with(f, (struct fault_deed){ .delay = { .a_us = 4000, .b_us = 4000 } });
	connected(f);
	for (int i = 0; i < 10; i++) {
		const char digit[2] = { (char)('0' + i), '\0' };

		phone_says(f, 0, digit);
		/* Each a piece of its own. */
		loop_timer_set(f->tick, 1000, 1000);
		run_until(f, one_joined);
	}
	run_until(f, ten_heard);
	assert_memory_equal(f->conn[0].heard.p, "0123456789", 10);
	assert_true(loop_now_us(f->loop) > began_us);
	counted(f, "\"delayed\"");
}

/* Two ways to connect, one there, one back. */
static void
latency_counts_for_the_connection_too(void **state)
{
	struct fixture *f = *state;
	uint64_t began_us = loop_now_us(f->loop);

	f->cost.latency_us = 5000;
	f->cost.said_latency = true;
	open_front(f, NULL, false);
	connected(f);
	phone_says(f, 0, "hello");
	run_until(f, five_heard);
	assert_true(loop_now_us(f->loop) >= began_us + 15000);
}

/* TCP sends it again, after a while. */
static void
what_is_lost_on_a_connection_comes_later(void **state)
{
	struct fixture *f = *state;
	uint64_t at_us = 0;

	open_with(f, (struct fault_deed){ .drop = 0 });
	connected(f);
	(void)wire_at_us(f->wire, &at_us);
	/* Lost for the next 100 ms; TCP tries again after 200. */
	f->faults.fault[0].for_us = at_us + 100000;
	f->faults.fault[0].deed.drop = 1;
	phone_says(f, 0, "hello");
	run_until(f, five_heard);
	assert_memory_equal(f->conn[0].heard.p, "hello", 5);
}

/* Lost each time, until TCP gives up: then it is a reset at last, and nothing was heard. */
static void
what_is_always_lost_is_never_heard(void **state)
{
	struct fixture *f = *state;

	open_with(f, (struct fault_deed){ .drop = 1 });
	assert_int_equal(phone_open(f), 0);
	run_until(f, one_joined);
	phone_says(f, 0, "hello");
	f->until = one_joined;
	for (int i = 0; i < 20; i++)
		loop_run(f->loop);
	assert_int_equal(f->conn[0].asked.n, 0);
	counted(f, "\"dropped\"");
}

static void
what_is_corrupted_is_as_long_and_other(void **state)
{
	struct fixture *f = *state;

	open_with(f, (struct fault_deed){ .corrupt = 1 });
	connected(f);
	phone_says(f, 0, "hello");
	run_until(f, five_heard);
	assert_int_equal(f->conn[0].asked.n, 5);
	assert_true(memcmp(f->conn[0].asked.p, "hello", 5) != 0);
	counted(f, "\"corrupted\": 2");
}

static bool
ten_thousand_heard(const struct fixture *f)
{
	return f->conn[0].heard.n >= 10000;
}

/* 10 kB at 200 kB/s. */
static void
a_slow_connection_takes_its_time(void **state)
{
	struct fixture *f = *state;
	uint64_t began_us;

	open_with(f, (struct fault_deed){ .bytes_per_s = 200000 });
	connected(f);
	began_us = loop_now_us(f->loop);
	assert_int_equal(send(f->conn[0].server, f->much, 10000, 0), 10000);
	run_until(f, ten_thousand_heard);
	assert_true(loop_now_us(f->loop) >= began_us + 50000);
}

static bool
both_have_ten_thousand(const struct fixture *f)
{
	return f->conn[0].heard.n >= 10000 && f->conn[1].heard.n >= 10000;
}

/* Two of 10 kB through 400 kB/s; each has some of it before the other has all. */
static void
the_port_is_shared_by_all(void **state)
{
	struct fixture *f = *state;
	uint64_t began_us;

	f->cost.bytes_per_s = 400000;
	f->cost.said_bandwidth = true;
	open_front(f, NULL, false);
	assert_int_equal(phone_open(f), 0);
	assert_int_equal(phone_open(f), 0);
	run_until(f, two_joined);
	began_us = loop_now_us(f->loop);
	assert_int_equal(send(f->conn[0].server, f->much, 10000, 0), 10000);
	assert_int_equal(send(f->conn[1].server, f->much, 10000, 0), 10000);
	run_until(f, both_have_ten_thousand);
	assert_true(loop_now_us(f->loop) >= began_us + 50000);
}

/* One worker, 8 ms a request: the second waits for the first, however it is cut. */
static void
a_request_waits_for_its_worker(void **state)
{
	struct fixture *f = *state;
	uint64_t began_us;

	f->cost =
	    (struct servers_cost){ .takes = { .a_us = 8000 }, .workers = 1, .said_work = true };
	open_front(f, NULL, false);
	assert_int_equal(phone_open(f), 0);
	assert_int_equal(phone_open(f), 0);
	run_until(f, two_joined);
	began_us = loop_now_us(f->loop);
	phone_says(f, 1, "first");
	phone_says(f, 0, "hello");
	run_until(f, five_heard);
	assert_true(loop_now_us(f->loop) >= began_us + 8000);
	/* The answer came; the next request is work again. */
	began_us = loop_now_us(f->loop);
	phone_says(f, 0, "again");
	run_until(f, ten_heard);
	assert_true(loop_now_us(f->loop) >= began_us + 8000);
}

/* ---- memory ---- */

static void
without_memory_connections_end_and_others_go_on(void **state)
{
	struct fixture *f = *state;

	open_front(f, NULL, false);
	assert_int_equal(phone_open(f), 0);
	mem_fail_at(1);
	run_until(f, first_ended);
	mem_fail_at(0);
	assert_true(f->conn[0].end != 0);
	assert_int_equal(f->joined, 0);
	f->conn[0].end = 0;
	phone_close(&f->conn[0]);
	buf_clear(&f->conn[0].heard);
	f->n = 0;
	connected(f);
	phone_says(f, 0, "hello");
	run_until(f, five_heard);
}

int
main(void)
{
#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		WITH(bytes_and_ends_pass_both_ways),
		WITH(what_the_server_said_last_is_heard_before_its_end),
		WITH(a_phone_that_is_cut_off_is_gone_for_the_server_too),
		WITH(much_arrives_whole_and_in_order),
		WITH(a_server_that_takes_nobody_ends_it),
		WITH(a_port_that_is_taken_is_an_error),
		WITH(nobody_listens_while_it_refuses),
		WITH(a_connection_that_is_open_stays_while_it_refuses),
		WITH(a_reset_is_felt_by_all_that_are_open),
		WITH(while_it_resets_nobody_gets_in),
		WITH(who_says_something_while_it_resets_is_reset),
		WITH(a_reply_ends_where_it_is_truncated),
		WITH(a_reply_is_reset_where_that_is_wanted_and_the_tighter_limit_counts),
		WITH(a_reply_that_is_as_long_as_the_limit_is_whole),
		WITH(the_next_reply_begins_anew),
		WITH(under_tls_the_handshake_is_not_the_reply),
		WITH(what_is_delayed_keeps_its_order),
		WITH(latency_counts_for_the_connection_too),
		WITH(what_is_lost_on_a_connection_comes_later),
		WITH(what_is_always_lost_is_never_heard),
		WITH(what_is_corrupted_is_as_long_and_other),
		WITH(a_slow_connection_takes_its_time),
		WITH(the_port_is_shared_by_all),
		WITH(a_request_waits_for_its_worker),
		WITH(without_memory_connections_end_and_others_go_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
