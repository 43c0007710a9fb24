/*
 * sim_krb.h - the messages of the toy Kerberos: no cipher, but every side really checks what
 * another says.  Private to harness/sim.
 *
 * What Kerberos encrypts is a seal here: fields, filler and a MIC by somebody's key.  Whoever
 * has not that key notices, and so does whoever gets a changed byte.  From outside the messages
 * look like Kerberos' own (krb_msg_name() can name them) and are as long.
 *
 *	AS-REQ   user realm nonce [preauth: time, by the password]
 *	AS-REP   user ticket part-by-the-password
 *	TGS-REQ  service realm nonce tgt [time service, by the tgt's session]
 *	TGS-REP  user ticket part-by-the-tgt's-session
 *	token    kind ticket [time client, by the ticket's session]
 *	ticket   client realm service start end session, by the service's key
 *	part     session service start end nonce
 */
#ifndef SIM_SIM_KRB_H
#define SIM_SIM_KRB_H
#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "span.h"

enum sim_krb_tag {
	SIM_AS_REQ = 0x6a,
	SIM_AS_REP = 0x6b,
	SIM_TGS_REQ = 0x6c,
	SIM_TGS_REP = 0x6d,
	SIM_KRB_ERROR = 0x7e
};

enum {
	SIM_KRB_FIELDS = 8,
	SIM_KRB_KEY = 16,     /* bytes of a session's key, and of a MIC */
	SIM_KRB_TICKET = 560, /* bytes of a ticket as krb5kdc makes them (measured, no PAC) */
	SIM_KRB_NAME = 192,   /* the longest principal */
	SIM_KRB_LENGTH = 4,   /* before a message on TCP */
	SIM_KRB_PACKET = 1465 /* what is longer goes by TCP: MaxPacketSize of Windows */
};

/* Fields of a message or a seal; on reading they point into the bytes read. */
struct sim_krb {
	enum sim_krb_tag tag;
	int code; /* of a KRB-ERROR, which has no fields */
	struct span field[SIM_KRB_FIELDS];
	size_t n;
};

/* Append a message, at least `size` bytes long (without the length that is put before it for
 * TCP). */
void sim_krb_write(struct buf *, bool stream, const struct sim_krb *, size_t size);
void sim_krb_write_error(struct buf *, bool stream, int code);
/* 0; -EBADMSG: not framed as a stream's message; -EINVAL: not a message. */
int sim_krb_read(struct span, bool stream, struct sim_krb *out);

/* Append the fields as a seal by this key, at least `size` bytes long / open it: 0 or
 * -EBADMSG. */
void sim_krb_seal(struct buf *, struct span key, const struct sim_krb *, size_t size);
int sim_krb_open(struct span seal, struct span key, struct sim_krb *out);

/* A number as a field, and back; 0 if it is none. */
struct span sim_krb_put_time(uint8_t out[8], int64_t);
int64_t sim_krb_time(struct span);

/* What a ticket says. */
struct sim_ticket {
	struct span client, realm, spn;
	int64_t start_us, end_us; /* by the KDC's clock; end 0: never */
	uint8_t session[SIM_KRB_KEY];
};
/* Append one for a service / read it with the key of the service it should be for. */
void sim_ticket_write(struct buf *, const struct sim_ticket *, size_t size);
int sim_ticket_read(struct span, struct span spn, struct span realm, struct sim_ticket *out);

/* 16 bytes that depend on all of these; are these the 16 bytes? */
void sim_mic(struct span key, const char *from, struct span bytes, uint8_t out[SIM_KRB_KEY]);
bool sim_mic_is(struct span key, const char *from, struct span bytes, struct span mic);

#endif
