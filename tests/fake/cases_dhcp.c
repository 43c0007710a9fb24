/* cases_dhcp.c - the cases of DHCP: lease, voice VLAN, renewal, release. */
#include "step_cases.h"
#include "steps.h"

enum { BOOTP_XID = 4, BOOTP_OPTIONS = 236, NAK = 6 };

/* Somebody else's transaction. */
static void
other_xid(struct sim_parcel *p)
{
	p->bytes[BOOTP_XID] ^= 0x55;
}

/* The head is still read by relay agents; the options make no sense. */
static void
no_options(struct sim_parcel *p)
{
	for (uint64_t i = BOOTP_OPTIONS; i < p->n; i++)
		p->bytes[i] = 0x55;
}

static void
voice_vlan(struct servers *s)
{
	s->dhcp.voice_vlan = 200;
}

static void
no_voice_vlan(struct servers *s)
{
	s->dhcp.voice_vlan = 0;
}

/* Three rounds of 4, 8 and 8 s; then 169.254/16 and one DISCOVER every 300 s. */
#define THREE_ROUNDS "dhcp 0 4000 12000 20000 24000 32000 40000 44000 52000"

const struct step_cases cases_dhcp[] = {
	{
	    .step = &step_dhcp_lease,
	    .habits = no_voice_vlan,
	    .happy = { .verdict = STEP_DONE, .tries = 1, .sent = "dhcp 0 10" },
	    .silence = { .mood = { .server = SERVERS_DHCP, .catch = case_all },
		.verdict = STEP_FAIL,
		.why = WHY_TIMEOUT,
		.detail = "dhcp:no answer, 169.254/16",
		.tries = 3,
		.sent = THREE_ROUNDS " 360000 660000" },
	    .wrong_sender = { .mood = { .server = SERVERS_DHCP, .spoil = other_xid },
		.verdict = STEP_FAIL,
		.why = WHY_TIMEOUT,
		.detail = "dhcp:no answer, 169.254/16",
		.tries = 3,
		.sent = THREE_ROUNDS " 360000 660000" },
	    .malformed = { .mood = { .server = SERVERS_DHCP, .spoil = no_options },
		.verdict = STEP_FAIL,
		.why = WHY_BAD_REPLY,
		.detail = "dhcp:unreadable",
		.tries = 3,
		.sent = "dhcp 0 4000 12000 20000 24000 32000 40000 44000 52000 64000 68000 "
			"76000 84000 88000 96000 104000 108000 116000 132000 136000 144000 "
			"152000 156000 164000 172000 176000 184000" },
	    .refusal = { .mood = { .server = SERVERS_DHCP, .fault = { .answer = NAK } },
		.verdict = STEP_FAIL,
		.why = WHY_REFUSED,
		.detail = "dhcp:NAK",
		.tries = 3,
		.sent = "dhcp 0 10 20 30 40 50 4060 4070 4080 4090 4100 4110 12120 12130 12140 "
			"12150 12160 12170" },
	    .late = { .mood = { .server = SERVERS_DHCP, .late_ms = 3998 },
		.verdict = STEP_DONE,
		.tries = 1,
		.sent = "dhcp 0 4000 4008" },
	    .closed = { .none = "a broadcast is refused by nobody" },
	    .lost = { .none = "a datagram has no connection to lose" },
	},
	{
	    .step = &step_dhcp_voice_vlan,
	    .habits = voice_vlan,
	    .happy = { .verdict = STEP_DONE, .tries = 1, .sent = "dhcp 0 0 10" },
	    .silence = { .mood = { .server = SERVERS_DHCP, .catch = case_all },
		.verdict = STEP_FAIL,
		.why = WHY_TIMEOUT,
		.detail = "dhcp:no answer, 169.254/16",
		.tries = 3,
		.sent =
		    "dhcp 0 0 4000 12000 20000 24000 32000 40000 44000 52000 360000 660000" },
	    .wrong_sender = { .mood = { .server = SERVERS_DHCP, .spoil = other_xid },
		.verdict = STEP_FAIL,
		.why = WHY_TIMEOUT,
		.detail = "dhcp:no answer, 169.254/16",
		.tries = 3,
		.sent =
		    "dhcp 0 0 4000 12000 20000 24000 32000 40000 44000 52000 360000 660000" },
	    .malformed = { .mood = { .server = SERVERS_DHCP, .spoil = no_options },
		.verdict = STEP_FAIL,
		.why = WHY_BAD_REPLY,
		.detail = "dhcp:unreadable",
		.tries = 3,
		.sent = "dhcp 0 0 4000 12000 20000 24000 32000 40000 44000 52000 64000 68000 "
			"76000 84000 88000 96000 104000 108000 116000 132000 136000 144000 "
			"152000 156000 164000 172000 176000 184000" },
	    .refusal = { .mood = { .server = SERVERS_DHCP, .fault = { .answer = NAK } },
		.verdict = STEP_FAIL,
		.why = WHY_REFUSED,
		.detail = "dhcp:NAK",
		.tries = 3,
		.sent = "dhcp 0 0 10 20 30 40 50 4060 4070 4080 4090 4100 4110 12120 12130 "
			"12140 12150 12160 12170" },
	    .late = { .mood = { .server = SERVERS_DHCP, .late_ms = 3998 },
		.verdict = STEP_DONE,
		.tries = 1,
		.sent = "dhcp 0 0 4000 4008" },
	    .closed = { .none = "a broadcast is refused by nobody" },
	    .lost = { .none = "a datagram has no connection to lose" },
	},
	/* One REQUEST a walk: when the next one is due is for the chore to say. */
	{
	    .step = &step_dhcp_renew,
	    .happy = { .verdict = STEP_DONE, .tries = 1, .sent = "dhcp 0" },
	    .silence = { .mood = { .server = SERVERS_DHCP, .catch = case_all },
		.verdict = STEP_FAIL,
		.why = WHY_TIMEOUT,
		.detail = "dhcp:no answer",
		.tries = 1,
		.sent = "dhcp 0" },
	    .wrong_sender = { .mood = { .server = SERVERS_DHCP, .spoil = other_xid },
		.verdict = STEP_FAIL,
		.why = WHY_TIMEOUT,
		.detail = "dhcp:no answer",
		.tries = 1,
		.sent = "dhcp 0" },
	    .malformed = { .mood = { .server = SERVERS_DHCP, .spoil = no_options },
		.verdict = STEP_FAIL,
		.why = WHY_BAD_REPLY,
		.detail = "dhcp:unreadable",
		.tries = 1,
		.sent = "dhcp 0" },
	    .refusal = { .mood = { .server = SERVERS_DHCP, .fault = { .answer = NAK } },
		.verdict = STEP_FAIL,
		.why = WHY_REFUSED,
		.detail = "dhcp:NAK, address lost",
		.tries = 1,
		.sent = "dhcp 0" },
	    /* Later than the row waits: what comes then is nobody's. */
	    .late = { .mood = { .server = SERVERS_DHCP, .late_ms = 5000 },
		.verdict = STEP_FAIL,
		.why = WHY_TIMEOUT,
		.detail = "dhcp:no answer",
		.tries = 1,
		.sent = "dhcp 0" },
	    .closed = { .mood = { .server = SERVERS_DHCP, .fault = { .refuse = true } },
		.verdict = STEP_FAIL,
		.why = WHY_REFUSED,
		.detail = "errno:ECONNREFUSED",
		.tries = 1,
		.sent = "dhcp 0" },
	    .lost = { .none = "a datagram has no connection to lose" },
	},
	{
	    .step = &step_dhcp_release,
	    .happy = { .verdict = STEP_DONE, .tries = 1, .sent = "dhcp 0" },
	    /* The phone cannot know. */
	    .silence = { .mood = { .server = SERVERS_DHCP, .catch = case_all },
		.verdict = STEP_DONE,
		.tries = 1,
		.sent = "dhcp 0" },
	    .wrong_sender = { .none = "a RELEASE has no answer that could be another's" },
	    .malformed = { .none = "a RELEASE has no answer" },
	    .refusal = { .none = "a server has no way to refuse a RELEASE" },
	    .late = { .none = "a RELEASE has no answer that could be late" },
	    .closed = { .mood = { .server = SERVERS_DHCP, .fault = { .refuse = true } },
		.verdict = STEP_DONE,
		.tries = 1,
		.sent = "dhcp 0" },
	    .lost = { .none = "a datagram has no connection to lose" },
	},
};
const size_t cases_dhcp_n = sizeof cases_dhcp / sizeof cases_dhcp[0];
