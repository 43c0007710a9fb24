/* expectation_measure.c - in which units a thing can be compared, and whether a run can be
 * stopped for it; and the manual. */
#include "expectation_subject.h"

#include <string.h>

/* In which units each subject may be compared, a bit each. */
#define UNIT(name) (1u << EXPECT_##name)

struct expect_measure {
	unsigned units;
	const char *what;
};

/* clang-format off */
static const struct expect_measure measures[] = {
	[EXPECT_PHONES]   = { UNIT(COUNT) | UNIT(SHARE), "a number, or a share (%) of the phones" },
	[EXPECT_STEP]     = { UNIT(COUNT) | UNIT(SHARE) | UNIT(PER_SECOND), "a number, a share (%) of the rows, or a rate (/s)" },
	[EXPECT_LATENCY]  = { UNIT(SECONDS), "a duration (ms, s, m, h)" },
	[EXPECT_BOOT]     = { UNIT(SECONDS), "a duration (ms, s, m, h)" },
	[EXPECT_GROUP]    = { UNIT(COUNT) | UNIT(SHARE), "a number, or a share (%) of the group's phones" },
	[EXPECT_GROUP_BOOT] = { UNIT(SECONDS), "a duration (ms, s, m, h)" },
	[EXPECT_REASON]   = { UNIT(COUNT) | UNIT(SHARE), "a number, or a share (%) of the tries" },
	[EXPECT_DETAIL]   = { UNIT(COUNT) | UNIT(SHARE), "a number, or a share (%) of the tries" },
	[EXPECT_GUIDE]    = { UNIT(COUNT) | UNIT(SHARE), "a number, or a share (%) of the phones" },
	[EXPECT_SERVER]   = { UNIT(COUNT) | UNIT(PER_SECOND), "a number, or a rate (/s)" },
	[EXPECT_WALL]     = { UNIT(SECONDS), "a duration (ms, s, m, h)" },
	[EXPECT_CPU]      = { UNIT(SECONDS), "a duration (ms, s, m, h)" },
	[EXPECT_RSS]      = { UNIT(COUNT) | UNIT(BYTES), "bytes (kB, MB, GB)" },
	[EXPECT_LOOP_LAG] = { UNIT(SECONDS), "a duration (ms, s, m, h)" },
	[EXPECT_START_LAG] = { UNIT(SECONDS), "a duration (ms, s, m, h)" },
	[EXPECT_FIRMWARE] = { UNIT(COUNT) | UNIT(BYTES) | UNIT(BYTES_PER_SECOND), "bytes (kB, MB, GB) or bytes a second (MB/s)" },
};
/* clang-format on */

/* A server's bytes are measured as the firmware's. */
static const struct expect_measure *
measure_of(const struct expectation *e)
{
	bool bytes = e->subject == EXPECT_SERVER &&
	    (e->figure == EXPECT_BYTES_IN || e->figure == EXPECT_BYTES_OUT);

	return &measures[bytes ? EXPECT_FIRMWARE : e->subject];
}

bool
expectation_fits(const struct expectation *e, enum expectation_unit unit)
{
	return (measure_of(e)->units >> unit & 1) != 0;
}

const char *
expectation_measure(const struct expectation *e)
{
	return measure_of(e)->what;
}

/* ---- stopping a run ---------------------------------------------------------- */

/* A count or a sum: once it is too large it stays so, and it is too small until the end. */
static bool
only_grows(const struct expectation *e)
{
	switch (e->subject) {
	case EXPECT_LATENCY:
	case EXPECT_BOOT:
	case EXPECT_GROUP_BOOT:
	case EXPECT_START_LAG:
		return e->share >= 1;
	case EXPECT_LOOP_LAG:
	case EXPECT_RSS:
		return false;
	case EXPECT_STEP:
	case EXPECT_REASON:
	case EXPECT_DETAIL:
		/* Of those so far. */
		return e->unit == EXPECT_COUNT;
	case EXPECT_PHONES:
	case EXPECT_GROUP:
	case EXPECT_GUIDE:
	case EXPECT_WALL:
	case EXPECT_CPU:
	case EXPECT_SERVER:
	case EXPECT_FIRMWARE:
		break;
	}
	return e->unit != EXPECT_PER_SECOND && e->unit != EXPECT_BYTES_PER_SECOND;
}

bool
expectation_can_abort(const struct expectation *e)
{
	bool phones = e->subject == EXPECT_PHONES || e->subject == EXPECT_GROUP;

	/* Who has not finished yet is counted when all is over. */
	if (phones && e->figure == EXPECT_UNFINISHED)
		return false;
	if (e->op == EXPECT_LT || e->op == EXPECT_LE || !only_grows(e))
		return true;
	/* None of them is as good as an upper bound. */
	return e->op == EXPECT_EQ && e->value <= 0;
}

/* ---- the manual -------------------------------------------------------------- */

/* Figures that are measured alike stand on one line. */
static void
help_head(const struct expect_head *head, struct buf *to)
{
	const char *measured = NULL;

	buf_printf(to, "    %-20s", head->form);
	for (const struct expect_figure *f = head->figures; f->word != NULL; f++) {
		const struct expectation e = { .subject = f->subject, .figure = f->figure };
		const char *now = expectation_measure(&e);
		bool same = measured != NULL && strcmp(now, measured) == 0;

		if (same)
			buf_printf(to, ", %s", f->word);
		else
			buf_printf(to, "%s%s: %s",
			    measured == NULL ? " " : "\n                         ", now,
			    f->word);
		measured = now;
	}
	buf_text(to, "\n");
}

void
expectations_help(struct buf *to)
{
	for (size_t i = 0; i < EXPECT_HEADS; i++) {
		const struct expectation e = { .subject = expect_heads[i].subject };

		if (expect_heads[i].figures != NULL)
			help_head(&expect_heads[i], to);
		else
			buf_printf(to, "    %-20s %s\n", expect_heads[i].form,
			    expectation_measure(&e));
	}
	buf_text(to,
	    "  steps as in `cx700farm steps'; servers: a real run counts by protocol (dhcp, "
	    "dns, ntp, kdc,\n"
	    "  ldap, http, https, sip), a rehearsal as in `servers'\n");
}
