/* fake_krb.h - the messages and MICs of the toy Kerberos.  Private to tests/fake. */
#ifndef TESTS_FAKE_KRB_H
#define TESTS_FAKE_KRB_H
#include <stdbool.h>

#include "buf.h"
#include "span.h"

enum fake_krb_tag {
	FAKE_AS_REQ = 0x6a,
	FAKE_AS_REP = 0x6b,
	FAKE_TGS_REQ = 0x6c,
	FAKE_TGS_REP = 0x6d,
	FAKE_KRB_ERROR = 0x7e
};

struct fake_krb {
	enum fake_krb_tag tag;
	int code; /* of an error */
	char text[128];
};

/* Append a message with a text; of an error: the code and its name.  stream: with its length.
 */
void fake_krb_write(struct buf *, bool stream, enum fake_krb_tag, const char *text);
void fake_krb_write_error(struct buf *, bool stream, int code);

/* 0 or -EBADMSG. */
int fake_krb_read(struct span, bool stream, struct fake_krb *out);

/* Append 16 bytes that depend on all of these / are these the 16 bytes? */
void fake_mic(const char *key, const char *from, struct span bytes, struct buf *out);
bool fake_mic_is(const char *key, const char *from, struct span bytes, struct span mic);

#endif
