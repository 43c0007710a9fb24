/*
 * ldap_rig.h - for tests: a phone, a KDC, and a directory that says what the test wrote for the
 * first request, the second, and so on.
 */
#ifndef TESTS_FAKE_LDAP_RIG_H
#define TESTS_FAKE_LDAP_RIG_H
#include "fake_phone.h"
#include "ldap_msg.h"

enum { LDAP_RIG_ANSWERS = 12, LDAP_RIG_BIND_ID = 2, LDAP_RIG_FIND_ID = 101 };

struct ldap_rig {
	struct fake_phone *p;
	struct sim_kdc kdc;
	/* One a request, however many connections it takes; an empty one hangs up in order,
	 * none is silence. */
	struct buf answers[LDAP_RIG_ANSWERS];
	size_t n, at;
	unsigned opened;
};

/* cmocka fixtures: *state is a struct ldap_rig. */
int ldap_rig_set_up(void **state);
int ldap_rig_tear_down(void **state);
#define LDAP_TEST(name) \
	cmocka_unit_test_setup_teardown(name, ldap_rig_set_up, ldap_rig_tear_down)

/* The next answer, to be filled. */
struct buf *ldap_rig_answer(struct ldap_rig *);

/* The next answer is a rootDSE with these values / a bind response with this result. */
void ldap_rig_root_dse(struct ldap_rig *, const struct ldap_value *, size_t n);
void ldap_rig_bound(struct ldap_rig *, int code, const char *text);
/* Both, as they should be: the searches may follow. */
void ldap_rig_usual(struct ldap_rig *);

/* Walk ldap_bind and ldap_find_ca, as the table has them. */
void ldap_rig_walk(struct ldap_rig *, unsigned tries);

/* The last row told was this one, and ended like this. */
void ldap_rig_ended(
    const struct ldap_rig *, const char *step, enum verdict, enum reason, const char *detail);

#endif
