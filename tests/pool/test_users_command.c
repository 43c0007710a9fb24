/* test_users_command.c - cx700farm users, as an administrator calls it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "program.h"
#include "temp_file.h"

static const char pool[] =
    "name: lab\n"
    "network: {mode: loopback}\n"
    "dhcp: {mode: relay, server: 127.0.0.1, relay: {untagged: 127.0.0.2}}\n"
    "users: {name: 'desk%03d', first: 7, domain: corp.example, sip_domain: example.com, "
    "password: 'file:users.secret'}\n"
    "allow: [127.0.0.0/8]\n";

/* Up to eight words behind `users'; the exit status. */
static int
users(struct buf *out, struct buf *err, const char *const *words)
{
	const char *args[12] = { "users" };

	for (size_t i = 0; words[i] != NULL; i++)
		args[i + 1] = words[i];
	return program_run("cx700farm", args, out, err);
}

#define USERS(out, err, ...) users(out, err, (const char *const[]){ __VA_ARGS__, NULL })

static void
assert_has(struct buf *said, const char *words)
{
	if (strstr(buf_cstr(said), words) == NULL)
		fail_msg("no `%s' in:\n%s", words, buf_cstr(said));
}

static const char *
pool_file(char path[200])
{
	(void)temp_file("users.secret", "Zx-81!\n", 7);
	(void)snprintf(path, 200, "%s", temp_file("pool.yaml", pool, sizeof pool - 1));
	return path;
}

static void
without_a_pool_file_they_are_those_of_the_embedded_pool(void **state)
{
	struct buf out = { 0 };

	(void)state;
	assert_int_equal(USERS(&out, NULL, "--ldif", "3"), 0);
	assert_has(&out, "dn: CN=phone00002,CN=Users,DC=contoso,DC=com\n");
	assert_null(strstr(buf_cstr(&out), "phone00003"));
	buf_done(&out);
}

static void
names_and_domains_are_the_pool_files_and_its_password_is_kept(void **state)
{
	struct buf out = { 0 };
	char path[200];

	(void)state;
	assert_int_equal(USERS(&out, NULL, "--powershell", "2", "--pool", pool_file(path)), 0);
	assert_has(&out, "Add-PhoneUser 'desk007'\nAdd-PhoneUser 'desk008'\n");
	assert_has(&out, "'@corp.example'");
	assert_has(&out, "'@example.com'");
	assert_null(strstr(buf_cstr(&out), "Zx-81!"));
	buf_clear(&out);

	assert_int_equal(
	    USERS(&out, NULL, "2", "--with-passwords", "--pool", path, "--powershell"), 0);
	assert_has(&out, "'Zx-81!'");
	buf_clear(&out);

	/* Who removes needs none. */
	assert_int_equal(USERS(&out, NULL, "2", "--with-passwords", "--pool", path,
			     "--powershell", "--remove"),
	    0);
	assert_null(strstr(buf_cstr(&out), "Zx-81!"));
	buf_done(&out);
}

static void
what_is_asked_wrongly_is_one_line_and_exit_2(void **state)
{
	static const struct {
		const char *words[4];
		const char *says;
	} cases[] = {
		{ { NULL }, "as what? --csv, --ldif or --powershell" },
		{ { "5" }, "as what?" },
		{ { "--ldif" }, "how many accounts?" },
		{ { "--ldif", "0" }, "from 1 to 1000000 accounts, not 0" },
		{ { "--ldif", "1000001" }, "from 1 to 1000000" },
		{ { "--ldif", "many" }, "not many" },
		{ { "--ldif", "1", "2" }, "not also 2" },
		{ { "--ldif", "1", "--pool" }, "what follows --pool" },
		{ { "--ldif", "1", "--with-passwords" }, "needs --pool" },
		{ { "--xml", "1" }, "no such option: --xml" },
		{ { "--ldif", "1", "--pool=x" }, "no such option" },
		{ { "--ldif=1" }, "no such option" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf out = { 0 }, err = { 0 };

		assert_int_equal(users(&out, &err, cases[i].words), 2);
		assert_has(&err, cases[i].says);
		assert_int_equal(out.n, 0);
		assert_ptr_equal(
		    strchr(buf_cstr(&err), '\n'), buf_cstr(&err) + strlen(buf_cstr(&err)) - 1);
		buf_done(&out);
		buf_done(&err);
	}
}

static void
a_pool_file_that_is_wrong_is_named_with_its_place(void **state)
{
	struct buf out = { 0 }, err = { 0 };
	const char *path = temp_file("pool.yaml", "name: x\nphnes: 3\n", 17);

	(void)state;
	assert_int_equal(USERS(&out, &err, "--ldif", "1", "--pool", path), 2);
	assert_has(&err, "pool.yaml:2:1: ");
	assert_int_equal(out.n, 0);
	buf_done(&out);
	buf_done(&err);
}

static void
csvde_sets_no_passwords_and_that_is_said(void **state)
{
	struct buf err = { 0 };
	char path[200];

	(void)state;
	assert_int_equal(
	    USERS(NULL, &err, "--csv", "1", "--with-passwords", "--pool", pool_file(path)), 2);
	assert_has(&err, "csvde sets no passwords");
	buf_done(&err);
}

static void
help_is_asked_for_and_the_usage_names_it(void **state)
{
	struct buf out = { 0 };

	(void)state;
	assert_int_equal(USERS(&out, NULL, "--help"), 0);
	assert_has(&out, "--powershell");
	buf_clear(&out);
	assert_int_equal(
	    program_run("cx700farm", (const char *[]){ "--help", NULL }, &out, NULL), 0);
	assert_has(&out, "  cx700farm users FORMAT N ");
	buf_done(&out);
}

static int
clean(void **state)
{
	(void)state;
	temp_clean();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(
		    without_a_pool_file_they_are_those_of_the_embedded_pool, clean),
		cmocka_unit_test_teardown(
		    names_and_domains_are_the_pool_files_and_its_password_is_kept, clean),
		cmocka_unit_test(what_is_asked_wrongly_is_one_line_and_exit_2),
		cmocka_unit_test_teardown(
		    a_pool_file_that_is_wrong_is_named_with_its_place, clean),
		cmocka_unit_test_teardown(csvde_sets_no_passwords_and_that_is_said, clean),
		cmocka_unit_test(help_is_asked_for_and_the_usage_names_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
