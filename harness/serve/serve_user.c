/* serve_user.c - see serve_user.h. */
#include "serve_user.h"

#include <string.h>

#include "text.h"

bool
serve_user_number(
    const char *pattern, uint64_t first, uint64_t count, struct span user, uint64_t *n_out)
{
	const char *percent = strchr(pattern, '%'), *d = percent ? strchr(percent, 'd') : NULL;
	size_t before, after, digits, width = 0;
	uint64_t n;

	if (d == NULL) {
		*n_out = 0;
		return span_is_nocase(user, pattern);
	}
	before = (size_t)(percent - pattern);
	after = strlen(d + 1);
	for (const char *p = percent + 1; p < d; p++)
		width = width * 10 + (size_t)(*p - '0');
	if (user.n <= before + after)
		return false;
	digits = user.n - before - after;
	if (strncasecmp((const char *)user.p, pattern, before) != 0 ||
	    strncasecmp((const char *)user.p + before + digits, d + 1, after) != 0)
		return false;
	/* As printf would write it: padded to the width, and no zero in front beyond that. */
	if (digits < width || (digits > width && user.p[before] == '0' && digits > 1))
		return false;
	if (text_u64((struct span){ user.p + before, digits }, UINT64_MAX, &n) != 0 ||
	    n < first || n - first >= count)
		return false;
	*n_out = n - first;
	return true;
}
