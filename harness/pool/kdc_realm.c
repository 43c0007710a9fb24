/*
 * kdc_realm.c - see kdc_realm.h.
 *
 * One user is made by kadmin.local, the others are copies of its record.
 */
#include "kdc_realm.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "folder.h"
#include "kdc_accounts.h"
#include "kdc_conf.h"
#include "kdc_tool.h"
#include "kdc_users.h"
#include "mem.h"

enum { KDC_DUMP_MAX = 1 << 30, KDC_NAME_MAX = 128 };

/* ---- the database ---- */

/* kdb5_util asks for the master password twice; -s leaves it in the stash. */
static int
realm_create(const struct kdc_realm *realm)
{
	const char *argv[] = { "kdb5_util", "-r", realm->name, "create", "-s", NULL };
	struct buf twice;
	int err;

	buf_init(&twice, 0);
	buf_printf(&twice, "%s\n%s\n", realm->secret, realm->secret);
	err = twice.err != 0 ? twice.err : kdc_tool_run(realm, argv, buf_bytes(&twice));
	if (twice.n > 0)
		mem_wipe(twice.p, twice.n);
	buf_done(&twice);
	return err;
}

/* A word of kadmin's language: in quotes, which are doubled inside. */
static void
kadmin_word(struct buf *out, const char *word)
{
	buf_u8(out, '"');
	for (; *word != '\0'; word++) {
		if (*word == '"')
			buf_u8(out, '"');
		buf_u8(out, (uint8_t)*word);
	}
	buf_u8(out, '"');
}

/* -randkey draws the keys; -norandkey only copies them into the keytab. */
static void
kadmin_service(
    const struct kdc_realm *realm, const struct kdc_service *service, struct buf *out)
{
	char path[KDC_PATH_MAX];

	buf_text(out, "addprinc -randkey -e ");
	buf_text(out, service->aes ? "aes256-cts-hmac-sha1-96:normal," : "");
	buf_text(out, "arcfour-hmac:normal ");
	kadmin_word(out, service->principal);
	if (service->keytab != NULL) {
		buf_text(out, "\nktadd -norandkey -k ");
		kadmin_word(out, folder_file(realm->dir, service->keytab, path));
		buf_u8(out, ' ');
		kadmin_word(out, service->principal);
	}
	buf_u8(out, '\n');
}

/* The services, and the first user. */
static int
realm_fill(const struct kdc_realm *realm)
{
	const char *argv[] = { "kadmin.local", "-r", realm->name, NULL };
	char user[KDC_NAME_MAX];
	struct buf script;
	size_t i;
	int err = 0;

	buf_init(&script, 0);
	for (i = 0; i < realm->n_services; i++)
		kadmin_service(realm, &realm->services[i], &script);
	if (realm->users.count > 0) {
		err = kdc_user_name(&realm->users, 0, user, sizeof user);
		/* Locked until somebody unlocks it; what was wrong long ago still counts. */
		if (realm->lock_out > 0)
			buf_printf(
			    &script, "addpol -maxfailure %u lock-out\n", realm->lock_out);
		buf_printf(&script, "addprinc +requires_preauth %s -pw ",
		    realm->lock_out > 0 ? "-policy lock-out" : "-clearpolicy");
		kadmin_word(&script, realm->users.password);
		buf_u8(&script, ' ');
		kadmin_word(&script, user);
		buf_u8(&script, '\n');
	}
	if (err == 0)
		err = script.err;
	if (err == 0)
		err = kdc_tool_run(realm, argv, buf_bytes(&script));
	if (script.n > 0)
		mem_wipe(script.p, script.n);
	buf_done(&script);
	return err;
}

/* ---- users in bulk ---- */

static int
realm_read(const char *path, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t chunk[16384];
	ssize_t n;

	if (fd < 0)
		return -errno;
	while ((n = read(fd, chunk, sizeof chunk)) > 0)
		buf_put(out, chunk, (size_t)n);
	close(fd);
	return n < 0 ? -EIO : out->err;
}

/* kadmin.local says nothing by its exit status: what was asked for must be in the dump. */
static int
realm_check(const struct kdc_realm *realm, struct span dump)
{
	char path[KDC_PATH_MAX];
	size_t i;

	for (i = 0; i < realm->n_services; i++) {
		const struct kdc_service *s = &realm->services[i];

		if (!kdc_users_has(realm, dump, s->principal))
			return -EIO;
		if (s->keytab != NULL &&
		    access(folder_file(realm->dir, s->keytab, path), R_OK) != 0)
			return -EIO;
	}
	return 0;
}

static int
realm_dump(const struct kdc_realm *realm, struct buf *out)
{
	char path[KDC_PATH_MAX];
	const char *argv[] = { "kdb5_util", "-r", realm->name, "dump", path, NULL };
	int err;

	folder_file(realm->dir, "dump", path);
	err = kdc_tool_run(realm, argv, (struct span){ NULL, 0 });
	if (err == 0)
		err = realm_read(path, out);
	/* The dump has every key in it: it does not stay. */
	unlink(path);
	folder_file(realm->dir, "dump.dump_ok", path);
	unlink(path);
	return err;
}

/* -update adds to the database; without it all else would be gone. */
static int
realm_load(const struct kdc_realm *realm, const struct buf *text)
{
	char path[KDC_PATH_MAX];
	const char *argv[] = { "kdb5_util", "-r", realm->name, "load", "-update", path, NULL };
	int err = folder_write(realm->dir, "load", buf_bytes(text));

	folder_file(realm->dir, "load", path);
	if (err == 0)
		err = kdc_tool_run(realm, argv, (struct span){ NULL, 0 });
	unlink(path);
	return err;
}

/* The first user's record out of a dump, its copies back in by a load. */
static int
realm_populate(const struct kdc_realm *realm)
{
	struct buf dump, many;
	int err;

	buf_init(&dump, KDC_DUMP_MAX);
	buf_init(&many, KDC_DUMP_MAX);
	err = realm_dump(realm, &dump);
	if (err == 0)
		err = realm_check(realm, buf_bytes(&dump));
	if (err == 0 && realm->users.count > 0)
		err = kdc_users_copy(realm, buf_bytes(&dump), &many);
	if (err == 0 && realm->users.count > 1)
		err = realm_load(realm, &many);
	buf_done(&dump);
	buf_done(&many);
	return err;
}

/* ---- all of it ---- */

/* Words that stand in configuration files and scripts as they are. */
static bool
realm_word_ok(const char *word, const char *others)
{
	if (word == NULL || *word == '\0' || *word == '-' || strlen(word) >= KDC_PATH_MAX - 64)
		return false;
	for (; *word != '\0'; word++)
		if (!isalnum((unsigned char)*word) && strchr(others, *word) == NULL)
			return false;
	return true;
}

/* A control byte would be another line of a script. */
static bool
realm_line_ok(const char *line)
{
	if (line == NULL || *line == '\0')
		return false;
	for (; *line != '\0'; line++)
		if (iscntrl((unsigned char)*line))
			return false;
	return true;
}

/* The first thing wrong with the realm as it was asked for; NULL: nothing. */
static const char *
realm_flaw(const struct kdc_realm *realm)
{
	char user[KDC_NAME_MAX];
	size_t i;

	if (!realm_word_ok(realm->dir, "/._-+:,~") || realm->dir[0] != '/')
		return "the realm's folder must be absolute, of letters, digits and / . _ - + "
		       ": , ~";
	if (!realm_word_ok(realm->name, ".-_"))
		return "the realm's name must be of letters, digits, dots, - and _";
	if (!realm_line_ok(realm->secret))
		return "the realm needs a secret of one line";
	for (i = 0; i < realm->n_services; i++)
		if (!realm_word_ok(realm->services[i].principal, "/.-_"))
			return "a service's name must be of letters, digits and / . - _";
	if (realm->users.count == 0)
		return NULL;
	if (!realm_line_ok(realm->users.password))
		return "the users need a password of one line";
	if (kdc_user_name(&realm->users, 0, user, sizeof user) != 0 ||
	    !realm_word_ok(user, ".-_"))
		return "the users' name must have one %0Nd, else letters, digits, dots, - and "
		       "_";
	return NULL;
}

int
kdc_realm_make(const struct kdc_realm *realm, char text_out[KDC_TEXT_MAX])
{
	static const struct {
		int (*make)(const struct kdc_realm *);
		const char *what;
	} PARTS[] = {
		{ kdc_conf_write, "the realm's configuration could not be written" },
		{ realm_create, "kdb5_util could not make the database" },
		{ realm_fill, "kadmin.local could not make services and users" },
		{ realm_populate, "services are missing or users could not be loaded" },
		{ kdc_accounts_spoil, "kadmin.local could not change the users" },
	};
	const char *flaw = realm_flaw(realm);
	char path[KDC_PATH_MAX];
	size_t i;
	int err;

	text_out[0] = '\0';
	if (flaw != NULL) {
		snprintf(text_out, KDC_TEXT_MAX, "%s", flaw);
		return -EINVAL;
	}
	if (kdc_tool_find("krb5kdc", path) != 0 || kdc_tool_find("kadmin.local", path) != 0) {
		snprintf(text_out, KDC_TEXT_MAX, "krb5kdc or kadmin.local is not installed");
		return -ENOENT;
	}
	for (i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++) {
		err = PARTS[i].make(realm);
		if (err == 0)
			continue;
		snprintf(text_out, KDC_TEXT_MAX, "%s: see %s", PARTS[i].what,
		    folder_file(realm->dir, "kdc-setup.log", path));
		return err < 0 ? err : -EIO;
	}
	return 0;
}
