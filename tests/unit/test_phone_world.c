/*
 * test_phone_world.c - what a phone asks of the world it stands in, and what becomes of it when
 * the world cannot give that.  A spy stands between phone and simulated world.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "phone_id.h"
#include "sim_farm.h"

#define S UINT64_C(1000000)

struct spy {
	struct phone_world base; /* first */
	const struct phone_world *behind;
	struct phone_world_ops ops;
	int io_err, auth_err; /* != 0: it cannot give that */
	int64_t wall_ahead_us;
	/* What it was asked. */
	unsigned ios, auths, clocks, greetings[SIM_FARM_PROFILES];
	uint32_t index;
	uint64_t seed;
	uint8_t mac[6];
	char user[64], realm[64], password[64];
	unsigned profile;
	const struct io_link *link;
};

/* Only to be read through a const world: spies note what they see. */
static struct spy *
spy_of(const struct phone_world *world)
{
	return (struct spy *)(uintptr_t)world;
}

static int
spy_io(const struct phone_world *world, const struct phone_who *who, struct io **out)
{
	struct spy *spy = spy_of(world);

	spy->ios++;
	spy->index = who->place->index;
	spy->seed = who->place->seed;
	memcpy(spy->mac, who->id->mac, sizeof spy->mac);
	spy->profile = who->profile;
	spy->link = who->link;
	if (spy->io_err != 0)
		return spy->io_err;
	return spy->behind->ops->io(spy->behind, who, out);
}

static int
spy_auth(const struct phone_world *world, const struct phone_who *who, struct auth **out)
{
	struct spy *spy = spy_of(world);

	spy->auths++;
	(void)snprintf(spy->user, sizeof spy->user, "%s", who->id->user);
	(void)snprintf(spy->realm, sizeof spy->realm, "%s", who->realm);
	(void)snprintf(spy->password, sizeof spy->password, "%s", who->password);
	if (spy->auth_err != 0)
		return spy->auth_err;
	return spy->behind->ops->auth(spy->behind, who, out);
}

static void
spy_tls(const struct phone_world *world, struct io *io, unsigned profile)
{
	struct spy *spy = spy_of(world);

	assert_true(profile < SIM_FARM_PROFILES);
	spy->greetings[profile]++;
	spy->behind->ops->tls(spy->behind, io, profile);
}

static int64_t
spy_wall_us(const struct phone_world *world, struct io *io)
{
	struct spy *spy = spy_of(world);

	spy->clocks++;
	return spy->behind->ops->wall_us(spy->behind, io) + spy->wall_ahead_us;
}

/* A farm whose phones all stand before the spy. */
static struct sim_farm *
farm_with(struct spy *spy, uint32_t phones)
{
	struct sim_farm *f = sim_farm_new(phones);

	*spy = (struct spy){
		.base = { &spy->ops },
		.behind = f->phone.world,
		.ops = { .io = spy_io,
		    .auth = spy_auth,
		    .auth_free = f->phone.world->ops->auth_free,
		    .io_free = f->phone.world->ops->io_free,
		    .tls = spy_tls,
		    .wall_us = spy_wall_us },
	};
	f->phone.world = &spy->base;
	return f;
}

static void
farm_free_all(struct sim_farm *f)
{
	sim_farm_free(f);
	assert_int_equal(mem_out(), 0);
}

/* ---- one phone, made by hand ---- */

struct desk { /* who hears of it: nobody */
	struct instance_sink sink;
	struct instance_place place;
	struct instance *made;
	const char *says;
};

static struct desk
desk_of(const struct sim_farm *f, uint32_t index)
{
	return (struct desk){ .place = { .loop = f->loop, .index = index, .seed = 77 } };
}

static int
make(struct sim_farm *f, struct desk *d)
{
	d->place.sink = &d->sink;
	return phone_make(&f->phone, &d->place, &d->made, &d->says);
}

static void
it_says_who_it_is(void **state)
{
	struct spy spy;
	struct sim_farm *f = farm_with(&spy, 1);
	struct desk d = desk_of(f, 258);
	uint8_t mac[6];

	(void)state;
	assert_int_equal(make(f, &d), 0);
	assert_int_equal(spy.ios, 1);
	assert_int_equal(spy.auths, 1);
	assert_int_equal(spy.clocks, 1);
	assert_int_equal(spy.index, 258);
	assert_int_equal(spy.seed, 77);
	memcpy(mac, f->file.macs, sizeof mac);
	mac[4]++;
	mac[5] = (uint8_t)(mac[5] + 2);
	assert_memory_equal(spy.mac, mac, 6);
	assert_string_equal(spy.user, "phone00258");
	assert_string_equal(spy.realm, "CONTOSO.COM");
	assert_string_equal(spy.password, "Pa55w0rd");
	/* Delivered with the first profile, which a world gives unasked. */
	assert_int_equal(spy.greetings[0] + spy.greetings[1], 0);
	d.made->ops->close(d.made);
	farm_free_all(f);
}

static void
given_no_network_it_is_not_made_and_asks_for_nothing_else(void **state)
{
	struct spy spy;
	struct sim_farm *f = farm_with(&spy, 1);
	struct desk d = desk_of(f, 0);

	(void)state;
	spy.io_err = -EMFILE;
	assert_int_equal(make(f, &d), -EMFILE);
	assert_null(d.made);
	assert_string_equal(d.says, "no world for a phone");
	assert_int_equal(spy.auths, 0);
	farm_free_all(f);
}

static void
given_no_tickets_it_gives_its_network_back(void **state)
{
	struct spy spy;
	struct sim_farm *f = farm_with(&spy, 1);
	struct desk d = desk_of(f, 0);

	(void)state;
	spy.auth_err = -ENOMEM;
	assert_int_equal(make(f, &d), -ENOMEM);
	assert_null(d.made);
	assert_string_equal(d.says, "no Kerberos for a phone");
	assert_int_equal(spy.ios, 1);
	assert_int_equal(spy.clocks, 0);
	farm_free_all(f);
}

static void
given_a_user_that_cannot_be_named_it_asks_for_nothing(void **state)
{
	struct spy spy;
	struct sim_farm *f = farm_with(&spy, 1);
	struct desk d = desk_of(f, 0);

	(void)state;
	strcpy(f->file.users.name, "phone%s");
	assert_int_equal(make(f, &d), -EINVAL);
	assert_string_equal(d.says, "the pool file's user names do not fit");
	assert_int_equal(spy.ios, 0);
	farm_free_all(f);
}

static void
whatever_memory_is_missing_nothing_of_it_is_left(void **state)
{
	struct spy spy;
	struct sim_farm *f = farm_with(&spy, 1);
	long n = 0;
	int err;

	(void)state;
	do {
		struct desk d = desk_of(f, 0);

		mem_fail_at(++n);
		err = make(f, &d);
		mem_fail_at(0);
		if (err == 0)
			d.made->ops->close(d.made);
		else
			assert_int_equal(err, -ENOMEM);
	} while (err != 0);
	assert_true(n > 3);
	farm_free_all(f);
}

/* ---- on its way ---- */

static void
after_an_update_it_greets_like_the_profile_of_what_it_runs_then(void **state)
{
	struct spy spy;
	struct sim_farm *f = farm_with(&spy, 5);

	(void)state;
	assert_int_equal(sim_farm_run(f)->metrics->phones.finished, 5);
	assert_int_equal(spy.greetings[0], 0);
	assert_int_equal(spy.greetings[1], 5);
	farm_free_all(f);
}

static void
without_a_restart_it_goes_on_greeting_as_it_was_delivered(void **state)
{
	struct spy spy;
	struct sim_farm *f = farm_with(&spy, 5);

	(void)state;
	f->plan.restart_after_update = false;
	assert_int_equal(sim_farm_run(f)->metrics->phones.finished, 5);
	assert_int_equal(spy.greetings[0] + spy.greetings[1], 0);
	farm_free_all(f);
}

/*
 * Kerberos is told the phone's clock against the host's.  Of a host that goes 20 minutes fast
 * the phone's right time looks 20 minutes slow: the KDC refuses it.
 */
static void
the_hosts_clock_is_the_worlds(void **state)
{
	const char *const watched[] = { "krb:37 " };
	struct spy spy;
	struct sim_farm *f = farm_with(&spy, 3);
	const struct metrics *m;

	(void)state;
	f->cfg.watch = watched;
	f->cfg.n_watch = 1;
	spy.wall_ahead_us = (int64_t)(20 * 60 * S);
	m = sim_farm_run(f)->metrics;
	assert_int_equal(m->phones.failed, 3);
	assert_true(m->watched[0] >= 3);
	assert_int_equal(m->row[sim_farm_row(f, "krb_login")].done, 0);
	farm_free_all(f);
}

/* What is its group's is its own. */
static void
it_is_given_its_groups_profile_and_line(void **state)
{
	static const struct io_link thin = { .delay_us = 40000 };
	struct spy spy;
	struct sim_farm *f = farm_with(&spy, 3);
	struct phone_group groups[2] = { f->group, f->group };
	struct desk campus = desk_of(f, 2), branch = desk_of(f, 1);

	(void)state;
	groups[1].first = 2;
	groups[1].profile = 1;
	groups[1].link = &thin;
	f->phone.groups = groups;
	f->phone.n_groups = 2;
	assert_int_equal(make(f, &branch), 0);
	assert_int_equal(spy.profile, 0);
	assert_null(spy.link);
	assert_int_equal(make(f, &campus), 0);
	assert_int_equal(spy.profile, 1);
	assert_ptr_equal(spy.link, &thin);
	branch.made->ops->close(branch.made);
	campus.made->ops->close(campus.made);
	farm_free_all(f);
}

static void
descriptors_are_spent(void *arg, const struct metrics *m, uint64_t since_us)
{
	struct sim_farm *f = arg;

	(void)m;
	(void)since_us;
	sim_fail_open(f->sim, -EMFILE);
}

/* That is the farm's fault and not the pool's: it is counted apart.  While the person types the
 * last descriptor goes. */
static void
tries_that_found_no_descriptor_are_counted_as_such(void **state)
{
	struct sim_farm *f = sim_farm_new(1);
	const struct row_metrics *row;
	const struct metrics *m;

	(void)state;
	f->cfg.on_second = descriptors_are_spent;
	m = sim_farm_run(f)->metrics;
	row = &m->row[sim_farm_row(f, "pool_find")];
	assert_int_equal(m->phones.failed, 1);
	assert_true(row->attempts > 1);
	assert_int_equal(row->reasons[WHY_LOCAL], row->attempts);
	assert_int_equal(m->without_descriptor, row->attempts);
	farm_free_all(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_says_who_it_is),
		cmocka_unit_test(given_no_network_it_is_not_made_and_asks_for_nothing_else),
		cmocka_unit_test(given_no_tickets_it_gives_its_network_back),
		cmocka_unit_test(given_a_user_that_cannot_be_named_it_asks_for_nothing),
		cmocka_unit_test(whatever_memory_is_missing_nothing_of_it_is_left),
		cmocka_unit_test(
		    after_an_update_it_greets_like_the_profile_of_what_it_runs_then),
		cmocka_unit_test(without_a_restart_it_goes_on_greeting_as_it_was_delivered),
		cmocka_unit_test(the_hosts_clock_is_the_worlds),
		cmocka_unit_test(it_is_given_its_groups_profile_and_line),
		cmocka_unit_test(tries_that_found_no_descriptor_are_counted_as_such),
	};

	return cmocka_run_group_tests_name("phone_world", tests, NULL, NULL);
}
