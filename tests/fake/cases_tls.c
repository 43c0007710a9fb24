/* cases_tls.c - the cases of TLS with the pool: before its root is trusted, and after. */
#include <errno.h>

#include "case_world.h"
#include "sim_tls.h"
#include "step_cases.h"
#include "steps.h"

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

/* It speaks none of the phone's suites: alert 40. */
static void
no_cipher(struct case_world *c, struct sim *sim, const struct sim_parcel *p)
{
	(void)c;
	(void)sim_meet(sim, p->h, NULL, 0);
}

/* What answers the ClientHello is no TLS: the real phone's library says so by an alert. */
static void
not_tls(struct case_world *c, struct sim *sim, const struct sim_parcel *p)
{
	const struct io_tls_seen seen = { .flaw = TLS_OTHER };

	(void)c;
	sim_down(sim, p->h, 0, -EPROTO, &seen);
}

const struct step_cases cases_tls[] = {
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
	    .refusal = { .mood = { .server = SERVERS_SIP,
			     .catch = case_all,
			     .answer = no_cipher },
		.verdict = STEP_FAIL,
		.why = WHY_TLS,
		.detail = "tls:40",
		.tries = 3,
		.sent = "sip +0 +5010 +15020" },
	    .late = { .mood = { .server = SERVERS_SIP, .late_ms = 33000, .late_hello = true },
		.verdict = STEP_DONE,
		.tries = 2,
		.sent = "sip +0 +35000" },
	    .closed = { .mood = { .server = SERVERS_SIP, .fault = { .refuse = true } },
		.verdict = STEP_FAIL,
		.why = WHY_REFUSED,
		.detail = "errno:ECONNREFUSED",
		.tries = 3,
		.sent = "sip +0 +5010 +15020" },
	    .lost = { .mood = { .server = SERVERS_SIP, .fault = { .reset = true } },
		.verdict = STEP_FAIL,
		.why = WHY_RESET,
		.detail = "errno:ECONNRESET",
		.tries = 3,
		.sent = "sip +0 +5010 +15020" },
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
	    .refusal = { .mood = { .server = SERVERS_SIP,
			     .catch = case_all,
			     .answer = no_cipher },
		.verdict = STEP_FAIL,
		.why = WHY_TLS,
		.detail = "tls:40",
		.tries = 4,
		.sent = "sip +0 +3010 +9020 +21030" },
	    .late = { .mood = { .server = SERVERS_SIP, .late_ms = 33000, .late_hello = true },
		.verdict = STEP_DONE,
		.tries = 2,
		.sent = "sip +0 +33000" },
	    .closed = { .mood = { .server = SERVERS_SIP, .fault = { .refuse = true } },
		.verdict = STEP_FAIL,
		.why = WHY_REFUSED,
		.detail = "errno:ECONNREFUSED",
		.tries = 4,
		.sent = "sip +0 +3010 +9020 +21030" },
	    .lost = { .mood = { .server = SERVERS_SIP, .fault = { .reset = true } },
		.verdict = STEP_FAIL,
		.why = WHY_RESET,
		.detail = "errno:ECONNRESET",
		.tries = 4,
		.sent = "sip +0 +3010 +9020 +21030" },
	},
};
const size_t cases_tls_n = sizeof cases_tls / sizeof cases_tls[0];
