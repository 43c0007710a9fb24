/*
 * sim_der.h - writing DER (ITU X.690) from the outside in: open an element, write what is in
 * it, close it; its length is put in then, no longer than it must be.
 */
#ifndef SIM_SIM_DER_H
#define SIM_SIM_DER_H
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "span.h"

enum { DER_DEPTH = 12 };

enum der_tag {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTETS = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_UTF8 = 0x0c,
	DER_PRINTABLE = 0x13,
	DER_IA5 = 0x16,
	DER_UTC_TIME = 0x17,
	DER_TIME = 0x18,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_NAME_DNS = 0x82, /* [2] of a GeneralName */
	DER_KEY_ID = 0x80,   /* [0] of an AuthorityKeyIdentifier */
	DER_0 = 0xa0,        /* [0], [3], constructed */
	DER_3 = 0xa3
};

struct der {
	struct buf *out;
	size_t open[DER_DEPTH]; /* where the contents of what is open begin */
	size_t depth;
};

void der_open(struct der *, enum der_tag);
void der_close(struct der *);

/* One element with these contents. */
void der_put(struct der *, enum der_tag, struct span);
void der_text(struct der *, enum der_tag, const char *);
void der_number(struct der *, uint32_t); /* INTEGER */

/* A time since 1970, as RFC 5280 4.1.2.5 wants it: from 2050 on in full. */
void der_time(struct der *, int64_t s);

#endif
