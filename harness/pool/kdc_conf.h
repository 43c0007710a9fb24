/* kdc_conf.h - the configuration files of a realm. */
#ifndef POOL_KDC_CONF_H
#define POOL_KDC_CONF_H
#include "buf.h"
#include "kdc_realm.h"

/* Writes krb5.conf and kdc.conf.  0 or -errno. */
int kdc_conf_write(const struct kdc_realm *);

/* Writes dir/file, which only we may read.  0, -errno, or the buffer's own error. */
int kdc_conf_file(const struct kdc_realm *, const char *file, const struct buf *text);

#endif
