/* kdc_accounts.h - accounts with which something is wrong. */
#ifndef POOL_KDC_ACCOUNTS_H
#define POOL_KDC_ACCOUNTS_H
#include "kdc_realm.h"

/* Make of the realm's users, who are all there, what users.state says.  0, -ENOMEM, or as
 * kdc_tool_run(). */
int kdc_accounts_spoil(const struct kdc_realm *);

#endif
