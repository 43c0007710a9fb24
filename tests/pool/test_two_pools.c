/*
 * test_two_pools.c - the same scenario against the embedded pool, on sockets with real Kerberos
 * and TLS, and as a rehearsal in the simulated one: phones must see the same in both.
 *
 * Only what is each pool's own is left out: times, addresses, the root's fingerprint.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"
#include "temp_file.h"

/* Where the two pools are told the same. */
struct twin {
	const char *profile;
	const char *pool_args[4]; /* for cx700pool */
	const char *servers;      /* for the rehearsal */
};

static void
run(const char *const *args)
{
	struct buf err = { 0 };
	int status = program_run_farm(args, NULL, &err);

	if (status != 0)
		fail_msg("exit %d: %s", status, buf_cstr(&err));
	buf_done(&err);
}

/* What a pool alone decides. */
static void
forget_own(json_t *row)
{
	static const char *const own[] = { "address", "dns_answers", "root" };
	json_t *seen = json_object_get(row, "seen");
	const char *url = json_string_value(json_object_get(seen, "http_url"));

	json_object_del(row, "t_ms");
	json_object_del(row, "ms");
	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
		json_object_del(seen, own[i]);
	/* At power-on a phone posts to an address. */
	if (url != NULL && (strstr(url, "//127.") != NULL || strstr(url, "//10.") != NULL))
		json_object_del(seen, "http_url");
}

static size_t
story(const char *dir, struct buf *out)
{
	char path[160], line[16384];
	size_t rows = 0;
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/trace.jsonl", dir);
	f = fopen(path, "re");
	assert_non_null(f);
	while (fgets(line, sizeof line, f) != NULL) {
		json_t *row = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
		char *text;

		assert_non_null(row);
		forget_own(row);
		text = json_dumps(row, JSON_SORT_KEYS);
		buf_printf(out, "%s\n", text);
		free(text);
		json_decref(row);
		rows++;
	}
	fclose(f);
	return rows;
}

static void
scenario(char path[160], const char *name, const struct twin *twin, const char *servers)
{
	struct buf b = { 0 };

	buf_printf(&b,
	    "title: two pools\n"
	    "phones: 1\n"
	    "profile: %s\n"
	    "arrival: [{at_once: 1}]\n"
	    "user: {types_for: 100ms}\n"
	    "journey: {until: update_confirm, restart_after_update: true}\n"
	    "seed: 7\n"
	    "%s\n",
	    twin->profile, servers);
	(void)snprintf(path, 160, "%s", temp_file(name, b.p, b.n));
	buf_done(&b);
}

/* Line by line, so that the first difference can be read. */
static void
compare(struct buf *real, struct buf *simulated, const char *servers)
{
	struct span a = buf_bytes(real), b = buf_bytes(simulated);

	while (a.n > 0 || b.n > 0) {
		struct span one = span_cut(&a, '\n'), other = span_cut(&b, '\n');

		if (!span_eq(one, other))
			fail_msg("%s\n  real:      %.*s\n  simulated: %.*s", servers,
			    (int)one.n, (const char *)one.p, (int)other.n,
			    (const char *)other.p);
	}
}

static void
tell_both(const struct twin *twin)
{
	char real_yaml[160], sim_yaml[160], real_dir[160], sim_dir[160];
	struct buf real = { 0 }, simulated = { 0 };
	const char *args[16] = { "run", real_yaml, "-q", "-o", real_dir, "--pool-arg=--listen",
		"--pool-arg=127.0.37.1" };
	size_t n = 7, rows;

	scenario(real_yaml, "real.yaml", twin, "");
	scenario(sim_yaml, "sim.yaml", twin, twin->servers);
	(void)snprintf(real_dir, sizeof real_dir, "%s/real", temp_folder());
	(void)snprintf(sim_dir, sizeof sim_dir, "%s/sim", temp_folder());
	for (size_t i = 0; i < 4 && twin->pool_args[i] != NULL; i++)
		args[n++] = twin->pool_args[i];
	run(args);
	run((const char *[]){ "run", "--dry-run", sim_yaml, "-q", "-o", sim_dir, NULL });
	rows = story(real_dir, &real);
	assert_true(rows >= 23);
	assert_int_equal(story(sim_dir, &simulated), rows);
	compare(&real, &simulated, twin->servers);
	buf_done(&real);
	buf_done(&simulated);
	temp_clean();
}

static void
a_phone_of_2007_sees_the_same_in_both(void **state)
{
	(void)state;
	tell_both(&(struct twin){ .profile = "cx700-1.0.199.123", .servers = "servers: {}" });
}

static void
a_phone_that_asks_at_power_on_sees_the_same(void **state)
{
	(void)state;
	tell_both(&(struct twin){ .profile = "cx700-1.0.522.101",
	    .pool_args = { "--pool-arg=--firmware-version", "--pool-arg=3.5.6907.35" },
	    .servers = "servers: {update: {version: 3.5.6907.35}}" });
}

static void
a_published_root_is_found_in_both(void **state)
{
	(void)state;
	tell_both(&(struct twin){ .profile = "cx700-1.0.199.123",
	    .pool_args = { "--pool-arg=--publish-ca" },
	    .servers = "servers: {ldap: {publish_ca: true}}" });
}

static void
without_vlan_and_update_it_is_the_same(void **state)
{
	(void)state;
	tell_both(&(struct twin){ .profile = "cx700-1.0.199.123",
	    .pool_args = { "--pool-arg=--voice-vlan", "--pool-arg=0",
		"--pool-arg=--no-update" },
	    .servers = "servers: {dhcp: {voice_vlan: 0}, update: {blank: true}}" });
}

static void
with_signatures_of_version_3_it_is_the_same(void **state)
{
	(void)state;
	tell_both(&(struct twin){ .profile = "cx700-1.0.199.123",
	    .pool_args = { "--pool-arg=--sip-version", "--pool-arg=3",
		"--pool-arg=--firmware-size", "--pool-arg=500000" },
	    .servers = "servers: {sip: {version: 3}, update: {size: 500kB}}" });
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_phone_of_2007_sees_the_same_in_both),
		cmocka_unit_test(a_phone_that_asks_at_power_on_sees_the_same),
		cmocka_unit_test(a_published_root_is_found_in_both),
		cmocka_unit_test(without_vlan_and_update_it_is_the_same),
		cmocka_unit_test(with_signatures_of_version_3_it_is_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
