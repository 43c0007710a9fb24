/*
 * test_schema.c - scenarios/schema.json is what the tables say, and it and the loader take and
 * refuse the same files: the ready scenarios and the situations of this folder, and those of
 * tests/broken, each of which says in its last line what is wrong with it ("# says 4:1: ...").
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"
#include "situation.h"

enum { BROKEN_WANTED = 40, SAYS_MAX = 400 };

static const char schema[] = "scenarios/schema.json";

/* What the last line says, without "# says ". */
static struct span
says_of(const struct situation *one)
{
	static const char mark[] = "# says ";
	struct span text = buf_bytes(&one->text), line = { 0 };

	while (text.n > 0)
		line = span_cut(&text, '\n');
	if (line.n < sizeof mark || memcmp(line.p, mark, sizeof mark - 1) != 0)
		fail_msg("%s does not say what is wrong with it", one->path);
	return (struct span){ line.p + sizeof mark - 1, line.n - (sizeof mark - 1) };
}

static void
each_broken_one_gives_its_line_and_exit_2(void **state)
{
	struct situations all;

	(void)state;
	situations_read("tests/broken", &all);
	assert_true(all.n >= BROKEN_WANTED);
	for (size_t i = 0; i < all.n; i++) {
		const struct situation *one = &all.one[i];
		struct span says = says_of(one);
		struct buf out = { 0 }, err = { 0 };
		char wanted[SAYS_MAX + SITUATION_PATH_MAX];

		(void)snprintf(wanted, sizeof wanted, "%s:%.*s\n", one->path, (int)says.n,
		    (const char *)says.p);
		assert_int_equal(
		    program_run("cx700farm", (const char *[]){ "validate", one->path, NULL },
			&out, &err),
		    2);
		assert_string_equal(buf_cstr(&err), wanted);
		buf_done(&out);
		buf_done(&err);
	}
	situations_done(&all);
}

static void
the_schema_beside_the_scenarios_is_the_programs(void **state)
{
	static char text[1 << 20];
	struct buf out = { 0 };
	FILE *f = fopen(schema, "re");
	size_t n;

	(void)state;
	assert_non_null(f);
	n = fread(text, 1, sizeof text - 1, f);
	(void)fclose(f);
	text[n] = '\0';
	assert_int_equal(
	    program_run("cx700farm",
		(const char *[]){ "validate", "--schema", "scenario", NULL }, &out, NULL),
	    0);
	if (strcmp(buf_cstr(&out), text) != 0)
		fail_msg(
		    "%s is not what `cx700farm validate --schema scenario' prints", schema);
	buf_done(&out);
}

/* Debian's python3-jsonschema is the judge; false: it is not there. */
static bool
judge(const char *folder, const char *wanted)
{
	char command[400];
	char line[1000];
	FILE *said;
	size_t n = 0;

	if (system("/usr/bin/python3 -c 'import jsonschema, yaml' 2>/dev/null") != 0)
		return false;
	(void)snprintf(command, sizeof command,
	    "/usr/bin/python3 -W ignore tests/schema.py %s %s/*.yaml", schema, folder);
	said = popen(command, "re");
	assert_non_null(said);
	for (; fgets(line, sizeof line, said) != NULL; n++)
		if (strncmp(line, wanted, strlen(wanted)) != 0)
			fail_msg("the schema says: %s", line);
	assert_int_equal(pclose(said), 0);
	assert_true(n > 0);
	return true;
}

static void
the_schema_takes_what_the_loader_takes(void **state)
{
	(void)state;
	if (!judge("scenarios", "yes ") || !judge("tests/scenarios", "yes ")) {
		print_message("skipped: python3-jsonschema or python3-yaml is missing\n");
		skip();
	}
}

static void
the_schema_refuses_what_the_loader_refuses(void **state)
{
	(void)state;
	if (!judge("tests/broken", "no ")) {
		print_message("skipped: python3-jsonschema or python3-yaml is missing\n");
		skip();
	}
}

static void
every_ready_scenario_is_sound_and_points_editors_to_the_schema(void **state)
{
	static const char head[] = "# yaml-language-server: $schema=schema.json\n";
	struct situations all;

	(void)state;
	situations_read("scenarios", &all);
	for (size_t i = 0; i < all.n; i++) {
		const struct situation *one = &all.one[i];
		struct buf err = { 0 };

		if (program_run("cx700farm", (const char *[]){ "validate", one->path, NULL },
			NULL, &err) != 0)
			fail_msg("%s", buf_cstr(&err));
		if (one->text.n < sizeof head ||
		    memcmp(one->text.p, head, sizeof head - 1) != 0)
			fail_msg("%s does not point to the schema", one->path);
		buf_done(&err);
	}
	situations_done(&all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_broken_one_gives_its_line_and_exit_2),
		cmocka_unit_test(the_schema_beside_the_scenarios_is_the_programs),
		cmocka_unit_test(the_schema_takes_what_the_loader_takes),
		cmocka_unit_test(the_schema_refuses_what_the_loader_refuses),
		cmocka_unit_test(
		    every_ready_scenario_is_sound_and_points_editors_to_the_schema),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
