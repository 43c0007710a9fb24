/* sim_krb.h - the messages and MICs of the toy Kerberos.  Private to tests/fake. */
#ifndef SIM_SIM_KRB_H
#define SIM_SIM_KRB_H
#include <stdbool.h>

#include "buf.h"
#include "span.h"

enum sim_krb_tag {
	SIM_AS_REQ = 0x6a,
	SIM_AS_REP = 0x6b,
	SIM_TGS_REQ = 0x6c,
	SIM_TGS_REP = 0x6d,
	SIM_KRB_ERROR = 0x7e
};

struct sim_krb {
	enum sim_krb_tag tag;
	int code; /* of an error */
	char text[128];
};

/* Append a message with a text; of an error: the code and its name.  stream: with its length.
 */
void sim_krb_write(struct buf *, bool stream, enum sim_krb_tag, const char *text);
void sim_krb_write_error(struct buf *, bool stream, int code);

/* 0 or -EBADMSG. */
int sim_krb_read(struct span, bool stream, struct sim_krb *out);

/* Append 16 bytes that depend on all of these / are these the 16 bytes? */
void sim_mic(const char *key, const char *from, struct span bytes, struct buf *out);
bool sim_mic_is(const char *key, const char *from, struct span bytes, struct span mic);

#endif
