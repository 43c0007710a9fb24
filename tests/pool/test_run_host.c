/*
 * test_run_host.c - phones that share this machine's one address, at a pool started by hand:
 * all but DHCP is walked, and at the end they sign out, unless the pool file leaves it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "folder.h"
#include "mem.h"
#include "program.h"

enum { PHONES = 12 };

static const char boots[] = "title: All boot\n"
			    "phones: 12\n"
			    "seed: 7\n"
			    "arrival: [{at_once: 12}]\n"
			    "user: {types_for: 100ms}\n"
			    "journey: {until: update_confirm, restart_after_update: false}\n";

struct host {
	struct program pool;
	char dir[FOLDER_PATH_MAX]; /* the pool's files are below it */
	char scenario[FOLDER_PATH_MAX], out[FOLDER_PATH_MAX];
	char ports[512]; /* a line of the file that the pool wrote */
};

/* The pool's own line about its ports. */
static void
read_ports(struct host *h, const char *path)
{
	FILE *f = fopen(path, "re");

	assert_non_null(f);
	while (fgets(h->ports, sizeof h->ports, f) != NULL)
		if (strncmp(h->ports, "ports:", 6) == 0)
			break;
	fclose(f);
	assert_int_equal(strncmp(h->ports, "ports:", 6), 0);
}

static int
setup(void **state)
{
	struct host *h = mem_new(sizeof *h);
	char dir[FOLDER_PATH_MAX], file[FOLDER_PATH_MAX];
	struct buf said = { 0 };

	assert_non_null(h);
	assert_int_equal(folder_make(NULL, h->dir), 0);
	folder_file(h->dir, "pool", dir);
	program_start(&h->pool, "cx700pool",
	    (const char *[]){ "--listen", "127.0.52.1", "--port-base", "35000", "--dir", dir,
		"--users", "12", "--firmware-size", "8192", NULL });
	program_await(&h->pool, "pool.yaml\n", &said);
	buf_done(&said);
	read_ports(h, folder_file(dir, "pool.yaml", file));
	assert_int_equal(folder_write(h->dir, "boots.yaml", span_of(boots)), 0);
	folder_file(h->dir, "boots.yaml", h->scenario);
	folder_file(h->dir, "out", h->out);
	*state = h;
	return 0;
}

static int
teardown(void **state)
{
	struct host *h = *state;

	kill(h->pool.pid, SIGTERM);
	assert_int_equal(program_end(&h->pool, NULL, NULL), 0);
	folder_remove(h->dir);
	mem_free(h);
	return 0;
}

static int
run(const struct host *h, const char *network, const char *leave, struct buf *said)
{
	char file[FOLDER_PATH_MAX];
	struct buf yaml = { 0 };

	buf_printf(&yaml,
	    "name: by-hand\n"
	    "network: %s\n"
	    "dhcp: {mode: none, domain: contoso.com, dns: 127.0.52.1}\n"
	    "users: {name: 'phone%%05d', domain: contoso.com, sip_domain: contoso.com, "
	    "password: 'file:pool/users.secret'}\n"
	    "leave: %s\n"
	    "allow: [127.0.0.0/8]\n"
	    "%s",
	    network, leave, h->ports);
	assert_int_equal(folder_write(h->dir, "host.yaml", buf_bytes(&yaml)), 0);
	buf_done(&yaml);
	folder_file(h->dir, "host.yaml", file);
	return program_run_farm(
	    (const char *[]){ "run", h->scenario, "--pool", file, "-o", h->out, NULL }, NULL,
	    said);
}

static json_t *
summary_of(const struct host *h)
{
	char path[FOLDER_PATH_MAX];
	json_t *s = json_load_file(
	    folder_file(h->out, "summary.json", path), JSON_REJECT_DUPLICATES, NULL);

	assert_non_null(s);
	return s;
}

/* Each phone's guide numbers but those of DHCP. */
static void
assert_booted(const struct host *h)
{
	json_t *s = summary_of(h), *guide = json_object_get(s, "guide");
	char number[8];

	for (int i = 1; i <= 28; i++) {
		json_int_t n;

		(void)snprintf(number, sizeof number, "%d", i);
		n = json_integer_value(json_object_get(guide, number));
		/* 1-3 are DHCP, 6 is not the delivered build's. */
		if (n != (i <= 3 || i == 6 ? 0 : PHONES))
			fail_msg("guide %d: %lld phones", i, (long long)n);
	}
	json_decref(s);
}

/* So many lines of the trace have this. */
static unsigned
lines_with(const struct host *h, const char *words)
{
	char path[FOLDER_PATH_MAX], line[16384];
	unsigned n = 0;
	FILE *f = fopen(folder_file(h->out, "trace.jsonl", path), "re");

	assert_non_null(f);
	while (fgets(line, sizeof line, f) != NULL)
		n += strstr(line, words) != NULL;
	fclose(f);
	return n;
}

/* So many phones told the pool that they go. */
static unsigned
signed_out(const struct host *h)
{
	json_t *s = summary_of(h), *step;
	unsigned n = 0;
	size_t i;

	json_array_foreach(json_object_get(s, "steps"), i,
	    step) if (strcmp(json_string_value(json_object_get(step, "name")),
			  "sip_sign_out") == 0) n =
	    (unsigned)json_integer_value(json_object_get(step, "done"));
	json_decref(s);
	return n;
}

static void
all_share_the_address_named_and_sign_out_at_the_end(void **state)
{
	const struct host *h = *state;
	struct buf said = { 0 };
	int status = run(h, "{mode: host, addresses: [127.0.52.9]}", "false", &said);

	if (status != 0)
		fail_msg("exit %d: %s", status, buf_cstr(&said));
	assert_booted(h);
	assert_int_equal(lines_with(h, "dhcp:none, 127.0.52.9 is given"), PHONES);
	assert_int_equal(signed_out(h), PHONES);
	/* And it was said before what would be done. */
	assert_non_null(strstr(buf_cstr(&said), "pool by-hand: 12 phones"));
	assert_non_null(strstr(buf_cstr(&said), "DNS      port 53 (here 35053): 127.0.52.1"));
	assert_null(strstr(buf_cstr(&said), "DHCP     port"));
	buf_done(&said);
}

static void
without_a_name_it_is_the_one_on_the_way_to_dns(void **state)
{
	const struct host *h = *state;
	struct buf said = { 0 };
	int status = run(h, "{mode: host}", "true", &said);

	if (status != 0)
		fail_msg("exit %d: %s", status, buf_cstr(&said));
	assert_booted(h);
	assert_int_equal(lines_with(h, "dhcp:none, 127.0.0.1 is given"), PHONES);
	assert_int_equal(signed_out(h), 0);
	buf_done(&said);
}

static void
an_address_of_another_machine_is_the_environments_fault(void **state)
{
	const struct host *h = *state;
	struct buf said = { 0 };

	assert_int_equal(run(h, "{mode: host, addresses: [192.0.2.9]}", "true", &said), 4);
	assert_non_null(strstr(buf_cstr(&said), "192.0.2.9 is no address of this machine"));
	buf_done(&said);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_share_the_address_named_and_sign_out_at_the_end),
		cmocka_unit_test(without_a_name_it_is_the_one_on_the_way_to_dns),
		cmocka_unit_test(an_address_of_another_machine_is_the_environments_fault),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
