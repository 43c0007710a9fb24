/*
 * users.h - the accounts of a pool's phones, as what creates or removes them in Active
 * Directory: rows of csvde, records of ldifde, a script of PowerShell.
 */
#ifndef CLI_USERS_H
#define CLI_USERS_H
#include <stdbool.h>
#include <stdint.h>

#include "buf.h"

enum users_format { USERS_CSV, USERS_LDIF, USERS_POWERSHELL };

struct users_cfg {
	enum users_format format;
	bool remove;
	uint32_t count, first;
	const char *pattern; /* "phone%05d" */
	const char *domain, *sip_domain;
	const char *ou;       /* where they are; NULL: Users of the domain */
	const char *home;     /* DN of their pool (msRTCSIP-PrimaryHomeServer), or NULL */
	const char *password; /* NULL: it is not written */
	bool plain;           /* without what only OCS's schema knows */
};

/* 0, or -EINVAL with one line of complaint: a name that Active Directory would not take. */
int users_check(const struct users_cfg *, struct buf *complaint);

/* Append the whole file; users_check() must have said yes.  0 or -ENOMEM. */
int users_write(const struct users_cfg *, struct buf *out);

#endif
