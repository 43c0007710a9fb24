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
	    /* As a forged one: the right one may still come. */
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
	    .closed = { .mood = { .server = SERVERS_NTP, .fault = { .refuse = true } },
		.verdict = STEP_FAIL,
		.why = WHY_REFUSED,
		.detail = "errno:ECONNREFUSED",
		.tries = 4,
		.sent = "ntp 0 3010 9020 21030" },
	    .lost = { .none = "a datagram has no connection to lose" },
	},
	{
	    .step = &step_user_enters,
	    .happy = { .verdict = STEP_DONE, .tries = 1, .sent = "" },
	    .silence = { .none = "a person types, there is no server" },
	    .wrong_sender = { .none = "a person types, there is no server" },
	    .malformed = { .none = "a person types, there is no server" },
	    .refusal = { .none = "a person types, there is no server" },
	    .late = { .none = "a person types, there is no server" },
	    .closed = { .none = "a person types, there is no server" },
	    .lost = { .none = "a person types, there is no server" },
	},
};
const size_t cases_clock_n = sizeof cases_clock / sizeof cases_clock[0];
