/* nearest.c - see nearest.h. */
#include "nearest.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Longer words are no typing errors.  So many letters must be right at least. */
enum { NEAREST_LETTERS_MAX = 63, NEAREST_RIGHT_MIN = 3 };

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * How many letters must be added, dropped, changed or swapped with their neighbour: one row of
 * the table of all beginnings of both after the other, the last two of them are kept.
 */
static size_t
distance(struct span a, struct span b)
{
	size_t rows[3][NEAREST_LETTERS_MAX + 1];
	size_t *before = rows[0], *above = rows[1], *row = rows[2];

	for (size_t k = 0; k <= b.n; k++)
		above[k] = k;
	for (size_t i = 1; i <= a.n; i++) {
		size_t *spare = before;

		row[0] = i;
		for (size_t k = 1; k <= b.n; k++) {
			row[k] = above[k - 1] + (a.p[i - 1] != b.p[k - 1]);
			row[k] = least(row[k], least(above[k], row[k - 1]) + 1);
			if (i > 1 && k > 1 && a.p[i - 1] == b.p[k - 2] &&
			    a.p[i - 2] == b.p[k - 1])
				row[k] = least(row[k], before[k - 2] + 1);
		}
		before = above;
		above = row;
		row = spare;
	}
	return above[b.n];
}

const char *
nearest_name(struct span word, const char *const *names)
{
	const char *best = NULL;
	size_t best_distance = SIZE_MAX;

	if (word.n > NEAREST_LETTERS_MAX)
		return NULL;
	for (; *names != NULL; names++) {
		struct span name = span_of(*names);
		size_t longer = name.n > word.n ? name.n : word.n, d;

		if (longer > NEAREST_LETTERS_MAX)
			continue;
		d = distance(word, name);
		if (2 * d > longer || longer - d < NEAREST_RIGHT_MIN || d >= best_distance)
			continue;
		best_distance = d;
		best = *names;
	}
	return best;
}

const char *
nearest_hint(struct span word, const char *const *names, char *out, size_t cap)
{
	const char *like = nearest_name(word, names);

	(void)snprintf(out, cap, "%s%s%s", like ? "; did you mean `" : "", like ? like : "",
	    like ? "'?" : "");
	return out;
}
