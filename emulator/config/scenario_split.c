/* scenario_split.c - how any number of phones divides among the groups of a scenario. */
#include <string.h>

#include "scenario.h"

/* What group i would get if phones could be cut: its whole part, and what is cut off, in parts
 * of scenario.phones. */
static uint32_t
whole_part(const struct scenario *s, size_t i, uint32_t total, uint64_t *rest_out)
{
	uint64_t exact = (uint64_t)s->group[i].phones * total;

	*rest_out = exact % s->phones;
	return (uint32_t)(exact / s->phones);
}

void
scenario_split(const struct scenario *s, uint32_t total, uint32_t *first_out)
{
	uint32_t size[SCENARIO_GROUPS_MAX], left = total;
	uint64_t rest[SCENARIO_GROUPS_MAX];

	for (size_t i = 0; i < s->n_groups; i++) {
		size[i] = whole_part(s, i, total, &rest[i]);
		left -= size[i];
	}
	/* What is left is fewer than there are groups: one each, to those that lost the most;
	 * of the same loss the first. */
	for (; left > 0; left--) {
		size_t most = 0;

		for (size_t i = 1; i < s->n_groups; i++)
			if (rest[i] > rest[most])
				most = i;
		size[most]++;
		rest[most] = 0;
	}
	first_out[0] = 0;
	for (size_t i = 0; i < s->n_groups; i++)
		first_out[i + 1] = first_out[i] + size[i];
}

struct phones
scenario_phones(const struct scenario *s, const struct phones *p, const uint32_t *first)
{
	struct phones numbers = { 0 };
	size_t i = 0;

	if (p->group[0] == '\0')
		return *p;
	while (i < s->n_groups && strcmp(s->group[i].name, p->group) != 0)
		i++;
	/* A small run may have none of them. */
	if (i == s->n_groups || first[i] == first[i + 1])
		return numbers;
	numbers.range[numbers.n_ranges++] = (struct phones_range){ first[i], first[i + 1] - 1 };
	return numbers;
}
