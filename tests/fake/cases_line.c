/* cases_line.c - the cases of SIP at the pool's front end. */
#include <string.h>

#include "step_cases.h"
#include "steps.h"

/* Behind this text in what the server says stands another letter. */
static void
other_behind(struct sim_parcel *p, const char *text)
{
	uint8_t *at = p->kind == IO_BYTES ? memmem(p->bytes, p->n, text, strlen(text)) : NULL;

	if (at != NULL)
		at[strlen(text)] ^= 1;
}

/* Signed by a key that is not the context's. */
static void
other_key(struct sim_parcel *p)
{
	other_behind(p, "rspauth=\"");
}

/* Nothing that SIP begins with, in a frame that is right. */
static void
no_status(struct sim_parcel *p)
{
	for (uint64_t i = 0; p->kind == IO_BYTES && i < p->n && p->bytes[i] != '\r'; i++)
		p->bytes[i] = '?';
}

/* Of a dialog that is not the phone's. */
static void
other_call(struct sim_parcel *p)
{
	other_behind(p, "Call-ID: ");
}

const struct step_cases cases_line[] = {
	{
	    .step = &step_sip_register,
	    .happy = { .verdict = STEP_DONE, .tries = 1, .sent = "sip 0 kdc 10 sip 20" },
	    /* A transaction over TLS gives up after 60 s, and the line with it: back to
	       pool_tls. */
	    .silence = { .mood = { .server = SERVERS_SIP, .catch = case_talk },
		.verdict = STEP_FAIL,
		.why = WHY_TIMEOUT,
		.detail = "sip:no answer",
		.tries = 3,
		.sent = "sip 0 +65000 65030 +135030 135060" },
	    /* What is wrongly signed is as if it had not come. */
	    .wrong_sender = { .mood = { .server = SERVERS_SIP, .spoil = other_key },
		.verdict = STEP_FAIL,
		.why = WHY_AUTH,
		.detail = "sip:wrong signature",
		.tries = 3,
		.sent = "sip 0 kdc 10 sip 20 +65020 65050 65060 +135060 135090 135100" },
	    .malformed = { .mood = { .server = SERVERS_SIP, .spoil = no_status },
		.verdict = STEP_FAIL,
		.why = WHY_BAD_REPLY,
		.detail = "errno:EBADMSG",
		.tries = 3,
		.sent = "sip 0 +5010 5040 +15050 15080" },
	    .refusal = { .mood = { .server = SERVERS_SIP, .fault = { .answer = 403 } },
		.verdict = STEP_FAIL,
		.why = WHY_REFUSED,
		.detail = "sip:403/17002",
		.tries = 1,
		.sent = "sip 0" },
	    .late = { .mood = { .server = SERVERS_SIP, .late_ms = 66000 },
		.verdict = STEP_DONE,
		.tries = 2,
		.sent = "sip 0 +65000 65030 kdc 65040 sip 65050" },
	    /* The line is up; so below. */
	    .closed = { .mood = { .server = SERVERS_SIP, .fault = { .refuse = true } },
		.verdict = STEP_DONE,
		.tries = 1,
		.sent = "sip 0 kdc 10 sip 20" },
	    .lost = { .mood = { .server = SERVERS_SIP, .fault = { .reset = true } },
		.verdict = STEP_FAIL,
		.why = WHY_RESET,
		.detail = "errno:ECONNRESET",
		.tries = 3,
		.sent = "sip 0 +5010 5040 +15050 15080" },
	},
	{
	    .step = &step_sip_provision,
	    .happy = { .verdict = STEP_DONE, .tries = 1, .sent = "sip 0 0 0" },
	    .silence = { .mood = { .server = SERVERS_SIP, .catch = case_talk },
		.verdict = STEP_FAIL,
		.why = WHY_TIMEOUT,
		.detail = "sip:no answer",
		.tries = 3,
		.sent = "sip 0 0 0 +65000 65030 65040 65050 65050 65050 +135050 135080 135090 "
			"135100 135100 135100" },
	    .wrong_sender = { .mood = { .server = SERVERS_SIP, .spoil = other_call },
		.verdict = STEP_FAIL,
		.why = WHY_TIMEOUT,
		.detail = "sip:no answer",
		.tries = 3,
		.sent = "sip 0 0 0 +65000 65030 65040 65050 65050 65050 +135050 135080 135090 "
			"135100 135100 135100" },
	    .malformed = { .mood = { .server = SERVERS_SIP, .spoil = no_status },
		.verdict = STEP_FAIL,
		.why = WHY_BAD_REPLY,
		.detail = "errno:EBADMSG",
		.tries = 3,
		.sent = "sip 0 0 0 +5010 5040 5050 5060 5060 5060 +15070 15100 15110 15120 "
			"15120 15120" },
	    .refusal = { .mood = { .server = SERVERS_SIP, .fault = { .answer = 403 } },
		.verdict = STEP_FAIL,
		.why = WHY_REFUSED,
		.detail = "sip:403/17002",
		.tries = 1,
		.sent = "sip 0 0 0" },
	    .late = { .mood = { .server = SERVERS_SIP, .late_ms = 66000 },
		.verdict = STEP_DONE,
		.tries = 2,
		.sent = "sip 0 0 0 +65000 65030 65040 65050 65050 65050" },
	    .closed = { .mood = { .server = SERVERS_SIP, .fault = { .refuse = true } },
		.verdict = STEP_DONE,
		.tries = 1,
		.sent = "sip 0 0 0" },
	    .lost = { .mood = { .server = SERVERS_SIP, .fault = { .reset = true } },
		.verdict = STEP_FAIL,
		.why = WHY_RESET,
		.detail = "errno:ECONNRESET",
		.tries = 3,
		.sent = "sip 0 0 0 +5010 5040 5050 5060 5060 5060 +15070 15100 15110 15120 "
			"15120 15120" },
	},
	{
	    .step = &step_sip_refresh,
	    .happy = { .verdict = STEP_DONE, .tries = 1, .sent = "sip 0" },
	    /* Two tries, but it costs the line, which another chore makes again. */
	    .silence = { .mood = { .server = SERVERS_SIP, .catch = case_talk },
		.verdict = STEP_FAIL,
		.why = WHY_TIMEOUT,
		.detail = "sip:no answer",
		.tries = 1,
		.sent = "sip 0" },
	    .wrong_sender = { .mood = { .server = SERVERS_SIP, .spoil = other_key },
		.verdict = STEP_FAIL,
		.why = WHY_AUTH,
		.detail = "sip:wrong signature",
		.tries = 1,
		.sent = "sip 0" },
	    .malformed = { .mood = { .server = SERVERS_SIP, .spoil = no_status },
		.verdict = STEP_FAIL,
		.why = WHY_BAD_REPLY,
		.detail = "errno:EBADMSG",
		.tries = 1,
		.sent = "sip 0" },
	    .refusal = { .mood = { .server = SERVERS_SIP, .fault = { .answer = 403 } },
		.verdict = STEP_FAIL,
		.why = WHY_REFUSED,
		.detail = "sip:403/17002",
		.tries = 1,
		.sent = "sip 0" },
	    .late = { .mood = { .server = SERVERS_SIP, .late_ms = 66000 },
		.verdict = STEP_FAIL,
		.why = WHY_TIMEOUT,
		.detail = "sip:no answer",
		.tries = 1,
		.sent = "sip 0" },
	    .closed = { .mood = { .server = SERVERS_SIP, .fault = { .refuse = true } },
		.verdict = STEP_DONE,
		.tries = 1,
		.sent = "sip 0" },
	    .lost = { .mood = { .server = SERVERS_SIP, .fault = { .reset = true } },
		.verdict = STEP_FAIL,
		.why = WHY_RESET,
		.detail = "errno:ECONNRESET",
		.tries = 1,
		.sent = "sip 0" },
	},
	{
	    .step = &step_sip_sign_out,
	    .happy = { .verdict = STEP_DONE, .tries = 1, .sent = "sip 0 0 0" },
	    .silence = { .mood = { .server = SERVERS_SIP, .catch = case_talk },
		.verdict = STEP_FAIL,
		.why = WHY_TIMEOUT,
		.detail = "limit:5000ms",
		.tries = 1,
		.sent = "sip 0 0 0" },
	    .wrong_sender = { .mood = { .server = SERVERS_SIP, .spoil = other_call },
		.verdict = STEP_FAIL,
		.why = WHY_TIMEOUT,
		.detail = "limit:5000ms",
		.tries = 1,
		.sent = "sip 0 0 0" },
	    .malformed = { .mood = { .server = SERVERS_SIP, .spoil = no_status },
		.verdict = STEP_FAIL,
		.why = WHY_BAD_REPLY,
		.detail = "errno:EBADMSG",
		.tries = 1,
		.sent = "sip 0 0 0" },
	    /* Any final answer will do. */
	    .refusal = { .mood = { .server = SERVERS_SIP, .fault = { .answer = 403 } },
		.verdict = STEP_DONE,
		.tries = 1,
		.sent = "sip 0 0 0" },
	    .late = { .mood = { .server = SERVERS_SIP, .late_ms = 66000 },
		.verdict = STEP_FAIL,
		.why = WHY_TIMEOUT,
		.detail = "limit:5000ms",
		.tries = 1,
		.sent = "sip 0 0 0" },
	    .closed = { .mood = { .server = SERVERS_SIP, .fault = { .refuse = true } },
		.verdict = STEP_DONE,
		.tries = 1,
		.sent = "sip 0 0 0" },
	    .lost = { .mood = { .server = SERVERS_SIP, .fault = { .reset = true } },
		.verdict = STEP_FAIL,
		.why = WHY_RESET,
		.detail = "errno:ECONNRESET",
		.tries = 1,
		.sent = "sip 0 0 0" },
	},
};
const size_t cases_line_n = sizeof cases_line / sizeof cases_line[0];
