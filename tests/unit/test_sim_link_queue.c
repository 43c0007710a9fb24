/*
 * test_sim_link_queue.c - a link's workers and their queue against the textbook, its memory,
 * and its chance: the same seed, the same history.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "mem.h"
#include "rng.h"
#include "sim.h"
#include "sim_link.h"

enum { MS = 1000, S = 1000 * 1000 };

static const struct io_addr server = { 0x0a280001, 88 };

/* Many requests, of which only counts are kept; a lean world. */
struct crowd {
	struct sim_clock *clock;
	struct sim *sim;
	struct sim_link *link;
	struct io *io;
	struct io_scope scope;
	struct io_handle *h;
	struct rng rng;
	struct sim_event next; /* the next request is sent */
	uint64_t every_us;     /* on the average */
	bool poisson;          /* else always exactly */
	size_t to_send, n_heard, n_got;
	uint64_t history; /* depends on every event and its time */
};

static void
crowd_note(struct crowd *c, uint64_t what)
{
	c->history = (c->history ^ what) * 0x100000001b3u;
	c->history = (c->history ^ sim_clock_us(c->clock)) * 0x100000001b3u;
}

static void
crowd_on_event(void *arg, const struct io_event *ev)
{
	struct crowd *c = arg;

	c->n_got++;
	crowd_note(c, (uint64_t)ev->kind);
	for (size_t i = 0; i < ev->bytes.n && ev->bytes.p != NULL; i++)
		crowd_note(c, ev->bytes.p[i]);
}

static void
crowd_on_deed(void *arg, struct sim *sim, const struct sim_call *call)
{
	struct crowd *c = arg;

	if (call->deed != SIM_SENT)
		return;
	c->n_heard++;
	crowd_note(c, 1000);
	sim_packet(sim, call->h, 0, call->bytes);
}

static void
crowd_send(void *arg)
{
	struct crowd *c = arg;
	double after = (double)c->every_us * (c->poisson ? rng_exp(&c->rng) : 1);

	assert_int_equal(c->io->ops->send(c->h, span_of("request")), 0);
	if (--c->to_send > 0)
		assert_int_equal(sim_clock_set(c->clock, &c->next, (uint64_t)after), 0);
}

static void
crowd_open(struct crowd *c, struct sim_link_cfg cfg)
{
	const struct sim_phone_cfg phone = { .seed = 1, .mac = { 2, 0, 0, 0, 0, 1 } };

	*c = (struct crowd){ .to_send = 0 };
	if (cfg.name == NULL)
		cfg.name = "kdc";
	rng_seed(&c->rng, 4711, 0);
	assert_int_equal(sim_clock_new(&c->clock), 0);
	assert_int_equal(sim_new_cfg(&(struct sim_cfg){ .clock = c->clock }, &c->sim), 0);
	assert_int_equal(sim_link_new(c->clock, &cfg, &c->link), 0);
	assert_int_equal(
	    sim_listen_at(c->sim, SIM_UDP, server, sim_link_way(c->link), crowd_on_deed, c), 0);
	assert_int_equal(sim_phone_new(c->sim, &phone, &c->io), 0);
	assert_int_equal(c->io->ops->address(c->io, 0x0a400001, 0), 0);
	assert_int_equal(c->io->ops->udp(c->io,
			     (struct io_owner){ &c->scope, crowd_on_event, c }, server, &c->h),
	    0);
	c->next.fn = crowd_send;
	c->next.arg = c;
}

static void
crowd_start(struct crowd *c, size_t n, uint64_t every_us, bool poisson)
{
	c->to_send = n;
	c->every_us = every_us;
	c->poisson = poisson;
	assert_int_equal(sim_clock_set(c->clock, &c->next, every_us), 0);
}

static void
crowd_run(struct crowd *c)
{
	while (sim_clock_step(c->clock, UINT64_MAX - 1))
		;
}

static const struct sim_load_total *
crowd_total(const struct crowd *c)
{
	return sim_load_total(sim_link_load(c->link));
}

static void
crowd_close(struct crowd *c)
{
	sim_phone_free(c->io);
	sim_free(c->sim);
	sim_link_free(c->link);
	sim_clock_free(c->clock);
}

/* ---- the textbook ---- */

static void
regular_requests_wait_exactly_what_they_must(void **state)
{
	struct crowd c;

	(void)state;
	/* One every 10 ms, 15 ms of work: number k waits k times 5 ms. */
	crowd_open(&c, (struct sim_link_cfg){ .takes = { .a_us = 15 * MS }, .workers = 1 });
	crowd_start(&c, 100, 10 * MS, false);
	crowd_run(&c);
	assert_int_equal(c.n_got, 100);
	assert_int_equal(crowd_total(&c)->waits_us, 5 * MS * (99 * 100 / 2));
	assert_int_equal(crowd_total(&c)->longest_wait_us, 99 * 5 * MS);
	assert_int_equal(crowd_total(&c)->longest_wait_at_us, 10 * MS + 99 * 15 * MS);
	assert_int_equal(crowd_total(&c)->busy_us, 100 * 15 * MS);
	assert_int_equal(sim_clock_us(c.clock), 10 * MS + 100 * 15 * MS);
	/* A second asks for 1.5 s. */
	assert_true(fabs(sim_load_saturation(sim_link_load(c.link)) - 1.5) < 0.02);
	crowd_close(&c);
}

static void
with_two_workers_the_same_requests_never_wait(void **state)
{
	struct crowd c;

	(void)state;
	crowd_open(&c, (struct sim_link_cfg){ .takes = { .a_us = 15 * MS }, .workers = 2 });
	crowd_start(&c, 100, 10 * MS, false);
	crowd_run(&c);
	assert_int_equal(crowd_total(&c)->waits_us, 0);
	assert_int_equal(crowd_total(&c)->waiting, 0);
	assert_true(crowd_total(&c)->full_at_us == SIM_NEVER);
	assert_true(fabs(sim_load_saturation(sim_link_load(c.link)) - 0.75) < 0.01);
	crowd_close(&c);
}

static void
all_at_once_are_served_in_waves(void **state)
{
	struct crowd c;

	(void)state;
	/* 12 at once, 4 workers of 100 ms: waves at 0, 100, 200 ms. */
	crowd_open(&c, (struct sim_link_cfg){ .takes = { .a_us = 100 * MS }, .workers = 4 });
	for (int i = 0; i < 12; i++)
		assert_int_equal(c.io->ops->send(c.h, span_of("x")), 0);
	crowd_run(&c);
	assert_int_equal(crowd_total(&c)->waits_us, 4 * 100 * MS + 4 * 200 * MS);
	assert_int_equal(crowd_total(&c)->waiting, 8);
	assert_int_equal(sim_clock_us(c.clock), 300 * MS);
	crowd_close(&c);
}

/* Mean wait of M/M/c by Erlang's C. */
static double
erlang_wait_us(unsigned c, double every_us, double takes_us)
{
	double load = takes_us / every_us, term = 1, sum = 0, last;

	for (unsigned k = 0; k < c; k++) {
		sum += term;
		term *= load / (k + 1);
	}
	last = term * c / (c - load);
	return last / (sum + last) * takes_us / (c - load);
}

static void
is_as_erlang_says(unsigned workers, uint64_t every_us, uint64_t takes_us, size_t n)
{
	double mean = 0, want = erlang_wait_us(workers, (double)every_us, (double)takes_us);
	struct crowd c;

	crowd_open(&c,
	    (struct sim_link_cfg){ .takes = { SPREAD_EXP, takes_us, 0 }, .workers = workers });
	crowd_start(&c, n, every_us, true);
	crowd_run(&c);
	assert_int_equal(c.n_got, n);
	mean = (double)crowd_total(&c)->waits_us / (double)n;
	if (fabs(mean - want) > 0.1 * want)
		fail_msg(
		    "%u workers: waited %.0f us, by the book %.0f us", workers, mean, want);
	/* And they were busy as much as they were asked for. */
	assert_true(fabs(sim_load_utilisation(sim_link_load(c.link), sim_clock_us(c.clock)) -
			(double)takes_us / (double)every_us / workers) < 0.03);
	crowd_close(&c);
}

static void
poisson_arrivals_wait_as_long_as_the_textbook_says(void **state)
{
	(void)state;
	/* M/M/1 at one half and at 0.7: rho / (1 - rho) service times. */
	is_as_erlang_says(1, 20 * MS, 10 * MS, 10000);
	is_as_erlang_says(1, 10 * MS, 7 * MS, 50000);
	/* M/M/4 at 0.8. */
	is_as_erlang_says(4, 5 * MS, 16 * MS, 50000);
}

static void
the_book_itself_is_right(void **state)
{
	(void)state;
	assert_true(fabs(erlang_wait_us(1, 20, 10) - 10) < 1e-9);
	assert_true(fabs(erlang_wait_us(1, 10, 7) - 7 * 0.7 / 0.3) < 1e-9);
	/* Erlang C of 4 at 3.2 erlang: 0.5964. */
	assert_true(fabs(erlang_wait_us(4, 5, 16) - 0.5964 * 16 / 0.8) < 0.01);
}

/* ---- the end of the queue ---- */

static void
a_full_queue_loses_what_comes_next(void **state)
{
	struct crowd c;

	(void)state;
	crowd_open(&c,
	    (struct sim_link_cfg){ .takes = { .a_us = 1 * S }, .workers = 1, .backlog = 5 });
	for (int i = 0; i < 20; i++)
		assert_int_equal(c.io->ops->send(c.h, span_of("x")), 0);
	crowd_run(&c);
	assert_int_equal(c.n_heard, 6);
	assert_int_equal(crowd_total(&c)->mishap[SIM_OVERFLOWED], 14);
	assert_int_equal(crowd_total(&c)->waiting, 5);
	assert_int_equal(crowd_total(&c)->requests, 6);
	crowd_close(&c);
}

static void
a_backlog_is_4096_if_nothing_is_said(void **state)
{
	struct crowd c;

	(void)state;
	crowd_open(&c, (struct sim_link_cfg){ .takes = { .a_us = 1 }, .workers = 1 });
	for (int i = 0; i < 5000; i++)
		assert_int_equal(c.io->ops->send(c.h, span_of("x")), 0);
	crowd_run(&c);
	assert_int_equal(c.n_heard, 4097);
	crowd_close(&c);
}

/* ---- memory ---- */

static void
a_long_run_needs_no_more_memory_than_a_short_one(void **state)
{
	struct crowd c;
	long before;

	(void)state;
	crowd_open(&c,
	    (struct sim_link_cfg){ .takes = { .a_us = 1 * MS },
		.workers = 2,
		.latency_us = 1 * MS,
		.bytes_per_s = 1000 * 1000 });
	for (int i = 0; i < 300; i++)
		assert_int_equal(c.io->ops->send(c.h, span_of("request")), 0);
	crowd_run(&c);
	before = mem_out();
	crowd_start(&c, 100000, 2 * MS, true);
	crowd_run(&c);
	assert_int_equal(c.n_got, 100300);
	assert_int_equal(mem_out(), before);
	crowd_close(&c);
}

static void
without_memory_there_is_no_link_and_nothing_is_left_of_it(void **state)
{
	const struct sim_link_cfg cfg = { .name = "kdc", .bytes_per_s = 1 };
	struct sim_link *link = NULL;
	struct sim_clock *clock = NULL;
	long before;

	(void)state;
	assert_int_equal(sim_clock_new(&clock), 0);
	/* The clock has made room for what a link sets. */
	assert_int_equal(sim_link_new(clock, &cfg, &link), 0);
	sim_link_free(link);
	link = NULL;
	before = mem_out();
	for (long n = 1; link == NULL; n++) {
		int rc;

		assert_in_range(n, 1, 20);
		mem_fail_at(n);
		rc = sim_link_new(clock, &cfg, &link);
		mem_fail_at(0);
		if (rc == 0)
			break;
		assert_int_equal(rc, -ENOMEM);
		assert_null(link);
		assert_int_equal(mem_out(), before);
	}
	sim_link_free(link);
	sim_link_free(NULL);
	assert_int_equal(mem_out(), before);
	sim_clock_free(clock);
}

static void
memory_that_fails_on_the_way_loses_a_packet_at_most(void **state)
{
	(void)state;
	for (long n = 1; n < 40; n++) {
		struct crowd c;

		crowd_open(&c,
		    (struct sim_link_cfg){ .takes = { .a_us = 1 * MS },
			.workers = 1,
			.bytes_per_s = 1000 * 1000 });
		mem_fail_at(n);
		for (int i = 0; i < 20; i++)
			(void)c.io->ops->send(c.h, span_of("request"));
		crowd_run(&c);
		mem_fail_at(0);
		assert_in_range(c.n_got, 19, 20);
		crowd_close(&c);
	}
}

/* ---- chance ---- */

static const struct fault storm = { .server = "kdc",
	.deed = { .drop = 0.2,
	    .duplicate = 0.05,
	    .reorder = 0.05,
	    .corrupt = 0.05,
	    .delay = { .a_us = 50 * MS, .b_us = 50 * MS } } };

static uint64_t
history(uint64_t seed, const struct fault *faults, size_t n)
{
	uint64_t h;
	struct crowd c;

	crowd_open(&c,
	    (struct sim_link_cfg){ .takes = { SPREAD_EXP, 5 * MS, 0 },
		.workers = 2,
		.latency_us = 700,
		.bytes_per_s = 100000,
		.faults = faults,
		.n_faults = n,
		.seed = seed });
	crowd_start(&c, 2000, 4 * MS, true);
	crowd_run(&c);
	assert_true(c.n_got > 1000);
	h = c.history;
	crowd_close(&c);
	return h;
}

static void
the_same_seed_gives_the_same_history_another_seed_another(void **state)
{
	uint64_t one = history(1, &storm, 1);

	(void)state;
	assert_true(one == history(1, &storm, 1));
	assert_true(one != history(2, &storm, 1));
}

static void
faults_of_another_server_change_nothing(void **state)
{
	struct fault faults[3] = { storm, storm, storm };

	(void)state;
	strcpy(faults[0].server, "dns");
	strcpy(faults[2].server, "sip");
	assert_true(history(1, &storm, 1) == history(1, faults, 3));
}

/* Two servers, one phone asks both: what happens at one is the same whether or not the other
 * has anything to do. */
static uint64_t
history_beside(bool busy)
{
	const struct io_addr other = { 0x0a280002, 53 };
	struct fault faults[2] = { storm, storm };
	struct sim_link_cfg cfg = {
		.takes = { SPREAD_EXP, 5 * MS, 0 }, .faults = faults, .n_faults = 2
	};
	struct crowd c, o = { .to_send = 0 };
	struct sim_link *link = NULL;
	uint64_t h;

	strcpy(faults[1].server, "dns");
	crowd_open(&c, cfg);
	o = c;
	cfg.name = "dns";
	assert_int_equal(sim_link_new(c.clock, &cfg, &link), 0);
	assert_int_equal(
	    sim_listen_at(c.sim, SIM_UDP, other, sim_link_way(link), crowd_on_deed, &o), 0);
	assert_int_equal(c.io->ops->udp(c.io, (struct io_owner){ &c.scope, crowd_on_event, &o },
			     other, &o.h),
	    0);
	o.next.arg = &o;
	crowd_start(&c, 1000, 4 * MS, true);
	if (busy)
		crowd_start(&o, 1000, 3 * MS, true);
	crowd_run(&c);
	assert_true(busy == (o.n_heard > 0));
	h = c.history;
	sim_phone_free(c.io);
	c.io = NULL;
	crowd_run(&c);
	sim_free(c.sim);
	sim_link_free(link);
	sim_link_free(c.link);
	sim_clock_free(c.clock);
	return h;
}

static void
what_happens_at_one_server_does_not_depend_on_another(void **state)
{
	(void)state;
	assert_true(history_beside(false) == history_beside(true));
}

static void
how_long_it_takes_does_not_depend_on_what_goes_wrong(void **state)
{
	/* Everything arrives, but delayed: the draws of faults are not those of service. */
	const struct fault late = { .server = "kdc", .deed = { .delay = { .a_us = 1 * S } } };
	uint64_t work_us[2];

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		struct crowd c;

		crowd_open(&c,
		    (struct sim_link_cfg){
			.takes = { SPREAD_EXP, 5 * MS, 0 }, .faults = &late, .n_faults = k });
		crowd_start(&c, 500, 10 * MS, false);
		crowd_run(&c);
		work_us[k] = crowd_total(&c)->work_us;
		crowd_close(&c);
	}
	assert_int_equal(work_us[0], work_us[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(regular_requests_wait_exactly_what_they_must),
		cmocka_unit_test(with_two_workers_the_same_requests_never_wait),
		cmocka_unit_test(all_at_once_are_served_in_waves),
		cmocka_unit_test(poisson_arrivals_wait_as_long_as_the_textbook_says),
		cmocka_unit_test(the_book_itself_is_right),
		cmocka_unit_test(a_full_queue_loses_what_comes_next),
		cmocka_unit_test(a_backlog_is_4096_if_nothing_is_said),
		cmocka_unit_test(a_long_run_needs_no_more_memory_than_a_short_one),
		cmocka_unit_test(without_memory_there_is_no_link_and_nothing_is_left_of_it),
		cmocka_unit_test(memory_that_fails_on_the_way_loses_a_packet_at_most),
		cmocka_unit_test(the_same_seed_gives_the_same_history_another_seed_another),
		cmocka_unit_test(faults_of_another_server_change_nothing),
		cmocka_unit_test(what_happens_at_one_server_does_not_depend_on_another),
		cmocka_unit_test(how_long_it_takes_does_not_depend_on_what_goes_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
