/* test_profile_load.c - profiles from the program and from files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "mem.h"
#include "profile_load.h"

static void
given_every_profile_of_the_program_it_loads(void **state)
{
	static const char *const names[] = { "cx700-1.0.199.123", "cx700-1.0.522.101",
		"cx700-3.5.6907.35" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct config_error error = { "" };
		struct profile *p;

		if (profile_load(names[i], &p, &error) != 0)
			fail_msg("%s", error.text);
		assert_string_equal(p->name, names[i]);
		assert_int_equal(p->update.at_power_on, i > 0);
		assert_int_equal(p->tls.suites[0], 0x0004);
		assert_int_equal(p->dhcp.n_wait, 3);
		assert_int_equal(p->dhcp.wait_ms[2], 8000);
		assert_non_null(strstr(p->templates.update_request, "{mac}"));
		profile_free(p);
	}
	assert_int_equal(mem_out(), 0);
}

static void
given_an_unknown_profile_it_lists_those_there_are(void **state)
{
	struct config_error error = { "" };
	struct profile *p;

	(void)state;
	assert_int_not_equal(profile_load("cx700-9", &p, &error), 0);
	assert_non_null(strstr(error.text, "cx700-1.0.522.101"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_every_profile_of_the_program_it_loads),
		cmocka_unit_test(given_an_unknown_profile_it_lists_those_there_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
