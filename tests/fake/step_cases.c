/* step_cases.c - the page: all families of steps; each step of the phone is in one of them. */
#include "step_cases.h"

/* clang-format off */
const struct step_family step_families[] = {
	{ cases_dhcp,      &cases_dhcp_n },      /* address: lease, voice VLAN, renewal, release */
	{ cases_dns,       &cases_dns_n },       /* names: time server, pool, domain controller, Exchange */
	{ cases_clock,     &cases_clock_n },     /* the time, and the person who types */
	{ cases_kerberos,  &cases_kerberos_n },  /* the login */
	{ cases_directory, &cases_directory_n }, /* LDAP: bind, look for the CA */
	{ cases_trust,     &cases_trust_n },     /* the CA's web server */
	{ cases_tls,       &cases_tls_n },       /* TLS with the pool, twice */
	{ cases_line,      &cases_line_n },      /* SIP over it */
	{ cases_mailbox,   &cases_mailbox_n },   /* Exchange */
	{ cases_update,    &cases_update_n },    /* the update service */
};
/* clang-format on */
const size_t step_families_n = sizeof step_families / sizeof step_families[0];

static const char *const names[STEP_CASES] = { "happy", "silence", "wrong sender", "malformed",
	"refusal", "late", "closed", "lost" };

const struct step_case *
step_case_at(const struct step_cases *s, size_t i)
{
	const struct step_case *const all[STEP_CASES] = { &s->happy, &s->silence,
		&s->wrong_sender, &s->malformed, &s->refusal, &s->late, &s->closed, &s->lost };

	return all[i];
}

const char *
step_case_name(size_t i)
{
	return names[i];
}

const struct step_cases *
step_cases_of(const struct step_ops *step)
{
	for (size_t f = 0; f < step_families_n; f++)
		for (size_t i = 0; i < *step_families[f].n; i++)
			if (step_families[f].cases[i].step == step)
				return &step_families[f].cases[i];
	return NULL;
}
