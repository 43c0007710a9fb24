/* nearest.c - see nearest.h. */
#include "nearest.h"

#include <string.h>

size_t
nearest_score(struct span word, const char *name)
{
	size_t score = 0;

	for (size_t i = 0; i < word.n && *name != '\0'; i++) {
		const char *hit = strchr(name, word.p[i]);

		if (word.p[i] == '\0' || hit == NULL)
			continue;
		score++;
		name = hit + 1;
	}
	return score;
}

const char *
nearest_name(struct span word, const char *const *names)
{
	const char *best = NULL;
	size_t best_score = NEAREST_NONE;

	for (; *names != NULL; names++) {
		size_t score = nearest_score(word, *names);

		if (score > best_score) {
			best_score = score;
			best = *names;
		}
	}
	return best;
}
