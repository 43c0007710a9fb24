/* test_run_errors.c - cx700farm with files and flags that are wrong: one line with the place,
 * exit 2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "program.h"
#include "rng.h"

struct place {
	char dir[64], file[96];
};

static int
setup(void **state)
{
	struct place *p = calloc(1, sizeof *p);

	assert_non_null(p);
	strcpy(p->dir, "/tmp/cx700farm-test-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->file, sizeof p->file, "%s/a.yaml", p->dir);
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct place *p = *state;

	unlink(p->file);
	rmdir(p->dir);
	free(p);
	return 0;
}

static void
put(const struct place *p, const void *bytes, size_t n)
{
	FILE *f = fopen(p->file, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	fclose(f);
}

/* It must refuse with status 2 and one line that has these words; nothing on standard output.
 */
static void
assert_refused(const char *const *args, const char *words)
{
	struct buf out = { 0 }, err = { 0 };
	int status = program_run("cx700farm", args, &out, &err);
	const char *line = buf_cstr(&err);

	if (status != 2 || strstr(line, words) == NULL)
		fail_msg("exit %d: %s", status, line);
	assert_int_equal(out.n, 0);
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
	buf_done(&out);
	buf_done(&err);
}

static void
assert_scenario_refused(const struct place *p, const char *yaml, const char *at)
{
	char words[160];

	put(p, yaml, strlen(yaml));
	snprintf(words, sizeof words, "%s:%s", p->file, at);
	assert_refused((const char *[]){ "run", p->file, NULL }, words);
	assert_refused((const char *[]){ "validate", p->file, NULL }, words);
}

#define HEAD "title: A\nphones: 2\narrival:\n  - at_once: 2\n"

static void
what_is_wrong_in_a_scenario_is_named_with_its_place(void **state)
{
	struct place *p = *state;

	assert_scenario_refused(p, HEAD "phnes: 3\n", "5:1: ");
	assert_scenario_refused(p, "title: A\nphones: many\narrival: []\n", "2:9: ");
	assert_scenario_refused(p, HEAD "journey: {until: no_such_step}\n", "5:18: ");
	assert_scenario_refused(
	    p, HEAD "journey: {override: {nothing: {tries: 2}}}\n", "5:22: ");
	assert_scenario_refused(p, HEAD "profile: cx701\n", "5:10: ");
	assert_scenario_refused(p, "phones: [\n", "");
}

static void
a_missing_or_empty_file_is_named(void **state)
{
	struct place *p = *state;

	assert_refused((const char *[]){ "run", p->file, NULL }, p->file);
	put(p, "", 0);
	assert_refused((const char *[]){ "run", p->file, NULL }, p->file);
	assert_refused((const char *[]){ "validate", p->file, NULL }, p->file);
	assert_refused((const char *[]){ "run", p->dir, NULL }, p->dir);
}

static void
a_megabyte_of_anything_is_refused_as_any_kind_of_file(void **state)
{
	struct place *p = *state;
	uint8_t *bytes = malloc(1 << 20);
	struct rng rng;

	assert_non_null(bytes);
	rng_seed(&rng, 1, 1);
	for (size_t i = 0; i < 1 << 20; i++)
		bytes[i] = (uint8_t)rng_u32(&rng);
	put(p, bytes, 1 << 20);
	free(bytes);
	assert_refused((const char *[]){ "run", p->file, NULL }, p->file);
	assert_refused(
	    (const char *[]){ "run", "scenarios/first_boot.yaml", "--pool", p->file, NULL },
	    p->file);
	assert_refused(
	    (const char *[]){ "run", "scenarios/first_boot.yaml", "--profile", p->file, NULL },
	    p->file);
}

static void
a_flag_that_is_wrong_is_named(void **state)
{
	(void)state;
	assert_refused((const char *[]){ "run", NULL }, "which scenario");
	assert_refused(
	    (const char *[]){ "run", "scenarios/first_boot.yaml", "--until", "x", NULL },
	    "no such step: x");
	assert_refused((const char *[]){ "frobnicate", NULL }, "no such command");
	assert_refused((const char *[]){ "learn", NULL }, "not in this version: learn");
	assert_refused((const char *[]){ "steps", "x", NULL }, "no argument");
}

/* Before anything is started: a slip of the pen sends no packet. */
static void
a_public_target_needs_a_yes_besides_the_pool_file(void **state)
{
	static const char yaml[] =
	    "name: far\n"
	    "network: {mode: loopback}\n"
	    "dhcp: {mode: relay, server: 127.0.0.1, relay: {untagged: 127.0.0.2}}\n"
	    "users: {name: 'phone%05d', domain: contoso.com, sip_domain: contoso.com, "
	    "password: 'file:a.yaml'}\n"
	    "allow: [127.0.0.0/8, 192.0.2.1]\n";
	struct place *p = *state;
	char words[160];

	put(p, yaml, strlen(yaml));
	snprintf(
	    words, sizeof words, "%s:5:8: 192.0.2.1 is neither loopback nor private", p->file);
	assert_refused(
	    (const char *[]){ "run", "scenarios/first_boot.yaml", "--pool", p->file, NULL },
	    words);
}

static void
what_is_sound_is_said_to_be(void **state)
{
	const char *const args[] = { "validate", "scenarios/first_boot.yaml",
		"scenarios/demo.yaml", "emulator/profiles/cx700-1.0.199.123.yaml", NULL };
	struct buf out = { 0 };

	(void)state;
	assert_int_equal(program_run("cx700farm", args, &out, NULL), 0);
	assert_string_equal(buf_cstr(&out),
	    "scenarios/first_boot.yaml: scenario, ok\n"
	    "scenarios/demo.yaml: scenario, ok\n"
	    "emulator/profiles/cx700-1.0.199.123.yaml: profile, ok\n");
	buf_done(&out);
}

static void
steps_shows_every_row_and_marks_our_numbers(void **state)
{
	struct buf out = { 0 };

	(void)state;
	assert_int_equal(
	    program_run("cx700farm", (const char *[]){ "steps", NULL }, &out, NULL), 0);
	assert_non_null(strstr(buf_cstr(&out), "  1-2* address    dhcp_lease"));
	assert_non_null(strstr(buf_cstr(&out), "20-21  pool       pool_tls"));
	assert_non_null(strstr(buf_cstr(&out), "   28  update     update_confirm"));
	buf_done(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    what_is_wrong_in_a_scenario_is_named_with_its_place, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_missing_or_empty_file_is_named, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_megabyte_of_anything_is_refused_as_any_kind_of_file, setup, teardown),
		cmocka_unit_test(a_flag_that_is_wrong_is_named),
		cmocka_unit_test_setup_teardown(
		    a_public_target_needs_a_yes_besides_the_pool_file, setup, teardown),
		cmocka_unit_test(what_is_sound_is_said_to_be),
		cmocka_unit_test(steps_shows_every_row_and_marks_our_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
