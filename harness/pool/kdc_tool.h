/* kdc_tool.h - run one of MIT's tools to its end. */
#ifndef POOL_KDC_TOOL_H
#define POOL_KDC_TOOL_H
#include "kdc_realm.h"
#include "span.h"

/* Where the program is ("krb5kdc" to "/usr/sbin/krb5kdc").  0, -ENOENT. */
int kdc_tool_find(const char *name, char path_out[KDC_PATH_MAX]);

/* The environment of every tool and of krb5kdc: KRB5_CONFIG and the like; ends in NULL. */
enum { KDC_ENV_N = 5 };
struct kdc_env {
	char text[KDC_ENV_N - 1][KDC_PATH_MAX + 32];
	char *list[KDC_ENV_N];
};
/* Fill it in for this realm; the list points into it, so it must not move. */
void kdc_tool_env(const struct kdc_realm *, struct kdc_env *out);

/*
 * Runs argv (argv[0] a name; ends in NULL) with `input` as its standard input, which
 * never touches a disk; complaints go to dir/kdc-setup.log, what it prints nowhere
 * (kadmin.local repeats passwords).  Blocks.  Its exit status, or -errno.
 */
int kdc_tool_run(const struct kdc_realm *, const char *const *argv, struct span input);

#endif
