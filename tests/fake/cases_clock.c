/* cases_clock.c - the cases of the time server, and of the person who types. */

#include "step_cases.h"
#include "steps.h"

enum { NTP_ORIGIN = 24 };

/* The answer to another request. */
static void
other_origin(struct sim_parcel *p)
{
	p->bytes[NTP_ORIGIN] ^= 0x55;
}

const struct step_cases cases_clock[] = {
	{
	    .step = &step_ntp_sync,
	    .happy = { .verdict = STEP_DONE, .tries = 1, .sent = "ntp 0" },
	    .silence = { .mood = { .server = SERVERS_NTP, .catch = case_all },
		.verdict = STEP_FAIL,
		.why = WHY_TIMEOUT,
		.detail = "limit:5000ms",
		.tries = 4,
		.sent = "ntp 0 8000 19000 36000" },
	    .wrong_sender = { .mood = { .server = SERVERS_NTP, .spoil = other_origin },
		.verdict = STEP_FAIL,
		.why = WHY_TIMEOUT,
		.detail = "limit:5000ms",
		.tries = 4,
		.sent = "ntp 0 8000 19000 36000" },
	    .malformed = { .mood = { .server = SERVERS_NTP, .spoil = case_half },
		.verdict = STEP_FAIL,
		.why = WHY_TIMEOUT,
		.detail = "limit:5000ms",
		.tries = 4,
		.sent = "ntp 0 8000 19000 36000" },
	    .refusal = { .mood = { .server = SERVERS_NTP,
			     .fault = { .answer = 1, .answer_word = "DENY" } },
		.verdict = STEP_FAIL,
		.why = WHY_REFUSED,
		.detail = "ntp:DENY",
		.tries = 1,
		.sent = "ntp 0" },
	    .late = { .mood = { .server = SERVERS_NTP, .late_ms = 8000 },
		.verdict = STEP_DONE,
		.tries = 2,
		.sent = "ntp 0 8000" },
	},
	{
	    .step = &step_user_enters,
	    .happy = { .verdict = STEP_DONE, .tries = 1, .sent = "" },
	    .silence = { .none = "a person types, there is no server" },
	    .wrong_sender = { .none = "a person types, there is no server" },
	    .malformed = { .none = "a person types, there is no server" },
	    .refusal = { .none = "a person types, there is no server" },
	    .late = { .none = "a person types, there is no server" },
	},
};
const size_t cases_clock_n = sizeof cases_clock / sizeof cases_clock[0];
