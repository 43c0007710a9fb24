/* ldap_rig.c - see ldap_rig.h. */
#include "ldap_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mem.h"
#include "steps.h"

static void
on_call(void *arg, struct sim *f, const struct sim_call *c)
{
	struct ldap_rig *r = arg;
	struct buf *answer = &r->answers[r->at];

	if (c->deed == SIM_OPENED) {
		r->opened++;
		sim_up(f, c->h, 1000, NULL);
	}
	if (c->deed != SIM_SENT || r->at == r->n)
		return;
	r->at++;
	if (answer->n == 0)
		sim_down(f, c->h, 1000, 0, NULL);
	else
		sim_bytes(f, c->h, 1000, buf_bytes(answer));
}

int
ldap_rig_set_up(void **state)
{
	long left = mem_fail_at(0); /* what a test lets fail is to be the phone's */
	struct ldap_rig *r = mem_new(sizeof *r);

	r->p = fake_phone_new();
	fake_phone_knows(r->p, FACT_ADDRESS | FACT_DC | FACT_CLOCK | FACT_TGT);
	sim_kdc_listen(r->p->f, &r->kdc);
	sim_listen(r->p->f, SIM_STREAM, 389, on_call, r);
	(void)mem_fail_at(left);
	*state = r;
	return 0;
}

int
ldap_rig_tear_down(void **state)
{
	struct ldap_rig *r = *state;

	fake_phone_free(r->p);
	for (size_t i = 0; i < r->n; i++)
		buf_done(&r->answers[i]);
	mem_free(r);
	assert_int_equal(mem_out(), 0);
	return 0;
}

struct buf *
ldap_rig_answer(struct ldap_rig *r)
{
	assert_true(r->n < LDAP_RIG_ANSWERS);
	return &r->answers[r->n++];
}

void
ldap_rig_root_dse(struct ldap_rig *r, const struct ldap_value *values, size_t n)
{
	struct buf *b = ldap_rig_answer(r);
	struct ldap_result ok = { 0 };

	assert_int_equal(ldap_msg_entry(b, 1, "", values, n), 0);
	assert_int_equal(ldap_msg_done(b, 1, &ok, false), 0);
}

void
ldap_rig_bound(struct ldap_rig *r, int code, const char *text)
{
	struct ldap_result result = { .code = code, .text = span_of(text) };

	assert_int_equal(
	    ldap_msg_bind_response(ldap_rig_answer(r), LDAP_RIG_BIND_ID, &result), 0);
}

void
ldap_rig_usual(struct ldap_rig *r)
{
	const struct ldap_value values[] = { { "configurationNamingContext", span_of("CN=C") },
		{ "supportedSASLMechanisms", span_of("GSS-SPNEGO") } };

	ldap_rig_root_dse(r, values, 2);
	ldap_rig_bound(r, LDAP_SUCCESS, "");
}

void
ldap_rig_walk(struct ldap_rig *r, unsigned tries)
{
	struct leg *leg = fake_phone_row(r->p, &step_ldap_bind, tries);

	leg->gives = FACT_DIRECTORY;
	leg = fake_phone_row(r->p, &step_ldap_find_ca, tries);
	leg->gives = FACT_CA;
	leg->retry_from = &step_ldap_bind;
	fake_phone_walk_rows(r->p);
}

void
ldap_rig_ended(const struct ldap_rig *r, const char *step, enum verdict verdict,
    enum reason why, const char *detail)
{
	assert_string_equal(r->p->row->step, step);
	assert_string_equal(r->p->row->detail, detail);
	assert_int_equal(r->p->row->verdict, verdict);
	assert_int_equal(r->p->row->why, why);
}
