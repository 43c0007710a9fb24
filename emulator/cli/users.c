/* users.c - `cx700farm users`: the accounts of a pool's phones, as a file that creates or
 * removes them. */
#include "users.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "log.h"
#include "mem.h"
#include "pool_file.h"
#include "text.h"

enum { USERS_MAX = 1000000 };

static const char users_help[] =
    "usage: cx700farm users --csv|--ldif|--powershell N [options]\n\n"
    "Write what creates the accounts of N phones in Active Directory, or removes them:\n"
    "  --csv             rows for csvde (accounts disabled: csvde sets no passwords; to\n"
    "                    remove, each name is one for dsrm)\n"
    "  --ldif            records for ldifde or ldapmodify (disabled without a password,\n"
    "                    which Active Directory takes over TLS only)\n"
    "  --powershell      a script; it asks for the password, and removes none but its own\n\n"
    "  --remove          what removes them\n"
    "  --pool FILE       names, domains and password are this pool file's; without:\n"
    "                    phone00000, phone00001, ... of contoso.com\n"
    "  --ou DN           where they are; default: Users of the domain\n"
    "  --home DN         their pool: msRTCSIP-PrimaryHomeServer, as an account has it that\n"
    "                    can sign in; without, enable them for the pool yourself\n"
    "  --with-passwords  write the pool file's password into it\n"
    "  --plain           without what only OCS's schema knows\n\n"
    "Exit: 0, or 2: something is wrong with these words or the pool file.\n";

struct users {
	struct users_cfg cfg;
	const char *pool;
	bool has_format, with_passwords, help;
	struct pool_file file;
};

struct users_flag { /* a word, and what it sets */
	const char *name;
	size_t at; /* a bool of struct users */
};

struct users_value { /* a word that the next one belongs to */
	const char *name;
	size_t at; /* a text of struct users */
};

static const struct users_flag users_flags[] = {
	{ "--remove", offsetof(struct users, cfg.remove) },
	{ "--plain", offsetof(struct users, cfg.plain) },
	{ "--with-passwords", offsetof(struct users, with_passwords) },
	{ "--help", offsetof(struct users, help) },
	{ "-h", offsetof(struct users, help) },
};

static const struct users_value users_values[] = {
	{ "--pool", offsetof(struct users, pool) },
	{ "--ou", offsetof(struct users, cfg.ou) },
	{ "--home", offsetof(struct users, cfg.home) },
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

/* ---- words ---- */

static int
users_refuse(const char *says, const char *word)
{
	log_line(LOG_ERROR, "cx700farm: users: %s%s (see users --help)", says, word);
	return -EINVAL;
}

static bool
users_format(struct users *u, const char *word)
{
	static const char *const names[] = { "--csv", "--ldif", "--powershell" };

	for (size_t i = 0; i < COUNT(names); i++) {
		if (strcmp(word, names[i]) != 0)
			continue;
		u->cfg.format = (enum users_format)i;
		u->has_format = true;
		return true;
	}
	return false;
}

static bool
users_flag(struct users *u, const char *word)
{
	for (size_t i = 0; i < COUNT(users_flags); i++) {
		if (strcmp(word, users_flags[i].name) != 0)
			continue;
		*(bool *)(void *)((char *)u + users_flags[i].at) = true;
		return true;
	}
	return false;
}

/* A word that takes another; false: it is none of these. */
static bool
users_value(struct users *u, const char *word, const char *value)
{
	for (size_t i = 0; i < COUNT(users_values); i++) {
		if (strcmp(word, users_values[i].name) != 0)
			continue;
		*(const char **)(void *)((char *)u + users_values[i].at) = value;
		return true;
	}
	return false;
}

static int
users_number(struct users *u, const char *word)
{
	uint64_t n;

	if (u->cfg.count != 0)
		return users_refuse("one number of accounts, not also ", word);
	if (text_u64(span_of(word), USERS_MAX, &n) != 0 || n == 0)
		return users_refuse("from 1 to 1000000 accounts, not ", word);
	u->cfg.count = (uint32_t)n;
	return 0;
}

static int
users_read(struct users *u, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : NULL;

		if (users_format(u, argv[i]) || users_flag(u, argv[i]))
			continue;
		if (users_value(u, argv[i], value)) {
			if (value == NULL)
				return users_refuse("what follows ", argv[i]);
			i++;
		} else if (argv[i][0] == '-') {
			return users_refuse("no such option: ", argv[i]);
		} else if (users_number(u, argv[i]) != 0) {
			return -EINVAL;
		}
	}
	if (u->help)
		return 0;
	if (!u->has_format)
		return users_refuse("as what? --csv, --ldif or --powershell", "");
	if (u->cfg.count == 0)
		return users_refuse("how many accounts?", "");
	if (u->with_passwords && u->pool == NULL)
		return users_refuse("--with-passwords needs --pool, whose password it is", "");
	if (u->with_passwords && u->cfg.format == USERS_CSV)
		return users_refuse("csvde sets no passwords: --ldif or --powershell do", "");
	return 0;
}

/* ---- accounts ---- */

/* The pool file's, or those that the embedded pool has. */
static int
users_pool(struct users *u)
{
	struct config_error error = { "" };
	struct buf complaint = { 0 };
	int err;

	u->cfg.pattern = "phone%05d";
	u->cfg.domain = u->cfg.sip_domain = "contoso.com";
	if (u->pool != NULL && pool_file_load(u->pool, &u->file, &error) != 0) {
		log_line(LOG_ERROR, "%s", error.text);
		return -EINVAL;
	}
	if (u->pool != NULL) {
		u->cfg.pattern = u->file.users.name;
		u->cfg.first = u->file.users.first;
		u->cfg.domain = u->file.users.domain;
		u->cfg.sip_domain = u->file.users.sip_domain;
	}
	/* Who removes needs no password. */
	if (u->with_passwords && !u->cfg.remove)
		u->cfg.password = u->file.users.password;
	err = users_check(&u->cfg, &complaint);
	if (err != 0)
		(void)users_refuse(buf_cstr(&complaint), "");
	buf_done(&complaint);
	return err;
}

static int
users_print(const struct users *u)
{
	struct buf out = { 0 };
	int err = users_write(&u->cfg, &out);

	if (err == 0 && (fwrite(out.p, 1, out.n, stdout) != out.n || fflush(stdout) != 0))
		err = -errno;
	/* There may be a password in it. */
	if (out.p != NULL)
		mem_wipe(out.p, out.n);
	buf_done(&out);
	if (err != 0)
		log_line(LOG_ERROR, "cx700farm: users: %s", strerror(-err));
	return err != 0 ? CLI_ENVIRONMENT : CLI_PASS;
}

int
cli_users(int argc, char **argv)
{
	struct users u = { 0 };
	int status = CLI_USAGE;

	if (users_read(&u, argc, argv) != 0)
		return CLI_USAGE;
	if (u.help) {
		printf("%s", users_help);
		return CLI_PASS;
	}
	if (users_pool(&u) == 0)
		status = users_print(&u);
	pool_file_done(&u.file);
	return status;
}
