/*
 * serve_ldap_dir.h - the tiny directory of the embedded domain controller: a
 * forest of one domain with the objects of Public Key Services, and the rootDSE.
 */
#ifndef SERVE_LDAP_DIR_H
#define SERVE_LDAP_DIR_H
#include <stdbool.h>
#include <stddef.h>

#include "ldap_msg.h"
#include "span.h"

enum {
	LDAP_DIR_OBJECTS = 16,
	LDAP_DIR_VALUES = 12,
	LDAP_DIR_NAME_MAX = 128,
	LDAP_DIR_DN_MAX = 320,
	LDAP_DIR_ROOT_DSE = 24
};

struct ldap_object {
	char dn[LDAP_DIR_DN_MAX], category[LDAP_DIR_DN_MAX], name[LDAP_DIR_NAME_MAX];
	bool in_config; /* naming context: the configuration's, else the domain's */
	struct ldap_value values[LDAP_DIR_VALUES]; /* of one attribute together */
	size_t n_values;
};

struct ldap_dir_cfg {        /* all lent */
	const char *domain;  /* "contoso.com" */
	const char *dc_name; /* "dc01.contoso.com" */
	const char *ca_name; /* common name of the CA */
	const char *ca_host; /* dNSHostName of its enrollment service */
	struct span root;    /* its certificate, DER */
	bool no_enrollment;  /* no object of an enrollment service */
	bool publish;        /* the certificate stands in the directory as cACertificate */
};

struct ldap_dir {
	struct ldap_dir_cfg cfg;
	char domain_nc[LDAP_DIR_NAME_MAX], config_nc[LDAP_DIR_DN_MAX],
	    schema_nc[LDAP_DIR_DN_MAX];
	struct ldap_object object[LDAP_DIR_OBJECTS];
	size_t n_objects;
	struct ldap_value root_dse[LDAP_DIR_ROOT_DSE];
	size_t n_root_dse;
};

/* Fill it.  It points into itself: not to be copied.  0 or -ENAMETOOLONG. */
int ldap_dir_init(struct ldap_dir *, const struct ldap_dir_cfg *);

/* The object with this name (case aside), or NULL. */
const struct ldap_object *ldap_dir_find(const struct ldap_dir *, struct span dn);

/* Is an object within a search's base (which is an object, too) and scope?  As in Active
 * Directory no search leaves the base's naming context. */
bool ldap_dir_within(
    const struct ldap_object *, const struct ldap_object *base, enum ldap_scope);

/* ldap_has_fn of an object.  objectCategory may be asked for by class name, too. */
bool ldap_object_has(const void *object, struct span attr, struct span value);

#endif
