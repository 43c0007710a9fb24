/* golden.c - see golden.h. */
#include "golden.h"

#include <stdio.h>
#include <stdlib.h>

#include "mem.h"
#include "text.h"

struct span
golden(struct buf *b, const char *name)
{
	long left = mem_fail_at(0); /* what a test needs is not what it lets fail */
	char path[256], line[4096];
	FILE *f;

	(void)snprintf(path, sizeof path, "tests/golden/%s", name);
	f = fopen(path, "r");
	buf_clear(b);
	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		if (line[0] != '#' && text_unhex(b, span_trim(span_of(line))) != 0)
			break;
	if (f == NULL || ferror(f) || !feof(f) || b->n == 0) {
		(void)fprintf(stderr, "cannot read %s\n", path);
		abort();
	}
	(void)fclose(f);
	(void)mem_fail_at(left);
	return buf_bytes(b);
}
