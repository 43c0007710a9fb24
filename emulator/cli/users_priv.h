/* users_priv.h - what the formats of users.h share. */
#ifndef CLI_USERS_PRIV_H
#define CLI_USERS_PRIV_H
#include "users.h"

enum {
	USERS_NAME_MAX = 20, /* of sAMAccountName */
	USERS_DN_MAX = 512,
	/* msRTCSIP-OptionFlags: enhanced presence, without which a phone cannot sign in. */
	USERS_ENHANCED_PRESENCE = 256
};

/* By this the script that removes knows them again. */
#define USERS_DESCRIPTION "cx700farm test account"

struct account {
	char name[USERS_NAME_MAX + 1];
	char dn[USERS_DN_MAX];
};

/* ---- users_write.c ---- */

/* Append where the accounts are: the OU given, or CN=Users,DC=contoso,DC=com. */
void users_base(const struct users_cfg *, struct buf *);

/* userAccountControl: without a password Active Directory takes an account only if it is
 * disabled. */
unsigned users_control(const struct users_cfg *);

/* ---- one account, and what stands before all of them ---- */

void users_ldif(const struct users_cfg *, const struct account *, struct buf *);
void users_shell_head(const struct users_cfg *, struct buf *);
void users_shell(const struct users_cfg *, const struct account *, struct buf *);

#endif
