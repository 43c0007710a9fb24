/* cases_directory.c - the cases of the directory: bind, and the search for the CA. */
#include "step_cases.h"
#include "steps.h"

enum { BUSY = 51, WRONG_PASSWORD = 49, BER_INTEGER = 2 };

/* Where the last byte of the message id is, RFC 4511 4.1.1; NULL: this is no answer. */
static uint8_t *
message_id(const struct sim_parcel *p)
{
	size_t at =
	    p->n > 1 && p->bytes != NULL && p->bytes[1] > 0x80 ? 2 + (p->bytes[1] & 0x7fu) : 2;

	if (p->kind != IO_BYTES || at + 2 >= p->n || p->bytes[at] != BER_INTEGER)
		return NULL;
	return &p->bytes[at + 1 + p->bytes[at + 1]];
}

/* The answer to another request. */
static void
other_message(struct sim_parcel *p)
{
	if (message_id(p) != NULL)
		*message_id(p) ^= 0x55;
}

const struct step_cases cases_directory[] = {
	{
	    .step = &step_ldap_bind,
	    .happy = { .verdict = STEP_DONE, .tries = 1, .sent = "kdc 0 ldap +10 20 30" },
	    .silence = { .mood = { .server = SERVERS_LDAP, .catch = case_all },
		.verdict = STEP_FAIL,
		.why = WHY_TIMEOUT,
		.detail = "limit:20000ms",
		.tries = 3,
		.sent = "kdc 0 ldap +10 +22000 +46000" },
	    .wrong_sender = { .mood = { .server = SERVERS_LDAP, .spoil = other_message },
		.verdict = STEP_FAIL,
		.why = WHY_BAD_REPLY,
		.detail = "errno:EPROTO",
		.tries = 3,
		.sent = "kdc 0 ldap +10 20 +2030 2040 +6050 6060" },
	    .malformed = { .mood = { .server = SERVERS_LDAP, .spoil = case_noise },
		.verdict = STEP_FAIL,
		.why = WHY_BAD_REPLY,
		.detail = "errno:EBADMSG",
		.tries = 3,
		.sent = "kdc 0 ldap +10 20 +2030 2040 +6050 6060" },
	    .refusal = { .mood = { .server = SERVERS_LDAP,
			     .fault = { .answer = WRONG_PASSWORD } },
		.verdict = STEP_FAIL,
		.why = WHY_AUTH,
		.detail =
		    "ldap:49 8009030C: LdapErr: DSID-0C0904DC, comment: AcceptSecurityContex",
		.tries = 1,
		.sent = "kdc 0 ldap +10 20 30" },
	    .late = { .mood = { .server = SERVERS_LDAP, .late_ms = 22000 },
		.verdict = STEP_DONE,
		.tries = 2,
		.sent = "kdc 0 ldap +10 20 +22000 22010 22020" },
	    .closed = { .mood = { .server = SERVERS_LDAP, .fault = { .refuse = true } },
		.verdict = STEP_FAIL,
		.why = WHY_REFUSED,
		.detail = "errno:ECONNREFUSED",
		.tries = 3,
		.sent = "kdc 0 ldap +10 +2020 +6030" },
	    .lost = { .mood = { .server = SERVERS_LDAP, .fault = { .reset = true } },
		.verdict = STEP_FAIL,
		.why = WHY_RESET,
		.detail = "errno:ECONNRESET",
		.tries = 3,
		.sent = "kdc 0 ldap +10 +2020 +6030" },
	},
	{
	    .step = &step_ldap_find_ca,
	    .happy = { .verdict = STEP_DONE, .tries = 1, .sent = "ldap 0 10 20" },
	    .silence = { .mood = { .server = SERVERS_LDAP, .catch = case_talk },
		.verdict = STEP_FAIL,
		.why = WHY_TIMEOUT,
		.detail = "limit:20000ms",
		.tries = 3,
		.sent = "ldap 0 +22000 22010 22020 22030 +46030 46040 46050 46060" },
	    .wrong_sender = { .mood = { .server = SERVERS_LDAP, .spoil = other_message },
		.verdict = STEP_FAIL,
		.why = WHY_BAD_REPLY,
		.detail = "errno:EPROTO",
		.tries = 3,
		.sent = "ldap 0 +2010 2020 2030 2040 +6050 6060 6070 6080" },
	    .malformed = { .mood = { .server = SERVERS_LDAP, .spoil = case_noise },
		.verdict = STEP_FAIL,
		.why = WHY_BAD_REPLY,
		.detail = "errno:EBADMSG",
		.tries = 3,
		.sent = "ldap 0 +2010 2020 2030 2040 +6050 6060 6070 6080" },
	    .refusal = { .mood = { .server = SERVERS_LDAP, .fault = { .answer = BUSY } },
		.verdict = STEP_FAIL,
		.why = WHY_SERVER_ERROR,
		.detail =
		    "ldap:51 0000200E: SvcErr: DSID-031A120C, problem 5001 (BUSY), data 0",
		.tries = 3,
		.sent = "ldap 0 +2010 2020 2030 2040 +6050 6060 6070 6080" },
	    .late = { .mood = { .server = SERVERS_LDAP, .late_ms = 22000 },
		.verdict = STEP_DONE,
		.tries = 2,
		.sent = "ldap 0 +22000 22010 22020 22030 22040 22050" },
	    /* The connection of ldap_bind is open. */
	    .closed = { .mood = { .server = SERVERS_LDAP, .fault = { .refuse = true } },
		.verdict = STEP_DONE,
		.tries = 1,
		.sent = "ldap 0 10 20" },
	    .lost = { .mood = { .server = SERVERS_LDAP, .fault = { .reset = true } },
		.verdict = STEP_FAIL,
		.why = WHY_RESET,
		.detail = "errno:ECONNRESET",
		.tries = 3,
		.sent = "ldap 0 +2010 2020 2030 2040 +6050 6060 6070 6080" },
	},
};
const size_t cases_directory_n = sizeof cases_directory / sizeof cases_directory[0];
