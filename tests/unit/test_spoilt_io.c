/* test_spoilt_io.c - the io that spoils what arrives, which the fuzzer of a whole phone stands
 * on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "mem.h"
#include "sim.h"
#include "spoilt_io.h"

/* Someone who listens on one handle and writes down what it hears. */
struct ear {
	struct io *io;
	struct io_scope scope;
	struct io_handle *h;
	unsigned events;
	char heard[300]; /* "/" after each */
	int status;
	char header[300];
	bool close_at_once;
};

static void
on_event(void *arg, const struct io_event *ev)
{
	struct ear *e = arg;

	assert_ptr_equal(ev->h, e->h);
	e->events++;
	if (ev->bytes.p != NULL) {
		strncat(e->heard, (const char *)ev->bytes.p, ev->bytes.n);
		strcat(e->heard, "/");
	}
	if (ev->kind == IO_HEAD) {
		e->status = ev->http->status;
		if (ev->http->n_headers > 0)
			strcpy(e->header, ev->http->headers[0].value);
	}
	if (e->close_at_once)
		e->io->ops->close(e->h);
}

/* A server that says "hello" to whoever says anything. */
static void
hello(void *arg, struct sim *sim, const struct sim_call *c)
{
	static const struct io_header headers[] = { { "Server", "toy" } };

	(void)arg;
	if (c->deed == SIM_SENT)
		sim_packet(sim, c->h, 1000, span_of("hello"));
	if (c->deed == SIM_ASKED)
		sim_http(sim, c->h, 1000, 200, headers, 1, span_of("page"), 4);
}

/* Ask the server by UDP or HTTP while the plan spoils; what is heard. */
static struct ear
hear(enum sim_type type, const char *plan, size_t n, bool close_at_once)
{
	const struct io_stream_cfg to = { .to = { 0x7f000001, 80 } };
	const struct io_ask ask = { .method = "GET", .path = "/" };
	struct sim *sim = sim_new();
	struct ear e = { .close_at_once = close_at_once };
	struct io_owner owner = { &e.scope, on_event, &e };

	sim_listen(sim, type, 0, hello, NULL);
	assert_int_equal(
	    spoilt_io_new(sim_io(sim), (struct span){ (const uint8_t *)plan, n }, &e.io), 0);
	assert_int_equal(e.io->ops->address(e.io, 0x7f2a0001, 0), 0);
	if (type == SIM_UDP) {
		assert_int_equal(e.io->ops->udp(e.io, owner, to.to, &e.h), 0);
		assert_int_equal(e.io->ops->send(e.h, span_of("who?")), 0);
	} else {
		assert_int_equal(e.io->ops->http(e.io, owner, &to, &e.h), 0);
		assert_int_equal(e.io->ops->ask(e.h, &ask), 0);
	}
	sim_run(sim, 1000000);
	e.io->ops->power_cut(e.io);
	spoilt_io_free(e.io);
	sim_free(sim);
	assert_int_equal(mem_out(), 0);
	return e;
}

#define UDP(plan, close) hear(SIM_UDP, plan, sizeof plan - 1, close)
#define HTTP(plan) hear(SIM_HTTP, plan, sizeof plan - 1, false)

static void
without_a_plan_nothing_is_spoilt(void **state)
{
	struct ear e = UDP("", false);

	(void)state;
	assert_string_equal(e.heard, "hello/");
	e = UDP("\x00", false);
	assert_string_equal(e.heard, "hello/");
	e = HTTP("");
	assert_int_equal(e.status, 200);
	assert_string_equal(e.header, "toy");
	assert_string_equal(e.heard, "pa/ge/");
}

static void
bytes_are_changed_cut_lengthened_and_replaced(void **state)
{
	(void)state;
	assert_string_equal(UDP("\xa1\x00\x00\x0d", false).heard, "eello/");
	assert_string_equal(UDP("\xa3\x00\x02", false).heard, "he/");
	assert_string_equal(UDP("\xa4\x00\x00\x03yyy", false).heard, "helloyyy/");
	assert_string_equal(UDP("\xa5\x00\x01\x02XY", false).heard, "hXYlo/");
	assert_string_equal(UDP("\xa6\x00\x02", false).heard, "llo/");
	assert_string_equal(UDP("\xa7\x00\x00\x02zz", false).heard, "zz/");
}

static void
packets_are_lost_and_doubled(void **state)
{
	(void)state;
	assert_int_equal(UDP("\xff", false).events, 0);
	assert_string_equal(UDP("\xf0", false).heard, "hello/hello/");
	/* Nothing comes to a handle that was closed when it heard the first. */
	assert_string_equal(UDP("\xf0", true).heard, "hello/");
}

static void
heads_get_another_status_and_other_headers(void **state)
{
	(void)state;
	assert_int_equal(HTTP("\xa0\x00\x00\x00\x03\x03").status, 403);
	assert_string_equal(HTTP("\xa1\x00\x00\x00").header, "");
	assert_string_equal(HTTP("\xa2\x00\x00\x02no").header, "no");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_plan_nothing_is_spoilt),
		cmocka_unit_test(bytes_are_changed_cut_lengthened_and_replaced),
		cmocka_unit_test(packets_are_lost_and_doubled),
		cmocka_unit_test(heads_get_another_status_and_other_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
