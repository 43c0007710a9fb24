/*
 * kdc.h - MIT's krb5kdc as a child of the loop, for a realm that has been made
 * (kdc_realm.h).  It dies with us, however we die.
 */
#ifndef POOL_KDC_H
#define POOL_KDC_H
#include "kdc_realm.h"
#include "loop.h"

struct kdc;

struct kdc_cfg {
	struct kdc_realm realm; /* what it points to must outlive kdc_new() only */
	loop_fn *on_up;         /* once, when it answers */
	loop_exit_fn *on_exit;  /* it ended, not by kdc_free(); before or after on_up */
	void *arg;
};

/* Starts it; on_up or on_exit follows.  0, -ENOENT not installed, or -errno. */
int kdc_new(struct loop *, const struct kdc_cfg *, struct kdc **out);

/* krb5kdc's process. */
int kdc_pid(const struct kdc *);

/* Kills it.  NULL is fine; not inside on_exit. */
void kdc_free(struct kdc *);

#endif
