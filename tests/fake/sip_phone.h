/* sip_phone.h - for tests: a fake phone that walks the rows of the SIP sign-in, and its front
 * end. */
#ifndef TESTS_FAKE_SIP_PHONE_H
#define TESTS_FAKE_SIP_PHONE_H
#include "fake_phone.h"
#include "sip_rig.h"

struct sip_phone {
	struct fake_phone *p;
	struct sip_rig rig;
	struct sim_kdc kdc;
};

/* cmocka fixtures: *state is a struct sip_phone; the rig may still be changed. */
int sip_phone_set_up(void **state);
int sip_phone_tear_down(void **state);

/* The rig goes up, the rows pool_tls, sip_register (3 tries) and, if wanted, sip_provision are
 * walked. */
void sip_phone_walk(struct sip_phone *, bool provision);
/* The same, but the test runs the world. */
void sip_phone_switch_on(struct sip_phone *, bool provision);

/* How many tries of this step were told, and what the n-th (0: the first) came to, which must
 * be there. */
size_t sip_phone_tries(const struct sip_phone *, const char *step);
const struct fake_row *sip_phone_try(const struct sip_phone *, const char *step, size_t nth);

/* The last told of this step was this. */
void sip_phone_is(
    const struct sip_phone *, const char *step, enum verdict, enum reason, const char *detail);

#endif
