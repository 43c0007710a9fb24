/* test_run_wire.c - `cx700farm run` on an interface, against a DHCP server on the other end of
 * a wire: in namespaces of the test's own, as root. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io_wire.h"
#include "program.h"
#include "temp_file.h"
#include "wire_dhcp.h"

enum { SOME = 60, MANY = 2000, LOSS = 20 };

struct fixture {
	struct wire_rig wr;
	struct wire_dhcp dhcp;
	char pool[200], scenario[200];
};

/* ---- fixtures ---- */

static void
write_pool(struct fixture *f, const char *network, const char *macs)
{
	char yaml[900];
	int n = snprintf(yaml, sizeof yaml,
	    "name: a wire\n"
	    "network: {mode: interface, netns: %s, %s}\n"
	    "macs: '%s'\n"
	    "dhcp: {mode: broadcast}\n"
	    "users: {name: \"phone%%05d\", domain: contoso.com, sip_domain: contoso.com, "
	    "password: file:secret}\n"
	    "allow: [10.0.0.0/8]\n",
	    f->wr.here, network, macs);

	(void)temp_file("secret", "Secret-1\n", 9);
	snprintf(f->pool, sizeof f->pool, "%s", temp_file("pool.yaml", yaml, (size_t)n));
}

static void
write_scenario(struct fixture *f, unsigned phones, const char *arrival, const char *journey)
{
	char yaml[400];
	int n = snprintf(yaml, sizeof yaml,
	    "title: on a wire\nphones: %u\narrival: [%s]\njourney: {%s}\n", phones, arrival,
	    journey);

	snprintf(
	    f->scenario, sizeof f->scenario, "%s", temp_file("wire.yaml", yaml, (size_t)n));
}

static const char own_vlan[] = "interface: va, vlans: {200: wa}, "
			       "addresses: [10.42.0.0/16, 10.43.0.0/16]";

static int
begin_dropping(void **state, unsigned drop)
{
	static struct fixture f;

	memset(&f, 0, sizeof f);
	wire_rig_open(&f.wr);
	wire_dhcp_start(&f.dhcp, &f.wr, drop);
	write_pool(&f, own_vlan, "00:04:f2:10:00:00");
	*state = &f;
	return 0;
}

static int
begin(void **state)
{
	return begin_dropping(state, 0);
}

static int
begin_with_loss(void **state)
{
	return begin_dropping(state, LOSS);
}

static int
end(void **state)
{
	struct fixture *f = *state;

	wire_dhcp_stop(&f->dhcp);
	wire_rig_close(&f->wr);
	temp_clean();
	return 0;
}

/* The program is started outside: the pool file says where the wire is. */
static void
start(struct fixture *f, struct program *p)
{
	int home;

	assert_int_equal(io_wire_leave(f->wr.home), 0);
	program_start(p, "cx700farm",
	    (const char *[]){
		"run", f->scenario, "--pool", f->pool, "-t", "2", "-q", "--no-color", NULL });
	assert_int_equal(io_wire_enter(f->wr.here, &home), 0);
	close(home);
}

static int
run(struct fixture *f, struct buf *err)
{
	struct program p;

	start(f, &p);
	return program_end(&p, NULL, err);
}

/* A machine that is too busy for a run has shown nothing by it (exit 5), but it has booted. */
static void
passes(struct fixture *f)
{
	struct buf err = { 0 };
	int status = run(f, &err);

	if (status != 0 && status != 5)
		print_message("%s\n", buf_cstr(&err));
	assert_true(status == 0 || status == 5);
	assert_int_equal(wire_rig_routes(), 0);
	assert_int_equal(wire_rig_rules(), 0);
	buf_done(&err);
}

static void
refuses(struct fixture *f, int status, const char *word)
{
	struct buf err = { 0 };

	assert_int_equal(run(f, &err), status);
	if (strstr(buf_cstr(&err), word) == NULL)
		print_message("%s\n", buf_cstr(&err));
	assert_non_null(strstr(buf_cstr(&err), word));
	buf_done(&err);
}

static unsigned
counted(atomic_uint *what)
{
	return atomic_load(what);
}

/* ---- tests ---- */

static void
given_phones_on_a_wire_each_leases_in_both_networks_and_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	struct wire_dhcp_counts *c = f->dhcp.counts;

	write_scenario(f, SOME, "at_once: 60", "until: dhcp_voice_vlan");
	passes(f);
	/* Each asked in both, and gave the first address back at once. */
	assert_true(counted(&c->discovers[0]) >= SOME);
	assert_true(counted(&c->discovers[1]) >= SOME);
	assert_true(counted(&c->releases[0]) >= SOME);
	assert_int_equal(counted(&c->strangers), 0);
}

static void
given_a_server_that_hears_only_most_of_it_all_get_there_all_the_same(void **state)
{
	struct fixture *f = *state;
	struct wire_dhcp_counts *c = f->dhcp.counts;

	write_scenario(f, SOME, "at_once: 60", "until: dhcp_lease");
	passes(f);
	assert_true(counted(&c->announced[0]) >= SOME);
}

/* Killed, it leaves all that in the kernel; the next one takes it away. */
static void
given_two_thousand_phones_each_has_its_own_address_and_a_killed_farms_are_taken_away(
    void **state)
{
	struct fixture *f = *state;
	struct program p;

	write_scenario(
	    f, MANY, "steady: {rate: 200/s, for: 10s}", "until: dhcp_voice_vlan, stay: 5m");
	start(f, &p);
	wire_dhcp_await(&f->dhcp, 1, MANY);
	/* The addresses, a network for each VLAN and its router. */
	assert_int_equal(wire_rig_routes(), MANY + 4);
	assert_int_equal(wire_rig_rules(), 2);
	assert_int_equal(counted(&f->dhcp.counts->strangers), 0);

	assert_int_equal(kill(p.pid, SIGKILL), 0);
	assert_int_equal(program_end(&p, NULL, NULL), 128 + SIGKILL);
	assert_int_equal(wire_rig_routes(), MANY + 4);
	write_scenario(f, SOME, "at_once: 60", "until: dhcp_voice_vlan");
	passes(f);
}

/* Each has its own MACs; what the one leaves does not hurt the other. */
static void
given_two_farms_on_one_wire_neither_disturbs_the_other(void **state)
{
	struct fixture *f = *state;
	struct program first;

	write_scenario(f, SOME, "at_once: 60", "until: dhcp_voice_vlan, stay: 5m");
	start(f, &first);
	wire_dhcp_await(&f->dhcp, 1, SOME);
	assert_int_equal(wire_rig_routes(), SOME + 4);

	write_pool(f, own_vlan, "00:04:f2:20:00:00");
	write_scenario(f, SOME, "at_once: 60", "until: dhcp_voice_vlan");
	assert_int_equal(run(f, NULL) % 5, 0);
	assert_int_equal(wire_rig_routes(), SOME + 4);
	assert_int_equal(wire_rig_rules(), 2);

	assert_int_equal(kill(first.pid, SIGTERM), 0);
	assert_int_equal(program_end(&first, NULL, NULL), 128 + SIGTERM);
	assert_int_equal(wire_rig_routes(), 0);
	assert_int_equal(wire_rig_rules(), 0);
}

static void
given_what_cannot_be_it_is_said_before_the_first_phone(void **state)
{
	struct fixture *f = *state;

	write_scenario(f, 1, "at_once: 1", "until: dhcp_lease");
	write_pool(f, "interface: vz", "00:04:f2:10:00:00");
	refuses(f, 4, "interface vz does not exist");
	write_pool(f, "interface: va, vlans: {200: vy}", "00:04:f2:10:00:00");
	refuses(f, 4, "interface vy does not exist");
	wire_rig_ip(&f->wr, true, "link set va down");
	write_pool(f, "interface: va", "00:04:f2:10:00:00");
	refuses(f, 4, "interface va is down");
	strcpy(f->wr.here, "no-such-wire");
	write_pool(f, "interface: va", "00:04:f2:10:00:00");
	snprintf(f->wr.here, sizeof f->wr.here, "cxtest-%d-a", (int)getpid());
	refuses(f, 4, "the network namespace no-such-wire cannot be entered: there is no");
}

#define ON(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON(given_phones_on_a_wire_each_leases_in_both_networks_and_leaves_nothing),
		cmocka_unit_test_setup_teardown(
		    given_a_server_that_hears_only_most_of_it_all_get_there_all_the_same,
		    begin_with_loss, end),
		ON(given_two_thousand_phones_each_has_its_own_address_and_a_killed_farms_are_taken_away),
		ON(given_two_farms_on_one_wire_neither_disturbs_the_other),
		ON(given_what_cannot_be_it_is_said_before_the_first_phone),
	};

	if (!wire_rig_can()) {
		print_message("[  SKIPPED ] 5 test(s).\n");
		return 0;
	}
	return cmocka_run_group_tests_name("run_wire", tests, NULL, NULL);
}
