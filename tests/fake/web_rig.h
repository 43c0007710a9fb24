/*
 * web_rig.h - for tests: a phone, name servers, and a web server on ports 80, 443 and 8080 that
 * says whatever the test wants.
 */
#ifndef TESTS_FAKE_WEB_RIG_H
#define TESTS_FAKE_WEB_RIG_H
#include "fake_dns.h"
#include "fake_http_server.h"
#include "fake_phone.h"

struct web_rig {
	struct fake_phone *p; /* knows its address, domain, clock and user */
	struct fake_http_server web;
	struct fake_dns dns; /* of contoso.com: pool, ucupdates-r2, dc01, mail, autodiscover */
	struct sim_kdc kdc;  /* lets everybody in */

	/* What every answer is. */
	int status;            /* 200 */
	const char *body;      /* the body so many times */
	size_t pages;          /* 1 */
	const char *negotiate; /* the value of WWW-Authenticate, or NULL */

	char posted[4096]; /* the body of the last request that had one */
};

/* cmocka fixtures: *state is a struct web_rig. */
int web_rig_set_up(void **state);
int web_rig_tear_down(void **state);
#define WEB_TEST(name) cmocka_unit_test_setup_teardown(name, web_rig_set_up, web_rig_tear_down)

/* What the phone knows of itself, for fake_phone_walk_again(). */
extern const uint32_t web_rig_usual;

/* The last row told ended like this. */
void web_rig_ended(const struct web_rig *, enum verdict, enum reason, const char *detail);

#endif
