/* cases_line.c - the cases of the pool's front end: TLS, and SIP over it. */
#include <errno.h>
#include <string.h>

#include "case_world.h"
#include "sim_tls.h"
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

/* A host with a good certificate that is not its own. */
static void
shows_other_name(struct case_world *c, struct sim *sim, const struct sim_parcel *p)
{
	const int64_t now_s = sim_wall_us(sim) / 1000000, day_s = 86400;
	const struct sim_cert cert = { .common_name = "elsewhere.contoso.com",
		.not_before_s = now_s - day_s,
		.not_after_s = now_s + day_s,
		.root = sim_pool_root(c->r->pool),
		.root_not_before_s = now_s - day_s,
		.root_not_after_s = now_s + day_s };

	(void)sim_meet(sim, p->h, &cert, 0);
}

/* What answers the ClientHello is no TLS: the real phone's library says so by an alert. */
static void
not_tls(struct case_world *c, struct sim *sim, const struct sim_parcel *p)
{
	const struct io_tls_seen seen = { .flaw = TLS_OTHER };

	(void)c;
	sim_down(sim, p->h, 0, -EPROTO, &seen);
}

const struct step_cases cases_line[] = {
	{
	    .step = &step_pool_tls_untrusted,
	    .happy = { .verdict = STEP_DONE, .tries = 1, .sent = "sip +0" },
	    .silence = { .mood = { .server = SERVERS_SIP, .catch = case_all },
		.verdict = STEP_FAIL,
		.why = WHY_TIMEOUT,
		.detail = "limit:30000ms",
		.tries = 3,
		.sent = "sip +0 +35000 +75000" },
	    .wrong_sender = { .mood = { .server = SERVERS_SIP,
				  .catch = case_all,
				  .answer = shows_other_name },
		.verdict = STEP_FAIL,
		.why = WHY_TLS,
		.detail = "tls:name",
		.tries = 1,
		.sent = "sip +0" },
	    .malformed = { .mood = { .server = SERVERS_SIP,
			       .catch = case_all,
			       .answer = not_tls },
		.verdict = STEP_FAIL,
		.why = WHY_TLS,
		.detail = "tls:other",
		.tries = 3,
		.sent = "sip +0 +5010 +15020" },
	    .refusal = { .mood = { .server = SERVERS_SIP, .fault = { .refuse = true } },
		.verdict = STEP_FAIL,
		.why = WHY_REFUSED,
		.detail = "errno:ECONNREFUSED",
		.tries = 3,
		.sent = "sip +0 +5010 +15020" },
	    .late = { .mood = { .server = SERVERS_SIP, .late_ms = 33000, .late_hello = true },
		.verdict = STEP_DONE,
		.tries = 2,
		.sent = "sip +0 +35000" },
	},
	{
	    .step = &step_pool_tls,
	    .happy = { .verdict = STEP_DONE, .tries = 1, .sent = "sip +0" },
	    .silence = { .mood = { .server = SERVERS_SIP, .catch = case_all },
		.verdict = STEP_FAIL,
		.why = WHY_TIMEOUT,
		.detail = "limit:30000ms",
		.tries = 4,
		.sent = "sip +0 +33000 +69000 +111000" },
	    .wrong_sender = { .mood = { .server = SERVERS_SIP,
				  .catch = case_all,
				  .answer = shows_other_name },
		.verdict = STEP_FAIL,
		.why = WHY_TLS,
		.detail = "tls:42",
		.tries = 4,
		.sent = "sip +0 +3010 +9020 +21030" },
	    .malformed = { .mood = { .server = SERVERS_SIP,
			       .catch = case_all,
			       .answer = not_tls },
		.verdict = STEP_FAIL,
		.why = WHY_TLS,
		.detail = "tls:other",
		.tries = 4,
		.sent = "sip +0 +3010 +9020 +21030" },
	    .refusal = { .mood = { .server = SERVERS_SIP, .fault = { .refuse = true } },
		.verdict = STEP_FAIL,
		.why = WHY_REFUSED,
		.detail = "errno:ECONNREFUSED",
		.tries = 4,
		.sent = "sip +0 +3010 +9020 +21030" },
	    .late = { .mood = { .server = SERVERS_SIP, .late_ms = 33000, .late_hello = true },
		.verdict = STEP_DONE,
		.tries = 2,
		.sent = "sip +0 +33000" },
	},
	{
	    .step = &step_sip_register,
	    .happy = { .verdict = STEP_DONE, .tries = 1, .sent = "sip 0 kdc 10 sip 20" },
	    .silence = { .mood = { .server = SERVERS_SIP, .catch = case_talk },
		.verdict = STEP_FAIL,
		.why = WHY_TIMEOUT,
		.detail = "sip:no answer",
		.tries = 3,
		.sent = "sip 0 +65000 65030 +135030 135060" },
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
	},
	{
	    .step = &step_sip_refresh,
	    .happy = { .verdict = STEP_DONE, .tries = 1, .sent = "sip 0" },
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
	},
};
const size_t cases_line_n = sizeof cases_line / sizeof cases_line[0];
