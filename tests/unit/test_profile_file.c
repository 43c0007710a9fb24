/* test_profile_file.c - profiles of the user's own: files, templates beside them, and the one
 * line that is said of each mistake. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "buf.h"
#include "data_file.h"
#include "mem.h"
#include "profile_load.h"
#include "temp_file.h"

#define BASE "cx700-1.0.522.101.yaml"

static int
tear_down(void **state)
{
	(void)state;
	temp_clean();
	assert_int_equal(mem_out(), 0);
	return 0;
}

static unsigned changed_line; /* where changed() has changed something */

static unsigned
line_of(const uint8_t *from, const uint8_t *to)
{
	unsigned line = 1;

	for (; from < to; from++)
		line += *from == '\n';
	return line;
}

/* The program's own profile with this text replaced; lent until the next call. */
static const char *
changed(const char *from, const char *to)
{
	long left = mem_fail_at(0); /* what a test lets fail is to be the loader's */
	struct buf out = { 0 };
	const char *path;

	for (size_t i = 0; i < profile_files_count; i++) {
		const struct data_file *e = &profile_files[i];
		const uint8_t *hit;

		if (strcmp(e->name, BASE) != 0)
			continue;
		hit = memmem(e->bytes, e->n, from, strlen(from));
		assert_non_null(hit);
		changed_line = line_of(e->bytes, hit);
		buf_put(&out, e->bytes, (size_t)(hit - e->bytes));
		buf_text(&out, to);
		buf_put(
		    &out, hit + strlen(from), e->n - (size_t)(hit - e->bytes) - strlen(from));
	}
	path = temp_file("own.yaml", out.p, out.n);
	buf_done(&out);
	(void)mem_fail_at(left);
	return path;
}

static struct profile *
loads(const char *path)
{
	struct config_error error = { "" };
	struct profile *p = NULL;

	if (profile_load(path, &p, &error) != 0)
		fail_msg("%s", error.text);
	return p;
}

/* It does not load, and this is said: behind the file's name, and the line of the change. */
static void
is_refused(const char *path, const char *said)
{
	struct config_error error = { "" };
	struct profile *p = NULL;
	char want[sizeof error.text];

	assert_true(profile_load(path, &p, &error) < 0);
	assert_null(p);
	if (said[0] == ':')
		(void)snprintf(want, sizeof want, "%.200s:%u%s", path, changed_line, said);
	else
		(void)snprintf(want, sizeof want, "%.200s: %s", path, said);
	assert_string_equal(error.text, want);
	assert_null(strchr(error.text, '\n'));
}

/* ---- a file -------------------------------------------------------------------------------
 */

static void
given_a_file_its_values_are_its_own(void **state)
{
	struct profile *p = loads(changed("vendor_class: CPE-OCPhone", "vendor_class: Mine"));

	(void)state;
	assert_string_equal(p->dhcp.vendor_class, "Mine");
	assert_string_equal(p->name, "cx700-1.0.522.101");
	profile_free(p);
}

static void
given_no_such_file_it_says_why(void **state)
{
	(void)state;
	is_refused("/nowhere/at/all.yaml", "cannot be opened: No such file or directory");
	is_refused("nowhere.yaml", "cannot be opened: No such file or directory");
}

static void
given_what_is_left_out_the_defaults_hold(void **state)
{
	struct profile *p = loads(changed(
	    "dns:\n  timeout: 2s                        # [-]\n  tries: 3 ", "dns: {}\n# "));

	(void)state;
	assert_int_equal(p->dns.timeout_ms, 2000);
	assert_int_equal(p->dns.tries, 3);
	profile_free(p);
}

/* ---- templates
 * -------------------------------------------------------------------------------- */

static void
given_a_template_beside_it_that_one_is_taken(void **state)
{
	const char *path;
	struct profile *p;
	char copy[256];

	(void)state;
	path = changed("templates/ews-poll.xml", "my-poll.xml");
	(void)snprintf(copy, sizeof copy, "%s", path);
	(void)temp_file("my-poll.xml", "<mine/>", 7);
	p = loads(copy);
	assert_string_equal(p->templates.ews_poll, "<mine/>");
	/* The others are still the program's. */
	assert_non_null(strstr(p->templates.update_request, "{mac}"));
	profile_free(p);
}

static void
given_no_such_template_it_says_where_it_was_named(void **state)
{
	(void)state;
	is_refused(changed("templates/ews-poll.xml", "missing.xml"),
	    ":13: template `missing.xml' cannot be read");
}

static void
given_a_template_without_end_it_is_not_read(void **state)
{
	static char big[(64 << 10) + 1];
	const char *path = changed("templates/ews-poll.xml", "big.xml");
	char copy[256];

	(void)state;
	memset(big, 'x', sizeof big);
	(void)snprintf(copy, sizeof copy, "%s", path);
	(void)temp_file("big.xml", big, sizeof big);
	is_refused(copy, ":13: template `big.xml' cannot be read");
}

static void
given_a_name_of_a_template_beyond_all_bounds_it_says_so(void **state)
{
	char name[1100];

	(void)state;
	memset(name, 'n', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	is_refused(changed("templates/ews-poll.xml", name),
	    ":13: the name of the template is too long");
}

/* ---- lists
 * ------------------------------------------------------------------------------------- */

static void
given_options_to_ask_for_they_are_kept_in_their_order(void **state)
{
	struct profile *p =
	    loads(changed("[1, 3, 6, 15, 43, 44, 46, 47, 119]", "[119, 1, 254]"));

	(void)state;
	assert_int_equal(p->dhcp.n_ask, 3);
	assert_int_equal(p->dhcp.ask[0], 119);
	assert_int_equal(p->dhcp.ask[2], 254);
	profile_free(p);
}

static void
given_options_that_are_none_each_has_its_line(void **state)
{
	static const char *const from = "[1, 3, 6, 15, 43, 44, 46, 47, 119]";

	(void)state;
	is_refused(changed(from, "[1, 255]"), ":12: `ask' must be from 1 to 254, not 255");
	is_refused(changed(from, "[0]"), ":9: `ask' must be from 1 to 254, not 0");
	is_refused(changed(from, "[one]"), ":9: `ask' must be a whole number, not `one'");
	is_refused(changed(from, "[]"), ":8: `ask' must be a list");
	is_refused(changed(from, "43"), ":8: `ask' must be a list");
	is_refused(changed(from, "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]"),
	    ":48: more than 16 items in `ask'");
}

static void
given_waits_that_are_none_each_has_its_line(void **state)
{
	(void)state;
	is_refused(changed("[4s, 8s, 8s]", "[4s, 99ms]"), ":15: `waits' is out of range: 99ms");
	is_refused(changed("[4s, 8s, 8s]", "[4s, 8]"),
	    ":15: `waits' must be a duration such as 250ms, 20s, 5m, 24h, not `8'");
	is_refused(changed("[4s, 8s, 8s]", "[1s,1s,1s,1s,1s,1s,1s,1s,1s]"),
	    ":35: more than 8 items in `waits'");
}

static void
given_suites_that_are_none_each_has_its_line(void **state)
{
	static const char *const from = "['0004', '0005', ";

	(void)state;
	is_refused(changed(from, "['004', '0005', "),
	    ":12: a suite is four hexadecimal digits in quotes, not `004'");
	is_refused(changed(from, "['00040', '0005', "),
	    ":12: a suite is four hexadecimal digits in quotes, not `00040'");
	is_refused(changed(from, "['000g', '0005', "),
	    ":12: a suite is four hexadecimal digits in quotes, not `000g'");
	is_refused(changed(from, "[[1], '0005', "),
	    ":12: `this' must be four hexadecimal digits, not a list");
}

static void
given_suites_they_are_numbers_in_their_order(void **state)
{
	struct profile *p = loads(changed("['0004', '0005', ", "['c013', 'FFFF', "));

	(void)state;
	assert_int_equal(p->tls.suites[0], 0xc013);
	assert_int_equal(p->tls.suites[1], 0xffff);
	assert_int_equal(p->tls.n_suites, 11);
	profile_free(p);
}

static void
given_service_names_at_most_four_are_kept_and_none_is_empty(void **state)
{
	static const char *const from = "['HTTP/{short}', 'HTTP/{fqdn}']";
	struct profile *p = loads(changed(from, "[a, b, c, d]"));

	(void)state;
	assert_int_equal(p->trust.n_spn, 4);
	assert_string_equal(p->trust.spn[3], "d");
	profile_free(p);
	is_refused(changed(from, "[a, b, c, d, e]"), ":22: more than 4 items in `spns'");
	is_refused(changed(from, "[a, '']"), ":13: `spns' may not be empty");
}

/* ---- keys
 * ---------------------------------------------------------------------------------------- */

static void
given_a_key_that_is_none_the_nearest_is_named(void **state)
{
	(void)state;
	is_refused(changed("vendor_class:", "vendor_clas:"),
	    ":3: unknown key `vendor_clas'; did you mean `vendor_class'?");
}

static void
given_a_key_that_must_be_there_its_absence_has_a_line(void **state)
{
	(void)state;
	is_refused(
	    changed("name: cx700-1.0.522.101\n", ""), ":1: `name' is missing: cx700-VERSION");
}

static void
given_no_memory_at_any_place_it_says_so_and_leaks_nothing(void **state)
{
	struct config_error error;
	struct profile *p;
	long n = 0;
	int err = -1;

	(void)state;
	while (err != 0) {
		long before = mem_out();

		mem_fail_at(++n);
		err = profile_load("cx700-1.0.522.101", &p, &error);
		mem_fail_at(0);
		if (err != 0) {
			assert_int_equal(mem_out(), before);
			assert_true(strlen(error.text) > 0);
		}
	}
	profile_free(p);
}

int
main(void)
{
#define PROFILE_TEST(name) cmocka_unit_test_setup_teardown(name, NULL, tear_down)
	const struct CMUnitTest tests[] = {
		PROFILE_TEST(given_a_file_its_values_are_its_own),
		PROFILE_TEST(given_no_such_file_it_says_why),
		PROFILE_TEST(given_what_is_left_out_the_defaults_hold),
		PROFILE_TEST(given_a_template_beside_it_that_one_is_taken),
		PROFILE_TEST(given_no_such_template_it_says_where_it_was_named),
		PROFILE_TEST(given_a_template_without_end_it_is_not_read),
		PROFILE_TEST(given_a_name_of_a_template_beyond_all_bounds_it_says_so),
		PROFILE_TEST(given_options_to_ask_for_they_are_kept_in_their_order),
		PROFILE_TEST(given_options_that_are_none_each_has_its_line),
		PROFILE_TEST(given_waits_that_are_none_each_has_its_line),
		PROFILE_TEST(given_suites_that_are_none_each_has_its_line),
		PROFILE_TEST(given_suites_they_are_numbers_in_their_order),
		PROFILE_TEST(given_service_names_at_most_four_are_kept_and_none_is_empty),
		PROFILE_TEST(given_a_key_that_is_none_the_nearest_is_named),
		PROFILE_TEST(given_a_key_that_must_be_there_its_absence_has_a_line),
		PROFILE_TEST(given_no_memory_at_any_place_it_says_so_and_leaks_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
