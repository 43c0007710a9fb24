/*
 * kdc_conf.c - see kdc_conf.h.
 *
 * A realm as in 2007: RC4 keys, tickets of ten hours.  Debian's KDC hands out no RC4
 * session key unless allow_rc4 is set in its krb5.conf.  The database writes nothing
 * back per login (no last success), unless accounts lock.
 */
#include "kdc_conf.h"

#include "folder.h"
#include "text.h"

/* krb5.conf: for krb5kdc and for MIT's tools. */
static void
conf_krb5(const struct kdc_realm *realm, struct buf *out)
{
	char ip[TEXT_IP_MAX];

	text_ip_str(realm->ip, ip);
	buf_printf(out,
	    "[libdefaults]\n"
	    "\tdefault_realm = %s\n"
	    "\tallow_rc4 = true\n"
	    "\tdns_lookup_kdc = false\n"
	    "\tdns_lookup_realm = false\n"
	    "\tdns_canonicalize_hostname = false\n"
	    "\trdns = false\n"
	    "\tqualify_shortname = \"\"\n"
	    "[realms]\n"
	    "\t%s = {\n"
	    "\t\tkdc = %s:%u\n"
	    "\t}\n"
	    "[logging]\n"
	    "\tkdc = FILE:%s/krb5kdc.log\n"
	    "\tdefault = FILE:%s/krb5kdc.log\n",
	    realm->name, realm->name, ip, realm->port, realm->dir, realm->dir);
}

/* kdc.conf: where it listens, and a database that a good login does not write to. */
static void
conf_kdc(const struct kdc_realm *realm, struct buf *out)
{
	char ip[TEXT_IP_MAX];

	text_ip_str(realm->ip, ip);
	buf_printf(out,
	    "[kdcdefaults]\n"
	    "\tkdc_listen = %s:%u\n"
	    "\tkdc_tcp_listen = %s:%u\n"
	    "[realms]\n"
	    "\t%s = {\n"
	    "\t\tdatabase_module = db\n"
	    "\t\tdatabase_name = %s/principal\n"
	    "\t\tkey_stash_file = %s/stash\n"
	    "\t\tacl_file = %s/kadm5.acl\n"
	    "\t\tmaster_key_type = aes256-cts-hmac-sha1-96\n"
	    "\t\tsupported_enctypes = arcfour-hmac:normal\n"
	    "\t\tmax_life = 10h\n"
	    "\t}\n"
	    "[dbmodules]\n"
	    "\tdb = {\n"
	    "\t\tdb_library = db2\n"
	    "\t\tdatabase_name = %s/principal\n"
	    "\t\tdisable_last_success = true\n"
	    "\t\tdisable_lockout = %s\n"
	    "\t}\n",
	    ip, realm->port, ip, realm->port, realm->name, realm->dir, realm->dir, realm->dir,
	    realm->dir, realm->lock_out > 0 ? "false" : "true");
}

/* By the environment, not by their place, krb5kdc and the tools find them. */
int
kdc_conf_write(const struct kdc_realm *realm)
{
	struct buf text;
	int err;

	buf_init(&text, 0);
	conf_krb5(realm, &text);
	err =
	    text.err != 0 ? text.err : folder_write(realm->dir, "krb5.conf", buf_bytes(&text));
	buf_clear(&text);
	conf_kdc(realm, &text);
	if (err == 0)
		err = text.err;
	if (err == 0)
		err = folder_write(realm->dir, "kdc.conf", buf_bytes(&text));
	buf_done(&text);
	return err;
}
