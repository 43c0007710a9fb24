/* test_users_samba.c - the accounts' records, taken and given back by Samba's own directory:
 * the schema and the rules for passwords are Active Directory's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "folder.h"
#include "program.h"

enum { COMMAND_MAX = FOLDER_PATH_MAX + 512 };

struct samba {
	char dir[FOLDER_PATH_MAX];
	bool up;
};

static const char pool[] = "name: lab\n"
			   "network: {mode: loopback}\n"
			   "dhcp: {mode: relay, server: 127.0.0.1, relay: {untagged: "
			   "127.0.0.2}}\n"
			   "users: {name: 'desk%03d', first: 7, domain: contoso.com, "
			   "sip_domain: contoso.com, password: 'file:users.secret'}\n"
			   "allow: [127.0.0.0/8]\n";

/* Below the folder; what it prints goes into `said' there. */
static int
shell(const struct samba *s, const char *command)
{
	char line[COMMAND_MAX];

	(void)snprintf(line, sizeof line, "cd %s && { %s; } >said 2>&1", s->dir, command);
	return system(line);
}

static int
setup(void **state)
{
	static struct samba s;

	s = (struct samba){ .up = false };
	*state = &s;
	assert_int_equal(folder_make(NULL, s.dir), 0);
	assert_int_equal(folder_write(s.dir, "pool.yaml", span_of(pool)), 0);
	assert_int_equal(folder_write(s.dir, "users.secret", span_of("Zx-81!secret\n")), 0);
	if (system("command -v samba-tool ldbmodify ldbsearch >/dev/null 2>&1") != 0) {
		printf("skipped: Samba is not installed (samba, ldb-tools)\n");
		return 0;
	}
	s.up = shell(&s,
		   "timeout 120 samba-tool domain provision --realm=CONTOSO.COM "
		   "--domain=CONTOSO --server-role=dc --dns-backend=NONE "
		   "--adminpass=Adm1n-pass --targetdir=samba") == 0;
	if (!s.up)
		printf("skipped: samba-tool cannot make a domain here\n");
	return 0;
}

static int
teardown(void **state)
{
	const struct samba *s = *state;

	folder_remove(s->dir);
	return 0;
}

/* `users --ldif N` with these words more, and Samba's answer to it. */
static int
modify(const struct samba *s, const char *n, const char *word, const char *more)
{
	char file[FOLDER_PATH_MAX];
	const char *args[] = { "users", "--ldif", n, "--plain", "--pool",
		folder_file(s->dir, "pool.yaml", file), word, more, NULL };
	struct buf ldif = { 0 };

	assert_int_equal(program_run("cx700farm", args, &ldif, NULL), 0);
	assert_int_equal(folder_write(s->dir, "users.ldif", buf_bytes(&ldif)), 0);
	buf_done(&ldif);
	return shell(s, "ldbmodify -H samba/private/sam.ldb users.ldif");
}

/* How many accounts of ours does the directory have that this filter fits? */
static int
accounts(const struct samba *s, const char *filter)
{
	char command[256];

	(void)snprintf(command, sizeof command,
	    "exit $(ldbsearch -H samba/private/sam.ldb '(&(sAMAccountName=desk*)%s)' dn | "
	    "grep -c '^dn: CN=desk')",
	    filter);
	return shell(s, command) >> 8;
}

static void
samba_takes_them_with_their_password_and_removes_them(void **state)
{
	const struct samba *s = *state;

	if (!s->up)
		skip();
	assert_int_equal(modify(s, "12", "--with-passwords", NULL), 0);
	assert_int_equal(accounts(s, ""), 12);
	assert_int_equal(accounts(s, "(userAccountControl=66048)(pwdLastSet>=1)"), 12);
	assert_int_equal(accounts(s, "(userPrincipalName=desk018@contoso.com)"), 1);
	assert_int_equal(modify(s, "12", "--remove", NULL), 0);
	assert_int_equal(accounts(s, ""), 0);
}

static void
without_a_password_they_are_disabled(void **state)
{
	const struct samba *s = *state;

	if (!s->up)
		skip();
	assert_int_equal(modify(s, "3", NULL, NULL), 0);
	assert_int_equal(accounts(s, "(userAccountControl=514)"), 3);
	/* They are there already. */
	assert_int_not_equal(modify(s, "3", NULL, NULL), 0);
	assert_int_equal(modify(s, "3", "--remove", NULL), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samba_takes_them_with_their_password_and_removes_them),
		cmocka_unit_test(without_a_password_they_are_disabled),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
