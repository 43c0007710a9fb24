/* journey_check.c - is the page right?  See journey.h. */
#include <string.h>

#include "journey.h"

/* A row that this start skips neither needs nor gives anything. */
static bool
left_out(const struct leg *leg, uint32_t known)
{
	return leg->skip_if != 0 && (known & leg->skip_if) == leg->skip_if;
}

/* A row can only be sent back to a row above it. */
static bool
goes_back_upwards(const struct leg *legs, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (legs[k].step == legs[i].retry_from)
			return true;
	return legs[i].retry_from == NULL;
}

const char *
journey_check(const struct leg *legs, size_t n, uint32_t known)
{
	unsigned next = 1;

	for (size_t i = 0; i < n; i++) {
		const struct leg *leg = &legs[i];

		if (!left_out(leg, known)) {
			/* Something that no row above gives. */
			if ((leg->needs & ~known) != 0)
				return leg->step->name;
			known |= leg->gives;
		}
		if (leg->tries == 0 || leg->limit_ms == 0 || !goes_back_upwards(legs, i))
			return leg->step->name;
		if (leg->step->state_size > STEP_STATE_MAX)
			return leg->step->name;

		/* The guide's numbers: each row takes up where the last one ended. */
		if (leg->first == 0)
			continue;
		if (leg->first != next || leg->last < leg->first)
			return leg->step->name;
		next = leg->last + 1u;
	}
	return next == JOURNEY_GUIDE_LAST + 1 || n == 0 ? NULL : legs[n - 1].step->name;
}

/* Every start there is: any subset of the flash facts.  Profiles differ in habits, not in
 * facts. */
const char *
journey_check_all(void)
{
	const uint32_t flash[] = { FACT_USER, FACT_ROOT, FACT_LEASE, FACT_URLS };

	for (unsigned set = 0; set < 1u << (sizeof flash / sizeof *flash); set++) {
		const char *wrong;
		uint32_t known = 0;

		for (size_t i = 0; i < sizeof flash / sizeof *flash; i++)
			known |= set >> i & 1 ? flash[i] : 0;
		wrong = journey_check(journey_table, journey_rows, known);
		if (wrong != NULL)
			return wrong;
	}
	return NULL;
}

const struct leg *
journey_find(const char *step_name)
{
	for (size_t i = 0; i < journey_rows; i++)
		if (strcmp(journey_table[i].step->name, step_name) == 0)
			return &journey_table[i];
	return NULL;
}
