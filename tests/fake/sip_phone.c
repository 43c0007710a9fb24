/* sip_phone.c - see sip_phone.h. */
#include "sip_phone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "mem.h"
#include "steps.h"

int
sip_phone_set_up(void **state)
{
	long left = mem_fail_at(0); /* what a test lets fail is to be the phone's */
	struct sip_phone *t = mem_new(sizeof *t);

	t->p = fake_phone_new();
	t->kdc.password = "secret";
	sim_kdc_listen(t->p->f, &t->kdc);
	fake_phone_knows(t->p,
	    FACT_ADDRESS | FACT_DOMAIN | FACT_CLOCK | FACT_USER | FACT_POOL | FACT_ROOT |
		FACT_DC | FACT_TGT);
	sip_rig_init(&t->rig, t->p->f);
	(void)mem_fail_at(left);
	*state = t;
	return 0;
}

int
sip_phone_tear_down(void **state)
{
	struct sip_phone *t = *state;
	struct sip_rig *rig = &t->rig;

	fake_phone_free(t->p);
	sip_rig_down(rig);
	mem_free(t);
	assert_int_equal(mem_out(), 0);
	return 0;
}

static void
sip_phone_rows(struct sip_phone *t, bool provision)
{
	struct leg *leg = fake_phone_row(t->p, &step_pool_tls, 3);

	leg->gives = FACT_LINE;
	leg = fake_phone_row(t->p, &step_sip_register, 3);
	leg->needs = FACT_LINE;
	leg->gives = FACT_REGISTERED;
	leg->limit_ms = 180000;
	leg->retry_from = &step_pool_tls;
	if (!provision)
		return;
	leg = fake_phone_row(t->p, &step_sip_provision, 3);
	leg->needs = FACT_LINE | FACT_REGISTERED;
	leg->gives = FACT_PROVISIONED | FACT_URLS;
	leg->limit_ms = 180000;
	leg->retry_from = &step_pool_tls;
}

void
sip_phone_walk(struct sip_phone *t, bool provision)
{
	if (t->rig.server == NULL)
		sip_rig_up(&t->rig);
	sip_phone_rows(t, provision);
	fake_phone_walk_rows(t->p);
}

void
sip_phone_switch_on(struct sip_phone *t, bool provision)
{
	if (t->rig.server == NULL)
		sip_rig_up(&t->rig);
	sip_phone_rows(t, provision);
	fake_phone_switch_on(t->p);
}

size_t
sip_phone_tries(const struct sip_phone *t, const char *step)
{
	size_t n = 0;

	for (size_t i = 0; i < t->p->n_told; i++)
		n += strcmp(t->p->told[i].step, step) == 0;
	return n;
}

const struct fake_row *
sip_phone_try(const struct sip_phone *t, const char *step, size_t nth)
{
	size_t i = 0;

	assert_in_range(nth + 1, 1, sip_phone_tries(t, step));
	while (strcmp(t->p->told[i].step, step) != 0 || nth-- != 0)
		i++;
	return &t->p->told[i];
}

void
sip_phone_is(const struct sip_phone *t, const char *step, enum verdict verdict, enum reason why,
    const char *detail)
{
	const struct fake_row *row = NULL;

	for (size_t i = 0; i < t->p->n_told; i++)
		if (strcmp(t->p->told[i].step, step) == 0)
			row = &t->p->told[i];
	assert_non_null(row);
	assert_string_equal(row->detail, detail);
	assert_int_equal(row->verdict, verdict);
	assert_int_equal(row->why, why);
}
