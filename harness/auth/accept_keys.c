/* accept_keys.c - see accept_keys.h.  In memory, a token costs no file. */
#include "accept_keys.h"

#include <errno.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <stdio.h>

/* 1.3.6.1.5.5.2 */
#define SPNEGO_OID "\x2b\x06\x01\x05\x05\x02"

/* Copies the file's entries.  0, -ENOENT. */
static int
keys_copy(krb5_context ctx, krb5_keytab from, krb5_keytab to)
{
	krb5_keytab_entry entry;
	krb5_kt_cursor cursor;
	int n = 0;

	if (krb5_kt_start_seq_get(ctx, from, &cursor) != 0)
		return -ENOENT;
	while (krb5_kt_next_entry(ctx, from, &entry, &cursor) == 0) {
		n += krb5_kt_add_entry(ctx, to, &entry) == 0;
		krb5_free_keytab_entry_contents(ctx, &entry);
	}
	krb5_kt_end_seq_get(ctx, from, &cursor);
	return n > 0 ? 0 : -ENOENT;
}

int
accept_keys_read(struct accept_keys *keys, const char *path)
{
	krb5_keytab file;
	int err;

	if (krb5_init_context(&keys->ctx) != 0)
		return -ENOMEM;
	/* A name in the process that no other acceptor has. */
	snprintf(keys->name, sizeof keys->name, "MEMORY:keys-%p", (void *)keys);
	if (krb5_kt_resolve(keys->ctx, keys->name, &keys->table) != 0)
		return -ENOMEM;
	if (krb5_kt_resolve(keys->ctx, path, &file) != 0)
		return -ENOENT;
	err = keys_copy(keys->ctx, file, keys->table);
	krb5_kt_close(keys->ctx, file);
	return err;
}

/* Both mechanisms, for HTTP and LDAP wrap Kerberos in SPNEGO and SIP does not. */
int
accept_keys_cred(const struct accept_keys *keys, gss_cred_id_t *out)
{
	gss_OID_desc mechs[] = { { sizeof SPNEGO_OID - 1, SPNEGO_OID }, *gss_mech_krb5 };
	gss_OID_set_desc both = { sizeof mechs / sizeof mechs[0], mechs };
	gss_key_value_element_desc place = { "keytab", keys->name };
	gss_key_value_set_desc store = { 1, &place };
	OM_uint32 minor;

	if (gss_acquire_cred_from(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &both, GSS_C_ACCEPT,
		&store, out, NULL, NULL) != GSS_S_COMPLETE)
		return -ENOENT;
	return 0;
}

/* A MEMORY: keytab goes with its last handle. */
void
accept_keys_done(struct accept_keys *keys)
{
	if (keys->table != NULL)
		krb5_kt_close(keys->ctx, keys->table);
	if (keys->ctx != NULL)
		krb5_free_context(keys->ctx);
}
