/*
 * krb_conf.c - what libkrb5 may know about the world: RC4 and nothing else, no
 * KDC, no DNS.
 *
 * There are two clocks to serve.  Our own contexts (AS, TGS) take the phone's
 * time from krb5_set_real_time(): kdc_timesync = 0 keeps the library from adopting
 * the KDC's time, and a huge clockskew from judging replies by the host's.  GSSAPI
 * makes its own contexts from the process-wide file and takes the phone's time out
 * of its credential cache, which it does with kdc_timesync = 1 only.
 */
#include <errno.h>
#include <mit-krb5/profile.h> /* not <profile.h>: the tree has one of its own */
#include <stdio.h>
#include <string.h>

#include "auth_krb5_priv.h"
#include "mem.h"

static const char FOR_GSSAPI[] = "[libdefaults]\n"
				 "\tkdc_timesync = 1\n"
				 "\tdns_lookup_kdc = false\n"
				 "\tdns_lookup_realm = false\n"
				 "\tdns_canonicalize_hostname = false\n"
				 "\trdns = false\n"
				 "\tqualify_shortname = \"\"\n"
				 "\tallow_rc4 = true\n"
				 "\tdefault_tkt_enctypes = arcfour-hmac\n"
				 "\tdefault_tgs_enctypes = arcfour-hmac\n"
				 "\tpermitted_enctypes = arcfour-hmac\n";

struct conf_value {
	const char *section, *name, *value;
};

static const struct conf_value FOR_PHONE[] = {
	{ "libdefaults", "kdc_timesync", "0" },
	{ "libdefaults", "clockskew", "100000000" },
	{ "libdefaults", "dns_lookup_kdc", "false" },
	{ "libdefaults", "dns_lookup_realm", "false" },
	{ "libdefaults", "dns_canonicalize_hostname", "false" },
	{ "libdefaults", "rdns", "false" },
	{ "libdefaults", "qualify_shortname", "" },
	{ "libdefaults", "allow_rc4", "true" },
	{ "libdefaults", "default_tkt_enctypes", "arcfour-hmac" },
	{ "libdefaults", "default_tgs_enctypes", "arcfour-hmac" },
	{ "libdefaults", "permitted_enctypes", "arcfour-hmac" },
	/* A phone of 2007 knows the encrypted time stamp; SPAKE and PKINIT came later. */
	{ "plugins/clpreauth", "enable_only", "encrypted_timestamp" },
};

int
krb_conf_write(const char *path)
{
	FILE *file = fopen(path, "we");
	int err = 0;

	if (file == NULL)
		return -errno;
	if (fputs(FOR_GSSAPI, file) == EOF)
		err = -EIO;
	if (fclose(file) != 0 && err == 0)
		err = -errno;
	return err;
}

/* Is the path of names "section[/section]" and then name? */
static bool
conf_is(const struct conf_value *v, const char *const *names)
{
	const char *p = v->section;
	size_t i, n;

	for (i = 0; *p != '\0'; i++) {
		n = strcspn(p, "/");
		if (names[i] == NULL || strlen(names[i]) != n || memcmp(names[i], p, n) != 0)
			return false;
		p += n + (p[n] == '/');
	}
	return names[i] != NULL && strcmp(names[i], v->name) == 0 && names[i + 1] == NULL;
}

/* The profile library's callback: one value or none; a list ends in NULL. */
static long
conf_get(void *arg, const char *const *names, char ***values_out)
{
	size_t i, n = sizeof FOR_PHONE / sizeof FOR_PHONE[0];
	char **list;

	(void)arg;
	/* Anything not in the table is unset: no file of the host's is read. */
	for (i = 0; i < n && !conf_is(&FOR_PHONE[i], names); i++)
		;
	if (i == n)
		return PROF_NO_RELATION;
	list = mem_new(2 * sizeof *list);
	if (list == NULL)
		return ENOMEM;
	list[0] = mem_copy(FOR_PHONE[i].value, strlen(FOR_PHONE[i].value));
	if (list[0] == NULL) {
		mem_free(list);
		return ENOMEM;
	}
	*values_out = list;
	return 0;
}

static void
conf_free(void *arg, char **values)
{
	(void)arg;
	mem_free(values[0]);
	mem_free(values);
}

/* By a vtable instead of a file: a phone's context costs no reading of one. */
int
krb_conf_context(krb5_context *out)
{
	struct profile_vtable table = {
		.minor_ver = 1, .get_values = conf_get, .free_values = conf_free
	};
	krb5_error_code code;
	profile_t profile;

	if (profile_init_vtable(&table, NULL, &profile) != 0)
		return -ENOMEM;
	code = krb5_init_context_profile(profile, 0, out);
	profile_release(profile);
	return code == 0 ? 0 : code == ENOMEM ? -ENOMEM : -EINVAL;
}
