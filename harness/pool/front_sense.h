/*
 * front_sense.h - which bytes of a connection are what is said, also under TLS: there only the
 * records of application data are, by their outside (RFC 2246 section 6.2.1).
 */
#ifndef POOL_FRONT_SENSE_H
#define POOL_FRONT_SENSE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "span.h"

enum { SENSE_HEADER = 5 };

/* One direction of a connection; zeroed but for .tls it is at its beginning. */
struct front_sense {
	bool tls;
	uint8_t header[SENSE_HEADER];
	unsigned n_header;
	uint32_t left; /* of this record */
};

/*
 * The next bytes, as far as they hold no more than `most` that are said: returns how many, and
 * in *said_out how many of those are said.  Fewer than there are: the next one would be too
 * many.
 */
size_t front_sense(struct front_sense *, struct span, uint64_t most, uint64_t *said_out);

#endif
