/* steps.c - `cx700farm steps`: the journey's table, for people. */
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "cli.h"
#include "journey.h"
#include "log.h"

/* The guide's own numbers begin here; those before are our cut of what other sources say. */
enum { STEPS_GUIDE_OWN = 17 };

/* In the order of enum fact. */
static const char *const fact_names[] = { "address", "domain", "ntp", "clock", "user", "pool",
	"root", "dc", "tgt", "directory", "ca", "ca-web", "line", "registered", "provisioned",
	"cas", "mailbox", "update", "image", "lease", "urls" };
_Static_assert(
    FACT_URLS == 1u << (sizeof fact_names / sizeof *fact_names - 1), "each fact has its name");

/* "address,domain", or "-". */
static void
steps_facts(struct buf *out, uint32_t facts)
{
	const char *before = "";

	for (size_t i = 0; i < sizeof fact_names / sizeof *fact_names; i++) {
		if (!(facts >> i & 1))
			continue;
		buf_printf(out, "%s%s", before, fact_names[i]);
		before = ",";
	}
	if (facts == 0)
		buf_text(out, "-");
}

/* What happens to the journey when all tries of a row are spent. */
static const char *
steps_fate(enum fate fate)
{
	switch (fate) {
	case FATE_STOP:
		return "stop";
	case FATE_GO_ON:
		return "go on without";
	case FATE_STAGE_AGAIN:
		return "stage again";
	case FATE_TRUST_AGAIN:
		return "trust again";
	}
	return "?";
}

/* With a star behind the numbers that are ours. */
static void
steps_guide(char out[16], const struct leg *leg)
{
	const char *ours = leg->first < STEPS_GUIDE_OWN ? "*" : " ";

	if (leg->first == 0)
		(void)snprintf(out, 16, "- ");
	else if (leg->first == leg->last)
		(void)snprintf(out, 16, "%u%s", leg->first, ours);
	else
		(void)snprintf(out, 16, "%u-%u%s", leg->first, leg->last, ours);
}

/* In seconds where it comes out even. */
static void
steps_limit(char out[16], uint32_t limit_ms)
{
	if (limit_ms % 1000 != 0)
		(void)snprintf(out, 16, "%u ms", limit_ms);
	else
		(void)snprintf(out, 16, "%u s", limit_ms / 1000);
}

/* One row of the table, in the columns that cli_steps() heads. */
static void
steps_row(const struct leg *leg)
{
	struct buf needs = { 0 }, gives = { 0 };
	char guide[16], limit[16];

	steps_guide(guide, leg);
	steps_limit(limit, leg->limit_ms);
	steps_facts(&needs, leg->needs);
	steps_facts(&gives, leg->gives);
	printf("%6s %-10s %-20s %-34s %-26s %5u %8s  %s\n", guide, leg->stage, leg->step->name,
	    buf_cstr(&needs), buf_cstr(&gives), leg->tries, limit, steps_fate(leg->fate));
	buf_done(&needs);
	buf_done(&gives);
}

int
cli_steps(int argc, char **argv)
{
	bool help = argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);

	if (help) {
		printf("usage: cx700farm steps\n");
		return CLI_PASS;
	}
	if (argc > 1) {
		log_line(LOG_ERROR, "cx700farm: steps takes no argument: %s", argv[1]);
		return CLI_USAGE;
	}
	printf("%6s %-10s %-20s %-34s %-26s %5s %8s  %s\n", "guide ", "stage", "step", "needs",
	    "gives", "tries", "limit", "when tries are spent");
	for (size_t i = 0; i < journey_rows; i++)
		steps_row(&journey_table[i]);
	printf("\n* numbers 1-16 are ours, cut from other sources; 17-28 are the guide's own\n"
	       "- not in the guide\n");
	return CLI_PASS;
}
