/*
 * kdc_accounts.c - see kdc_accounts.h.  What Active Directory calls locked and what it calls
 * disabled is one thing to a client: KDC_ERR_CLIENT_REVOKED.
 */
#include "kdc_accounts.h"

#include "buf.h"
#include "kdc_tool.h"
#include "kdc_users.h"

/* kadmin's command before the name; a random key has no password at all. */
static const char *const account_commands[] = {
	[KDC_GOOD] = NULL,
	[KDC_OTHER_PASSWORD] = "cpw -randkey -e arcfour-hmac:normal",
	[KDC_EXPIRED] = "modprinc -pwexpire 2000-01-01",
	[KDC_REVOKED] = "modprinc -allow_tix",
	[KDC_UNKNOWN] = "delprinc -force",
};

/* Names are letters, digits, dots, - and _: nothing in them needs quotes. */
static int
accounts_script(const struct kdc_users *users, struct buf *script)
{
	char user[KDC_TEXT_MAX];

	for (uint32_t i = 0; i < users->count; i++) {
		enum kdc_account state = users->state(users->arg, i);
		int err;

		if (state == KDC_GOOD)
			continue;
		err = kdc_user_name(users, i, user, sizeof user);
		if (err != 0)
			return err;
		buf_printf(script, "%s %s\n", account_commands[state], user);
	}
	return script->err;
}

int
kdc_accounts_spoil(const struct kdc_realm *realm)
{
	const char *argv[] = { "kadmin.local", "-r", realm->name, NULL };
	struct buf script = { 0 };
	int err = 0;

	if (realm->users.state != NULL)
		err = accounts_script(&realm->users, &script);
	if (err == 0 && script.n > 0)
		err = kdc_tool_run(realm, argv, buf_bytes(&script));
	buf_done(&script);
	return err;
}
