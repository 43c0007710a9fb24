/*
 * ber.h - walking through BER with liblber, element by element, in place.
 * ITU-T X.690, definite lengths only.
 */
#ifndef PROTO_BER_H
#define PROTO_BER_H
#include <lber.h>

#include "span.h"

/* A reader for ber_take(), to be freed by ber_free(reader, 0); NULL: no memory. */
static inline BerElement *
ber_reader(void)
{
	return ber_alloc_t(LBER_USE_DER);
}

/* Cut the first element off rest: its tag and content, or LBER_DEFAULT (and nothing is
 * changed) if there is no whole one. */
ber_tag_t ber_take(BerElement *reader, struct span *rest, struct span *content);

/* The content of an INTEGER, ENUMERATED or BOOLEAN.  0 or -EBADMSG. */
int ber_number(struct span content, int *out);

#endif
