/* auth_krb5.c - one phone's Kerberos: its library context, its clock, its cache. */
#include "auth_krb5.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth_krb5_priv.h"
#include "mem.h"

enum { AUTH_PATH_MAX = 512, US_PER_S = 1000000 };

/* The name of no cache keeps the library away from the operator's own tickets. */
int
auth_krb5_init(const char *dir)
{
	char path[AUTH_PATH_MAX];
	int n = snprintf(path, sizeof path, "%s/phones-krb5.conf", dir);
	int err;

	if (n < 0 || (size_t)n >= sizeof path)
		return -ENAMETOOLONG;
	err = krb_conf_write(path);
	if (err != 0)
		return err;
	if (setenv("KRB5_CONFIG", path, 1) != 0 || setenv("KRB5CCNAME", "MEMORY:none", 1) != 0)
		return -errno;
	return 0;
}

/* Read off the library's clock, which is the host's plus what was set before. */
static int64_t
auth_host_us(krb5_context ctx)
{
	krb5_timestamp s, offset_s;
	krb5_int32 us, offset_us;

	if (krb5_us_timeofday(ctx, &s, &us) != 0 ||
	    krb5_get_time_offsets(ctx, &offset_s, &offset_us) != 0)
		return 0;
	return ((int64_t)(uint32_t)s - offset_s) * US_PER_S + us - offset_us;
}

/* GSSAPI knows the phone's clock from the cache, where it is noted when that is emptied. */
static void
auth_note_clock(struct auth_krb5 *auth)
{
	krb5_ccache copy;

	if (krb5_cc_new_unique(auth->ctx, "MEMORY", NULL, &copy) != 0)
		return;
	if (krb5_cc_initialize(auth->ctx, copy, auth->me) == 0 &&
	    krb5_cc_copy_creds(auth->ctx, auth->cache, copy) == 0 &&
	    krb5_cc_initialize(auth->ctx, auth->cache, auth->me) == 0)
		(void)krb5_cc_copy_creds(auth->ctx, copy, auth->cache);
	krb5_cc_destroy(auth->ctx, copy);
}

/* The library's clock is real time plus an offset; we set it as an absolute time. */
static void
auth_clock(struct auth *base, int64_t wall_minus_host_us)
{
	struct auth_krb5 *auth = auth_krb5_of(base);
	int64_t wall = auth_host_us(auth->ctx) + wall_minus_host_us;

	krb5_set_real_time(auth->ctx, (krb5_timestamp)(uint32_t)(wall / US_PER_S),
	    (krb5_int32)(wall % US_PER_S));
	if (auth->signed_in)
		auth_note_clock(auth);
}

static void
auth_forget(struct auth *base)
{
	struct auth_krb5 *auth = auth_krb5_of(base);

	/* The cache stays, with nothing in it. */
	(void)krb5_cc_initialize(auth->ctx, auth->cache, auth->me);
	auth->signed_in = false;
}

static const struct auth_ops AUTH_KRB5_OPS = {
	.clock = auth_clock,
	.login = krb_login,
	.ticket = krb_ticket,
	.next = krb_talk_next,
	.drop = krb_talk_drop,
	.negotiate = spnego_negotiate,
	.negotiate_plain = spnego_negotiate_plain,
	.sign_open = sip_sign_open,
	.sign = sip_sign,
	.check = sip_sign_check,
	.sign_left_s = sip_sign_left_s,
	.sign_close = sip_sign_close,
	.forget = auth_forget,
};

/* The user's name is one component: "phone00001", whatever characters it has. */
static int
auth_open(struct auth_krb5 *auth, const struct auth_krb5_cfg *cfg)
{
	int err = krb_conf_context(&auth->ctx);

	if (err != 0)
		return err;
	if (krb5_build_principal(auth->ctx, &auth->me, (unsigned)strlen(cfg->realm), cfg->realm,
		cfg->user, (char *)NULL) != 0)
		return -ENOMEM;
	/* In memory, and by name: GSSAPI can only find it so. */
	snprintf(auth->cache_name, sizeof auth->cache_name, "MEMORY:phone%u", cfg->serial);
	if (krb5_cc_resolve(auth->ctx, auth->cache_name, &auth->cache) != 0)
		return -ENOMEM;
	return 0;
}

int
auth_krb5_new(const struct auth_krb5_cfg *cfg, struct auth **out)
{
	struct auth_krb5 *auth = mem_new(sizeof *auth);
	int err = -ENOMEM;

	if (auth == NULL)
		return -ENOMEM;
	auth->base.ops = &AUTH_KRB5_OPS;
	auth->realm = mem_copy(cfg->realm, strlen(cfg->realm));
	auth->password = mem_copy(cfg->password, strlen(cfg->password));
	if (auth->realm != NULL && auth->password != NULL)
		err = auth_open(auth, cfg);
	/* Free takes a half-made one. */
	if (err != 0) {
		auth_krb5_free(&auth->base);
		return err;
	}
	*out = &auth->base;
	return 0;
}

void
auth_krb5_free(struct auth *base)
{
	struct auth_krb5 *auth = auth_krb5_of(base);

	if (auth == NULL)
		return;
	if (auth->cache != NULL)
		/* MEMORY: caches live as long as the process unless destroyed. */
		krb5_cc_destroy(auth->ctx, auth->cache);
	krb5_free_principal(auth->ctx, auth->me);
	if (auth->ctx != NULL)
		krb5_free_context(auth->ctx);
	if (auth->password != NULL)
		mem_wipe(auth->password, strlen(auth->password));
	mem_free(auth->password);
	mem_free(auth->realm);
	mem_free(auth);
}
