/* fuzz_krb.h - one client of the toy Kerberos and the servers' side of it, made once. */
#ifndef TESTS_FUZZ_KRB_H
#define TESTS_FUZZ_KRB_H
#include "accept.h"
#include "auth.h"
#include "fuzz.h"
#include "sim_accept.h"
#include "sim_auth.h"

#define FUZZ_USER "phone00001"
#define FUZZ_REALM "CONTOSO.COM"
#define FUZZ_SIP_SPN "sip/fe01.contoso.com"

/* Believes every token of the toy's but those for HTTP/dc01. */
static inline struct acceptor *
fuzz_acceptor(void)
{
	static struct acceptor *acceptor;

	if (acceptor == NULL)
		acceptor = sim_acceptor_new("HTTP/dc01");
	HOLDS(acceptor != NULL);
	return acceptor;
}

/* A phone that has a ticket for everything asked for here. */
static inline struct auth *
fuzz_auth(void)
{
	static struct sim_auth *auth;

	if (auth == NULL) {
		auth = sim_auth_new(FUZZ_USER, FUZZ_REALM, "secret");
		sim_auth_has_ticket(auth, FUZZ_SIP_SPN);
		sim_auth_has_ticket(auth, "ldap/dc01.contoso.com");
		sim_auth_has_ticket(auth, "HTTP/dc01.contoso.com");
		sim_auth_has_ticket(auth, "HTTP/dc01");
	}
	HOLDS(auth != NULL);
	return sim_auth(auth);
}

#endif
