/* edge.h - for tests of codecs: bytes that end where memory ends, so that a look behind them is
 * a crash, also one from inside a library that no sanitizer watches. */
#ifndef TESTS_EDGE_H
#define TESTS_EDGE_H
#include "span.h"

enum { EDGE_MAX = 4096 };

/* A copy (of at most EDGE_MAX bytes) at the edge; valid until the next call. */
struct span edge(struct span bytes);

#endif
