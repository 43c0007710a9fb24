/* serve_ldap_dir.c - the tiny directory: naming contexts and the objects of the CA, as AD keeps
 * them. */
#include "serve_ldap_dir.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "buf.h"

/* ---- building it ------------------------------------------------------------- */

/* The classes there are, and the name of each as category. */
struct ldap_class {
	const char *name, *category;
};

static const struct ldap_class ldap_classes[] = {
	{ "domainDNS", "Domain-DNS" },
	{ "configuration", "Configuration" },
	{ "container", "Container" },
	{ "certificationAuthority", "Certification-Authority" },
	{ "pKIEnrollmentService", "PKI-Enrollment-Service" },
};

enum { CLASS_DOMAIN, CLASS_CONFIGURATION, CLASS_CONTAINER, CLASS_CA, CLASS_ENROLLMENT };

/* What does not fit is left out: the tables are sized for what is added here. */
static void
ldap_object_add(struct ldap_object *o, const char *attr, struct span value)
{
	if (o->n_values < LDAP_DIR_VALUES)
		o->values[o->n_values++] = (struct ldap_value){ attr, value };
}

/* An object below a parent (NULL: with the name as its whole DN). */
static struct ldap_object *
ldap_dir_add(struct ldap_dir *d, const struct ldap_object *parent, const char *name, int class)
{
	struct ldap_object *o = &d->object[d->n_objects++];

	if (parent == NULL) {
		snprintf(o->dn, sizeof o->dn, "%s", name);
		o->in_config = class == CLASS_CONFIGURATION;
	} else {
		snprintf(o->dn, sizeof o->dn, "CN=%.100s,%.200s", name, parent->dn);
		o->in_config = parent->in_config;
	}
	snprintf(o->name, sizeof o->name, "%s", parent != NULL ? name : "");
	snprintf(o->category, sizeof o->category, "CN=%s,%.250s", ldap_classes[class].category,
	    d->schema_nc);
	ldap_object_add(o, "objectClass", span_of("top"));
	ldap_object_add(o, "objectClass", span_of(ldap_classes[class].name));
	if (parent != NULL) {
		ldap_object_add(o, "cn", span_of(o->name));
		ldap_object_add(o, "name", span_of(o->name));
	}
	ldap_object_add(o, "distinguishedName", span_of(o->dn));
	ldap_object_add(o, "objectCategory", span_of(o->category));
	return o;
}

/* A certificationAuthority; without a published certificate the attribute is missing. */
static void
ldap_dir_add_ca(struct ldap_dir *d, const struct ldap_object *parent, const char *name)
{
	struct ldap_object *o = ldap_dir_add(d, parent, name, CLASS_CA);

	if (d->cfg.publish)
		ldap_object_add(o, "cACertificate", d->cfg.root);
}

/* What an enterprise CA leaves in the configuration. */
static void
ldap_dir_add_pki(struct ldap_dir *d, const struct ldap_object *config)
{
	const struct ldap_object *services, *pki, *aia, *roots, *enrollment;
	struct ldap_object *o;

	services = ldap_dir_add(d, config, "Services", CLASS_CONTAINER);
	pki = ldap_dir_add(d, services, "Public Key Services", CLASS_CONTAINER);
	aia = ldap_dir_add(d, pki, "AIA", CLASS_CONTAINER);
	ldap_dir_add_ca(d, aia, d->cfg.ca_name);
	roots = ldap_dir_add(d, pki, "Certification Authorities", CLASS_CONTAINER);
	ldap_dir_add_ca(d, roots, d->cfg.ca_name);
	ldap_dir_add_ca(d, pki, "NTAuthCertificates");
	enrollment = ldap_dir_add(d, pki, "Enrollment Services", CLASS_CONTAINER);
	if (d->cfg.no_enrollment)
		return;
	o = ldap_dir_add(d, enrollment, d->cfg.ca_name, CLASS_ENROLLMENT);
	ldap_object_add(o, "displayName", span_of(d->cfg.ca_name));
	ldap_object_add(o, "dNSHostName", span_of(d->cfg.ca_host));
	ldap_object_add(o, "cACertificate", d->cfg.root);
}

static void
root_dse_add(struct ldap_dir *d, const char *attr, const char *value)
{
	if (d->n_root_dse < LDAP_DIR_ROOT_DSE)
		d->root_dse[d->n_root_dse++] = (struct ldap_value){ attr, span_of(value) };
}

/* What a client reads before it binds: where the forest's parts are, and how to bind. */
static void
root_dse_fill(struct ldap_dir *d)
{
	root_dse_add(d, "namingContexts", d->domain_nc);
	root_dse_add(d, "namingContexts", d->config_nc);
	root_dse_add(d, "namingContexts", d->schema_nc);
	root_dse_add(d, "defaultNamingContext", d->domain_nc);
	root_dse_add(d, "schemaNamingContext", d->schema_nc);
	root_dse_add(d, "configurationNamingContext", d->config_nc);
	root_dse_add(d, "rootDomainNamingContext", d->domain_nc);
	root_dse_add(d, "supportedControl", "1.2.840.113556.1.4.319");
	root_dse_add(d, "supportedLDAPVersion", "3");
	root_dse_add(d, "supportedSASLMechanisms", "GSSAPI");
	root_dse_add(d, "supportedSASLMechanisms", "GSS-SPNEGO");
	root_dse_add(d, "dnsHostName", d->cfg.dc_name);
	root_dse_add(d, "isSynchronized", "TRUE");
	root_dse_add(d, "isGlobalCatalogReady", "TRUE");
}

/* "contoso.com" as "DC=contoso,DC=com". */
static int
ldap_dir_domain(const char *domain, char *out, size_t cap)
{
	struct span rest = span_of(domain);
	struct buf b;

	buf_over(&b, out, cap);
	while (rest.n != 0) {
		struct span label = span_cut(&rest, '.');

		buf_text(&b, b.n == 0 ? "DC=" : ",DC=");
		buf_span(&b, label);
	}
	buf_u8(&b, '\0');
	return b.err == 0 ? 0 : -ENAMETOOLONG;
}

/* Three naming contexts; of the schema only the name is known here. */
int
ldap_dir_init(struct ldap_dir *d, const struct ldap_dir_cfg *cfg)
{
	const struct ldap_object *domain;
	int err;

	*d = (struct ldap_dir){ .cfg = *cfg };
	/* The upper bound of a common name (RFC 5280, appendix A). */
	if (strlen(cfg->ca_name) > 64)
		return -ENAMETOOLONG;
	err = ldap_dir_domain(cfg->domain, d->domain_nc, sizeof d->domain_nc);
	if (err != 0)
		return err;
	snprintf(d->config_nc, sizeof d->config_nc, "CN=Configuration,%s", d->domain_nc);
	snprintf(
	    d->schema_nc, sizeof d->schema_nc, "CN=Schema,CN=Configuration,%s", d->domain_nc);

	domain = ldap_dir_add(d, NULL, d->domain_nc, CLASS_DOMAIN);
	ldap_dir_add(d, domain, "Users", CLASS_CONTAINER);
	ldap_dir_add(d, domain, "Computers", CLASS_CONTAINER);
	ldap_dir_add_pki(d, ldap_dir_add(d, NULL, d->config_nc, CLASS_CONFIGURATION));
	root_dse_fill(d);
	return 0;
}

/* ---- asking it ----------------------------------------------------------------- */

const struct ldap_object *
ldap_dir_find(const struct ldap_dir *d, struct span dn)
{
	for (size_t i = 0; i < d->n_objects; i++) {
		if (span_is_nocase(dn, d->object[i].dn))
			return &d->object[i];
	}
	return NULL;
}

/* How many levels below the base is it?  0: the base itself; -1: not below. */
static int
ldap_dir_depth(const char *dn, const char *base)
{
	size_t n = strlen(dn), n_base = strlen(base);
	int depth = 1;

	if (strcasecmp(dn, base) == 0)
		return 0;
	if (n <= n_base || dn[n - n_base - 1] != ',' || strcasecmp(dn + n - n_base, base) != 0)
		return -1;
	/* No name here has a comma in it. */
	for (size_t i = 0; i < n - n_base - 1; i++)
		depth += dn[i] == ',';
	return depth;
}

bool
ldap_dir_within(
    const struct ldap_object *o, const struct ldap_object *base, enum ldap_scope scope)
{
	int depth = ldap_dir_depth(o->dn, base->dn);

	/* The configuration lies below the domain by name, but in a context of its own. */
	if (o->in_config != base->in_config || depth < 0)
		return false;
	switch (scope) {
	case LDAP_BASE:
		return depth == 0;
	case LDAP_ONE:
		return depth == 1;
	case LDAP_SUBTREE:
		break;
	}
	return true;
}

/* Names and texts compare without case; certificates are not asked for by value. */
static bool
ldap_same(struct span a, struct span b)
{
	return a.n == b.n && strncasecmp((const char *)a.p, (const char *)b.p, a.n) == 0;
}

/* One value of the object; a category may be named by its class, which is the second
 * objectClass. */
static bool
ldap_value_is(const struct ldap_object *o, const struct ldap_value *have, struct span value)
{
	if (value.p == NULL || ldap_same(have->value, value))
		return true;
	return strcmp(have->attr, "objectCategory") == 0 &&
	    ldap_same(o->values[1].value, value);
}

bool
ldap_object_has(const void *object, struct span attr, struct span value)
{
	const struct ldap_object *o = object;

	for (size_t i = 0; i < o->n_values; i++) {
		if (ldap_attr_is(attr, o->values[i].attr) &&
		    ldap_value_is(o, &o->values[i], value))
			return true;
	}
	return false;
}
