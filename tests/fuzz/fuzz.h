/*
 * fuzz.h - what the fuzzers share: a promise that must hold, the input cut into decisions,
 * and marks that show whether an output was touched.
 *
 * Each fuzz_x.c is one program; tests/fuzz/fuzz.sh runs them.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "span.h"

enum { FUZZ_MARK = 0xa5 };

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* What is always true; if it is not, the input is kept as a crash. */
#define HOLDS(what) fuzz_holds(what, #what, __FILE__, __LINE__)

static inline void
fuzz_holds(bool is, const char *what, const char *file, int line)
{
	if (is)
		return;
	(void)fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
	abort();
}

/* ---- the input as decisions; where it has ended they are all 0 and empty ---------- */

static inline struct span
fuzz_take(struct span *in, size_t n)
{
	struct span head = { in->p, n < in->n ? n : in->n };

	if (head.n > 0)
		*in = (struct span){ in->p + head.n, in->n - head.n };
	return head;
}

static inline uint8_t
fuzz_u8(struct span *in)
{
	struct span one = fuzz_take(in, 1);

	return one.n > 0 ? one.p[0] : 0;
}

static inline uint32_t
fuzz_u32(struct span *in)
{
	uint32_t v = fuzz_u8(in);

	for (int i = 0; i < 3; i++)
		v = v << 8 | fuzz_u8(in);
	return v;
}

static inline uint64_t
fuzz_u64(struct span *in)
{
	uint64_t high = fuzz_u32(in);

	return high << 32 | fuzz_u32(in);
}

/* As many bytes as a byte says. */
static inline struct span
fuzz_piece(struct span *in)
{
	return fuzz_take(in, fuzz_u8(in));
}

/* The same as a text that ends before its first NUL. */
static inline const char *
fuzz_text(struct span *in, char *out, size_t cap)
{
	struct span s = fuzz_piece(in);

	if (s.n >= cap)
		s.n = cap - 1;
	if (s.n > 0)
		memcpy(out, s.p, s.n);
	out[s.n] = '\0';
	return out;
}

/* ---- promises ---------------------------------------------------------------------- */

/* Does a part lie within the whole?  An empty one may be anywhere. */
static inline bool
fuzz_inside(struct span part, struct span whole)
{
	return part.n == 0 ||
	    (part.p >= whole.p && part.n <= whole.n &&
		(size_t)(part.p - whole.p) <= whole.n - part.n);
}

/* Mark an output before the call; is it all marks afterwards? */
static inline void
fuzz_mark(void *out, size_t n)
{
	memset(out, FUZZ_MARK, n);
}

static inline bool
fuzz_untouched(const void *out, size_t n)
{
	const uint8_t *p = out;

	for (size_t i = 0; i < n; i++)
		if (p[i] != FUZZ_MARK)
			return false;
	return true;
}

/* Are there only bytes of a plain line: none below a blank, no DEL? */
static inline bool
fuzz_one_line(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 127)
			return false;
	return true;
}

#endif
