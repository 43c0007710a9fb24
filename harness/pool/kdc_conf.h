/* kdc_conf.h - the configuration files of a realm. */
#ifndef POOL_KDC_CONF_H
#define POOL_KDC_CONF_H
#include "kdc_realm.h"

/* Writes krb5.conf and kdc.conf.  0 or -errno. */
int kdc_conf_write(const struct kdc_realm *);

#endif
