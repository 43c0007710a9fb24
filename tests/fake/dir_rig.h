/*
 * dir_rig.h - for tests: a domain controller's LDAP (port 389) and the CA's web
 * server (port 80) of harness/serve in the fake world, with the toy acceptor; and a DNS server
 * (port 53) that knows where dc01.contoso.com is.
 */
#ifndef FAKE_DIR_RIG_H
#define FAKE_DIR_RIG_H
#include "serve_ca_web.h"
#include "serve_dns.h"
#include "serve_ldap.h"
#include "sim.h"
#include "sim_auth.h"

enum { DIR_RIG_CONNS = 4 };

struct dir_rig {
	struct serve_ldap ldap;
	struct serve_ca_web web;
	struct acceptor *acceptor;
	struct serve_dns *dns;
	struct buf p7b, root; /* tests/golden/p7b */
	struct dir_rig_conn {
		struct io_handle *h;
		struct serve_ldap_conn conn;
	} conns[DIR_RIG_CONNS];
	unsigned connections; /* ever opened */
	size_t piece;         /* != 0: LDAP answers come in pieces of so many bytes */
	int web_status;       /* != 0: the web server answers this to a request with a token */
	const char *web_body; /* != NULL: and this, with 200 */
	bool web_open;        /* asks nobody for a token */
	unsigned web_asked;
};

/* refused: the SPN whose tokens are not taken, or NULL; publish: cACertificate is there. */
void dir_rig_up(struct dir_rig *, struct sim *, const char *refused, bool publish);
void dir_rig_down(struct dir_rig *);

/* Its LDAP server's ear, for a listener that wants to come between: arg is the rig. */
sim_fn dir_rig_ldap;

/* The bytes of a file in tests/golden/p7b, out of their armour if they have one. */
struct buf dir_rig_load(const char *name);

#endif
