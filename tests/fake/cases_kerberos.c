/* cases_kerberos.c - the cases of the login at the KDC. */
#include "sim_krb.h"
#include "step_cases.h"
#include "steps.h"

enum { AS_REQ_NONCE = 2, PREAUTH_FAILED = 24 };

/* What was asked is something else than the phone believes, and so is the answer. */
static bool
other_nonce(struct sim_parcel *p)
{
	struct sim_krb m;

	if (p->deed == SIM_SENT &&
	    sim_krb_read((struct span){ p->bytes, p->n }, false, &m) == 0 && m.n > AS_REQ_NONCE)
		p->bytes[m.field[AS_REQ_NONCE].p - p->bytes] ^= 0x55;
	return false;
}

const struct step_cases cases_kerberos[] = {
	{
	    .step = &step_krb_login,
	    .happy = { .verdict = STEP_DONE, .tries = 1, .sent = "kdc 0 10" },
	    .silence = { .mood = { .server = SERVERS_KDC, .catch = case_all },
		.verdict = STEP_FAIL,
		.why = WHY_TIMEOUT,
		.detail = "errno:ETIMEDOUT",
		.tries = 3,
		.sent = "kdc 0 1000 3000 9000 10000 12000 20000 21000 23000" },
	    .wrong_sender = { .mood = { .server = SERVERS_KDC, .catch = other_nonce },
		.verdict = STEP_FAIL,
		.why = WHY_BAD_REPLY,
		.detail = "krb:0 KDC reply did not match expectations",
		.tries = 3,
		.sent = "kdc 0 10 2020 2030 6040 6050" },
	    .malformed = { .mood = { .server = SERVERS_KDC, .spoil = case_half },
		.verdict = STEP_FAIL,
		.why = WHY_BAD_REPLY,
		.detail = "krb:0 ASN.1 encoding ended unexpectedly",
		.tries = 3,
		.sent = "kdc 0 2010 6020" },
	    .refusal = { .mood = { .server = SERVERS_KDC,
			     .fault = { .answer = PREAUTH_FAILED } },
		.verdict = STEP_FAIL,
		.why = WHY_AUTH,
		.detail = "krb:24 KDC_ERR_PREAUTH_FAILED",
		.tries = 1,
		.sent = "kdc 0 10" },
	    .late = { .mood = { .server = SERVERS_KDC, .late_ms = 998 },
		.verdict = STEP_DONE,
		.tries = 1,
		.sent = "kdc 0 1000 1008" },
	    .closed = { .mood = { .server = SERVERS_KDC, .fault = { .refuse = true } },
		.verdict = STEP_FAIL,
		.why = WHY_REFUSED,
		.detail = "errno:ECONNREFUSED",
		.tries = 3,
		.sent = "kdc 0 2010 6020" },
	    .lost = { .none = "a datagram has no connection to lose" },
	},
};
const size_t cases_kerberos_n = sizeof cases_kerberos / sizeof cases_kerberos[0];
